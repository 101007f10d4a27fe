"""What a column's values say of its meaning: flags, keys, codes, and what is personal."""

from __future__ import annotations

import math
import re

from segreport.domain import Column
from segreport.roles.names import is_said_by

MOSTLY_DISTINCT = 0.9
MANY_CATEGORIES = 30
MANY_ROWS = 20
LONG_TEXT, LONG_CODE = 60, 40
"""Texts longer than this on average are prose; longer ones are no codes."""
_NEARLY_ALL = 0.95
"""Above 200,000 rows different values are counted to within a few per cent."""
_COUNTED_ROWS, _COUNTED_BELOW = 200_000, 1_000
_KEY_DIGITS = 8
_CHANCE = 7.0
"""Squared rows over twice the span: from here on, whole numbers that never repeat are no chance (about 1 in 1,000)."""
_MOSTLY = 0.8
_COUNTED_DAYS = ((18_264, 73_050), (1e8, 4.2e9), (1e11, 4.2e12))
"""Days since 1900, seconds and milliseconds since 1970; the shortest of these are dates only where a name says so."""
_A_DAY = r"\d{1,2}([./-])\d{1,2}\1\d{2,4}"
_PERSONAL = (
    ("e-mail addresses", re.compile(r"[^@\s]+@[^@\s]+\.[a-zA-Z]{2,}")),
    ("web addresses", re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)),
    ("telephone numbers", re.compile(rf"(?!{_A_DAY}$)(?=(?:\D*\d){{7,15}}\D*$)(?:\+|00|\(?0)[\d\s()/.\-]+")),
    ("telephone numbers", re.compile(r"\(?\d{3}\)?[ .\-]\d{3}[ .\-]\d{4}")),
    ("postal codes", re.compile(r"[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}|[A-Z]\d[A-Z] \d[A-Z]\d|\d{4} [A-Z]{2}")),
    ("postal codes", re.compile(r"\d{5}-\d{3,4}|\d{2}-\d{3}")),
)


def is_binary(column: Column) -> bool:
    """Whether the cells are 0 and 1, or only one of them."""
    return column.kind == "number" and column.whole and _between(column, 0, 1)


def is_whole(column: Column) -> bool:
    """Whether every cell is a whole number."""
    return column.kind == "number" and column.whole


def lies_between(column: Column, low: float, high: float) -> bool:
    """Whether every number lies in the range, both ends included."""
    return column.kind == "number" and _between(column, low, high)


def is_code(column: Column) -> bool:
    """Whether the cells can be names of things: text, or whole numbers."""
    return column.kind == "text" or is_whole(column)


def are_days_as_numbers(column: Column) -> bool:
    """Whether whole numbers can be days as Excel counts them, or moments as computers do: from 1950 to 2100."""
    return is_whole(column) and any(_between(column, low, high) for low, high in _COUNTED_DAYS)


def is_calendar_part(column: Column) -> bool:
    """Whether whole numbers can be years, or parts of one: months, weeks, hours."""
    return is_whole(column) and is_few(column) and (is_year_number(column) or _between(column, 0, 53))


def is_year_number(column: Column) -> bool:
    """Whether every number can be a year that somebody bought in."""
    return is_whole(column) and _between(column, 1900, 2100)


def is_mostly_distinct(column: Column) -> bool:
    """Whether nearly every cell has a value of its own."""
    return column.present > 0 and column.distinct >= MOSTLY_DISTINCT * column.present


def is_all_distinct(column: Column) -> bool:
    """Whether every cell has a value of its own, as far as they were counted."""
    share = 1.0 if is_counted(column) else _NEARLY_ALL
    return column.present > 0 and column.distinct >= share * column.present


def is_number_key(column: Column) -> bool:
    """Whether whole numbers are keys: never twice, although they lie so close that measurements would repeat.

    Numbers with as many digits as a card number has are keys however far apart they lie.
    """
    if not is_whole(column) or column.present <= MANY_ROWS or not is_all_distinct(column):
        return False
    low, high = column.low or 0.0, column.high or 0.0
    long = low > 0 and math.floor(math.log10(low)) == math.floor(math.log10(high)) >= _KEY_DIGITS - 1
    return long or column.present**2 > 2 * _CHANCE * (high - low + 1)


def is_text_key(column: Column) -> bool:
    """Whether short texts are keys: nearly never twice, one word each, with digits in them."""
    if column.kind != "text" or column.mean_length > LONG_CODE or not is_mostly_distinct(column):
        return False
    texts = [text for text, _ in column.common]
    return bool(texts) and all(re.search(r"\d", text) and not re.search(r"\s", text) for text in texts)


def is_few(column: Column) -> bool:
    """Whether the different values can be counted one by one."""
    return 0 < column.distinct <= MANY_CATEGORIES


def is_prose(column: Column) -> bool:
    """Whether text says something else in most rows, or is long."""
    many = column.distinct > MANY_CATEGORIES
    return column.kind == "text" and many and (column.distinct > 0.5 * column.present or column.mean_length > LONG_TEXT)


def personal_values(column: Column) -> str:
    """What personal data nearly all of the common values are, or nothing."""
    cells = sum(count for _, count in column.common)
    if column.kind != "text" or not cells:
        return ""
    for what, pattern in _PERSONAL:
        if sum(count for text, count in column.common if pattern.fullmatch(text.strip())) >= _MOSTLY * cells:
            return what
    return ""


def all_say(column: Column, concept: str) -> bool:
    """Whether every value of a column of few values is a word for the concept."""
    words = frozenset(text.strip().lower() for text, _ in column.common)
    return column.kind == "text" and 2 <= column.distinct == len(words) and is_said_by(concept, words)


def some_say(column: Column, concept: str) -> bool:
    """Whether one of the values is a word for the concept."""
    return any(is_said_by(concept, frozenset([text.strip().lower()])) for text, _ in column.common)


def count_in_words(column: Column) -> str:
    """How many different values there are: to two figures where a large table is only estimated."""
    return str(column.distinct) if is_counted(column) else f"about {rounded(column.distinct)}"


def is_counted(column: Column) -> bool:
    """Whether different values were counted one by one."""
    return column.rows <= _COUNTED_ROWS or column.distinct < _COUNTED_BELOW


def rounded(count: int) -> int:
    """A count to two figures."""
    return int(float(f"{count:.1e}"))


def values_in_words(column: Column, most: int = 3) -> str:
    """How many different values there are, and which: all of few, the most common of many."""
    shown = [text for text, _ in column.common[:most]]
    if column.distinct == 1:
        return f"one value, {shown[0]}" if shown else "one value"
    if column.distinct <= most and len(shown) == column.distinct:
        listed = ", ".join(sorted(shown)[:-1]) + f" and {max(shown)}"
        return f"{column.distinct} different values, {listed}"
    return f"{count_in_words(column)} different values" + (f", {shown[0]} the most common" if shown else "")


def figure(value: float | None) -> str:
    """A bound as it stands in a file: without thousands separators, as years and codes are written."""
    if value is None:
        return ""
    return f"{value:.0f}" if value == round(value) else f"{value:.2f}" if abs(value) >= 1 else f"{value:.3g}"


def _between(column: Column, low: float, high: float) -> bool:
    return column.low is not None and column.high is not None and low <= column.low <= column.high <= high
