"""Cleaning: which rows are used, a ledger that sums exactly, and what was noticed on the way."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

import pandas as pd

from segreport.domain import (
    CUSTOMER_COLUMNS,
    SET_BY_HAND,
    CleaningStep,
    CleanTable,
    Finding,
    Role,
    RoleName,
    TypedTable,
    Unit,
    columns_with,
)
from segreport.errors import InputError
from segreport.formatting import is_currency

OLDEST_AGE = 100
FAR_OUT = 3.0
"""A value this many interquartile ranges beyond the quartiles is far out (Tukey 1977)."""
FEW_FAR_OUT = 0.005
RARE = 0.005
LOG_SHARE = 0.9
"""A table whose customer column has fewer different values than this share of its rows is a log."""


def clean(table: TypedTable, *, as_of: date | datetime | None = None) -> CleanTable:
    """Drop the rows that cannot be used, count each reason, and fix the reference date.

    Raises InputError where nothing is left.
    """
    _refuse_log(table)
    frame, ledger = _drop_rows(table)
    if frame.empty:
        raise InputError("no row is left after cleaning", "the cleaning ledger: " + _ledger_in_words(ledger))
    reference = as_of or _day_after_the_last_date(frame, table.roles)
    frame, ages = _without_impossible_ages(frame, table.roles, reference)
    findings = (
        *_repeats(frame, table.roles),
        *_unused_columns(table.roles, _currency(frame, table.roles)),
        *_missing_values(frame, table.roles),
        *ages,
        *_later_dates(frame, table.roles, reference),
        *_far_outliers(frame, table.roles),
        *_rare_categories(frame, table.roles),
        *table.findings,
    )
    return CleanTable(
        frame,
        table.roles,
        table.source,
        ledger,
        findings,
        reference.isoformat() if reference else None,
        _period(reference),
        table.rejects,
        _currency(frame, table.roles),
    )


def _refuse_log(table: TypedTable) -> None:
    """A log of purchases read as customers would be a misread; it is refused by its repeated customer column."""
    for column, role in table.roles.items():
        name = re.sub(r"[\W_]+", "", column.lower())
        if name not in CUSTOMER_COLUMNS or role.why == SET_BY_HAND or role.role == "constant":
            continue
        rows, customers = int(table.frame[column].notna().sum()), table.frame[column].nunique()
        if rows and customers < LOG_SHARE * rows and "id" not in _set_by_hand(table.roles):
            cause = f"this is a log of purchases: {column} has {customers} customers in {rows} rows"
            raise InputError(cause, "give one row a customer; or name the id of the rows with --id")


def _set_by_hand(roles: Mapping[str, Role]) -> set[str]:
    return {role.role for role in roles.values() if role.why == SET_BY_HAND}


def _drop_rows(table: TypedTable) -> tuple[pd.DataFrame, tuple[CleaningStep, ...]]:
    frame = table.frame
    steps = [CleaningStep("Rows read", table.source.rows)]
    if table.rejects:
        steps.append(CleaningStep("Lines that do not fit the header", -len(table.rejects), "listed in rejects.csv"))
    for rule, note, drop in _rules(table.roles):
        dropped = drop(frame)
        steps.append(CleaningStep(rule, -int(dropped.sum()), note))
        frame = frame[~dropped]
    steps.append(CleaningStep("Rows used", len(frame)))
    return frame.reset_index(drop=True), tuple(steps)


def _rules(roles: Mapping[str, Role]) -> list[tuple[str, str, Callable[[pd.DataFrame], pd.Series]]]:
    """The rules that drop rows; without an id every row is a customer of its own, and none is dropped."""
    ids = columns_with(roles, "id")
    if not ids:
        return []
    return [
        ("No customer id", "cannot be told apart", lambda frame: frame[ids[0]].isna()),
        ("Exact duplicates", "equal in every column; the first is kept", lambda frame: frame.duplicated()),
        ("Id seen before", "the first row of an id is kept", lambda frame: frame.duplicated(ids[0])),
    ]


def _ledger_in_words(ledger: tuple[CleaningStep, ...]) -> str:
    return ", ".join(f"{step.rule.lower()} {step.rows}" for step in ledger)


def _day_after_the_last_date(frame: pd.DataFrame, roles: Mapping[str, Role]) -> date | None:
    dates = [frame[column].max() for column in columns_with(roles, "date")]
    last = max((day for day in dates if pd.notna(day)), default=None)
    return None if last is None else (last + timedelta(days=1)).date()


def _period(reference: date | datetime | None) -> str:
    return "undated" if reference is None else f"{reference - timedelta(days=1):%Y-%m}"


def _without_impossible_ages(
    frame: pd.DataFrame, roles: Mapping[str, Role], reference: date | datetime | None
) -> tuple[pd.DataFrame, list[Finding]]:
    """Ages outside 0 to 100 become missing: the customer stays, the age is not believed."""
    findings, frame = [], frame.copy()
    for column in columns_with(roles, "birth-year", "age"):
        born = roles[column].role == "birth-year"
        if born and reference is None:
            continue
        age = reference.year - frame[column] if born and reference else frame[column]
        wrong = (age > OLDEST_AGE) | (age < 0)
        if wrong.any():
            frame.loc[wrong, column] = float("nan")
            done = f"{roles[column].label}: left out of the averages, the customers kept"
            findings.append(Finding("DQ005", "Ages that cannot be right", int(wrong.sum()), done))
    return frame, findings


def _repeats(frame: pd.DataFrame, roles: Mapping[str, Role]) -> list[Finding]:
    ids = columns_with(roles, "id")
    repeats = int(frame.drop(columns=ids).duplicated().sum())
    if not repeats:
        return []
    what = "Rows that are equal but for the id" if ids else "Rows that are equal"
    return [Finding("DQ001", what, repeats, "kept: they may be different people")]


def _unused_columns(roles: Mapping[str, Role], currency: str | None) -> list[Finding]:
    kinds: tuple[tuple[str, RoleName, str], ...] = (
        ("DQ002", "constant", "Columns with one value only"),
        ("DQ003", "missing", "Columns without any value"),
        ("DQ009", "text", "Columns of free text"),
        ("DQ004", "near-unique", "Columns with a key in every row"),
    )
    found = [(code, text, _all_but(columns_with(roles, kind), currency)) for code, kind, text in kinds]
    return [
        Finding(code, text, len(columns), f"{_some(columns)}: not used") for code, text, columns in found if columns
    ]


def _missing_values(frame: pd.DataFrame, roles: Mapping[str, Role]) -> list[Finding]:
    counts = frame.isna().sum()
    findings = []
    for column, role in roles.items():
        if not counts[column] or role.role in ("missing", "birth-year", "id", "text"):
            continue
        done = "left out of its average; at the median to form segments"
        if role.role in ("category", "date", "flag", "response"):
            done = "left out of its shares; not used to form segments"
        findings.append(Finding("DQ006", f"Missing: {role.label}", int(counts[column]), done))
    return findings


def _later_dates(frame: pd.DataFrame, roles: Mapping[str, Role], reference: date | datetime | None) -> list[Finding]:
    findings = []
    for column in columns_with(roles, "date"):
        later = int((frame[column] >= pd.Timestamp(reference)).sum()) if reference else 0
        if later:
            done = f"{roles[column].label}: their days are left out of the averages"
            findings.append(Finding("DQ013", "Dates after the reference date", later, done))
    return findings


def _far_outliers(frame: pd.DataFrame, roles: Mapping[str, Role]) -> list[Finding]:
    findings = []
    for column in columns_with(roles, "income", "value", "number", "score", "orders"):
        low, high = frame[column].quantile([0.25, 0.75])
        far = frame[column][frame[column] > high + FAR_OUT * (high - low)]
        if 0 < len(far) <= max(1, FEW_FAR_OUT * len(frame)):
            done = "up to {0}: real in every figure, drawn in only to form segments"
            unit: Unit = "money" if roles[column].role in ("income", "value") else "number"
            values = ((float(far.max()), unit),)
            findings.append(
                Finding("DQ007", f"Far beyond the rest: {roles[column].label}", len(far), done, "count", values)
            )
    return findings


def _rare_categories(frame: pd.DataFrame, roles: Mapping[str, Role]) -> list[Finding]:
    findings = []
    for column in columns_with(roles, "category"):
        shares = frame[column].value_counts()
        rare = shares[shares < RARE * len(frame)]
        if 0 < len(rare) <= 10:
            names = _some(sorted(map(str, rare.index)))
            findings.append(
                Finding(
                    "DQ008", f"Rare in {roles[column].label.lower()}", int(rare.sum()), f"{names}: shown as they are"
                )
            )
    return findings


def _currency(frame: pd.DataFrame, roles: Mapping[str, Role]) -> str | None:
    """The currency that a column of that name gives for every row."""
    codes = [str(frame[c].iloc[0]).strip().upper() for c in columns_with(roles, "constant") if "currency" in c.lower()]
    return next((code for code in codes if is_currency(code)), None)


def _all_but(columns: list[str], currency: str | None) -> list[str]:
    """The columns without the one that names the currency, which is used."""
    return [column for column in columns if not (currency and "currency" in column.lower())]


def _some(names: list[str], most: int = 4) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
