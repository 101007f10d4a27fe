"""Which table or view of a database is meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from segreport.errors import InputError

_SHOWN = 8


@dataclass(frozen=True)
class Table:
    """A table or view; ``near`` says that it needs no schema before its name."""

    name: str
    schema: str = ""
    near: bool = True

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}" if self.schema else self.name


def find_table(asked: str | None, tables: Sequence[Table], database: str, *, only_one: bool = False) -> Table:
    """The table that is asked for; without a name the only one, where that is allowed.

    Raises InputError with the nearest names, or with all of them.
    """
    if asked is None:
        return _only(tables, database, allowed=only_one)
    for names in (_exact(asked, tables), _exact(asked.replace('"', "").casefold(), tables, fold=True)):
        if len(names) == 1:
            return names[0]
        if names:
            raise InputError(f"{database} has {listed(names)}", "name the one that is meant")
    raise InputError(f"{database} has no table or view {asked!r}", _nearest(asked, tables))


def listed(names: Iterable[object]) -> str:
    """Names in a sentence, not too many of them."""
    texts = list(map(str, names))
    more = f" and {len(texts) - _SHOWN} more" if len(texts) > _SHOWN else ""
    return ", ".join(texts[:_SHOWN]) + more


def _only(tables: Sequence[Table], database: str, *, allowed: bool) -> Table:
    if not tables:
        raise InputError(f"{database} has no table that can be read", "name another database, or ask for the rights")
    if allowed and len(tables) == 1:
        return tables[0]
    amount = "one table" if len(tables) == 1 else f"{len(tables)} tables"
    hint = f"name one at the end, as in ?table={tables[0]}, or give a --query"
    raise InputError(f"{database} has {amount}: {listed(tables)}", hint)


def _exact(asked: str, tables: Sequence[Table], *, fold: bool = False) -> list[Table]:
    def is_it(name: str) -> bool:
        return (name.casefold() if fold else name) == asked

    full = [table for table in tables if is_it(str(table))]
    near = [table for table in tables if table.near and is_it(table.name)]
    return full or near or [table for table in tables if is_it(table.name)]


def _nearest(asked: str, tables: Sequence[Table]) -> str:
    names = {str(table).casefold(): table for table in tables} | {table.name.casefold(): table for table in tables}
    close = difflib.get_close_matches(asked.casefold(), names, n=3, cutoff=0.6)
    if close:
        return f"did you mean {' or '.join(dict.fromkeys(str(names[name]) for name in close))}?"
    return f"it has {listed(tables)}" if tables else "it has none that can be read"
