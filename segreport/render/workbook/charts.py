"""Binds a native chart of the template to a plot: references, caches and colours change, its style stays."""

from __future__ import annotations

import math
from copy import deepcopy

from lxml import etree

from segreport.render.workbook.cells import number_text
from segreport.render.workbook.chartdata import Range
from segreport.render.workbook.package import Element
from segreport.render.workbook.plots import Plot, PlotSeries

CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_AFTER_POINTS = ("dLbls", "trendline", "errBars", "cat", "val", "xVal", "yVal", "shape", "smooth", "extLst")
_AFTER_LABELS = _AFTER_POINTS[1:]


def bind_chart(root: Element, plot: Plot, ranges: list[Range], code: str) -> None:
    """Fill a chart space: one series per series of the plot, made from the template's (the last one repeats)."""
    space = root.find(c("chart"))
    area = None if space is None else space.find(c("plotArea"))
    if space is None or area is None:
        return
    _write_title(space, plot.title)
    prototypes = [(series, series.getparent()) for series in area.iter(c("ser"))]
    places: list[tuple[Element, Element]] = []
    for at, _ in enumerate(plot.series):
        prototype, parent = prototypes[min(at, len(prototypes) - 1)]
        if parent is not None:
            places.append((deepcopy(prototype), parent))
    anchors = _clear(prototypes)
    for at, ((series, parent), own, where) in enumerate(zip(places, plot.series, ranges, strict=True)):
        _fill_series(series, at, own, plot.categories, where, code)
        parent.insert(anchors[parent], series)
        anchors[parent] += 1


def c(name: str) -> str:
    """The qualified name of a chart element."""
    return f"{{{CHART}}}{name}"


def a(name: str) -> str:
    """The qualified name of a drawing element."""
    return f"{{{DRAWING}}}{name}"


def _clear(prototypes: list[tuple[Element, Element | None]]) -> dict[Element, int]:
    """Take the template's series out; returns where new ones go in each group."""
    anchors: dict[Element, int] = {}
    for series, parent in prototypes:
        if parent is not None:
            anchors.setdefault(parent, parent.index(series))
            parent.remove(series)
    return anchors


def _fill_series(
    series: Element, at: int, own: PlotSeries, categories: tuple[str, ...], where: Range, code: str
) -> None:
    _set_value(series, "idx", at)
    _set_value(series, "order", at)
    _write_name(series, own.name, where.name)
    _write_data(series, own, categories, where, code)
    if own.color:
        _recolor(series, own.color)
    if own.label_color:
        _recolor_labels(series, own.label_color)
    _write_points(series, own)
    _silence(series, own)


def _set_value(series: Element, name: str, value: int) -> None:
    element = series.find(c(name))
    if element is not None:
        element.set("val", str(value))


def _write_name(series: Element, name: str, where: str) -> None:
    for old in series.findall(c("tx")):
        series.remove(old)
    text = etree.Element(c("tx"))
    _write_words(text, where, (name,))
    order = series.find(c("order"))
    series.insert(series.index(order) + 1 if order is not None else 0, text)


def _write_data(series: Element, own: PlotSeries, categories: tuple[str, ...], where: Range, code: str) -> None:
    if own.xs:
        _write_numbers(_emptied(series, "xVal"), where.categories, own.xs, code)
        _write_numbers(_emptied(series, "yVal"), where.values, own.values, code)
    else:
        _write_words(_emptied(series, "cat"), where.categories, categories)
        _write_numbers(_emptied(series, "val"), where.values, own.values, code)


def _emptied(series: Element, name: str) -> Element:
    """The element without content; made in its place where the template's series has none."""
    element = series.find(c(name))
    if element is None:
        element = etree.Element(c(name))
        after = _AFTER_POINTS[_AFTER_POINTS.index(name) + 1 :]
        _insert_before(series, element, after)
    for child in list(element):
        element.remove(child)
    return element


def _write_words(parent: Element, where: str, words: tuple[str, ...]) -> None:
    reference = etree.SubElement(parent, c("strRef"))
    etree.SubElement(reference, c("f")).text = where
    cache = etree.SubElement(reference, c("strCache"))
    etree.SubElement(cache, c("ptCount"), val=str(len(words)))
    for at, word in enumerate(words):
        point = etree.SubElement(cache, c("pt"), idx=str(at))
        etree.SubElement(point, c("v")).text = word


