"""Names and small moves in the XML of a presentation."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from lxml import etree

Element = etree._Element

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
P14 = "{http://schemas.microsoft.com/office/powerpoint/2010/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"

EMU = 914_400
"""English Metric Units in an inch."""

_FILLS = ("noFill", "solidFill", "gradFill", "blipFill", "pattFill", "grpFill")


def copy_of(element: Element) -> Element:
    """A deep copy of the same class."""
    return deepcopy(element)


def child(parent: Element, tag: str) -> Element:
    """The first child with the tag; raises KeyError where there is none."""
    found = parent.find(tag)
    if found is None:
        raise KeyError(tag)
    return found


def remove(element: Element) -> None:
    """Take the element out of its parent."""
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def solid(color: str, alpha: float | None = None) -> Element:
    """A solid fill of ``#RRGGBB`` or of a theme colour's name, opaque unless ``alpha`` (0 to 1) is given."""
    fill = etree.Element(f"{A}solidFill")
    if color.startswith("#"):
        paint = etree.SubElement(fill, f"{A}srgbClr", val=color[1:].upper())
    else:
        paint = etree.SubElement(fill, f"{A}schemeClr", val=color)
    if alpha is not None:
        etree.SubElement(paint, f"{A}alpha", val=str(round(alpha * 100_000)))
    return fill


def set_fill(properties: Element, color: str) -> None:
    """Paint ``a:spPr``, ``a:tcPr``, ``a:ln`` or ``a:rPr``: ``#RRGGBB``, or no fill for an empty colour."""
    new = solid(color) if color.startswith("#") else etree.Element(f"{A}noFill")
    old = next((properties.find(A + kind) for kind in _FILLS if properties.find(A + kind) is not None), None)
    if old is not None:
        properties.replace(old, new)
    else:
        properties.insert(_fill_place(properties), new)


def _fill_place(properties: Element) -> int:
    """Where a fill belongs: after the geometry of a shape, the borders of a cell, the outline of text."""
    before = {
        f"{A}{tag}"
        for tag in ("xfrm", "custGeom", "prstGeom", "lnL", "lnR", "lnT", "lnB", "lnTlToBr", "lnBlToTr", "cell3D")
    }
    if properties.tag in (f"{A}rPr", f"{A}endParaRPr", f"{A}defRPr"):
        before.add(f"{A}ln")
    return max((place + 1 for place, item in enumerate(properties) if item.tag in before), default=0)


def set_outline(properties: Element, color: str) -> None:
    """Colour the outline of a shape; its width and dashes stay."""
    line = properties.find(f"{A}ln")
    if line is None:
        line = etree.Element(f"{A}ln")
        after = properties.find(f"{A}solidFill")
        after = after if after is not None else properties.find(f"{A}noFill")
        place = list(properties).index(after) + 1 if after is not None else _fill_place(properties)
        properties.insert(place, line)
    set_fill(line, color)


def elements(root: Any) -> Iterator[Element]:
    """The element children, without comments and processing instructions."""
    for item in root:
        if isinstance(item.tag, str):
            yield item
