"""Columns summarised as the typing stage does it, from the cells of a test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from segreport.domain import Column, Role, RoledTable, Source, TypedTable
from segreport.roles import detect_roles


class NoRows:
    """Roles are found without looking at a row."""

    columns: tuple[str, ...] = ()


def column(name: str, cells: Sequence[str | None], **known: Any) -> Column:
    """A column of numbers where every cell is one, of ISO dates, else of text."""
    present = [cell for cell in cells if cell is not None and cell.strip()]
    common = tuple(Counter(present).most_common(30))
    facts: dict[str, Any] = {"rows": len(cells), "missing": len(cells) - len(present), "distinct": len(set(present))}
    facts |= {"kind": "missing"} if not present else _numbers(present) or _dates(present) or _texts(present)
    if facts["kind"] != "date":
        facts["common"] = common
    return Column(name=name, **(facts | known))


def table(labels: dict[str, str] | None = None, **columns: Sequence[str | None]) -> TypedTable:
    """A typed table of such columns."""
    typed = {name: column(name, cells) for name, cells in columns.items()}
    rows = max((found.rows for found in typed.values()), default=0)
    return TypedTable(NoRows(), typed, Source("t.csv", "", rows, len(typed)), labels=labels or {})  # type: ignore[arg-type]


def roles_of(labels: dict[str, str] | None = None, **columns: Sequence[str | None]) -> RoledTable:
    """The roles of such a table."""
    return detect_roles(table(labels, **columns))


def role_of(name: str, cells: Sequence[str | None], **known: Any) -> Role:
    """The role of one column in a table of customers."""
    found = column(name, cells, **known)
    other = column("first", ["x"] * len(cells))
    return detect_roles(TypedTable(NoRows(), {"first": other, name: found}, Source("t.csv", "", 0, 2))).roles[name]  # type: ignore[arg-type]


def _numbers(present: Sequence[str]) -> dict[str, Any]:
    if any(len(cell) > 1 and cell[0] == "0" and cell.isdigit() for cell in present):
        return {}
    try:
        values = [float(cell) for cell in present]
    except ValueError:
        return {}
    whole = all(value == round(value) for value in values)
    return {"kind": "number", "low": min(values), "high": max(values), "whole": whole, "distinct": len(set(values))}


def _dates(present: Sequence[str]) -> dict[str, Any]:
    try:
        days = [date.fromisoformat(cell) for cell in present]
    except ValueError:
        return {}
    return {"kind": "date", "first": min(days).isoformat(), "last": max(days).isoformat(), "reading": "YMD"}


def _texts(present: Sequence[str]) -> dict[str, Any]:
    return {"kind": "text", "mean_length": sum(map(len, present)) / len(present)}
