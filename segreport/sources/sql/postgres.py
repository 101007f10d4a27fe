"""PostgreSQL: one SELECT in a read-only transaction, its rows streamed by COPY."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from segreport.engine import name_of
from segreport.errors import InputError
from segreport.sources.columns import Field, Origin, kept, load, schema_of, unique_names
from segreport.sources.sql.postgres_errors import Asked, refusal, refuse_connection
from segreport.sources.sql.postgres_types import Described, cast, kind_of
from segreport.sources.sql.query import bare, no_select
from segreport.sources.sql.tables import Table, find_table

if TYPE_CHECKING:
    import psycopg
    import pyarrow as pa
    from psycopg.waiting import Ready, Wait

    from segreport.config import InputSection
    from segreport.domain import SourceTable
    from segreport.engine import Session
    from segreport.sources.sql.address import Address

BLOCK = 8 << 20
"""Bytes of rows that are turned into columns at once."""

_CONNECT_SECONDS = 15
_FORMAT = "PostgreSQL"
_INSTALL = 'run: pip install "segreport[postgresql]"'
_TABLES = """
    SELECT c.relname, n.nspname, pg_catalog.pg_table_is_visible(c.oid)
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    ORDER BY 2, 1"""
_KEY = """
    SELECT a.attname
    FROM pg_catalog.pg_index i CROSS JOIN unnest(i.indkey) WITH ORDINALITY AS k(number, place)
    JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
    WHERE i.indisprimary AND i.indrelid = %s::regclass ORDER BY k.place"""
_TYPES = "SELECT oid, typname, typcategory FROM pg_catalog.pg_type WHERE oid = ANY(%s)"


def read_postgres(address: Address, options: InputSection, session: Session) -> SourceTable:
    """The table or query of a database; nothing can be changed there, and the password is never printed.

    A server keeps no order of its own: a table comes in the order of its primary key, so that every run reads, and
    digests, the same. Raises InputError for all that the server refuses.
    """
    asked = Asked(address, options.timeout)
    with _connected(asked) as connection:
        query, origin = _query(connection, options)
        columns = _describe(connection, query)
        names = unique_names(column.name for column in columns)
        fields = [Field(name, kind_of(column)) for name, column in zip(names, columns, strict=True)]
        statement = _statement(query, columns, fields)
        return load(_batches(connection, statement, asked, schema_of(fields)), fields, origin, session)


@contextmanager
def _connected(asked: Asked) -> Iterator[psycopg.Connection[Any]]:
    """A connection in a read-only transaction, which is rolled back whatever happens."""
    try:
        import psycopg
    except ImportError as error:
        raise InputError("PostgreSQL is read with psycopg, which is not installed", _INSTALL) from error
    connection = _connect(asked)
    try:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        _adjust(connection, asked.seconds)
        yield connection
    except psycopg.Error as error:
        raise refusal(error, asked) from None
    finally:
        connection.close()


def _connect(asked: Asked) -> psycopg.Connection[Any]:
    import psycopg
    from psycopg.conninfo import make_conninfo

    address = asked.address
    given = {
        "host": address.host,
        "port": address.port,
        "user": address.user,
        "password": address.password,
        "dbname": address.database,
    }
    known = {name: value for name, value in given.items() if value}
    defaults = {
        "connect_timeout": str(min(_CONNECT_SECONDS, max(2, asked.seconds))),
        "application_name": "segreport",
        "client_encoding": "UTF8",
    }
    try:
        return psycopg.connect(make_conninfo(**(defaults | dict(address.options) | known)))
    except psycopg.Error as error:
        raise refuse_connection(error, asked) from None
    except (UnicodeError, ValueError):
        raise InputError("the address of the database cannot be used", "check its host and options") from None


def _adjust(connection: psycopg.Connection[Any], seconds: int) -> None:
    """Values print the same whatever the server's settings; these end with the transaction."""
    settings = {
        "statement_timeout": str(seconds * 1000),
        "lock_timeout": str(seconds * 1000),
        "datestyle": "ISO, YMD",
        "intervalstyle": "postgres",
        "timezone": "UTC",
        "extra_float_digits": "1",
    }
    for name, value in settings.items():
        connection.execute("SELECT pg_catalog.set_config(%s, %s, true)", (name, value))


