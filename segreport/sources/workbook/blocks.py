"""The block of cells on a sheet that is its table, where others stand below or beside it.

A block begins below a blank row, with a row of names over numbers or dates. Blocks beside each other are parted by
blank columns; a blank column within one table parts nothing, as both its sides go all the way down.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from segreport.errors import InputError
from segreport.sources.workbook.cells import Cell
from segreport.sources.workbook.grid import Grid

_PREAMBLE = 10
"""Rows above a header that are taken for titles and notes, and not for a table."""
_ALIKE = 0.5
"""A block with so many of the largest one's cells is as good a table, and nobody has said which is meant."""
_TYPED = 0.25
"""Of the names in a header, how many stand over a number or a date."""
_DENSE = 0.9
_LEAST_ROWS, _LEAST_COLUMNS = 3, 2
_ABSENT = frozenset({"-", "--", "?", ".", "na", "n/a", "#n/a", "nan", "null", "none"})
_NUMBER = re.compile(r"[\s\d.,:/%€$£()+-]+")


@dataclass(frozen=True)
class Block:
    """Rows and columns of a grid, the ends exclusive, and how much they hold; the header where it is certain."""

    first: int
    end: int
    left: int
    right: int
    header: tuple[Cell, ...] = ()
    rows: int = 0
    cells: int = 0
    others: tuple[str, ...] = ()

    def of(self, grid: Grid) -> Iterator[list[Cell]]:
        """Its rows, all their cells."""
        return islice(grid, self.first, self.end)

    def cut(self, row: list[Cell]) -> list[Cell]:
        """The cells of a row that lie between its columns."""
        return row[self.left : self.right]


def block_of(grid: Grid, skip_rows: int | None) -> Block:
    """Where the largest table of the sheet is; raises InputError where there is no telling which of two is meant."""
    blocks = _with_titles(list(_rows_of_blocks(grid, skip_rows or 0)))
    if not blocks:
        raise InputError("no row holds anything", "export the table again, with its rows")
    return _beside(grid, _largest(blocks) if skip_rows is None else _named(blocks[0], blocks))


def _rows_of_blocks(grid: Grid, start: int) -> Iterator[Block]:
    """The blocks from the top down; a row of names begins one as soon as a row of values follows it."""
    header: tuple[Cell, ...] = ()
    names: list[Cell] = []
    first = above = end = start
    rows = cells = 0
    blank = True
    for place, row in enumerate(grid):
        size = len(row) - row.count("") if place >= start else 0
        if size:
            if names and _stands_over(names, row):
                held = len(names) - names.count("")
                if rows > 1:
                    yield Block(first, above, 0, grid.width, header, rows - 1, cells - held)
                header, first, rows, cells = tuple(names), end - 1, 1, held
            names = row if blank and tuple(row) != header and _are_names(row) else []
            above, end = end, place + 1
            rows, cells = rows + 1, cells + size
        blank = not size
    if rows:
        yield Block(first, end, 0, grid.width, header, rows, cells)


def _are_names(row: Sequence[Cell]) -> bool:
    names = [cell for cell in row if cell != ""]
    return len(names) > 1 and len(set(map(str, names))) == len(names) and all(map(_is_name, names))


def _is_name(cell: Cell) -> bool:
    return isinstance(cell, str) and cell.strip().lower() not in _ABSENT and not _NUMBER.fullmatch(cell)


def _stands_over(names: Sequence[Cell], row: Sequence[Cell]) -> bool:
    under = [cell for name, cell in zip(names, row, strict=True) if name != ""]
    typed = [cell for cell in under if isinstance(cell, int | float | date) or (cell and _NUMBER.fullmatch(str(cell)))]
    return len(typed) >= _TYPED * len(under) and bool(typed)


def _with_titles(blocks: list[Block]) -> list[Block]:
    """A few rows before the first header are its titles."""
    if len(blocks) > 1 and not blocks[0].header and blocks[0].rows <= _PREAMBLE:
        title, first, *rest = blocks
        return [replace(first, first=title.first, rows=first.rows + title.rows), *rest]
    return blocks


