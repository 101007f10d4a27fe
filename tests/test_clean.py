"""The ledger sums, and every row that is not used has its reason."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from taken import clean_of, features_of

from segreport.domain import CleanTable
from segreport.errors import ConfigError, InputError
from segreport.features import build_features


def cleaned(columns: dict[str, list[str | None]], as_of: date | None = None, **settings: object) -> CleanTable:
    """The table cleaned; a column called id is the id."""
    return clean_of(columns, input__id="id" if "id" in columns else None, input__as_of=as_of, **settings)


def counts(table: CleanTable) -> dict[str, int]:
    assert sum(step.rows for step in table.ledger[:-1]) == table.ledger[-1].rows
    return {step.rule: step.rows for step in table.ledger}


def test_every_dropped_row_is_counted_and_the_ledger_sums() -> None:
    table = cleaned({"id": ["1", "1", None, "2", "2"], "spend": ["5", "5", "6", "7", "8"]})
    assert counts(table) == {
        "Rows read": 5,
        "No customer id": -1,
        "Exact duplicates": -1,
        "Id seen before": -1,
        "Rows used": 2,
    }


def test_rows_equal_but_for_the_id_are_only_mentioned() -> None:
    table = cleaned({"id": ["1", "2", "3"], "spend": ["5", "5", "6"]})
    assert len(table.frame) == 3
    assert [(f.code, f.amount) for f in table.findings] == [("DQ001", 1)]


def test_without_an_id_no_row_is_dropped() -> None:
    table = cleaned({"spend": ["5", "5", "6"], "age": ["30", "30", "41"]})
    assert len(table.frame) == 3
    assert [(f.code, f.text, f.amount) for f in table.findings] == [("DQ001", "Rows that are equal", 1)]


def test_without_an_id_the_row_number_is_the_id() -> None:
    assert build_features(cleaned({"spend": ["5", "6", "7"], "age": ["30", "40", "50"]})).ids.tolist() == [
        "1",
        "2",
        "3",
    ]


def test_the_reference_date_is_the_day_after_the_last_one_and_never_today() -> None:
    columns: dict[str, list[str | None]] = {
        "id": ["1", "2"],
        "joined": ["2014-06-29", "2013-01-31"],
        "spend": ["1", "2"],
    }
    assert (cleaned(columns).as_of, cleaned(columns).period) == ("2014-06-30", "2014-06")
    assert cleaned(columns, date(2014, 8, 1)).period == "2014-07"
    assert cleaned({"spend": ["1", "2"]}).period == "undated"


def test_an_impossible_age_is_left_out_and_its_customer_kept() -> None:
    table = cleaned(
        {"id": ["1", "2"], "Year_Birth": ["1893", "1980"], "joined": ["2014-06-29", "2014-01-01"], "spend": ["1", "2"]}
    )
    assert len(table.frame) == 2
    assert table.frame["Year_Birth"].isna().tolist() == [True, False]
    assert "DQ005" in [f.code for f in table.findings]


def test_nothing_left_is_refused() -> None:
    with pytest.raises(InputError, match="no row is left"):
        cleaned({"id": [None, None], "spend": ["1", "2"]})
    with pytest.raises(InputError, match="no numeric column"):
        build_features(cleaned({"id": ["1", "2"], "town": ["a", "b"]}))
    with pytest.raises(InputError, match="one value only"):
        build_features(cleaned({"id": ["1", "2", "3"], "age": ["30", "30", None]}))


def test_a_log_of_purchases_is_not_read_as_customers() -> None:
    log = {"CustomerID": ["1", "1", "1", "2", "2", "2"], "amount": ["5", "6", "7", "8", "9", "4"]}
    with pytest.raises(InputError, match="a log of purchases: CustomerID has 2 customers in 6 rows"):
        build_features(cleaned(log))


def test_the_real_table_shows_its_known_quirks(campaign: Path) -> None:
    table = clean_of(campaign)
    found = {f.code: f.amount for f in table.findings}
    assert (found["DQ001"], found["DQ002"], found["DQ005"], found["DQ006"], found["DQ007"]) == (182, 2, 3, 24, 1)
    assert table.as_of == "2014-06-30"
    assert len(table.frame) == 2240


def test_features_are_chosen_by_role_and_the_rest_has_its_reason(campaign: Path) -> None:
    features = features_of(campaign)
    assert features.value == "spending"
    assert {"MntWines", "NumDealsPurchases", "Income", "age", "children"} <= set(features.chosen)
    assert "spending" in features.left_out
    assert "Response" in features.left_out


def test_rows_outside_the_where_clause_are_dropped_and_counted() -> None:
    columns: dict[str, list[str | None]] = {"id": ["1", "2", "3", "4"], "Income": ["5", "700000", None, "9"]}
    table = cleaned(columns, clean__where="Income < 600000")
    assert counts(table)["Outside the rows asked for"] == -2
    assert table.frame["id"].tolist() == ["1", "4"]
    with pytest.raises(ConfigError, match="there is no column 'incme'"):
        cleaned(columns, clean__where="incme < 5")
    with pytest.raises(ConfigError, match="gives DOUBLE, not yes or no"):
        cleaned(columns, clean__where="Income + 1")


def test_every_rule_can_be_switched_off() -> None:
    columns: dict[str, list[str | None]] = {
        "id": ["1", "1", None, "2", "2"],
        "age": ["30", "30", "140", "40", "41"],
        "score": ["5", "5", None, "7", "8"],
    }
    kept = cleaned(columns, clean__missing_ids="keep", clean__duplicates="keep", clean__ages="keep")
    assert counts(kept) == {"Rows read": 5, "Id seen before": -2, "Rows used": 3}
    assert kept.frame["age"].max() == 140
    dropped = cleaned(columns, clean__missing_ids="keep", clean__missing="drop")
    assert counts(dropped)["A figure is missing"] == -1
    with pytest.raises(InputError, match=r"1 rows? ha\w+ an id"):
        cleaned({"id": ["1", "1", "2"], "score": ["5", "6", "7"]}, clean__repeated_ids="refuse")


LOG: dict[str, list[str | None]] = {
    "InvoiceNo": ["536365", "C536366", "536367", "536368", "536369", "536369", "536370", "536371"],
    "Quantity": ["6", "-6", "-2", "3", "4", "4", "5", "5"],
    "InvoiceDate": [f"2011-12-0{day}" for day in (1, 2, 3, 4, 5, 5, 6, 9)],
    "UnitPrice": ["2.5", "2.5", "1.5", "0", "3", "3", "4", "4"],
    "CustomerID": ["17850", "17850", "17850", "17850", "13047", "13047", None, "13047"],
}


def test_a_log_has_rules_of_its_own() -> None:
    table = clean_of(LOG, input__as_of=date(2011, 12, 8))
    assert table.repeats
    assert counts(table) == {
        "Rows read": 8,
        "No customer id": -1,
        "Cancellations": -1,
        "Quantity of zero or less": -1,
        "Price of zero or less": -1,
        "After the reference date": -1,
        "Exact duplicates": -1,
        "Rows used": 2,
    }
    switched = {f"clean__{rule}": "keep" for rule in ("cancellations", "nonpositive", "future", "duplicates")}
    assert counts(clean_of(LOG, input__as_of=date(2011, 12, 8), **switched))["Rows used"] == 7


def test_the_real_log_is_cleaned_to_its_known_customers(shared: Path) -> None:
    table = clean_of(shared / "online_retail.parquet", input__as_of=date(2011, 12, 10))
    found = counts(table)
    assert (found["Rows read"], found["No customer id"]) == (541_909, -135_080)
    assert table.frame["CustomerID"].nunique() == 4_338


def test_ids_are_text_whatever_their_digits() -> None:
    assert cleaned({"id": ["12", "13", "14"], "score": ["1", "2", "3"]}).frame["id"].tolist() == ["12", "13", "14"]
    ids = cleaned({"id": ["00012", "13", "12345678901234567"], "score": ["1", "2", "3"]}).frame["id"]
    assert ids.tolist() == ["00012", "13", "12345678901234567"]


def test_derived_columns_are_columns_like_others() -> None:
    columns: dict[str, list[str | None]] = {"id": ["1", "2", "3"], "a": ["1", "2", None], "b": ["10", "20", "30"]}
    table = cleaned(columns, derive__total="a + b", derive__twice="total * 2", clean__where="b < 100")
    assert table.frame["twice"].tolist()[:2] == [22, 44]
    assert table.roles["total"].role == "number"
    with pytest.raises(ConfigError, match="there is a column of that name"):
        cleaned(columns, derive__A="1")
    with pytest.raises(ConfigError, match=r"\[derive\] x: it gives"):
        cleaned(columns, derive__x="[a, b]")
    assert cleaned(columns, derive__x="b / (a - 1)").frame["x"].isna().tolist() == [True, False, True]
