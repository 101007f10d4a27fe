"""Small moves in the XML of a native chart: fills, labels, axes and the place of the plot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from segreport.render.deck.xml import A, C, Element, child, remove, solid

INK, MUTED, ACCENT = "tx1", "tx2", "accent1"
"""Theme colours, so that a company's deck draws our charts in its own ink."""

RULE, GREY, BELOW, FAINT = "#B9C1C8", "#C3CAD0", "#8B96A0", "#E1E5E8"
_AFTER_POINTS = ("dLbls", "trendline", "errBars", "cat", "val", "xVal", "yVal", "smooth", "shape", "extLst")
_AFTER_LABELS = _AFTER_POINTS[1:]
_SHOWN = ("showLegendKey", "showVal", "showCatName", "showSerName", "showPercent", "showBubbleSize")

_CONTENT = {"value": ("showVal",), "name": ("showSerName",), "both": ("showSerName", "showVal")}


@dataclass(frozen=True)
class Label:
    """How a value is printed beside its mark.

    ``position`` is as in the file format: ctr, outEnd, t, b, r, l; ``shown`` is value, name or both; ``shift`` moves
    one point's label to the right by a share of the chart's width.
    """

    points: float
    color: str = INK
    bold: bool = False
    position: str = "outEnd"
    number_format: str = "General"
    text: str | None = None
    shown: str = "value"
    shift: float = 0.0


def clear_background(chart: Any) -> None:
    """No fill, no border, no rounded corners, no legend, no title, no colours of PowerPoint's own."""
    chart.has_legend = chart.has_title = False
    space = chart._chartSpace
    corners = etree.Element(f"{C}roundedCorners", val="0")
    _insert_before(space, corners, ("AlternateContent", "style", "clrMapOvr", "pivotSource", "chart"))
    inner = child(space, f"{C}chart")
    inner.addnext(bar_properties(None))
    child(inner, f"{C}plotArea").append(bar_properties(None))
    for plot in chart.plots:
        plot.vary_by_categories = False


def set_layout(chart: Any, x: float, y: float, width: float, height: float) -> None:
    """Fix the inner plot area, in shares of the chart's frame."""
    plot = chart._chartSpace.find(f"{C}chart/{C}plotArea")
    old = plot.find(f"{C}layout")
    if old is not None:
        plot.remove(old)
    layout = etree.Element(f"{C}layout")
    manual = etree.SubElement(layout, f"{C}manualLayout")
    etree.SubElement(manual, f"{C}layoutTarget", val="inner")
    for name in ("xMode", "yMode"):
        etree.SubElement(manual, C + name, val="edge")
    for name, value in (("x", x), ("y", y), ("w", width), ("h", height)):
        etree.SubElement(manual, C + name, val=f"{value:.5f}")
    plot.insert(0, layout)


def paint_series(series: Element, color: str | None, *, edge: bool = False) -> None:
    """Fill a bar series; ``edge`` draws a white gap between the pieces of a stack."""
    _replace_properties(series, bar_properties(color, edge=edge))
    flag = series.find(f"{C}invertIfNegative")
    if flag is not None:
        flag.set("val", "0")


def paint_point(series: Element, index: int, color: str) -> None:
    """Fill one bar of a series."""
    point = etree.Element(f"{C}dPt")
    etree.SubElement(point, f"{C}idx", val=str(index))
    etree.SubElement(point, f"{C}invertIfNegative", val="0")
    etree.SubElement(point, f"{C}bubble3D", val="0")
    point.append(bar_properties(color))
    _insert_before(series, point, _AFTER_POINTS)


def bar_properties(color: str | None, *, edge: bool = False) -> Element:
    """A flat fill or none, with or without a white edge."""
    properties = etree.Element(f"{C}spPr")
    properties.append(solid(color) if color else etree.Element(f"{A}noFill"))
    line = etree.SubElement(properties, f"{A}ln")
    if edge:
        line.set("w", "19050")
        line.append(solid("bg1"))
    else:
        etree.SubElement(line, f"{A}noFill")
    return properties


def paint_line(series: Element, color: str | None, points: float = 2.0) -> None:
    """The line of a series, or none."""
    properties = etree.Element(f"{C}spPr")
    line = etree.SubElement(properties, f"{A}ln", w=str(round(points * 12_700)), cap="rnd")
    line.append(solid(color) if color else etree.Element(f"{A}noFill"))
    etree.SubElement(line, f"{A}round")
    _replace_properties(series, properties)
    smooth = series.find(f"{C}smooth")
    if smooth is not None:
        smooth.set("val", "0")


def paint_marker(series: Element, color: str | None, size: int = 6, *, alpha: float | None = None) -> None:
    """Round markers of a series, or none."""
    old = series.find(f"{C}marker")
    if old is not None:
        remove(old)
    marker = etree.Element(f"{C}marker")
    etree.SubElement(marker, f"{C}symbol", val="circle" if color else "none")
    if color:
        etree.SubElement(marker, f"{C}size", val=str(size))
        properties = etree.SubElement(marker, f"{C}spPr")
        properties.append(solid(color, alpha))
        etree.SubElement(etree.SubElement(properties, f"{A}ln"), f"{A}noFill")
    _insert_before(series, marker, ("dPt", *_AFTER_POINTS))


def label_series(series: Element, label: Label | None, points: Mapping[int, Label | None] | None = None) -> None:
    """Print the values of a series; ``points`` are exceptions by index, None for a point without a label."""
    old = series.find(f"{C}dLbls")
    if old is not None:
        series.remove(old)
    labels = etree.Element(f"{C}dLbls")
    for index, own in sorted((points or {}).items()):
        labels.append(_point_label(index, own))
    if label is None:
        for name in _SHOWN:
            etree.SubElement(labels, C + name, val="0")
    else:
        labels.extend(_label_parts(label))
    _insert_before(series, labels, _AFTER_LABELS)


