"""The table on a sheet: apart from titles, notes, totals, and other tables below or beside it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from math import isclose
from operator import itemgetter
from typing import TYPE_CHECKING

from segreport.domain import Finding, Reject
from segreport.errors import InputError
from segreport.sources.grid import LOOKED_AT, UNDER_THE_HEADER, Layout, find_layout
from segreport.sources.looks import says_total
from segreport.sources.workbook.blocks import Block, block_of
from segreport.sources.workbook.cells import Cell, arrow_type, as_array, as_text, holds, types_of
from segreport.sources.workbook.grid import Grid

if TYPE_CHECKING:
    import pyarrow as pa

_AT_ONCE = 50_000
_TAIL = 30
"""Rows at the end of a table among which totals and notes are looked for."""
Pick = Callable[[Sequence[Cell]], tuple[Cell, ...]]


@dataclass(frozen=True)
class Table:
    """Where the table of a sheet lies, which of its rows are none, and how many are at least half full."""

    sheet: str
    grid: Grid
    block: Block
    layout: Layout
    rejects: tuple[Reject, ...]
    rows: int
    full: int

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was left out on the sheet."""
        others = self.block.others
        if not others:
            return self.layout.findings
        found = Finding("DQ016", "Other tables on the sheet", len(others), f"not read: {', '.join(others)}")
        return (found, *self.layout.findings)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows as Arrow, so many at a time; a column's type is that of all its cells."""
        import pyarrow as pa

        types: list[set[type]] = [set() for _ in self.layout.names]
        for cells in self._columns():
            types = [known | types_of(column) for known, column in zip(types, cells, strict=True)]
        kinds = [arrow_type(known) for known in types]
        schema = pa.schema(list(zip(self.layout.names, kinds, strict=True)))
        for cells in self._columns():
            arrays = [as_array(column, kind) for column, kind in zip(cells, kinds, strict=True)]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)

    def _columns(self) -> Iterator[list[tuple[Cell, ...]]]:
        """The cells by column, so many rows at a time; rejected rows are left out."""
        rejected = {reject.line - 1 for reject in self.rejects}
        rows = (cells for place, cells in _rows(self.grid, self.block, self.layout) if place not in rejected)
        while chunk := list(islice(rows, _AT_ONCE)):
            yield list(zip(*chunk, strict=True))


def find_table(sheet: str, grid: Grid, skip_rows: int | None) -> Table:
    """The table on a sheet; raises InputError, whose cause begins with the rows, where there is none or a second."""
    block = block_of(grid, skip_rows)
    layout = _layout(grid, block, skip_rows)
    rejects = list(_under(grid, block, layout))
    last = deque[tuple[int, tuple[Cell, ...]]](maxlen=_TAIL)
    rows, full = len(rejects), 0
    header = _header(grid, block, layout)
    for place, cells in _rows(grid, block, layout):
        rows += 1
        full += 2 * cells.count("") <= len(cells)
        if cells == header:
            rejects.append(_reject(place, "the header again", cells))
        else:
            last.append((place, cells))
    if not last:
        raise InputError(f"row {layout.start}: a header without rows", "export the table again, with its rows")
    rejects += _tail(list(last), grid, block, layout)
    layout = replace(layout, beside=_beside(grid, block, layout))
    return Table(sheet, grid, block, layout, tuple(sorted(rejects, key=lambda one: one.line)), rows, full)


def _layout(grid: Grid, block: Block, skip_rows: int | None) -> Layout:
    """The layout of the block, whose rows keep their numbers in the sheet; a header that comes again is no table."""
    rows: list[list[str]] = [[] for _ in range(block.first)]
    headers = 0
    for row in islice(block.of(grid), LOOKED_AT):
        headers += tuple(row) == block.header
        again = headers > 1 and tuple(row) == block.header
        rows.append([] if again else [as_text(cell) for cell in block.cut(row)])
    far_below = block.first if block.first > LOOKED_AT // 2 else None
    return find_layout(rows, skip_rows=far_below if skip_rows is None else skip_rows)


def _under(grid: Grid, block: Block, layout: Layout) -> Iterator[Reject]:
    """The rows between the header and the data."""
    pick = _picker(layout.columns)
    for place in layout.under:
        yield _reject(place, UNDER_THE_HEADER, pick(block.cut(next(islice(grid, place, None)))))


def _rows(grid: Grid, block: Block, layout: Layout) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    """The rows of data with their places, in the columns of the table; blank ones are left out."""
    pick = _picker(layout.columns)
    for place, row in _below_header(grid, block, layout):
        cells = pick(block.cut(row))
        if any(map(holds, cells)):
            yield place, cells


def _below_header(grid: Grid, block: Block, layout: Layout) -> Iterator[tuple[int, list[Cell]]]:
    rows = enumerate(block.of(grid), block.first)
    return ((place, row) for place, row in rows if place >= layout.start)


def _picker(columns: Sequence[int]) -> Pick:
    if list(columns) == list(range(columns[0], columns[-1] + 1)):
        return lambda cells: tuple(cells[columns[0] : columns[-1] + 1])
    return itemgetter(*columns)


def _header(grid: Grid, block: Block, layout: Layout) -> tuple[Cell, ...] | None:
    """The lowest row of the header, as it may stand again on every printed page."""
    if not layout.header:
        return None
    return _picker(layout.columns)(block.cut(next(islice(grid, layout.header[-1], None))))


def _beside(grid: Grid, block: Block, layout: Layout) -> int:
    """How many cells of the columns without a name hold something."""
    if not layout.aside:
        return 0
    rows = (block.cut(row) for _, row in _below_header(grid, block, layout))
    return sum(holds(row[place]) for row in rows for place in layout.aside)


def _tail(last: list[tuple[int, tuple[Cell, ...]]], grid: Grid, block: Block, layout: Layout) -> Iterator[Reject]:
    """Totals and notes below the table, from the bottom up; a note stands apart, below a blank row."""
    notes: list[Reject] = []
    above = [place for place, _ in last]
    for number in range(len(last) - 1, 0, -1):
        place, cells = last[number]
        if _is_total(cells) or _adds_up(place, cells, grid, block, layout):
            yield _reject(place, "a row of totals", cells)
        elif _is_note(cells):
            notes.append(_reject(place, "a note below the table", cells))
            if above[number - 1] < place - 1:
                yield from notes
                notes = []
        else:
            return


def _is_total(cells: Sequence[Cell]) -> bool:
    first = next(filter(holds, cells))
    return isinstance(first, str) and says_total(first)


def _is_note(cells: Sequence[Cell]) -> bool:
    held = [cell for cell in cells if holds(cell)]
    return len(cells) > 2 and len(held) == 1 and isinstance(held[0], str)


def _adds_up(place: int, cells: Sequence[Cell], grid: Grid, block: Block, layout: Layout) -> bool:
    """Whether a row without a first cell holds the sums of the columns above it."""
    sums = {number: 0.0 for number, cell in enumerate(cells) if isinstance(cell, float | int)}
    if holds(cells[0]) or not sums:
        return False
    for above, row in _rows(grid, block, layout):
        if above < place:
            sums = {number: total + _value(row[number]) for number, total in sums.items()}
    return all(isclose(cells[number], total, rel_tol=1e-9) and total for number, total in sums.items())


def _value(cell: Cell) -> float:
    return float(cell) if isinstance(cell, float | int) else 0.0


def _reject(place: int, reason: str, cells: Sequence[Cell]) -> Reject:
    return Reject(place + 1, reason, ", ".join(map(as_text, cells)))
