"""Row heights: a row grows where a filled text needs more lines than the template gave it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from segreport.render.workbook.package import Element, q
from segreport.render.workbook.references import Area, cell_at
from segreport.render.workbook.styles import Styles

_NARROW, _WIDE = set("fijlrt.,:;'|!()[] ·"), set("mwMW@%—")
_SERIFS = ("georgia", "cambria", "times", "serif", "garamond", "palatino", "book antiqua")
_SERIF_FACTOR = 1.14
EMU = 12_700
"""English metric units in a point."""
_LINE = 1.32
_DEFAULT_WIDTH = 8.43


def grow_rows(root: Element, rows: Iterable[Element], styles: Styles) -> None:
    """Make the rows high enough for their wrapped texts; heights that suffice stay as they are."""
    widths = _column_widths(root)
    merges = {(m.left, m.top): m for m in _merges(root)}
    default = float(_format(root).get("defaultRowHeight", "15"))
    for row in rows:
        needed = max(
            (_needed(cell, widths, merges, styles) for cell in row if cell.get("t") == "inlineStr"), default=0.0
        )
        if needed > float(row.get("ht", default)) + 0.5:
            row.set("ht", f"{needed:.2f}".rstrip("0").rstrip("."))
            row.set("customHeight", "1")


@dataclass(frozen=True)
class RowHeights:
    """The heights of a sheet's rows in points."""

    default: float
    own: Mapping[int, float]

    @classmethod
    def read(cls, root: Element) -> RowHeights:
        """The heights as a sheet's XML gives them."""
        rows = root.iterfind(f"{q('sheetData')}/{q('row')}")
        own = {int(row.get("r", "0")): float(row.get("ht", "15")) for row in rows if row.get("ht")}
        return cls(float(_format(root).get("defaultRowHeight", "15")), own)

    def between(self, top: int, offset: int, bottom: int, end: int) -> float:
        """The points from an offset (EMU) in one row to an offset in another one."""
        whole = sum(self.own.get(row, self.default) for row in range(top, bottom))
        return whole - offset / EMU + end / EMU

    def reach(self, top: int, offset: int, points: float) -> tuple[int, int]:
        """The row, and the offset (EMU) in it, that lies so many points below an offset in a row."""
        left, row = points + offset / EMU, top
        while left > self.own.get(row, self.default):
            left -= self.own.get(row, self.default)
            row += 1
        return row, round(left * EMU)


def text_units(text: str, *, bold: bool = False) -> float:
    """The width of a text in widths of a digit, roughly."""
    return sum(map(_letter_units, text)) * (1.05 if bold else 1.0)


def _needed(cell: Element, widths: dict[int, float], merges: dict[tuple[int, int], Area], styles: Styles) -> float:
    """The height in points that a cell's text takes; 0 where it does not wrap or spreads over several rows."""
    style = int(cell.get("s", "0"))
    if not styles.wraps(style):
        return 0.0
    column, row = cell_at(cell.get("r", "A1"))
    area = merges.get((column, row), Area(column, row, column, row))
    if area.bottom != area.top:
        return 0.0
    size = styles.font_size(style)
    room = sum(widths.get(at, _DEFAULT_WIDTH) for at in range(area.left, area.right + 1)) - 1.0
    text = "".join(t.text or "" for t in cell.iter(q("t")))
    bold = styles.is_bold(style)
    if any(serif in styles.font_name(style).lower() for serif in _SERIFS):
        room /= _SERIF_FACTOR
    lines = sum(_count_lines(paragraph, max(room * 11 / size, 3.0), bold=bold) for paragraph in text.split("\n"))
    return lines * size * _LINE + 3.0


def _count_lines(text: str, room: float, *, bold: bool) -> int:
    lines, used = 1, 0.0
    for word in text.split(" "):
        width = text_units(word, bold=bold)
        if used and used + 0.45 + width > room:
            lines, used = lines + 1, width
        else:
            used += width + (0.45 if used else 0.0)
        while used > room:
            lines, used = lines + 1, used - room
    return lines


@lru_cache(maxsize=2048)
def _letter_units(letter: str) -> float:
    if letter in _NARROW:
        return 0.55
    if letter in _WIDE:
        return 1.55
    if unicodedata.combining(letter):
        return 0.0
    if unicodedata.east_asian_width(letter) in "WF":
        return 2.0
    return 1.15 if letter.isupper() else 0.98


def _column_widths(root: Element) -> dict[int, float]:
    standard = float(_format(root).get("defaultColWidth", str(_DEFAULT_WIDTH)))
    widths = dict.fromkeys(range(1, 60), standard)
    for column in root.iterfind(f"{q('cols')}/{q('col')}"):
        for at in range(int(column.get("min", "1")), min(int(column.get("max", "1")), 400) + 1):
            widths[at] = 0.0 if column.get("hidden") == "1" else float(column.get("width", str(standard)))
    return widths


def _format(root: Element) -> Element:
    found = root.find(q("sheetFormatPr"))
    return found if found is not None else root.makeelement(q("sheetFormatPr"))


def _merges(root: Element) -> Iterable[Area]:
    for element in root.iterfind(f"{q('mergeCells')}/{q('mergeCell')}"):
        yield Area.parse(element.get("ref", "A1"))
