"""Typing: text becomes numbers and dates where the whole column says so; how it was read is kept, doubts are said."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace
from datetime import datetime

from segreport.config import InputSection
from segreport.domain import Column, Finding, Rows, SourceTable, TypedTable
from segreport.engine import Session, name_of, text_of
from segreport.typed.evidence import FEW_WORDS, MOST_WORDS, find_reading, with_words
from segreport.typed.readings import BLANKS, MISSING_WORDS, PLAIN_WORDS, TEXT, Reading
from segreport.typed.summary import LARGEST, YEARS, Figures, Totals, count_repeated, summarise, totals_of
from segreport.typed.wish import Wish

SAMPLE_ROWS, SAMPLE_TEXTS = 20_000, 2_000
LARGEST_WHOLE = 2**53
"""Whole numbers beyond this lose digits in a float, so they stay text."""
_A_KEY_BELOW = 1e30
_ROUNDS = 8
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT", "UINTEGER", "FLOAT", "DOUBLE", "DECIMAL")
_LARGE = ("BIGINT", "UBIGINT", "HUGEINT", "UHUGEINT")


def type_columns(table: SourceTable, options: InputSection, session: Session) -> TypedTable:
    """The table with every column as numbers, dates or text, read once where the first rows tell the truth.

    The readings come from a sample, and the whole table is read by them; cells that do not fit are then looked at, and
    the columns they stand in are read anew.
    """
    wish = Wish(options.decimal, options.date_order)
    work = _Typing(table, session, wish, _sample(table, session))
    readings = work.first_readings()
    unsettled: tuple[str, ...] = ()
    for _ in range(_ROUNDS):
        rows = session.create(work.select(readings))
        totals = totals_of(rows, session)
        wrong = work.misread(totals, readings)
        if not wrong:
            break
        session.drop(rows)
        readings = readings | wrong
    else:
        readings, unsettled = readings | dict.fromkeys(wrong, TEXT), tuple(wrong)
        rows = session.create(work.select(readings))
        totals = totals_of(rows, session)
    rows, columns = summarise(rows, totals, session, {name: reading.said for name, reading in readings.items()})
    columns = {name: _with_doubt(column, readings.get(name)) for name, column in columns.items()}
    findings = (*table.findings, *work.findings(readings), *map(_told_unsettled, unsettled))
    source = replace(table.source, dialect={**table.source.dialect, **_conventions(readings)})
    repeated = count_repeated(rows, columns, session)
    return TypedTable(rows, columns, source, table.rejects, table.labels, findings, repeated)


def _told_unsettled(name: str) -> Finding:
    return Finding("DQ027", "Columns written in too many ways", 1, f"{name} was read as text; write its cells one way")


def _sample(table: SourceTable, session: Session) -> dict[str, set[str]]:
    """Different texts of every text column among the first rows."""
    names = [name for name, kind in table.rows.types.items() if kind == "VARCHAR"]
    if not names:
        return {}
    first = session.create(f"SELECT {', '.join(map(name_of, names))} FROM {_table(table)} LIMIT {SAMPLE_ROWS}")
    found = {name: _texts(first, name, "true", session) for name in names}
    session.drop(first)
    return found


def _texts(rows: Rows, name: str, where: str, session: Session) -> set[str]:
    column = name_of(name)
    different = f"SELECT DISTINCT {column} FROM {name_of(rows.name)} WHERE {column} IS NOT NULL AND {where}"
    # in an order of no meaning that is always the same, however many threads there are
    return {row[0] for row in session.query(f"FROM ({different}) ORDER BY hash({column}), 1 LIMIT {SAMPLE_TEXTS}")}


def _table(table: SourceTable) -> str:
    return name_of(table.rows.name)


@dataclass
class _Typing:
    """The texts seen so far of every column, which grow by the cells that do not fit."""

    table: SourceTable
    session: Session
    wish: Wish
    texts: dict[str, set[str]]

    def first_readings(self) -> dict[str, Reading]:
        """How every text column is read by the sample; a column in doubt follows what the others prove."""
        readings = {name: self._reading(name, self.wish) for name in self.texts}
        proved = {reading.proved for reading in readings.values() if reading.proved}
        if len(proved) == 1:
            told = replace(self.wish, decimal=proved.pop())
            readings |= {name: self._reading(name, told) for name, reading in readings.items() if _in_doubt(reading)}
        return readings

    def _reading(self, name: str, wish: Wish) -> Reading:
        texts = self.texts[name]
        reading = find_reading(texts, wish)
        if reading.kind == "text" and wish != Wish() and not (proved := find_reading(texts, Wish())).doubt:
            reading = proved  # what the cells prove wins over what was said of other columns
        if reading.doubt and reading.kind == "number":
            texts |= self._without_doubt(name)
            reading = find_reading(texts, wish)
        if reading == TEXT and any(any(map(str.isdigit, text)) for text in texts):
            reading = self._with_few_words(name, wish)
        if reading.mark and not self._blank(name):
            return TEXT
        plain = reading.kind == "number" and not reading.pattern and not reading.mark
        wholes = plain and all(text.strip(BLANKS).isdigit() for text in texts if text.lower() not in reading.missing)
        return replace(reading, key=True) if wholes else reading

    def _without_doubt(self, name: str) -> set[str]:
        """Cells of the whole column that are not one to three digits, a mark, and three digits."""
        doubtful = f"regexp_full_match({name_of(name)}, '[1-9]\\d{{0,2}}[.,]\\d{{3}}')"
        return _texts(self.table.rows, name, f"NOT {doubtful}", self.session)

    def _with_few_words(self, name: str, wish: Wish) -> Reading:
        reading = with_words(self.texts[name], wish)
        if reading == TEXT:
            return TEXT
        words, present = self._count_words(name, reading.missing - MISSING_WORDS)
        return reading if words <= FEW_WORDS * present else TEXT

    def _count_words(self, name: str, missing: Set[str]) -> tuple[int, int]:
        """How many cells are one of the words that stand for nothing, and how many cells there are."""
        column, words = name_of(name), ", ".join(map(text_of, sorted(missing))) or "NULL"
        matches = f"count(*) FILTER (lower(trim({column}, {text_of(BLANKS)})) IN ({words}))"
        found = self.session.query(f"SELECT {matches}, count({column}) FROM {_table(self.table)}")[0]
        return int(found[0]), int(found[1])

    def _blank(self, name: str) -> int:
        """How many cells hold nothing that shows."""
        nothing = f"coalesce(trim({name_of(name)}, {text_of(BLANKS)}), '') = ''"
        return int(self.session.query(f"SELECT count(*) FILTER ({nothing}) FROM {_table(self.table)}")[0][0])

    def select(self, readings: Mapping[str, Reading]) -> str:
        """The statement that reads the whole table by the readings."""
        types = self.table.rows.types
        values = [f"{self._value(name, kind, readings)} AS {name_of(name)}" for name, kind in types.items()]
        return f"SELECT {', '.join(values)} FROM {_table(self.table)}"

    def _value(self, name: str, kind: str, readings: Mapping[str, Reading]) -> str:
        column = name_of(name)
        if name in readings:
            return readings[name].sql(column)
        if kind.startswith(_NUMBERS):
            return f"CASE WHEN isnan({column}::DOUBLE) THEN NULL ELSE {column}::DOUBLE END"
        if kind == "BOOLEAN" or (kind.startswith(_LARGE) and self._is_small(column)):
            return f"{column}::DOUBLE"
        if kind.startswith(("DATE", "TIMESTAMP")):
            return f"CASE WHEN isfinite({column}::TIMESTAMP) THEN {column}::TIMESTAMP END"
        return "NULL::DOUBLE" if kind == '"NULL"' else TEXT.sql(f"{column}::VARCHAR")

    def _is_small(self, column: str) -> bool:
        largest = self.session.query(f"SELECT max(abs({column}::HUGEINT)) FROM {_table(self.table)}")[0][0]
        return largest is None or int(largest) <= LARGEST_WHOLE

    def misread(self, totals: Totals, readings: Mapping[str, Reading]) -> dict[str, Reading]:
        """New readings of the columns that hold cells which do not fit, or wholes too large for a float."""
        wrong = {name: told for name, told in readings.items() if _does_not_fit(told, totals.columns[name])}
        anew = {name: self._again(name, reading) for name, reading in wrong.items()}
        return {name: reading for name, reading in anew.items() if reading != readings[name]}

    def _again(self, name: str, reading: Reading) -> Reading:
        value = reading.sql(name_of(name))
        new = _texts(self.table.rows, name, reading.misfit(value), self.session)
        if not new - self.texts[name]:
            return self._without_impossible(name, reading, new)
        self.texts[name] |= new
        told = self._reading(name, self.wish)
        return TEXT if told == reading else told

    def _without_impossible(self, name: str, reading: Reading, texts: set[str]) -> Reading:
        """The same reading where just a few cells are days that no calendar has; they are left out, and said."""
        if reading.kind != "date" or len(texts) > MOST_WORDS:
            return TEXT
        told = replace(reading, missing=reading.missing | {text.strip(BLANKS).lower() for text in texts})
        cells, present = self._count_words(name, told.missing - MISSING_WORDS)
        return told if cells <= FEW_WORDS * present else TEXT

    def findings(self, readings: Mapping[str, Reading]) -> Iterator[Finding]:
        """What is said of cells left out, and of numbers that could be read two ways."""
        for name, reading in readings.items():
            own = _own_words(reading)
            if own:
                words = ", ".join(repr(word) for word in sorted(own))
                count = self._count_words(name, own)[0]
                yield Finding("DQ021", f"Cells that cannot be read: {name}", count, f"{words}: taken as missing")
            if reading.mark:
                blank = self._blank(name)
                done = f"{reading.mark!r} is read as 1, a blank as 0"
                yield Finding("DQ025", f"Blanks beside a mark: {name}", blank, done)
            if len(reading.currencies) > 1:
                done = f"{', '.join(reading.currencies)}: read as if they were one; part the rows by currency first"
                yield Finding("DQ024", f"Amounts in several currencies: {name}", len(reading.currencies), done)
            if {reading.said, self.wish.date_order} == {"DMY", "MDY"} and "%b" not in "".join(reading.formats).lower():
                done = f"read as {reading.said}: {self.wish.date_order} does not fit every cell"
                yield Finding("DQ026", f"Dates in another order than asked for: {name}", 1, done)
            if reading.doubt and reading.kind == "number":
                how = "a decimal mark" if reading.decimal == "." and not reading.group else "a thousands separator"
                done = f"the mark in every cell was read as {how}; --decimal says otherwise"
                yield Finding("DQ022", f"Figures that could be read two ways: {name}", 1, done)


def _does_not_fit(reading: Reading, figures: Figures) -> bool:
    """Whether the greatest value of a column betrays a cell that was not read, or one that has lost digits."""
    if not figures.present or reading.kind == "text":
        return False
    if reading.kind == "missing":
        return True
    if reading.kind == "date":
        return bool(figures.high == datetime.max)
    largest = max(abs(figures.low), abs(figures.high))
    key = not reading.pattern and figures.whole and LARGEST_WHOLE < largest < _A_KEY_BELOW
    return math.isnan(figures.high) or key


def _in_doubt(reading: Reading) -> bool:
    return reading.doubt and reading.kind == "number"


def _own_words(reading: Reading) -> set[str]:
    return {word for word in reading.missing if word not in PLAIN_WORDS}


def _with_doubt(column: Column, reading: Reading | None) -> Column:
    """The share of dates that allow the other order, which is known only where day and month are figures in front."""
    asked = reading and reading.said in ("DMY", "MDY") and not any("%b" in text.lower() for text in reading.formats)
    return column if asked else replace(column, ambiguous=0.0)


def _conventions(readings: Mapping[str, Reading]) -> dict[str, str]:
    """How figures were written, where that is not plain."""
    comma = [name for name, reading in readings.items() if reading.decimal == ","]
    dressed = [name for name, reading in readings.items() if reading.pattern and reading.kind == "number"]
    said = {"decimal": "comma"} if comma else {}
    plain = [name for name in dressed if name not in comma]
    return said | ({"figures with signs": ", ".join(plain)} if plain else {})


__all__ = ["LARGEST", "YEARS", "type_columns"]
