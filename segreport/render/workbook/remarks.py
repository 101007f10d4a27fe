"""Comments on cells, moved with the first row that their row became; those of rows that disappear go with them."""

from __future__ import annotations

import re

from segreport.render.workbook.package import Element, Package, q
from segreport.render.workbook.references import cell_at, letters
from segreport.render.workbook.rows import Filled

EXCEL = "urn:schemas-microsoft-com:office:excel"
_ANCHOR_ROWS = (2, 6)


def move_remarks(package: Package, filled: Filled) -> None:
    """Move the comments of a sheet and the shapes that show them."""
    if not filled.map.shift and all(len(found) == 1 for found in filled.map.instances.values()):
        return
    for relation in package.relations(filled.part):
        if relation.kind == "comments" and package.has(relation.target):
            _move_comments(package.edit(relation.target), filled)
        elif relation.kind == "vmlDrawing" and package.has(relation.target):
            _move_shapes(package.edit(relation.target), filled)


def _move_comments(root: Element, filled: Filled) -> None:
    for comment in list(root.iter(q("comment"))):
        column, row = cell_at(comment.get("ref", "A1"))
        new = filled.map.first_of(row)
        parent = comment.getparent()
        if new is not None:
            comment.set("ref", f"{letters(column)}{new}")
        elif parent is not None:
            parent.remove(comment)


def _move_shapes(root: Element, filled: Filled) -> None:
    for row in list(root.iter(f"{{{EXCEL}}}Row")):
        data = row.getparent()
        shape = data.getparent() if data is not None else None
        old = int(row.text or "0")
        new = filled.map.first_of(old + 1)
        if data is None or shape is None:
            continue
        if new is None:
            home = shape.getparent()
            if home is not None:
                home.remove(shape)
            continue
        row.text = str(new - 1)
        for anchor in data.iter(f"{{{EXCEL}}}Anchor"):
            anchor.text = _moved_anchor(anchor.text or "", new - 1 - old)


def _moved_anchor(text: str, rows: int) -> str:
    """Left column, offset, top row, offset, right column, offset, bottom row, offset."""
    numbers = [int(part) for part in re.findall(r"-?\d+", text)]
    return ", ".join(str(n + rows if at in _ANCHOR_ROWS else n) for at, n in enumerate(numbers))
