"""Stability strip: how much of a segment comes back when the customers are resampled."""

from __future__ import annotations

from itertools import pairwise

from segreport.domain import PATTERN_FROM, STABLE_FROM, VERY_STABLE_FROM, Chart
from segreport.render.brand import Brand
from segreport.render.figures.canvas import INK, MUTED, TEXT, WHITE, Box, Canvas, Drawing, Font, Pen
from segreport.render.text_width import shorten, text_width

LOW, HIGH = 0.4, 1.0
THRESHOLDS = (PATTERN_FROM, STABLE_FROM, VERY_STABLE_FROM)
THRESHOLD_TEXTS = ("0.60", "0.75", "0.85")
ZONES = ("#EFF1F2", "#E2E5E8", "#D3D9DD", "#C6CED4")
WORDS = ("not reliable", "a pattern", "stable", "very stable")
ROW, DENSE_ROW = 19.4, 14.0
DENSE_FROM = 7
VALUE_ROOM = 32.0
WORDS_FROM = 240.0
NAME_MAX = 96.0
BADGE = 11.0


def draw_strip(chart: Chart, brand: Brand, width: float) -> Drawing:
    """One line a segment from 0.4 to its overlap, over four grey zones; alone, a segment needs no name."""
    alone = len(chart.series) == 1
    names = 0.0 if alone else min(max(text_width(s.name, 9) for s in chart.series), NAME_MAX)
    left = 0.0 if alone else BADGE + 5 + names + 8
    right = width - VALUE_ROOM
    has_words = right - left >= WORDS_FROM
    row = ROW if len(chart.series) < DENSE_FROM else DENSE_ROW
    height = row * len(chart.series)
    canvas = Canvas(width, 13 + height + (13 if has_words else 2))
    _draw_zones(canvas, Box(left, 13, right - left, height), chart.notes or THRESHOLD_TEXTS, has_words)
    for place, series in enumerate(chart.series):
        middle = 13 + row * (place + 0.5)
        paint = brand.paint(series.segment or place + 1)
        if not alone:
            canvas.badge((0, middle - BADGE / 2), series.segment or place + 1, paint, BADGE)
            canvas.text((BADGE + 5, middle + 3.1), shorten(series.name, names + 1, 9), Font(9, 400, TEXT))
        value = series.values[0]
        if value is not None:
            end = left + (right - left) * _position(value)
            canvas.line([(left, middle), (end, middle)], Pen(paint.fill, 2))
            canvas.dot((end, middle), 4.2, paint.fill, Pen(WHITE, 1))
        canvas.text((width, middle + 3.3), series.labels[0], Font(9.5, 600, INK), "end")
    return canvas.finish()


def _position(value: float) -> float:
    return (min(max(value, LOW), HIGH) - LOW) / (HIGH - LOW)


def _draw_zones(canvas: Canvas, strip: Box, texts: tuple[str, ...], has_words: bool) -> None:
    edges = [strip.x + strip.width * _position(value) for value in (LOW, *THRESHOLDS, HIGH)]
    for place, (start, end) in enumerate(pairwise(edges)):
        canvas.rect(Box(start, strip.y, end - start - (0.7 if place < 3 else 0), strip.height), ZONES[place])
        if has_words:
            canvas.text(((start + end) / 2, strip.y + strip.height + 10.5), WORDS[place], Font(8, 400, MUTED), "middle")
    for x, text in zip(_spread(edges[1:-1], texts), texts, strict=False):
        canvas.text((x, 8.5), text, Font(8, 400, MUTED), "middle")


def _spread(edges: list[float], texts: tuple[str, ...]) -> list[float]:
    """Where the thresholds are printed: at their edges, the last two moved apart where the strip is short."""
    needed = (text_width(texts[-1], 8) + text_width(texts[-2], 8)) / 2 + 4
    lap = max(0.0, needed - (edges[-1] - edges[-2]))
    return [*edges[:-2], edges[-2] - lap / 2, edges[-1] + lap / 2]
