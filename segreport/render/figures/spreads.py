"""Small histograms of all customers, one a measure: the median as a line, what lies far out as a ring at its end."""

from __future__ import annotations

from segreport.domain import Chart, Series
from segreport.render.brand import Brand
from segreport.render.figures.canvas import (
    BELOW_BAR,
    GREY_BAR,
    INK,
    MUTED,
    RULE,
    WHITE,
    Box,
    Canvas,
    Drawing,
    Font,
    Pen,
)
from segreport.render.text_width import shorten

PER_ROW, GUTTER, ROW_GAP = 4, 22.0, 12.0
HEAD, BINS, FOOT = 34.0, 42.0, 12.0
RING, RING_ROOM = 2.4, 12.0


def draw_spreads(chart: Chart, brand: Brand, width: float) -> Drawing:
    """Up to four panels a row: name, median, what lies far out; bars; the ends of what the bars hold."""
    panels = len(chart.categories)
    columns = min(max(panels, 3), PER_ROW)
    panel = (width - GUTTER * (columns - 1)) / columns
    height = HEAD + BINS + FOOT
    lines = -(-panels // columns)
    canvas = Canvas(width, height * lines + ROW_GAP * (lines - 1))
    for place, category in enumerate(chart.categories):
        line, column = divmod(place, columns)
        box = Box(column * (panel + GUTTER), line * (height + ROW_GAP), panel, height)
        _draw_panel(canvas, category, chart.series[2 * place], chart.series[2 * place + 1], box)
    return canvas.finish()


def _draw_panel(canvas: Canvas, title: str, bars: Series, marks: Series, box: Box) -> None:
    median, far = marks.labels
    canvas.text((box.x, box.y + 9), shorten(title, box.width, 8.8, 600), Font(8.8, 600, INK))
    canvas.text((box.x, box.y + 19.5), shorten(median, box.width, 8), Font(8, 400, MUTED))
    plot = Box(box.x, box.y + HEAD, box.width, BINS)
    if far:
        is_above = marks.xs[1] > marks.xs[0]
        plot = Box(box.x + (0 if is_above else RING_ROOM), plot.y, box.width - RING_ROOM, BINS)
        _draw_far(canvas, far, box, is_above=is_above)
    _draw_bars(canvas, bars, marks.xs[0], plot)
    bottom = plot.y + plot.height
    canvas.line([(plot.x, bottom), (plot.x + plot.width, bottom)], Pen(RULE, 0.6))
    canvas.text((plot.x, bottom + 10), bars.labels[0], Font(8, 400, MUTED))
    canvas.text((plot.x + plot.width, bottom + 10), bars.labels[1], Font(8, 400, MUTED), "end")


def _draw_far(canvas: Canvas, text: str, box: Box, *, is_above: bool) -> None:
    """The ring at the end of the axis, and what it stands for above it."""
    x = box.x + box.width - RING - 0.5 if is_above else box.x + RING + 0.5
    canvas.dot((x, box.y + HEAD + BINS - RING - 0.5), RING, WHITE, Pen(INK, 0.9))
    words = shorten(text, box.width, 8, 600)
    at = (box.x + box.width, box.y + 30) if is_above else (box.x, box.y + 30)
    canvas.text(at, words, Font(8, 600, INK), "end" if is_above else "start")


def _draw_bars(canvas: Canvas, bars: Series, median: float, plot: Box) -> None:
    largest = max((value or 0 for value in bars.values), default=1) or 1
    step = plot.width / max(len(bars.values), 1)
    low, high = bars.xs[0], bars.xs[-1]
    bottom = plot.y + plot.height
    for place, value in enumerate(bars.values):
        extent = (value or 0) / largest * plot.height
        if extent:
            gap = min(0.4, step / 8)
            box = Box(plot.x + place * step + gap, bottom - max(extent, 0.4), step - 2 * gap, max(extent, 0.4))
            canvas.rect(box, GREY_BAR)
    x = plot.x + plot.width * min(max((median - low) / ((high - low) or 1), 0.0), 1.0)
    canvas.line([(x, plot.y), (x, bottom)], Pen(BELOW_BAR, 2.6))
    canvas.line([(x, plot.y), (x, bottom)], Pen(INK, 1.1))
