"""Numbers look as the locale writes them, once and for all."""

from __future__ import annotations

from datetime import date

import pytest

from segreport.formatting import Formats, currency_of, decimals_of, list_words, parse_locale

US, DE = Formats("en_US", "USD"), Formats("de_DE", "EUR")


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.27, "27%"), (0.004, "0.4%"), (0.005, "1%"), (0.0, "0%"), (0.0001, "< 0.1%"), (1.0, "100%"), (-0.12, "−12%")],
)
def test_a_share_is_whole_and_never_a_false_zero(share: float, text: str) -> None:
    assert US.share(share) == text


def test_the_locale_decides_separators_percent_and_the_place_of_the_currency() -> None:
    assert DE.share(0.27) == "27\xa0%"
    assert DE.count(12345) == "12.345"
    assert DE.money(1369.4) == "1.369\xa0€"
    assert DE.number(1.25, 2) == "1,25"


@pytest.mark.parametrize(
    ("value", "reference", "text"),
    [
        (1_343_210, None, "$1.34M"),
        (600_837, 8_370_000, "$0.60M"),
        (93_234, None, "$93,234"),
        (12_300_000_000, None, "$12.3B"),
    ],
)
def test_a_total_has_three_digits_and_the_unit_of_its_reference(
    value: float, reference: float | None, text: str
) -> None:
    assert US.money_total(value, reference) == text


def test_totals_follow_the_scale_of_the_language() -> None:
    assert DE.money_total(1_343_210) == "1,34\xa0Mio.\xa0€"
    assert Formats("ja_JP", "JPY").money_total(1_343_210) == "￥134万"


@pytest.mark.parametrize(("z", "text"), [(1.26, "+1.3"), (-0.48, "−0.5"), (0.04, "0.0"), (-0.04, "0.0")])
def test_a_distance_has_its_sign_and_zero_has_none(z: float, text: str) -> None:
    assert US.z(z) == text


def test_halves_are_rounded_away_from_zero_as_a_spreadsheet_does() -> None:
    assert [US.number(value, 2) for value in (2.675, 0.125, -0.125)] == ["2.68", "0.13", "−0.13"]


def test_what_is_not_a_number_prints_as_a_dash() -> None:
    assert US.count(float("nan")) == US.money(float("inf")) == "–"


def test_a_period_is_a_month_in_words() -> None:
    assert US.month("2014-06") == "June 2014"
    assert DE.month("2014-06") == "Juni 2014"
    assert US.month("undated") == ""
    assert DE.day(date(2014, 6, 29)) == "29. Juni 2014"


def test_excel_formats_follow_the_locale() -> None:
    assert US.excel("money") == '"$"#,##0'
    assert DE.excel("money", 2) == '#,##0.00\\ "€"'
    assert DE.excel("share") == "0\\ %"


def test_the_currency_is_the_one_of_the_country() -> None:
    assert currency_of(parse_locale("de-DE")) == "EUR"
    assert currency_of(parse_locale("en")) == "USD"
    with pytest.raises(ValueError, match="unknown locale"):
        parse_locale("xx_YY_zz")


def test_one_precision_for_all_cells_of_a_measure() -> None:
    assert [
        decimals_of("money", 607.0),
        decimals_of("money", 4.71),
        decimals_of("count", 12.6),
        decimals_of("years", 45.0),
    ] == [0, 2, 1, 0]


def test_lists_read_as_one_says_them() -> None:
    assert [list_words(list("abc"[:n])) for n in range(4)] == ["", "a", "a and b", "a, b and c"]


def test_millions_per_customer_are_written_in_three_digits_and_their_cell_likewise() -> None:
    text = US.write(312_512_383.4, "money", 0)
    assert text == "$313M"
    assert US.excel_as(text, 312_512_383.4, "money") == '"$"0,,"M"'
    assert US.write(25_400_000, "number", 0, 25_400_000) == "25.4M"
    assert US.write(2_500_000, "count", 1, 25_400_000) == "2.5M"
