"""Two stripes joined by bands: where the customers are, and where the value is."""

from __future__ import annotations

from dataclasses import dataclass

from segreport.domain import Chart, Series
from segreport.render.brand import Brand
from segreport.render.figures.canvas import INK, MUTED, WHITE, Box, Canvas, Drawing, Font, Pen
from segreport.render.text_width import text_width

LEFT = 62.0
BAR = 27.0
LANE = 17.0
GAP = {"A4": 44.0, "Letter": 28.0}
BADGE = 11.0
SEAM = 1.4
HERO_BAND, BAND = 0.34, 0.13
NAME = Font(9, 600)


@dataclass(frozen=True)
class _Piece:
    """One segment's pieces: (left, width) in the upper and, where there is one, the lower stripe."""

    series: Series
    number: int
    spans: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class _Plate:
    """What stands above or below a piece: badge, name and share, any of them absent."""

    x: float
    number: int
    name: str = ""
    share: str = ""
    has_badge: bool = True

    @property
    def width(self) -> float:
        parts = [BADGE] if self.has_badge else []
        parts += [text_width(text, NAME.size, NAME.weight) for text in (self.name, self.share) if text]
        return sum(parts) + 4.0 * (len(parts) - 1)


def draw_stripes(chart: Chart, brand: Brand, width: float) -> Drawing:
    """The signature chart: one or two stripes, names where they fit, the hero's band darker."""
    pieces = _pieces(chart, width)
    above, below = _place_names(pieces, width)
    rows = len(chart.categories)
    gap = GAP[brand.page]
    tops = [LANE + row * (BAR + gap) for row in range(rows)]
    canvas = Canvas(width, tops[-1] + BAR + (LANE if below else 1))
    if rows == 2:
        _draw_bands(canvas, chart, brand, pieces, (tops[0] + BAR, tops[1]))
    for row, top in enumerate(tops):
        _draw_row_label(canvas, chart, row, top)
        for piece in pieces:
            _draw_piece(canvas, brand, piece, row, top)
    for plate in above:
        _draw_plate(canvas, brand, plate, LANE - BADGE - 4)
    for plate in below:
        _draw_plate(canvas, brand, plate, tops[-1] + BAR + 5)
    return canvas.finish()


def _pieces(chart: Chart, width: float) -> list[_Piece]:
    room = width - LEFT
    starts = [LEFT] * len(chart.categories)
    totals = [sum(s.values[row] or 0 for s in chart.series) or 1 for row in range(len(chart.categories))]
    pieces = []
    for place, series in enumerate(chart.series, 1):
        spans = []
        for row, total in enumerate(totals):
            extent = room * (series.values[row] or 0) / total
            spans.append((starts[row], extent))
            starts[row] += extent
        pieces.append(_Piece(series, series.segment or place, tuple(spans)))
    return pieces


def _place_names(pieces: list[_Piece], width: float) -> tuple[list[_Plate], list[_Plate]]:
    """Name above the piece, else under the lower one, else the badge alone; a share too wide for its piece below it."""
    above: list[_Plate] = []
    below: list[_Plate] = []
    for piece in pieces:
        upper, lower = piece.spans[0], piece.spans[-1]
        has_lower = len(piece.spans) == 2
        small = has_lower and 0 < lower[1] < 30
        share = piece.series.labels[-1] if small else ""
        full = _Plate(upper[0], piece.number, piece.series.name)
        under = _Plate(lower[0], piece.number, piece.series.name, share)
        alone = _Plate(upper[0], piece.number)
        lone_share = _Plate(lower[0], piece.number, "", share, has_badge=False)
        if full.width <= upper[1] - 4 and _is_free(above, full, width):
            above.append(full)
        elif (
            has_lower
            and under.width <= max(lower[1] - 4, under.width if small else 0)
            and _is_free(below, under, width)
        ):
            below.append(under)
            continue
        elif upper[1] >= BADGE and _is_free(above, alone, width):
            above.append(alone)
        elif has_lower and _is_free(below, _Plate(lower[0], piece.number, "", share), width):
            below.append(_Plate(lower[0], piece.number, "", share))
            continue
        if share and _is_free(below, lone_share, width):
            below.append(lone_share)
    return above, below


def _is_free(lane: list[_Plate], plate: _Plate, width: float) -> bool:
    inside = plate.x + plate.width <= width
    return inside and all(
        plate.x >= other.x + other.width + 5 or other.x >= plate.x + plate.width + 5 for other in lane
    )


def _draw_bands(canvas: Canvas, chart: Chart, brand: Brand, pieces: list[_Piece], rows: tuple[float, float]) -> None:
    for piece in pieces:
        (x0, w0), (x1, w1) = piece.spans
        alpha = HERO_BAND if str(piece.number) == chart.highlight else BAND
        canvas.ribbon((x0, x0 + w0), (x1, x1 + w1), rows, brand.paint(piece.number).fill, alpha)
    for piece in pieces[1:]:
        canvas.swing((piece.spans[0][0], rows[0]), (piece.spans[1][0], rows[1]), Pen(WHITE, SEAM * 0.7))


def _draw_row_label(canvas: Canvas, chart: Chart, row: int, top: float) -> None:
    size = 9.0
    while size > 8 and text_width(chart.categories[row], size, 600) > LEFT - 5:
        size -= 0.5
    canvas.text((0, top + 11.5), chart.categories[row], Font(size, 600, INK))
    if row < len(chart.notes):
        canvas.text((0, top + 22.5), chart.notes[row], Font(8.5, 400, MUTED))


def _draw_piece(canvas: Canvas, brand: Brand, piece: _Piece, row: int, top: float) -> None:
    (x, extent), paint = piece.spans[row], brand.paint(piece.number)
    inset = SEAM / 2 if x > LEFT else 0
    canvas.rect(Box(x + inset, top, max(extent - inset - SEAM / 2, 0.7), BAR), paint.fill)
    if extent >= 30:
        size = 14.0 if extent >= 44 else 11.0
        canvas.text((x + inset + 7, top + BAR / 2 + size * 0.33), piece.series.labels[row], Font(size, 600, paint.on))


def _draw_plate(canvas: Canvas, brand: Brand, plate: _Plate, y: float) -> None:
    paint, x = brand.paint(plate.number), plate.x
    if plate.has_badge:
        canvas.badge((x, y), plate.number, paint, BADGE)
        x += BADGE + 4
    for text in (plate.name, plate.share):
        if text:
            canvas.text((x, y + 8.6), text, NAME._replace(color=paint.text))
            x += text_width(text, NAME.size, NAME.weight) + 4
