"""The sheet that holds the table: every visible one is looked at, and the fullest wins, the first of equals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import python_calamine as calamine

from segreport.domain import Finding
from segreport.errors import InputError
from segreport.sources.parsing import Request, Rows, Told
from segreport.sources.workbook.grid import Grid
from segreport.sources.workbook.parts import Scan, is_open_document, scan_sheet
from segreport.sources.workbook.table import Table, find_table

_NEAR = 0.8
"""Of the fullest sheet's rows, what makes another one its equal."""
_WORTH_NAMING = 0.2
_NAMED = 5


def parse(request: Request, rows: Rows) -> Told:
    """Write the rows of the workbook's table to ``rows``; raises InputError where there is none."""
    book = _Book(request)
    table, others = (_asked(book, book.asked), []) if book.asked else _fullest(book)
    scan = scan_sheet(request.path, table.sheet, table)
    if scan.unsaved:
        raise _without_values(book, table.sheet, scan)
    for batch in table.batches():
        rows.write(batch)
    dialect = {"format": book.format, "sheet": table.sheet}
    if table.layout.notes:
        dialect["header"] = "; ".join(table.layout.notes)
    findings = (*_other_sheets(others), *table.findings, *_errors(scan))
    return Told(table.rows, len(table.layout.names), dialect, table.rejects, findings=findings)


class _Book:
    """The workbook as calamine gives it."""

    def __init__(self, request: Request) -> None:
        self.path, self.name = request.path, request.name
        self.asked: str | None = request.options["sheet"]
        self._skip_rows: int | None = request.options["skip_rows"]
        with _refusing(self.name):
            self._book = calamine.CalamineWorkbook.from_path(request.path)
            sheets = [one for one in self._book.sheets_metadata if one.typ == calamine.SheetTypeEnum.WorkSheet]
        self.sheets = [one.name for one in sheets]
        self.visible = [one.name for one in sheets if one.visible == calamine.SheetVisibleEnum.Visible]
        self.format = "OpenDocument sheet" if is_open_document(request.path) else "Excel workbook"

    def grid(self, sheet: str) -> Grid:
        """The cells of a sheet."""
        with _refusing(self.name):
            return Grid(self._book.get_sheet_by_name(sheet))

    def table(self, sheet: str, grid: Grid) -> Table:
        """The table on a sheet; raises InputError that names the sheet and the rows."""
        try:
            return find_table(sheet, grid, self._skip_rows)
        except InputError as error:
            raise InputError(f"{self.name}, sheet {sheet!r}: {error.message}", error.hint) from error


@contextmanager
def _refusing(name: str) -> Iterator[None]:
    """The parser's own errors, which are of many kinds, as a refusal."""
    try:
        yield
    except calamine.PasswordError as error:
        raise InputError(f"{name} is a workbook with a password", "save it without the password") from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        cause = f"{name} cannot be read as a workbook: {' '.join(str(error).split())[:120]}"
        raise InputError(cause, "open it in Excel and save it again as .xlsx") from error


def _asked(book: _Book, asked: str) -> Table:
    """The table on the sheet of that name, or of that number; a hidden one may be asked for."""
    same = [name for name in book.sheets if name == asked] or [
        name for name in book.sheets if name.casefold() == asked.casefold()
    ]
    if not same and asked.isdecimal() and 0 < int(asked) <= len(book.sheets):
        same = [book.sheets[int(asked) - 1]]
    if not same:
        raise InputError(f"{book.name} has no sheet {asked!r}", f"its sheets are {', '.join(book.sheets)}")
    return book.table(same[0], book.grid(same[0]))


def _fullest(book: _Book) -> tuple[Table, list[Table]]:
    """The sheet whose table has most rows, and the others that hold a large one."""
    found: list[Table] = []
    failed: list[tuple[int, str, InputError]] = []
    for sheet in book.visible:
        grid = book.grid(sheet)
        try:
            found.append(book.table(sheet, grid))
        except InputError as error:
            failed.append((grid.height, sheet, error))
    most = max((table.full for table in found), default=0)
    larger = [one for one in failed if one[0] > max(most, 1)]
    if larger:
        _refuse_without_values(book, [sheet for _, sheet, _ in larger])
        raise max(larger, key=lambda one: one[0])[2]
    if not most:
        _refuse_without_values(book, book.visible)
        raise InputError(f"{book.name} has no sheet with a table", _hidden(book))
    best = next(table for table in found if table.full >= _NEAR * most)
    return best, [table for table in found if table is not best and table.full >= _WORTH_NAMING * most]


def _hidden(book: _Book) -> str:
    hidden = [name for name in book.sheets if name not in book.visible]
    if hidden:
        return f"a hidden sheet is read where it is named: --sheet {hidden[0]!r}"
    return "name a workbook that holds the customers, one row each"


def _refuse_without_values(book: _Book, sheets: Sequence[str]) -> None:
    for sheet in sheets:
        scan = scan_sheet(book.path, sheet, None)
        if scan.unsaved:
            raise _without_values(book, sheet, scan)


def _without_values(book: _Book, sheet: str, scan: Scan) -> InputError:
    cause = f"{book.name}, sheet {sheet!r}: {scan.unsaved:,} formulas were saved without their values"
    return InputError(cause, "open the workbook in Excel and save it, which computes them")


def _other_sheets(others: Sequence[Table]) -> Iterator[Finding]:
    if others:
        names = ", ".join(f"“{table.sheet}”" for table in others[:_NAMED])
        more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
        done = f"not read: {names}{more}; --sheet reads another"
        yield Finding("DQ016", "Other sheets that hold a table", len(others), done)


def _errors(scan: Scan) -> Iterator[Finding]:
    if scan.errors:
        names = [name for name in scan.errors if name]
        columns = f", in {', '.join(names[:_NAMED])}" if names else ""
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        yield Finding("DQ017", "Cells with an Excel error", scan.errors.total(), f"read as missing{columns}{more}")
