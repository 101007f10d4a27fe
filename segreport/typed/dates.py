"""Dates among texts: in figures or with the month as a word, in the one order that every text allows."""

from __future__ import annotations

import re
from collections.abc import Sequence

from segreport.typed.months import english_months, month_words
from segreport.typed.readings import Reading
from segreport.typed.wish import Wish

_CLOCK = r"(?P<time>\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(?P<half>\s?[AaPp][Mm])?"
_ZONE = r"(?P<zone> ?(?:Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?))?"
_TIME = rf"(?:(?P<gap>[T ,]+){_CLOCK}{_ZONE})?"
_DIGITS = re.compile(rf"(?P<a>\d{{1,4}})(?P<sep>[-/.])(?P<b>\d{{1,2}})(?P=sep)(?P<c>\d{{1,4}}){_TIME}")
_RUN = re.compile(
    r"(?:19|20)\d\d(?P<month>\d\d)(?P<day>\d\d)(?P<gap>[T ]?)"
    r"(?:(?P<clock>[01]\d[0-5]\d|2[0-3][0-5]\d)(?P<seconds>[0-5]\d)?)?"
)
_FEWEST_RUNS = 3
_WEEKDAY = r"(?:(?P<weekday>[A-Za-z]{3,9})(?P<comma>,? ))?"
_DAY = r"(?P<a>\d{1,2})(?P<nth>st|nd|rd|th)?"
_MONTH = r"(?P<month>[^\W\d_]{3,12})"
_NAMED = (
    (re.compile(rf"{_WEEKDAY}{_DAY}(?P<sep>[-/.] ?| (?:de )?){_MONTH}(?P<sep2>\.?(?:[-/.,] ?| (?:de )?))"
                rf"(?P<c>\d{{4}}|\d{{2}}){_TIME}"), "DMY"),
    (re.compile(rf"{_WEEKDAY}{_MONTH}(?P<sep>\.? ){_DAY}(?P<sep2>,? )(?P<c>\d{{4}}){_TIME}"), "MDY"),
)  # fmt: skip


def find_dates(present: Sequence[str], wish: Wish) -> Reading | None:
    """Days, with or without a time of day; a time zone is left as it is, so that a day is the one that was written."""
    texts = [text for text in present if not text.startswith("0000-00-00")]
    empty = frozenset(text.lower() for text in present if text.startswith("0000-00-00"))
    found = [_DIGITS.fullmatch(text) for text in texts]
    parts = [part for part in found if part]
    if not texts or len(parts) < len(found):
        return find_runs(texts) or _named(texts)
    years_first = [part for part in parts if len(part["a"]) == 4]
    others = [part for part in parts if len(part["a"]) < 4]
    if years_first and any(len(part["c"]) < 4 for part in others):
        return None
    first, _ = _order(years_first, wish) if years_first else ("YMD", False)
    order, doubt = _order(others, wish) if others else (first, False)
    if first is None or order is None:
        return None
    made = {_format(part, "YMD") for part in years_first} | {_format(part, order) for part in others}
    formats = tuple(sorted(made, key=lambda text: ("%Y" in text, text)))
    return Reading("date", formats=formats, said=order, doubt=doubt, missing=empty)


def find_runs(texts: Sequence[str]) -> Reading | None:
    """Days written as 20141231, with a time of day as 20141231T083000: figures that are a date in every cell."""
    found = [_RUN.fullmatch(text) for text in texts]
    parts = [part for part in found if part]
    if len(parts) < max(len(found), _FEWEST_RUNS):
        return None
    if not all(1 <= int(part["month"]) <= 12 and 1 <= int(part["day"]) <= 31 for part in parts):
        return None
    formats = {_run_format(part) for part in parts}
    return Reading("date", formats=tuple(sorted(formats)), said="YMD") if len(formats) == 1 else None


def _run_format(part: re.Match[str]) -> str:
    clock = ("%H%M" if part["clock"] else "") + ("%S" if part["seconds"] else "")
    return f"%Y%m%d{part['gap']}{clock}"


def _order(parts: Sequence[re.Match[str]], wish: Wish) -> tuple[str | None, bool]:
    a, b = ([int(part[name]) for part in parts] for name in "ab")
    if all(len(part["a"]) == 4 for part in parts):
        return ("YMD" if max(b) <= 12 else None), False
    if any(len(part["a"]) > 2 for part in parts):
        return None, False
    allowed = [name for name, day, month in (("DMY", a, b), ("MDY", b, a)) if max(month) <= 12 and max(day) <= 31]
    if all(len(part["c"]) == 2 for part in parts) and wish.date_order == "YMD":
        allowed.append("YMD")
    if wish.date_order:
        return (wish.date_order if wish.date_order in allowed else None), False
    return (allowed[0] if allowed else None), len(allowed) > 1


def _format(part: re.Match[str], order: str) -> str:
    year = "%Y" if len(part["a" if order == "YMD" else "c"]) == 4 else "%y"
    return part["sep"].join({"D": "%d", "M": "%m", "Y": year}[letter] for letter in order) + _time(part)


def _time(part: re.Match[str]) -> str:
    if not part["time"]:
        return ""
    colons = part["time"].count(":")
    seconds = (":%S" if colons == 2 else "") + (".%f" if "." in part["time"] else "")
    clock = ("%I" if part["half"] else "%H") + ":%M" + seconds
    half = (" %p" if part["half"][0] == " " else "%p") if part["half"] else ""
    return part["gap"] + clock + half + (part["zone"] or "")


def _named(texts: Sequence[str]) -> Reading | None:
    """Days whose month is a word, all of one language."""
    for pattern, order in _NAMED:
        parts = [part for text in texts if (part := pattern.fullmatch(text))]
        if not texts or len(parts) < len(texts):
            continue
        words = [part["month"].lower() for part in parts]
        if (months := month_words(words)) is None:
            return None
        formats = {_named_format(part, order, bool(months)) for part in parts}
        return Reading("date", formats=tuple(sorted(formats)), said=order, months=months)
    return None


def _named_format(part: re.Match[str], order: str, translated: bool) -> str:
    month = "%b" if translated or part["month"].lower() in english_months() else "%B"
    year = "%Y" if len(part["c"]) == 4 else "%y"
    day = "%d" + (part["nth"] or "")
    first, second = (day, month) if order == "DMY" else (month, day)
    weekday = ("%a" if len(part["weekday"]) == 3 else "%A") + part["comma"] if part["weekday"] else ""
    return weekday + first + part["sep"] + second + part["sep2"] + year + _time(part)
