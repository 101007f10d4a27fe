"""Measures are what they say: sums are sums, names are free, and no order of columns decides anything."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from taken import features_of

from segreport.domain import Features
from segreport.errors import ConfigError, InputError

ROWS = 60
RNG = np.random.default_rng(3)


def numbers(low: int = 0, high: int = 100) -> list[str]:
    return [str(n) for n in RNG.integers(low, high, ROWS)]


def built(as_of: date | None = None, asked: tuple[str, ...] = (), **columns: list[str]) -> Features:
    return features_of({"id": [f"c{n}" for n in range(ROWS)], **columns}, asked=asked, input__as_of=as_of)


def test_spending_by_product_is_added_up_and_the_sum_forms_no_segments() -> None:
    features = built(MntWine=numbers(), MntMeat=numbers())
    assert features.value == "spending"
    assert (features.frame["spending"] == features.frame["MntWine"] + features.frame["MntMeat"]).all()
    assert features.left_out["spending"] == "is the sum of columns that are used"


def test_a_column_that_is_called_spending_is_a_column_like_others() -> None:
    features = built(spending=numbers(), visits=numbers())
    assert "spending" in features.chosen


def test_a_derived_measure_leaves_a_column_of_its_name_alone() -> None:
    features = built(Kidhome=numbers(0, 3), Teenhome=numbers(0, 3), children=["yes", "no"] * (ROWS // 2))
    assert "children" in features.categories
    derived = next(m for m in features.measures if m.derived)
    assert derived.column != "children"
    assert features.frame.columns.is_unique


def test_a_column_named_like_a_fact_goes_by_another_name_and_can_be_asked_for() -> None:
    features = built(value=numbers(), size=numbers(), asked=("value",))
    assert features.chosen == ("value in all",)


def test_days_as_a_customer_come_from_a_date_of_joining_and_no_other() -> None:
    dates = [f"2020-{month:02d}-11" for month in range(1, 13)] * 5
    assert "tenure" in [m.column for m in built(SignUpDate=dates, spend=numbers()).measures]
    assert "tenure" in [m.column for m in built(Dt_Customer=dates, spend=numbers()).measures]
    for other in ("date_of_birth", "last_purchase_date"):
        assert "tenure" not in [m.column for m in built(**{other: dates}, spend=numbers()).measures]


def test_days_after_the_reference_date_are_left_out_and_said() -> None:
    dates = [f"2020-{month:02d}-11" for month in range(1, 13)] * 5
    features = built(as_of=date(2020, 6, 1), SignUpDate=dates, spend=numbers())
    assert features.frame["tenure"].min() > 0
    assert {f.code: f.amount for f in features.clean.findings}["DQ013"] == 35


def test_of_two_columns_that_say_the_same_the_choice_does_not_hang_on_their_order() -> None:
    first, other = numbers(), numbers()
    twin = [str(int(cell) * 2 + 1) for cell in first]
    one = built(wine=first, beer=twin, meat=other)
    two = built(meat=other, beer=twin, wine=first)
    assert set(one.chosen) == set(two.chosen) == {"beer", "meat"}
    assert one.left_out["wine"] == "says the same as beer"


def test_a_column_that_is_mostly_empty_forms_no_segments() -> None:
    features = built(score=["" if n % 2 else str(n) for n in range(ROWS)], visits=numbers())
    assert features.left_out["score"] == "has too many empty cells"


def test_asking_for_what_is_not_there_is_refused() -> None:
    with pytest.raises(ConfigError, match="there is a column 'town', but it is region"):
        built(town=["a", "b"] * (ROWS // 2), visits=numbers(), asked=("town",))
    with pytest.raises(InputError, match="every numeric column has one value only"):
        built(age=["40"] * (ROWS - 1) + [""])


def test_parts_of_a_sum_and_gaps_stand_aside_unless_they_are_asked_for() -> None:
    gaps = [cell if n % 5 else "" for n, cell in enumerate(numbers())]
    columns = {"Kidhome": numbers(0, 3), "Teenhome": numbers(0, 3), "income": gaps}
    features = built(**columns, visits=numbers())
    assert {m.column for m in features.measures if m.aside} == {"Kidhome", "Teenhome", "income missing"}
    assert features.frame["income missing"].mean() == 0.2
    assert features.left_out["Kidhome"] == "is a part of a sum that is used"
    asked = built(**columns, visits=numbers(), asked=("Kidhome", "visits"))
    assert {m.column for m in asked.measures if m.aside} == {"Teenhome", "income missing"}


def test_a_column_that_adds_up_its_parts_is_not_added_up_again() -> None:
    kids, teens = numbers(0, 3), numbers(0, 3)
    both = [str(int(kid) + int(teen)) for kid, teen in zip(kids, teens, strict=True)]
    features = built(Kidhome=kids, Teenhome=teens, children_at_home=both, visits=numbers())
    assert "children_at_home" in features.chosen
    assert "children" not in features.frame