def _largest(blocks: Sequence[Block]) -> Block:
    """The block with the most cells; the others are named, and none may be as good as it."""
    best = max(blocks, key=lambda block: block.cells)
    rivals = [block for block in blocks if block is not best and block.cells >= _ALIKE * best.cells]
    if rivals:
        first, second = sorted((best, rivals[0]), key=lambda block: block.first)
        cause = f"{_rows(first)} and {_rows(second)} hold two tables, one below the other"
        raise InputError(cause, f"keep one of them on the sheet, or begin at the second: --skip-rows {second.first}")
    return _named(best, blocks)


def _named(chosen: Block, blocks: Sequence[Block]) -> Block:
    """The block, with the rows of those that are not read."""
    others = tuple(_rows(block) for block in blocks if block is not chosen and block.rows >= _LEAST_ROWS)
    return replace(chosen, others=others)


def _rows(block: Block) -> str:
    return f"rows {block.first + 1:,} to {block.end:,}"


def _beside(grid: Grid, block: Block) -> Block:
    """The block, or the part of it between blank columns that is the table where another one stands beside it."""
    spans = list(_spans(grid, block))
    if len(spans) < 2:
        return block
    parts = [part for part in _parts(grid, block, spans) if part.is_table]
    best = max(parts, key=lambda part: part.cells, default=None)
    apart = [part for part in parts if best and part.is_apart_from(best)]
    if best is None or not apart:
        return block
    rivals = [part for part in apart if part.cells >= _ALIKE * best.cells]
    if rivals:
        first, second = sorted((best, rivals[0]), key=lambda part: part.left)
        cause = f"{_columns(grid, first)} and {_columns(grid, second)} hold two tables, side by side"
        raise InputError(cause, "keep one of them on the sheet, or move the other to a sheet of its own")
    others = (*block.others, *(_columns(grid, part) for part in apart))
    return replace(block, left=best.left, right=best.right, others=others)


def _columns(grid: Grid, part: _Part) -> str:
    return f"columns {grid.letters(part.left)} to {grid.letters(part.right - 1)}"


def _spans(grid: Grid, block: Block) -> Iterator[tuple[int, int]]:
    """The runs of columns that hold something."""
    used = [False] * grid.width
    for row in block.of(grid):
        used = [known or cell != "" for known, cell in zip(used, row, strict=True)]
    start = 0
    for place, holds in enumerate([*used, False]):
        if not holds:
            if place > start:
                yield start, place
            start = place + 1


@dataclass
class _Part:
    """Columns of a block between blank ones."""

    left: int
    right: int
    header: tuple[str, ...] = ()
    first: int = 0
    end: int = 0
    rows: int = 0
    cells: int = 0

    @property
    def is_table(self) -> bool:
        return self.rows >= _LEAST_ROWS and self.right - self.left >= _LEAST_COLUMNS

    def add(self, place: int, cells: Sequence[Cell]) -> None:
        size = len(cells) - list(cells).count("")
        if size > 1 and not self.header:
            self.header, self.first = tuple(str(cell).strip().casefold() for cell in cells if cell != ""), place
        if size and self.header:
            self.end, self.rows, self.cells = place + 1, self.rows + 1, self.cells + size

    def is_apart_from(self, other: _Part) -> bool:
        """Whether it is a table of its own: filled from its header to an end of its own, or with the same names."""
        again = len(set(self.header) & set(other.header))
        if self is other or 2 * again >= len(self.header):
            return self is not other
        height = self.end - self.first
        return self.rows >= _DENSE * height and abs(self.end - other.end) > (1 - _DENSE) * (other.end - other.first)


def _parts(grid: Grid, block: Block, spans: Sequence[tuple[int, int]]) -> list[_Part]:
    parts = [_Part(left, right) for left, right in spans]
    for place, row in enumerate(block.of(grid), block.first):
        for part in parts:
            part.add(place, row[part.left : part.right])
    return parts
