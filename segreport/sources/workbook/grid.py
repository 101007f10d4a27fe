"""The cells of a sheet, row by row, as often as they are asked for; they stay in the parser, which packs them well."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from segreport.sources.workbook.cells import Cell


class Grid:
    """A sheet from its first row on, and from its first used column; merged cells hold their value in every row."""

    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet
        self.left: int = sheet.start[1] if sheet.start else 0
        self.width: int = sheet.width
        self.height: int = sheet.height

    def __iter__(self) -> Iterator[list[Cell]]:
        if not self._merged:
            return iter(self._sheet.iter_rows())
        return self._filled()

    def letters(self, place: int) -> str:
        """A column's name in the sheet, from its place in a row here."""
        number, name = self.left + place + 1, ""
        while number:
            number, rest = divmod(number - 1, 26)
            name = chr(ord("A") + rest) + name
        return name

    @cached_property
    def _merged(self) -> dict[int, list[tuple[int, int]]]:
        """By row, the cells that take the value of the row above, and until where that value stands."""
        merged: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for (top, left), (bottom, _) in self._sheet.merged_cell_ranges or ():
            if bottom > top and 0 <= left - self.left < self.width:
                merged[top].append((left - self.left, bottom))
        return merged

    def _filled(self) -> Iterator[list[Cell]]:
        standing: dict[int, tuple[int, Cell]] = {}
        for place, row in enumerate(self._sheet.iter_rows()):
            for column, (bottom, value) in list(standing.items()):
                if place > bottom:
                    del standing[column]
                elif row[column] == "":
                    row[column] = value
            standing |= {column: (bottom, row[column]) for column, bottom in self._merged.get(place, ())}
            yield row
