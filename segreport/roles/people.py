"""Rules for columns of people: born, earning, living, learning, answering."""

from __future__ import annotations

from collections.abc import Iterator

from segreport.domain import Role, RoleName
from segreport.roles.evidence import Evidence, own_label
from segreport.roles.values import (
    MANY_ROWS,
    all_say,
    figure,
    is_binary,
    is_few,
    is_whole,
    lies_between,
    some_say,
    values_in_words,
)

BIRTH_YEARS, AGES = (1850, 2100), (0, 150)
_FEW_GENDERS, _MOST_BANDS = 8, 12


def by_people(e: Evidence) -> Iterator[Role]:
    """The roles that say who somebody is, most telling first."""
    yield from _banded(e)
    yield from _born(e)
    yield from _measured(e)
    yield from _answered(e)


def by_group(e: Evidence) -> Iterator[Role]:
    """The roles of columns whose values are counted."""
    counted = e.column.kind == "text" or (is_whole(e.column) and is_few(e.column) and not e.name.counts)
    if not counted or e.name.has_any("period", "year"):
        return
    groups: tuple[tuple[RoleName, str, bool], ...] = (
        ("marital-status", "a marital status", e.name.has("marital") and is_few(e.column)),
        ("education", "an education", e.name.has("education")),
        ("gender", "a gender", e.name.has("gender") and _is_gender(e)),
        ("region", "a place", e.name.has_any("region", "postcode")),
    )
    for role, what, fits in groups:
        if fits and not (e.column.kind == "number" and is_binary(e.column)):
            yield e.role(role, f"named as {what}: {values_in_words(e.column)}")
    if all_say(e.column, "gender_value"):
        yield e.role("gender", f"its values are genders: {values_in_words(e.column)}")
    if all_say(e.column, "marital_value") and e.column.distinct > 1:
        yield e.role("marital-status", f"its values are marital statuses: {values_in_words(e.column)}")


def _banded(e: Evidence) -> Iterator[Role]:
    """Ages and incomes from 1 to 7 or so are the numbers of bands."""
    banded = is_whole(e.column) and lies_between(e.column, 0, _MOST_BANDS) and e.column.present > MANY_ROWS
    for concept, what in (("age", "an age"), ("income", "an income")):
        if banded and not is_binary(e.column) and e.name.has(concept):
            yield e.role("category", f"named as {what}, but in numbered bands: {values_in_words(e.column)}")


def _born(e: Evidence) -> Iterator[Role]:
    bounds = f"from {figure(e.column.low)} to {figure(e.column.high)}"
    if e.name.has("birth") and is_whole(e.column) and lies_between(e.column, *BIRTH_YEARS):
        yield e.role("birth-year", f"named as a year of birth, {bounds}")
    years = lies_between(e.column, *AGES) and not is_binary(e.column)
    if years and e.name.has("age") and not e.name.has_any("birth", "kind"):
        yield e.role("age", f"named as an age, {bounds}")


def _measured(e: Evidence) -> Iterator[Role]:
    binary = is_binary(e.column)
    if e.name.has("income") and not binary and not e.name.has_any("kind", "flag", "score"):
        yield e.role("income", "named as an income")
    if e.name.has("children") and is_whole(e.column) and (e.column.low or 0) >= 0 and not e.name.has_any("age"):
        yield e.role("children", f"named as a number of children, up to {figure(e.column.high)}")


def _answered(e: Evidence) -> Iterator[Role]:
    if e.name.has("score") and not is_binary(e.column):
        yield e.role("score", f"named as a score, from {figure(e.column.low)} to {figure(e.column.high)}")
    if e.name.has("response") and is_binary(e.column) and not e.name.has("visit"):
        why = "0 or 1, named as the answer to a campaign"
        yield e.role("response", why, label=own_label("response", e.name, ""))
    if e.name.has("complaint") and is_binary(e.column):
        yield e.role("complaint", "0 or 1, named as a complaint", label=own_label("complaint", e.name, ""))


def _is_gender(e: Evidence) -> bool:
    """A genre of music has more values, or none that is a gender."""
    few = e.column.distinct <= _FEW_GENDERS
    return few and (e.column.kind == "number" or some_say(e.column, "gender_value"))
