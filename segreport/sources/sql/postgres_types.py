"""What PostgreSQL's types become, and how their values are asked for."""

from __future__ import annotations

from dataclasses import dataclass

from segreport.sources.columns import Kind

_WHOLE, _REAL = {"int2", "int4", "int8", "oid"}, {"float4", "float8", "money"}
_MOMENTS = {"timestamp", "timestamptz"}
_TEXTS = {"uuid", "inet", "cidr", "macaddr", "macaddr8", "time", "timetz", "interval"}
_TEXT_CATEGORIES = {"S", "E"}
_FITTING_DIGITS = 18


@dataclass(frozen=True)
class Described:
    """A column of the query's answer: its type's name and category, and the digits that a numeric declares."""

    name: str
    type: str
    category: str
    modifier: int

    @property
    def scale(self) -> int | None:
        """Digits after the point; None where a numeric has as many as it likes."""
        return (self.modifier - 4) & 0x7FF if self.modifier >= 4 else None

    @property
    def precision(self) -> int:
        """Digits in all."""
        return (self.modifier - 4) >> 16 if self.modifier >= 4 else 0


def kind_of(column: Described) -> Kind:
    """What a column holds; nothing that a table can hold where it is a list, a document or bytes."""
    if column.type in _WHOLE:
        return "whole"
    if column.type == "numeric":
        return _kind_of_numeric(column)
    if column.type in _REAL:
        return "real"
    if column.type in _MOMENTS:
        return "moment"
    if column.type in _TEXTS or column.category in _TEXT_CATEGORIES:
        return "text"
    plain: dict[str, Kind] = {"date": "date", "bool": "truth"}
    return plain.get(column.type, "none")


def _kind_of_numeric(column: Described) -> Kind:
    if column.scale is None:
        return "digits"
    if column.scale:
        return "real"
    return "whole" if column.precision <= _FITTING_DIGITS else "digits"


def cast(name: str, column: Described, kind: Kind) -> str:
    """The column in SQL, so that it prints as its kind is read; infinite dates and those before Christ are missing."""
    if kind == "whole":
        return f"NULLIF({name}, 'NaN')::int8" if column.type == "numeric" else f"{name}::int8"
    if kind == "real":
        exact = {"float4": f"{name}::text", "money": f"{name}::numeric"}
        return f"{exact.get(column.type, name)}::float8"
    if kind in ("date", "moment"):
        local = f"{name} AT TIME ZONE 'UTC'" if column.type == "timestamptz" else name
        return f"CASE WHEN isfinite({name}) AND {name} >= '0001-01-01' AND {name} < '10000-01-01' THEN {local} END"
    return f"{name}::text" if column.type == "bpchar" else name
