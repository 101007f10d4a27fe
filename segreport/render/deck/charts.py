"""A chart of the report as a native, editable chart: which type each kind becomes, and how it is dressed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from lxml import etree
from pptx.enum.chart import XL_CHART_TYPE, XL_TICK_LABEL_POSITION

from segreport.domain import Chart
from segreport.formatting import Formats
from segreport.render.brand import Brand
from segreport.render.deck import chart_data, dress
from segreport.render.deck.chart_data import noise_name, number_format, strip_names
from segreport.render.deck.dress import ACCENT, BELOW, FAINT, GREY, INK, MUTED, RULE, Label
from segreport.render.deck.fit import SMALLEST
from segreport.render.deck.metrics import text_width
from segreport.render.deck.workbook import PlainCategoryData, PlainXyData, xy_data
from segreport.render.deck.xml import C, Element

STRIPES_LEFT = 0.105
"""The share of a stripes chart's frame that the row names take; names above the pieces stand over the rest."""


@dataclass(frozen=True)
class Frame:
    """Where a chart is drawn: its size in points, the size of its text, and what its numbers look like."""

    width: float
    height: float
    points: float
    brand: Brand
    formats: Formats


@dataclass(frozen=True)
class Kind:
    """How one kind of chart becomes native: its type, its data, its dress."""

    type: XL_CHART_TYPE
    data: Callable[[Chart, Formats], PlainCategoryData | PlainXyData]
    dress: Callable[[Any, Chart, Frame], None]


def native_data(chart: Chart, formats: Formats) -> PlainCategoryData | PlainXyData:
    """The chart's data as a native chart holds it."""
    return kind_of(chart).data(chart, formats)


def kind_of(chart: Chart) -> Kind:
    """How the chart becomes native."""
    return KINDS.get(chart.kind, KINDS["bars"])


def _dress_bars(native: Any, chart: Chart, frame: Frame) -> None:
    """Horizontal bars in the segments' colours, the value at the end of each."""
    series = _series(native)
    many = len(series) > 1
    _plain_bars(native, chart.categories, frame, room=1.16)
    native.plots[0].gap_width, native.plots[0].overlap = 45, -10 if many else 0
    label = Label(frame.points, bold=not many, number_format=number_format(chart.unit, frame.formats))
    for place, element in enumerate(series):
        segment = chart.series[place].segment
        dress.paint_series(element, frame.brand.paint(segment).fill if segment else GREY)
        dress.label_series(element, label)
    if not many and len(chart.categories) > 1:
        for place in range(len(chart.categories)):
            dress.paint_point(series[0], place, frame.brand.paint(place + 1).fill)


def _dress_strip(native: Any, chart: Chart, frame: Frame) -> None:
    """How stable each segment is: bars from 0, in the segments' colours."""
    _plain_bars(native, strip_names(chart), frame, room=1.2, top=1.0)
    native.plots[0].gap_width = 80
    element = _series(native)[0]
    dress.paint_series(element, GREY)
    for place, series in enumerate(chart.series):
        if series.segment:
            dress.paint_point(element, place, frame.brand.paint(series.segment).fill)
    points = max(SMALLEST, min(frame.points, 0.75 * frame.height / len(chart.series)))
    dress.label_series(element, Label(points, bold=True, number_format=frame.formats.excel("score")))


def _dress_pairs(native: Any, chart: Chart, frame: Frame) -> None:
    """Grey share of customers and coloured share of value, on one scale."""
    _plain_bars(native, chart.categories, frame, room=1.14)
    native.plots[0].gap_width, native.plots[0].overlap = 55, -5
    form = number_format("share", frame.formats)
    for place, element in enumerate(_series(native)):
        value = place == len(chart.series) - 1
        dress.paint_series(element, GREY)
        for point in range(len(chart.categories)) if value else ():
            dress.paint_point(element, point, frame.brand.paint(int(chart.groups[point])).fill)
        small = min(frame.points, frame.height / len(chart.categories) / 3.1)
        dress.label_series(element, Label(max(small, 10), INK if value else MUTED, value, number_format=form))


