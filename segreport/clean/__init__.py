"""Cleaning: which rows are used, a ledger that sums exactly, and what was noticed on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from segreport.clean.findings import find_faults
from segreport.clean.rows import drop_rows
from segreport.config import CleanSection
from segreport.domain import (
    CATEGORY_ROLES,
    SET_BY_HAND,
    CleaningStep,
    CleanTable,
    Finding,
    Role,
    RoledTable,
    RoleName,
    columns_with,
)
from segreport.engine import Relation, Session, name_of
from segreport.errors import InputError
from segreport.formatting import is_currency

OLDEST_AGE = 100
LOG_SHARE = 0.9
"""A table whose customers have fewer different ids than this share of its rows is a log."""
_TEXTS: tuple[RoleName, ...] = (*CATEGORY_ROLES, "id", "near-unique", "text", "invoice", "product", "product-category")
_IN_LOGS: tuple[RoleName, ...] = ("amount", "quantity", "unit-price")


def clean(
    roled: RoledTable, rules: CleanSection, session: Session, *, as_of: date | datetime | None = None
) -> CleanTable:
    """The rows that can be used, each reason for dropping counted, and the reference date.

    Raises InputError where nothing is left, ConfigError where a rule of the user's is wrong.
    """
    table, roles = roled.table, _with_units(roled)
    log = _is_log(roled)
    rows, ledger = drop_rows(roled, rules, session, log=log, as_of=as_of)
    if not ledger[-1].rows:
        raise InputError("no row is left after cleaning", "the cleaning ledger: " + _ledger_in_words(ledger))
    if ledger[-1].rows == 1:
        raise InputError("only one customer is left after cleaning", "segments need customers that differ")
    reference = as_of or _day_after_the_last_date(rows, roles, session)
    rows, ages = _without_impossible_ages(rows, roles, reference, rules, session)
    currency = _currency(roled)
    rows = session.view(_with_keys_as_text(rows, roles))
    faults = find_faults(rows, roles, reference, session, currency=currency, ages=ages, log=log)
    return CleanTable(
        rows,
        roles,
        table.source,
        ledger,
        (*faults, *roled.findings, *table.findings),
        reference.isoformat() if reference else None,
        _period(reference),
        table.rejects,
        currency,
        log,
    )


def _with_units(roled: RoledTable) -> dict[str, Role]:
    """The roles, with the unit of columns whose cells name it."""
    shares = {name for name, column in roled.table.columns.items() if column.reading == "per cent"}
    return {name: replace(role, unit="share") if name in shares else role for name, role in roled.roles.items()}


def _is_log(roled: RoledTable) -> bool:
    """Whether customers come more than once: by a column found to be theirs, or one set by hand beside purchases."""
    for name in columns_with(roled.roles, "id"):
        column = roled.table.columns[name]
        purchases = columns_with(roled.roles, "date") and columns_with(roled.roles, *_IN_LOGS)
        if column.distinct < LOG_SHARE * (column.present - roled.table.repeated):
            return roled.roles[name].why != SET_BY_HAND or bool(purchases)
    return False


def _ledger_in_words(ledger: tuple[CleaningStep, ...]) -> str:
    return ", ".join(f"{step.rule.lower()} {step.rows}" for step in ledger)


def _day_after_the_last_date(rows: Relation, roles: Mapping[str, Role], session: Session) -> date | None:
    names = columns_with(roles, "date")
    if not names:
        return None
    last = session.query(f"SELECT {', '.join(f'max({name_of(name)})' for name in names)} FROM {name_of(rows.name)}")[0]
    days = [moment.date() for moment in last if moment is not None]
    return max(days) + timedelta(days=1) if days else None


def _period(reference: date | datetime | None) -> str:
    return "undated" if reference is None else f"{reference - timedelta(days=1):%Y-%m}"


def _without_impossible_ages(
    rows: Relation, roles: Mapping[str, Role], reference: date | datetime | None, rules: CleanSection, session: Session
) -> tuple[Relation, list[Finding]]:
    """Ages outside 0 to 100 become missing: the customer stays, the age is not believed."""
    findings, cleared = [], []
    for name in columns_with(roles, "birth-year", "age") if rules.ages == "missing" else ():
        born = roles[name].role == "birth-year"
        if born and reference is None:
            continue
        age = f"{reference.year} - {name_of(name)}" if born and reference else name_of(name)
        wrong = f"({age} > {OLDEST_AGE} OR {age} < 0)"
        figures = f"count(*), min({name_of(name)}), max({name_of(name)})"
        count, low, high = session.query(f"SELECT {figures} FROM {name_of(rows.name)} WHERE {wrong}")[0]
        if count:
            cleared.append(f"CASE WHEN {wrong} THEN NULL ELSE {name_of(name)} END AS {name_of(name)}")
            span = f"{low:.0f}" if low == high else f"{low:.0f} to {high:.0f}"
            done = f"{roles[name].label} {span}: left out of the averages, the customers kept"
            findings.append(Finding("DQ005", "Ages that cannot be right", int(count), done))
    if cleared:
        rows = session.view(f"SELECT * REPLACE ({', '.join(cleared)}) FROM {name_of(rows.name)}")
    return rows, findings


def _with_keys_as_text(rows: Relation, roles: Mapping[str, Role]) -> str:
    """Ids, keys and codes are text, whatever their digits."""
    numbers = [name for name in columns_with(roles, *_TEXTS) if rows.types[name] == "DOUBLE"]
    texts = [f"{_digits(name_of(name))} AS {name_of(name)}" for name in numbers]
    replaced = f" REPLACE ({', '.join(texts)})" if texts else ""
    return f"SELECT *{replaced} FROM {name_of(rows.name)}"


def _digits(column: str) -> str:
    whole = f"{column} = floor({column}) AND abs({column}) < 1e18"
    return f"CASE WHEN {whole} THEN {column}::BIGINT::VARCHAR ELSE {column}::VARCHAR END"


def _currency(roled: RoledTable) -> str | None:
    """The currency that a column of that name gives for every row."""
    names = [name for name in columns_with(roled.roles, "constant") if "currency" in name.lower()]
    codes = [text.strip().upper() for name in names for text, _ in roled.table.columns[name].common[:1]]
    return next((code for code in codes if is_currency(code)), None)
