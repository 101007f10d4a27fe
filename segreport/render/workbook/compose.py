"""Job -> workbook: the template's sheets in order, filled, and the package around them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import IO, Any

from lxml import etree

from segreport.domain import Report
from segreport.formatting import Formats
from segreport.render.context import build_context
from segreport.render.fill import has_tokens
from segreport.render.job import Job
from segreport.render.repack import anonymous
from segreport.render.views import View
from segreport.render.workbook.cells import Writer
from segreport.render.workbook.chartdata import ChartData, Look
from segreport.render.workbook.drawings import Drawer
from segreport.render.workbook.language import make_language
from segreport.render.workbook.names import Entry, clean_title, read_entries, write_workbook
from segreport.render.workbook.package import MAIN, TYPES_PART, Element, Package, open_package, q, workbook_part
from segreport.render.workbook.plan import Cell, SheetPlan, Strings, read_sheet
from segreport.render.workbook.references import MAX_ROWS
from segreport.render.workbook.rows import Filled, PlacedTable
from segreport.render.workbook.sheets import (
    Book,
    add_sheet,
    copy_sheet,
    draw_sheet,
    fill_sheet,
    settle_formulas,
    stream_into,
)
from segreport.render.workbook.styles import Paint, Styles
from segreport.render.workbook.tables import Streamed

WORKSHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
DATA_SHEET = "Chart data"
DATA_EXPRESSION = "chart_data"
_DATE, _TIME, _DISTANCE = "yyyy\\-mm\\-dd", "yyyy\\-mm\\-dd\\ hh:mm", "0.00"


def render(job: Job) -> None:
    """Fill the job's template and write its workbook; raises TemplateError for what the template asks in vain."""
    package = open_package(job.template)
    workbook = workbook_part(package)
    book = _open_book(job, package, workbook)
    entries = read_entries(package, workbook)
    kept = _lay_out(book, entries)
    roots = {filled.part: fill_sheet(book, filled) for filled in book.filled if _is_live(filled.plan)}
    _draw(book, kept, job.report, workbook)
    settle_formulas(book)
    _stream_customers(book, roots)
    write_workbook(book, workbook, entries, kept)
    _tidy(book, workbook, job.report)
    with job.out.open("wb") as out:
        package.write(out)


def read_plans(package: Package, workbook: str) -> tuple[list[SheetPlan], Strings]:
    """The plans of all worksheets, and the strings that they share."""
    related = {relation.kind: relation.target for relation in package.relations(workbook)}
    shared = related.get("sharedStrings")
    strings = Strings(package, shared if shared and package.has(shared) else None)
    entries = [entry for entry in read_entries(package, workbook) if is_worksheet(package, entry)]
    return [read_sheet(package, entry.part, entry.title, strings) for entry in entries], strings


def is_worksheet(package: Package, entry: Entry) -> bool:
    """Whether the entry is a sheet of cells."""
    return package.has(entry.part) and package.content_type(entry.part) == WORKSHEET_TYPE


def is_data_corner(cell: Cell) -> bool:
    """Whether the cell is where the figures behind the charts go."""
    return cell.lone == DATA_EXPRESSION


def _open_book(job: Job, package: Package, workbook: str) -> Book:
    formats = Formats(job.report.report.locale, job.report.report.currency)
    plans, strings = read_plans(package, workbook)
    styles = next(r.target for r in package.relations(workbook) if r.kind == "styles")
    language = make_language(formats)
    names = dict(build_context(job.report, job.brand))
    tables = {**names["table"]._names, "customers": _customers(job)}
    names |= {"table": View(**tables), DATA_EXPRESSION: ""}
    strings.forget_tokens()
    return Book(package, plans, names, language, Writer(language, Styles(package, styles), formats), formats, job.brand)


def _customers(job: Job) -> Streamed | None:
    if job.customers is None:
        return None
    from segreport.render.workbook.stream import open_customers

    ids = frozenset(column for column, role in job.report.roles.items() if role.role == "id")
    return open_customers(job.customers, ids)


