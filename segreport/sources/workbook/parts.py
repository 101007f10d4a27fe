"""What calamine does not tell of a sheet, from its XML: cells with an error, and formulas saved without a value."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import IO
from xml.etree import ElementTree

from segreport.sources.archives import DAMAGE
from segreport.sources.workbook.table import Table

_CHUNK = 1 << 20
_CELL = re.compile(rb"<(?:\w+:)?c\s([^<>]*\bt=[\"']e[\"'][^<>]*)>")
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\s([^<>]*)>\s*<(?:\w+:)?f\b(?:[^<>]*/>|[^<>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_TEXT = re.compile(rb"\bt=[\"']str[\"']")
_PLACE = re.compile(rb"\br=[\"']([A-Z]+)(\d+)[\"']")
_ROW_ENDS = (b"</row>", b":row>")


@dataclass
class Scan:
    """Cells of a table that Excel shows an error in, by column, and formulas whose value was never saved."""

    errors: Counter[str] = field(default_factory=Counter)
    unsaved: int = 0


def is_open_document(path: str) -> bool:
    """Whether a workbook is an .ods, which names its own type."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return "mimetype" in archive.namelist()


def scan_sheet(path: str, sheet: str, table: Table | None) -> Scan:
    """What is counted in the table, or in the whole sheet without one; nothing where the file is no .xlsx.

    Where calamine has read more than strict readers of zip and XML would, there is nothing to count either.
    """
    scan, bounds = Scan(), _Bounds(table)
    if zipfile.is_zipfile(path):
        with suppress(ElementTree.ParseError, *DAMAGE), zipfile.ZipFile(path) as archive:
            if part := _part_of(archive, sheet):
                with archive.open(part) as file:
                    for piece in _pieces(file):
                        _count(piece, bounds, scan)
    return scan


class _Bounds:
    """The cells that belong to a table, by the names that the sheet gives them."""

    def __init__(self, table: Table | None) -> None:
        self._all = table is None
        if table:
            self._first, self._end = table.layout.start, table.block.end
            places = (table.block.left + place for place in table.layout.columns)
            self._names = dict(zip(map(table.grid.letters, places), table.layout.names, strict=True))

    def name_of(self, cell: bytes) -> str | None:
        """The column that a cell belongs to; None for a cell outside the table."""
        place = _PLACE.search(cell)
        if self._all or place is None:
            return ""
        inside = self._first < int(place[2]) <= self._end
        return self._names.get(place[1].decode()) if inside else None


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """The part that holds a sheet: the workbook names its relation, and that the part."""
    if "xl/workbook.xml" not in archive.namelist() or "xl/_rels/workbook.xml.rels" not in archive.namelist():
        return None
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {one.get("Id"): one.get("Target", "") for one in relations}
    for one in book.iter():
        if one.tag.endswith("}sheet") and one.get("name") == sheet:
            target = next((targets.get(value, "") for key, value in one.attrib.items() if key.endswith("}id")), "")
            part = target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl", target))
            return part if part in archive.namelist() else None
    return None


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    """The XML in pieces that end with a row."""
    rest = b""
    while chunk := file.read(_CHUNK):
        rest += chunk
        end = max(rest.rfind(mark) for mark in _ROW_ENDS)
        if end >= 0:
            yield rest[:end]
            rest = rest[end:]
    yield rest


def _count(piece: bytes, bounds: _Bounds, scan: Scan) -> None:
    if b't="e"' in piece or b"t='e'" in piece:
        names = [bounds.name_of(cell[1]) for cell in _CELL.finditer(piece)]
        scan.errors.update(name for name in names if name is not None)
    if b"<f" in piece or b":f" in piece:
        cells = [cell[1] for cell in _FORMULA.finditer(piece) if not _TEXT.search(cell[1])]
        scan.unsaved += sum(bounds.name_of(cell) is not None for cell in cells)
