"""Large plain text is left to DuckDB to read in parallel, as long as not a byte of it is irregular."""

from __future__ import annotations

import os
import re
from codecs import BOM_UTF8
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from segreport.domain import Source, SourceTable
from segreport.engine import Relation, Session, name_of, text_of
from segreport.sources.delimited.careful import is_total
from segreport.sources.delimited.plan import Plan
from segreport.sources.delimited.records import Lines, read_records
from segreport.sources.place import Place

if TYPE_CHECKING:
    import numpy as np

Built = TypeVar("Built", bound="Counted")

_CHUNK = 1 << 20
_TAIL = 1 << 20
_GLOB = frozenset("*?[]")
_MARK_BEGINS = BOM_UTF8[0] - 256
"""The first byte of the mark of UTF-8, as a number with a sign."""


class Counted(Protocol):
    """Whatever is built of a table, a row for a row."""

    def count(self) -> int:
        """How many rows there are."""


@dataclass(frozen=True)
class Scan(Relation):
    """A view over a text file, read whenever it is asked for; ``settle`` confirms what was read of it."""

    carefully: Callable[[], SourceTable] = field(repr=False)


def settle(table: SourceTable, build: Callable[[SourceTable], Built]) -> tuple[SourceTable, Built]:
    """What ``build`` makes of a table, a row for a row, and the table it was made of.

    Where the rows are a scan that turns out to be irregular, the file is read again with care, and built from that.
    """
    import duckdb

    if not isinstance(table.rows, Scan):
        return table, build(table)
    try:
        built = build(table)
        if built.count() == table.source.rows:
            return table, built
        if isinstance(built, Relation):
            built.session.query(f"DROP TABLE IF EXISTS {name_of(built.name)}")
    except duckdb.Error:
        pass  # what is no fault of the text comes again below
    again = table.rows.carefully()
    table = replace(again, source=replace(again.source, sha256=table.source.sha256))
    return table, build(table)


def load(table: SourceTable, session: Session) -> SourceTable:
    """The table with its rows in the session, where they are a scan of the file as yet."""
    if not isinstance(table.rows, Scan):
        return table
    table, rows = settle(table, lambda source: _loaded(source, session))
    return replace(table, rows=rows)


def _loaded(table: SourceTable, session: Session) -> Relation:
    rows = table.rows
    assert isinstance(rows, Relation)
    return session.create(f"SELECT * FROM {name_of(rows.name)}") if isinstance(rows, Scan) else rows


def scan_text(place: Place, plan: Plan, session: Session, carefully: Callable[[], SourceTable]) -> SourceTable | None:
    """The table as a view over the file, or nothing where its bytes show that it has to be read with care."""
    count = _regular_rows(place.path, plan)
    if count is None:
        return None
    view = session.view(_select(place.path, plan))
    source = Source(place.name, "", count, len(view.columns), plan.words)
    rows = Scan(session, view.name, view.types, carefully)
    return SourceTable(rows, source, findings=plan.layout.findings)


def _select(path: Path, plan: Plan) -> str:
    columns = ", ".join(f"{text_of(name)}: 'VARCHAR'" for name in plan.layout.names)
    filled = ", ".join(map(name_of, plan.layout.names))
    return (
        f"SELECT * FROM read_csv({text_of(str(path.resolve()))}, auto_detect = false, header = false, "
        f"skip = {plan.first_line - 1}, delim = {text_of(plan.dialect.delimiter)}, quote = '\"', escape = '\"', "
        f"columns = {{{columns}}}, strict_mode = true, hive_partitioning = false, compression = 'none') "
        f"WHERE coalesce({filled}) IS NOT NULL"
    )


def _regular_rows(path: Path, plan: Plan) -> int | None:
    """The number of rows where every line is one, as far as bytes can tell."""
    layout = plan.layout
    if plan.under or layout.aside or len(layout.header) != 1:
        return None
    if not plan.dialect.is_plain or _GLOB & set(str(path.resolve())):
        return None
    if any(record.fault or len(record.cells) != plan.width for record in plan.rows):
        return None
    if plan.rows[-1].line - plan.first_line != len(plan.rows) - 1:
        return None
    lines = _count_lines(path, plan)
    return None if lines is None or _ends_in_totals(path, plan) else lines - (plan.first_line - 1)


