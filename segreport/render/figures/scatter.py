"""Scatter map: every customer of the sample on the two main axes of difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from segreport.domain import Chart
from segreport.render.brand import Brand
from segreport.render.figures.canvas import INK, WHITE, Box, Canvas, Drawing, Font, Pen
from segreport.render.text_width import text_width

HEIGHT_SHARE = 176 / 236
CLIP = (0.2, 99.6)
NAMED_UP_TO = 5
BADGE = 11.0
CHIP_HEIGHT = 16.0
ROUNDS = 60


@dataclass(frozen=True)
class _Chip:
    """A label on the map: badge and, with few segments, the name."""

    number: int
    name: str
    x: float
    y: float

    @property
    def width(self) -> float:
        return BADGE + 5 + (text_width(self.name, 8.8, 600) + 5 if self.name else 0)


def draw_scatter(chart: Chart, brand: Brand, width: float) -> Drawing:
    """Dots in random order so that no segment lies on top, and a chip at each segment's median."""
    height = width * HEIGHT_SHARE
    canvas = Canvas(width, height)
    numbers, points = _gather(chart)
    if not len(points):
        return canvas.finish()
    placed, inside = _project(points, width, height)
    order = np.random.default_rng(0).permutation(np.flatnonzero(inside))
    canvas.cloud(
        [(float(x), float(y)) for x, y in placed[order]], [brand.paint(int(numbers[place])).fill for place in order]
    )
    names = {series.segment or 0: series.name for series in chart.series}
    chips = []
    for number in dict.fromkeys(numbers.tolist()):
        x, y = np.median(placed[numbers == number], axis=0)
        chips.append(_Chip(number, names[number] if len(names) <= NAMED_UP_TO else "", float(x), float(y)))
    for chip in _push_apart(chips, width, height):
        _draw_chip(canvas, chip, brand)
    return canvas.finish()


def _gather(chart: Chart) -> tuple[np.ndarray, np.ndarray]:
    numbers = [series.segment or 0 for series in chart.series for _ in series.xs]
    points = [(x, y) for series in chart.series for x, y in zip(series.xs, series.values, strict=True)]
    return np.array(numbers, dtype=int), np.array(points, dtype=float).reshape(-1, 2)


def _project(points: np.ndarray, width: float, height: float) -> tuple[np.ndarray, np.ndarray]:
    """Points on the sheet, and which of them lie within the middle 99.4 per cent of both axes."""
    low, high = np.percentile(points, CLIP, axis=0)
    spread = np.where(high > low, high - low, 1.0)
    shares = (points - low) / spread
    inside = ((shares >= 0) & (shares <= 1)).all(axis=1)
    margin = 3.0
    xs = margin + shares[:, 0] * (width - 2 * margin)
    ys = height - margin - shares[:, 1] * (height - 2 * margin)
    return np.column_stack([xs, ys]), inside


def _push_apart(chips: Sequence[_Chip], width: float, height: float) -> list[_Chip]:
    """Chips moved up and down, and inside the map, until none touches another."""
    boxes = [
        [min(max(chip.x - chip.width / 2, 1), width - chip.width - 1), chip.y - CHIP_HEIGHT / 2, chip.width]
        for chip in chips
    ]
    for _ in range(ROUNDS):
        moved = False
        for i, one in enumerate(boxes):
            for other in boxes[i + 1 :]:
                moved |= _part(one, other)
        for box in boxes:
            box[1] = min(max(box[1], 1), height - CHIP_HEIGHT - 1)
        if not moved:
            break
    return [_Chip(chip.number, chip.name, box[0], box[1]) for chip, box in zip(chips, boxes, strict=True)]


def _part(one: list[float], other: list[float]) -> bool:
    overlaps = one[0] < other[0] + other[2] + 3 and other[0] < one[0] + one[2] + 3
    lap = CHIP_HEIGHT + 3 - abs(one[1] - other[1])
    if not overlaps or lap <= 0.01:
        return False
    upper, lower = (one, other) if one[1] <= other[1] else (other, one)
    upper[1] -= lap / 2
    lower[1] += lap / 2
    return True


def _draw_chip(canvas: Canvas, chip: _Chip, brand: Brand) -> None:
    paint = brand.paint(chip.number)
    canvas.rect(Box(chip.x, chip.y, chip.width, CHIP_HEIGHT), WHITE, radius=2, alpha=0.92)
    canvas.rect(Box(chip.x, chip.y, chip.width, CHIP_HEIGHT), "none", radius=2, pen=Pen(paint.fill, 0.6))
    canvas.badge((chip.x + 2.5, chip.y + 2.5), chip.number, paint, BADGE)
    if chip.name:
        canvas.text((chip.x + BADGE + 6.5, chip.y + 11.2), chip.name, Font(8.8, 600, INK))
