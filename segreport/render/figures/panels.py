"""Small panels and plain bars: the same measures side by side, one panel a segment or a measure."""

from __future__ import annotations

from segreport.domain import Chart, Series
from segreport.render.brand import Brand
from segreport.render.figures.canvas import GREY_BAR, HAIR, INK, MUTED, RULE, TEXT, Box, Canvas, Drawing, Font, Pen
from segreport.render.text_width import shorten, text_width

ROW = 14.0
PER_ROW = 4
GUTTER = 24.0
TITLE = 21.0
BADGE = 11.0
BIN_HEIGHT, BIN_HEIGHT_STACKED = 58.0, 24.0
NARROW = 240.0
STACK_GAP = 5.0
OWN_INSET = 0.2
BAR_ROW = 21.0


def draw_multiples(chart: Chart, brand: Brand, width: float) -> Drawing:
    """One panel a segment on one scale; the tick is all customers together, the values stand in their own column."""
    own = [series for series in chart.series if series.segment is not None]
    everyone = next((series for series in chart.series if series.segment is None), None)
    columns = min(max(len(own), 3), PER_ROW)
    panel = (width - GUTTER * (columns - 1)) / columns
    lines = -(-len(own) // columns)
    height = TITLE + ROW * len(chart.categories) + 8
    canvas = Canvas(width, height * lines - 8)
    largest = max((value or 0 for series in chart.series for value in series.values), default=1) or 1
    for place, series in enumerate(own):
        line, column = divmod(place, columns)
        box = Box(column * (panel + GUTTER), line * height, panel, height)
        _draw_panel(canvas, chart, brand, (series, everyone), box, largest)
    return canvas.finish()


def _draw_panel(
    canvas: Canvas, chart: Chart, brand: Brand, pair: tuple[Series, Series | None], box: Box, largest: float
) -> None:
    series, everyone = pair
    number = series.segment or 1
    paint = brand.paint(number)
    canvas.badge((box.x, box.y), number, paint, BADGE)
    canvas.text(
        (box.x + BADGE + 5, box.y + 8.8), shorten(series.name, box.width - BADGE - 5, 9.5, 600), Font(9.5, 600, INK)
    )
    names = min(max(text_width(label, 8.8) for label in chart.categories) + 7, box.width * 0.42)
    values = max(text_width(label, 9, 600) for label in series.labels) + 6
    scale = (box.width - names - values) / largest
    for place, category in enumerate(chart.categories):
        middle = box.y + TITLE + ROW * (place + 0.5)
        canvas.text((box.x, middle + 3), shorten(category, names - 4, 8.8), Font(8.8, 400, TEXT))
        canvas.rect(Box(box.x + names, middle - 4.2, max((series.values[place] or 0) * scale, 0.4), 8.4), paint.fill)
        if everyone is not None:
            tick = box.x + names + (everyone.values[place] or 0) * scale
            canvas.line([(tick, middle - 6), (tick, middle + 6)], Pen(INK, 1))
        canvas.text((box.x + box.width, middle + 3.1), series.labels[place], Font(9, 600, INK), "end")


def draw_histograms(chart: Chart, brand: Brand, width: float) -> Drawing:
    """One panel a measure, side by side or, in a narrow column, one below the other.

    The segment's customers are bars before the grey ones of all customers.
    """
    stacked = width < NARROW
    columns = 1 if stacked else max(len(chart.categories), 2)
    panel = (width - GUTTER * (columns - 1)) / columns
    bins = BIN_HEIGHT_STACKED if stacked else BIN_HEIGHT
    height = 16 + bins + 14
    canvas = Canvas(width, (height + STACK_GAP) * len(chart.categories) - STACK_GAP if stacked else height)
    for place, category in enumerate(chart.categories):
        pair = chart.series[2 * place : 2 * place + 2]
        corner = (0.0, place * (height + STACK_GAP)) if stacked else (place * (panel + GUTTER), 0.0)
        _draw_histogram(canvas, brand, category, (pair[0], pair[1]), Box(*corner, panel, bins))
    return canvas.finish()


def _draw_histogram(canvas: Canvas, brand: Brand, title: str, pair: tuple[Series, Series], box: Box) -> None:
    own, everyone = pair
    bottom = box.y + 16 + box.height
    largest = max((value or 0 for series in pair for value in series.values), default=1) or 1
    step = box.width / max(len(own.values), 1)
    canvas.text((box.x, box.y + 9), shorten(title, box.width, 8.8, 600), Font(8.8, 600, INK))
    for series, fill, inset in ((everyone, GREY_BAR, 0.3), (own, brand.paint(own.segment or 1).fill, step * OWN_INSET)):
        for place, value in enumerate(series.values):
            extent = (value or 0) / largest * box.height
            if extent:
                canvas.rect(Box(box.x + place * step + inset, bottom - extent, step - 2 * inset, extent), fill)
    canvas.line([(box.x, bottom), (box.x + box.width, bottom)], Pen(RULE, 0.6))
    if len(own.labels) == 2:
        canvas.text((box.x, bottom + 10.5), own.labels[0], Font(8, 400, MUTED))
        canvas.text((box.x + box.width, bottom + 10.5), own.labels[1], Font(8, 400, MUTED), "end")


def draw_bars(chart: Chart, brand: Brand, width: float) -> Drawing:
    """Horizontal bars from zero, value at the end; coloured by segment where the categories are the segments."""
    series = chart.series[0]
    names = min(max((text_width(label, 9) for label in chart.categories), default=0) + 8, width * 0.4)
    values = max((text_width(label, 9, 600) for label in series.labels), default=0) + 6
    largest = max((value or 0 for value in series.values), default=1) or 1
    canvas = Canvas(width, BAR_ROW * len(chart.categories))
    of_segments = chart.name == "segment_sizes"
    left = names + (BADGE + 5 if of_segments else 0)
    for place, category in enumerate(chart.categories):
        middle = BAR_ROW * (place + 0.5)
        if of_segments:
            canvas.badge((0, middle - BADGE / 2), place + 1, brand.paint(place + 1), BADGE)
        canvas.text((left - names, middle + 3), shorten(category, names - 6, 9), Font(9, 400, TEXT))
        extent = (series.values[place] or 0) / largest * (width - left - values)
        canvas.rect(
            Box(left, middle - 5.5, max(extent, 0.4), 11), brand.paint(place + 1).fill if of_segments else GREY_BAR
        )
        canvas.text((left + extent + 5, middle + 3.2), series.labels[place], Font(9, 600, INK))
        canvas.line([(0, middle + BAR_ROW / 2), (width, middle + BAR_ROW / 2)], Pen(HAIR, 0.5))
    return canvas.finish()