def _query(connection: psycopg.Connection[Any], options: InputSection) -> tuple[str, Origin]:
    database = connection.info.dbname
    if options.query is not None:
        told = {"format": _FORMAT, "query": options.query.strip()}
        return bare(options.query), Origin(f"query on {database}", told)
    tables = [Table(*row) for row in connection.execute(_TABLES).fetchall()]
    table = find_table(options.table, tables, f"the database {database}")
    quoted = f"{name_of(table.schema)}.{name_of(table.name)}"
    key = [row[0] for row in connection.execute(_KEY, (quoted,)).fetchall()]
    order = f" ORDER BY {', '.join(map(name_of, key))}" if key else ""
    return f"SELECT * FROM {quoted}{order}", Origin(f"{database}.{table}", {"format": _FORMAT, "table": str(table)})


def _describe(connection: psycopg.Connection[Any], query: str) -> list[Described]:
    """The columns of the answer, from the server's own parser: it runs nothing, and takes one statement only."""
    low = connection.pgconn
    for answer in (low.prepare(b"", query.encode()), low.describe_prepared(b"")):
        _check(answer)
    if not answer.nfields:
        raise no_select()
    numbers = [answer.ftype(place) for place in range(answer.nfields)]
    types = {row[0]: row for row in connection.execute(_TYPES, (numbers,)).fetchall()}
    columns = []
    for place, number in enumerate(numbers):
        _, type_, category = types.get(number, (number, "", ""))
        columns.append(Described((answer.fname(place) or b"").decode(), type_, category, answer.fmod(place)))
    return columns


def _statement(query: str, columns: Sequence[Described], fields: Sequence[Field]) -> str:
    """The query with every column cast; inside brackets only a SELECT can stand, and none that changes data."""
    if not kept(fields):
        raise InputError("the query gives no column of numbers, dates or text", "ask for other columns")
    aliases = ", ".join(f"c{place}" for place in range(len(columns)))
    made = [
        cast(f"c{place}", column, field.kind)
        for place, (column, field) in enumerate(zip(columns, fields, strict=True))
        if field.kind != "none"
    ]
    return f"COPY (SELECT {', '.join(made)} FROM (\n{query}\n) AS q({aliases})) TO STDOUT (FORMAT csv)"


def _batches(
    connection: psycopg.Connection[Any], statement: str, asked: Asked, schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    import psycopg

    try:
        for block in _blocks(connection, statement):
            yield from _parse(block, schema)
    except psycopg.errors.SyntaxError:
        raise no_select() from None  # by itself the server took it: it is a statement that brackets do not take
    except psycopg.Error as error:
        raise refusal(error, asked) from None


def _blocks(connection: psycopg.Connection[Any], statement: str) -> Iterator[bytes]:
    """Rows by the block; the server sends each row by itself and whole."""
    low = connection.pgconn
    _check(low.exec_(statement.encode()))
    more = True
    while more:
        block = bytearray()
        more = connection.wait(_fill(low, block))
        if block:
            yield bytes(block)
    while (result := low.get_result()) is not None:
        _check(result)


def _fill(low: psycopg.pq.abc.PGconn, block: bytearray) -> Generator[Wait, Ready | int, bool]:
    """Rows until the block is full, waiting for the server where it must; gives whether there are more."""
    from psycopg.waiting import Wait

    while len(block) < BLOCK:
        size, row = low.get_copy_data(1)
        if size > 0:
            block += row
        elif size == 0:
            while not (yield Wait.R):
                continue
            low.consume_input()
        else:
            return False
    return True


def _check(result: psycopg.pq.abc.PGresult) -> None:
    import psycopg

    if result.status == psycopg.pq.ExecStatus.FATAL_ERROR:
        raise psycopg.errors.error_from_result(result, "utf-8")


def _parse(block: bytes, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa
    import pyarrow.csv as csv

    try:
        table = csv.read_csv(
            pa.BufferReader(block),
            csv.ReadOptions(column_names=schema.names, block_size=len(block) + 1),
            csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
            csv.ConvertOptions(
                column_types=schema,
                null_values=[""],
                strings_can_be_null=True,
                true_values=["t"],
                false_values=["f"],
            ),
        )
    except pa.ArrowInvalid as error:
        what = re.sub(r"\s+", " ", str(error))
        raise InputError(f"the database sent a value that cannot be read: {what}", "leave the column out") from None
    yield from table.to_batches()
