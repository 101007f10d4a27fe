"""Data frames: pandas, polars, Arrow and whatever else gives Arrow columns; only looked at, never changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

from segreport.domain import SourceTable
from segreport.errors import InputError
from segreport.sources.columns import Field, Kind, Origin, kept, load, schema_of, unique_names

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from segreport.engine import Session

NAME, REPORT_NAME = "data frame", "customers"
"""What it is called in print, and what its report is called by default."""

ROWS = 100_000
"""Rows that go to the engine at once."""

_HINT = "give a pandas, polars or Arrow data frame; for a file use segreport run, or Report.from_file"
_FORMATS = {"pandas": "pandas data frame", "polars": "polars data frame", "pyarrow": "Arrow table"}


def read_frame(data: object, session: Session) -> SourceTable:
    """The table in a data frame; an index is a column where it has a name, and passed by where it has none.

    The digest is of the values, the same from every kind of frame. Raises InputError where there is nothing in it.
    """
    names, columns = _columns_of(data)
    if not columns:
        raise InputError(f"the {NAME} has no columns", _HINT)
    if not len(columns[0]):
        raise InputError(f"the {NAME} has no rows", "check how it was made")
    fields = [Field(name, _kind(column)) for name, column in zip(unique_names(names), columns, strict=True)]
    library = type(data).__module__.partition(".")[0]
    origin = Origin(NAME, {"format": _FORMATS.get(library, NAME)})
    return load(_batches(columns, fields), fields, origin, session)


def _columns_of(data: Any) -> tuple[list[str], list[Any]]:
    """The names and the Arrow columns; polars plans are carried out."""
    import pandas as pd
    import pyarrow as pa

    kind = type(data)
    if isinstance(data, pd.DataFrame):
        return _columns_of_pandas(data)
    if kind.__module__.startswith("polars") and kind.__name__ == "LazyFrame":
        data = data.collect()
    if isinstance(data, pa.RecordBatchReader):
        table = data.read_all()
    elif hasattr(data, "__arrow_c_stream__") or hasattr(data, "__arrow_c_array__"):
        table = _table(pa.table, data)
    elif hasattr(data, "__dataframe__"):
        from pyarrow.interchange import from_dataframe

        table = _table(from_dataframe, data)
    else:
        raise InputError(f"a {kind.__name__} is not a data frame", _HINT)
    return list(map(str, table.column_names)), list(table.columns)


def _table(convert: Callable[[Any], pa.Table], data: object) -> pa.Table:
    """The data as an Arrow table; what a library hands over may be none."""
    import pyarrow as pa

    try:
        return convert(data)
    except (pa.ArrowException, TypeError, ValueError, NotImplementedError, RuntimeError) as error:
        what = str(error).partition("\n")[0]
        raise InputError(f"the {type(data).__name__} cannot be read as a table: {what}", _HINT) from error


# ---------------------------------------------------------------- pandas


def _columns_of_pandas(frame: pd.DataFrame) -> tuple[list[str], list[Any]]:
    index = frame.index
    named = [level for level, name in enumerate(index.names) if name is not None]
    names = [_text(index.names[level]) for level in named] + [_text(column) for column in frame.columns]
    levels = [index.get_level_values(level).to_series() for level in named]
    columns = levels + [frame.iloc[:, place] for place in range(frame.shape[1])]
    return names, [_array(column) for column in columns]


def _text(name: object) -> str:
    """A column's name; the levels of a name are joined."""
    return " ".join(str(part) for part in name if str(part)) if isinstance(name, tuple) else str(name)


def _array(column: pd.Series) -> Any:
    """The column as Arrow has it; cells of several kinds are text."""
    import pandas as pd
    import pyarrow as pa

    if isinstance(column.dtype, (pd.CategoricalDtype, pd.IntervalDtype, pd.PeriodDtype)):
        return _texts(column.astype("object"))
    if isinstance(column.dtype, pd.SparseDtype):
        column = column.astype(column.dtype.subtype)
    if column.dtype == object:
        return _objects(column)
    try:
        return pa.array(column, from_pandas=True)
    except (pa.ArrowException, TypeError, ValueError):
        return _texts(column.astype("object"))


