"""Tables in a sheet: which whole tables it holds and where, and Excel's own tables around them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import etree

from segreport.domain import Table
from segreport.errors import TemplateError
from segreport.render.workbook.cells import escaped
from segreport.render.workbook.language import Language
from segreport.render.workbook.loops import RowMap
from segreport.render.workbook.package import REL, Element, Package, q
from segreport.render.workbook.plan import SheetPlan
from segreport.render.workbook.references import Area
from segreport.render.workbook.rows import Filled, PlacedTable, unique_heads

_BEFORE_MERGES = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection",
    "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews",
)  # fmt: skip


@dataclass(frozen=True)
class Streamed(Table):
    """A table whose rows stay in a Parquet file: ``count`` of them from ``offset`` on, each column of a kind."""

    file: Path = Path()
    offset: int = 0
    count: int = 0
    kinds: tuple[str, ...] = ()


@dataclass
class TableNames:
    """Gives every Excel table of the workbook a number and a name of its own."""

    ids: set[int] = field(default_factory=set)
    names: set[str] = field(default_factory=set)

    def take(self, id: int, name: str) -> tuple[int, str]:
        """The wanted number and name, or the next free ones."""
        number = id if id not in self.ids else max(self.ids) + 1
        self.ids.add(number)
        own, count = name, 1
        while own.casefold() in self.names:
            count += 1
            own = f"{name}_{count}"
        self.names.add(own.casefold())
        return number, own


def place_tables(
    package: Package, plan: SheetPlan, rows: RowMap, names: Mapping[str, Any], language: Language
) -> Iterator[PlacedTable]:
    """Every whole table of the sheet with the rows it takes."""
    listed = {(area.left, area.top) for _, area in _parts(package, plan.part)}
    for corner in plan.tables:
        for instance in rows.instances.get(corner.row, ()):
            table = language.value(corner.lone or "", {**names, **instance.names}, corner.place)
            if not isinstance(table, Table):
                raise TemplateError(f"{corner.place}: {corner.lone} is no table", "templates/README.md lists them")
            count = max(1, table.count if isinstance(table, Streamed) else len(table.rows))
            is_listed = (corner.column, corner.row) in listed
            yield PlacedTable(corner, table, instance.row, instance.row + count, isinstance(table, Streamed), is_listed)


def fill_tables(package: Package, root: Element, filled: Filled, names: TableNames) -> None:
    """Write the sheet's Excel tables anew: their areas, their columns, their numbers and names."""
    for relation, area in list(_parts(package, filled.part)):
        table = package.edit(relation.target)
        placed = next((t for t in filled.tables if _is_corner(t, area)), None)
        new = _new_area(area, placed, filled)
        if new is None:
            _drop(package, root, filled.part, relation.id)
            continue
        _write_area(table, new)
        if placed is not None:
            _write_columns(table, unique_heads(placed.table.columns))
        else:
            _rename_columns(table, filled, new)
        number, name = names.take(int(table.get("id", "1")), table.get("displayName", "Table"))
        for attribute, value in (("id", str(number)), ("name", name), ("displayName", name)):
            table.set(attribute, value)


def merge_spanners(root: Element, filled: Filled) -> None:
    """Centre the heads that stand above several columns."""
    areas = [area for table in filled.tables for area in _spanner_areas(table)]
    if not areas:
        return
    merges = root.find(q("mergeCells"))
    if merges is None:
        merges = etree.Element(q("mergeCells"))
        root.insert(sum(etree.QName(child).localname in _BEFORE_MERGES for child in root), merges)
    for area in areas:
        etree.SubElement(merges, q("mergeCell"), ref=str(area))
    merges.set("count", str(len(merges)))


def _spanner_areas(table: PlacedTable) -> Iterator[Area]:
    column = table.corner.column
    for text, width in table.table.spanners:
        if text and width > 1:
            yield Area(column, table.head - 1, column + width - 1, table.head - 1)
        column += width


def _parts(package: Package, part: str) -> Iterator[tuple[Any, Area]]:
    for relation in package.relations(part):
        if relation.kind == "table":
            yield relation, Area.parse(package.read(relation.target).get("ref", "A1"))


def _is_corner(table: PlacedTable, area: Area) -> bool:
    return (table.corner.column, table.corner.row) == (area.left, area.top)


def _new_area(area: Area, placed: PlacedTable | None, filled: Filled) -> Area | None:
    if placed is not None:
        return Area(area.left, placed.head, placed.right, placed.last)
    moved = filled.map.areas(area.top, area.bottom)
    return Area(area.left, moved[0][0], area.right, moved[-1][1]) if moved else None


def _write_area(table: Element, area: Area) -> None:
    table.set("ref", str(area))
    filters = table.find(q("autoFilter"))
    if filters is not None:
        bottom = area.bottom - int(table.get("totalsRowCount", "0"))
        filters.set("ref", str(Area(area.left, area.top, area.right, bottom)))
        for child in list(filters):
            filters.remove(child)
    for sort in table.findall(q("sortState")):
        table.remove(sort)


def _write_columns(table: Element, heads: list[str]) -> None:
    columns = table.find(q("tableColumns"))
    if columns is None:
        return
    for old in list(columns):
        columns.remove(old)
    for number, head in enumerate(heads, 1):
        etree.SubElement(columns, q("tableColumn"), id=str(number), name=escaped(head))
    columns.set("count", str(len(heads)))


def _rename_columns(table: Element, filled: Filled, area: Area) -> None:
    """The columns are named as their heads print, when those held tokens."""
    columns = table.findall(f"{q('tableColumns')}/{q('tableColumn')}")
    values = [filled.values.get((area.left + at, area.top)) for at in range(len(columns))]
    if all(value is None for value in values):
        return
    printed = (e.get("name", "") if v is None else str(v) for v, e in zip(values, columns, strict=True))
    heads = unique_heads(tuple(printed))
    for element, head in zip(columns, heads, strict=True):
        element.set("name", escaped(head))


def _drop(package: Package, root: Element, part: str, id: str) -> None:
    package.unrelate(part, id)
    parts = root.find(q("tableParts"))
    if parts is None:
        return
    for element in list(parts):
        if element.get(f"{{{REL}}}id") == id:
            parts.remove(element)
    parts.set("count", str(len(parts)))
    if not len(parts):
        root.remove(parts)
