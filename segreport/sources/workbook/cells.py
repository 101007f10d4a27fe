"""Cells of a sheet as columns: all numbers, all dates, all yes or no, or else text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

Cell = Any
"""What calamine makes of a cell: a number, text, a truth value, a date, a time, a duration; empty is empty text."""


def holds(cell: Cell) -> bool:
    """Whether there is something in a cell."""
    return cell != "" and not (type(cell) is str and not cell.strip())


def as_text(cell: Cell) -> str:
    """A cell as text: numbers in their shortest form, dates as ISO has them, text as it stands."""
    match cell:
        case str():
            return cell
        case bool():
            return str(cell).upper()
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case datetime() if cell.time() == time(0):
            return cell.date().isoformat()
        case timedelta():
            return _clock(cell)
        case _:
            return str(cell)


def types_of(cells: Sequence[Cell]) -> set[type]:
    """The types of the cells that hold something."""
    types = set(map(type, cells))
    if str in types and not any(type(cell) is str and cell.strip() for cell in cells):
        types.remove(str)
    return types


def arrow_type(types: set[type]) -> pa.DataType:
    """What a column with cells of these types becomes."""
    import pyarrow as pa

    if types and types <= {int, float}:
        return pa.float64()
    if types == {date}:
        return pa.date32()
    if types and types <= {date, datetime}:
        return pa.timestamp("us")
    return pa.bool_() if types == {bool} else pa.string()


def as_array(cells: Sequence[Cell], kind: pa.DataType) -> pa.Array:
    """The cells as a column of that type; empty ones are missing."""
    import pyarrow as pa

    if pa.types.is_string(kind):
        return pa.array([as_text(cell) if holds(cell) else None for cell in cells], kind)
    if pa.types.is_timestamp(kind):
        return pa.array([_moment(cell) if holds(cell) else None for cell in cells], kind)
    return pa.array([None if type(cell) is str else cell for cell in cells], kind)


def _moment(cell: date) -> datetime:
    return cell if isinstance(cell, datetime) else datetime.combine(cell, time(0))


def _clock(span: timedelta) -> str:
    minutes, seconds = divmod(round(span.total_seconds()), 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
