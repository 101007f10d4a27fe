"""The brand on the slides: its accent and paper in our theme, and its logo where the template has a box for it."""

from __future__ import annotations

import base64
import re
from io import BytesIO
from pathlib import Path
from typing import Any

from lxml import etree
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.presentation import Presentation

from segreport.errors import TemplateError
from segreport.render.brand import Brand
from segreport.render.deck.xml import A, Element, P, R, child, remove

LOGO = "brand.logo"
"""The expression that names the box of the logo."""

_SVG = "{http://schemas.microsoft.com/office/drawing/2016/SVG/main}"
_SVG_USE = "{96DAC541-7B7A-43D3-8B79-37D633B846F1}"
_BLANK = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
_VIEW_BOX = re.compile(r"viewBox\s*=\s*[\"'][\s,]*[-\d.]+[\s,]+[-\d.]+[\s,]+([\d.]+)[\s,]+([\d.]+)")
_COLORS = (("accent1", "accent"), ("lt2", "paper"))


def apply_brand(deck: Presentation, brand: Brand) -> None:
    """Put accent and paper into every theme that still has ours; a company's own theme stays as it is."""
    for master in deck.slide_masters:
        theme = master.part.part_related_by(RT.THEME)
        root = etree.fromstring(theme.blob)
        for slot, name in _COLORS:
            for paint in root.iterfind(f".//{A}clrScheme/{A}{slot}/{A}srgbClr"):
                if paint.get("val", "").upper() == Brand.model_fields[name].default[1:]:
                    paint.set("val", getattr(brand, name)[1:].upper())
        theme._blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def place_logo(part: Any, shape: Element, brand: Brand) -> None:
    """Put the logo into the shape's box, at its right edge and not stretched; without a logo the box goes."""
    if not brand.logo:
        remove(shape)
        return
    path = Path(brand.logo)
    try:
        picture, size = _svg(part, path) if path.suffix.lower() == ".svg" else _bitmap(part, path)
    except OSError as error:
        cause = error.strerror or "is not a picture"
        raise TemplateError(f"{path.name}: {cause}", "name a PNG or SVG as logo") from error
    _replace(shape, picture, size)


def _bitmap(part: Any, path: Path) -> tuple[Element, tuple[float, float]]:
    image, relation = part.get_or_add_image_part(str(path))
    width, height = image.image.size
    return _blip(relation), (width, height)


def _svg(part: Any, path: Path) -> tuple[Element, tuple[float, float]]:
    """A drawing for programs that read it, behind an empty picture for those that do not."""
    blob = path.read_bytes()
    name = part.package.next_partname("/ppt/media/drawing%d.svg")
    drawing = part.relate_to(Part(PackURI(name), "image/svg+xml", part.package, blob), RT.IMAGE)
    _, blank = part.get_or_add_image_part(BytesIO(_BLANK))
    blip = _blip(blank)
    extension = etree.SubElement(etree.SubElement(blip, f"{A}extLst"), f"{A}ext", uri=_SVG_USE)
    etree.SubElement(extension, f"{_SVG}svgBlip", {f"{R}embed": drawing}, nsmap={"asvg": _SVG[1:-1]})
    found = _VIEW_BOX.search(blob.decode("utf-8", "replace"))
    return blip, (float(found.group(1)), float(found.group(2))) if found else (3.5, 1.0)


def _blip(relation: str) -> Element:
    return etree.Element(f"{A}blip", {f"{R}embed": relation})


def _replace(shape: Element, blip: Element, size: tuple[float, float]) -> None:
    about, place = shape.find(f"./*/{P}cNvPr"), shape.find(f"{P}spPr/{A}xfrm")
    if about is None or place is None:
        return
    corner, extent = child(place, f"{A}off"), child(place, f"{A}ext")
    left, top = int(corner.get("x", "0")), int(corner.get("y", "0"))
    width, height = int(extent.get("cx", "0")), int(extent.get("cy", "0"))
    scale = min(width / size[0], height / size[1])
    wide, high = round(size[0] * scale), round(size[1] * scale)
    picture = etree.Element(f"{P}pic", nsmap={"p": P[1:-1], "a": A[1:-1], "r": R[1:-1]})
    names = etree.SubElement(picture, f"{P}nvPicPr")
    etree.SubElement(names, f"{P}cNvPr", id=about.get("id", "1"), name="Logo", descr="")
    etree.SubElement(names, f"{P}cNvPicPr")
    etree.SubElement(names, f"{P}nvPr", userDrawn="1")
    fill = etree.SubElement(picture, f"{P}blipFill")
    fill.append(blip)
    etree.SubElement(etree.SubElement(fill, f"{A}stretch"), f"{A}fillRect")
    properties = etree.SubElement(picture, f"{P}spPr")
    frame = etree.SubElement(properties, f"{A}xfrm")
    etree.SubElement(frame, f"{A}off", x=str(left + width - wide), y=str(top))
    etree.SubElement(frame, f"{A}ext", cx=str(wide), cy=str(high))
    etree.SubElement(etree.SubElement(properties, f"{A}prstGeom", prst="rect"), f"{A}avLst")
    parent = shape.getparent()
    if parent is not None:
        parent.replace(shape, picture)
