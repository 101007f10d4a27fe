"""Dates are read in the forms that tools and people write, and stay text where a form is in doubt."""

from __future__ import annotations

import pytest

from segreport.typed.dates import find_dates, find_runs
from segreport.typed.readings import Reading
from segreport.typed.wish import Wish


def read(*texts: str) -> list[str]:
    """The days as the engine reads them."""
    import duckdb

    found = find_dates(texts, Wish())
    assert found is not None
    rows = duckdb.execute(f"SELECT {found.sql('cell')} FROM unnest(?) t(cell)", [list(texts)]).fetchall()
    return [str(row[0]) for row in rows]


@pytest.mark.parametrize(
    "text",
    [
        *("2021-07-06T08:30:00Z", "2021-07-06T08:30:00+02:00", "2021-07-06 08:30:00 +0200", "2021-07-06 08:30:00 UTC"),
        *("Tue, 06 Jul 2021 08:30:00 GMT", "20210706T083000", "Jul 6, 2021, 8:30:00 AM", "6. Juli 2021, 08:30"),
        *("6th July 2021 08:30", "Tuesday, July 6, 2021 8:30 AM", "06-JUL-21 08:30"),
    ],
)
def test_a_moment_is_the_one_that_was_written(text: str) -> None:
    assert read(text, text, text) == ["2021-07-06 08:30:00"] * 3


@pytest.mark.parametrize(
    ("texts", "months"),
    [
        (("1. Mär 2021", "24. Dez 2021"), ["2021-03-01", "2021-12-24"]),
        (("1 févr. 2021", "14 août 2021"), ["2021-02-01", "2021-08-14"]),
        (("5 de enero de 2021", "6 de diciembre de 2021"), ["2021-01-05", "2021-12-06"]),
        (("05/fev/2021", "06/dez/2021"), ["2021-02-05", "2021-12-06"]),
        (("3 giugno 2021", "4 luglio 2021"), ["2021-06-03", "2021-07-04"]),
        (("3 Sept 2021", "4 Mar 2021"), ["2021-09-03", "2021-03-04"]),
    ],
)
def test_months_are_read_in_several_languages(texts: tuple[str, ...], months: list[str]) -> None:
    assert [day.removesuffix(" 00:00:00") for day in read(*texts)] == months


def test_months_of_no_one_language_stay_text() -> None:
    assert find_dates(["1 März 2021", "1 août 2021"], Wish()) is None


def test_days_with_the_year_first_stand_among_others() -> None:
    assert read("2021-03-04", "25.12.2021", "04.05.2021") == [
        *("2021-03-04 00:00:00", "2021-12-25 00:00:00", "2021-05-04 00:00:00"),
    ]


def test_two_figures_for_a_year_beside_years_in_front_stay_text() -> None:
    assert find_dates(["2021-03-04", "04-03-21"], Wish()) is None


def test_offsets_of_summer_and_winter_stand_in_one_column() -> None:
    assert read("2021-01-06T23:30:00+01:00", "2021-07-06T23:30:00+02:00") == [
        *("2021-01-06 23:30:00", "2021-07-06 23:30:00"),
    ]


@pytest.mark.parametrize("text", ["20211341", "2021070625", "19000230120000000"])
def test_figures_that_are_no_day_are_no_date(text: str) -> None:
    assert find_runs([text] * 3) is None


def test_runs_of_figures_with_a_time_of_day_are_dates() -> None:
    assert find_runs(["20210706083000"] * 3) == Reading("date", formats=("%Y%m%d%H%M%S",), said="YMD")