def _count_lines(path: Path, plan: Plan) -> int | None:
    """How many lines there are, or nothing where one of them shows that DuckDB would read it in another way."""
    size, parts = path.stat().st_size, os.cpu_count() or 1
    bounds = [size * part // parts for part in range(parts + 1)]
    looks = [_Look(path, plan, start, end) for start, end in pairwise(bounds)]
    with ThreadPoolExecutor(parts) as pool:
        counts = list(pool.map(_Look.count_lines, looks))
    known = [count for count in counts if count is not None]
    return sum(known) - _blank_lines_at_the_end(path) if len(known) == parts else None


class _Look:
    """A look at the bytes of those lines that begin in a part of the file."""

    def __init__(self, path: Path, plan: Plan, start: int, end: int) -> None:
        mark = re.escape(plan.dialect.delimiter.encode())
        pad = b" " if plan.dialect.delimiter == "\t" else b"[ \t]"
        self._path, self._start, self._end = path, start, end
        self._header = plan.header[0].encode()
        self._has_header = start == 0
        self._crlf = _is_crlf(path)
        self._padded_quote = re.compile(rb'(?:^|\n|%b)%b+"|"%b+(?:%b|\r|\n|$)' % (mark, pad, pad, mark))
        self._controls = re.compile(rb"\xc2[\x80-\x84\x86-\x9f]")

    def count_lines(self) -> int | None:
        """How many lines begin in the part, or nothing where DuckDB would not read them as the careful way does."""
        lines = 0
        with self._path.open("rb") as file:
            if self._start:
                file.seek(self._start - 1)
                file.readline()
            while (place := file.tell()) < self._end and (data := file.read(min(_CHUNK, self._end - place))):
                data += b"" if data.endswith(b"\n") else file.readline()
                ends = self._regular_ends(data)
                if ends is None or self._has_header_again(data):
                    return None
                lines += ends + (not data.endswith(b"\n"))
        return lines

    def _regular_ends(self, data: bytes) -> int | None:
        """The number of line ends, where they are of one kind and nothing but text stands between them."""
        import numpy as np

        codes = np.frombuffer(data, dtype=np.int8)
        ends = int(np.count_nonzero(codes == 10))
        if b'"' in data and self._has_padded_quote(data, codes):
            return None
        if int(np.count_nonzero(codes < 32)) == ends:  # plain ASCII, as bytes from 128 on count as less than zero
            return ends
        if b"\0" in data or self._has_mark_again(data, codes) or (not data.isascii() and self._controls.search(data)):
            return None
        returns = data.count(b"\r")
        return ends if returns == 0 or (self._crlf and returns == ends == data.count(b"\r\n")) else None

    def _has_mark_again(self, data: bytes, codes: np.ndarray) -> bool:
        """Whether the mark of UTF-8 stands elsewhere than before the header, as where files were put together."""
        start = len(BOM_UTF8) if self._has_header else 0
        return bool((codes[start:] == _MARK_BEGINS).any()) and data.find(BOM_UTF8, start) >= 0

    def _has_padded_quote(self, data: bytes, codes: np.ndarray) -> bool:
        quote, blank = codes == 34, (codes == 32) | (codes == 9)
        beside = (quote[1:] & blank[:-1]).any() or (quote[:-1] & blank[1:]).any()
        return bool(beside) and self._padded_quote.search(data) is not None

    def _has_header_again(self, data: bytes) -> bool:
        allowed, self._has_header = int(self._has_header), False
        return data.count(b"\n" + self._header) + data.removeprefix(BOM_UTF8).startswith(self._header) > allowed


def _is_crlf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.readline().endswith(b"\r\n")


def _blank_lines_at_the_end(path: Path) -> int:
    end = _tail(path)
    blank = end[len(end.rstrip()) :]
    return max(0, blank.count(b"\n") - 1)


def _ends_in_totals(path: Path, plan: Plan) -> bool:
    last = _tail(path).rstrip(b"\r\n").rpartition(b"\n")[2].decode(errors="replace")
    return any(is_total(record, plan.rows) for record in read_records(Lines(iter((last,))), plan.dialect))


def _tail(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL))
        return file.read()
