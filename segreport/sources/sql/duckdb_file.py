"""DuckDB files: opened read-only in a connection of their own, which reaches no other file and no network."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from segreport.engine import name_of
from segreport.errors import InputError
from segreport.sources.columns import Field, Kind, Origin, kept, load, unique_names
from segreport.sources.sql.query import NAMES_HINT, bare, no_select, refuse_both, too_long, too_many
from segreport.sources.sql.tables import Table, find_table

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from segreport.config import InputSection
    from segreport.domain import SourceTable
    from segreport.engine import Session
    from segreport.sources.place import Place

ROWS = 100_000
"""Rows that come in one batch."""

_TABLES = """
    SELECT table_name, schema_name FROM duckdb_tables() WHERE NOT internal UNION ALL
    SELECT view_name, schema_name FROM duckdb_views() WHERE NOT internal ORDER BY 2, 1"""
_MAIN = "main"
_WHOLE = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"}
_DIGITS = {"UBIGINT", "HUGEINT", "UHUGEINT", "BIGNUM"}
_MOMENTS = {"TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ_NS"}
_TEXTS = {"VARCHAR", "UUID", "TIME", "TIME_NS", "TIME WITH TIME ZONE", "INTERVAL", '"NULL"'}
_CASTS: dict[Kind, str] = {
    "whole": "BIGINT",
    "real": "DOUBLE",
    "digits": "VARCHAR",
    "text": "VARCHAR",
    "date": "DATE",
    "moment": "TIMESTAMP",
}


def read_duckdb_file(place: Place, options: InputSection, session: Session) -> SourceTable:
    """The table that is named, the query's answer, or the only table there is."""
    refuse_both(options)
    with _opened(place, options.timeout) as connection:
        query, told = _query(connection, place, options)
        answer = connection.sql(query)
        if answer is None:
            raise no_select()
        types = list(map(str, answer.types))
        fields = [Field(name, _kind(kind)) for name, kind in zip(unique_names(answer.columns), types, strict=True)]
        origin = Origin(place.name, {"format": "DuckDB"} | told)
        return load(_batches(connection, query, types, fields, place, options), fields, origin, session, digest=False)


@contextmanager
def _opened(place: Place, seconds: int) -> Iterator[duckdb.DuckDBPyConnection]:
    import duckdb

    settings: dict[str, str | bool | int | float | list[str]] = {
        "enable_external_access": "false",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "python_enable_replacements": "false",
    }
    try:
        connection = duckdb.connect(str(place.path), read_only=True, config=settings)
    except duckdb.Error as error:
        raise _unopened(error, place) from error
    with _refusing(place, seconds):
        connection.execute("SET enable_progress_bar = false")
        connection.execute("SET lock_configuration = true")
        alarm = threading.Timer(seconds, connection.interrupt)
        alarm.daemon = True
        alarm.start()
        try:
            yield connection
        finally:
            alarm.cancel()
            connection.close()


@contextmanager
def _refusing(place: Place, seconds: int) -> Iterator[None]:
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        raise _refusal(error, place, seconds) from error


def _unopened(error: duckdb.Error, place: Place) -> InputError:
    said = _said(error, place)
    if "different configuration" in said or "set lock" in said:
        return InputError(f"{place.name} is open elsewhere", "close it there, or copy the file")
    return InputError(f"{place.name} cannot be opened: {said}", "export its tables with the DuckDB that made it")


def _refusal(error: duckdb.Error, place: Place, seconds: int) -> InputError:
    import duckdb

    if isinstance(error, duckdb.InterruptException):
        return too_long(seconds)
    if isinstance(error, duckdb.PermissionException):
        return InputError("the query reaches for something outside the file", "ask for tables of the file only")
    return InputError(f"{place.name}: the query cannot be run: {_said(error, place)}", NAMES_HINT)


def _said(error: duckdb.Error, place: Place) -> str:
    return str(error).partition("\n")[0].replace(str(place.path), place.name)


def _query(
    connection: duckdb.DuckDBPyConnection, place: Place, options: InputSection
) -> tuple[str, dict[str, str]]:
    import duckdb

    if options.query is not None:
        statements = connection.extract_statements(options.query)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise too_many() if len(statements) > 1 else no_select()
        return bare(options.query), {"query": options.query.strip()}
    rows = connection.execute(_TABLES).fetchall()
    tables = [Table(name, "" if schema == _MAIN else schema, schema == _MAIN) for name, schema in rows]
    table = find_table(options.table, tables, place.name, only_one=True)
    return f"SELECT * FROM {name_of(table.schema or _MAIN)}.{name_of(table.name)}", {"table": str(table)}


def _kind(kind: str) -> Kind:
    if kind in _WHOLE:
        return "whole"
    if kind in _DIGITS or (kind.startswith("DECIMAL") and kind.endswith(",0)")):
        return "digits"
    if kind.startswith("DECIMAL") or kind in ("FLOAT", "DOUBLE"):
        return "real"
    if kind in _MOMENTS:
        return "moment"
    if kind in _TEXTS or kind.startswith("ENUM"):
        return "text"
    plain: dict[str, Kind] = {"DATE": "date", "BOOLEAN": "truth"}
    return plain.get(kind, "none")


def _batches(
    connection: duckdb.DuckDBPyConnection,
    query: str,
    types: Sequence[str],
    fields: Sequence[Field],
    place: Place,
    options: InputSection,
) -> Iterator[pa.RecordBatch]:
    names = [f"c{number}" for number in range(len(fields))]
    found = zip(names, types, fields, strict=True)
    casts = ", ".join(f"{_cast(name, kind, field)} AS {name}" for name, kind, field in found if field in kept(fields))
    with _refusing(place, options.timeout):
        answer = connection.sql(f"SELECT {casts} FROM (\n{query}\n) AS q({', '.join(names)})")
        yield from answer.to_arrow_reader(ROWS)


def _cast(name: str, kind: str, field: Field) -> str:
    if field.kind in ("date", "moment"):
        moment = f"make_timestamp(epoch_us({name}))" if kind.endswith("TIME ZONE") else name
        return f"CASE WHEN isfinite({name}) THEN {moment}::{_CASTS[field.kind]} END"
    if kind == "FLOAT":
        return f"{name}::VARCHAR::DOUBLE"
    return f"{name}::{_CASTS[field.kind]}" if field.kind in _CASTS else name
