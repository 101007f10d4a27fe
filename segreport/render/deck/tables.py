"""Fill a table: rows and columns that repeat or fall away, cells that are painted."""

from __future__ import annotations

from dataclasses import dataclass, field

from segreport.render.deck.filling import Filling
from segreport.render.deck.tags import (
    NEW_LINE,
    Paragraph,
    leading_opens,
    mark,
    outer_block,
    trailing_closes,
    unwrapped,
)
from segreport.render.deck.text import Paint, body_text, pieces, read_paragraphs, rebuild, replace_paragraphs, source_of
from segreport.render.deck.xml import A, Element, child, copy_of, remove, set_fill
from segreport.render.fill import CLOSE, OPEN, has_tokens

_BORDERS = ("lnL", "lnR", "lnT", "lnB")


@dataclass
class _Cell:
    """A rendered cell: its template column and its text with marks."""

    column: int
    text: str


@dataclass
class _Row:
    """A rendered row: its template row and its cells."""

    index: int
    cells: list[_Cell] = field(default_factory=list)


def table_has_tokens(table: Element) -> bool:
    """Whether there is anything to fill."""
    return any("{" in (t.text or "") for t in table.iter(f"{A}t"))


def fill_table(table: Element, filling: Filling) -> bool:
    """Fill ``a:tbl`` in place; False where no row is left."""
    source, places = table_source(table)
    rows = _read(filling.text(source, lambda line: places[min(line, len(places)) - 1]))
    templates = table.findall(f"{A}tr")
    counts = _count_columns(table, rows)
    made = [_make_row(templates[row.index], row, counts) for row in rows]
    at = list(table).index(templates[0])
    for row in templates:
        remove(row)
    table[at:at] = made
    _share_widths(table, counts)
    return bool(made)


def table_source(table: Element) -> tuple[str, list[str]]:
    """The whole table as one template text, and the place of each of its lines."""
    source, places = "", []
    for number, row in enumerate(table.findall(f"{A}tr")):
        text, names = _row_source(number, row)
        source += text
        places += names
    return source, places


def size_of(table: Element) -> tuple[int, int]:
    """Width and height in EMU that the columns and rows add up to."""
    width = sum(int(column.get("w", "0")) for column in table.iter(f"{A}gridCol"))
    return width, sum(int(row.get("h", "0")) for row in table.findall(f"{A}tr"))


def _row_source(number: int, row: Element) -> tuple[str, list[str]]:
    bodies = [cell.find(f"{A}txBody") for cell in row.findall(f"{A}tc")]
    cells = [read_paragraphs(body) if body is not None else [] for body in bodies]
    single = _wrap(cells[0]) if len(cells) == 1 else None
    opens = [single[0]] if single else leading_opens(cells[0])
    closes = [single[1]] if single else trailing_closes(cells[-1])
    places = [f"row {number + 1}, column {column + 1}" for column in range(len(cells))]
    if (opens or closes) and not any(p.text.strip() for cell in cells for p in cell):
        return "".join(opens + [NEW_LINE] * len(cells) + closes), places
    inner = "".join(_cell_source(column, cell) + NEW_LINE for column, cell in enumerate(cells))
    return f"{''.join(opens)}{mark('row', number)}{inner}{''.join(closes)}", places


def _wrap(cell: list[Paragraph]) -> tuple[str, str] | None:
    """The block around a whole cell, taken out of it."""
    wrapped = outer_block("\n".join(p.text for p in cell))
    if wrapped:
        cell[:] = unwrapped(cell, wrapped)
    return wrapped


def _cell_source(column: int, cell: list[Paragraph]) -> str:
    wrapped = _wrap(cell)
    inner = mark("cell", column) + source_of(cell)
    return f"{wrapped[0]}{inner}{wrapped[1]}" if wrapped else inner


def _read(rendered: str) -> list[_Row]:
    rows: list[_Row] = []
    for kind, value, text in pieces(rendered):
        if kind == "row":
            rows.append(_Row(int(value)))
        elif kind == "cell":
            rows[-1].cells.append(_Cell(int(value), ""))
        else:
            rows[-1].cells[-1].text += f"{OPEN}{kind}:{value}{CLOSE}{text}"
    return rows


def _count_columns(table: Element, rows: list[_Row]) -> list[int]:
    """How often each template column is there: the most that any row asks for."""
    total = len(child(table, f"{A}tblGrid"))
    return [
        max((sum(cell.column == column for cell in row.cells) for row in rows), default=1) for column in range(total)
    ]


def _make_row(template: Element, row: _Row, counts: list[int]) -> Element:
    made = copy_of(template)
    cells = made.findall(f"{A}tc")
    for extension in made.findall(f"{A}extLst"):
        made.remove(extension)
    for column, cell in enumerate(cells):
        at = list(made).index(cell)
        made.remove(cell)
        texts = [item.text for item in row.cells if item.column == column]
        made[at:at] = _make_cells(cell, texts, counts[column])
        _span(cell, column, counts, made, at)
    return made


def _make_cells(template: Element, texts: list[str], count: int) -> list[Element]:
    """``count`` copies of the cell with their texts, the missing ones empty."""
    made = []
    for number in range(count):
        cell = copy_of(template)
        _share_margins(cell, count)
        _write_cell(cell, texts[number] if number < len(texts) else "")
        made.append(cell)
    return made


def _share_margins(cell: Element, count: int) -> None:
    """The margins left and right shrink as the column does."""
    properties = cell.find(f"{A}tcPr")
    for side in ("marL", "marR") if properties is not None and count > 1 else ():
        if properties.get(side):  # type: ignore[union-attr]
            properties.set(side, str(int(properties.get(side, "0")) // count))  # type: ignore[union-attr]


def _write_cell(cell: Element, text: str) -> None:
    body = cell.find(f"{A}txBody")
    if body is None or not (text or has_tokens(body_text(body))):
        return
    made = rebuild(body, text)
    replace_paragraphs(body, made.paragraphs)
    _paint_cell(cell, made.paint)


def _paint_cell(cell: Element, paint: Paint) -> None:
    properties = cell.find(f"{A}tcPr")
    if properties is None:
        properties = cell.makeelement(f"{A}tcPr", {}, None)
        cell.append(properties)
    if paint.fill is not None:
        set_fill(properties, paint.fill)
    for border in _BORDERS if paint.line is not None else ():
        rule = properties.find(A + border)
        if rule is not None and rule.find(f"{A}noFill") is None:
            set_fill(rule, paint.line or "")


def _span(template: Element, column: int, counts: list[int], row: Element, at: int) -> None:
    """A merged cell spans what its columns have become."""
    span = int(template.get("gridSpan", "1"))
    if span == 1 or not counts[column]:
        return
    first = row[at]
    for extra in list(row)[at + 1 : at + counts[column]]:
        del extra.attrib["gridSpan"]
        extra.set("hMerge", "1")
    first.set("gridSpan", str(sum(counts[column : column + span])))


def _share_widths(table: Element, counts: list[int]) -> None:
    """A column that repeats shares its width among its copies."""
    grid = child(table, f"{A}tblGrid")
    for column, count in zip(list(grid), counts, strict=True):
        at = list(grid).index(column)
        grid.remove(column)
        for extension in list(column):
            column.remove(extension)
        width = int(column.get("w", "0"))
        for number in range(count):
            part = copy_of(column)
            part.set("w", str(width * (number + 1) // count - width * number // count))
            grid.insert(at + number, part)
