"""Which column tells customers apart, and whether the table is a log with many rows of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from segreport.domain import Column
from segreport.roles.names import Name
from segreport.roles.values import (
    MANY_CATEGORIES,
    MOSTLY_DISTINCT,
    is_all_distinct,
    is_binary,
    is_code,
    is_mostly_distinct,
)

_OF_KEYS = frozenset(["id", "code", "number", "binding"])
_OTHER_THINGS = ("order", "invoice", "product", "category", "region", "response", "outlet", "deal", "visit", "kind")
"""What else an id may belong to; such a column does not tell customers apart."""
FIRST_ORDER = 100
"""Orders are rarely counted up to here, and rarely numbered from below."""


@dataclass(frozen=True)
class Keys:
    """The column of customers, if there is one, and whether it repeats as in a log of purchases."""

    id: str | None
    log: bool


def find_keys(columns: Mapping[str, Column], names: Mapping[str, Name], *, given: str | None = None) -> Keys:
    """The customer's id: the one given, else one named so; a customer's id comes before the ids of rows."""
    looks_like_log = has_purchases(columns, names)
    if given is not None:
        return Keys(given, looks_like_log and repeats(columns[given]))
    keys = [name for name in sorted(columns) if is_code(columns[name]) and not is_binary(columns[name])]
    customers = [name for name in keys if _tells_customers(names[name], columns[name])]
    customers.sort(key=lambda name: (_unknown_words(names[name]), not names[name].has("id"), name))
    unique = [name for name in customers if is_mostly_distinct(columns[name])]
    repeated = [name for name in customers if name not in unique and columns[name].distinct > 1]
    plain = [name for name in keys if _tells_rows(names[name]) and is_mostly_distinct(columns[name])]
    if unique:
        return Keys(unique[0], False)
    if repeated and (looks_like_log or not plain):
        return Keys(repeated[0], looks_like_log)
    plain.sort(key=lambda name: (not is_all_distinct(columns[name]), len(names[name].words), name))
    return Keys(plain[0] if plain else None, looks_like_log and _has_invoices(columns, names))


def repeats(column: Column) -> bool:
    """Whether customers come back in the rows."""
    return column.present > 0 and column.distinct < MOSTLY_DISTINCT * column.present


def is_key_name(name: Name) -> bool:
    """Whether a name ends as that of a key, or begins with id: order_key, ID_Cliente; ``code`` alone is one too."""
    ends = bool(name.words) and ("id" in name.meanings[-1] or name.words[0] == "id")
    return ends or (len(name.words) == 1 and "code" in name.concepts)


def has_purchases(columns: Mapping[str, Column], names: Mapping[str, Name]) -> bool:
    """Whether rows have a day, or a number of an order, and an amount or a quantity."""
    when = any(column.kind == "date" for column in columns.values()) or _has_invoices(columns, names)
    numbers = [names[name] for name, column in columns.items() if column.kind == "number"]
    what = any(name.has_any("money", "quantity", "price") or name.has("worth", "currency") for name in numbers)
    return when and what


def is_invoice(name: Name, column: Column) -> bool:
    """Whether a column numbers invoices or orders and does not count them: by its name, by text or high numbers."""
    if not is_code(column) or is_binary(column) or name.has_any("customer", "product", "category", "kind", "money"):
        return False
    if name.has("invoice"):
        return name.has_any("id", "code", "number") or all("invoice" in found for found in name.meanings)
    if not name.has("order") or name.has_any("quantity"):
        return False
    numbered = name.has("number") and (column.kind == "text" or (column.low or 0) >= FIRST_ORDER)
    return name.has_any("id", "code") or numbered


def _has_invoices(columns: Mapping[str, Column], names: Mapping[str, Name]) -> bool:
    return any(is_invoice(names[name], column) for name, column in columns.items())


def _tells_customers(name: Name, column: Column) -> bool:
    """CustomerID, Kundennummer, CD_CLIENTE; ``client`` alone where it has many values."""
    if "customer" not in name.concepts or name.has_any(*_OTHER_THINGS):
        return False
    known = all(found & (_OF_KEYS | {"customer"}) for found in name.meanings if found)
    if not known:
        return False
    if name.has_any("id", "code", "number"):
        return True
    alone = len(name.words) == 1
    return alone and (column.distinct > MANY_CATEGORIES or is_all_distinct(column))


def _unknown_words(name: Name) -> int:
    return sum(not found for found in name.meanings)


def _tells_rows(name: Name) -> bool:
    """An id of the row: id, key, row_id; not of an order, a product or a place."""
    return is_key_name(name) and not name.has_any(*_OTHER_THINGS)
