"""The signature chart as shapes: two stripes of shares joined by bands, and the names above a stacked bar."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from segreport.domain import Chart, Series
from segreport.formatting import dotted
from segreport.render.brand import Brand, Paint
from segreport.render.deck.metrics import text_width
from segreport.render.deck.xml import EMU, A, Element, P, solid
from segreport.render.fill import clean_text

_GAP = 0.02
_HEIGHT = 3.34
_STRIPE, _LONE_STRIPE = 0.62, 1.4
_TOPS = (0.67, 2.37)
_NAMES, _CAPTION, _UNDER = 0.34, 0.0, 3.05
_BADGE = 0.27
_FIGURE, _SMALL_FIGURE, _NAME, _NOTE = 20.0, 14.0, 14.0, 12.0


@dataclass(frozen=True)
class Box:
    """A place on the slide in inches."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class _Piece:
    """One segment's piece of one stripe: where it begins and how wide it is, in inches from the stripe's left."""

    left: float
    width: float
    text: str


@dataclass(frozen=True)
class _Owner:
    """A segment with its pieces, upper first."""

    series: Series
    paint: Paint
    pieces: tuple[_Piece, ...]
    hero: bool


@dataclass
class _Pen:
    """Draws shapes with ids that count on from ``next_id``."""

    next_id: int
    shapes: list[Element] = field(default_factory=list)

    def add(self, name: str, box: Box, geometry: Element, fill: Element | None) -> Element:
        """A shape without outline, shadow or theme effects."""
        shape = etree.Element(f"{P}sp", nsmap={"p": P[1:-1], "a": A[1:-1]})
        about = etree.SubElement(shape, f"{P}nvSpPr")
        etree.SubElement(about, f"{P}cNvPr", id=str(self.next_id), name=name)
        etree.SubElement(about, f"{P}cNvSpPr")
        etree.SubElement(about, f"{P}nvPr")
        properties = etree.SubElement(shape, f"{P}spPr")
        properties.append(transform(box))
        properties.append(geometry)
        properties.append(fill if fill is not None else etree.Element(f"{A}noFill"))
        etree.SubElement(etree.SubElement(properties, f"{A}ln"), f"{A}noFill")
        self.next_id += 1
        self.shapes.append(shape)
        return shape

    def write(self, text: str, box: Box, points: float, color: str, *, bold: bool = False, align: str = "l") -> None:
        """A line of text without insets, in the middle of the box's height."""
        _put_text(self.add(text, box, _preset("rect"), None), text, points, color, bold=bold, align=align)


def transform(box: Box, tag: str = f"{A}xfrm") -> Element:
    """Where a shape is, in the file's own units."""
    place = etree.Element(tag)
    etree.SubElement(place, f"{A}off", x=str(_emu(box.x)), y=str(_emu(box.y)))
    etree.SubElement(place, f"{A}ext", cx=str(_emu(box.width)), cy=str(_emu(box.height)))
    return place


def draw_stripes(chart: Chart, box: Box, brand: Brand, next_id: int) -> Element:
    """A group of shapes that fills the box: the stripes, the bands between them, names and figures."""
    pen = _Pen(next_id + 1)
    scale = box.height / _HEIGHT
    owners = _owners(chart, box.width, brand)
    if len(chart.categories) > 1:
        for owner in owners:
            _draw_band(pen, owner, box, scale)
    for place in range(len(chart.categories[:2])):
        for owner in owners:
            _draw_piece(pen, owner, place, box, scale)
    under = _draw_words(pen, owners, box, scale)
    _draw_captions(pen, chart, box, scale, under)
    return _group(chart, box, next_id, pen.shapes)


def draw_names(chart: Chart, box: Box, brand: Brand, next_id: int) -> Element:
    """A group of badges with names, each above its piece of the first stripe of a native chart."""
    pen = _Pen(next_id + 1)
    top = box.y + (box.height - _BADGE) / 2
    for owner in _owners(chart, box.width, brand):
        piece = owner.pieces[0]
        if piece.width < _BADGE + 0.03:
            continue
        _draw_badge(pen, owner, Box(box.x + piece.left, top, _BADGE, _BADGE))
        if _name_width(owner) + _BADGE + 0.12 <= piece.width + _GAP:
            place = Box(box.x + piece.left + _BADGE + 0.08, box.y, _name_width(owner), box.height)
            pen.write(owner.series.name, place, _NAME, owner.paint.text, bold=True)
    return _group(chart, box, next_id, pen.shapes, alt="")


