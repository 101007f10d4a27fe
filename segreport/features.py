"""One row per customer: the measures that describe, in print order, and the ones that segments are made from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from segreport.domain import CATEGORY_ROLES, CleanTable, Features, Measure, Role, RoleName, columns_with
from segreport.errors import ConfigError, InputError

NEAR_DUPLICATE = 0.95
MOSTLY_MISSING = 0.4
OFTEN_MISSING = 0.05
RESERVED = frozenset({"value", "size", "share", "jaccard"})
"""Names that facts of a segment have; a column of that name goes by another inside the report."""
_SIGN_UP = frozenset(
    [
        "signup",
        "sign",
        "enrol",
        "enroll",
        "enrolled",
        "join",
        "joined",
        "regist",
        "registered",
        "registration",
        "since",
        "customer",
        "created",
        "member",
        "membership",
    ]
)
BEHAVIOUR: tuple[RoleName, ...] = ("spend", "channel", "deals", "visits", "value", "orders", "score", "number")
PEOPLE: tuple[RoleName, ...] = ("income", "age", "children")


def build_features(clean: CleanTable, *, asked: tuple[str, ...] = ()) -> Features:
    """The measures, categories and chosen features of every customer.

    ``asked`` names columns or measures to segment on instead of the default choice; an unknown name raises
    ConfigError. Raises InputError where no numeric column is left.
    """
    _refuse_log(clean)
    frame, measures = _measures(clean)
    if not measures:
        only = "; every other has one value only" if columns_with(clean.roles, "constant") else ""
        hint = "add a column with amounts, counts or scores"
        if len(clean.roles) == 1:
            hint = "name what parts its cells with --delimiter, if there is more than one column"
        raise InputError(f"no numeric column is left to segment on{only}", hint)
    chosen, left_out = _choose(frame, measures, clean.roles, asked)
    categories = tuple(columns_with(clean.roles, *CATEGORY_ROLES))
    ids = columns_with(clean.roles, "id")
    numbered = pd.Series(range(1, len(clean.frame) + 1)).astype(str)
    return Features(
        frame=pd.concat([frame, clean.frame[list(categories)]], axis=1),
        ids=clean.frame[ids[0]] if ids else numbered,
        measures=tuple(replace(m, aside=m.aside and m.column not in chosen) for m in measures),
        categories=categories,
        chosen=chosen,
        value=_value_column(measures),
        left_out=left_out,
        clean=clean,
    )


def _refuse_log(clean: CleanTable) -> None:
    """A log of purchases read as customers would be a misread."""
    if clean.repeats:
        column = columns_with(clean.roles, "id")[0]
        customers = clean.frame[column].nunique()
        cause = f"this is a log of purchases: {column} has {customers:,} customers in {len(clean.frame):,} rows"
        raise InputError(cause, "give one row a customer; or name the id of the rows with --id")


def _measures(clean: CleanTable) -> tuple[pd.DataFrame, list[Measure]]:
    columns: dict[str, pd.Series] = {}
    measures: list[Measure] = []
    found = (*_totals(clean), *_own(clean), *_people(clean), *_answers(clean), *_timing(clean), *_gaps(clean))
    for measure, values in found:
        taken = {*columns, *RESERVED} | (set(map(str, clean.frame.columns)) if measure.derived else set())
        name = _free(measure.column, taken)
        columns[name] = values.astype("float64")
        measures.append(replace(measure, column=name))
    return pd.DataFrame(columns, index=clean.frame.index), measures


def _free(name: str, taken: set[str]) -> str:
    """The name, or one made from it that no other column has."""
    return name if name not in taken else _free(f"{name} in all", taken)


def _totals(clean: CleanTable) -> Iterable[tuple[Measure, pd.Series]]:
    """Spending and orders, added up where the table has them by product and by channel."""
    spend, channels = columns_with(clean.roles, "spend"), columns_with(clean.roles, "channel")
    if len(spend) > 1:
        total = Measure("spending", "Spending", "Value", "money", "value", derived=True)
        yield total, clean.frame[spend].sum(axis=1, min_count=1)
    if len(channels) > 1:
        total = Measure("orders", "Orders", "Value", "count", "orders", derived=True)
        yield total, clean.frame[channels].sum(axis=1, min_count=1)
    for column in columns_with(clean.roles, "value"):
        yield _measure(column, clean.roles[column], "Value", "money"), clean.frame[column]
    for column in columns_with(clean.roles, "orders"):
        yield _measure(column, clean.roles[column], "Value", "count"), clean.frame[column]


def _own(clean: CleanTable) -> Iterable[tuple[Measure, pd.Series]]:
    groups: tuple[tuple[RoleName, str, str], ...] = (
        ("spend", "Products, spending", "money"),
        ("channel", "Channels, orders", "count"),
        ("deals", "Channels, orders", "count"),
    )
    for role, group, unit in groups:
        for column in columns_with(clean.roles, role):
            yield _measure(column, clean.roles[column], group, unit), clean.frame[column]


def _people(clean: CleanTable) -> Iterable[tuple[Measure, pd.Series]]:
    frame, roles, group = clean.frame, clean.roles, "Who they are"
    for column in columns_with(roles, "income"):
        thousands = {"thousands", "thousand", "k"} & set(column.lower().replace("_", " ").split())
        yield _measure(column, roles[column], group, "number" if thousands else "money"), frame[column]
    for column in columns_with(roles, "age"):
        yield _measure(column, roles[column], group, "years"), frame[column]
    births = columns_with(roles, "birth-year")
    if births and clean.as_of and not columns_with(roles, "age"):
        year = date.fromisoformat(clean.as_of[:10]).year
        yield Measure("age", "Age", group, "years", "age", derived=True), year - frame[births[0]]
    yield from _children(clean, group)
    others: tuple[RoleName, ...] = ("visits", "score", "number")
    for role in others:
        for column in columns_with(roles, role):
            unit = "count" if role == "visits" else "number"
            yield _measure(column, roles[column], group if role == "visits" else "Behaviour", unit), frame[column]


def _children(clean: CleanTable, group: str) -> Iterable[tuple[Measure, pd.Series]]:
    """The number of children, as the table has it or added up from its parts, and then the parts."""
    columns = columns_with(clean.roles, "children")
    own = {column: (_measure(column, clean.roles[column], group, "count"), clean.frame[column]) for column in columns}
    total = next((column for column in columns if _is_sum(column, columns, clean.frame)), None)
    if len(columns) > 1 and total is None:
        home = Measure("children", "Children at home", group, "count", "children", derived=True)
        yield home, clean.frame[columns].sum(axis=1)
    elif columns:
        yield own.pop(total or columns[0])
    for part, values in own.values():
        yield replace(part, aside=True), values


def _is_sum(column: str, columns: list[str], frame: pd.DataFrame) -> bool:
    others = [other for other in columns if other != column]
    return len(others) > 1 and bool((frame[column] == frame[others].sum(axis=1)).all())


def _answers(clean: CleanTable) -> Iterable[tuple[Measure, pd.Series]]:
    responses = columns_with(clean.roles, "response")
    campaigns = [column for column in responses if clean.roles[column].label.startswith("Accepted campaign")]
    group = "How they answer"
    if len(campaigns) > 1:
        summed = clean.frame[campaigns].sum(axis=1)
        yield Measure("campaigns", "Campaigns accepted", group, "count", "response", derived=True), summed
        responses = [column for column in responses if column not in campaigns]
    for column in (*responses, *columns_with(clean.roles, "complaint", "flag")):
        role = clean.roles[column]
        yield Measure(column, role.label, group, "share", role.role), clean.frame[column]


def _timing(clean: CleanTable) -> Iterable[tuple[Measure, pd.Series]]:
    for column in columns_with(clean.roles, "recency"):
        yield _measure(column, clean.roles[column], "Timing", "days"), clean.frame[column]
    for column in columns_with(clean.roles, "date"):
        if clean.as_of and _SIGN_UP & set(re.findall("[a-z]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", column).lower())):
            days = (pd.Timestamp(clean.as_of) - clean.frame[column]).dt.days
            yield Measure("tenure", "Days as a customer", "Timing", "days", "date", derived=True), days.where(days > 0)
            return


def _gaps(clean: CleanTable) -> Iterable[tuple[Measure, pd.Series]]:
    """Whether a figure is missing, where it is for so many that this may set a segment apart."""
    for column in columns_with(clean.roles, *BEHAVIOUR, *PEOPLE):
        missing = clean.frame[column].isna()
        if OFTEN_MISSING <= missing.mean() <= MOSTLY_MISSING:
            label = f"{clean.roles[column].label} missing"
            yield Measure(f"{column} missing", label, "Not known", "share", "flag", derived=True, aside=True), missing


def _measure(column: str, role: Role, group: str, unit: str) -> Measure:
    return Measure(column, role.label, group, role.unit or unit, role.role, role.topic)  # type: ignore[arg-type]


def _value_column(measures: list[Measure]) -> str | None:
    """What value is measured by: the spending of a customer, where the data has it."""
    money = [m.column for m in measures if m.role == "value"] or [m.column for m in measures if m.role == "spend"]
    return money[0] if money else None


def _choose(
    frame: pd.DataFrame, measures: list[Measure], roles: Mapping[str, Role], asked: tuple[str, ...]
) -> tuple[tuple[str, ...], dict[str, str]]:
    if asked:
        return _asked(frame, roles, asked, measures), {}
    left_out = {m.column: _why_not(m) for m in measures if _why_not(m)}
    candidates = [m.column for m in measures if m.column not in left_out]
    if not candidates:
        candidates, left_out = [m.column for m in measures], {}
    kept: list[str] = []
    correlation = dict(zip(candidates, frame[candidates].corr().abs().to_numpy("float64"), strict=True))
    # by what the columns hold and not by where they stand, so that their order decides nothing
    empty = frame[candidates].isna().sum().to_dict()
    for column in sorted(candidates, key=lambda c: (empty[c], c)):
        why = _unfit(frame[column]) or _twin(column, kept, correlation, candidates)
        if why:
            left_out[column] = why
        else:
            kept.append(column)
    if not kept:
        raise InputError("every numeric column has one value only", "segments need customers that differ")
    return tuple(column for column in candidates if column in kept), left_out


def _unfit(values: pd.Series) -> str:
    if values.nunique() < 2:
        return "has one value only"
    return "has too many empty cells" if values.isna().mean() > MOSTLY_MISSING else ""


def _twin(column: str, kept: list[str], correlation: Mapping[str, np.ndarray], candidates: list[str]) -> str:
    twin = next((other for other in kept if correlation[column][candidates.index(other)] > NEAR_DUPLICATE), None)
    return f"says the same as {twin}" if twin else ""


def _why_not(measure: Measure) -> str:
    if measure.derived and measure.role in ("value", "orders"):
        return "is the sum of columns that are used"
    if measure.aside and measure.role == "children":
        return "is a part of a sum that is used"
    if measure.role not in BEHAVIOUR + PEOPLE:
        return "describes the segments and does not form them"
    return ""


def _asked(
    frame: pd.DataFrame, roles: Mapping[str, Role], asked: tuple[str, ...], measures: list[Measure]
) -> tuple[str, ...]:
    own = {_free(name, set(RESERVED)): name for name in asked}
    for column, name in own.items():
        if column not in frame:
            kind = f"there is a column {name!r}, but it is {roles[name].role}" if name in roles else ""
            hint = f"numeric columns are {', '.join(m.column for m in measures)}"
            raise ConfigError(f"--features: {kind or f'there is no column {name!r}'}", hint)
        if frame[column].nunique() < 2:
            raise ConfigError(f"--features: {name!r} has one value only", "leave it out")
    return tuple(own)
