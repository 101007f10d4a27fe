"""Row-level results: every customer as read, with the segment's number and name and the distance to its centre."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from segreport.domain import Assignment, CleanTable, Segment

SEGMENT, NAME, DISTANCE = "Segment", "Segment name", "Distance"
DECIMALS = 4


def write_customers(clean: CleanTable, segments: tuple[Segment, ...], assignment: Assignment, path: Path) -> None:
    """Write the rows that were used, in the order of the input, as Parquet."""
    names = {segment.id: segment.name for segment in segments}
    columns = {str(name): _array(clean.frame[name]) for name in clean.frame}
    columns[_free(SEGMENT, columns)] = pa.array(assignment.segment)
    columns[_free(NAME, columns)] = pa.array([names[number] for number in assignment.segment])
    columns[_free(DISTANCE, columns)] = pa.array(assignment.distance.round(DECIMALS))
    pq.write_table(pa.table(columns), path, compression="zstd")


def rename_segments(source: Path, segments: tuple[Segment, ...], target: Path) -> None:
    """The same rows under the segments' present names."""
    table = pq.read_table(source)
    place = len(table.column_names) - 2
    names = {segment.id: segment.name for segment in segments}
    renamed = pa.array([names[number] for number in table.column(place - 1).to_pylist()])
    pq.write_table(table.set_column(place, table.column_names[place], renamed), target, compression="zstd")


def _array(column: pd.Series) -> pa.Array:
    """Numbers that are all whole as integers, dates as dates, everything else as text."""
    if pd.api.types.is_float_dtype(column):
        present = column.dropna()
        if (present == present.round()).all() and (present.abs() < 2**53).all():
            return pa.array(column.astype("Int64"))
        return pa.array(column, from_pandas=True)
    if pd.api.types.is_datetime64_any_dtype(column):
        if (column.dropna() == column.dropna().dt.normalize()).all():
            return pa.array(column.dt.date, type=pa.date32(), from_pandas=True)
        return pa.array(column, type=pa.timestamp("ms"), from_pandas=True)
    return pa.array([None if pd.isna(value) else str(value) for value in column], type=pa.string())


def _free(name: str, taken: dict[str, pa.Array]) -> str:
    """The name, or one that no column of the data has."""
    return name if name not in taken else _free(f"{name} found", taken)
