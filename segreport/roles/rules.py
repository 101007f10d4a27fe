"""The rules in their order: the first one whose evidence holds gives the role."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from segreport.domain import Column, Role
from segreport.roles.evidence import Evidence
from segreport.roles.keys import is_key_name
from segreport.roles.names import Name
from segreport.roles.people import by_group, by_people
from segreport.roles.trade import by_behaviour, by_purchase
from segreport.roles.values import (
    are_days_as_numbers,
    count_in_words,
    figure,
    is_binary,
    is_calendar_part,
    is_code,
    is_few,
    is_mostly_distinct,
    is_number_key,
    is_prose,
    is_text_key,
    is_whole,
    is_year_number,
    personal_values,
    values_in_words,
)

ORDERS = {"DMY": "day first", "MDY": "month first", "YMD": "year first"}
_MEASURED = ("income", "age", "money", "worth", "price", "score", "quantity", "count", "days", "period", "other_money")
_CODES = ("kind", "category", "code", "region", "postcode", "gender")
_FIT_FOR_ADDRESS = 7
_KEY_WORDS = "named as an id: a key, not a measurement"


def role_of(e: Evidence, label_words: Name | None) -> Role:
    """What the column means: by its name, then by the words of its label, then by its values alone."""
    named = [e] if label_words is None else [e, replace(e, name=label_words)]
    found = chain(_by_emptiness(e), *(_by_name(evidence) for evidence in named), _by_values(e))
    return next(found)


def _by_emptiness(e: Evidence) -> Iterator[Role]:
    column = e.column
    if not column.present:
        yield e.role("missing", "every cell is empty")
    if column.distinct == 1 and not column.missing and column.rows > 1:
        value = column.common[0][0] if column.common else column.first or figure(column.low)
        yield e.role("constant", f"one value only, {value}, in every row")
    if column.kind == "date":
        yield _date(e)
    personal = personal_values(column)
    if personal:
        yield _personal(e, personal)


def _by_name(e: Evidence) -> Iterator[Role]:
    column = e.column
    if column.kind == "number" and column.reading != "per cent":
        yield from by_people(e)
    if e.log:
        yield from by_purchase(e)
    elif column.kind == "number" and column.reading != "per cent" and not _is_key(e):
        yield from by_behaviour(e)
    yield from _by_contact(e)
    if not _is_key(e):
        yield from by_group(e)


def _by_values(e: Evidence) -> Iterator[Role]:
    if _is_key(e):
        few = is_few(e.column) and not is_mostly_distinct(e.column)
        yield e.role("category" if few or e.column.distinct <= 3 else "near-unique", _KEY_WORDS)
    yield _number(e) if e.column.kind == "number" else _text(e)


def _date(e: Evidence) -> Role:
    """A date says how it was read, and whether another reading would have done."""
    why = "every cell is a date"
    if e.column.reading in ORDERS:
        why += f", read as {e.column.reading}, {ORDERS[e.column.reading]}"
    if e.column.ambiguous >= 1:
        why += "; the other reading fits every cell too"
    elif e.column.ambiguous > 0:
        why += ": no other reading fits every cell"
    if e.name.has("birth"):
        return e.role("date", f"{why}; named as a date of birth", topic="birth")
    return e.role("date", why)


def _by_contact(e: Evidence) -> Iterator[Role]:
    """Telephone numbers and postal codes that are numbers, addresses and names of people: nothing to segment on."""
    column = e.column
    digits = is_whole(column) and (column.low or 0) >= 10 ** (_FIT_FOR_ADDRESS - 1)
    if e.name.has("phone") and digits:
        yield _personal(e, "telephone numbers")
    if e.name.has("postcode") and is_code(column) and not is_few(column):
        yield _personal(e, "postal codes")
    if e.name.has("coordinate") and column.kind == "number":
        yield e.role("text", "coordinates: a place on the map, and no measurement")
    if column.kind == "text" and e.name.has("name", "person"):
        yield _personal(e, "names of people")
    if column.kind != "text" or is_few(column):
        return
    if e.name.has("address") and not e.name.has_any("region", "postcode"):
        yield _personal(e, "addresses")
    if e.name.has_any("name", "person") and e.name.has_any("customer", "person"):
        yield _personal(e, "names of people")


def _personal(e: Evidence, what: str) -> Role:
    key = is_mostly_distinct(e.column) and e.column.present > 1
    return e.role("near-unique" if key else "text", f"{what}: personal data, never segmented on")


def _is_key(e: Evidence) -> bool:
    """Named as an id, and no measurement: of a row, an order, a shop."""
    return is_key_name(e.name) and is_code(e.column) and not is_binary(e.column)


def _number(e: Evidence) -> Role:
    column = e.column
    if is_binary(column):
        return e.role("flag", values_in_words(column))
    if is_date_number(column, e.name):
        return e.role("text", f"named as a date, but holds numbers {_bounds(e)}: counted days, not measurements")
    if is_calendar_part(column) and _is_of_calendar(e):
        why = f"a part of the calendar, not a measurement: {values_in_words(column)}"
        return e.role("category", why, label=" ".join(e.name.words).capitalize())
    if is_whole(column) and is_few(column) and _is_coded(e.name):
        return e.role("category", f"codes, not measurements: {values_in_words(column)}")
    if is_number_key(column) and not e.name.has_any(*_MEASURED):
        return e.role("near-unique", "a whole number of its own in every row: a key, not a measurement")
    return e.role("number", _figures(e))


def is_date_number(column: Column, name: Name) -> bool:
    """Whether a column named as a date holds the numbers that Excel or a computer keeps dates as."""
    return name.has("date") and not name.counts and not name.has_any(*_MEASURED) and are_days_as_numbers(column)


def _is_of_calendar(e: Evidence) -> bool:
    """Whether a name speaks of nothing but a year, a month, a weekday: fiscal_year, not calls_month."""
    known = {"calendar", "date", "binding"} | ({"joining", "last", "order"} if is_year_number(e.column) else set())
    return e.name.has("calendar") and not e.name.counts and all(found & known for found in e.name.meanings)


def _is_coded(name: Name) -> bool:
    """Whether whole numbers are those of groups or shops: a cluster, a store; not a number of them."""
    shops = all(found & {"outlet", "preferred", "number"} for found in name.meanings)
    return not name.counts and (name.has_any(*_CODES) or shops)


def _figures(e: Evidence) -> str:
    """What is said of numbers without a role of their own, and of those whose name promises what they are not."""
    bounds = _bounds(e)
    for concept, what in (("age", "an age"), ("birth", "a year of birth")):
        if e.name.has(concept):
            return f"numbers {bounds}: named as {what}, but not all of them can be"
    if e.column.reading == "per cent":
        return "percentages"
    if e.name.has_any("money", "worth", "price", "order") and e.name.has_any("statistic", "last", "other_money"):
        return f"numbers {bounds}: not the money or the orders of all purchases"
    return f"numbers {bounds}"


def _bounds(e: Evidence) -> str:
    return f"from {figure(e.column.low)} to {figure(e.column.high)}"


def _text(e: Evidence) -> Role:
    column = e.column
    if is_text_key(column) and column.distinct > 3:
        return e.role("near-unique", "a code of its own in nearly every row: a key")
    if is_prose(column) or (e.name.has("description") and not is_few(column)):
        return e.role("text", f"free text: {count_in_words(column)} different values in {column.present} rows")
    return e.role("category", values_in_words(column))


def known_as_number(column: Column) -> bool:
    """Whether text looks like numbers that could not be read."""
    return column.kind == "text" and column.numeric_looking and not personal_values(column)
