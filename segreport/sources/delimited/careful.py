"""Reads any text row by row, in bounded memory: what does not fit is rejected with its line, never shifted."""

from __future__ import annotations

import io
import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from segreport.domain import Reject, Source, SourceTable
from segreport.engine import Session
from segreport.errors import InputError
from segreport.sources.delimited.plan import Plan, lines_of, open_text
from segreport.sources.delimited.records import Lines, Record, read_records
from segreport.sources.grid import UNDER_THE_HEADER
from segreport.sources.looks import cell_at, count_typed, is_named, says_total, typed_columns
from segreport.sources.place import Place

if TYPE_CHECKING:
    import pyarrow as pa

    from segreport.engine import Relation

MOST_REJECTS = 100_000
_MOST_NOTES = 100
_BLOCK = 20_000
_LONGEST_TEXT = 10_000
_AMOUNT = re.compile(r"[^\w]*[A-Z]{0,3}[^\w]*\d[\d.,'’\s]*\D{0,4}")


def read_carefully(place: Place, plan: Plan, session: Session) -> SourceTable:
    """The table, loaded into the session in batches."""
    import duckdb
    import pyarrow as pa

    reading = _Reading(place.name, plan)
    schema = pa.schema([(name, pa.string()) for name in plan.layout.names])
    try:
        rows = session.load(pa.RecordBatchReader.from_batches(schema, reading.batches(place)))
    except duckdb.Error:
        if reading.refusal:
            raise reading.refusal from None
        raise
    return reading.table(rows)


def is_total(record: Record, others: tuple[Record, ...]) -> bool:
    """Whether a row holds the totals of those above it: it says so in its first cell, and holds but numbers else."""
    filled = [place for place, cell in enumerate(record.cells) if cell.strip()]
    if len(filled) < 2 or not says_total(record.cells[filled[0]]):
        return False
    word = record.cells[filled[0]].strip()
    others = tuple(row for row in others if row.text != record.text and len(row.cells) > filled[0])
    if any(row.cells[filled[0]].strip() == word for row in others):
        return False
    return all(_is_of_totals(record.cells[place].strip(), place, others) for place in filled[1:])


def _is_of_totals(cell: str, place: int, others: Sequence[Record]) -> bool:
    """Whether it is an amount, or what stands in every other row too: a currency."""
    return _AMOUNT.fullmatch(cell) is not None or (
        bool(others) and all(cell_at(row.cells, place).strip() == cell for row in others)
    )


