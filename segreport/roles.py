"""What each column means, and why: from its name in any spelling, and from what its cells hold."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import get_args

import pandas as pd

from segreport.domain import CUSTOMER_COLUMNS, SET_BY_HAND, Finding, Role, RoleName, SourceTable, TypedTable
from segreport.errors import ConfigError
from segreport.values import Typed, looks_numeric, type_column

MANY_CATEGORIES = 30
_CODES = frozenset(
    ["region", "channel", "type", "class", "code", "group", "cluster", "segment", "gender", "sex", "zip"]
)
_PLAIN = re.compile(r"[\w\s.\-]+")
MOSTLY_DISTINCT = 0.9
_ID_NAMES = frozenset(["id", "code", "key", "rowid"])
_NUMERIC = frozenset(get_args(RoleName)) - {"id", "date", "constant", "near-unique", "text", "category", "missing"}
_SPEND = frozenset(["mnt", "spend", "spent", "spending", "sales", "revenue", "amount", "expenditure"])
_NOT_SPEND = frozenset(["score", "last", "average", "avg", "mean", "first", "max", "min", "ratio", "rate"])
_CHANNELS = frozenset(
    [
        "web",
        "online",
        "internet",
        "store",
        "shop",
        "catalog",
        "catalogue",
        "app",
        "mobile",
        "phone",
        "email",
        "mail",
        "marketplace",
    ]
)
_ORDERS = frozenset(["purchases", "purchase", "orders", "order", "transactions"])
_CHILDREN = frozenset(["kid", "kids", "kidhome", "teen", "teens", "teenhome", "child", "children", "dependents"])
_FILLERS = frozenset(
    [
        "customer",
        "annual",
        "yearly",
        "lifetime",
        "overall",
        "num",
        "number",
        "no",
        "of",
        "mnt",
        "amount",
        "spend",
        "spent",
        "spending",
        "sales",
        "products",
        "product",
        "prods",
        "prod",
        "purchases",
        "orders",
        "on",
        "in",
        "total",
    ]
)
_WORDS = {
    "wines": "wine",
    "fruits": "fruit",
    "sweet": "sweets",
    "catalog": "catalogue",
    "meats": "meat",
    "golds": "gold",
    "dt": "date",
    "tv": "TV",
    "cmp": "campaign",
    "num": "number of",
    "avg": "average",
    "id": "id",
}
_PERIODS = {"month": "a month", "week": "a week", "year": "a year"}
_PLAUSIBLE_BIRTHS = range(1850, 2101)


def detect_roles(
    table: SourceTable, *, id_column: str | None = None, overrides: Mapping[str, str] | None = None
) -> TypedTable:
    """Type every column from the whole of it and give it a role with its reason.

    Raises ConfigError where ``id_column`` or an override names a column or a role that does not exist.
    """
    overrides = dict(overrides or {})
    if id_column is not None:
        overrides[id_column] = "id"
    _check_overrides(table, overrides)
    delimiter = table.source.dialect.get("delimiter", "")
    typed = {str(name): type_column(table.frame[name], delimiter) for name in table.frame}
    for name, text in overrides.items():
        _check_type(name, text, typed[name], table.frame[name])
    own_id = None if "id" in overrides.values() else _find_id(typed)
    roles: dict[str, Role] = {}
    for name, column in typed.items():
        roles[name] = _overridden(name, overrides[name]) if name in overrides else _role(name, column, own_id)
    frame = pd.DataFrame({name: _keep(table.frame[name], typed[name], role) for name, role in roles.items()})
    return TypedTable(frame, _with_own_labels(roles), table.source, table.rejects, tuple(_findings(typed, roles)))


def split_name(name: str) -> list[str]:
    """The words of a column name: ``MntWines``, ``mnt_wines`` and ``Mnt Wines`` are all mnt, wines."""
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name)
    return [word.lower() for word in re.split(r"[\W_]+", spaced) if word]


def label_of(name: str) -> str:
    """The column's name as a person would write it; a name with unusual characters is left as it is."""
    if not _PLAIN.fullmatch(name):
        return name
    words = [_WORDS.get(word, word) for word in split_name(name)]
    if len(words) > 2 and words[-1] in _PERIODS:
        words[-1] = _PERIODS[words[-1]]
        words = [word for word in words if word != "number of"]
    if len(words) > 1 and words[-1] == "thousands":
        words[-1] = "(thousands)"
    text = "year of birth" if set(words) == {"year", "birth"} else " ".join(words) or name
    return text[:1].upper() + text[1:]


