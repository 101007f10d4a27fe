"""Cell references: letters to numbers, areas, and formulas whose references move with their rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

CELL = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384
_REFERENCE = re.compile(
    r'"(?:[^"]|"")*"'
    r"|(?<![\w.$])(?P<sheet>'(?:[^']|'')+'!|[^\W\d][\w.]*!)?"
    r"(?P<area>\$?[A-Z]{1,3}\$?[0-9]{1,7}(?::\$?[A-Z]{1,3}\$?[0-9]{1,7})?|\$?[0-9]{1,7}:\$?[0-9]{1,7}"
    r"|(?:(?<=!)\$?[A-Z]{1,3}:\$?[A-Z]{1,3}))"
    r"(?![\w(.!\[])"
)
_CORNER = re.compile(r"(\$?)([A-Z]{0,3})(\$?)([0-9]{0,7})")

Areas = list[tuple[int, int]]
Resolve = Callable[[str | None, int, int], Areas | None]
"""(sheet or None, first row, last row) of the template -> the rows they became, or None where nothing moved."""


@dataclass(frozen=True)
class Area:
    """A block of cells: columns and rows from 1, both ends included."""

    left: int
    top: int
    right: int
    bottom: int

    @classmethod
    def parse(cls, text: str) -> Area:
        """The area of ``B2:D9`` or ``B2``; whole columns reach from the first to the last row."""
        first, _, last = text.replace("$", "").partition(":")
        left, top = _corner(first, low=True)
        right, bottom = _corner(last or first, low=False)
        return cls(left, top, right, bottom)

    def __str__(self) -> str:
        first = f"{letters(self.left)}{self.top}"
        last = f"{letters(self.right)}{self.bottom}"
        return first if first == last else f"{first}:{last}"

    def holds(self, column: int, row: int) -> bool:
        """Whether the cell lies in the area."""
        return self.left <= column <= self.right and self.top <= row <= self.bottom


@lru_cache(maxsize=1024)
def letters(column: int) -> str:
    """1 -> A, 27 -> AA."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def number(text: str) -> int:
    """A -> 1, AA -> 27."""
    total = 0
    for letter in text:
        total = total * 26 + ord(letter) - 64
    return total


def cell_at(reference: str) -> tuple[int, int]:
    """(column, row) of ``B2``."""
    match = CELL.fullmatch(reference)
    if match is None:
        raise ValueError(f"{reference!r} is not a cell")
    return number(match.group(1)), int(match.group(2))


def quoted(sheet: str) -> str:
    """A sheet's name as formulas write it."""
    return "'" + sheet.replace("'", "''") + "'"


def unquoted(sheet: str) -> str:
    """The sheet's name of ``'Q1 ''14'!`` or ``Data!``."""
    name = sheet.removesuffix("!")
    return name[1:-1].replace("''", "'") if name.startswith("'") else name


def move_formula(formula: str, resolve: Resolve, rename: Callable[[str], str | None] | None = None) -> str:
    """The formula with its references where their rows went; sheets get the name that ``rename`` gives, if any."""

    def moved(match: re.Match[str]) -> str:
        area = match.group("area")
        if area is None:
            return match.group()
        sheet = match.group("sheet")
        name = unquoted(sheet) if sheet else None
        new = rename(name) if rename and name else None
        prefix = f"{quoted(new)}!" if new else sheet or ""
        return _move_area(prefix, area, lambda top, bottom: resolve(name, top, bottom))

    return _REFERENCE.sub(moved, formula)


def offset_formula(formula: str, rows: int, columns: int) -> str:
    """The formula as it reads when filled down and to the right: relative references move along."""

    def moved(match: re.Match[str]) -> str:
        area = match.group("area")
        if area is None:
            return match.group()
        corners = [_offset_corner(corner, rows, columns) for corner in area.split(":")]
        return (match.group("sheet") or "") + ":".join(corners)

    return _REFERENCE.sub(moved, formula)


def _move_area(prefix: str, area: str, resolve: Callable[[int, int], Areas | None]) -> str:
    corners = [_CORNER.fullmatch(part) for part in area.split(":")]
    first, last = corners[0], corners[-1]
    if first is None or last is None or not first.group(4):
        return prefix + area
    areas = resolve(int(first.group(4)), int(last.group(4)))
    if areas is None:
        return prefix + area
    if not areas:
        return "0"
    return ",".join(_write_area(prefix, first, last, top, bottom, ":" in area) for top, bottom in areas)


def _write_area(prefix: str, first: re.Match[str], last: re.Match[str], top: int, bottom: int, is_range: bool) -> str:
    def corner(match: re.Match[str], row: int) -> str:
        return f"{match.group(1)}{match.group(2)}{match.group(3)}{row}"

    if top == bottom and not is_range:
        return prefix + corner(first, top)
    return f"{prefix}{corner(first, top)}:{corner(last, bottom)}"


def _offset_corner(corner: str, rows: int, columns: int) -> str:
    match = _CORNER.fullmatch(corner)
    if match is None:
        return corner
    column, row = match.group(2), match.group(4)
    if column and not match.group(1):
        column = letters(number(column) + columns)
    # A row range such as 3:5 has its only dollar sign before the row.
    fixed = match.group(3) or (match.group(1) if not column else "")
    if row and not fixed:
        row = str(int(row) + rows)
    return f"{match.group(1)}{column}{match.group(3)}{row}"


def _corner(text: str, *, low: bool) -> tuple[int, int]:
    match = _CORNER.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a cell")
    column = number(match.group(2)) if match.group(2) else (1 if low else MAX_COLUMNS)
    row = int(match.group(4)) if match.group(4) else (1 if low else MAX_ROWS)
    return column, row