def _dress_stripes(native: Any, chart: Chart, frame: Frame) -> None:
    """Stacked bars that fill the whole width; the pieces too narrow for their figure have none."""
    native.plots[0].gap_width, native.plots[0].overlap = 62, 100
    native.value_axis.maximum_scale, native.value_axis.minimum_scale = 1.0, 0.0
    native.value_axis.visible = False
    native.value_axis.has_major_gridlines = False
    _names_left(native, frame.points, bold=True, line=None)
    dress.set_layout(native, STRIPES_LEFT, 0.0, 1 - STRIPES_LEFT, 1.0)
    form = number_format("share", frame.formats)
    for element, series in zip(_series(native), chart.series, strict=True):
        paint = frame.brand.paint(series.segment or 1)
        dress.paint_series(element, paint.fill, edge=True)
        narrow = {
            place: None
            for place, (share, text) in enumerate(zip(series.values, series.labels, strict=True))
            if (share or 0) * frame.width * (1 - STRIPES_LEFT) < text_width(text, frame.points, bold=True) + 8
        }
        dress.label_series(element, Label(frame.points, paint.on, True, "ctr", form), narrow)
    dress.series_lines(native, RULE)


def _dress_diverging(native: Any, chart: Chart, frame: Frame) -> None:
    """Bars to both sides of the average: the segment's colour above, grey below, faint near it."""
    values = [value or 0.0 for value in chart.series[0].values]
    names = _names_share(chart.categories, frame)
    dress.set_layout(native, names, 0.0, 1 - names, 1.0)
    axis = native.value_axis
    axis.minimum_scale, axis.maximum_scale = _bounds(values, frame.width * (1 - names), frame.points)
    axis.visible = False
    dress.draw_axis(axis, None)
    _names_left(native, frame.points, line=INK)
    native.plots[0].gap_width = 64
    element = _series(native)[0]
    paint = frame.brand.paint(chart.series[0].segment or 1)
    dress.paint_series(element, paint.fill)
    for place, value in enumerate(values):
        dress.paint_point(element, place, GREY if round(abs(value), 6) < 0.2 else paint.fill if value > 0 else BELOW)
    label = Label(frame.points, number_format=frame.formats.excel("z"))
    own: dict[int, Label | None] = {
        place: replace(label, bold=True) for place, v in enumerate(values) if round(abs(v), 6) >= 0.8
    }
    unsigned = replace(label, number_format=";".join([frame.formats.excel("number", 1)] * 3))
    own |= {place: unsigned for place, v in enumerate(values) if abs(v) < 0.05}
    dress.label_series(element, label, own)


def _bounds(values: list[float], width: float, points: float) -> tuple[float, float]:
    """The ends of the axis: room on each side for the longest bar and its figure."""
    label = text_width("+0.0", points, bold=True) + 10
    low, high = min([*values, 0.0]), max([*values, 0.0])
    sides = (low < 0) + (high > 0)
    free = max(width - sides * label - (12 if low == 0 else 0), 1.0)
    scale = max(high - low, 0.5) / free
    return low - (label if low < 0 else 12) * scale, high + (label if high > 0 else 4) * scale