def _point_label(index: int, label: Label | None) -> Element:
    made = etree.Element(f"{C}dLbl")
    etree.SubElement(made, f"{C}idx", val=str(index))
    if label is None:
        etree.SubElement(made, f"{C}delete", val="1")
    else:
        made.extend(_label_parts(label))
    return made


def _label_parts(label: Label) -> list[Element]:
    parts = [_shifted(label.shift)] if label.shift else []
    if label.text is not None:
        text = etree.Element(f"{C}tx")
        rich = _text_body("rich", label)
        paragraph = rich.find(f"{A}p")
        run = etree.SubElement(paragraph, f"{A}r")  # type: ignore[arg-type]
        etree.SubElement(run, f"{A}rPr", lang="en-US")
        etree.SubElement(run, f"{A}t").text = label.text
        text.append(rich)
        parts.append(text)
    form = etree.Element(f"{C}numFmt", formatCode=label.number_format, sourceLinked="0")
    shape = etree.Element(f"{C}spPr")
    etree.SubElement(shape, f"{A}noFill")
    etree.SubElement(etree.SubElement(shape, f"{A}ln"), f"{A}noFill")
    position = etree.Element(f"{C}dLblPos", val=label.position)
    shown = _CONTENT[label.shown]
    flags = [etree.Element(C + name, val="1" if name in shown else "0") for name in _SHOWN]
    if len(shown) > 1:
        flags.append(etree.Element(f"{C}separator"))
        flags[-1].text = " "
    return [*parts, form, shape, _text_body("txPr", label), position, *flags]


def _shifted(share: float) -> Element:
    layout = etree.Element(f"{C}layout")
    manual = etree.SubElement(layout, f"{C}manualLayout")
    etree.SubElement(manual, f"{C}x", val=f"{share:.5f}")
    etree.SubElement(manual, f"{C}y", val="0")
    return layout


def _text_body(tag: str, label: Label) -> Element:
    body = etree.Element(C + tag)
    insets = {"lIns": "38100", "tIns": "19050", "rIns": "38100", "bIns": "19050"}
    etree.SubElement(body, f"{A}bodyPr", insets, wrap="none", anchor="ctr")
    etree.SubElement(body, f"{A}lstStyle")
    paragraph = etree.SubElement(body, f"{A}p")
    properties = etree.SubElement(paragraph, f"{A}pPr")
    style = etree.SubElement(properties, f"{A}defRPr", sz=str(round(label.points * 100)), b="1" if label.bold else "0")
    style.append(solid(label.color))
    if tag == "txPr":
        etree.SubElement(paragraph, f"{A}endParaRPr", lang="en-US")
    return body


def style_axis_text(axis: Any, points: float, color: str, *, bold: bool = False) -> None:
    """The labels along an axis."""
    body = _text_body("txPr", Label(points, color, bold))
    old = axis._element.find(f"{C}txPr")
    if old is not None:
        axis._element.replace(old, body)
    else:
        _insert_before(axis._element, body, ("crossAx",))


def draw_axis(axis: Any, color: str | None, points: float = 0.6) -> None:
    """The axis line, or none; no tick marks, no gridlines."""
    axis.has_major_gridlines = axis.has_minor_gridlines = False
    for tag in ("majorTickMark", "minorTickMark"):
        tick = axis._element.find(C + tag)
        if tick is None:
            tick = etree.Element(C + tag)
            _insert_before(axis._element, tick, ("minorTickMark", "tickLblPos", "spPr", "txPr", "crossAx"))
        tick.set("val", "none")
    properties = etree.Element(f"{C}spPr")
    line = etree.SubElement(properties, f"{A}ln", w=str(round(points * 12_700)))
    line.append(solid(color) if color else etree.Element(f"{A}noFill"))
    old = axis._element.find(f"{C}spPr")
    if old is not None:
        axis._element.replace(old, properties)
    else:
        _insert_before(axis._element, properties, ("txPr", "crossAx"))


def keep_every_label(axis: Any) -> None:
    """No category label is skipped, however many there are."""
    element = axis._element
    old = element.find(f"{C}tickLblSkip")
    if old is None:
        old = etree.Element(f"{C}tickLblSkip")
        _insert_before(element, old, ("tickMarkSkip", "noMultiLvlLbl", "extLst"))
    old.set("val", "1")


def series_lines(chart: Any, color: str) -> None:
    """Lines that join the pieces of stacked bars; PowerPoint draws them, LibreOffice does not."""
    plot = chart._chartSpace.find(f".//{C}barChart")
    lines = etree.Element(f"{C}serLines")
    properties = etree.SubElement(lines, f"{C}spPr")
    etree.SubElement(properties, f"{A}ln", w="9525").append(solid(color))
    _insert_before(plot, lines, ("axId",))


def _replace_properties(series: Element, properties: Element) -> None:
    old = series.find(f"{C}spPr")
    if old is not None:
        series.replace(old, properties)
        return
    after = series.find(f"{C}tx")
    series.insert(list(series).index(after) + 1 if after is not None else 2, properties)


def _insert_before(parent: Element, item: Element, tags: tuple[str, ...]) -> None:
    """Insert before the first child that has one of the tags, else at the end."""
    for place, sibling in enumerate(parent):
        if sibling.tag in {C + tag for tag in tags}:
            parent.insert(place, item)
            return
    parent.append(item)
