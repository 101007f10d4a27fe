"""Lines over the number of segments: the choice of k, and the real data inside the band of noise runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from segreport.domain import Chart
from segreport.render.brand import Brand
from segreport.render.figures.canvas import GREY_BAR, MUTED, RULE, TEXT, WHITE, Box, Canvas, Drawing, Font, Pen, Point
from segreport.render.text_width import text_width

LINE_HEIGHT, LOW_LINE_HEIGHT, BAND_HEIGHT = 122.0, 68.0, 214.0
TOP, BOTTOM = 22.0, 22.0
SIDE = 14.0
VALUE_SIZE = 8.5
LABEL_GAP = 7.0


@dataclass(frozen=True)
class _Plot:
    """Turns a place (0, 1, ...) and a value into a point on the sheet."""

    left: float
    right: float
    top: float
    bottom: float
    places: int
    low: float
    high: float

    def at(self, place: int, value: float) -> Point:
        """The point of the value at the place."""
        step = (self.right - self.left) / max(self.places - 1, 1)
        share = (value - self.low) / ((self.high - self.low) or 1)
        return self.left + step * place, self.bottom - share * (self.bottom - self.top)


def draw_line(chart: Chart, brand: Brand, width: float) -> Drawing:
    """One line, the chosen k in the accent. With a threshold, named at its end, every value is printed; else three."""
    series = chart.series[0]
    threshold = _threshold(chart)
    named = _break_words(chart.notes[1], len(chart.categories)) if threshold is not None else []
    room = max((text_width(line, 8) for line in named), default=0) + 10
    known = [value for value in (*series.values, threshold) if value is not None]
    low, high = _range(known)
    height = LINE_HEIGHT if threshold is not None else LOW_LINE_HEIGHT
    plot = _Plot(SIDE, width - max(room, SIDE), TOP, height - BOTTOM, len(chart.categories), low, high)
    canvas = Canvas(width, height)
    if threshold is not None:
        y = plot.at(0, threshold)[1]
        canvas.line([(SIDE - 8, y), (plot.right + 5, y)], Pen(RULE, 0.8, (2.4, 2)))
        for number, line in enumerate(named):
            canvas.text((plot.right + 8, y + 2.8 + 9.5 * number), line, Font(8, 400, MUTED))
    canvas.line([(SIDE - 8, height - 17), (plot.right + 8, height - 17)], Pen(RULE, 0.6))
    points = _points(plot, series.values)
    canvas.line([point for _, point in points], Pen(MUTED, 1.3))
    for place, point in points:
        chosen = chart.categories[place] == chart.highlight
        _draw_point(canvas, point, brand.accent if chosen else MUTED, 4.2 if chosen else 2.4)
    for place, point in points:
        chosen = chart.categories[place] == chart.highlight
        font = Font(10 if chosen else VALUE_SIZE, 700 if chosen else 400, brand.accent if chosen else TEXT)
        if threshold is not None:
            _clear_threshold(
                canvas, point, plot.at(0, threshold)[1], text_width(series.labels[place], font.size, font.weight)
            )
        if threshold is not None or chosen or place in (0, len(series.values) - 1):
            _draw_value(canvas, [p for _, p in points], point, series.labels[place], font)
    _draw_axis(canvas, chart, plot, brand, height)
    return canvas.finish()


def draw_band(chart: Chart, brand: Brand, width: float) -> Drawing:
    """The real line in the accent over a grey band between the lowest and the highest noise run."""
    real, low, high = chart.series
    known = [value for series in chart.series for value in series.values if value is not None]
    room = 128.0
    plot = _Plot(SIDE, width - room, TOP, BAND_HEIGHT - BOTTOM - 12, len(chart.categories), *_range(known))
    canvas = Canvas(width, BAND_HEIGHT)
    upper, lower = _points(plot, high.values), _points(plot, low.values)
    if upper and lower:
        canvas.area([p for _, p in upper] + [p for _, p in reversed(lower)], GREY_BAR, alpha=0.7)
    points = _points(plot, real.values)
    canvas.line([point for _, point in points], Pen(brand.accent, 2))
    tops = dict(upper)
    for place, point in points:
        _draw_point(canvas, point, brand.accent, 3.4)
        font, ceiling = Font(9, 600, brand.accent), tops.get(place, point)[1]
        if ceiling < point[1]:
            canvas.text((point[0], ceiling - LABEL_GAP), real.labels[place], font, "middle")
        else:
            _draw_value(canvas, [p for _, p in points], point, real.labels[place], font)
    _name_band(canvas, points, (upper, lower), brand, plot.right + 12)
    canvas.line([(SIDE - 8, BAND_HEIGHT - 17), (plot.right + 8, BAND_HEIGHT - 17)], Pen(RULE, 0.6))
    _draw_axis(canvas, chart, plot, brand, BAND_HEIGHT)
    return canvas.finish()


def _name_band(
    canvas: Canvas,
    points: Sequence[tuple[int, Point]],
    band: tuple[Sequence[tuple[int, Point]], Sequence[tuple[int, Point]]],
    brand: Brand,
    x: float,
) -> None:
    """Both names at the right end: the line's at its last point, the band's in its middle or 14 pt beside the first."""
    if not points:
        return
    y = points[-1][1][1] + 3
    canvas.text((x, y), "these customers", Font(9, 600, brand.accent))
    upper, lower = band
    if upper and lower:
        middle = (upper[-1][1][1] + lower[-1][1][1]) / 2 + 3
        inside = middle < y - 13 or middle > y + 13
        start = middle if inside else y + 14
        canvas.text((x, start), "customers without", Font(9, 400, MUTED))
        canvas.text((x, start + 11), "any structure", Font(9, 400, MUTED))


def _draw_axis(canvas: Canvas, chart: Chart, plot: _Plot, brand: Brand, height: float) -> None:
    for place, category in enumerate(chart.categories):
        chosen = category == chart.highlight
        x, _ = plot.at(place, plot.low)
        canvas.text(
            (x, height - 5), category, Font(9, 700 if chosen else 400, brand.accent if chosen else MUTED), "middle"
        )


def _draw_point(canvas: Canvas, point: Point, color: str, radius: float) -> None:
    canvas.dot(point, radius, color, Pen(WHITE, 1))


def _clear_threshold(canvas: Canvas, point: Point, y: float, width: float) -> None:
    """White behind a value that the dashed threshold would strike through."""
    if point[1] - LABEL_GAP - 8 < y < point[1] - LABEL_GAP + 2:
        canvas.rect(Box(point[0] - width / 2 - 1, y - 1, width + 4, 2), WHITE)


def _draw_value(canvas: Canvas, points: Sequence[Point], point: Point, label: str, font: Font) -> None:
    """Above the point; to its right on a steep fall; below it at the foot of a fall, where the line would cross it."""
    place = points.index(point)
    before = points[place - 1][1] if place else point[1]
    after = points[place + 1][1] if place + 1 < len(points) else point[1]
    falls = before < point[1] - 9
    is_foot = (falls and after < point[1] + 4) or (before < point[1] - 1 and after < point[1] - 1)
    half = text_width(label, font.size, font.weight) / 2
    x = point[0] + half + 1 if falls and not is_foot else max(point[0], half)
    y = point[1] + font.size + 4 if is_foot else point[1] - LABEL_GAP
    canvas.text((min(x, canvas.width - half), y), label, font, "middle")


def _points(plot: _Plot, values: Sequence[float | None]) -> list[tuple[int, Point]]:
    return [(place, plot.at(place, value)) for place, value in enumerate(values) if value is not None]


def _range(values: Sequence[float]) -> tuple[float, float]:
    """From a little below the smallest to the largest; a flat line gets some air."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    spread = (high - low) or abs(high) or 1.0
    return low - 0.25 * spread, high


def _break_words(text: str, places: int) -> list[str]:
    """The threshold's name, its last word on a second line where many values want the room."""
    head, _, tail = text.rpartition(" ")
    return [head, tail] if places > 7 and head else [text]


def _threshold(chart: Chart) -> float | None:
    if len(chart.notes) < 2:
        return None
    return float(chart.notes[0])
