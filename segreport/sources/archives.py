"""What a zip archive holds, told from its table of contents before any parser runs."""

from __future__ import annotations

import errno
import re
import zipfile
import zlib
from collections.abc import Sequence
from lzma import LZMAError
from pathlib import Path

from segreport.errors import InputError

ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08PK")

MOST_MEMBERS = 10_000
DAMAGE = (EOFError, KeyError, LZMAError, NotImplementedError, RuntimeError, ValueError, zipfile.BadZipFile, zlib.error)
"""What reading a damaged archive may raise."""
LARGEST_PART = 4_000_000_000
"""Bytes that one part of a workbook may unpack to: a million rows of a hundred columns."""
RATIO, RATIO_FROM = 200, 100_000_000
"""Real tables shrink to a tenth, at best to a hundredth; what shrinks more, and is large, is a bomb."""

_PROLOGUE = 64 * 1024
_DOCUMENTS = (
    (re.compile(r"word/"), "a Word document", "copy its table to Excel, and save that as .xlsx"),
    (re.compile(r"ppt/"), "a PowerPoint presentation", "ask for the table it shows, as CSV or Excel"),
    (re.compile(r"visio/"), "a Visio drawing", "name the file that holds the table"),
    (re.compile(r"Index/.*\.iwa$|Index\.zip$"), "an Apple Numbers, Pages or Keynote file", "export it as CSV or Excel"),
    (re.compile(r"AndroidManifest\.xml$|classes\.dex$"), "an Android app", "name the file that holds the table"),
    (re.compile(r"META-INF/MANIFEST\.MF$"), "a Java archive", "name the file that holds the table"),
    (re.compile(r"DataModel$|DataMashup$"), "a Power BI report", "export its table as CSV or Excel"),
)
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."


def kind_of_zip(path: Path, name: str) -> str:
    """``workbook`` or ``zip``; raises InputError for bombs, damaged archives and other documents."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _refuse_many(members, name)
            names = [member.filename for member in members]
            _refuse_documents(names, name)
            if not _is_workbook(archive, names, name):
                return "zip"
            refuse_bomb(members, path.stat().st_size, name)
            _refuse_large_parts(members, name)
            _refuse_declarations(archive, members, name)
            return "workbook"
    except (*DAMAGE, OSError) as error:
        if isinstance(error, OSError) and not is_damage(error):
            raise
        cause = f"{name} is a zip archive or workbook that is damaged or cut off: {str(error)[:80]}"
        raise InputError(cause, "copy or save it again") from error


def is_damage(error: OSError) -> bool:
    """Whether it was the archive's own fault: an offset outside of it, or bytes that no packer wrote."""
    return error.errno in (None, errno.EINVAL)


def refuse_bomb(members: Sequence[zipfile.ZipInfo], size: int, name: str) -> None:
    """Raise InputError where the table of contents promises more than the file can honestly hold."""
    unpacked, packed = sum(one.file_size for one in members), sum(one.compress_size for one in members)
    if packed > size or (unpacked > RATIO_FROM and unpacked > RATIO * max(packed, 1)):
        cause = f"{name} would unpack to {unpacked / 1e6:,.0f} MB from {size / 1e6:,.1f} MB, as a zip bomb does"
        raise InputError(cause, "export the table again, or as CSV")


def _refuse_many(members: Sequence[zipfile.ZipInfo], name: str) -> None:
    if not members:
        raise InputError(f"{name} is an empty zip archive", "pack the table again")
    if len(members) > MOST_MEMBERS:
        raise InputError(f"{name} is a zip archive of {len(members):,} files", "unpack it, and name the table in it")


def _refuse_documents(names: Sequence[str], name: str) -> None:
    if any(member.startswith("xl/") for member in names):
        return
    for pattern, what, hint in _DOCUMENTS:
        if any(pattern.match(member) for member in names):
            raise InputError(f"{name} is {what}", hint)


def _is_workbook(archive: zipfile.ZipFile, names: Sequence[str], name: str) -> bool:
    if "[Content_Types].xml" in names and any(member.startswith("xl/") for member in names):
        return True
    if "mimetype" not in names:
        return False
    with archive.open("mimetype") as file:
        declared = file.read(200).decode("ascii", "replace")
    if not declared.startswith("application/"):
        return False
    if not declared.startswith(_OPEN_DOCUMENT + "spreadsheet"):
        raise InputError(f"{name} is a document of the type {declared.strip()}", "export its table as CSV or Excel")
    with archive.open("META-INF/manifest.xml") as file:
        if b"encryption-data" in file.read(_PROLOGUE):
            raise InputError(f"{name} is a workbook with a password", "save it without the password")
    return True


def _refuse_large_parts(members: Sequence[zipfile.ZipInfo], name: str) -> None:
    for member in members:
        if member.file_size > LARGEST_PART:
            cause = f"{name}: {member.filename} unpacks to {member.file_size / 1e9:,.1f} GB"
            raise InputError(cause, "export the table as CSV, which has no such limit")


def _refuse_declarations(archive: zipfile.ZipFile, members: Sequence[zipfile.ZipInfo], name: str) -> None:
    """No Office program writes a document type; a bomb of nested entities needs one."""
    for member in members:
        if member.filename.lower().endswith((".xml", ".rels", ".vml")):
            with archive.open(member) as file:
                if _declares(file.read(_PROLOGUE)):
                    cause = f"{name}: {member.filename} declares its own XML entities, as an XML bomb does"
                    raise InputError(cause, "open the workbook in Excel and save it again")


def _declares(head: bytes) -> bool:
    """Whether a document type comes before the first element, or so much that nothing else is seen."""
    text = re.sub(rb"<!--.*?-->", b"", head.replace(b"\0", b""), flags=re.S)
    found = re.search(rb"<!DOCTYPE|<!ENTITY|<[A-Za-z_:]", text, re.I)
    return (found is None and len(head) == _PROLOGUE) or (found is not None and found[0].startswith(b"<!"))
