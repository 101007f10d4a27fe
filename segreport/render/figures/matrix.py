"""A map of correlations: the lower triangle with its figures, every name once, on the diagonal."""

from __future__ import annotations

from segreport.domain import Chart
from segreport.render.brand import Brand
from segreport.render.explored import rho_step
from segreport.render.figures.canvas import HAIR, INK, MUTED, Box, Canvas, Drawing, Font, Pen
from segreport.render.text_width import shorten, text_width
from segreport.render.views import HEAT

ROW = 17.5
NARROWEST, WIDEST, GAP = 19.8, 40.0, 1.2
NAME, FIGURE = 8.5, 8.0
NAME_MAX = 92.0


def draw_matrix(chart: Chart, brand: Brand, width: float) -> Drawing:
    """A name is read to the left as the name of its row and downwards as the head of its column."""
    places = len(chart.categories)
    names = min(max(text_width(name, NAME) for name in chart.categories), NAME_MAX)
    cell = _cell_width(chart, names, width)
    canvas = Canvas(width, ROW * places + 2)
    for row, (name, series) in enumerate(zip(chart.categories, chart.series, strict=True)):
        top = row * ROW
        for column in range(row):
            value = series.values[column]
            box = Box(column * cell, top, cell - GAP, ROW - GAP)
            _draw_cell(canvas, box, value, series.labels[column])
        x = row * cell + (3 if row else 0)
        canvas.text((x, top + ROW / 2 + 2.6), shorten(name, width - x + 0.5, NAME, 600), Font(NAME, 600, INK))
    return canvas.finish()


def _cell_width(chart: Chart, names: float, width: float) -> float:
    """As wide as the last names leave room for, and no narrower than a figure needs: then the last names are cut."""
    places = max(len(chart.categories) - 1, 1)
    tight = [
        (width - min(text_width(name, NAME, 600), names + 8) - 3) / place
        for place, name in enumerate(chart.categories)
        if place
    ]
    return max(NARROWEST, min(WIDEST, width / places, *tight))


def _draw_cell(canvas: Canvas, box: Box, value: float | None, text: str) -> None:
    if value is None:
        return
    step = rho_step(value)
    canvas.rect(box, HEAT[step], pen=None if step else Pen(HAIR, 0.5))
    font = Font(FIGURE, 600 if abs(step) == 3 else 400, INK if step else MUTED)
    canvas.text((box.x + box.width / 2, box.y + box.height / 2 + 2.5), text, font, "middle")
