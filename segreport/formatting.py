"""How a count, a share, money or a date looks in a locale; the only place where a number becomes text."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from babel import Locale, UnknownLocaleError, numbers
from babel.dates import format_date, format_skeleton

from segreport.domain import Unit

MINUS = "−"
NO_BREAK = "\N{NO-BREAK SPACE}"
MISSING = "–"
MILLION = 1_000_000


def parse_locale(text: str) -> Locale:
    """The Babel locale of ``en_GB`` or ``en-GB``; raises ValueError naming what was given."""
    try:
        return Locale.parse(text.replace("-", "_"))
    except (UnknownLocaleError, ValueError) as error:
        raise ValueError(f"unknown locale {text!r}") from error


def currency_of(locale: Locale) -> str:
    """The currency that is tender today where the locale is spoken, or USD where it names no place."""
    current = numbers.get_territory_currencies(locale.territory) if locale.territory else []
    return current[0] if current else "USD"


def is_currency(code: str) -> bool:
    """Whether the code is one of ISO 4217's."""
    return numbers.is_currency(code)


def dotted(items: Iterable[str]) -> str:
    """The items in one line, parted by a middle dot that no line break can strand."""
    return f"{NO_BREAK}· ".join(item for item in items if item)


@dataclass(frozen=True)
class Formats:
    """The number, money and date styles of one locale and currency."""

    locale_name: str
    currency: str

    @cached_property
    def locale(self) -> Locale:
        """The parsed locale."""
        return parse_locale(self.locale_name)

    @property
    def language(self) -> str:
        """The language tag for documents, for example ``en-GB``."""
        return self.locale_name.replace("_", "-")

    @property
    def currency_name(self) -> str:
        """The currency in words, for example ``US dollars``."""
        return numbers.get_currency_name(self.currency, count=2, locale=self.locale)

    @property
    def currency_sign(self) -> str:
        """The currency's sign, for table heads."""
        return numbers.get_currency_symbol(self.currency, locale=self.locale)

    def number(self, value: float, decimals: int = 0) -> str:
        """A plain number with the given decimals."""
        if not _is_finite(value):
            return MISSING
        return _minus(numbers.format_decimal(_settle(value, decimals), _digits(decimals), locale=self.locale))

    def count(self, value: float) -> str:
        """A whole number: customers, rows, lines."""
        return self.number(value)

    def share(self, value: float) -> str:
        """A whole percentage; one decimal below 0.5 %, and never a false zero."""
        if not _is_finite(value):
            return MISSING
        if 0 < abs(value) < 0.0005:
            return "< " + self._percent(0.001, 1)
        return self._percent(value, 1 if 0 < abs(value) < 0.005 else 0)

    def money(self, value: float, decimals: int = 0) -> str:
        """Money of one customer, whole by default."""
        if not _is_finite(value):
            return MISSING
        pattern = _with_decimals(self.locale.currency_formats["standard"].pattern, decimals)
        return _minus(
            numbers.format_currency(
                _settle(value, decimals), self.currency, pattern, locale=self.locale, currency_digits=False
            )
        )

    def money_total(self, value: float, reference: float | None = None) -> str:
        """A sum of money in three digits and a unit, the unit chosen by the reference (or by the value)."""
        if not _is_finite(value):
            return MISSING
        size = abs(reference if reference is not None else value)
        if size < MILLION:
            return self.money(value)
        forms = self.locale.compact_currency_formats["short"]
        scaled, pattern, decimals = self._compact(value, size, forms)
        return _minus(
            numbers.format_currency(
                scaled, self.currency, _with_decimals(pattern, decimals), locale=self.locale, currency_digits=False
            )
        )

    def large(self, value: float, reference: float) -> str:
        """A number of millions and more in three digits and a unit."""
        scaled, pattern, decimals = self._compact(value, abs(reference), self.locale.compact_decimal_formats["short"])
        return _minus(numbers.format_decimal(scaled, _with_decimals(pattern, decimals), locale=self.locale))

    def _compact(self, value: float, size: float, forms: Mapping[str, Any]) -> tuple[float, str, int]:
        """The value in the unit of the size, that unit's pattern in its plural, and the decimals of three digits."""
        magnitude = 10 ** int(math.log10(size))
        places = forms["other"][str(magnitude)].pattern.split(";")[0].count("0")
        decimals = max(0, 3 - places)
        scaled = _settle(value / (magnitude / 10 ** (places - 1)), decimals)
        own = forms.get(self.locale.plural_form(scaled), forms["other"])[str(magnitude)].pattern.split(";")[0]
        return scaled, own.replace("0" * places, "0"), decimals

    def z(self, value: float) -> str:
        """A distance in standard deviations: one decimal with its sign, 0.0 without."""
        if not _is_finite(value):
            return MISSING
        text = self.number(abs(value), 1)
        if round(abs(value), 1) == 0:
            return text
        return ("+" if value > 0 else MINUS) + text

    def ratio(self, value: float) -> str:
        """A factor with the multiplication sign, for tables."""
        return f"{self.number(value, 1)}{NO_BREAK}×" if _is_finite(value) else MISSING

    def day(self, value: date) -> str:
        """A day in words, for example 29 June 2014."""
        return format_date(value, format="long", locale=self.locale)

    def month(self, period: str) -> str:
        """A period such as 2014-06 in words; other texts are given back."""
        try:
            year, month = (int(part) for part in period.split("-"))
            return format_skeleton("yMMMM", date(year, month, 1), locale=self.locale)
        except ValueError:
            return "" if period == "undated" else period

    def write(self, value: float, unit: Unit, decimals: int | None = None, reference: float | None = None) -> str:
        """The value as its unit is written everywhere."""
        size = abs(value if reference is None else reference)
        if size >= MILLION and unit in ("money", "number", "count") and decimals is not None:
            return self.money_total(value, size) if unit == "money" else self.large(value, size)
        match unit:
            case "money":
                return self.money(value, decimals or 0)
            case "money_total":
                return self.money_total(value, reference)
            case "share":
                return self.share(value)
            case "z":
                return self.z(value)
            case "ratio":
                return self.ratio(value)
            case "score":
                return self.number(value, 2)
            case _:
                return self.number(value, decimals or 0)

    def excel(self, unit: Unit, decimals: int = 0) -> str:
        """The Excel number format of the unit, in this locale's order of sign and figure."""
        plain = "#,##0" + ("." + "0" * decimals if decimals else "")
        match unit:
            case "money" | "money_total":
                sign = f'"{self.currency_sign}"'
                before = self.locale.currency_formats["standard"].pattern.split(";")[0].startswith("¤")
                return f"{sign}{plain}" if before else f"{plain}\\ {sign}"
            case "share":
                spaced = "\xa0" in self.locale.percent_formats[None].pattern
                return ("0\\ %" if spaced else "0%") if not decimals else ("0.0\\ %" if spaced else "0.0%")
            case "z":
                return "+0.0;−0.0;0.0"
            case "ratio":
                return '0.0\\ "×"'
            case "score":
                return "0.00"
            case _:
                return plain

    def excel_as(self, text: str, value: float, unit: Unit) -> str:
        """The Excel format that shows a value as its text does: the same decimals, the same thousands or millions."""
        mark = numbers.get_decimal_symbol(self.locale)
        found = re.search(rf"([0-9]+(?:[^0-9{re.escape(mark)}][0-9]{{3}})*)(?:{re.escape(mark)}([0-9]+))?", text)
        decimals = len(found.group(2) or "") if found else 0
        shown = float(re.sub(r"[^0-9]", "", found.group(1)) + "." + (found.group(2) or "0")) if found else 0.0
        thousands = round(math.log(abs(value) / shown, 1000)) if shown and value else 0
        if unit == "z" and text[:1] not in ("+", MINUS):
            # What prints as 0.0 has no sign in a cell either.
            return "0.0;0.0"
        if found is None or thousands < 1:
            return self.excel(unit, decimals)
        before, after = text[: found.start()].lstrip(MINUS), text[found.end() :]
        return _literal(before) + "0" + ("." + "0" * decimals if decimals else "") + "," * thousands + _literal(after)

    def _percent(self, value: float, decimals: int) -> str:
        pattern = _with_decimals(self.locale.percent_formats[None].pattern, decimals)
        return _minus(numbers.format_percent(_settle(value, decimals + 2), pattern, locale=self.locale))


