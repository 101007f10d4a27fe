"""Everything in a sheet that points to cells, moved to where its rows and columns went."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from typing import Any

from lxml import etree

from segreport.render.workbook.loops import Path
from segreport.render.workbook.package import Element, q
from segreport.render.workbook.references import MAX_ROWS, Area, cell_at, letters
from segreport.render.workbook.rows import Filled

XM = "http://schemas.microsoft.com/office/excel/2006/main"
_SQREF_HOLDERS = ("protectedRanges", "ignoredErrors")

Move = Callable[[str, Path], str]
"""Formula of the template and the path of the row it stands in -> formula of the output."""

Link = Callable[[Element, Filled, Mapping[str, Any]], bool]
"""Fill a hyperlink's address with these names; false where what it points to is not made."""


def move_all(root: Element, filled: Filled, move: Move, link: Link) -> None:
    """Move merges, formats, validations, links, filters, breaks and panes of a sheet; its rows are filled already."""
    if filled.map.shift or any(len(found) != 1 for found in filled.map.instances.values()) or filled.columns:
        _move_merges(root, filled)
        _move_ranges(root, filled)
        _move_breaks(root, filled)
        _move_view(root, filled)
    _move_formulas(root, move)
    _move_links(root, filled, link)
    _drop_empty(root)


def areas_of(text: str, filled: Filled) -> list[Area]:
    """What became of one area, a copy for every repetition; whole columns and rows beyond the content stay."""
    area = Area.parse(text)
    if area.top == 1 and area.bottom == MAX_ROWS:
        return [area]
    found = []
    for top, bottom in filled.map.copies(area.top, area.bottom):
        columns = filled.columns.get(top) if area.top == area.bottom else None
        spans = columns.copies(area.left, area.right) if columns else [(area.left, area.right)]
        found += [Area(left, top, right, min(bottom, MAX_ROWS)) for left, right in spans]
    return found


def moved_ranges(text: str, filled: Filled) -> str:
    """A list of areas (``B2:C3 E5``) where its cells went; areas that touch below each other are one."""
    found = [area for part in text.split() for area in areas_of(part, filled)]
    return " ".join(str(area) for area in _joined(found))


def _move_merges(root: Element, filled: Filled) -> None:
    merges = root.find(q("mergeCells"))
    if merges is None:
        return
    for element in list(merges):
        merges.remove(element)
    for merge in filled.plan.merges:
        for area in areas_of(str(merge), filled):
            if str(area) != f"{letters(area.left)}{area.top}":
                etree.SubElement(merges, q("mergeCell"), ref=str(area))
    merges.set("count", str(len(merges)))


def _move_ranges(root: Element, filled: Filled) -> None:
    """Areas in attributes and in the extension list."""
    _move_attribute(root.findall(q("conditionalFormatting")), "sqref", filled)
    _move_attribute(root.findall(f"{q('dataValidations')}/{q('dataValidation')}"), "sqref", filled)
    for holder in _SQREF_HOLDERS:
        _move_attribute(root.findall(f"{q(holder)}/*"), "sqref", filled)
    filters = root.find(q("autoFilter"))
    if filters is not None:
        _move_attribute([filters], "ref", filled)
    for element in list(root.iter(f"{{{XM}}}sqref")):
        element.text = moved_ranges(element.text or "", filled)
        if not element.text:
            drop_upwards(element.getparent())


def drop_upwards(element: Element | None) -> None:
    """Take an element out, and with it every parent that held nothing else."""
    while element is not None:
        parent = element.getparent()
        if parent is None:
            return
        parent.remove(element)
        element = parent if len(parent) == 0 else None


def _move_attribute(elements: Iterable[Element], attribute: str, filled: Filled) -> None:
    for element in elements:
        moved = moved_ranges(element.get(attribute, ""), filled)
        parent = element.getparent()
        if moved:
            element.set(attribute, moved)
        elif parent is not None:
            parent.remove(element)


def _move_formulas(root: Element, move: Move) -> None:
    """Formulas of conditional formats, validations and extensions, as seen from outside of every loop."""
    elements = [
        element
        for holder in ("conditionalFormatting", "dataValidations")
        for parent in root.findall(q(holder))
        for element in parent.iter(q("formula"), q("formula1"), q("formula2"))
    ]
    for element in [*elements, *root.iter(f"{{{XM}}}f")]:
        if element.text:
            element.text = move(element.text, ())


def _move_links(root: Element, filled: Filled, link: Link) -> None:
    """Hyperlinks: one for every cell that their cell became, its address with the tokens filled."""
    links = root.find(q("hyperlinks"))
    if links is None:
        return
    for element in list(links):
        links.remove(element)
        for ref, names in _link_places(element.get("ref", "A1"), filled):
            new = deepcopy(element)
            new.set("ref", ref)
            if link(new, filled, names):
                links.append(new)


def _link_places(ref: str, filled: Filled) -> list[tuple[str, Mapping[str, Any]]]:
    first = cell_at(ref.partition(":")[0])
    places = filled.links.get(first, [])
    if ":" not in ref:
        return [(f"{letters(column)}{row}", names) for column, row, names in places]
    areas = areas_of(ref, filled)
    return [(str(a), places[at][2] if at < len(places) else filled.names) for at, a in enumerate(areas)]


def _move_breaks(root: Element, filled: Filled) -> None:
    breaks = root.find(q("rowBreaks"))
    if breaks is None:
        return
    for element in list(breaks):
        row = filled.map.first_of(int(element.get("id", "0")))
        if row is None:
            breaks.remove(element)
        else:
            element.set("id", str(row))
    for attribute in ("count", "manualBreakCount"):
        breaks.set(attribute, str(len(breaks)))


def _move_view(root: Element, filled: Filled) -> None:
    """The frozen rows stay frozen; the cursor goes home."""
    for view in root.iterfind(f"{q('sheetViews')}/{q('sheetView')}"):
        pane = view.find(q("pane"))
        if pane is not None and pane.get("state") in ("frozen", "frozenSplit") and pane.get("topLeftCell"):
            column, row = cell_at(pane.get("topLeftCell", "A1"))
            new = filled.map.first_of(row) or row
            pane.set("topLeftCell", f"{letters(column)}{new}")
            if pane.get("ySplit"):
                pane.set("ySplit", str(new - 1))
        for selection in view.findall(q("selection")):
            view.remove(selection)


def _drop_empty(root: Element) -> None:
    """Collections that have lost all they held: an empty one is an error."""
    for name in ("mergeCells", "dataValidations", "hyperlinks", "rowBreaks", *_SQREF_HOLDERS):
        element = root.find(q(name))
        if element is not None and len(element) == 0:
            root.remove(element)
    validations = root.find(q("dataValidations"))
    if validations is not None:
        validations.set("count", str(len(validations)))


def _joined(areas: list[Area]) -> list[Area]:
    joined: list[Area] = []
    for area in areas:
        last = joined[-1] if joined else None
        if last and (last.left, last.right) == (area.left, area.right) and last.bottom + 1 == area.top:
            joined[-1] = Area(last.left, last.top, last.right, area.bottom)
        else:
            joined.append(area)
    return joined
