"""SPSS files, .sav and .zsav, parsed in a child process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segreport.sources.child import parse

if TYPE_CHECKING:
    from segreport.config import InputSection
    from segreport.domain import SourceTable
    from segreport.engine import Session
    from segreport.sources.place import Place


def read_sav(place: Place, options: InputSection, session: Session) -> SourceTable:
    """The cases of an SPSS file: labels in place of codes, and what it marks as missing is missing."""
    return parse("sav", place, {"encoding": options.encoding}, session, seconds=options.timeout)