def _lay_out(book: Book, entries: list[Entry]) -> dict[str, list[Entry]]:
    """Add every output sheet to the book; returns what each template part became."""
    plans = {plan.part: plan for plan in book.plans}
    kept: dict[str, list[Entry]] = {}
    taken: list[str] = [e.title for e in entries if not has_tokens(e.title)]
    for entry in entries:
        plan = plans.get(entry.part)
        if plan is None:
            kept[entry.part] = [entry]
            continue
        kept[entry.part] = []
        for turn, (names, title) in enumerate(_turns(book, plan)):
            raw = book.language.text(title, names, f"{book.package.name}, sheet '{entry.title}', its name")
            final = raw if raw == entry.title and not turn else clean_title(raw, taken)
            taken.append(final)
            book.titles.setdefault(raw, final)
            part = copy_sheet(book.package, plan.part) if turn else plan.part
            add_sheet(book, plan, part, final, names)
            kept[entry.part].append(replace(entry, title=final, part=part))
    return kept


def _turns(book: Book, plan: SheetPlan) -> Iterator[tuple[Mapping[str, Any], str]]:
    """The names of every sheet that a template sheet becomes, with the wanted title."""
    turns = [{**book.names, "segment": s} for s in book.names["segments"]] if plan.repeats else [book.names]
    for names in turns:
        if all(book.language.holds(tag.rest, names, tag.place) for tag in plan.keep):
            for own in _slices(names, plan):
                yield own, plan.name


def _slices(names: Mapping[str, Any], plan: SheetPlan) -> Iterator[Mapping[str, Any]]:
    """One sheet, or several where the customers are too many for one, or none where there are none to show."""
    if not any(cell.lone == "table.customers" for cell in plan.tables):
        yield names
        return
    customers = names["table"].customers
    if customers is None:
        return
    room = MAX_ROWS - plan.last
    for offset in range(0, max(1, customers.count), room):
        piece = replace(customers, offset=offset, count=min(room, customers.count - offset))
        yield {**names, "table": View(**{**names["table"]._names, "customers": piece})}


def _is_live(plan: SheetPlan) -> bool:
    """Whether anything in the sheet may change; other sheets stay byte for byte."""
    has_formulas = any(cell.formula is not None for row in plan.rows.values() for cell in row.cells.values())
    has_cells = bool(plan.tables) or any(True for _ in plan.live_cells())
    texts = [element.text or "" for element in plan.root.iterfind(f"{q('headerFooter')}/*")]
    links = [element.get("location", "") for element in plan.root.iterfind(f"{q('hyperlinks')}/{q('hyperlink')}")]
    return has_formulas or has_cells or plan.repeats or any(has_tokens(t) for t in texts) or any(links)


def _draw(book: Book, kept: dict[str, list[Entry]], report: Report, workbook: str) -> None:
    """Fill all drawings, and write the figures behind their charts."""
    data, home = _chart_data(book, workbook, kept)
    segments = tuple(segment.id for segment in report.segments)
    drawer = Drawer(book.package, book.language, book.brand, book.formats, segments, data)
    for filled in book.filled:
        draw_sheet(book, filled, drawer)
    if data.rows:
        _write_data(book, data, home, workbook, kept)
    elif home is not None:
        kept[home.plan.part] = []
        book.filled.remove(home)


def _chart_data(book: Book, workbook: str, kept: dict[str, list[Entry]]) -> tuple[ChartData, Filled | None]:
    """Where the figures go: beneath the template's ``{{ chart_data }}``, else onto a new sheet."""
    styles = book.writer.styles
    for filled in book.filled:
        for cell in filled.plan.live_cells():
            row = filled.map.first_of(cell.row)
            if is_data_corner(cell) and row is not None:
                return ChartData(filled.name, cell.column, row, _look(filled.plan, cell), styles), filled
    taken = [entry.title for own in kept.values() for entry in own]
    return ChartData(clean_title(DATA_SHEET, taken), 2, 2, Look(), styles), None


def _look(plan: SheetPlan, corner: Cell) -> Look:
    """The styles of the corner (titles) and of the cells beneath it: heads, then rows; words left, figures right."""

    def style(column: int, row: int) -> int:
        cells = plan.rows[row].cells if row in plan.rows else {}
        return cells[column].style if column in cells else 0

    column, row = corner.column, corner.row
    heads, rows = ((style(column, line), style(column + 1, line)) for line in (row + 1, row + 2))
    return Look(corner.style, *heads, *rows)