def _dress_line(native: Any, chart: Chart, frame: Frame) -> None:
    """The index by number of segments; the chosen number in the accent."""
    line, chosen = _series(native)
    values = list(chart.series[0].values)
    known = [value for value in values if value is not None]
    span = (max(known) - min(known)) or abs(known[0]) or 1.0
    native.value_axis.minimum_scale = min(known) - 0.75 * span
    native.value_axis.maximum_scale = max(known) + 0.35 * span
    _bare_line_axes(native, frame)
    dress.paint_line(line, MUTED, 2.0)
    dress.paint_marker(line, MUTED, 6)
    dress.paint_line(chosen, None)
    dress.paint_marker(chosen, ACCENT, 11)
    form = number_format(chart.unit, frame.formats)
    label = Label(frame.points, MUTED, position="t", number_format=form)
    own: dict[int, Label | None] = {
        place: replace(label, position="b") for place in range(len(values)) if _is_dip(values, place)
    }
    falling = [place for place in range(len(values)) if _is_falling(values, place, 0.1 * span)]
    own |= {place: replace(label, shift=0.03) for place in falling if place not in own}
    at = chart.categories.index(chart.highlight) if chart.highlight in chart.categories else None
    accent = Label(frame.points + 2, ACCENT, True, "t", form)
    if at is not None:
        below = at in own and at not in falling
        accent = replace(accent, position="b" if below else "t", shift=0.05 if at in falling else 0.0)
        own[at] = None
    dress.label_series(line, label, own)
    dress.label_series(chosen, None, {at: accent} if at is not None else {})


def _is_dip(values: list[float | None], place: int) -> bool:
    """Whether the line comes down to this point and does not go on down: a label above would lie on it."""
    here = values[place]
    before = values[place - 1] if place else None
    after = values[place + 1] if place + 1 < len(values) else None
    return here is not None and before is not None and before > here and (after is not None and after > here)


def _is_falling(values: list[float | None], place: int, step: float) -> bool:
    """Whether the line comes down steeply to this point: a label right above it would lie on the line."""
    here, before = values[place], values[place - 1] if place else None
    return here is not None and before is not None and before - here > step and not _is_dip(values, place)


def _dress_band(native: Any, chart: Chart, frame: Frame) -> None:
    """The real line over the grey band of what noise reaches, both named at the right end."""
    low, spread, real, mine, noise = _series(native)
    known = [value for series in chart.series for value in series.values if value is not None]
    span = (max(known) - min(known)) or 0.1
    native.value_axis.minimum_scale = max(0.0, min(known) - 0.9 * span)
    native.value_axis.maximum_scale = max(known) + 0.3 * span
    _bare_line_axes(native, frame)
    form, end = frame.formats.excel("score"), len(chart.categories) - 1
    widest = max(f"{chart.series[0].name} 0.00", noise_name(chart), key=len)
    names = text_width(widest, frame.points, bold=True) + 16
    dress.set_layout(native, 0.03, 0.0, max(0.4, 0.97 - names / frame.width), 0.9)
    dress.paint_line(real, ACCENT, 2.5)
    dress.paint_marker(real, ACCENT, 8)
    dress.label_series(real, Label(frame.points, ACCENT, True, "t", form), {end: None})
    for element, color, shown in ((mine, ACCENT, "both"), (noise, MUTED, "name")):
        dress.paint_line(element, None)
        dress.paint_marker(element, None)
        label = Label(frame.points, color, color == ACCENT, "r", form, shown=shown)
        dress.label_series(element, None, {end: label})
    _into_area(native, [(low, None), (spread, GREY)])


def _into_area(native: Any, bands: list[tuple[Element, str | None]]) -> None:
    """Move line series into a stacked area plot behind the lines, on the same axes."""
    lines = native._chartSpace.find(f".//{C}lineChart")
    area = etree.Element(f"{C}areaChart")
    etree.SubElement(area, f"{C}grouping", val="stacked")
    etree.SubElement(area, f"{C}varyColors", val="0")
    for element, color in bands:
        for tag in ("marker", "smooth", "dLbls"):
            for old in element.findall(C + tag):
                element.remove(old)
        dress.paint_series(element, color)
        area.append(element)
    for axis in lines.findall(f"{C}axId"):
        etree.SubElement(area, f"{C}axId", val=axis.get("val"))
    lines.addprevious(area)


