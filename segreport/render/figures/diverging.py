"""Diverging bars: how far a segment's means lie from the average, with both means beside them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from segreport.domain import Chart
from segreport.render.brand import Brand
from segreport.render.figures.canvas import (
    BELOW_BAR,
    GREY_BAR,
    HAIR,
    INK,
    MUTED,
    TEXT,
    WHITE,
    Box,
    Canvas,
    Drawing,
    Font,
    Pen,
)
from segreport.render.text_width import shorten, text_width

ROW = {"A4": 18.6, "Letter": 16.6}
HEAD = 19.0
BAR_SHARE = 0.56
NAME_MIN, NAME_MAX = 84.0, 132.0
NAME_SIZE, FIGURE_SIZE, Z_SIZE = 8.8, 9.0, 8.5
NEAR, STRONG = 0.2, 0.8


@dataclass(frozen=True)
class _Columns:
    """Where everything stands: the names' room, the axis, points per standard deviation, right ends of the figures."""

    names: float
    axis: float
    scale: float
    own: float
    all: float


def draw_diverging(chart: Chart, brand: Brand, width: float) -> Drawing:
    """One row a measure, in groups; the bar in the segment's colour above the average and grey below it."""
    row_height = ROW[brand.page]
    groups = [
        (title, [place for place, _ in members])
        for title, members in groupby(enumerate(chart.groups), lambda pair: pair[1])
    ]
    rows = len(chart.categories)
    columns = _columns(chart, width)
    canvas = Canvas(width, HEAD + len(groups) * HEAD + rows * row_height + 3)
    _draw_head(canvas, columns, width)
    y = HEAD
    axis_from = HEAD - 3
    heads = []
    for title, places in groups:
        canvas.line([(0, y + HEAD - 1.5), (width, y + HEAD - 1.5)], Pen(HAIR, 0.75))
        heads.append((title, y))
        y += HEAD
        for place in places:
            _draw_row(canvas, chart, brand, columns, place, Box(0, y, width, row_height))
            y += row_height
    canvas.line([(columns.axis, axis_from), (columns.axis, y + 2)], Pen(INK, 0.6))
    for title, top in heads:
        _draw_group_head(canvas, shorten(title, width, 8, 600), top, columns.axis)
    return canvas.finish()


def _draw_group_head(canvas: Canvas, title: str, top: float, axis: float) -> None:
    """The title on its hair line; the axis makes way for one that reaches so far."""
    room = text_width(title, 8, 600)
    if room > axis - 3:
        canvas.rect(Box(axis - 1, top + 3, 2, HEAD - 6), WHITE)
    canvas.text((0, top + HEAD - 7), title, Font(8, 600, MUTED))


def _columns(chart: Chart, width: float) -> _Columns:
    names = max(text_width(label, NAME_SIZE) for label in chart.categories) + 6
    names = min(max(names, NAME_MIN), NAME_MAX)
    all_room = max(text_width(label, FIGURE_SIZE) for label in (*chart.series[2].labels, "all"))
    own_room = max(text_width(label, FIGURE_SIZE, 600) for label in (*chart.series[1].labels, "segment"))
    own = width - all_room - 14
    left, right = names, own - own_room - 8
    values = [value or 0 for value in chart.series[0].values]
    above, below = max(0.0, *values), -min(0.0, *values)
    label_room = max(text_width(label, Z_SIZE, 600) for label in chart.series[0].labels) + 5
    room = right - left - (label_room if above else 3) - (label_room if below else 3)
    scale = min(room / max(above + below, 0.5), 60.0)
    used = (label_room if above else 3) + (label_room if below else 3) + scale * (above + below)
    axis = left + (label_room if below else 3) + scale * below + max(0.0, (right - left - used) / 2)
    return _Columns(names, axis, scale, own, width)


def _draw_head(canvas: Canvas, columns: _Columns, width: float) -> None:
    font = Font(8.5, 400, MUTED)
    canvas.text((columns.axis, 11), "average", font, "middle")
    canvas.text((columns.own, 11), "segment", font, "end")
    canvas.text((width, 11), "all", font, "end")


def _draw_row(canvas: Canvas, chart: Chart, brand: Brand, columns: _Columns, place: int, row: Box) -> None:
    z, own, everyone = chart.series
    value = z.values[place] or 0.0
    middle = row.y + row.height / 2
    baseline = middle + 3.1
    canvas.text(
        (0, baseline), shorten(chart.categories[place], columns.names - 4, NAME_SIZE), Font(NAME_SIZE, 400, TEXT)
    )
    extent = columns.scale * abs(value)
    bar = row.height * BAR_SHARE
    left = columns.axis if value >= 0 else columns.axis - extent
    if z.values[place] is not None:
        canvas.rect(Box(left, middle - bar / 2, max(extent, 0.4), bar), _bar_color(value, brand, z.segment or 1))
        strong = abs(round(value, 6)) >= STRONG
        font = Font(Z_SIZE, 600 if strong else 400, INK if strong else TEXT)
        end = columns.axis + extent + 3 if value >= 0 else columns.axis - extent - 3
        canvas.text((end, baseline), z.labels[place], font, "start" if value >= 0 else "end")
    canvas.text((columns.own, baseline), own.labels[place], Font(FIGURE_SIZE, 600, INK), "end")
    canvas.text((columns.all, baseline), everyone.labels[place], Font(FIGURE_SIZE, 400, MUTED), "end")


def _bar_color(value: float, brand: Brand, segment: int) -> str:
    if abs(round(value, 6)) < NEAR:
        return GREY_BAR
    return brand.paint(segment).fill if value > 0 else BELOW_BAR
