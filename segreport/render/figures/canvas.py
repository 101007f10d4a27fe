"""A sheet measured in points from its top left corner; the only place that knows matplotlib."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from matplotlib import rc_context
from matplotlib.artist import Artist
from matplotlib.backends.backend_svg import FigureCanvasSVG, RendererSVG
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, IdentityTransform

from segreport.render.brand import Paint
from segreport.render.fill import clean_text

INK, TEXT, MUTED = "#16202B", "#2B3642", "#5B6773"
RULE, HAIR = "#B9C1C8", "#E1E5E8"
GREY_BAR, BELOW_BAR = "#C3CAD0", "#8B96A0"
WHITE = "#FFFFFF"
FAMILIES = (
    "'Source Sans 3', 'Source Sans 3 Latin Ext', 'Source Sans 3 Greek', 'Source Sans 3 Cyrillic', "
    "'Noto Sans', 'Noto Sans CJK SC', 'Noto Color Emoji', 'DejaVu Sans', sans-serif"
)
RASTER_DPI = 220
DIGIT_HEIGHT = 0.66
"""Height of a figure above the baseline, in ems: what centres a number in a badge."""
BADGE_FONT_SHARE = 0.73

Point = tuple[float, float]
Anchor = Literal["start", "middle", "end"]


class Font(NamedTuple):
    """Size in points, weight and colour of a label."""

    size: float
    weight: int = 400
    color: str = TEXT


class Pen(NamedTuple):
    """Colour and width in points of a line, and its dashes."""

    color: str
    width: float
    dash: tuple[float, float] | None = None


class Box(NamedTuple):
    """A rectangle: left, top, width, height in points."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Words:
    """A label whose script must be shaped by the page: where its baseline lies and how it is anchored."""

    x: float
    y: float
    text: str
    font: Font
    anchor: Anchor


@dataclass(frozen=True)
class Drawing:
    """A finished figure: SVG, its size in points, and the labels that the page must set itself."""

    svg: bytes
    width: float
    height: float
    words: tuple[Words, ...] = ()


class Canvas:
    """Draws marks and labels at their final size; y grows downwards, text hangs on its baseline."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self._figure = Figure(figsize=(width / 72, height / 72), dpi=RASTER_DPI, frameon=False)
        self._to_sheet = Affine2D().scale(1 / 72, -1 / 72).translate(0, height / 72) + self._figure.dpi_scale_trans
        self._words: list[Words] = []

    def rect(self, box: Box, fill: str, *, radius: float = 0, pen: Pen | None = None, alpha: float = 1) -> None:
        """A filled rectangle, its corners rounded by ``radius``, with an outline if a pen is given."""
        path = _rounded(box, radius) if radius else _corners(box)
        self._patch(path, fill, pen, alpha)

    def line(self, points: Sequence[Point], pen: Pen) -> None:
        """A line through the points."""
        self._patch(Path(points), "none", pen, 1)

    def area(self, points: Sequence[Point], fill: str, *, alpha: float = 1, pen: Pen | None = None) -> None:
        """A closed, filled shape through the points."""
        self._patch(Path([*points, points[0]], closed=True), fill, pen, alpha)

    def ribbon(
        self, top: tuple[float, float], bottom: tuple[float, float], rows: tuple[float, float], fill: str, alpha: float
    ) -> None:
        """An S-shaped band from the top edge's (left, right) to the bottom edge's, between the two heights."""
        (left, right), (low_left, low_right), (y0, y1) = top, bottom, rows
        middle = (y0 + y1) / 2
        vertices = [
            (left, y0), (right, y0), (right, middle), (low_right, middle), (low_right, y1),
            (low_left, y1), (low_left, middle), (left, middle), (left, y0), (left, y0),
        ]  # fmt: skip
        codes = [Path.MOVETO, Path.LINETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
        self._patch(Path(vertices, codes), fill, None, alpha)

    def swing(self, start: Point, end: Point, pen: Pen) -> None:
        """An S-shaped line from start to end, as the edge of a ribbon."""
        middle = (start[1] + end[1]) / 2
        vertices = [start, (start[0], middle), (end[0], middle), end]
        self._patch(Path(vertices, [Path.MOVETO, *[Path.CURVE4] * 3]), "none", pen, 1)

    def dot(self, center: Point, radius: float, fill: str, pen: Pen | None = None) -> None:
        """A filled circle."""
        self._patch(Path.circle(center, radius), fill, pen, 1)

    def text(self, at: Point, text: str, font: Font, anchor: Anchor = "start") -> None:
        """A label with its baseline at the point; joined scripts are left to the page, which can shape them."""
        settled = unicodedata.normalize("NFC", clean_text(text))
        if _needs_shaping(settled):
            self._words.append(Words(*at, settled, font, anchor))
        elif settled.strip():
            self._add(_Label(at[0], at[1], settled, font, anchor))

    def badge(self, at: Point, number: int, paint: Paint, size: float = 11) -> None:
        """The square with a segment's number; the point is its top left corner."""
        x, y = at
        self.rect(Box(x, y, size, size), paint.fill, radius=1.5)
        digits = size * BADGE_FONT_SHARE
        baseline = y + size / 2 + digits * DIGIT_HEIGHT / 2
        self.text((x + size / 2, baseline), str(number), Font(digits, 700, paint.on), "middle")

    def cloud(self, points: Sequence[Point], colors: Sequence[str], *, area: float = 4, alpha: float = 0.55) -> None:
        """Many dots of ``area`` square points, as one picture of 220 dpi."""
        dots = PathCollection(
            [Path.circle(radius=0.5)], sizes=[area], offsets=list(points), offset_transform=self._to_sheet,
            transform=IdentityTransform(), facecolors=list(colors), alpha=alpha, linewidths=0, rasterized=True,
        )  # fmt: skip
        self._add(dots)

    def finish(self) -> Drawing:
        """The figure as SVG; no clock and no version in it."""
        target = io.BytesIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        with rc_context({"svg.hashsalt": "segreport"}):
            FigureCanvasSVG(self._figure).print_svg(target, metadata=nothing)  # type: ignore[no-untyped-call]
        return Drawing(target.getvalue(), self.width, self.height, tuple(self._words))

    def _patch(self, path: Path, fill: str, pen: Pen | None, alpha: float) -> None:
        patch = PathPatch(path, facecolor=fill, edgecolor="none", linewidth=0, alpha=None if alpha == 1 else alpha)
        if pen is not None:
            patch.set(edgecolor=pen.color, linewidth=pen.width, joinstyle="round", capstyle="butt")
            if pen.dash:
                patch.set_linestyle((0, tuple(part / pen.width for part in pen.dash)))
        patch.set_transform(self._to_sheet)
        self._add(patch)

    def _add(self, artist: Artist) -> None:
        artist.set_zorder(len(self._figure.artists))
        self._figure.add_artist(artist, clip=False)
        artist.set_clip_on(False)


