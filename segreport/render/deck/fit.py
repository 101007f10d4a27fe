"""Make text that is too long for its box smaller, where the designer chose to shrink it; never below 10 points."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from segreport.render.deck.metrics import text_width
from segreport.render.deck.xml import EMU, A, Element, P

SMALLEST = 10.0
SCALES = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6)
_SANS_LINE, _SERIF_LINE = 1.22, 1.16
_SLACK = 1.02
_DEFAULT_POINTS = 14.0
_NO_BREAK = "\N{NO-BREAK SPACE}"
_AFTER_NUMBER = re.compile(r"(?<=\d) (?=[^\W\d])")


@dataclass(frozen=True)
class Piece:
    """A stretch of text in one style."""

    text: str
    points: float
    bold: bool
    serif: bool


@dataclass(frozen=True)
class Lines:
    """A paragraph: its pieces, its line spacing as a factor, and the points before and after it."""

    pieces: tuple[Piece, ...]
    spacing: float = 1.0
    around: float = 0.0


@dataclass(frozen=True)
class _Manner:
    """How text looks where neither run nor paragraph says so, and whether it may shrink."""

    points: float
    bold: bool
    serif: bool
    spacing: float
    shrinks: bool


_CELL = _Manner(18.0, False, False, 1.0, False)
"""What a table cell's text is where it says nothing itself."""


def shrink_to_fit(shape: Any) -> None:
    """Reduce the sizes of a filled shape's text until it fits; ``shape`` is a text shape of python-pptx."""
    body = shape._element.find(f"{P}txBody")
    manner = _manner_of(shape, body)
    if manner.serif:
        _bind_words(body)
    if not manner.shrinks or not "".join(t.text or "" for t in body.iter(f"{A}t")).strip():
        return
    paragraphs = _read_lines(body, manner)
    width, height = _inner(shape, body)
    fitting = (scale for scale in SCALES if text_height(paragraphs, width, scale) <= height * _SLACK)
    scale = next(fitting, SCALES[-1])
    if scale < 1.0:
        _resize(body, manner.points, scale)


def measure(shape: Any) -> tuple[float, float]:
    """The height in points that a shape's text needs, and the height that its box has."""
    body = shape._element.find(f"{P}txBody")
    width, height = _inner(shape, body)
    return text_height(_read_lines(body, _manner_of(shape, body)), width), height


def measure_cell(body: Element, width: float, scale: float = 1.0) -> float:
    """The height in points that the text of a table cell needs at this width."""
    return text_height(_read_lines(body, _CELL), width, scale)


def resize_cell(body: Element, scale: float) -> None:
    """Reduce the sizes of a table cell's text."""
    _resize(body, _CELL.points, scale)


def _bind_words(body: Element) -> None:
    """In a headline a number stays with its noun, and the last line holds two words at least."""
    for words in body.iter(f"{A}t"):
        words.text = _AFTER_NUMBER.sub(_NO_BREAK, words.text or "")
    texts = [t for t in body.iter(f"{A}t") if (t.text or "").strip()]
    if texts and (texts[-1].text or "").count(" ") > 2:
        first, _, last = (texts[-1].text or "").rstrip().rpartition(" ")
        if len(last) < 14:
            texts[-1].text = f"{first}{_NO_BREAK}{last}"


def _read_lines(body: Element, manner: _Manner) -> list[Lines]:
    """The paragraphs of a text body with the style of every piece."""
    return [_read_paragraph(paragraph, manner) for paragraph in body.findall(f"{A}p")]


def text_height(paragraphs: Iterable[Lines], width: float, scale: float = 1.0) -> float:
    """The height in points of paragraphs wrapped to ``width`` points, at a share of their size."""
    return sum(_paragraph_height(paragraph, width, scale) for paragraph in paragraphs)


def _paragraph_height(paragraph: Lines, width: float, scale: float) -> float:
    if not paragraph.pieces:
        return paragraph.around
    largest = max(_scaled(piece.points, scale) for piece in paragraph.pieces)
    line = largest * (_SERIF_LINE if paragraph.pieces[0].serif else _SANS_LINE) * paragraph.spacing
    return count_lines(paragraph.pieces, width, scale) * line + paragraph.around


