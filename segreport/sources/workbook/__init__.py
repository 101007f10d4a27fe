"""Workbooks (.xlsx, .xlsm, .xlsb, .xls, .ods), parsed in a child process: saved values only, no formula is ever run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segreport.sources.child import parse

if TYPE_CHECKING:
    from segreport.config import InputSection
    from segreport.domain import SourceTable
    from segreport.engine import Session
    from segreport.sources.place import Place


def read_workbook(place: Place, options: InputSection, session: Session) -> SourceTable:
    """The table found among the sheets, or on the sheet that is asked for; raises InputError with the remedy."""
    asked = {"sheet": options.sheet, "skip_rows": options.skip_rows}
    return parse("workbook", place, asked, session, seconds=options.timeout)