def _owners(chart: Chart, width: float, brand: Brand) -> list[_Owner]:
    lefts = [0.0] * len(chart.categories)
    owners = []
    for series in chart.series:
        pieces = []
        for place, share in enumerate(series.values):
            text = series.labels[place] if place < len(series.labels) else ""
            pieces.append(_Piece(lefts[place], (share or 0.0) * width, text))
            lefts[place] += (share or 0.0) * width
        paint = brand.paint(series.segment or 1)
        owners.append(_Owner(series, paint, tuple(pieces), str(series.segment) == chart.highlight))
    return owners


def _draw_band(pen: _Pen, owner: _Owner, box: Box, scale: float) -> None:
    top, bottom = box.y + (_TOPS[0] + _STRIPE) * scale, box.y + _TOPS[1] * scale
    upper, lower = owner.pieces[:2]
    left = min(upper.left, lower.left)
    right = max(upper.left + upper.width, lower.left + lower.width)
    area = Box(box.x + left, top, max(right - left, 0.01), bottom - top)
    shape = _band_path(
        area,
        (upper.left - left, upper.left + upper.width - left - _GAP),
        (lower.left - left, lower.left + lower.width - left - _GAP),
    )
    pen.add(f"Band {owner.series.name}", area, shape, solid(owner.paint.fill, 0.34 if owner.hero else 0.13))


def _band_path(area: Box, upper: tuple[float, float], lower: tuple[float, float]) -> Element:
    """From the upper piece down to the lower in an S, and back."""
    width, height, half = _emu(area.width), _emu(area.height), _emu(area.height / 2)
    geometry = etree.Element(f"{A}custGeom")
    for tag in ("avLst", "gdLst", "ahLst", "cxnLst"):
        etree.SubElement(geometry, A + tag)
    etree.SubElement(geometry, f"{A}rect", l="0", t="0", r="r", b="b")
    path = etree.SubElement(etree.SubElement(geometry, f"{A}pathLst"), f"{A}path", w=str(width), h=str(height))
    (a, b), (c, d) = [tuple(_emu(max(x, 0.0)) for x in pair) for pair in (upper, lower)]
    _points(etree.SubElement(path, f"{A}moveTo"), (a, 0))
    _points(etree.SubElement(path, f"{A}lnTo"), (b, 0))
    _points(etree.SubElement(path, f"{A}cubicBezTo"), (b, half), (d, half), (d, height))
    _points(etree.SubElement(path, f"{A}lnTo"), (c, height))
    _points(etree.SubElement(path, f"{A}cubicBezTo"), (c, half), (a, half), (a, 0))
    etree.SubElement(path, f"{A}close")
    return geometry


def _points(parent: Element, *points: tuple[int, int]) -> None:
    for x, y in points:
        etree.SubElement(parent, f"{A}pt", x=str(x), y=str(y))


def _draw_piece(pen: _Pen, owner: _Owner, place: int, box: Box, scale: float) -> None:
    """The piece with its share inside, where it fits."""
    piece = owner.pieces[place]
    if piece.width <= 0:
        return
    height = _STRIPE if len(owner.pieces) > 1 else _LONE_STRIPE
    area = Box(box.x + piece.left, box.y + _TOPS[place] * scale, max(piece.width - _GAP, 0.01), height * scale)
    shape = pen.add(f"{owner.series.name} {piece.text}", area, _preset("rect"), solid(owner.paint.fill))
    points = _figure_points(piece)
    if points:
        _put_text(shape, piece.text, points, owner.paint.on, bold=True, inset=0.12)


def _figure_points(piece: _Piece) -> float:
    """The size of the share inside its piece; 0 where it does not fit."""
    for points in (_FIGURE, _SMALL_FIGURE):
        if text_width(piece.text, points, bold=True) / 72 + 0.2 <= piece.width:
            return points
    return 0.0


def _draw_words(pen: _Pen, owners: list[_Owner], box: Box, scale: float) -> list[tuple[float, float]]:
    """Names above their pieces, else below; shares that found no room below too. What is taken below is given back."""
    taken: list[tuple[float, float]] = []
    for owner in owners:
        named = _draw_name(pen, owner, box, scale)
        if len(owner.pieces) < 2:
            continue
        lower = owner.pieces[1]
        words = [] if named else [owner.series.name]
        words += [] if _figure_points(lower) else [lower.text]
        text = "  ".join(words)
        width = text_width(text, _NAME, bold=True) / 72 + 0.05
        left = min(lower.left, box.width - width)
        free = all(left >= end or left + width <= start for start, end in taken)
        if text and free and (named or width <= lower.width):
            place = Box(box.x + left, box.y + _UNDER * scale, width, 0.26)
            pen.write(text, place, _NAME, owner.paint.text, bold=True)
            taken.append((left, left + width + 0.08))
    return taken


