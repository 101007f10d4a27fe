"""New columns from the user's expressions over a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import duckdb

from segreport.domain import TypedTable
from segreport.engine import Relation, Session, name_of
from segreport.engine.expressions import check_expression, limited, refused
from segreport.errors import ConfigError
from segreport.typed.summary import summarise, totals_of

_WHOLE = {f"{sign}{size}INT" for sign in ("", "U") for size in ("TINY", "SMALL", "BIG", "HUGE")}
_CASTS = {"VARCHAR": "VARCHAR", "UUID": "VARCHAR", "DATE": "TIMESTAMP", "TIMESTAMP": "TIMESTAMP"} | dict.fromkeys(
    [*_WHOLE, "INTEGER", "UINTEGER", "FLOAT", "DOUBLE", "DECIMAL", "BOOLEAN", '"NULL"'], "DOUBLE"
)
"""What a value of each type becomes; DECIMAL is followed by its width."""


def derive_columns(table: TypedTable, expressions: Mapping[str, str], session: Session) -> TypedTable:
    """The table with the derived columns behind its own; a later one may use an earlier.

    Raises ConfigError for an expression that is wrong, that changes from run to run, or reaches out of the row.
    """
    if not expressions:
        return table
    rows = table.rows
    assert isinstance(rows, Relation)
    for name, expression in expressions.items():
        place = f"[derive] {name}"
        if name.lower() in {own.lower() for own in rows.columns}:
            raise ConfigError(f"{place}: there is a column of that name", "give the new column another name")
        rows = _with_column(rows, name, expression, place, session)
    said = {name: column.reading for name, column in table.columns.items()}
    rows, columns = summarise(rows, totals_of(rows, session), session, said)
    kept = {name: table.columns.get(name, column) for name, column in columns.items()}
    return replace(table, rows=rows, columns=kept)


def _with_column(rows: Relation, name: str, expression: str, place: str, session: Session) -> Relation:
    kind = check_expression(expression, rows, place=place)
    target = _CASTS.get(kind.partition("(")[0])
    if target is None or kind.endswith("]"):
        raise ConfigError(f"{place}: it gives {kind}", "write an expression that gives a number, a date or text")
    value = f"({expression}\n)::{target}"
    if target == "DOUBLE":
        value = f"CASE WHEN isfinite({value}) THEN {value} END"
    try:
        with limited(session, place):
            return session.create(f"SELECT *, {value} AS {name_of(name)} FROM {name_of(rows.name)}")
    except duckdb.Error as error:
        raise refused(error, rows, place) from error