def count_lines(pieces: Iterable[Piece], width: float, scale: float = 1.0) -> int:
    """How many lines the pieces take when words stay whole, but for words that are wider than a line."""
    lines, at = 1, 0.0
    for word, space in _words(pieces, scale):
        if at and at + word > width:
            lines, at = lines + 1, 0.0
        if word > width:
            lines += int(word // width)
            word %= width
        at += word + space
    return lines


def _words(pieces: Iterable[Piece], scale: float) -> Iterable[tuple[float, float]]:
    """(width of a word, width of the space behind it) for all words; a word may run over several pieces."""
    word = 0.0
    for piece in pieces:
        points = _scaled(piece.points, scale)
        parts = piece.text.replace("\n", " ").split(" ")
        for number, part in enumerate(parts):
            word += text_width(part, points, bold=piece.bold, serif=piece.serif)
            if number < len(parts) - 1:
                yield word, text_width(" ", points, bold=piece.bold, serif=piece.serif)
                word = 0.0
    yield word, 0.0


def _scaled(points: float, scale: float) -> float:
    return points if scale == 1.0 else max(min(points, SMALLEST), round(points * scale * 2) / 2)


def _read_paragraph(paragraph: Element, manner: _Manner) -> Lines:
    pieces = tuple(_read_run(run, manner) for run in paragraph.findall(f"{A}r"))
    spacing, around = manner.spacing, 0.0
    for value in paragraph.findall(f"{A}pPr/*/{A}spcPts"):
        around += int(value.get("val", "0")) / 100
    for value in paragraph.findall(f"{A}pPr/{A}lnSpc/{A}spcPct"):
        spacing = int(value.get("val", "100000")) / 100_000
    return Lines(pieces, spacing, around)


def _read_run(run: Element, manner: _Manner) -> Piece:
    style = run.find(f"{A}rPr")
    size = style.get("sz") if style is not None else None
    bold = style.get("b") if style is not None else None
    latin = style.find(f"{A}latin") if style is not None else None
    serif = manner.serif if latin is None else latin.get("typeface", "").startswith("+mj")
    return Piece(
        run.findtext(f"{A}t") or "",
        int(size) / 100 if size else manner.points,
        manner.bold if bold is None else bold in ("1", "true"),
        serif,
    )


def _manner_of(shape: Any, body: Element) -> _Manner:
    """The style that the shape inherits: from its own list style, or that of its placeholder in layout and master."""
    bodies = [body, *(b for b in (p._element.find(f"{P}txBody") for p in _ancestors(shape)) if b is not None)]
    styles = [style for b in bodies if (style := b.find(f"{A}lstStyle/{A}lvl1pPr")) is not None]
    defaults = [d for style in styles if (d := style.find(f"{A}defRPr")) is not None]
    size = next((d.get("sz") for d in defaults if d.get("sz")), None)
    bold = next((d.get("b") for d in defaults if d.get("b")), "0")
    spacing = next((s.get("val") for style in styles for s in style.findall(f"{A}lnSpc/{A}spcPct")), "100000")
    serif = shape.is_placeholder and "TITLE" in str(shape.placeholder_format.type)
    fitting = next((f for b in bodies if (f := _fitting(b)) is not None), "")
    return _Manner(
        int(size) / 100 if size else _DEFAULT_POINTS, bold in ("1", "true"), serif, int(spacing or 100_000) / 100_000,
        fitting == "normAutofit",
    )  # fmt: skip


def _ancestors(shape: Any) -> list[Any]:
    """The placeholders that a placeholder takes its style from."""
    found = []
    base = getattr(shape, "_base_placeholder", None) if shape.is_placeholder else None
    while base is not None:
        found.append(base)
        base = getattr(base, "_base_placeholder", None)
    return found


def _fitting(body: Element) -> str | None:
    properties = body.find(f"{A}bodyPr")
    for kind in ("normAutofit", "noAutofit", "spAutoFit"):
        if properties is not None and properties.find(A + kind) is not None:
            return kind
    return None


def _inner(shape: Any, body: Element) -> tuple[float, float]:
    """Width and height in points inside the insets."""
    properties = body.find(f"{A}bodyPr")
    bodies = [properties] + [p._element.find(f"{P}txBody/{A}bodyPr") for p in _ancestors(shape)]

    def inset(name: str, usual: int) -> int:
        return next((int(b.get(name, "0")) for b in bodies if b is not None and b.get(name)), usual)

    width = int(shape.width) - inset("lIns", 91_440) - inset("rIns", 91_440)
    height = int(shape.height) - inset("tIns", 45_720) - inset("bIns", 45_720)
    return width / EMU * 72, height / EMU * 72


def _resize(body: Element, usual: float, scale: float) -> None:
    for run in body.iter(f"{A}r"):
        style = run.find(f"{A}rPr")
        if style is None:
            style = run.makeelement(f"{A}rPr", {}, None)
            run.insert(0, style)
        points = int(style.get("sz", "0")) / 100 or usual
        style.set("sz", str(round(_scaled(points, scale) * 100)))