class _Reading:
    """One reading of a file, and what has come of it so far."""

    def __init__(self, name: str, plan: Plan) -> None:
        self.name, self.plan = name, plan
        self.kept = self.beside = 0
        self.rejects: list[Reject] = []
        self.refusal: InputError | None = None
        for record in plan.under:
            self._reject(record, UNDER_THE_HEADER)
        self._typed = typed_columns([row.cells for row in plan.rows])
        self._last: Record | None = None
        self._held: list[Record] = []
        self._after_blank = False

    def batches(self, place: Place) -> Iterator[pa.RecordBatch]:
        """The rows in batches; a refusal is kept, because the engine would wrap it into an error of its own."""
        try:
            for batch in self._rows(place):
                self.kept += len(batch)
                yield batch
            self._refuse_mostly_rejected()
        except InputError as refusal:
            self.refusal = refusal
            raise
        except OSError as error:
            cause = f"{self.name} cannot be read to its end: {error.strerror or error}"
            self.refusal = InputError(cause, "copy it to a local disk")
            raise

    def table(self, rows: Relation) -> SourceTable:
        """What was read, and how."""
        plan = replace(self.plan, layout=replace(self.plan.layout, beside=self.beside))
        source = Source(self.name, "", self.kept + len(self.rejects), len(rows.columns), plan.words)
        rejects = sorted(self.rejects, key=lambda reject: reject.line)
        return SourceTable(rows, source, tuple(rejects), findings=plan.layout.findings)

    def _rows(self, place: Place) -> Iterator[pa.RecordBatch]:
        """The rows in batches; the last row may be the totals, which is known when no other follows it."""
        batch: pa.RecordBatch | None = None
        for cells in self._blocks(place):
            if batch is not None:
                yield batch
            batch = self._kept(cells)
        for note in self._held:
            self._reject(note, "a note under the table")
        if batch is not None and self._last is not None and is_total(self._last, self.plan.rows):
            self._reject(self._last, "a row of totals")
            batch = batch.slice(0, len(batch) - 1)
        if batch is not None:
            yield batch

    def _kept(self, cells: pa.RecordBatch) -> pa.RecordBatch:
        """The columns that have a name; what stands in the others is counted."""
        layout = self.plan.layout
        notes = (cell for place in layout.aside for cell in cells.column(place).drop_null().to_pylist())
        self.beside += sum(bool(cell.strip()) for cell in notes)
        return cells.select(list(layout.columns)).rename_columns(list(layout.names))

    def _blocks(self, place: Place) -> Iterator[pa.RecordBatch]:
        """The cells of so many lines at a time, a column for each cell of a row."""
        import pyarrow as pa

        schema = pa.schema([(str(cell), pa.string()) for cell in range(self.plan.width)])
        with open_text(place.path, self.plan.encoding) as file:
            lines = Lines(lines_of(file, self.name))
            lines.take(self.plan.first_line - 1)
            while block := lines.take(_BLOCK):
                if self._is_regular(block):
                    text = block[-1].rstrip("\r\n")
                    self._last = Record(lines.number, text, text.split(self.plan.dialect.delimiter))
                    yield _parted(block, self.plan.dialect.delimiter, schema)
                    continue
                lines.put_back(block)
                if rows := self._checked(lines, lines.number + len(block)):
                    columns = ([cell or None for cell in cells] for cells in zip(*rows, strict=True))
                    yield pa.record_batch([pa.array(cells, pa.string()) for cells in columns], schema=schema)

    def _is_regular(self, block: list[str]) -> bool:
        """Whether lines are one row each, without a quote, and need not be looked at one by one."""
        mark, width = self.plan.dialect.delimiter, self.plan.width
        if not self.plan.dialect.is_plain or self._held or self._after_blank:
            return False
        empty, text = mark * (width - 1), "".join(block)
        return (
            '"' not in text
            and {line.count(mark) for line in block} == {width - 1}
            and {empty, empty + "\n", empty + "\r\n", empty + "\r"}.isdisjoint(block)
            and not any(header in text for header in self.plan.header)
        )

    def _checked(self, lines: Lines, until: int) -> list[list[str]]:
        """The rows of the records that begin before a line and fit."""
        rows: list[list[str]] = []
        records = read_records(lines, self.plan.dialect, self.plan.width)
        while lines.number < until and (record := next(records, None)) is not None:
            if not any(record.cells):
                self._after_blank = True
            elif (row := self._fitted(record)) is not None:
                if (self._after_blank or self._held) and self._may_be_note(row):
                    self._held.append(row)
                else:
                    self._last = row
                    rows += [held.cells for held in self._released()]
                    rows.append(row.cells)
                self._after_blank = False
        return rows

    def _may_be_note(self, row: Record) -> bool:
        """Whether a row under a blank line holds no number where the others do; many such rows are no notes."""
        return bool(self._typed) and not count_typed(row.cells, self._typed) and len(self._held) < _MOST_NOTES

    def _released(self) -> list[Record]:
        """The rows held back, which were no notes; the last of them must not name what stands under it."""
        held, self._held = self._held, []
        if held and is_named(held[-1].cells, [row.cells for row in self.plan.rows]):
            raise InputError(
                f"{self.name}, line {held[-1].line}: a second table begins here",
                f"keep one table in the file, or skip to the second with --skip-rows {held[-1].line - 1}",
            )
        return held

    def _fitted(self, record: Record) -> Record | None:
        """The record with as many cells as the table has columns, or nothing where it was rejected."""
        cells, width = record.cells, self.plan.width
        fault = record.fault or self._misfit(cells) or ("the header again" if record.text in self.plan.header else "")
        if fault:
            self._reject(record, fault)
            return None
        return record if len(cells) == width else record._replace(cells=(cells + [""] * width)[:width])

    def _misfit(self, cells: list[str]) -> str:
        width = self.plan.width
        if len(cells) == width or (self.plan.fewest <= len(cells) and not any(map(str.strip, cells[width:]))):
            return ""
        where = "the header has" if self.plan.header else "the table has"
        return f"{len(cells)} cell{'' if len(cells) == 1 else 's'} where {where} {width}"

    def _reject(self, record: Record, reason: str) -> None:
        self.rejects.append(Reject(record.line, reason, record.text[:_LONGEST_TEXT]))
        if len(self.rejects) > MOST_REJECTS:
            raise InputError(
                f"{self.name}: more than {MOST_REJECTS:,} lines do not fit, first {_told(self.rejects[:3])}",
                "check the delimiter and the header line",
            )

    def _refuse_mostly_rejected(self) -> None:
        if len(self.rejects) > self.kept:
            total, before = self.kept + len(self.rejects), self.rejects[0].line - 1
            second = f"; if a second table begins there, skip to it with --skip-rows {before}" if self.kept else ""
            raise InputError(
                f"{self.name}: {len(self.rejects):,} of {total:,} rows do not fit, first {_told(self.rejects[:3])}",
                f"check the delimiter and the header line{second}",
            )


def _parted(block: list[str], mark: str, schema: pa.Schema) -> pa.RecordBatch:
    """The cells of lines that hold nothing but cells and delimiters."""
    from pyarrow import csv

    data = BOM_UTF8 + "".join(block).encode()  # Arrow takes one such mark off, and the text may begin with its own
    table = csv.read_csv(
        io.BytesIO(data),
        read_options=csv.ReadOptions(column_names=schema.names, block_size=len(data) + 1),
        parse_options=csv.ParseOptions(delimiter=mark, quote_char=False, double_quote=False),
        convert_options=csv.ConvertOptions(column_types=schema, null_values=[""], strings_can_be_null=True),
    )
    return table.combine_chunks().to_batches()[0]


def _told(rejects: list[Reject]) -> str:
    return "; ".join(f"line {reject.line}: {reject.reason}" for reject in rejects)
