"""The rows that are dropped: one rule after the other, each counted, so that the ledger sums exactly."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime

import duckdb

from segreport.config import CleanSection
from segreport.domain import CleaningStep, RoledTable, RoleName, columns_with
from segreport.engine import Relation, Session, name_of
from segreport.engine.expressions import check_expression, limited, refused
from segreport.errors import ConfigError, InputError

MOSTLY_MISSING = 0.4
_FIGURES: tuple[RoleName, ...] = ("spend", "channel", "deals", "visits", "value", "orders", "score", "number", "income")


@dataclass(frozen=True)
class Rule:
    """Rows that a rule drops: the condition in SQL, and what the ledger says of it."""

    title: str
    note: str
    condition: str


def drop_rows(
    roled: RoledTable, rules: CleanSection, session: Session, *, log: bool, as_of: date | datetime | None
) -> tuple[Relation, tuple[CleaningStep, ...]]:
    """The rows that are left, and the ledger from the rows read to the rows used."""
    table = roled.table
    rows = table.rows
    assert isinstance(rows, Relation)
    steps = [CleaningStep("Rows read", table.source.rows)]
    if table.rejects:
        steps.append(CleaningStep("Lines that do not fit the table", -len(table.rejects), "listed in rejects.csv"))
    found = list(_rules(roled, rules, rows, log=log, as_of=as_of))
    rows, dropped = _drop_by_rule(rows, found, session, where=rules.where is not None)
    steps += dropped
    rows, dropped = _drop_repeats(rows, roled, rules, session, log=log)
    steps += dropped
    steps.append(CleaningStep("Rows used", rows.count()))
    return rows, tuple(steps)


def _rules(
    roled: RoledTable, rules: CleanSection, rows: Relation, *, log: bool, as_of: date | datetime | None
) -> Iterator[Rule]:
    """The rules in their order; a row is counted by the first that drops it."""
    roles, ids = roled.roles, columns_with(roled.roles, "id")
    if rules.where:
        yield _where(rules.where, rows)
    if ids and rules.missing_ids == "drop":
        yield Rule("No customer id", "cannot be told apart", f"{name_of(ids[0])} IS NULL")
    if log:
        yield from _rules_of_logs(roled, rules, as_of)
    gaps = [
        name
        for name in columns_with(roles, *_FIGURES)
        if 0 < roled.table.columns[name].missing <= MOSTLY_MISSING * roled.table.columns[name].rows
    ]
    if rules.missing == "drop" and gaps:
        note = f"in {', '.join(gaps[:4])}" + (f" and {len(gaps) - 4} more" if len(gaps) > 4 else "")
        yield Rule("A figure is missing", note, " OR ".join(f"{name_of(name)} IS NULL" for name in gaps))


def _where(expression: str, rows: Relation) -> Rule:
    place = "[clean] where"
    kind = check_expression(expression, rows, place=place)
    if kind != "BOOLEAN":
        raise ConfigError(f"{place}: {expression!r} gives {kind}, not yes or no", "write a comparison: Income < 600000")
    return Rule("Outside the rows asked for", f"where {expression}", f"NOT coalesce(({expression}\n), false)")


def _rules_of_logs(roled: RoledTable, rules: CleanSection, as_of: date | datetime | None) -> Iterator[Rule]:
    roles = roled.roles
    invoices, dates = columns_with(roles, "invoice"), columns_with(roles, "date")
    if invoices and rules.cancellations == "drop" and roled.table.columns[invoices[0]].kind == "text":
        condition = f"regexp_full_match({name_of(invoices[0])}, '[Cc]\\d+')"
        yield Rule("Cancellations", "the invoice begins with C", condition)
    kinds: tuple[tuple[str, RoleName], ...] = (("Quantity", "quantity"), ("Price", "unit-price"), ("Amount", "amount"))
    for word, role in kinds:
        for name in columns_with(roles, role) if rules.nonpositive == "drop" else ():
            yield Rule(f"{word} of zero or less", "returns and corrections", f"{name_of(name)} <= 0")
    if as_of and dates and rules.future == "drop":
        later = f"{name_of(dates[0])} >= TIMESTAMP '{as_of.isoformat()}'"
        yield Rule("After the reference date", f"on or after {as_of.isoformat()}", later)


def _drop_by_rule(
    rows: Relation, rules: list[Rule], session: Session, *, where: bool
) -> tuple[Relation, list[CleaningStep]]:
    """Every row goes to the first rule that drops it; all of them are counted in one pass."""
    if not rules:
        return rows, []
    cases = " ".join(f"WHEN {rule.condition} THEN {place}" for place, rule in enumerate(rules))
    table = name_of(rows.name)
    try:
        with limited(session, "[clean] where") if where else nullcontext():
            found = session.query(f"SELECT CASE {cases} ELSE -1 END AS rule, count(*) FROM {table} GROUP BY 1")
            counts = {int(place): int(count) for place, count in found}
            if set(counts) != {-1}:
                rows = session.create(f"SELECT * FROM {table} WHERE (CASE {cases} ELSE -1 END) = -1")
            if rows.count() != counts.get(-1, 0):
                hint = "write an expression that gives the same each time"
                raise ConfigError("[clean] where: it keeps other rows each time", hint)
    except duckdb.Error as error:
        raise refused(error, rows, "[clean] where") from error
    steps = [CleaningStep(rule.title, -counts.get(place, 0), rule.note) for place, rule in enumerate(rules)]
    return rows, steps


def _drop_repeats(
    rows: Relation, roled: RoledTable, rules: CleanSection, session: Session, *, log: bool
) -> tuple[Relation, list[CleaningStep]]:
    """Rows equal in every column, and in a table of customers the later rows of an id."""
    ids = columns_with(roled.roles, "id")
    if not ids:
        return rows, []
    steps: list[CleaningStep] = []
    repeated = _has_repeats(rows, ids[0], session)
    if rules.duplicates == "drop":
        rows, count = _first_of(rows, rows.columns, session) if repeated else (rows, 0)
        steps.append(CleaningStep("Exact duplicates", -count, "equal in every column; the first is kept"))
    if not log:
        rows, count = _first_of(rows, ids[:1], session) if repeated else (rows, 0)
        if count and rules.repeated_ids == "refuse":
            raise InputError(
                f"{count} rows have an id ({ids[0]}) that stands above already",
                'mend the table, or keep the first row of each with repeated_ids = "first" under [clean]',
            )
        steps.append(CleaningStep("Id seen before", -count, "the first row of an id is kept"))
    return rows, steps


def _has_repeats(rows: Relation, column: str, session: Session) -> bool:
    sql = f"SELECT count({name_of(column)}), count(DISTINCT {name_of(column)}) FROM {name_of(rows.name)}"
    present, distinct = session.query(sql)[0]
    return bool(present > distinct)


def _first_of(rows: Relation, columns: tuple[str, ...] | list[str], session: Session) -> tuple[Relation, int]:
    """The first row of those that are equal in the columns, in the order of the input; missing cells are not equal."""
    table, keys = name_of(rows.name), ", ".join(map(name_of, columns))
    whole = len(columns) == len(rows.columns)
    keep = "" if whole else f" OR {name_of(columns[0])} IS NULL"
    first = session.create(
        f"SELECT * FROM {table} WHERE rowid IN (SELECT min(rowid) FROM {table} GROUP BY {keys}){keep} ORDER BY rowid"
    )
    return first, rows.count() - first.count()
