"""The workbook part: the list of sheets, defined names, and the titles sheets may have."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from segreport.render.fill import clean_text
from segreport.render.workbook.cells import cut
from segreport.render.workbook.package import REL, Element, Package, q
from segreport.render.workbook.sheets import Book

LONGEST_TITLE = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_BEFORE_NAMES = (
    "fileVersion", "fileSharing", "workbookPr", "workbookProtection", "bookViews", "sheets", "functionGroups",
    "externalReferences", "definedNames",
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """A sheet in the workbook's list: its title, its part, and the state the template gave it."""

    title: str
    part: str
    state: str


def read_entries(package: Package, workbook: str) -> list[Entry]:
    """The template's sheets in order; chart sheets and the like are among them."""
    targets = {relation.id: relation.target for relation in package.relations(workbook)}
    sheets = package.read(workbook).iterfind(f"{q('sheets')}/{q('sheet')}")
    return [
        Entry(sheet.get("name", ""), targets.get(sheet.get(f"{{{REL}}}id", ""), ""), sheet.get("state", "visible"))
        for sheet in sheets
    ]


def clean_title(wanted: str, taken: Iterable[str]) -> str:
    """A title that Excel accepts and no other sheet has: 31 characters, none of ``[]:*?/\\``, unique without case."""
    words = " ".join(_FORBIDDEN.sub(" ", clean_text(wanted)).split()).strip("'")
    base = cut(words, LONGEST_TITLE).strip("' ") or "Sheet"
    base = f"{base} 1" if base.casefold() == "history" else base
    used = {title.casefold() for title in taken}
    title, number = base, 1
    while title.casefold() in used:
        number += 1
        ending = f" ({number})"
        title = cut(base, LONGEST_TITLE - len(ending)).rstrip() + ending
    return title


def write_workbook(book: Book, workbook: str, entries: list[Entry], kept: dict[str, list[Entry]]) -> None:
    """Write the list of sheets (``kept``: what each template part became), the names, and the order to calculate."""
    root = book.package.edit(workbook)
    order = [(at, own) for at, entry in enumerate(entries) for own in kept.get(entry.part, ())]
    _write_sheets(book.package, workbook, root, [entry for _, entry in order])
    _write_names(book, root, entries, order)
    _write_views(root, [at for at, _ in order])
    calculation = root.find(q("calcPr"))
    if calculation is None:
        calculation = etree.Element(q("calcPr"), calcId="0")
        root.insert(sum(etree.QName(child).localname in _BEFORE_NAMES for child in root), calculation)
    calculation.set("fullCalcOnLoad", "1")


def _write_sheets(package: Package, workbook: str, root: Element, entries: list[Entry]) -> None:
    sheets = root.find(q("sheets"))
    if sheets is None:
        return
    old = {relation.target: relation.id for relation in package.relations(workbook)}
    before = {sheet.get(f"{{{REL}}}id"): int(sheet.get("sheetId", "1")) for sheet in sheets}
    next_id = max(before.values(), default=0)
    for sheet in list(sheets):
        sheets.remove(sheet)
    for entry in entries:
        relation = old.get(entry.part) or package.relate(workbook, "worksheet", entry.part)
        number = before.pop(relation, None)
        if number is None:
            next_id += 1
            number = next_id
        element = etree.SubElement(sheets, q("sheet"), name=entry.title, sheetId=str(number))
        if entry.state != "visible":
            element.set("state", entry.state)
        element.set(f"{{{REL}}}id", relation)
    for target, relation in old.items():
        if relation in before:
            package.unrelate(workbook, relation)
            package.remove(target)


def _write_names(book: Book, root: Element, entries: list[Entry], order: list[tuple[int, Entry]]) -> None:
    """Names of the whole workbook move with the sheets they point to; a sheet's own are made for each copy."""
    names = root.find(q("definedNames"))
    if names is None:
        return
    by_part = {filled.part: filled for filled in book.filled}
    for element in list(names):
        names.remove(element)
        local = element.get("localSheetId")
        if local is None:
            _add_name(book, names, element, None, book.filled[0].part if book.filled else "")
            continue
        for position, (at, entry) in enumerate(order):
            if at == int(local) and entry.part in by_part:
                _add_name(book, names, element, position, entry.part)
    if not len(names):
        root.remove(names)


def _add_name(book: Book, names: Element, element: Element, position: int | None, part: str) -> None:
    filled = next((f for f in book.filled if f.part == part), None)
    text = element.text or ""
    new = etree.SubElement(names, q("definedName"))
    for attribute, value in element.attrib.items():
        new.set(attribute, value)
    new.text = book.mover(filled)(text, ()) if filled is not None else text
    if position is not None:
        new.set("localSheetId", str(position))


def _write_views(root: Element, order: list[int]) -> None:
    for view in root.iterfind(f"{q('bookViews')}/{q('workbookView')}"):
        active = int(view.get("activeTab", "0"))
        view.set("activeTab", str(order.index(active) if active in order else 0))
        view.attrib.pop("firstSheet", "")
