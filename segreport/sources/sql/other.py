"""Any other database that SQLAlchemy knows: one SELECT, rolled back, its rows fetched in pieces."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import TYPE_CHECKING, Any

from segreport.errors import InputError
from segreport.sources.columns import Field, Kind, Origin, kept, load, schema_of, unique_names
from segreport.sources.sql.query import SELECT_HINT, bare, no_select, too_long
from segreport.sources.sql.tables import Table, find_table

if TYPE_CHECKING:
    import pyarrow as pa
    import sqlalchemy as sa

    from segreport.config import InputSection
    from segreport.domain import SourceTable
    from segreport.engine import Session
    from segreport.sources.sql.address import Address

ROWS = 20_000
"""Rows that are turned into columns at once; the first of them decide the types."""

_WEB = {"http", "https", "ftp", "ftps", "sftp", "s3", "gs", "abfs", "abfss", "file"}
_PACKAGES = {"MySQLdb": "mysqlclient", "cx_Oracle": "oracledb", "mysql": "mysql-connector-python"}
_READ_ONLY = {
    "mysql": ("SET SESSION TRANSACTION READ ONLY", "SET SESSION MAX_EXECUTION_TIME = {milliseconds}"),
    "mariadb": ("SET SESSION TRANSACTION READ ONLY", "SET SESSION max_statement_time = {seconds}"),
}
_TIME_IS_UP = {1969, 3024}
"""What MariaDB and MySQL answer."""

_QUOTED = re.compile(r"'(?:[^'\\]|\\.|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|--[^\n]*|/\*.*?\*/", re.S)
_READS = re.compile(r"[\s(]*(?:select|with|values|table)\b", re.I)
_WRITES = re.compile(r";|\b(?:insert|update|delete|merge|into)\b", re.I)
_KINDS: tuple[tuple[type, Kind], ...] = (
    (bool, "truth"),
    (int, "whole"),
    (Decimal, "real"),
    (float, "real"),
    (datetime, "moment"),
    (date, "date"),
    (str, "text"),
)


def read_other(address: Address, options: InputSection, session: Session) -> SourceTable:
    """The table or query of a database; raises InputError, with what to install where the driver is missing."""
    if options.query is not None:
        _refuse_writing(options.query)
    with _connected(address, options.timeout) as connection:
        query, origin = _query(connection, address, options)
        streaming = connection.execution_options(stream_results=True, no_parameters=True, yield_per=ROWS)
        answer = streaming.exec_driver_sql(query)
        if not answer.returns_rows:
            raise no_select()
        pieces = map(list, answer.partitions(ROWS))
        first: list[Any] = next(pieces, [])
        names = unique_names(answer.keys())
        columns = list(zip(*first, strict=True)) or [()] * len(names)
        fields = [Field(name, _kind(cells)) for name, cells in zip(names, columns, strict=True)]
        rows = chain([first], pieces) if first else pieces
        return load(_batches(rows, fields, address, options.timeout), fields, origin, session)


def _refuse_writing(query: str) -> None:
    """A SELECT is let through and nothing else; not every database can be told to read only."""
    words = _QUOTED.sub(" ", bare(query))
    if not _READS.match(words) or _WRITES.search(words):
        raise InputError("the query is not one SELECT that only reads", SELECT_HINT)


@contextmanager
def _connected(address: Address, seconds: int) -> Iterator[sa.Connection]:
    import sqlalchemy as sa

    engine = _engine(address)
    try:
        with engine.connect() as connection:
            dialect = connection.dialect
            system = "mariadb" if getattr(dialect, "is_mariadb", False) else dialect.name
            for statement in _READ_ONLY.get(system, ()):
                connection.exec_driver_sql(statement.format(seconds=seconds, milliseconds=1000 * seconds))
            connection.rollback()
            yield connection
            connection.rollback()
    except (sa.exc.SQLAlchemyError, RuntimeError) as error:  # some drivers miss a library of their own that late
        raise _refusal(error, address, seconds) from None
    finally:
        engine.dispose()


def _engine(address: Address) -> sa.Engine:
    import sqlalchemy as sa

    if address.system in _WEB:
        raise InputError(f"{address.system}:// is not read", "download the file first, and name the copy")
    try:
        return sa.create_engine(address.url, poolclass=sa.NullPool, hide_parameters=True)
    except ModuleNotFoundError as error:
        package = _PACKAGES.get(error.name or "", error.name)
        cause = f"{address.system} is read with {package}, which is not installed"
        raise InputError(cause, f"run: pip install {package}") from None
    except sa.exc.NoSuchModuleError:
        raise InputError(
            f"no driver for {address.driver} is installed",
            "use postgresql://, sqlite:/// or duckdb:///, or install the SQLAlchemy dialect for it with pip",
        ) from None
    except (sa.exc.ArgumentError, ValueError, TypeError):
        raise InputError("the address of the database cannot be read", "write it as SQLAlchemy does") from None


def _query(connection: sa.Connection, address: Address, options: InputSection) -> tuple[str, Origin]:
    import sqlalchemy as sa

    if options.query is not None:
        told = {"format": address.system, "query": options.query.strip()}
        return bare(options.query), Origin(f"query on {address.database}", told)
    known = sa.inspect(connection)
    schema, _, name = (options.table or "").rpartition(".")
    names = [*known.get_table_names(schema or None), *known.get_view_names(schema or None)]
    table = find_table(name or None, [Table(found) for found in names], f"the database {address.database}")
    quote = connection.dialect.identifier_preparer.quote_identifier
    key = known.get_pk_constraint(table.name, schema or None)["constrained_columns"]
    order = f" ORDER BY {', '.join(map(quote, key))}" if key else ""
    printed = f"{schema}.{table}" if schema else str(table)
    path = ".".join(map(quote, filter(None, (schema, table.name))))
    told = {"format": address.system, "table": printed}
    return f"SELECT * FROM {path}{order}", Origin(f"{address.database}.{printed}", told)


def _kind(cells: Sequence[Any]) -> Kind:
    """What the first values are; a column that begins with no value at all is read as text."""
    present = [cell for cell in cells if cell is not None]
    if not present:
        return "text"
    found: set[Kind] = {_kind_of_cell(cell) for cell in present}
    if found == {"whole", "real"}:
        return "real"
    return found.pop() if len(found) == 1 else "text"


def _kind_of_cell(cell: object) -> Kind:
    return next((kind for type_, kind in _KINDS if isinstance(cell, type_)), "none")


def _batches(
    pieces: Iterator[list[Any]], fields: Sequence[Field], address: Address, seconds: int
) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa
    import sqlalchemy as sa

    schema = schema_of(fields)
    places = [fields.index(field) for field in kept(fields)]
    try:
        for rows in pieces:
            cells = list(zip(*rows, strict=True))
            typed = zip(places, schema.types, strict=True)
            arrays = [_array(cells[place], fields[place], kind) for place, kind in typed]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)
    except sa.exc.SQLAlchemyError as error:
        raise _refusal(error, address, seconds) from None


def _array(cells: Sequence[Any], field: Field, kind: pa.DataType) -> pa.Array:
    import pyarrow as pa

    try:
        if field.kind == "text":
            return pa.array([None if cell is None else str(cell) for cell in cells], kind)
        if field.kind == "real":
            return pa.array([None if cell is None else float(cell) for cell in cells], kind)
        return pa.array(cells, kind)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, TypeError, ValueError) as error:
        cause = f"column {field.name!r} holds values of another kind than at its beginning"
        raise InputError(cause, "cast it to one type in a --query") from error


def _refusal(error: Exception, address: Address, seconds: int) -> InputError:
    words = getattr(getattr(error, "orig", None), "args", None) or (str(error),)
    if words[0] in _TIME_IS_UP:
        return too_long(seconds)
    said = re.sub(r"\s+", " ", str(words[-1])).strip()
    hidden = bool(address.password) and str(address.password) in said
    cause = f"the database {address.database!r} at {address.place} refuses"
    return InputError(cause if hidden else f"{cause}: {said}", "check the address, the rights and the query")
