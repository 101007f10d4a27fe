"""A template sheet as read: its cells with their tokens, its blocks of rows, its tables and links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from segreport.errors import TemplateError
from segreport.render.fill import CLOSE, DIRECTIVE, OPEN, TOKEN, has_tokens, lone_expression
from segreport.render.workbook.loops import Block, Line, Node, Tag, read_blocks, split_tags
from segreport.render.workbook.package import Element, Package, q
from segreport.render.workbook.references import Area, cell_at, offset_formula

_PAINT = re.compile(r"\s*\{\{\s*((?:fill|ink|bold|line)\((?:(?!\}\}).)*\))\s*\}\}", re.DOTALL)
_SHEET_TAG = re.compile(r"\{%-?\s*(keep if|tab)\s+(.*?)-?%\}", re.DOTALL)
_ACROSS = re.compile(r"\{%-?\s*across\s+(.*?)-?%\}", re.DOTALL)
_END_ACROSS = re.compile(r"\{%-?\s*endacross\s*-?%\}")
_TABLE = re.compile(r"table\.[^\W\d]\w*")
MOST_ROWS = 200_000


@dataclass(frozen=True)
class Cell:
    """A template cell: its style, its text with tokens (runs marked by directives), its formula, and its place.

    It is live where tokens stood in it, even if only tags that have been taken out.
    """

    column: int
    row: int
    style: int
    element: Element
    place: str
    source: str = ""
    fonts: tuple[Element | None, ...] = ()
    paints: tuple[str, ...] = ()
    lone: str | None = None
    formula: str | None = None
    is_live: bool = False

    @property
    def is_table(self) -> bool:
        """Whether the cell is the corner of a whole table."""
        return self.lone is not None and _TABLE.fullmatch(self.lone) is not None


@dataclass(frozen=True)
class Across:
    """Cells of one row that repeat to the right: their columns, both included, and the loop."""

    first: int
    last: int
    loop: str
    place: str


@dataclass
class Row:
    """A template row: its attributes and cells by column."""

    element: Element | None
    cells: dict[int, Cell] = field(default_factory=dict)
    across: list[Across] = field(default_factory=list)


@dataclass
class SheetPlan:
    """A template sheet: everything that filling it needs to know."""

    part: str
    name: str
    root: Element
    rows: dict[int, Row]
    nodes: list[Node]
    last: int
    merges: list[Area]
    keep: tuple[Tag, ...]
    tab: str | None
    tables: tuple[Cell, ...]
    linked: frozenset[tuple[int, int]]

    @property
    def repeats(self) -> bool:
        """Whether the sheet is made once for every segment: its name says ``segment``."""
        return any(re.search(r"\bsegment\b", token) for token in TOKEN.findall(self.name))

    def live_cells(self) -> Iterator[Cell]:
        """The cells that hold tokens, row by row."""
        for _, row in sorted(self.rows.items()):
            for _, cell in sorted(row.cells.items()):
                if cell.is_live:
                    yield cell


class Strings:
    """The workbook's shared strings, as runs of text with their fonts."""

    def __init__(self, package: Package, part: str | None) -> None:
        self._package, self._part = package, part
        self._items: list[Element] = list(package.read(part).findall(q("si"))) if part else []

    def runs(self, index: int) -> list[tuple[Element | None, str]]:
        """The runs of one string."""
        return text_runs(self._items[index])

    def forget_tokens(self) -> None:
        """Empty the strings that hold tokens: their cells now hold what the tokens stood for."""
        if self._part is None or not any(has_tokens(_plain(item)) or "{%" in _plain(item) for item in self._items):
            return
        self._package.edit(self._part)
        for item in self._items:
            if has_tokens(_plain(item)):
                for child in list(item):
                    item.remove(child)
                item.append(item.makeelement(q("t")))


def text_runs(item: Element) -> list[tuple[Element | None, str]]:
    """The runs of a shared or inline string: font properties (or None) and text."""
    runs = [(run.find(q("rPr")), run.findtext(q("t")) or "") for run in item.findall(q("r"))]
    return runs or [(None, item.findtext(q("t")) or "")]


def read_sheet(package: Package, part: str, name: str, strings: Strings) -> SheetPlan:
    """The sheet's plan; raises TemplateError for block tags that do not match."""
    root = package.read(part)
    where = f"{package.name}, sheet '{name}'"
    reader = _CellReader(where, strings)
    rows = dict(_read_rows(root, reader))
    merges = [Area.parse(element.get("ref", "A1")) for element in root.iterfind(f"{q('mergeCells')}/{q('mergeCell')}")]
    for row in rows.values():
        row.across = _read_across(row, merges)
    last = max(rows, default=0)
    tables = tuple(cell for _, row in sorted(rows.items()) for cell in row.cells.values() if cell.is_table)
    last = max([last, *(cell.row + 1 for cell in tables)])
    if last > MOST_ROWS:
        raise TemplateError(f"{where}: the template has {last:,} rows", "delete the empty rows beneath its content")
    nodes = read_blocks(reader.tags, last, where)
    _mark_tables(nodes, {cell.row + 1: cell for cell in tables})
    keep = tuple(Tag("keep", condition, place) for kind, condition, place in reader.sheet_tags if kind == "keep if")
    tab = next((value for kind, value, _ in reader.sheet_tags if kind == "tab"), None)
    links = root.iterfind(f"{q('hyperlinks')}/{q('hyperlink')}")
    linked = frozenset(cell_at(link.get("ref", "A1").partition(":")[0]) for link in links)
    return SheetPlan(part, name, root, rows, nodes, last, merges, keep, tab, tables, linked)


