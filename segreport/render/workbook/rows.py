"""Rows of the output: the template's cells filled for every turn, cells that repeat to the right, whole tables."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from segreport.domain import Table
from segreport.render.fill import clean_text
from segreport.render.workbook.cells import Writer, limited, moved_cell, write_value
from segreport.render.workbook.language import Language
from segreport.render.workbook.loops import Instance, RowMap
from segreport.render.workbook.package import Element, q
from segreport.render.workbook.plan import Cell, Row, SheetPlan
from segreport.render.workbook.references import letters
from segreport.render.workbook.styles import Paint

MUTED = "#5B6773"
_PRECISION = ((100, 0), (10, 1), (0.1, 2), (0.01, 3))


@dataclass
class Columns:
    """Where the cells of one output row went: blocks of columns that were repeated to the right."""

    blocks: list[tuple[int, int, list[Mapping[str, Any]]]] = field(default_factory=list)

    def places(self, column: int) -> list[tuple[int, Mapping[str, Any]]]:
        """The columns that a template column became, each with the names of its turn."""
        shift = 0
        for first, last, turns in self.blocks:
            width = last - first + 1
            if column < first:
                break
            if column <= last:
                return [(column + shift + width * at, names) for at, names in enumerate(turns)]
            shift += width * (len(turns) - 1)
        return [(column + shift, {})]

    def copies(self, left: int, right: int) -> list[tuple[int, int]]:
        """The columns that a range of template columns became."""
        first, last = self.places(left), self.places(right)
        if not first or not last:
            return []
        if len(first) == len(last):
            return [(a[0], b[0]) for a, b in zip(first, last, strict=True)]
        return [(first[0][0], last[-1][0])]


@dataclass(frozen=True)
class PlacedTable:
    """A whole table in the sheet: its corner, what it holds, and the rows it takes (head and last)."""

    corner: Cell
    table: Table
    head: int
    last: int
    streamed: bool = False
    listed: bool = False

    @property
    def right(self) -> int:
        """The table's last column."""
        return self.corner.column + len(self.table.columns) - 1


@dataclass
class Filled:
    """A sheet with its rows filled: what was learned on the way, for everything that has to follow."""

    plan: SheetPlan
    part: str
    name: str
    names: Mapping[str, Any]
    map: RowMap
    columns: dict[int, Columns] = field(default_factory=dict)
    values: dict[tuple[int, int], float | str] = field(default_factory=dict)
    formulas: dict[tuple[int, int], tuple[Element, str]] = field(default_factory=dict)
    bars: list[tuple[int, int, int, int, str]] = field(default_factory=list)
    tables: list[PlacedTable] = field(default_factory=list)
    links: dict[tuple[int, int], list[tuple[int, int, Mapping[str, Any]]]] = field(default_factory=dict)


@dataclass(frozen=True)
class RowFiller:
    """Fills the rows of one sheet."""

    writer: Writer
    language: Language
    filled: Filled

    def rows(self) -> Iterator[Element]:
        """The output rows in order, formulas still as the template has them."""
        instances = [i for found in self.filled.map.instances.values() for i in found]
        for instance in sorted(instances, key=lambda i: i.row):
            element = self._row(instance)
            if element is not None:
                yield element

    def _row(self, instance: Instance) -> Element | None:
        if any(t.streamed and t.head + 1 == instance.row for t in self.filled.tables):
            return None
        row = self.filled.plan.rows.get(instance.source)
        element = _row_element(row, instance.row)
        corners = [t for t in self.filled.tables if t.head == instance.row]
        bodies = [t for t in self.filled.tables if t.head < instance.row <= t.last and _is_body(t, instance)]
        spanned = [t for t in self.filled.tables if t.head - 1 == instance.row and t.table.spanners]
        cells = dict(self._cells(row, instance, corners, bodies)) if row else {}
        for table in spanned:
            cells.update(self._spanners(table, self.filled.plan.rows.get(table.corner.row)))
        for table in corners:
            cells.update(self._head(table, row))
        for table in bodies:
            cells.update(self._body(table, row, instance.row))
        element.extend(cells[column] for column in sorted(cells))
        return element if len(element) or (row and row.element is not None) else None

    def _cells(
        self, row: Row, instance: Instance, corners: list[PlacedTable], bodies: list[PlacedTable]
    ) -> Iterator[tuple[int, Element]]:
        columns = self._columns(row, instance)
        turn = instance.path[-1] if instance.path else (0, 0)
        beside_later = turn[0] < 0 and turn[1] > 0
        for column, cell in row.cells.items():
            if beside_later or any(t.corner.column <= column <= t.right for t in corners + bodies):
                continue
            for place, own in columns.places(column):
                names = {**instance.names, **own} if own else instance.names
                yield place, self._cell(cell, names, place, instance.row)

    def _columns(self, row: Row, instance: Instance) -> Columns:
        if not row.across:
            return Columns()
        columns = Columns(
            [
                (across.first, across.last, list(self.language.turns(across.loop, instance.names, across.place)))
                for across in row.across
            ]
        )
        self.filled.columns[instance.row] = columns
        return columns

    def _cell(self, cell: Cell, names: Mapping[str, Any], column: int, row: int) -> Element:
        if (cell.column, cell.row) in self.filled.plan.linked:
            self.filled.links.setdefault((cell.column, cell.row), []).append((column, row, names))
        if not cell.is_live:
            return self._still(cell, column, row)
        content = self.writer.content(cell, names)
        if content.value is not None:
            self.filled.values[column, row] = content.value
        if content.bar is not None:
            self.filled.bars.append((cell.column, cell.row, column, row, content.bar))
        return self.writer.element(cell, content, column, row)

    def _still(self, cell: Cell, column: int, row: int) -> Element:
        element = moved_cell(cell, column, row)
        if cell.formula is not None:
            self.filled.formulas[column, row] = (element, cell.formula)
        elif element.get("t", "n") == "n" and (value := element.findtext(q("v"))):
            self.filled.values[column, row] = float(value)
        return element

    def _head(self, table: PlacedTable, row: Row | None) -> Iterator[tuple[int, Element]]:
        heads = (
            unique_heads(table.table.columns) if table.listed else [limited(clean_text(h)) for h in table.table.columns]
        )
        for at, title in enumerate(heads):
            yield self._written(table.corner.column + at, table.head, _style(row, table, at), title)

    def _spanners(self, table: PlacedTable, row: Row | None) -> Iterator[tuple[int, Element]]:
        """The heads above several columns; the row over the table's head is theirs."""
        column = table.corner.column
        for text, width in table.table.spanners:
            if text:
                yield self._written(column, table.head - 1, _style(row, table, 0), limited(clean_text(text)))
            column += width

    def _body(self, table: PlacedTable, row: Row | None, number: int) -> Iterator[tuple[int, Element]]:
        at_row = number - table.head - 1
        cells = table.table.rows[at_row] if at_row < len(table.table.rows) else ()
        is_total = at_row >= len(table.table.rows) - table.table.total_rows
        for at in range(len(table.table.columns)):
            value = clean_number(cells[at]) if at < len(cells) else None
            code = (
                figure_format(table.table, at, value, cells, is_total=is_total)
                if isinstance(value, (int, float))
                else None
            )
            paint = Paint(format=code, ink=MUTED if is_total else None)
            style = self.writer.styles.paint(_style(row, table, at), paint)
            yield self._written(table.corner.column + at, number, style, value)

    def _written(self, column: int, row: int, style: int, value: float | str | None) -> tuple[int, Element]:
        element = etree.Element(q("c"), r=f"{letters(column)}{row}")
        if style:
            element.set("s", str(style))
        write_value(element, value)
        if value is not None:
            self.filled.values[column, row] = value
        return column, element


