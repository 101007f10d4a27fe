"""What every typed column holds, from one pass over the table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from segreport.domain import Column
from segreport.engine import Relation, Session, name_of

EXACT_ROWS = 200_000
"""Up to so many rows different values are counted exactly; above, in the first of them, or about (HyperLogLog)."""
FEW_DIFFERENT = 5_000
COMMON = 30
APART = 0.97
"""The share of different values that HyperLogLog may give where all are different."""
LARGEST = 1e100
YEARS = (1800, 2200)
"""Figures and years beyond these are slips of the pen, not measurements."""
_KINDS = {"DOUBLE": "number", "TIMESTAMP": "date", "VARCHAR": "text"}
_NUMERIC_LOOKING = re.compile(r"[(\-+\s]*[^\w\s.,]*\s*[\d.,'\s]*[.,%€$£][\d.,'\s]*[^\w\s]*\)?")


@dataclass(frozen=True)
class Figures:
    """Of one column: how many cells are there, the bounds, and a figure of its kind.

    ``own`` is for numbers whether all are whole, for dates the share of days up to the 12th, for text the mean length.
    """

    present: int
    low: Any
    high: Any
    own: Any

    @property
    def whole(self) -> bool:
        """Whether every number is a whole one."""
        return bool(self.own)


@dataclass(frozen=True)
class Totals:
    """Of a table: how many rows, and the figures of every column."""

    rows: int
    columns: Mapping[str, Figures]


def totals_of(rows: Relation, session: Session) -> Totals:
    """The figures of every column, in one pass."""
    table = name_of(rows.name)
    total = int(session.query(f"SELECT count(*) FROM {table}")[0][0])
    figures = [
        part.format(name_of(name))
        for name, kind in rows.types.items()
        for part in ("count({0})", *_BOUNDS[kind], _OF_KIND[kind])
    ]
    values = session.query(f"SELECT {', '.join(figures)} FROM {table}")[0] if figures else ()
    return Totals(total, {name: Figures(*values[place * 4 : place * 4 + 4]) for place, name in enumerate(rows.types)})


def summarise(
    rows: Relation, totals: Totals, session: Session, said: Mapping[str, str]
) -> tuple[Relation, dict[str, Column]]:
    """The table without figures and years that cannot be real, and what its columns hold.

    ``said`` is how each column was read, where that matters in print.
    """
    unreal = {name: count for name in rows.types if (count := _unreal(name, rows, totals.columns[name], session))}
    if unreal:
        rows = session.create(_without_unreal(rows, unreal))
        totals = totals_of(rows, session)
    first = _first_rows(rows, totals.rows)
    counted = {name: _counted(first, name, session) for name in rows.types}
    distinct = _distinct(rows, totals, {name: count for name, (count, _) in counted.items()}, session)
    columns = {
        name: _column(name, kind, totals, distinct[name], counted[name][1], said.get(name, ""))
        for name, kind in rows.types.items()
    }
    return rows, {name: replace(column, unreal=unreal.get(name, 0)) for name, column in columns.items()}


_BOUNDS = {"VARCHAR": ("NULL", "NULL")} | dict.fromkeys(("DOUBLE", "TIMESTAMP"), ("min({0})", "max({0})"))
_OF_KIND = {
    "DOUBLE": "bool_and({0} = floor({0}))",
    "TIMESTAMP": "avg((day({0}) <= 12)::INT)",
    "VARCHAR": "avg(length({0}))",
}


def count_repeated(rows: Relation, columns: Mapping[str, Column], session: Session) -> int:
    """How many rows are equal in every column to one above; none where a column tells nearly all rows apart."""
    total = max((column.rows for column in columns.values()), default=0)
    small = total <= EXACT_ROWS
    if not columns or max(column.distinct for column in columns.values()) >= total * (1 if small else APART):
        return 0
    names = ", ".join(map(name_of, columns))
    count = "count(DISTINCT hash({0}))" if small else "approx_count_distinct(hash({0}))"
    return max(0, total - int(session.query(f"SELECT {count.format(names)} FROM {name_of(rows.name)}")[0][0]))


def _unreal(name: str, rows: Relation, figures: Figures, session: Session) -> int:
    if figures.low is None or not _is_unreal(rows.types[name], figures.low, figures.high):
        return 0
    where = _beyond(name, rows.types[name])
    return int(session.query(f"SELECT count(*) FROM {name_of(rows.name)} WHERE {where}")[0][0])


def _is_unreal(kind: str, low: Any, high: Any) -> bool:
    if kind == "DOUBLE":
        return bool(max(abs(low), abs(high)) > LARGEST)
    return kind == "TIMESTAMP" and not all(map(_is_in_the_calendar, (low, high)))


def _is_in_the_calendar(day: Any) -> bool:
    """The engine gives a day that Python has no date for, before the year 1 or after 9999, as text."""
    return isinstance(day, datetime) and YEARS[0] <= day.year <= YEARS[1]


def _beyond(name: str, kind: str) -> str:
    column = name_of(name)
    return f"abs({column}) > {LARGEST}" if kind == "DOUBLE" else f"year({column}) NOT BETWEEN {YEARS[0]} AND {YEARS[1]}"


def _without_unreal(rows: Relation, unreal: Mapping[str, int]) -> str:
    cleared = [
        f"CASE WHEN {_beyond(name, rows.types[name])} THEN NULL ELSE {name_of(name)} END AS {name_of(name)}"
        for name in unreal
    ]
    return f"SELECT * REPLACE ({', '.join(cleared)}) FROM {name_of(rows.name)}"


def _first_rows(rows: Relation, total: int) -> str:
    """Where values are counted: everywhere, or in the first rows of a large table."""
    return name_of(rows.name) if total <= EXACT_ROWS else f"(FROM {name_of(rows.name)} LIMIT {EXACT_ROWS})"


def _counted(first: str, name: str, session: Session) -> tuple[int, tuple[tuple[str, int], ...]]:
    """How many values differ, and the most common ones with their counts.

    A query a column takes a fraction of the memory that count(DISTINCT) takes over all of them at once.
    """
    column = name_of(name)
    counted = f"SELECT {column}, count(*) AS n FROM {first} WHERE {column} IS NOT NULL GROUP BY 1"
    found = session.query(f"SELECT *, count(*) OVER () FROM ({counted}) ORDER BY n DESC, 1 LIMIT {COMMON}")
    return (int(found[0][2]) if found else 0), tuple((_as_text(row[0]), int(row[1])) for row in found)


def _distinct(rows: Relation, totals: Totals, first: Mapping[str, int], session: Session) -> dict[str, int]:
    """How many values differ: as counted, and in a large table about, for text and where the first rows show many."""
    if totals.rows <= EXACT_ROWS:
        return dict(first)
    many = [name for name, count in first.items() if count > FEW_DIFFERENT or rows.types[name] == "VARCHAR"]
    asked = ", ".join(f"approx_count_distinct({name_of(name)})" for name in many)
    about = session.query(f"SELECT {asked} FROM {name_of(rows.name)}")[0] if many else ()
    found = {**first, **{name: max(first[name], int(count)) for name, count in zip(many, about, strict=True)}}
    return {name: _bounded(count, totals.columns[name]) for name, count in found.items()}


def _bounded(distinct: int, figures: Figures) -> int:
    """Not more than there are cells, and not one where the least and the greatest differ."""
    return min(max(distinct, 1 if figures.low == figures.high else 2), int(figures.present))


def _as_text(value: Any) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _column(
    name: str, kind: str, totals: Totals, distinct: int, common: tuple[tuple[str, int], ...], said: str
) -> Column:
    found, total = totals.columns[name], totals.rows
    present = int(found.present)
    of_kind: dict[str, Any] = {}
    if kind == "DOUBLE" and present:
        of_kind = {"low": float(found.low), "high": float(found.high), "whole": found.whole}
    elif kind == "TIMESTAMP" and present:
        of_kind = {"first": found.low.isoformat(), "last": found.high.isoformat(), "ambiguous": float(found.own)}
    elif present:
        of_kind = {"mean_length": float(found.own), "numeric_looking": _looks_numeric(common, present, total)}
    return Column(
        name,
        _KINDS[kind] if present else "missing",  # type: ignore[arg-type]
        total,
        total - present,
        distinct,
        reading=said,
        common=() if kind == "TIMESTAMP" else common,
        **of_kind,
    )


def _looks_numeric(common: tuple[tuple[str, int], ...], present: int, total: int) -> bool:
    """Whether nearly every cell of a column of text is digits but for separators, currency and per cent signs."""
    with_digits = [(text, count) for text, count in common if re.search(r"\d", text)]
    cells = sum(count for _, count in with_digits)
    if not cells or 2 * present <= total:
        return False
    return sum(count for text, count in with_digits if _NUMERIC_LOOKING.fullmatch(text)) > 0.9 * cells

