"""Keep a filled table off what stands beneath it: text that makes rows grow gets smaller, never below 10 points."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from segreport.render.deck.fit import SCALES, measure_cell, resize_cell
from segreport.render.deck.xml import EMU, A, Element, child

_FOOT = 0.935
"""Where nothing stands beneath a table, it ends at this share of the slide's height."""


@dataclass(frozen=True)
class _Cell:
    """A cell's text body, the width it has, and its margins above and below, in points."""

    body: Element
    width: float
    around: float

    def height(self, scale: float) -> float:
        """What the row has to be at least."""
        return measure_cell(self.body, self.width, scale) + self.around


def shrink_table(frame: Any, slide: Any) -> None:
    """Reduce the text of cells that make the table too high; ``frame`` and ``slide`` are objects of python-pptx."""
    table: Element = frame._element.graphic.graphicData.tbl
    room = _room_below(frame, slide)
    rows = [(int(row.get("h", "0")) / 12_700, list(_cells(table, row))) for row in table.findall(f"{A}tr")]
    if not any(cell.height(1.0) > height for height, cells in rows for cell in cells):
        return
    fitting = (scale for scale in SCALES if sum(_row_height(*row, scale) for row in rows) <= room)
    scale = next(fitting, SCALES[-1])
    for height, cells in rows if scale < 1.0 else ():
        for cell in cells:
            if cell.height(1.0) > height:
                resize_cell(cell.body, scale)


def _row_height(height: float, cells: list[_Cell], scale: float) -> float:
    return max([height, *(cell.height(scale if cell.height(1.0) > height else 1.0) for cell in cells)])


def _room_below(frame: Any, slide: Any) -> float:
    """Points from the table's top to the first shape beneath it."""
    bottom, right = frame.top + frame.height, frame.left + frame.width
    below = [
        shape.top
        for shape in slide.shapes
        if shape.top is not None
        and shape.top >= bottom
        and shape.left < right
        and shape.left + shape.width > frame.left
    ]
    end = min([*below, round(slide.part.package.presentation_part.presentation.slide_height * _FOOT)])
    return float(end - frame.top) / EMU * 72


def _cells(table: Element, row: Element) -> Iterator[_Cell]:
    widths = [int(column.get("w", "0")) for column in child(table, f"{A}tblGrid")]
    for column, cell in enumerate(row.findall(f"{A}tc")):
        body = cell.find(f"{A}txBody")
        if body is None or cell.get("hMerge") or cell.get("vMerge"):
            continue
        properties = cell.find(f"{A}tcPr")
        margins = [_margin(properties, name) for name in ("marL", "marR", "marT", "marB")]
        width = sum(widths[column : column + int(cell.get("gridSpan", "1"))]) - margins[0] - margins[1]
        yield _Cell(body, width / 12_700, (margins[2] + margins[3]) / 12_700)


def _margin(properties: Element | None, name: str) -> int:
    usual = 91_440 if name in ("marL", "marR") else 45_720
    return int(properties.get(name, usual)) if properties is not None else usual
