"""Streams the customers from their Parquet file into sheet XML, column by column, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from segreport.render.workbook.cells import LONGEST_TEXT
from segreport.render.workbook.references import letters
from segreport.render.workbook.tables import Streamed

_BATCH = 8192
_CONTROL = "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f\ue000\ue001\ufffe\uffff]"
_LOOKS_ESCAPED = "(_x[0-9A-Fa-f]{4}_)"
_EPOCH_DAYS = 25569
_SECONDS = 86_400
_EXACT = 10**15
WIDTHS = (8.0, 40.0)


@dataclass(frozen=True)
class ColumnLook:
    """How a column is written: its kind (``number``, ``date``, ``time``, ``flag``, ``text``), and its cells' style."""

    kind: str
    style: int


def open_customers(file: Path, words: frozenset[str]) -> Streamed:
    """The customers of a Parquet file as a table to be streamed; ``words`` are the columns written as text (ids)."""
    parquet = pq.ParquetFile(file)
    schema = parquet.schema_arrow
    kinds = ["text" if name in words else _kind(schema.field(at).type) for at, name in enumerate(schema.names)]
    kinds = ["date" if kind == "time" and _is_whole_days(file, at) else kind for at, kind in enumerate(kinds)]
    return Streamed(
        "customers", "Customers", tuple(schema.names), (), file=file, count=parquet.metadata.num_rows,
        kinds=tuple(kinds),
    )  # fmt: skip


def stream_rows(
    table: Streamed, looks: list[ColumnLook], column: int, row: int, out: IO[bytes], height: str = ""
) -> None:
    """Write the table's rows as ``row`` elements from a column and row on."""
    for batch in _batches(table):
        _write_batch(batch, looks, column, row, out, height)
        row += batch.num_rows


def measured_widths(table: Streamed, heads: list[str]) -> list[float]:
    """A width for every column, from the longest text among the first rows, between 8 and 40 characters."""
    low, high = WIDTHS
    batch = next(_batches(table), None)
    widths = []
    for at, head in enumerate(heads):
        longest = len(head) * 1.0 + 3
        if batch is not None:
            longest = max(longest, _longest(batch.column(at)) + 2)
        widths.append(min(high, max(low, longest)))
    return widths


def _kind(type_: pa.DataType) -> str:
    if pa.types.is_boolean(type_):
        return "flag"
    if pa.types.is_integer(type_) or pa.types.is_floating(type_) or pa.types.is_decimal(type_):
        return "number"
    if pa.types.is_date(type_):
        return "date"
    return "time" if pa.types.is_timestamp(type_) else "text"


def _is_whole_days(file: Path, at: int) -> bool:
    """Whether no moment of a column has a time of day."""
    values = pq.read_table(file, columns=[pq.read_schema(file).names[at]]).column(0)
    if values.type.tz:
        return False
    days = pc.cast(pc.floor_temporal(values, unit="day"), values.type)
    return pc.all(pc.equal(values, days)).as_py() is not False


def _batches(table: Streamed) -> Iterator[pa.RecordBatch]:
    """The table's rows in batches, from its offset on."""
    skip, left = table.offset, table.count
    for batch in pq.ParquetFile(table.file).iter_batches(batch_size=_BATCH):
        if skip >= batch.num_rows:
            skip -= batch.num_rows
            continue
        piece = batch.slice(skip, left)
        skip = 0
        left -= piece.num_rows
        if piece.num_rows:
            yield piece
        if left <= 0:
            return


def _write_batch(
    batch: pa.RecordBatch, looks: list[ColumnLook], column: int, row: int, out: IO[bytes], height: str
) -> None:
    numbers = pc.cast(pa.array(range(row, row + batch.num_rows), pa.int32()), pa.string())
    parts: list[Any] = ['<row r="', numbers, f'"{height}>']
    for at, look in enumerate(looks):
        parts += _cells(batch.column(at), look, letters(column + at), numbers)
    parts.append("</row>")
    joined = pc.binary_join_element_wise(*_merged(parts), "")
    out.write(_bytes(joined))


