"""Text -> numbers and dates, decided from a whole column and never cell by cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

MISSING_WORDS = frozenset({"", "na", "n/a", "nan", "null", "none", "#n/a", "-", "missing"})
LARGEST = 1e100
YEARS = (1800, 2200)
"""Figures and years beyond these are slips of the pen, not measurements."""
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_COMMA_NUMBER = r"[+-]?\d+(?:,\d+)?"
_TIME = r"(?:[T ](?P<time>\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?"
_DATE = r"(?P<a>\d{1,4})(?P<sep>[-/.])(?P<b>\d{1,2})(?P=sep)(?P<c>\d{1,4})" + _TIME

Kind = Literal["number", "date", "text", "missing"]


@dataclass(frozen=True)
class Typed:
    """A column with its type: the converted values, and for dates the order that was read and how sure that is."""

    kind: Kind
    values: pd.Series
    note: str = ""
    ambiguous: float = 0.0
    unreal: int = 0


def type_column(texts: pd.Series, delimiter: str = "") -> Typed:
    """The column as numbers, dates or text; a type is given only where every cell that is not missing has it."""
    stripped = texts.str.strip()
    present = stripped[stripped.notna() & ~stripped.str.lower().isin(MISSING_WORDS)]
    if present.empty:
        return Typed("missing", stripped.where(stripped.isna(), None))
    for read in (_as_number, _as_date):
        typed = read(stripped, present, delimiter)
        if typed is not None:
            return typed
    return Typed("text", stripped.where(stripped != "", None))


def _as_number(column: pd.Series, present: pd.Series, delimiter: str) -> Typed | None:
    unique = pd.Series(present.unique())
    if unique.str.fullmatch(r"0\d+").any():
        return None
    if unique.str.fullmatch(_NUMBER).all():
        return _numbers(column, present, "")
    if delimiter != "," and unique.str.fullmatch(_COMMA_NUMBER).all() and not unique.str.contains(r",\d{3}$").all():
        return _numbers(column, present.str.replace(",", "."), "decimal comma")
    return None


def _numbers(column: pd.Series, present: pd.Series, note: str) -> Typed:
    numbers = pd.to_numeric(present).astype("float64")
    unreal = numbers.abs() > LARGEST
    return Typed("number", numbers.mask(unreal).reindex(column.index), note, unreal=int(unreal.sum()))


def _as_date(column: pd.Series, present: pd.Series, delimiter: str) -> Typed | None:
    parts = present.str.extract(f"^{_DATE}$")
    if parts["a"].isna().any():
        return None
    a, b, c = (parts[name].astype(int) for name in "abc")
    order, ambiguous = _date_order(a, b, c)
    if order is None:
        return None
    year, month, day = {"YMD": (a, b, c), "DMY": (c, b, a), "MDY": (c, a, b)}[order]
    year = year.where(year >= 100, year + np.where(year < 70, 2000, 1900))
    dates = pd.to_datetime({"year": year, "month": month, "day": day}, errors="coerce")
    if dates.isna().any():
        return None
    if parts["time"].notna().any():
        dates = dates + pd.to_timedelta(parts["time"].fillna("00:00").map(_full_time))
    unreal = ~year.between(*YEARS)
    return Typed("date", dates.mask(unreal).reindex(column.index), order, ambiguous, int(unreal.sum()))


def looks_numeric(column: pd.Series) -> bool:
    """Whether nearly every cell of a column of text is digits but for separators, currency and per cent signs."""
    present = column.dropna().astype(str)
    present = present[present.str.contains(r"\d")] if len(present) else present
    bare = present.str.fullmatch(r"[(\-+\s]*[^\w\s.,]*\s*[\d.,'\s]*[.,%€$£][\d.,'\s]*[^\w\s]*\)?")
    return len(present) > 0 and bool(bare.mean() > 0.9) and len(present) > 0.5 * len(column)


def _full_time(text: str) -> str:
    return text if text.count(":") == 2 else f"{text}:00"


def _date_order(a: pd.Series, b: pd.Series, c: pd.Series) -> tuple[str | None, float]:
    """The order of year, month and day that every cell allows, and the share of cells that would allow another."""
    if (a >= 32).all():
        return "YMD", 0.0
    both = float(((a <= 12) & (b <= 12)).mean())
    if (a > 12).any() and (b > 12).any():
        return None, 0.0
    if (b > 12).any():
        return "MDY", both
    return "DMY", both