def _check_overrides(table: SourceTable, overrides: Mapping[str, str]) -> None:
    for column, role in overrides.items():
        if column not in table.frame:
            raise ConfigError(f"there is no column {column!r}", f"the columns are {', '.join(map(str, table.frame))}")
        if role.partition(":")[0] not in get_args(RoleName):
            raise ConfigError(f"column {column!r}: unknown role {role!r}", f"roles are {', '.join(get_args(RoleName))}")


def _overridden(name: str, text: str) -> Role:
    role, _, topic = text.partition(":")
    label = topic.strip() or label_of(name)
    return Role(role, SET_BY_HAND, label, topic.strip())  # type: ignore[arg-type]


def _check_type(name: str, text: str, typed: Typed, cells: pd.Series) -> None:
    """Refuse a role that needs numbers or dates for a column that has none."""
    role = text.partition(":")[0]
    needs = "date" if role == "date" else "number" if role in _NUMERIC else typed.kind
    if typed.kind != needs:
        example = next((str(cell) for cell in cells.dropna() if str(cell).strip()), "")
        cause = f"column {name!r} cannot be {role!r}: its cells are not all {needs}s"
        raise ConfigError(cause, f"it holds {example[:40]!r}, for example")


def _is_id_name(name: str) -> bool:
    words = split_name(name)
    plain = "".join(words)
    return plain in CUSTOMER_COLUMNS | _ID_NAMES or "id" in (words[:1] + words[-1:])


def _find_id(typed: Mapping[str, Typed]) -> str | None:
    """The column that tells customers apart: named as an id, nearly all different; a customer's id before others."""
    found = [name for name, column in typed.items() if _is_id_name(name) and _is_key(column, MOSTLY_DISTINCT)]
    return min(found, key=lambda name: ("".join(split_name(name)) not in CUSTOMER_COLUMNS, name), default=None)


def _is_key(column: Typed, share: float) -> bool:
    present = column.values.dropna()
    if column.kind == "number" and not (present == present.round()).all():
        return False
    return column.kind in ("number", "text") and len(present) > 0 and present.nunique() >= share * len(present)


def _role(name: str, typed: Typed, own_id: str | None) -> Role:
    label, present = label_of(name), typed.values.dropna()
    distinct = present.nunique()
    if present.empty:
        return Role("missing", "every cell is empty", label)
    if name == own_id:
        return Role("id", "named as an id, and a value of its own in nearly every row", label)
    if distinct == 1 and len(present) == len(typed.values) and len(present) > 1:
        return Role("constant", "one value only", label)
    if typed.kind == "date":
        return Role("date", f"every cell is a date, read as {typed.note}", label)
    if (
        _is_id_name(name)
        and (typed.kind == "text" or _is_key(typed, 0.0))
        and not _role_by_name(name, label, present, typed)
    ):
        few = distinct <= MANY_CATEGORIES
        return Role("category" if few else "near-unique", "named as an id: a key, not a measurement", label)
    if typed.kind == "number":
        return _number_role(name, label, present, distinct, typed)
    return _text_role(label, distinct, len(present))


def _with_own_labels(roles: Mapping[str, Role]) -> dict[str, Role]:
    """Columns that would be called the same keep their names."""
    times = Counter(role.label for role in roles.values())
    return {name: replace(role, label=name) if times[role.label] > 1 else role for name, role in roles.items()}


def _number_role(name: str, label: str, present: pd.Series, distinct: int, typed: Typed) -> Role:
    named = _role_by_name(name, label, present, typed)
    if named is not None:
        return named
    if set(present.unique()) <= {0.0, 1.0}:
        return Role("flag", "zero or one", label)
    whole = bool((present == present.round()).all())
    if whole and distinct <= MANY_CATEGORIES and _CODES & set(split_name(name)):
        return Role("category", f"codes: {distinct} different whole numbers", label)
    if whole and distinct == len(present) and len(present) > 20:
        return Role("near-unique", "a whole number of its own in every row: a key, not a measurement", label)
    return Role("number", "numbers", label)