def is_figures(table: Table, at: int) -> bool:
    """Whether a column of a table holds figures, or texts such as ``< .001`` that stand for them."""
    kinds: tuple[str, ...] = getattr(table, "kinds", ())
    if kinds:
        return kinds[at] != "text"
    values = [row[at] for row in table.rows if at < len(row)]
    return any((isinstance(v, (int, float)) and not isinstance(v, bool)) or str(v).startswith("< ") for v in values)


def figure_format(table: Table, at: int, value: float, row: tuple[object, ...], *, is_total: bool) -> str:
    """The number format of a figure: its column's decimals, or as many as suit the largest figure of its row."""
    decimals = table.decimals[at] if at < len(table.decimals) else None
    if decimals is None:
        figures = [abs(v) for v in row if isinstance(v, (int, float)) and math.isfinite(v)]
        decimals = 0 if all(v == int(v) for v in figures) else _suitable_decimals(abs(value), max(figures))
    elif is_total and value == int(value):
        decimals = 0
    return "#,##0" + ("." + "0" * decimals if decimals else "")


def _suitable_decimals(value: float, largest: float) -> int:
    """One precision for a row; a share beside large means keeps its own, and a small one is never a false zero."""
    decimals = next((places for edge, places in _PRECISION if largest >= edge), 4)
    if value == 0 or value >= 1:
        return decimals
    return max(decimals, 2 if value >= 0.005 else 3 if value >= 0.0005 else 4)


def unique_heads(columns: tuple[str, ...]) -> list[str]:
    """The heads of a table, none empty and no two alike, as a spreadsheet's table demands."""
    heads: list[str] = []
    taken: set[str] = set()
    for at, column in enumerate(columns, 1):
        base = " ".join(clean_text(column).split())[:255] or f"Column {at}"
        head, number = base, 1
        while head.casefold() in taken:
            number += 1
            head = f"{base[:245]} {number}"
        taken.add(head.casefold())
        heads.append(head)
    return heads


def clean_number(value: object) -> float | str | None:
    """What a cell can hold of a table's value: a finite number, a text, or nothing."""
    if value is None or isinstance(value, str):
        return None if value is None else limited(clean_text(value))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value if math.isfinite(value) else None
    return str(value)


def _style(row: Row | None, table: PlacedTable, at: int) -> int:
    """Text columns look like the cell under the corner, columns of figures like the next one."""
    if row is None:
        return 0
    first = row.cells.get(table.corner.column)
    second = row.cells.get(table.corner.column + 1)
    chosen = second if at and second is not None and is_figures(table.table, at) else first
    return chosen.style if chosen else 0


def _is_body(table: PlacedTable, instance: Instance) -> bool:
    return not table.streamed and instance.source == table.corner.row + 1


def _row_element(row: Row | None, number: int) -> Element:
    element = etree.Element(q("row"), r=str(number))
    if row is not None and row.element is not None:
        for name, value in row.element.attrib.items():
            if name not in ("r", "spans"):
                element.set(name, value)
    return element
