"""What each column means, and why: from its name in several languages, and from what its cells hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from segreport.domain import Column, Finding, Role, RoledTable, TypedTable
from segreport.roles.chosen import apply_choice, check_choice
from segreport.roles.evidence import Evidence
from segreport.roles.keys import find_keys
from segreport.roles.names import Name, label_of, read_name, split_name
from segreport.roles.rules import ORDERS, is_date_number, known_as_number, role_of
from segreport.roles.values import count_in_words, is_mostly_distinct

_LONGEST_LABEL = 8
"""Words of a label that can be a name; a longer one is a question, and speaks of too much."""


def detect_roles(
    table: TypedTable, *, id_column: str | None = None, overrides: Mapping[str, str] | None = None
) -> RoledTable:
    """Every column's role with its reason; the user's own ``overrides`` win.

    Raises ConfigError where ``id_column`` or an override names a column or a role that does not exist, or a role that
    the cells cannot have.
    """
    columns = table.columns
    once = _rows_once(table)
    chosen = check_choice(columns, overrides or {}, id_column)
    given = next((name for name, text in chosen.items() if text.strip() == "id"), None)
    names = {name: read_name(name) for name in columns}
    detected = find_keys(once, names).id
    keys = find_keys(once, names, given=given)
    roles: dict[str, Role] = {}
    for name, column in columns.items():
        label = table.labels.get(name, "")
        evidence = Evidence(column, names[name], label, keys.log, _has_other_product(name, columns, names))
        is_found = name == keys.id == detected and name != id_column
        found = _id(evidence) if is_found else role_of(evidence, _words_of(label))
        roles[name] = apply_choice(name, chosen[name], found, label) if name in chosen else found
    return RoledTable(table, _with_own_labels(roles), tuple(_findings(columns, roles)))


def _rows_once(table: TypedTable) -> Mapping[str, Column]:
    """The columns as if rows that stand above already were not there: an export pasted twice is no log."""
    if not table.repeated:
        return table.columns
    return {
        name: replace(column, rows=max(column.rows - table.repeated, column.missing + column.distinct))
        for name, column in table.columns.items()
    }


def _words_of(label: str) -> Name | None:
    name = read_name(label) if label else None
    return name if name and len(name.words) <= _LONGEST_LABEL else None


def _has_other_product(own: str, columns: Mapping[str, Column], names: Mapping[str, Name]) -> bool:
    return any(name != own and names[name].has("product") and columns[name].kind == "text" for name in columns)


def _id(e: Evidence) -> Role:
    if is_mostly_distinct(e.column):
        return e.role("id", "named as an id, and a value of its own in nearly every row")
    return e.role("id", f"named as the customer: {count_in_words(e.column)} customers in {e.column.present} rows")


def _with_own_labels(roles: Mapping[str, Role]) -> dict[str, Role]:
    """Columns that would be called the same keep their names."""
    times = Counter(role.label for role in roles.values())
    return {name: replace(role, label=name) if times[role.label] > 1 else role for name, role in roles.items()}


def _findings(columns: Mapping[str, Column], roles: Mapping[str, Role]) -> Iterator[Finding]:
    for name, column in columns.items():
        if column.kind == "date" and column.reading in ("DMY", "MDY") and column.ambiguous:
            how = f"{name} was read {ORDERS[column.reading]}"
            how += ", as only that reading fits every row" if column.ambiguous < 1 else "; both readings fit every row"
            yield Finding("DQ010", "Dates that could be read two ways", column.ambiguous, how, "share")
        if column.unreal:
            yield Finding("DQ011", f"Cells that cannot be real: {name}", column.unreal, "left out as missing")
        if roles[name].role in ("text", "category") and known_as_number(column):
            done = f"{name} was read as text; clean its cells to use it"
            yield Finding("DQ012", "Columns that look like numbers", 1, done)
        if roles[name].role == "text" and is_date_number(column, read_name(name)):
            done = f"{name} is not used; save it as dates, or turn it into one under [derive]"
            yield Finding("DQ023", "Dates kept as numbers", 1, done)


__all__ = ["detect_roles", "label_of", "split_name"]
