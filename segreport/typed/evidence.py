"""From the different texts of a column to the way it is read: only what all of them allow, never a guess in silence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from segreport.formatting import is_currency
from segreport.typed.dates import find_dates, find_runs
from segreport.typed.readings import BLANKS, MISSING_WORDS, NOTHING, TEXT, Reading, Trim
from segreport.typed.wish import Wish

PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_LEADING_ZERO = re.compile(r"0\d+")
_PHONE = re.compile(r"\+\d{7,}")
_CURRENCY = r"(?:[$€£¥₹₽₺₩₪฿]|[A-Z]{0,3}\$|kr\.?|zł|Kč|Ft|lei|CHF|Fr\.|[A-Z]{3})"
_DRESSED = re.compile(
    rf"(?P<open>\()?\s*(?P<sign>[-+\u2212])?\s*(?P<before>{_CURRENCY})?\s*(?P<inner>[-+\u2212])?\s*"
    rf"(?P<core>\d[\d.,'\u2019 \u00a0\u2007\u2009\u202f]*|[.,]\d+)\s*(?P<after>{_CURRENCY}|%)?\s*"
    r"(?P<close>\))?(?P<end>-)?"
)
_LETTERS = {"€": "EUR", "$": "USD", "US$": "USD", "£": "GBP", "¥": "JPY", "R$": "BRL", "zł": "PLN", "Fr.": "CHF"}
_GROUPS = ",.'\u2019 \u00a0\u2007\u2009\u202f"
_MARKS = frozenset("x✓✔☑☒●•")
"""What is set in a cell to say yes; where nothing is set, it says no."""
FEW_WORDS, MOST_WORDS = 0.05, 5
"""A column of numbers may hold this share of cells, and so many different ones, that are words without a digit; they
are left out, and said."""


def find_reading(texts: Iterable[str], wish: Wish) -> Reading:
    """The reading that fits every text but the missing ones; TEXT where there is none."""
    texts = list(texts)
    trim = _blanks_around(texts)
    unique = {text.strip(BLANKS) for text in texts}
    missing = frozenset(text.lower() for text in unique if text.lower() in MISSING_WORDS)
    present = sorted(text for text in unique if text.lower() not in MISSING_WORDS)
    if not present:
        return replace(NOTHING, missing=missing)
    if len(marks := {text.lower() for text in unique if text}) == 1 and marks <= _MARKS:
        return Reading("number", mark=marks.pop(), said="marks")
    reading = _numbers(present, wish) or find_dates(present, wish)
    if reading is None:
        return replace(TEXT, trim="all") if trim == "all" else TEXT
    return replace(reading, missing=reading.missing | missing, trim=trim)


def _blanks_around(texts: Sequence[str]) -> Trim:
    """Whether any text has blanks around it, and others than the plain one."""
    padded = [text for text in texts if text.strip(BLANKS) != text]
    if not padded:
        return ""
    return "blanks" if all(text.strip(" ") == text.strip(BLANKS) for text in padded) else "all"


def with_words(texts: Iterable[str], wish: Wish) -> Reading:
    """The reading of the texts that hold digits, with the few words beside them as missing; else TEXT."""
    texts = list(texts)
    unique = {text.strip(BLANKS) for text in texts}
    words = {text for text in unique if not any(map(str.isdigit, text)) and text.lower() not in MISSING_WORDS}
    if not 0 < len(words) <= MOST_WORDS or len(unique) < 2 * len(words):
        return TEXT
    reading = find_reading(unique - words, wish)
    if reading.kind not in ("number", "date"):
        return TEXT
    return replace(reading, missing=reading.missing | {word.lower() for word in words}, trim=_blanks_around(texts))


def _numbers(present: Sequence[str], wish: Wish) -> Reading | None:
    if any(_LEADING_ZERO.fullmatch(text) for text in present) or all(map(_PHONE.fullmatch, present)):
        return None
    if wish.decimal != "," and all(map(PLAIN.fullmatch, present)):
        proved = "." if any(_vote(text.lstrip("+-")) == "." for text in present if "e" not in text.lower()) else ""
        return find_runs(present) or Reading("number", proved=proved, doubt=_in_doubt(present, wish))
    parts = [_DRESSED.fullmatch(text) for text in present]
    found = [part for part in parts if part]
    if len(found) < len(parts) or any(bool(part["open"]) != bool(part["close"]) for part in found):
        return None
    if any(map(_is_code, _currencies(found))):
        return None
    percent = {part["after"] == "%" for part in found}
    if len(percent) > 1:
        return None
    return _convention([part["core"].strip(BLANKS) for part in found], found, percent.pop(), wish)


def _in_doubt(present: Sequence[str], wish: Wish) -> bool:
    """Whether every text would be a thousand times as large if its point were a thousands separator."""
    return wish.decimal is None and all(re.fullmatch(r"[+-]?[1-9]\d{0,2}\.\d{3}", text) for text in present)


def _convention(cores: Sequence[str], found: Sequence[re.Match[str]], percent: bool, wish: Wish) -> Reading | None:
    """The decimal mark and the thousands separator that every number allows."""
    decimal, doubt = _decimal(cores, wish)
    groups = {mark for core in cores for mark in core if mark in _GROUPS and mark != decimal}
    if len(groups) > 1:
        return None
    group = groups.pop() if groups else ""
    body = rf"\d{{1,3}}(?:{re.escape(group)}\d{{2,3}})*{re.escape(group)}\d{{3}}|\d+" if group else r"\d+"
    core = rf"(?:(?:{body})(?:{re.escape(decimal)}\d*)?|{re.escape(decimal)}\d+)"
    if not all(re.fullmatch(core, text) for text in cores):
        return None
    return Reading(
        "number",
        pattern=_pattern(core, found),
        decimal=decimal,
        group=group,
        percent=percent,
        said="per cent" if percent else "",
        proved="" if doubt or not any(mark in ".," for core in cores for mark in core) else decimal,
        doubt=doubt,
        currencies=tuple(sorted(_currencies(found))),
    )


def _currencies(found: Sequence[re.Match[str]]) -> set[str]:
    """The currencies that are named: a sign and its three letters are one."""
    signs = {part[side] for part in found for side in ("before", "after") if part[side] not in (None, "%")}
    return {_LETTERS.get(sign, sign) for sign in signs}


def _is_code(letters: str) -> bool:
    """Whether three letters beside a number are no currency: ABC 123 is a code."""
    return re.fullmatch("[A-Z]{3}", letters) is not None and not is_currency(letters)


def _decimal(cores: Sequence[str], wish: Wish) -> tuple[str, bool]:
    """The decimal mark, and whether that is in doubt: 1.234 alone may be a thousand or one and a bit."""
    marks = {mark for core in cores for mark in core if mark in ".,"}
    votes = {mark for core in cores if (mark := _vote(core))}
    if wish.decimal:
        return wish.decimal, False
    if len(votes) == 1:
        return votes.pop(), False
    if len(votes) > 1 or not marks:
        return ".", False
    grouped = {mark for mark in marks if _grouped(cores, mark)}
    return ("," if grouped == {"."} else "."), not grouped


def _vote(core: str) -> str | None:
    """The decimal mark that one number proves, if it proves one."""
    point, comma = core.count("."), core.count(",")
    if point and comma:
        return max(".,", key=core.rfind)
    mark = "." if point else ","
    if point + comma != 1:
        return None
    whole, part = core.split(mark)
    return mark if len(part) != 3 or not 1 <= len(whole) <= 3 or whole.startswith("0") else None


def _grouped(cores: Sequence[str], mark: str) -> bool:
    """Whether a number has the mark twice, which only a thousands separator may be."""
    return any(core.count(mark) > 1 for core in cores)


def _pattern(core: str, found: Sequence[re.Match[str]]) -> str:
    """A regular expression of exactly the dress that was seen."""
    dress = {part[side] for part in found for side in ("before", "after") if part[side]}
    around = rf"\s*(?:{'|'.join(sorted(map(re.escape, dress)))})?\s*" if dress else r"\s*"
    return rf"\(?\s*[-+\x{{2212}}]?{around}[-+\x{{2212}}]?\s*{core}{around}\)?-?"