def _write_data(book: Book, data: ChartData, home: Filled | None, workbook: str, kept: dict[str, list[Entry]]) -> None:
    if home is None:
        part = book.package.free_name("xl/worksheets/sheet.xml")
        root = etree.fromstring(f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>')
        root[0].extend(data.elements())
        book.package.add(part, root, WORKSHEET_TYPE)
        kept.setdefault(next(reversed(kept)), []).append(Entry(data.sheet, part, "visible"))
        return
    sheet = book.package.edit(home.part).find(q("sheetData"))
    if sheet is not None:
        rows = list(data.elements())
        first = int(rows[0].get("r", "1"))
        for old in [row for row in sheet if int(row.get("r", "0")) >= first]:
            sheet.remove(old)
        sheet.extend(rows)


def _stream_customers(book: Book, roots: Mapping[str, Element]) -> None:
    for filled in book.filled:
        for placed in filled.tables:
            if isinstance(placed.table, Streamed):
                _stream(book, filled, placed, placed.table, roots[filled.part])


def _stream(book: Book, filled: Filled, placed: PlacedTable, table: Streamed, root: Element) -> None:
    from segreport.render.workbook.stream import ColumnLook, measured_widths, stream_rows

    row = filled.plan.rows.get(placed.corner.row + 1)
    first = row.cells.get(placed.corner.column) if row else None
    second = row.cells.get(placed.corner.column + 1) if row else None
    text, figure = (cell.style if cell else 0 for cell in (first, second or first))
    looks = []
    for kind, head in zip(table.kinds, table.columns, strict=True):
        code = {"date": _DATE, "time": _TIME}.get(kind) or (_DISTANCE if head.casefold() == "distance" else None)
        style = text if kind == "text" else book.writer.styles.paint(figure, Paint(format=code))
        looks.append(ColumnLook(kind, style))
    _set_widths(root, placed.corner.column, measured_widths(table, list(table.columns)))
    height = ""
    if row is not None and row.element is not None and row.element.get("ht"):
        height = f' ht="{row.element.get("ht")}" customHeight="1"'

    def write(own: PlacedTable, out: IO[bytes]) -> None:
        stream_rows(table, looks, own.corner.column, own.head + 1, out, height)

    stream_into(book, filled, root, write)


def _set_widths(root: Element, first: int, widths: list[float]) -> None:
    """Widths for columns to which the template gives none."""
    columns = root.find(q("cols"))
    if columns is None:
        columns = etree.Element(q("cols"))
        data = root.find(q("sheetData"))
        root.insert(root.index(data) if data is not None else len(root), columns)
    given = [(int(c.get("min", "1")), int(c.get("max", "1"))) for c in columns]
    for column, width in enumerate(widths, first):
        if not any(low <= column <= high for low, high in given):
            etree.SubElement(columns, q("col"), min=str(column), max=str(column), width=f"{width:g}", customWidth="1")
    columns[:] = sorted(columns, key=lambda c: int(c.get("min", "1")))


def _tidy(book: Book, workbook: str, report: Report) -> None:
    """Drop what would be wrong now, name the document, forget its author and its dates."""
    package = book.package
    for relation in package.relations(workbook):
        if relation.kind == "calcChain":
            package.unrelate(workbook, relation.id)
    _drop_unreachable(package)
    for part in [name for name in package.parts if name.startswith("docProps/") and name.endswith(".xml")]:
        root = package.edit(part)
        for element in [e for e in root if etree.QName(e).localname in ("TitlesOfParts", "HeadingPairs")]:
            root.remove(element)
        for element in root:
            if etree.QName(element).localname == "title":
                element.text = report.report.title
        package.set_bytes(part, anonymous(package.content(part)))


def _drop_unreachable(package: Package) -> None:
    reached: set[str] = set()
    waiting = [""]
    while waiting:
        part = waiting.pop()
        for relation in package.relations(part):
            if not relation.external and relation.target not in reached:
                reached.add(relation.target)
                waiting.append(relation.target)
    for part in list(package.parts):
        if part != TYPES_PART and not part.endswith(".rels") and part not in reached:
            package.remove(part)
