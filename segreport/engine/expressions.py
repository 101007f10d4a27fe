"""SQL expressions that users write: one value of a row, the same today and tomorrow, and without a way out."""

from __future__ import annotations

import difflib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb

from segreport.engine.session import Relation, Session
from segreport.engine.text import name_of
from segreport.errors import ConfigError

SECONDS = 120
_NOW = frozenset({"current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"})
"""What the parser takes for columns, and the engine for the clock where no column is called so."""
_BEYOND_A_ROW = {"SUBQUERY": "a SELECT of its own", "WINDOW": "a window over other rows"}


def check_expression(expression: str, rows: Relation, *, place: str) -> str:
    """The type of an expression over a row; raises ConfigError that names its ``place`` in the configuration."""
    session = rows.session
    select = f"SELECT ({expression}\n) AS value FROM {name_of(rows.name)}"
    try:
        statements = session.statements(select)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise ConfigError(f"{place}: {expression!r} is more than one expression", "write one expression over a row")
        _refuse_what_changes(expression, rows, place)
        described = session.query(f"DESCRIBE {select}")
        session.query(f"EXPLAIN SELECT *, ({expression}\n) AS value FROM {name_of(rows.name)}")
    except duckdb.Error as error:
        raise refused(error, rows, place) from error
    if len(described) != 1:
        raise ConfigError(f"{place}: {expression!r} gives {len(described)} values", "write one expression over a row")
    return str(described[0][1])


def refused(error: duckdb.Error, rows: Relation, place: str) -> ConfigError:
    """The engine's complaint in one line, with the nearest column where it knows none of that name."""
    first = str(error).strip().splitlines()[0]
    cause = re.sub(r"^[\w ]+ Error: ", "", first)
    unknown = re.search(r'[Cc]olumn "([^"]+)" not found', cause)
    if unknown:
        near = difflib.get_close_matches(unknown.group(1), rows.columns, n=1)
        hint = f"did you mean {near[0]}?" if near else f"the columns are {', '.join(rows.columns)}"
        return ConfigError(f"{place}: there is no column {unknown.group(1)!r}", hint)
    return ConfigError(f"{place}: {cause}", "it takes SQL over the columns of a row, without files and network")


@contextmanager
def limited(session: Session, place: str, seconds: float = SECONDS) -> Iterator[None]:
    """End a user's expression that does not come to an end."""
    timer = threading.Timer(seconds, session.interrupt)
    timer.start()
    try:
        yield
    except duckdb.InterruptException as error:
        raise ConfigError(f"{place}: not done after {seconds:g} seconds", "write a simpler expression") from error
    finally:
        timer.cancel()


def _refuse_what_changes(expression: str, rows: Relation, place: str) -> None:
    """Refuse what reads more than the row, or gives another value each time: the same input, the same report."""
    columns = {name.lower() for name in rows.columns}
    changing = volatile_functions(rows.session)
    for node in _nodes(rows.session.parsed(f"SELECT ({expression}\n)")):
        kind, name = node.get("class"), str(node.get("function_name", "")).lower()
        if kind in _BEYOND_A_ROW:
            cause = f"{place}: {expression!r} has {_BEYOND_A_ROW[kind]}"
            raise ConfigError(cause, "it takes SQL over the columns of a row, without files and network")
        if kind == "COLUMN_REF":
            name = str(node["column_names"][-1]).lower()
            clock = name in _NOW and name not in columns
        else:
            clock = kind == "FUNCTION" and (name in changing or (name == "age" and len(node["arguments"]) == 1))
        if clock:
            hint = "write the date or the number itself, so that every run gives the same"
            raise ConfigError(f"{place}: {name}() changes from run to run", hint)


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Every part of a parsed statement."""
    if isinstance(tree, dict):
        yield tree
        tree = list(tree.values())
    for below in tree if isinstance(tree, list) else ():
        yield from _nodes(below)


def volatile_functions(session: Session) -> set[str]:
    """The engine's functions that do not depend on their arguments alone."""
    scalar = "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type = 'scalar'"
    return {str(row[0]) for row in session.query(f"{scalar} AND stability <> 'CONSISTENT'")}
