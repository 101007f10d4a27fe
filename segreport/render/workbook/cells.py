"""Template cell + names -> output cell: a number with a format, a text that is never a formula, or nothing."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from lxml import etree

from segreport.domain import Fact
from segreport.formatting import Formats
from segreport.render.fill import DIRECTIVE, printable
from segreport.render.workbook.language import Bar, Language
from segreport.render.workbook.package import Element, q
from segreport.render.workbook.plan import Cell
from segreport.render.workbook.references import letters
from segreport.render.workbook.styles import PLAIN, Paint, Styles, run_font

LONGEST_TEXT = 32_767
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_LOOKS_ESCAPED = re.compile(r"(_x[0-9A-Fa-f]{4}_)")
_SPLIT = re.compile(DIRECTIVE.pattern)


@dataclass(frozen=True)
class Content:
    """What a cell holds: a number or text, its paint with the number's format, and the runs of a text with several."""

    value: float | str | None
    paint: Paint = PLAIN
    runs: tuple[tuple[int, Paint, str], ...] = ()
    bar: str | None = None


@dataclass(frozen=True)
class Writer:
    """Fills cells: the language, the workbook's styles, and the formats of the report's locale."""

    language: Language
    styles: Styles
    formats: Formats

    def content(self, cell: Cell, names: Mapping[str, Any]) -> Content:
        """What the cell holds with these names."""
        paint = self._painted(cell, names)
        if cell.lone is not None:
            return self._lone(cell, self.language.value(cell.lone, names, cell.place), paint)
        if not cell.source:
            return Content(None, paint)
        return _mixed(self.language.text(cell.source, names, cell.place), paint, bool(cell.fonts))

    def element(self, cell: Cell, content: Content, column: int, row: int) -> Element:
        """The cell as XML in its place."""
        style = self.styles.paint(cell.style, content.paint)
        element = etree.Element(q("c"), r=f"{letters(column)}{row}")
        if style:
            element.set("s", str(style))
        if content.runs:
            self._write_runs(element, cell, content)
        else:
            write_value(element, content.value)
        return element

    def number_format(self, value: Any) -> str | None:
        """The Excel format of a figure as the report prints it; None for a bare number."""
        if isinstance(value, Fact):
            return self.formats.excel_as(value.text, float(value.value), value.unit)
        return None

    def _painted(self, cell: Cell, names: Mapping[str, Any]) -> Paint:
        found: dict[str, str] = {}
        for expression in cell.paints:
            directive = self.language.value(expression, names, cell.place)
            found[directive.kind] = directive.value
        return _paint(found)

    def _lone(self, cell: Cell, value: Any, paint: Paint) -> Content:
        bar = None
        if isinstance(value, Bar):
            value, bar = value.value, value.color
        figure = value.value if isinstance(value, Fact) else value
        if figure is None or (isinstance(figure, float) and not math.isfinite(figure)):
            return Content(None, paint, bar=bar)
        if isinstance(figure, (int, float)) and not isinstance(figure, bool):
            return Content(float(figure), _with_format(paint, self.number_format(value)), bar=bar)
        return Content(limited(str(printable(value))), paint)

    def _write_runs(self, element: Element, cell: Cell, content: Content) -> None:
        element.set("t", "inlineStr")
        inline = etree.SubElement(element, q("is"))
        for number, paint, text in content.runs:
            run = etree.SubElement(inline, q("r"))
            font = cell.fonts[number] if number < len(cell.fonts) else None
            if font is None:
                font = self.styles.font_of(self.styles.paint(cell.style, content.paint))
            run.append(run_font(font, paint))
            _write_text(run, text)


def write_value(element: Element, value: float | str | None) -> None:
    """Put a number or a text into a cell; a text is typed as one, so that no spreadsheet takes it for a formula."""
    if isinstance(value, str):
        if value:
            element.set("t", "inlineStr")
            _write_text(etree.SubElement(element, q("is")), value)
    elif value is not None:
        etree.SubElement(element, q("v")).text = number_text(value)


def number_text(value: float) -> str:
    """A number as XML holds it: whole numbers without a point."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))


def limited(text: str) -> str:
    """As much of the text as a cell can hold."""
    return cut(text, LONGEST_TEXT)


def cut(text: str, length: int) -> str:
    """The beginning of a text, measured as Excel does: an emoji counts as two."""
    if 2 * len(text) <= length:
        return text
    return text.encode("utf-16-le", "surrogatepass")[: 2 * length].decode("utf-16-le", "ignore")


def moved_cell(cell: Cell, column: int, row: int) -> Element:
    """A cell without tokens in another place."""
    element = deepcopy(cell.element)
    element.set("r", f"{letters(column)}{row}")
    return element


def escaped(text: str) -> str:
    """The text with what Excel would read as an escape, such as ``_x0041_``, made literal."""
    return _LOOKS_ESCAPED.sub(r"_x005F\1", text)


def _write_text(parent: Element, text: str) -> None:
    element = etree.SubElement(parent, q("t"))
    element.text = escaped(text)
    if text != text.strip() or "\n" in text or "  " in text:
        element.set(SPACE, "preserve")


def _with_format(paint: Paint, code: str | None) -> Paint:
    return Paint(paint.fill, paint.ink, paint.bold, paint.line, code)


def _paint(found: Mapping[str, str]) -> Paint:
    bold = found.get("bold")
    return Paint(found.get("fill"), found.get("ink"), None if bold is None else bold == "True", found.get("line"))


def _mixed(text: str, paint: Paint, has_runs: bool) -> Content:
    """A filled text: paint before its first letter is the cell's, later paint and fonts make runs."""
    cell_paint = {"fill": paint.fill, "line": paint.line}
    pieces: list[tuple[int, Paint, str]] = []
    run, current = 0, dict[str, str]()
    at = 0
    for match in [*_SPLIT.finditer(text), None]:
        piece = text[at : match.start() if match else len(text)]
        if piece:
            pieces.append((run, _paint(current), piece))
        if match is None:
            break
        kind, value = match.groups()
        at = match.end()
        if kind == "run":
            run, current = int(value), {}
        elif kind in ("fill", "line"):
            cell_paint[kind] = value
        else:
            current[kind] = value
    whole = Paint(cell_paint["fill"], paint.ink, paint.bold, cell_paint["line"])
    if not pieces:
        return Content(None, whole)
    plain = limited("".join(piece for _, _, piece in pieces))
    if not has_runs and len({(number, own) for number, own, _ in pieces}) == 1:
        own = pieces[0][1]
        whole = Paint(whole.fill, own.ink or whole.ink, whole.bold if own.bold is None else own.bold, whole.line)
        return Content(plain, whole)
    return Content(plain, whole, tuple(pieces) if len(plain) < LONGEST_TEXT else ())