def _draw_name(pen: _Pen, owner: _Owner, box: Box, scale: float) -> bool:
    """The name above the upper piece; where only a badge fits, the badge. Whether the name is there."""
    piece = owner.pieces[0]
    top = box.y + _NAMES * scale
    if _name_width(owner) + 0.06 <= piece.width:
        place = Box(box.x + piece.left, top, piece.width, 0.28)
        pen.write(owner.series.name, place, _NAME, owner.paint.text, bold=True)
        return True
    below = owner.pieces[1].width if len(owner.pieces) > 1 else 0.0
    if _name_width(owner) + 0.05 > below and piece.width >= _BADGE + 0.03:
        _draw_badge(pen, owner, Box(box.x + piece.left, top, _BADGE, _BADGE))
        return True
    return False


def _draw_badge(pen: _Pen, owner: _Owner, box: Box) -> None:
    shape = pen.add(f"Badge {owner.series.segment}", box, _preset("roundRect", 9000), solid(owner.paint.fill))
    _put_text(shape, str(owner.series.segment), 12, owner.paint.on, bold=True, align="ctr")


def _draw_captions(pen: _Pen, chart: Chart, box: Box, scale: float, taken: list[tuple[float, float]]) -> None:
    """What each stripe counts, and its total: above the first, below the second."""
    for place, category in enumerate(chart.categories[:2]):
        total = chart.notes[place] if place < len(chart.notes) else ""
        text = dotted([category, total])
        width = text_width(text, _NOTE) / 72 + 0.1
        left = 0.0
        if place and any(start < width for start, _ in taken):
            left = box.width - width
            if any(end > left for _, end in taken):
                continue
        top = box.y + (_UNDER if place else _CAPTION) * scale
        pen.write(text, Box(box.x + left, top, width, 0.26), _NOTE, "tx2", align="r" if left else "l")


def _name_width(owner: _Owner) -> float:
    return text_width(owner.series.name, _NAME, bold=True) / 72 + 0.02


def _group(chart: Chart, box: Box, number: int, shapes: list[Element], alt: str | None = None) -> Element:
    """The shapes as one group, named and described as the chart."""
    group = etree.Element(f"{P}grpSp", nsmap={"p": P[1:-1], "a": A[1:-1]})
    about = etree.SubElement(group, f"{P}nvGrpSpPr")
    name = etree.SubElement(about, f"{P}cNvPr", id=str(number), name=clean_text(chart.title) or chart.name)
    words = chart.alt if alt is None else alt
    if words:
        name.set("descr", clean_text(words))
    etree.SubElement(about, f"{P}cNvGrpSpPr")
    etree.SubElement(about, f"{P}nvPr")
    place = transform(box)
    for tag, source in (("chOff", "off"), ("chExt", "ext")):
        etree.SubElement(place, A + tag, {k: str(v) for k, v in _attributes(place, source).items()})
    etree.SubElement(group, f"{P}grpSpPr").append(place)
    group.extend(shapes)
    return group


def _attributes(place: Element, tag: str) -> dict[str, str]:
    found = place.find(A + tag)
    return {str(k): str(v) for k, v in found.attrib.items()} if found is not None else {}


def _put_text(
    shape: Element, text: str, points: float, color: str, *, bold: bool = False, align: str = "l", inset: float = 0.0
) -> None:
    body = etree.SubElement(shape, f"{P}txBody")
    etree.SubElement(
        body, f"{A}bodyPr", wrap="none", lIns=str(_emu(inset)), tIns="0", rIns="0", bIns="0", anchor="ctr", rtlCol="0"
    )
    etree.SubElement(body, f"{A}lstStyle")
    paragraph = etree.SubElement(body, f"{A}p")
    etree.SubElement(paragraph, f"{A}pPr", algn=align)
    run = etree.SubElement(paragraph, f"{A}r")
    properties = etree.SubElement(run, f"{A}rPr", sz=str(round(points * 100)), b="1" if bold else "0")
    properties.append(solid(color))
    etree.SubElement(run, f"{A}t").text = clean_text(text)


def _preset(kind: str, adjust: int | None = None) -> Element:
    geometry = etree.Element(f"{A}prstGeom", prst=kind)
    values = etree.SubElement(geometry, f"{A}avLst")
    if adjust is not None:
        etree.SubElement(values, f"{A}gd", name="adj", fmla=f"val {adjust}")
    return geometry


def _emu(inches: float) -> int:
    return round(inches * EMU)