def _cells(values: pa.Array, look: ColumnLook, letter: str, numbers: pa.Array) -> list[Any]:
    """The parts of one column's cells; a missing value leaves no cell."""
    style = f' s="{look.style}"' if look.style else ""
    if look.kind in ("number", "date", "time"):
        texts = _numbers(values, look.kind)
        before, after = f'"{style}><v>', "</v></c>"
        if texts is None:
            look, texts = ColumnLook("text", look.style), _texts(values)
            before, after = f'"{style} t="inlineStr"><is><t>', "</t></is></c>"
    elif look.kind == "flag":
        texts = pc.cast(pc.cast(values, pa.int8()), pa.string())
        before, after = f'"{style} t="b"><v>', "</v></c>"
    else:
        texts = _texts(values)
        keeps = _any(pc.match_substring_regex(texts, "^[ \t\n]|[ \t\n]$|  |\n"))
        space = ' xml:space="preserve"' if keeps else ""
        before, after = f'"{style} t="inlineStr"><is><t{space}>', "</t></is></c>"
    parts = [f'<c r="{letter}', numbers, before, texts, after]
    if texts.null_count == 0:
        return parts
    cells = pc.binary_join_element_wise(*parts, "")
    return [pc.fill_null(cells, "")]


def _numbers(values: pa.Array, kind: str) -> pa.Array | None:
    """The figures as text, missing where they are not finite; None where they have too many digits to be figures."""
    if kind == "date":
        return _as_text(pc.add(pc.cast(pc.cast(values, pa.date32()), pa.int32()), _EPOCH_DAYS))
    if kind == "time":
        naive = pc.local_timestamp(values) if values.type.tz else values
        seconds = pc.cast(pc.cast(naive, pa.timestamp("us")), pa.int64())
        days = pc.add(pc.divide(pc.cast(seconds, pa.float64(), safe=False), _SECONDS * 1e6), float(_EPOCH_DAYS))
        return _as_text(_finite(days))
    if pa.types.is_integer(values.type):
        if _any(pc.greater_equal(pc.abs(pc.cast(values, pa.float64(), safe=False)), _EXACT)):
            return None
        return _as_text(values)
    return _as_text(_finite(pc.cast(values, pa.float64(), safe=False)))


def _finite(values: pa.Array) -> pa.Array:
    """Infinite and undefined figures as missing; whole figures as integers, which are shorter."""
    values = pc.if_else(pc.is_finite(values), values, pa.scalar(None, pa.float64()))
    whole = pc.and_(pc.equal(values, pc.floor(values)), pc.less(pc.abs(values), _EXACT))
    return pc.cast(values, pa.int64()) if pc.all(whole).as_py() is not False else values


def _as_text(values: pa.Array) -> pa.Array:
    return pc.cast(values, pa.string())


def _texts(values: pa.Array) -> pa.Array:
    """Texts as XML, without what a cell cannot hold; an empty text is a missing one."""
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    texts = pc.cast(values, pa.string())
    texts = pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)
    if _any(pc.match_substring_regex(texts, _CONTROL)):
        texts = pc.replace_substring_regex(texts, _CONTROL, "")
    if _any(pc.greater(pc.utf8_length(texts), LONGEST_TEXT)):
        texts = pc.utf8_slice_codeunits(texts, 0, LONGEST_TEXT)
    if _any(pc.match_substring_regex(texts, _LOOKS_ESCAPED)):
        texts = pc.replace_substring_regex(texts, _LOOKS_ESCAPED, r"_x005F\1")
    for mark, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        if _any(pc.match_substring(texts, mark)):
            texts = pc.replace_substring(texts, mark, written)
    return texts


def _any(flags: pa.Array) -> bool:
    return bool(pc.any(flags).as_py())


def _longest(values: pa.Array) -> int:
    if pa.types.is_date(values.type):
        return 11
    if pa.types.is_timestamp(values.type):
        return 17
    if pa.types.is_floating(values.type):
        values = pc.round(values, 2)
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    return pc.max(pc.utf8_length(pc.cast(values, pa.string()))).as_py() or 0


def _merged(parts: list[Any]) -> list[Any]:
    """The parts with neighbouring constants joined."""
    merged: list[Any] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        else:
            merged.append(part)
    return merged


def _bytes(texts: pa.Array) -> memoryview | bytes:
    """All texts one behind the other, as they already lie in memory."""
    data = texts.buffers()[2]
    return memoryview(data) if data is not None and texts.offset == 0 else "".join(texts.to_pylist()).encode()