def _write_numbers(parent: Element, where: str, numbers: tuple[float | None, ...], code: str) -> None:
    reference = etree.SubElement(parent, c("numRef"))
    etree.SubElement(reference, c("f")).text = where
    cache = etree.SubElement(reference, c("numCache"))
    etree.SubElement(cache, c("formatCode")).text = code
    etree.SubElement(cache, c("ptCount"), val=str(len(numbers)))
    for at, value in enumerate(numbers):
        if value is not None and math.isfinite(value):
            point = etree.SubElement(cache, c("pt"), idx=str(at))
            etree.SubElement(point, c("v")).text = number_text(value)


def _recolor(series: Element, color: str) -> None:
    """Every solid colour of the series and its markers becomes this one; what has no fill keeps none."""
    properties = series.find(c("spPr"))
    if properties is None:
        properties = etree.Element(c("spPr"))
        text = series.find(c("tx"))
        series.insert(series.index(text) + 1 if text is not None else 2, properties)
    _recolor_properties(properties, color)
    for marker in series.findall(f"{c('marker')}/{c('spPr')}"):
        _recolor_properties(marker, color)


def _recolor_properties(properties: Element, color: str) -> None:
    fills = list(properties.iter(a("solidFill")))
    if not fills and properties.find(a("noFill")) is None:
        fills = [etree.Element(a("solidFill"))]
        properties.insert(0, fills[0])
    for fill in fills:
        if _is_white(fill):
            continue
        kept = [deepcopy(child) for old in fill for child in old]
        for old in list(fill):
            fill.remove(old)
        etree.SubElement(fill, a("srgbClr"), val=color.lstrip("#").upper()).extend(kept)


def _is_white(fill: Element) -> bool:
    """White lines part the pieces of a stack; they stay."""
    return len(fill) == 1 and fill[0].get("val", "").upper() in ("FFFFFF", "BG1")


def _recolor_labels(series: Element, color: str) -> None:
    for properties in series.findall(f"{c('dLbls')}/{c('txPr')}"):
        for text in properties.iter(a("defRPr")):
            for fill in text.findall(a("solidFill")):
                text.remove(fill)
            fill = etree.Element(a("solidFill"))
            etree.SubElement(fill, a("srgbClr"), val=color.lstrip("#").upper())
            line = text.find(a("ln"))
            text.insert(0 if line is None else text.index(line) + 1, fill)


def _write_points(series: Element, own: PlotSeries) -> None:
    for old in series.findall(c("dPt")):
        series.remove(old)
    properties = series.find(c("spPr"))
    for at, color in sorted(own.points.items()):
        point = etree.Element(c("dPt"))
        etree.SubElement(point, c("idx"), val=str(at))
        etree.SubElement(point, c("invertIfNegative"), val="0")
        etree.SubElement(point, c("bubble3D"), val="0")
        look = deepcopy(properties) if properties is not None else etree.Element(c("spPr"))
        _recolor_properties(look, color)
        point.append(look)
        _insert_before(series, point, _AFTER_POINTS)


def _silence(series: Element, own: PlotSeries) -> None:
    """Points without a label: another series prints theirs."""
    labels = series.find(c("dLbls"))
    if labels is None:
        return
    for old in labels.findall(c("dLbl")):
        labels.remove(old)
    for place, at in enumerate(sorted(own.silent)):
        label = etree.Element(c("dLbl"))
        etree.SubElement(label, c("idx"), val=str(at))
        etree.SubElement(label, c("delete"), val="1")
        labels.insert(place, label)


def _insert_before(series: Element, element: Element, names: tuple[str, ...]) -> None:
    later = [series.index(child) for child in series if etree.QName(child).localname in names]
    series.insert(min(later, default=len(series)), element)


def _write_title(space: Element, title: str) -> None:
    """The message as the chart's title, where the template's chart has one."""
    texts = [] if space.find(c("title")) is None else list(space.iterfind(f"{c('title')}//{a('t')}"))
    if texts:
        texts[0].text = title
        for text in texts[1:]:
            text.text = ""