class _Label(Artist):
    """Text that stays text in the SVG; matplotlib's own Text would look for the font in the system to measure it."""

    def __init__(self, x: float, y: float, text: str, font: Font, anchor: Anchor) -> None:
        super().__init__()
        self._attributes = {
            "x": f"{x:.2f}", "y": f"{y:.2f}", "font-family": FAMILIES, "font-size": f"{font.size:g}px",
            "font-weight": str(font.weight), "fill": font.color, "text-anchor": anchor,
        }  # fmt: skip
        self._text = text

    def draw(self, renderer: object) -> None:
        svg = getattr(renderer, "_vector_renderer", renderer)
        if isinstance(svg, RendererSVG):
            svg.writer.element("text", self._text, attrib=self._attributes)  # type: ignore[no-untyped-call]


def _corners(box: Box) -> Path:
    right, bottom = box.x + box.width, box.y + box.height
    return Path([(box.x, box.y), (right, box.y), (right, bottom), (box.x, bottom), (box.x, box.y)], closed=True)


def _rounded(box: Box, radius: float) -> Path:
    left, top, right, bottom = box.x, box.y, box.x + box.width, box.y + box.height
    r = min(radius, box.width / 2, box.height / 2)
    vertices = [
        (left + r, top), (right - r, top), (right, top), (right, top + r),
        (right, bottom - r), (right, bottom), (right - r, bottom),
        (left + r, bottom), (left, bottom), (left, bottom - r),
        (left, top + r), (left, top), (left + r, top), (left + r, top),
    ]  # fmt: skip
    turn = [Path.LINETO, Path.CURVE3, Path.CURVE3]
    return Path(vertices, [Path.MOVETO, *turn * 4, Path.CLOSEPOLY])


def _needs_shaping(text: str) -> bool:
    """Whether letters join or run to the left, or are stacked: WeasyPrint sets SVG text letter by letter."""
    return any(
        unicodedata.bidirectional(c) in ("R", "AL") or unicodedata.combining(c) or "\u0900" <= c <= "\u109f"
        for c in text
    )
