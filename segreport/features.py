"""One row per customer: the measures that describe, in print order, and the ones that segments are made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import pandas as pd

from segreport.domain import CleanTable, Features, Measure, Role, RoleName, columns_with
from segreport.errors import ConfigError, InputError

NEAR_DUPLICATE = 0.95
MOSTLY_MISSING = 0.4
BEHAVIOUR = ("spend", "channel", "deals", "visits", "value", "orders", "score", "number")
PEOPLE = ("income", "age", "children")


def build_features(clean: CleanTable, *, asked: tuple[str, ...] = ()) -> Features:
    """The measures, categories and chosen features of every customer.

    ``asked`` names columns or measures to segment on instead of the default choice; an unknown name raises
    ConfigError. Raises InputError where no numeric column is left.
    """
    frame, measures = _measures(clean)
    if not measures:
        only = "; every other has one value only" if columns_with(clean.roles, "constant") else ""
        raise InputError(
            f"no numeric column is left to segment on{only}", "add a column with amounts, counts or scores"
        )
    chosen, left_out = _choose(frame, measures, clean.roles, asked)
    categories = tuple(columns_with(clean.roles, "category"))
    ids = columns_with(clean.roles, "id")
    numbered = pd.Series(range(1, len(clean.frame) + 1)).astype(str)
    return Features(
        frame=pd.concat([frame, clean.frame[list(categories)]], axis=1),
        ids=clean.frame[ids[0]] if ids else numbered,
        measures=tuple(measures),
        categories=categories,
        chosen=chosen,
        value=_value_column(measures),
        left_out=left_out,
        clean=clean,
    )


def _measures(clean: CleanTable) -> tuple[pd.DataFrame, list[Measure]]:
    columns: dict[str, pd.Series] = {}
    measures: list[Measure] = []
    for measure, values in (*_totals(clean), *_own(clean), *_people(clean), *_answers(clean), *_timing(clean)):
        if measure.column not in columns:
            columns[measure.column] = values.astype("float64")
            measures.append(measure)
    return pd.DataFrame(columns, index=clean.frame.index), measures


def _totals(clean: CleanTable) -> Iterable[tuple[Measure, pd.Series]]:
    """Spending and orders, added up where the table has them by product and by channel."""
    spend, channels = columns_with(clean.roles, "spend"), columns_with(clean.roles, "channel")
    if len(spend) > 1:
        yield Measure("spending", "Spending", "Value", "money", "value"), clean.frame[spend].sum(axis=1, min_count=1)
    if len(channels) > 1:
        yield Measure("orders", "Orders", "Value", "count", "orders"), clean.frame[channels].sum(axis=1, min_count=1)
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
    if births and clean.as_of:
        year = date.fromisoformat(clean.as_of[:10]).year
        yield Measure("age", "Age", group, "years", "age"), year - frame[births[0]]
    children = columns_with(roles, "children")
    if len(children) > 1:
        yield Measure("children", "Children at home", group, "count", "children"), frame[children].sum(axis=1)
    elif children:
        yield _measure(children[0], roles[children[0]], group, "count"), frame[children[0]]
    others: tuple[RoleName, ...] = ("visits", "score", "number")
    for role in others:
        for column in columns_with(roles, role):
            unit = "count" if role == "visits" else "number"
            yield _measure(column, roles[column], group if role == "visits" else "Behaviour", unit), frame[column]


def _answers(clean: CleanTable) -> Iterable[tuple[Measure, pd.Series]]:
    responses = columns_with(clean.roles, "response")
    campaigns = [column for column in responses if clean.roles[column].label.startswith("Accepted campaign")]
    group = "How they answer"
    if len(campaigns) > 1:
        summed = clean.frame[campaigns].sum(axis=1)
        yield Measure("campaigns", "Campaigns accepted", group, "count", "response"), summed
        responses = [column for column in responses if column not in campaigns]
    for column in (*responses, *columns_with(clean.roles, "complaint", "flag")):
        role = clean.roles[column]
        yield Measure(column, role.label, group, "share", role.role), clean.frame[column]


def _timing(clean: CleanTable) -> Iterable[tuple[Measure, pd.Series]]:
    for column in columns_with(clean.roles, "recency"):
        yield _measure(column, clean.roles[column], "Timing", "days"), clean.frame[column]
    dates = columns_with(clean.roles, "date")
    if len(dates) == 1 and clean.as_of:
        days = (pd.Timestamp(clean.as_of) - clean.frame[dates[0]]).dt.days
        yield Measure("tenure", "Days as a customer", "Timing", "days", "date"), days


def _measure(column: str, role: Role, group: str, unit: str) -> Measure:
    return Measure(column, role.label, group, unit, role.role, role.topic)  # type: ignore[arg-type]


def _value_column(measures: list[Measure]) -> str | None:
    """What value is measured by: the spending of a customer, where the data has it."""
    money = [m.column for m in measures if m.role == "value"] or [m.column for m in measures if m.role == "spend"]
    return money[0] if money else None


def _choose(
    frame: pd.DataFrame, measures: list[Measure], roles: Mapping[str, Role], asked: tuple[str, ...]
) -> tuple[tuple[str, ...], dict[str, str]]:
    if asked:
        return _asked(frame, roles, asked), {}
    left_out = {m.column: _why_not(m, measures) for m in measures if _why_not(m, measures)}
    candidates = [m.column for m in measures if m.column not in left_out]
    if not candidates:
        candidates, left_out = [m.column for m in measures], {}
    kept: list[str] = []
    correlation = dict(zip(candidates, frame[candidates].corr().abs().to_numpy("float64"), strict=True))
    for column in candidates:
        spread = frame[column].nunique() > 1
        if frame[column].isna().mean() > MOSTLY_MISSING:
            left_out[column] = "has too many empty cells"
            continue
        twin = next((other for other in kept if correlation[column][candidates.index(other)] > NEAR_DUPLICATE), None)
        if spread and twin is None:
            kept.append(column)
        else:
            left_out[column] = f"says the same as {twin}" if twin else "has one value only"
    if not kept:
        raise InputError("every numeric column has one value only", "segments need customers that differ")
    return tuple(kept), left_out


def _why_not(measure: Measure, measures: list[Measure]) -> str:
    has_parts = {m.role for m in measures}
    if measure.column == "spending" or (measure.column == "orders" and "channel" in has_parts):
        return "is the sum of columns that are used"
    if measure.role not in BEHAVIOUR + PEOPLE:
        return "describes the segments and does not form them"
    return ""


def _asked(frame: pd.DataFrame, roles: Mapping[str, Role], asked: tuple[str, ...]) -> tuple[str, ...]:
    for name in asked:
        if name not in frame:
            known = (
                f"there is a column {name!r}, but it is {roles[name].role}"
                if name in roles
                else f"there is no column {name!r}"
            )
            raise ConfigError(f"--features: {known}", f"numeric columns are {', '.join(map(str, frame.columns))}")
        if frame[name].nunique() < 2:
            raise ConfigError(f"--features: {name!r} has one value only", "leave it out")
    return tuple(dict.fromkeys(asked))
