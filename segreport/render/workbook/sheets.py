"""Template sheets -> output sheets: which are made, under which names, and everything inside them filled."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import partial
from typing import IO, Any

from lxml import etree

from segreport.formatting import Formats
from segreport.render.brand import Brand
from segreport.render.fill import TOKEN, has_tokens
from segreport.render.workbook.bars import place_bars
from segreport.render.workbook.cells import Writer
from segreport.render.workbook.drawings import Drawer, copy_deep
from segreport.render.workbook.formulas import Values, result_of
from segreport.render.workbook.heights import grow_rows
from segreport.render.workbook.language import Language
from segreport.render.workbook.loops import Path, RowMap, expand
from segreport.render.workbook.moves import Move, move_all
from segreport.render.workbook.package import Element, Package, q
from segreport.render.workbook.plan import SheetPlan
from segreport.render.workbook.references import Areas, move_formula, quoted, unquoted
from segreport.render.workbook.remarks import move_remarks
from segreport.render.workbook.rows import Filled, PlacedTable, RowFiller
from segreport.render.workbook.styles import argb
from segreport.render.workbook.tables import TableNames, fill_tables, merge_spanners, place_tables

LONGEST_HEADER = 255
_OWN_PARTS = ("drawing", "table", "comments", "vmlDrawing", "printerSettings")
_SIZE_CODE = re.compile(r"&\d+$")


@dataclass
class Book:
    """Everything that filling a workbook needs; sheets are added to ``filled`` in their final order."""

    package: Package
    plans: list[SheetPlan]
    names: Mapping[str, Any]
    language: Language
    writer: Writer
    formats: Formats
    brand: Brand
    filled: list[Filled] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)
    table_names: TableNames = field(default_factory=TableNames)

    @property
    def template_titles(self) -> set[str]:
        """The names of the template's sheets."""
        return {plan.name for plan in self.plans}

    def called(self, name: str) -> Filled | None:
        """The first output sheet of the template sheet with this name."""
        return next((f for f in self.filled if f.plan.name.casefold() == name.casefold()), None)

    def mover(self, filled: Filled) -> Move:
        """Moves the references of a formula that stands in a sheet."""

        def move(formula: str, path: Path) -> str:
            def resolve(sheet: str | None, top: int, bottom: int) -> Areas | None:
                own = sheet is None or sheet.casefold() == filled.plan.name.casefold()
                target = filled if own else self.called(sheet or "")
                if target is None:
                    # A template sheet that is not made leaves nothing to refer to.
                    return [] if sheet in self.template_titles else None
                return target.map.areas(top, bottom, path if own else ())

            def rename(sheet: str) -> str | None:
                own = sheet.casefold() == filled.plan.name.casefold()
                target = filled if own else self.called(sheet)
                return target.name if target is not None and target.name != sheet else None

            return move_formula(formula, resolve, rename)

        return move


def add_sheet(book: Book, plan: SheetPlan, part: str, name: str, names: Mapping[str, Any]) -> Filled:
    """An output sheet with its rows laid out, not filled yet."""
    rows: RowMap = expand(plan.nodes, names, book.language, plan.last)
    filled = Filled(plan, part, name, names, rows)
    filled.tables = list(place_tables(book.package, plan, rows, names, book.language))
    book.filled.append(filled)
    return filled


def copy_sheet(package: Package, part: str) -> str:
    """A copy of a sheet and of the parts that belong to it alone."""
    new = package.copy(part)
    for relation in package.relations(new):
        if not relation.external and relation.kind in _OWN_PARTS and package.has(relation.target):
            package.retarget(new, relation.id, copy_deep(package, relation.target))
    return new


def fill_sheet(book: Book, filled: Filled) -> Element:
    """The sheet's XML with rows, links, bars, tables and headers filled; drawings and formulas follow."""
    root = deepcopy(filled.plan.root)
    data = root.find(q("sheetData"))
    if data is None:
        return root
    for child in list(data):
        data.remove(child)
    rows = list(RowFiller(book.writer, book.language, filled).rows())
    data.extend(rows)
    move_all(root, filled, book.mover(filled), partial(_fill_link, book))
    merge_spanners(root, filled)
    place_bars(root, filled)
    grow_rows(root, rows, book.writer.styles)
    _fill_headers(book, root, filled)
    _paint_tab(book, root, filled)
    for dimension in root.findall(q("dimension")):
        root.remove(dimension)
    if filled.part != filled.plan.part:
        for view in root.iterfind(f"{q('sheetViews')}/{q('sheetView')}"):
            view.attrib.pop("tabSelected", "")
    fill_tables(book.package, root, filled, book.table_names)
    move_remarks(book.package, filled)
    book.package.replace(filled.part, root)
    return root


def draw_sheet(book: Book, filled: Filled, drawer: Drawer) -> None:
    """Fill the drawings of a sheet."""
    for relation in book.package.relations(filled.part):
        if relation.kind == "drawing" and book.package.has(relation.target):
            drawer.fill(relation.target, filled, book.mover(filled))


