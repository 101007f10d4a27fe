"""Typed columns on their way into the session: the few types it is given, and a digest of their values."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from segreport.domain import Finding, Source, SourceTable
from segreport.engine import Relation, Session, name_of
from segreport.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa

Kind = Literal["whole", "real", "digits", "truth", "date", "moment", "text", "none"]
"""What a column holds: ``digits`` are numbers that may be too long for one, ``none`` is nothing a table can hold."""

_LEFT_OUT = "Columns of a kind that cannot be segmented on"


@dataclass(frozen=True)
class Field:
    """A column: its name in the session, and what it holds."""

    name: str
    kind: Kind


@dataclass(frozen=True)
class Origin:
    """What the source is called in print, and how it was read."""

    name: str
    dialect: dict[str, str]


def schema_of(fields: Iterable[Field]) -> pa.Schema:
    """The Arrow types of the columns that are kept."""
    import pyarrow as pa

    types = {
        "whole": pa.int64(),
        "real": pa.float64(),
        "truth": pa.bool_(),
        "date": pa.date32(),
        "moment": pa.timestamp("us"),
    }
    return pa.schema([(field.name, types.get(field.kind, pa.string())) for field in kept(fields)])


def kept(fields: Iterable[Field]) -> list[Field]:
    """The columns that a table can hold."""
    return [field for field in fields if field.kind != "none"]


def unique_names(names: Iterable[str]) -> list[str]:
    """The names, made different where two are equal but for their case: ``name (2)``; one without a name gets one."""
    taken: dict[str, str] = {}
    for place, name in enumerate(names, 1):
        wanted = name.strip() or f"column {place}"
        free = next(f for f in _variants(wanted) if f.casefold() not in taken)
        taken[free.casefold()] = free
    return list(taken.values())


def load(
    batches: Iterable[pa.RecordBatch], fields: Sequence[Field], origin: Origin, session: Session, *, digest: bool = True
) -> SourceTable:
    """The table of the batches, which have the schema of the fields; they are read once, and never all in memory.

    Raises InputError where there is no row or no column, and whatever the batches raise.
    """
    import duckdb
    import pyarrow as pa

    schema = schema_of(fields)
    if not schema.names:
        raise InputError(f"{origin.name} has no column of numbers, dates or text", "ask for other columns")
    stream = _Stream(batches, schema, digest=digest)
    try:
        rows = session.load(pa.RecordBatchReader.from_batches(schema, stream))
    except duckdb.Error:
        if stream.error is not None:
            raise stream.error from None
        raise
    amount = rows.count()
    if not amount:
        raise InputError(f"{origin.name} has no rows", "ask for a table or query that gives some")
    rows = _settle(rows, fields, session)
    source = Source(origin.name, stream.digest, amount, len(fields), origin.dialect)
    return SourceTable(rows, source, findings=_findings(fields))


def _variants(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name} ({number})"
        number += 1


class _Stream:
    """Batches that are digested on their way; the first error is kept, as the engine makes a text of it."""

    def __init__(self, batches: Iterable[pa.RecordBatch], schema: pa.Schema, *, digest: bool) -> None:
        self.error: BaseException | None = None
        self._batches = batches
        self._schema = schema
        self._total = hashlib.sha256(str(schema).encode()) if digest else None

    @property
    def digest(self) -> str:
        """The sha256 of the values; nothing where none was asked for."""
        return self._total.hexdigest() if self._total else ""

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        try:
            for batch in self._batches:
                tidied = _tidy(batch, self._schema)
                if self._total:
                    self._total.update(_canonical(tidied))
                yield tidied
        except BaseException as error:
            self.error = error
            raise


def _tidy(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Empty text, infinity and what is no number are missing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = []
    for column in batch.columns:
        if pa.types.is_floating(column.type):
            column = pc.replace_with_mask(column, _is(pc.invert(pc.is_finite(column))), pa.scalar(None, column.type))
        elif pa.types.is_string(column.type):
            column = pc.replace_with_mask(column, _is(pc.equal(column, "")), pa.scalar(None, column.type))
        columns.append(column)
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _is(found: pa.BooleanArray) -> pa.BooleanArray:
    """What is missing already is not found."""
    import pyarrow.compute as pc

    return pc.fill_null(found, False)


def _canonical(batch: pa.RecordBatch) -> memoryview:
    """The cells as text that depends on their values only, and not on how they are cut into batches."""
    import pyarrow as pa
    import pyarrow.csv as csv

    written = pa.BufferOutputStream()
    csv.write_csv(batch, written, csv.WriteOptions(include_header=False))
    return memoryview(written.getvalue())


def _settle(rows: Relation, fields: Sequence[Field], session: Session) -> Relation:
    """Long numbers as numbers where a number can hold them; what has more digits is an id's, and stays text."""
    types = {field.name: _type_of(rows, field.name, session) for field in fields if field.kind == "digits"}
    numbers = {name: kind for name, kind in types.items() if kind != "VARCHAR"}
    if not numbers:
        return rows
    made = [f"{_number(name, numbers.get(name))} AS {name_of(name)}" for name in rows.columns]
    settled = session.create(f"SELECT {', '.join(made)} FROM {name_of(rows.name)}")
    session.drop(rows)
    return settled


def _type_of(rows: Relation, name: str, session: Session) -> str:
    column = name_of(name)
    whole = f"regexp_full_match({column}, '[+-]?[0-9]+')"
    fits = f"{whole} AND TRY_CAST({column} AS BIGINT) IS NOT NULL"
    counts = ", ".join(f"count(*) FILTER (WHERE {test})" for test in (f"{column} IS NOT NULL", whole, fits))
    present, integers, fitting = session.query(f"SELECT {counts} FROM {name_of(rows.name)}")[0]
    if integers < present:
        return "DOUBLE"
    return "BIGINT" if fitting == present else "VARCHAR"


def _number(name: str, kind: str | None) -> str:
    if kind is None:
        return name_of(name)
    cast = f"TRY_CAST({name_of(name)} AS {kind})"
    return f"CASE WHEN isfinite({cast}) THEN {cast} END" if kind == "DOUBLE" else cast


def _findings(fields: Sequence[Field]) -> tuple[Finding, ...]:
    names = [field.name for field in fields if field.kind == "none"]
    return (Finding("DQ020", _LEFT_OUT, len(names), f"left out: {', '.join(names)}"),) if names else ()