def _objects(column: pd.Series) -> Any:
    import pyarrow as pa

    present = column[column.notna()]
    kinds = {_kind_of_cell(cell) for cell in present}
    if "none" in kinds:
        return pa.array([None] * len(column), pa.list_(pa.null()))
    makers: dict[Kind, Callable[[Any], Any]] = {"truth": bool, "real": float, "date": _day, "moment": _utc}
    if kinds == {"whole"} and all(abs(int(cell)) < 2**63 for cell in present):
        return pa.array(_made(column, int), pa.int64())
    kinds = {"real"} if kinds == {"whole", "real"} else kinds
    if len(kinds) != 1 or kinds <= {"text", "whole"}:
        return _texts(column)
    kind = kinds.pop()
    types = {"truth": pa.bool_(), "real": pa.float64(), "date": pa.date32(), "moment": pa.timestamp("us")}
    return pa.array(_made(column, makers[kind]), types[kind])


def _kind_of_cell(cell: object) -> Kind:
    import numpy as np

    kinds: tuple[tuple[Any, Kind], ...] = (
        (str, "text"),
        ((bool, np.bool_), "truth"),
        (Integral, "whole"),
        ((Real, Decimal), "real"),
        (datetime, "moment"),
        (date, "date"),
        ((bytes, bytearray, list, tuple, dict, set, np.ndarray), "none"),
    )
    return next((kind for type_, kind in kinds if isinstance(cell, type_)), "text")


def _made(column: pd.Series, make: Callable[[Any], Any]) -> list[Any]:
    return [None if missing else make(cell) for cell, missing in zip(column, column.isna(), strict=True)]


def _texts(column: pd.Series) -> Any:
    import pyarrow as pa

    return pa.array(_made(column, str), pa.string())


def _day(cell: date) -> date:
    return date(cell.year, cell.month, cell.day)


def _utc(cell: datetime) -> datetime:
    from datetime import UTC

    return cell.astimezone(UTC).replace(tzinfo=None) if cell.tzinfo else cell


# ---------------------------------------------------------------- Arrow


def _kind(column: Any) -> Kind:
    import pyarrow as pa

    types, kind = pa.types, column.type
    if types.is_dictionary(kind):
        return "none" if _is_nested(kind.value_type) else "text"
    if types.is_uint64(kind) or (types.is_decimal(kind) and kind.scale <= 0):
        return "digits"
    checks: tuple[tuple[Kind, Sequence[Callable[[Any], bool]]], ...] = (
        ("truth", (types.is_boolean,)),
        ("whole", (types.is_integer,)),
        ("real", (types.is_floating, types.is_decimal)),
        ("date", (types.is_date,)),
        ("moment", (types.is_timestamp,)),
        ("text", (types.is_string, types.is_large_string, types.is_string_view, types.is_time, types.is_null)),
    )
    return next((name for name, tests in checks if any(test(kind) for test in tests)), "none")


def _is_nested(kind: Any) -> bool:
    import pyarrow as pa

    tests = (pa.types.is_nested, pa.types.is_binary, pa.types.is_large_binary, pa.types.is_duration)
    return any(test(kind) for test in tests)


def _batches(columns: Iterable[Any], fields: Sequence[Field]) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    schema = schema_of(fields)
    used = [column for column, field in zip(columns, fields, strict=True) if field.kind != "none"]
    arrays = [_cast(*pair) for pair in zip(used, schema.types, kept(fields), strict=True)]
    yield from pa.Table.from_arrays(arrays, schema=schema).to_batches(ROWS)


def _cast(column: Any, kind: pa.DataType, field: Field) -> Any:
    """The column in the engine's type; moments in UTC without their nanoseconds, 0.1 as 0.1."""
    import pyarrow as pa
    import pyarrow.compute as pc

    column = column if isinstance(column, pa.ChunkedArray) else pa.chunked_array([column])
    if pa.types.is_dictionary(column.type):
        chunks = [part.dictionary.cast(pa.string()).take(part.indices) for part in column.chunks]
        column = pa.chunked_array(chunks, pa.string())
    if pa.types.is_timestamp(column.type) and column.type.tz:
        column = pc.local_timestamp(pc.cast(column, pa.timestamp(column.type.unit, "UTC")))
    if pa.types.is_float32(column.type):
        column = column.cast(pa.string())
    try:
        return column.cast(kind, safe=False) if field.kind in ("moment", "date") else column.cast(kind)
    except pa.ArrowException as error:
        cause = f"column {field.name!r} cannot be read: {str(error).partition(chr(10))[0]}"
        raise InputError(cause, "change its type in the data frame") from error