class _CellReader:
    """Reads cells one after the other, collecting the tags that stand in them."""

    def __init__(self, where: str, strings: Strings) -> None:
        self.tags: dict[int, list[Tag]] = {}
        self.sheet_tags: list[tuple[str, str, str]] = []
        self._where, self._strings = where, strings
        self._masters: dict[str, tuple[int, int, str]] = {}

    def read(self, element: Element) -> Cell:
        """The cell of a ``c`` element; its row's and its sheet's tags are put aside."""
        column, row = cell_at(element.get("r", "A1"))
        style = int(element.get("s", "0"))
        place = f"{self._where}, cell {element.get('r')}"
        formula = self._formula(element, column, row)
        if formula is not None:
            return Cell(column, row, style, element, place, formula=formula)
        runs = self._runs(element)
        text = _marked([text for _, text in runs])
        if not has_tokens(text):
            return Cell(column, row, style, element, place)
        text = _SHEET_TAG.sub(lambda match: self._take_sheet_tag(match, place), text)
        text, tags = split_tags(text, place)
        self.tags.setdefault(row, []).extend(tags)
        fonts = tuple(font for font, _ in runs) if len(runs) > 1 else ()
        return _with_source(Cell(column, row, style, element, place, text, fonts, is_live=True))

    def _take_sheet_tag(self, match: re.Match[str], place: str) -> str:
        self.sheet_tags.append((match.group(1), match.group(2).strip(), place))
        return ""

    def _formula(self, element: Element, column: int, row: int) -> str | None:
        formula = element.find(q("f"))
        if formula is None:
            return None
        shared = formula.get("si") if formula.get("t") == "shared" else None
        if shared is None:
            return formula.text or ""
        if formula.text:
            self._masters[shared] = (column, row, formula.text)
            return formula.text
        first_column, first_row, text = self._masters.get(shared, (column, row, ""))
        return offset_formula(text, row - first_row, column - first_column)

    def _runs(self, element: Element) -> list[tuple[Element | None, str]]:
        kind = element.get("t")
        if kind == "s":
            return self._strings.runs(int(element.findtext(q("v")) or "0"))
        inline = element.find(q("is"))
        if kind == "inlineStr" and inline is not None:
            return text_runs(inline)
        return [(None, "")]


def _read_rows(root: Element, reader: _CellReader) -> Iterator[tuple[int, Row]]:
    number = 0
    for element in root.iterfind(f"{q('sheetData')}/{q('row')}"):
        number = int(element.get("r", str(number + 1)))
        row = Row(element)
        for child in element.iterfind(q("c")):
            cell = reader.read(child)
            row.cells[cell.column] = cell
        yield number, row


def _with_source(cell: Cell) -> Cell:
    """The cell with its leading paint set apart and its lone expression found."""
    text, paints = cell.source, []
    bare = _strip_runs(text)
    while match := _PAINT.match(bare):
        paints.append(match.group(1))
        bare = bare[match.end() :]
    if paints and not _PAINT.search(bare):
        text = bare if not cell.fonts else _without_leading_paint(text)
    else:
        paints = []
    lone = lone_expression(bare) if paints or not _PAINT.search(bare) else None
    fonts = () if lone else cell.fonts
    source = bare if lone else text
    return replace(cell, source=source, fonts=fonts, paints=tuple(paints), lone=lone)


def _strip_runs(text: str) -> str:
    return DIRECTIVE.sub("", text)


def _without_leading_paint(text: str) -> str:
    return _PAINT.sub("", text)


def _marked(texts: list[str]) -> str:
    """The runs as one text; each but the first begins with a mark, moved behind a token that it would cut."""
    if len(texts) == 1:
        return texts[0]
    joined = "".join(texts)
    cuts, at = [], 0
    for text in texts[:-1]:
        at += len(text)
        cuts.append(at)
    spans = [match.span() for match in TOKEN.finditer(joined)]
    moved = [next((end for start, end in spans if start < cut < end), cut) for cut in cuts]
    for number, cut in reversed(list(enumerate(moved, 1))):
        joined = joined[:cut] + f"{OPEN}run:{number}{CLOSE}" + joined[cut:]
    return joined


def _read_across(row: Row, merges: list[Area]) -> list[Across]:
    found: list[Across] = []
    start: tuple[int, str, str] | None = None
    for column, cell in sorted(row.cells.items()):
        source = cell.source
        match = _ACROSS.search(source)
        if match:
            start = (column, match.group(1).strip(), cell.place)
        end = _END_ACROSS.search(source)
        if end and start is None:
            raise TemplateError(f"{cell.place}: {{% endacross %}} has no {{% across %}}", "add it to the left")
        if match or end:
            plain = _END_ACROSS.sub("", _ACROSS.sub("", source))
            row.cells[column] = _with_source(
                Cell(column, cell.row, cell.style, cell.element, cell.place, plain, cell.fonts, is_live=True)
            )
        if end and start:
            right = max([column, *(m.right for m in merges if m.holds(column, cell.row))])
            found.append(Across(start[0], right, start[1], start[2]))
            start = None
    if start:
        raise TemplateError(f"{start[2]}: {{% across %}} has no {{% endacross %}}", "close it in the same row")
    return found


def _mark_tables(nodes: list[Node], corners: dict[int, Cell]) -> None:
    """Make a block of the row beneath each table's corner: it repeats for the table's rows."""
    for at, node in enumerate(nodes):
        if isinstance(node, Line):
            if node.row in corners:
                cell = corners[node.row]
                tag = Tag("rows", cell.lone or "", cell.place)
                nodes[at] = Block(-node.row, tag, [(tag, [node])])
        else:
            for _, arm in node.arms:
                _mark_tables(arm, corners)


def _plain(item: Element) -> str:
    return "".join(text for _, text in text_runs(item))