def decimals_of(unit: Unit, mean: float) -> int:
    """How many decimals a measure shows: one precision for all its cells, from the mean of all customers."""
    size = abs(mean)
    if unit == "money":
        return 0 if size >= 10 else 2
    if unit == "count":
        return 1
    if unit == "number":
        return 0 if size >= 100 else 1 if size >= 1 else 2
    return {"z": 1, "score": 2, "ratio": 1}.get(unit, 0)


def list_words(items: list[str], conjunction: str = "and") -> str:
    """The items as a phrase: ``a``, ``a and b``, ``a, b and c``."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {conjunction} {items[-1]}"


NUMBER_WORDS: Mapping[int, str] = dict(
    enumerate(
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
    )
)


def count_word(n: int, formats: Formats) -> str:
    """A small count in words, a larger one in figures."""
    return NUMBER_WORDS.get(n) or formats.count(n)


def _literal(text: str) -> str:
    """Text inside an Excel number format."""
    return '"' + text.replace('"', "") + '"' if text else ""


def _is_finite(value: float) -> bool:
    return value is not None and math.isfinite(value)


def _settle(value: float, decimals: int) -> float:
    """Round half away from zero, so that 2.675 and its printed neighbours agree with a spreadsheet; no minus zero."""
    factor = 10.0**decimals
    settled = math.floor(abs(value) * factor + 0.5 + 1e-9) / factor
    return math.copysign(settled, value) if settled else 0.0


def _digits(decimals: int) -> str:
    return "#,##0" + ("." + "0" * decimals if decimals else "")


def _with_decimals(pattern: str, decimals: int) -> str:
    """The locale's pattern with the decimals that are wanted instead of its own."""
    parts = []
    for part in pattern.split(";"):
        whole, _, after = part.partition("0.") if "0." in part else _split_after_zero(part)
        tail = after.lstrip("0#")
        parts.append(whole + "0" + ("." + "0" * decimals if decimals else "") + tail)
    return ";".join(parts)


def _split_after_zero(part: str) -> tuple[str, str, str]:
    at = part.rindex("0")
    return part[:at], "", part[at + 1 :]


def _minus(text: str) -> str:
    return text.replace("-", MINUS)