def settle_formulas(book: Book) -> None:
    """Move every formula to its rows and give the simple ones their results."""
    waiting: list[tuple[Filled, tuple[int, int], Element]] = []
    for filled in book.filled:
        paths = {i.row: i.path for found in filled.map.instances.values() for i in found}
        for place, (cell, formula) in filled.formulas.items():
            _move_formula(cell, formula, paths.get(place[1], ()), book.mover(filled))
            filled.values[place] = math.nan
            waiting.append((filled, place, cell))
    sheets: dict[str, Values] = {filled.name: filled.values for filled in book.filled}
    while waiting:
        left = [formula for formula in waiting if not _calculate(*formula, sheets)]
        if len(left) == len(waiting):
            return
        waiting = left


def stream_into(book: Book, filled: Filled, root: Element, write: Callable[[PlacedTable, IO[bytes]], None]) -> None:
    """Let the rows of a streamed table be written when the package is; the rest of the sheet stands around them."""
    table = next(t for t in filled.tables if t.streamed)
    data = root.find(q("sheetData"))
    if data is None:
        return
    following = [row for row in data if int(row.get("r", "0")) > table.head]
    mark = etree.Comment("rows")
    data.insert(data.index(following[0]) if following else len(data), mark)
    content = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    before, after = content.split(b"<!--rows-->")

    def stream(out: IO[bytes]) -> None:
        out.write(before)
        write(table, out)
        out.write(after)

    book.package.streams[filled.part] = stream


def _move_formula(cell: Element, text: str, path: Path, move: Move) -> None:
    formula = cell.find(q("f"))
    if formula is None:
        return
    if formula.get("t") == "shared":
        for attribute in ("t", "si", "ref"):
            formula.attrib.pop(attribute, "")
    if formula.get("ref"):
        formula.set("ref", move(formula.get("ref", ""), path))
    formula.text = move(text, path)
    for old in cell.findall(q("v")):
        cell.remove(old)
    cell.attrib.pop("t", "")


def _calculate(filled: Filled, place: tuple[int, int], cell: Element, sheets: Mapping[str, Values]) -> bool:
    """Write the formula's result; false where it has to wait for another one."""
    result = result_of(cell.findtext(q("f")) or "", filled.values, sheets)
    if result is None:
        return False
    etree.SubElement(cell, q("v")).text = f"{result:.15g}"
    filled.values[place] = result
    return True


def _fill_link(book: Book, element: Element, filled: Filled, names: Mapping[str, Any]) -> bool:
    place = f"{book.package.name}, sheet '{filled.plan.name}', link in {element.get('ref')}"
    if has_tokens(element.get("display", "")):
        del element.attrib["display"]
    if has_tokens(element.get("tooltip", "")):
        element.set("tooltip", book.language.text(element.get("tooltip", ""), names, place))
    sheet, mark, cell = element.get("location", "").rpartition("!")
    if not mark:
        return True
    title = unquoted(sheet)
    if has_tokens(title):
        target = book.titles.get(book.language.text(title, names, place))
    else:
        found = book.called(title)
        target = found.name if found else None
        if found is not None:
            cell = book.mover(found)(cell, ())
    if target is None:
        return False
    element.set("location", f"{quoted(target)}!{cell}")
    return True


def _fill_headers(book: Book, root: Element, filled: Filled) -> None:
    """Fill headers and footers; an ampersand of the data is not a code."""
    for element in root.iterfind(f"{q('headerFooter')}/*"):
        text = element.text or ""
        if not has_tokens(text):
            continue
        place = f"{book.package.name}, sheet '{filled.plan.name}', header or footer"
        room = max(0, LONGEST_HEADER - len(TOKEN.sub("", text))) // max(1, len(TOKEN.findall(text)))
        pieces, at = [], 0
        for match in TOKEN.finditer(text):
            before = text[at : match.start()]
            value = book.language.text(match.group(), filled.names, place).replace("\n", " ").replace("&", "&&")[:room]
            parts = " " if _SIZE_CODE.search(before) and value[:1].isdigit() else ""
            pieces += [before, parts, value]
            at = match.end()
        element.text = "".join([*pieces, text[at:]])[:LONGEST_HEADER]


def _paint_tab(book: Book, root: Element, filled: Filled) -> None:
    """The tab in the colour the sheet asks for, or in its segment's."""
    if filled.plan.tab is not None:
        place = f"{book.package.name}, sheet '{filled.plan.name}', its tab"
        color = str(book.language.value(filled.plan.tab, filled.names, place))
    elif filled.plan.repeats:
        color = str(filled.names["segment"].color)
    else:
        return
    properties = root.find(q("sheetPr"))
    if properties is None:
        properties = etree.Element(q("sheetPr"))
        root.insert(0, properties)
    for old in properties.findall(q("tabColor")):
        properties.remove(old)
    properties.insert(0, etree.Element(q("tabColor"), rgb=argb(color)))
