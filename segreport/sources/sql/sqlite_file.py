"""SQLite files: opened read-only, one SELECT, every column's type found from all its cells."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segreport.engine import name_of
from segreport.errors import InputError
from segreport.sources.columns import Field, Kind, Origin, kept, load, schema_of, unique_names
from segreport.sources.sql.query import NAMES_HINT, SELECT_HINT, bare, no_select, refuse_both, too_long, too_many
from segreport.sources.sql.tables import Table, find_table

if TYPE_CHECKING:
    import pyarrow as pa

    from segreport.config import InputSection
    from segreport.domain import SourceTable
    from segreport.engine import Session
    from segreport.sources.place import Place

ROWS = 20_000
"""Rows that are turned into columns at once."""

_KINDS: tuple[Kind, ...] = ("text", "whole", "real", "text", "none")
_RANK = "CASE typeof({0}) WHEN 'null' THEN 0 WHEN 'integer' THEN 1 WHEN 'real' THEN 2 WHEN 'text' THEN 3 ELSE 4 END"
"""The widest type of a column's cells decides: SQLite lets every cell have its own."""

_TABLES = r"""
    SELECT name FROM sqlite_master
    WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY 1"""
_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
_LOCK_SECONDS = 10.0
_STEPS = 10_000
_WAL_BYTE, _WAL = 18, 2


def read_sqlite(place: Place, options: InputSection, session: Session) -> SourceTable:
    """The table that is named, the query's answer, or the only table there is; a table in the order of its key."""
    refuse_both(options)
    with _opened(place, options.timeout) as connection:
        query, told = _query(connection, place, options)
        _restrict(connection)
        columns = _columns(connection, query)
        fields = [Field(*column) for column in zip(columns, _kinds(connection, query, columns), strict=True)]
        origin = Origin(place.name, {"format": "SQLite"} | told)
        batches = _batches(connection, query, fields, _refusing(place, options.timeout))
        return load(batches, fields, origin, session, digest=False)


@contextmanager
def _opened(place: Place, seconds: int) -> Iterator[sqlite3.Connection]:
    refusing = _refusing(place, seconds)
    with refusing(), closing(_connect(place.path)) as connection:
        connection.isolation_level = None
        connection.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("BEGIN")
        deadline = time.monotonic() + seconds
        connection.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS)
        yield connection


def _connect(path: Path) -> sqlite3.Connection:
    """Reading leaves nothing beside the file: a log that nobody has open need not be opened either."""
    with path.open("rb") as file:
        head = file.read(_WAL_BYTE + 1)
    at_rest = head[_WAL_BYTE:] == bytes([_WAL]) and not path.with_name(f"{path.name}-wal").exists()
    uri = f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if at_rest else ''}"
    return sqlite3.connect(uri, uri=True, timeout=_LOCK_SECONDS, check_same_thread=False)


def _refusing(place: Place, seconds: int) -> Callable[[], Any]:
    @contextmanager
    def refusing() -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, sqlite3.Warning, OSError) as error:
            raise _refusal(error, place.name, seconds) from error

    return refusing


def _refusal(error: Exception, name: str, seconds: int) -> InputError:
    said = str(error)
    if "interrupted" in said:
        return too_long(seconds)
    if "one statement" in said:
        return too_many()
    known = (
        ("not authorized", "the query does more than read", SELECT_HINT),
        ("prohibited", "the query does more than read", SELECT_HINT),
        ("not a database", f"{name} is damaged or encrypted", "export the table with the program that made it"),
        ("malformed", f"{name} is damaged: {said}", "mend it with: sqlite3 FILE .recover"),
        ("locked", f"{name} is being written by another program", "try again when it has finished"),
        ("decode to UTF-8", f"{name}: {said}", "store the text as UTF-8, or leave the column out with --query"),
    )
    for words, cause, hint in known:
        if words in said:
            return InputError(cause, hint)
    if isinstance(error, OSError):
        return InputError(f"{name}: {error.strerror or said}", "check the path and its permissions")
    return InputError(f"{name}: the query cannot be run: {said}", NAMES_HINT)


def _query(connection: sqlite3.Connection, place: Place, options: InputSection) -> tuple[str, dict[str, str]]:
    if options.query is not None:
        return bare(options.query), {"query": options.query.strip()}
    tables = [Table(name) for (name,) in connection.execute(_TABLES)]
    table = find_table(options.table, tables, place.name, only_one=True)
    keys = connection.execute("SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk", (table.name,))
    key = ", ".join(name_of(name) for (name,) in keys)
    return f"SELECT * FROM {name_of(table.name)}{f' ORDER BY {key}' if key else ''}", {"table": table.name}


def _restrict(connection: sqlite3.Connection) -> None:
    """From here on a statement may read this file, and do nothing else: no other file, no setting."""
    connection.set_authorizer(
        lambda action, *_: sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY
    )


def _columns(connection: sqlite3.Connection, query: str) -> list[str]:
    with closing(connection.execute(query)) as cursor:
        if cursor.description is None:
            raise no_select()
        return unique_names(column[0] for column in cursor.description)


def _kinds(connection: sqlite3.Connection, query: str, columns: Sequence[str]) -> list[Kind]:
    names = [f"c{place}" for place in range(len(columns))]
    widest = ", ".join(f"max({_RANK.format(name)})" for name in names)
    ranks = connection.execute(f"WITH q({', '.join(names)}) AS (\n{query}\n) SELECT {widest} FROM q").fetchone()
    return [_KINDS[rank or 0] for rank in ranks]


def _batches(
    connection: sqlite3.Connection, query: str, fields: Sequence[Field], refusing: Callable[[], Any]
) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    schema = schema_of(fields)
    places = [fields.index(field) for field in kept(fields)]
    with refusing():
        cursor = connection.execute(query)
        while rows := cursor.fetchmany(ROWS):
            cells = list(zip(*rows, strict=True))
            columns = [_cells(cells[place], fields[place].kind) for place in places]
            arrays = [pa.array(column, kind) for column, kind in zip(columns, schema.types, strict=True)]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def _cells(cells: Sequence[Any], kind: Kind) -> Sequence[Any]:
    """The cells of a column; numbers among text are text."""
    if kind != "text":
        return cells
    return [cell if cell is None or isinstance(cell, str) else repr(cell) for cell in cells]
