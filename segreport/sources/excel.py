"""Excel workbooks, read with calamine: formulas are never run, only their saved values read."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pandas as pd

from segreport.domain import Source, SourceTable
from segreport.errors import InputError
from segreport.sources import digest


def read_excel(path: Path, data: bytes, *, sheet: str | None = None) -> SourceTable:
    """The first sheet that holds a table (or the one named), every cell as text."""
    import python_calamine

    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except Exception as error:  # the parser's own errors share no base class
        raise InputError(
            f"{path.name} is a zip archive but not a workbook", "unpack it, and name the table in it"
        ) from error
    name = _choose_sheet(path, workbook, sheet)
    header, rows = _table(path, workbook.get_sheet_by_name(name).to_python(skip_empty_area=True))
    frame = pd.DataFrame(rows, columns=header, dtype="object")
    dialect = {"format": "Excel workbook", "sheet": name}
    return SourceTable(frame, Source(path.name, digest(data), len(rows), len(header), dialect))


def _choose_sheet(path: Path, workbook, sheet: str | None) -> str:  # type: ignore[no-untyped-def]
    names: list[str] = list(workbook.sheet_names)
    if sheet is not None:
        if sheet not in names:
            raise InputError(f"{path.name} has no sheet {sheet!r}", f"its sheets are {', '.join(names)}")
        return sheet
    for name in names:
        if len(workbook.get_sheet_by_name(name).to_python(skip_empty_area=True)) > 1:
            return name
    raise InputError(f"{path.name} has no sheet with rows", "name a workbook that holds the table")


def _table(path: Path, cells: Sequence[Sequence[object]]) -> tuple[list[str], list[list[str | None]]]:
    rows = [row for row in cells if any(cell not in ("", None) for cell in row)]
    header = [str(cell).strip() or f"column {place}" for place, cell in enumerate(rows[0], 1)]
    twice = [name for name, times in Counter(header).items() if times > 1]
    if twice:
        raise InputError(f"{path.name}: the header names {twice[0]!r} more than once", "give every column its own name")
    return header, [[_text(cell) for cell in row] for row in rows[1:]]


def _text(cell: object) -> str | None:
    match cell:
        case None | "":
            return None
        case bool():
            return str(cell).upper()
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case datetime() if cell.time() == time(0):
            return cell.date().isoformat()
        case date() | datetime() | timedelta():
            return str(cell)
        case _:
            return str(cell)
