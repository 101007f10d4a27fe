"""What an Office container of the old kind (.xls, .doc, or anything with a password) holds, told from its directory."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from segreport.errors import InputError

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_HEADER = 512
_SECTOR_SIZES = {9: 512, 12: 4096}
_ENTRY = 128
_MOST_SECTORS = 4096
"""Of a directory; a workbook's takes a handful."""
_LAST = 0xFFFFFFFA
"""Sector numbers from here on are marks, not numbers."""
_OTHERS = (
    ("WordDocument", "a Word document", "copy its table to Excel, and save that as .xlsx"),
    ("PowerPoint Document", "a PowerPoint presentation", "ask for the table it shows, as CSV or Excel"),
    ("__substg1.0", "an Outlook message", "save its attachment, and name that"),
    ("__properties_version1.0", "an Outlook message", "save its attachment, and name that"),
)


def kind_of_ole(path: Path, name: str) -> str:
    """``workbook`` for an .xls; raises InputError for a workbook with a password and for other Office files."""
    streams = _streams(path, name)
    if "EncryptedPackage" in streams:
        raise InputError(f"{name} is an Office file with a password", "save it without the password")
    if streams & {"Workbook", "Book"}:
        return "workbook"
    what, hint = next(
        ((what, hint) for stream, what, hint in _OTHERS if any(one.startswith(stream) for one in streams)),
        ("an Office file without a sheet", "export the table as CSV or Excel"),
    )
    raise InputError(f"{name} is {what}", hint)


def _streams(path: Path, name: str) -> set[str]:
    """The names in the container's directory, which is a chain of sectors."""
    with path.open("rb") as file:
        header = file.read(_HEADER)
        try:
            size = _SECTOR_SIZES[struct.unpack_from("<H", header, 30)[0]]
            first = struct.unpack_from("<I", header, 48)[0]
            entries = b"".join(_sector(file, size, number) for number in _chain(file, header, size, first))
        except (struct.error, KeyError, IndexError) as error:
            cause = f"{name} is an Office file that is damaged or cut off"
            raise InputError(cause, "copy or save it again") from error
    return {_entry_name(entries[start : start + _ENTRY]) for start in range(0, len(entries) - _ENTRY + 1, _ENTRY)}


def _chain(file: BinaryIO, header: bytes, size: int, first: int) -> Iterator[int]:
    """The sectors of the directory; the table of what follows what is itself in sectors that the header lists."""
    per_sector = size // 4
    number = first
    for _ in range(_MOST_SECTORS):
        if number >= _LAST:
            return
        yield number
        table = struct.unpack_from("<109I", header, 76)[number // per_sector]
        number = struct.unpack_from("<I", _sector(file, size, table), number % per_sector * 4)[0]


def _sector(file: BinaryIO, size: int, number: int) -> bytes:
    file.seek((number + 1) * size)
    return file.read(size)


def _entry_name(entry: bytes) -> str:
    length = struct.unpack_from("<H", entry, 64)[0]
    return entry[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