def _dress_scatter(native: Any, chart: Chart, frame: Frame) -> None:
    """Dots of every segment without axes."""
    for element, series in zip(_series(native), chart.series, strict=True):
        dress.paint_line(element, None)
        dress.paint_marker(element, frame.brand.paint(series.segment or 1).fill, 4, alpha=0.55)
    for axis in (native.category_axis, native.value_axis):
        axis.visible = False
        dress.draw_axis(axis, None)


def _dress_columns(native: Any, chart: Chart, frame: Frame) -> None:
    """Columns of this segment beside those of all customers."""
    native.value_axis.visible = False
    dress.draw_axis(native.value_axis, None)
    dress.draw_axis(native.category_axis, RULE)
    dress.style_axis_text(native.category_axis, frame.points, MUTED)
    native.plots[0].gap_width, native.plots[0].overlap = 20, 0
    mine, everyone = _series(native)[:2]
    dress.paint_series(mine, frame.brand.paint(chart.series[0].segment or 1).fill)
    dress.paint_series(everyone, GREY)


def _plain_bars(native: Any, names: Any, frame: Frame, *, room: float, top: float | None = None) -> None:
    """Horizontal bars from zero: names left, first on top, no value axis, room at the end for the figure."""
    row = frame.height / max(len(names), 1)
    points = max(SMALLEST, min(frame.points, 0.75 * row))
    share = _names_share(names, frame)
    dress.set_layout(native, share, 0.0, 1 - share, 1.0)
    largest = max((v or 0.0 for plot in native.plots for s in plot.series for v in s.values), default=1.0)
    native.value_axis.minimum_scale = 0.0
    native.value_axis.maximum_scale = (top or largest or 1.0) * room
    native.value_axis.visible = False
    dress.draw_axis(native.value_axis, None)
    _names_left(native, points, line=None)


def _names_left(native: Any, points: float, *, bold: bool = False, line: str | None = FAINT) -> None:
    """Category names left of the bars, the first on top, none of them dropped."""
    axis = native.category_axis
    axis.reverse_order = True
    axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    dress.draw_axis(axis, line)
    dress.style_axis_text(axis, points, INK, bold=bold)
    dress.keep_every_label(axis)


def _names_share(names: Any, frame: Frame) -> float:
    """The share of the frame that the longest name takes, half of it at most."""
    widest = max((text_width(name, frame.points) for name in names), default=0.0)
    return min(0.5, (widest + 14) / frame.width)


def _bare_line_axes(native: Any, frame: Frame) -> None:
    native.value_axis.visible = False
    dress.draw_axis(native.value_axis, None)
    dress.draw_axis(native.category_axis, RULE)
    dress.style_axis_text(native.category_axis, frame.points, MUTED)
    dress.keep_every_label(native.category_axis)


def _series(native: Any) -> list[Element]:
    return [element for plot in native.plots for element in plot._element.findall(f"{C}ser")]


_BAR = XL_CHART_TYPE.BAR_CLUSTERED
KINDS = {
    "bars": Kind(_BAR, chart_data.plain_data, _dress_bars),
    "heat": Kind(_BAR, chart_data.plain_data, _dress_bars),
    "multiples": Kind(_BAR, chart_data.share_data, _dress_bars),
    "stripes": Kind(XL_CHART_TYPE.BAR_STACKED_100, chart_data.share_data, _dress_stripes),
    "pairs": Kind(_BAR, chart_data.share_data, _dress_pairs),
    "diverging": Kind(_BAR, chart_data.diverging_data, _dress_diverging),
    "strip": Kind(_BAR, chart_data.strip_data, _dress_strip),
    "line": Kind(XL_CHART_TYPE.LINE_MARKERS, chart_data.line_data, _dress_line),
    "band": Kind(XL_CHART_TYPE.LINE_MARKERS, chart_data.band_data, _dress_band),
    "scatter": Kind(XL_CHART_TYPE.XY_SCATTER, lambda chart, _: xy_data(chart), _dress_scatter),
    "histograms": Kind(XL_CHART_TYPE.COLUMN_CLUSTERED, chart_data.panel_data, _dress_columns),
}
