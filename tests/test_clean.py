"""The ledger sums, and every row that is not used has its reason."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from segreport.clean import clean
from segreport.domain import CleanTable, Source, SourceTable
from segreport.errors import InputError
from segreport.features import build_features
from segreport.roles import detect_roles
from segreport.sources import read


def cleaned(columns: dict[str, list[str | None]], as_of: date | None = None) -> CleanTable:
    """The table cleaned; a column called id is the id."""
    frame = pd.DataFrame(columns, dtype="object")
    source = Source("t.csv", "", len(frame), frame.shape[1], {"delimiter": "comma"})
    return clean(detect_roles(SourceTable(frame, source), id_column="id" if "id" in columns else None), as_of=as_of)


def test_every_dropped_row_is_counted_and_the_ledger_sums() -> None:
    table = cleaned({"id": ["1", "1", None, "2", "2"], "spend": ["5", "5", "6", "7", "8"]})
    counts = {step.rule: step.rows for step in table.ledger}
    assert counts == {
        "Rows read": 5,
        "No customer id": -1,
        "Exact duplicates": -1,
        "Id seen before": -1,
        "Rows used": 2,
    }
    assert sum(step.rows for step in table.ledger[:-1]) == table.ledger[-1].rows


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
        cleaned(log)


def test_the_real_table_shows_its_known_quirks(campaign: Path) -> None:
    table = clean(detect_roles(read(campaign)))
    found = {f.code: f.amount for f in table.findings}
    assert (found["DQ001"], found["DQ002"], found["DQ005"], found["DQ006"], found["DQ007"]) == (182, 2, 3, 24, 1)
    assert table.as_of == "2014-06-30"
    assert len(table.frame) == 2240


def test_features_are_chosen_by_role_and_the_rest_has_its_reason(campaign: Path) -> None:
    features = build_features(clean(detect_roles(read(campaign))))
    assert features.value == "spending"
    assert {"MntWines", "NumDealsPurchases", "Income", "age", "children"} <= set(features.chosen)
    assert "spending" in features.left_out
    assert "Response" in features.left_out
