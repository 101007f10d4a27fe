"""Delimited text of any dialect and encoding: found from the bytes, and said."""

from __future__ import annotations

from collections.abc import Callable

from segreport.config import InputSection
from segreport.domain import SourceTable
from segreport.engine import Session
from segreport.errors import InputError
from segreport.sources.delimited.careful import read_carefully
from segreport.sources.delimited.encoding import find_encoding, utf8_so_far
from segreport.sources.delimited.plan import make_plan
from segreport.sources.delimited.scan import load, scan_text, settle
from segreport.sources.place import Place

__all__ = ["SCANNED_FROM", "load", "read_delimited", "settle"]

SCANNED_FROM = 4_000_000
"""The size in bytes from which on DuckDB scans a file that is regular UTF-8."""


def read_delimited(place: Place, options: InputSection, session: Session) -> SourceTable:
    """The table in a text: columns of text, and the lines that do not fit rejected with their numbers.

    The rows of a large regular file are a view that reads it when it is asked for: pass the table to ``settle`` or
    ``load``. Raises InputError with the cause and the remedy.
    """

    def carefully() -> SourceTable:
        encoding = find_encoding(place.path, place.name, options.encoding)
        return read_carefully(place, make_plan(place.path, place.name, encoding, options), session)

    return _scanned(place, options, session, carefully) or carefully()


def _scanned(
    place: Place, options: InputSection, session: Session, carefully: Callable[[], SourceTable]
) -> SourceTable | None:
    """The table as a view, where the file is large and nothing speaks against it."""
    large = place.path.stat().st_size >= SCANNED_FROM
    encoding = utf8_so_far(place.path, options.encoding) if large else None
    if encoding is None:
        return None
    try:
        return scan_text(place, make_plan(place.path, place.name, encoding, options), session, carefully)
    except (InputError, UnicodeError):
        return None  # said when it is read with care
