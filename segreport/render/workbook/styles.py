"""Cell styles: the template's own, and new ones that differ in paint or number format, each made once."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field

from lxml import etree

from segreport.render.workbook.package import Element, Package, q

_FIRST_OWN_FORMAT = 164
_COLLECTIONS = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs")


@dataclass(frozen=True)
class Paint:
    """What a cell's style is changed to; None leaves the template's own. Colours are ``#RRGGBB``."""

    fill: str | None = None
    ink: str | None = None
    bold: bool | None = None
    line: str | None = None
    format: str | None = None


PLAIN = Paint()


@dataclass
class Styles:
    """The styles part; ``paint`` gives the index of a style that differs from another one."""

    package: Package
    part: str
    _made: dict[tuple[int, Paint], int] = field(default_factory=dict)
    _added: dict[tuple[str, bytes], int] = field(default_factory=dict)
    _formats: dict[str, int] = field(default_factory=dict)

    def paint(self, style: int, paint: Paint) -> int:
        """The index of the template's style with this paint; the format only where the style has none."""
        if paint == PLAIN:
            return style
        if (style, paint) not in self._made:
            self._made[style, paint] = self._make(style, paint)
        return self._made[style, paint]

    def is_general(self, style: int) -> bool:
        """Whether the style has no number format of its own."""
        return self._xf(style).get("numFmtId", "0") == "0"

    def wraps(self, style: int) -> bool:
        """Whether text in this style breaks into lines."""
        alignment = self._xf(style).find(q("alignment"))
        return alignment is not None and alignment.get("wrapText") in ("1", "true")

    def font_size(self, style: int) -> float:
        """The size of the style's font in points."""
        font = self._list("fonts")[int(self._xf(style).get("fontId", "0"))]
        size = font.find(q("sz"))
        return float(size.get("val", "11")) if size is not None else 11.0

    def font_name(self, style: int) -> str:
        """The name of the style's font."""
        name = self._list("fonts")[int(self._xf(style).get("fontId", "0"))].find(q("name"))
        return name.get("val", "") if name is not None else ""

    def is_bold(self, style: int) -> bool:
        """Whether the style's font is bold."""
        font = self._list("fonts")[int(self._xf(style).get("fontId", "0"))]
        bold = font.find(q("b"))
        return bold is not None and bold.get("val", "1") not in ("0", "false")

    def font_of(self, style: int) -> Element:
        """The style's font, as the properties of a run of text."""
        font = self._list("fonts")[int(self._xf(style).get("fontId", "0"))]
        run = etree.Element(q("rPr"))
        for child in font:
            copied = deepcopy(child)
            if etree.QName(child).localname == "name":
                copied.tag = q("rFont")
            run.append(copied)
        return run

    def _make(self, style: int, paint: Paint) -> int:
        xf = deepcopy(self._xf(style))
        if paint.fill is not None:
            xf.set("fillId", str(self._add("fills", _fill(paint.fill))))
            xf.set("applyFill", "1")
        if paint.ink is not None or paint.bold is not None:
            font = _font(self._list("fonts")[int(xf.get("fontId", "0"))], paint)
            xf.set("fontId", str(self._add("fonts", font)))
            xf.set("applyFont", "1")
        if paint.line is not None:
            border = _border(self._list("borders")[int(xf.get("borderId", "0"))], paint.line)
            xf.set("borderId", str(self._add("borders", border)))
            xf.set("applyBorder", "1")
        if paint.format is not None and xf.get("numFmtId", "0") == "0":
            xf.set("numFmtId", str(self._format(paint.format)))
            xf.set("applyNumberFormat", "1")
        return self._add("cellXfs", xf)

    def _xf(self, style: int) -> Element:
        return self._list("cellXfs")[style]

    def _list(self, name: str) -> Element:
        found = self.package.read(self.part).find(q(name))
        return found if found is not None else self._new_list(name)

    def _new_list(self, name: str) -> Element:
        """An empty collection in its place: their order is fixed."""
        root = self.package.edit(self.part)
        after = set(_COLLECTIONS[: _COLLECTIONS.index(name)])
        place = sum(etree.QName(child).localname in after for child in root)
        root.insert(place, etree.Element(q(name), count="0"))
        return root[place]

    def _add(self, name: str, element: Element) -> int:
        key = (name, etree.tostring(element, method="c14n"))
        if key not in self._added:
            self.package.edit(self.part)
            collection = self._list(name)
            collection.append(element)
            collection.set("count", str(len(collection)))
            self._added[key] = len(collection) - 1
        return self._added[key]

    def _format(self, code: str) -> int:
        if code not in self._formats:
            formats = self._list("numFmts")
            used = {int(element.get("numFmtId", "0")): element.get("formatCode") for element in formats}
            known = [number for number, text in used.items() if text == code]
            number = known[0] if known else max([_FIRST_OWN_FORMAT - 1, *used]) + 1
            if not known:
                self._add("numFmts", etree.Element(q("numFmt"), numFmtId=str(number), formatCode=code))
            self._formats[code] = number
        return self._formats[code]


def argb(color: str) -> str:
    """``#8C1D40`` as Excel writes it."""
    return "FF" + color.lstrip("#").upper()


def run_font(font: Element, paint: Paint) -> Element:
    """The properties of a run with this ink and boldness."""
    return _font(font, paint)


def _fill(color: str) -> Element:
    fill = etree.Element(q("fill"))
    pattern = etree.SubElement(fill, q("patternFill"), patternType="solid")
    etree.SubElement(pattern, q("fgColor"), rgb=argb(color))
    etree.SubElement(pattern, q("bgColor"), indexed="64")
    return fill


def _font(font: Element, paint: Paint) -> Element:
    """The font with another colour or weight; bold comes first, colour behind the size."""
    font = deepcopy(font)
    if paint.bold is not None:
        for old in font.findall(q("b")):
            font.remove(old)
        if paint.bold:
            first = 1 if len(font) and font[0].tag == q("rFont") else 0
            font.insert(first, etree.Element(q("b")))
    if paint.ink is not None:
        color = font.find(q("color"))
        if color is None:
            size = font.find(q("sz"))
            color = etree.Element(q("color"))
            font.insert(0 if size is None else font.index(size) + 1, color)
        color.attrib.clear()
        color.set("rgb", argb(paint.ink))
    return font


def _border(border: Element, color: str) -> Element:
    border = deepcopy(border)
    for side in border:
        if side.get("style") in (None, "none"):
            continue
        for old in side.findall(q("color")):
            side.remove(old)
        etree.SubElement(side, q("color"), rgb=argb(color))
    return border
