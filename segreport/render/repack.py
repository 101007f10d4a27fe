"""Pack an Office file again so that the same report gives the same bytes: fixed dates, no names of people."""

from __future__ import annotations

import re
import shutil
from io import BytesIO
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

EPOCH = "1980-01-01T00:00:00Z"
"""The date of every entry and of the document itself; it is the earliest that a zip file can hold."""

_DATE = (1980, 1, 1, 0, 0, 0)
_NESTED = (".xlsx", ".docx", ".pptx")
_DATES = re.compile(rb"(<dcterms:(created|modified)\b[^>]*>)[^<]*(</dcterms:)")
_PEOPLE = re.compile(
    rb"<(dc:creator|cp:lastModifiedBy|cp:lastPrinted|cp:revision|Company|Manager|TotalTime|HyperlinkBase)\b[^>]*?(/>|>[^<]*</\1>)"
)


def repack(source: Path | bytes, out: Path) -> None:
    """Write ``source`` (a path, or a file's bytes) to ``out``: the same parts, nothing of when and by whom."""
    opened: IO[bytes] = BytesIO(source) if isinstance(source, bytes) else source.open("rb")
    with opened, out.open("wb") as target:
        _repack(opened, target)


def _repack(source: IO[bytes], target: IO[bytes]) -> None:
    with ZipFile(source) as old, ZipFile(target, "w", ZIP_DEFLATED) as new:
        for entry in old.infolist():
            _copy(old, entry, new)


def _copy(old: ZipFile, entry: ZipInfo, new: ZipFile) -> None:
    info = ZipInfo(entry.filename, date_time=_DATE)
    info.compress_type = ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    if entry.filename.startswith("docProps/") and entry.filename.endswith(".xml"):
        new.writestr(info, anonymous(old.read(entry)))
    elif entry.filename.lower().endswith(_NESTED):
        inner = BytesIO()
        _repack(BytesIO(old.read(entry)), inner)
        new.writestr(info, inner.getvalue())
    else:
        with old.open(entry) as reader, new.open(info, "w", force_zip64=entry.file_size > 2**31) as writer:
            shutil.copyfileobj(reader, writer, 1 << 20)


def anonymous(properties: bytes) -> bytes:
    """The document's properties with the fixed date, and without the fields that name people, companies and places."""
    return _PEOPLE.sub(b"", _DATES.sub(rb"\g<1>" + EPOCH.encode() + rb"\g<3>", properties))
