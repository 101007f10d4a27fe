"""What the text in a cell looks like, and what most cells of a column do: a number, a date, or text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

TYPED = ("number", "date")
_KINDS_FROM = 200
_MOSTLY = 0.8

_LONGEST = 60

_CURRENCY = "(?:EUR|USD|GBP|CHF|JPY|CNY|SEK|NOK|DKK|PLN|CZK|HUF|BRL|INR|AUD|CAD|TRY|ZAR|R\\$|US\\$|[$€£¥₹]|kr|zł)"
_NUMBER = re.compile(
    rf"[(+-]?\s*{_CURRENCY}?\s*[+-]?\d[\d.,'’\s]*(?:[eE][+-]?\d+)?\s*(?:%|{_CURRENCY})?\s*[)-]?|[+-]?[.,]\d+"
)
_YEAR = re.compile("(?:19|20)[0-9]{2}")
_DATE = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ]\d{1,2}:\d{2}.*)?|\d{1,2}:\d{2}(?::\d{2})?"
    r"|\d{1,2}[ -][^\W\d]{3,9}\.?[ -]\d{2,4}|[^\W\d]{3,9}\.? \d{1,2},? \d{4}"
)
_ABSENT = frozenset({"", "-", "--", "?", ".", "na", "n/a", "#n/a", "nan", "null", "none", "nil", "(null)", "\\n"})

_TOTAL = re.compile(
    r"((grand|sub|overall) ?)?totals?|sums?|average|(gesamt)?summen?|(ins)?gesamt|gesamtergebnis|total[ei]|"
    r"total (g[eé]n[eé]ral|geral)|somm[ea]|suma|soma|(eind)?totaal|toplam|итого|всего|合計|总计|合计",
    re.IGNORECASE,
)


def says_total(cell: str) -> bool:
    """Whether a cell is what a row of totals begins with, in any of the commonest languages."""
    return _TOTAL.fullmatch(cell.strip().rstrip(":").strip()) is not None


def is_named(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a row holds something else over every column of numbers or dates below it, and over one at least."""
    typed = typed_columns(below)
    return bool(typed) and all(kind_of(cell_at(row, place)) not in ("", kind) for place, kind in typed.items())


def typed_columns(rows: Sequence[Sequence[str]]) -> dict[int, str]:
    """The columns that hold mostly numbers, or mostly dates, in the first rows."""
    width = max((len(row) for row in rows[:_KINDS_FROM]), default=0)
    kinds = {place: kind_below(rows, place) for place in range(width)}
    return {place: kind for place, kind in kinds.items() if kind in TYPED}


def count_typed(row: Sequence[str], typed: Mapping[int, str]) -> int:
    """How many cells of a row hold a number or a date where their column has such."""
    return sum(kind_of(cell_at(row, place)) == kind for place, kind in typed.items())


def kind_below(below: Sequence[Sequence[str]], place: int) -> str:
    """What a column mostly holds: ``number``, ``date``, ``text``, or nothing."""
    kinds = [kind for row in below[:_KINDS_FROM] if (kind := kind_of(cell_at(row, place)))]
    if not kinds:
        return ""
    return next((kind for kind in TYPED if kinds.count(kind) >= _MOSTLY * len(kinds)), "text")


def kind_of(cell: str) -> str:
    """``number``, ``date``, ``text``, or nothing where a cell says that it has no value."""
    return _kind_of(cell) if len(cell) <= _LONGEST else "text"


def is_year(cell: str) -> bool:
    """Whether a cell holds a year and nothing else."""
    return _YEAR.fullmatch(cell.strip()) is not None


@lru_cache(maxsize=1 << 16)
def _kind_of(cell: str) -> str:
    text = cell.strip()
    if text.lower() in _ABSENT:
        return ""
    if _DATE.fullmatch(text):
        return "date"
    return "number" if _NUMBER.fullmatch(text) else "text"


def cell_at(row: Sequence[str], place: int) -> str:
    """A cell of a row that may be too short to have it."""
    return row[place] if place < len(row) else ""