def _role_by_name(name: str, label: str, present: pd.Series, typed: Typed) -> Role | None:
    if typed.kind != "number":
        return None
    words = split_name(name)
    has = set(words)
    topic = " ".join(_WORDS.get(word, word) for word in words if word not in _FILLERS)
    binary = set(present.unique()) <= {0.0, 1.0}
    if {"birth", "year"} <= has or has & {"yob", "birthyear"}:
        return Role("birth-year", "named as a year of birth", label) if present.isin(_PLAUSIBLE_BIRTHS).all() else None
    if "age" in has and present.between(0, 150).all():
        return Role("age", "named as an age, from 0 to 150", label)
    if has & {"income", "salary", "earnings"}:
        return Role("income", "named as an income", label)
    if has & _CHILDREN:
        return Role("children", "named as a number of children", label)
    if "recency" in has or {"days", "since"} <= has:
        return Role("recency", "named as days since the last purchase", "Days since last order")
    if binary and has & {"accepted", "response", "cmp", "campaign", "responded"}:
        return Role("response", "zero or one, named as the answer to a campaign", _response_label(words, label))
    if has & {"complain", "complaint", "complaints", "complained"}:
        return Role("complaint", "named as complaints", "Complained")
    if "visits" in has:
        return Role("visits", "named as visits", label)
    if has & {"deal", "deals", "coupon", "coupons", "discounts", "promo", "promotions"}:
        return Role("deals", "named as purchases with a deal", "With a deal")
    if has & _ORDERS and has & _CHANNELS:
        return Role("channel", f"purchases through one channel: {topic}", topic.capitalize(), topic)
    if has & _SPEND and not has & _NOT_SPEND:
        if topic:
            return Role("spend", f"money spent on one product: {topic}", topic.capitalize(), topic)
        return Role("value", "money spent", label)
    if (has & _ORDERS or "frequency" in has) and not has & _NOT_SPEND and not has & _SPEND:
        return Role("orders", "named as a number of orders", label)
    if has & {"score", "rating", "satisfaction"}:
        return Role("score", "named as a score", label)
    return None


def _response_label(words: list[str], label: str) -> str:
    numbers = "".join(character for character in "".join(words) if character.isdigit())
    return f"Accepted campaign {numbers}" if numbers else "Took the last offer" if words == ["response"] else label


def _text_role(label: str, distinct: int, rows: int) -> Role:
    if distinct > MANY_CATEGORIES and distinct > 0.5 * rows:
        return Role("text", f"free text: {distinct} different values in {rows} rows", label)
    return Role("category", f"{distinct} different values", label)


def _keep(texts: pd.Series, typed: Typed, role: Role) -> pd.Series:
    """Ids and keys stay text from end to end; the others take their type."""
    if role.role in ("id", "near-unique", "text", "category") or typed.kind == "missing":
        stripped = texts.str.strip()
        return stripped.where(stripped != "", None)
    return typed.values


def _findings(typed: Mapping[str, Typed], roles: Mapping[str, Role]) -> Iterator[Finding]:
    for name, column in typed.items():
        if column.kind == "date" and column.note in ("DMY", "MDY") and column.ambiguous:
            reading = "day first" if column.note == "DMY" else "month first"
            how = f"{name} was read {reading}"
            how += ", as only that reading fits every row" if column.ambiguous < 1 else "; both readings fit every row"
            yield Finding("DQ010", "Dates that could be read two ways", column.ambiguous, how, "share")
        if column.unreal:
            yield Finding("DQ011", f"Cells that cannot be real: {name}", column.unreal, "left out as missing")
        if roles[name].role in ("text", "category") and looks_numeric(column.values):
            done = f"{name} was read as text; clean its cells to use it"
            yield Finding("DQ012", "Columns that look like numbers", 1, done)
