"""Data bars: the template cell's own rule for every cell that was filled from it, in that cell's colour."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from copy import deepcopy

from lxml import etree

from segreport.render.workbook.moves import XM
from segreport.render.workbook.package import Element, q
from segreport.render.workbook.references import Area
from segreport.render.workbook.rows import Filled
from segreport.render.workbook.styles import argb

X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
_ROUND = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)

Cell = tuple[int, int, str]


def place_bars(root: Element, filled: Filled) -> None:
    """Give every cell filled by ``bar`` a rule of its colour; an open maximum becomes a round one for all."""
    if not filled.bars:
        return
    template = filled.plan.root
    rules = list(_template_rules(template))
    number = 0
    for rule, extension, areas in rules:
        cells = [
            (column, row, color)
            for source, line, column, row, color in filled.bars
            if any(area.holds(source, line) for area in areas)
        ]
        if not cells:
            continue
        _forget(root, rule, extension)
        values = [filled.values.get((column, row)) for column, row, _ in cells]
        scale = _scale([value for value in values if isinstance(value, (int, float))])
        for color, refs in _by_color(cells):
            number += 1
            _add_rule(root, rule, extension, refs, color, number, scale)


def _template_rules(root: Element) -> Iterator[tuple[Element, Element | None, list[Area]]]:
    """Every data bar of the template: its rule, its extension, and its areas."""
    extensions = {e.get("id"): e for e in root.iter(f"{{{X14}}}cfRule") if e.get("type") == "dataBar"}
    for holder in root.findall(q("conditionalFormatting")):
        areas = [Area.parse(part) for part in holder.get("sqref", "").split()]
        for rule in holder.findall(q("cfRule")):
            if rule.get("type") == "dataBar":
                yield rule, extensions.get(rule.findtext(f".//{{{X14}}}id")), areas


def _by_color(cells: Iterable[Cell]) -> list[tuple[str, str]]:
    """The cells of each colour as a list of references, areas joined downwards."""
    groups: dict[str, list[Area]] = {}
    for column, row, color in sorted(cells, key=lambda cell: (cell[0], cell[1])):
        areas = groups.setdefault(color, [])
        last = areas[-1] if areas else None
        if last and last.left == column and last.bottom + 1 == row:
            areas[-1] = Area(column, last.top, column, row)
        else:
            areas.append(Area(column, row, column, row))
    return [(color, " ".join(str(area) for area in areas)) for color, areas in groups.items()]


def _forget(root: Element, rule: Element, extension: Element | None) -> None:
    """Take the template's rule out of the output; the new ones replace it."""
    priority = rule.get("priority")
    for holder in root.findall(q("conditionalFormatting")):
        for own in holder.findall(q("cfRule")):
            if own.get("type") == "dataBar" and own.get("priority") == priority:
                holder.remove(own)
        if not len(holder):
            root.remove(holder)
    if extension is None:
        return
    for own in list(root.iter(f"{{{X14}}}cfRule")):
        parent = own.getparent()
        if own.get("id") == extension.get("id") and parent is not None:
            parent.remove(own)
            home = parent.getparent()
            if home is not None and parent.find(f"{{{X14}}}cfRule") is None:
                home.remove(parent)


def _add_rule(
    root: Element, rule: Element, extension: Element | None, refs: str, color: str, number: int,
    scale: tuple[float, float],
) -> None:  # fmt: skip
    id = f"{{5E6D0A7B-0000-4000-8000-{number:012X}}}"
    own = deepcopy(rule)
    own.set("priority", str(_free_priority(root)))
    bar = own.find(q("dataBar"))
    if bar is not None:
        _paint_colors(bar.findall(q("color")), color)
        _fix_scale(bar.findall(q("cfvo")), scale, None)
    for element in own.iter(f"{{{X14}}}id"):
        element.text = id
    holder = etree.Element(q("conditionalFormatting"), sqref=refs)
    holder.append(own)
    _insert_after_rules(root, holder)
    if extension is not None:
        _add_extension(root, extension, refs, color, id, scale)


def _add_extension(
    root: Element, extension: Element, refs: str, color: str, id: str, scale: tuple[float, float]
) -> None:
    own = deepcopy(extension)
    own.set("id", id)
    bar = own.find(f"{{{X14}}}dataBar")
    if bar is not None:
        _paint_colors(bar.findall(f"{{{X14}}}fillColor") + bar.findall(f"{{{X14}}}borderColor"), color)
        _fix_scale(bar.findall(f"{{{X14}}}cfvo"), scale, XM)
    home = root.find(f".//{{{X14}}}conditionalFormattings")
    if home is None:
        return
    holder = etree.SubElement(home, f"{{{X14}}}conditionalFormatting", nsmap={"xm": XM})
    holder.append(own)
    etree.SubElement(holder, f"{{{XM}}}sqref").text = refs


def _paint_colors(colors: Iterable[Element], color: str) -> None:
    for element in colors:
        element.attrib.clear()
        element.set("rgb", argb(color))


def _fix_scale(ends: list[Element], scale: tuple[float, float], formula: str | None) -> None:
    """Ends that the template leaves open get the common ones."""
    for end, value in zip(ends, scale, strict=False):
        if end.get("type") not in ("min", "max", "autoMin", "autoMax"):
            continue
        end.set("type", "num")
        if formula is None:
            end.set("val", f"{value:g}")
        else:
            for child in list(end):
                end.remove(child)
            etree.SubElement(end, f"{{{formula}}}f").text = f"{value:g}"


def _scale(values: list[float]) -> tuple[float, float]:
    """0 to the next round number above all values; the same on both sides where some are below 0."""
    largest = max((abs(value) for value in values), default=0.0)
    if largest == 0:
        return 0.0, 1.0
    power = 10.0 ** math.floor(math.log10(largest))
    top = next(step * power for step in _ROUND if step * power >= largest * 0.999999)
    return (-top if min(values) < 0 else 0.0), top


def _free_priority(root: Element) -> int:
    return max([0, *(int(rule.get("priority", "0")) for rule in root.iter(q("cfRule")))]) + 1


_BEFORE = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection",
    "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells",
    "phoneticPr", "conditionalFormatting",
)  # fmt: skip


def _insert_after_rules(root: Element, holder: Element) -> None:
    place = sum(etree.QName(child).localname in _BEFORE for child in root)
    root.insert(place, holder)
