"""Columns mean what their names and cells say."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from segreport.domain import Source, SourceTable
from segreport.errors import ConfigError
from segreport.roles import detect_roles, label_of, split_name
from segreport.sources import read
from segreport.values import type_column


def table(**columns: list[str | None]) -> SourceTable:
    frame = pd.DataFrame(columns, dtype="object")
    return SourceTable(frame, Source("t.csv", "", len(frame), frame.shape[1], {"delimiter": "comma"}))


def role(name: str, cells: list[str | None]) -> str:
    return detect_roles(table(**{"first": ["x"] * len(cells), name: cells})).roles[name].role


@pytest.mark.parametrize(
    ("name", "cells", "expected"),
    [
        ("CustomerID", ["01", "02", "03"], "id"),
        ("Year_Birth", ["1957", "1893", "1980"], "birth-year"),
        ("age", ["39", "41", "22"], "age"),
        ("annual_income", ["15", "16", "17"], "income"),
        ("MntMeatProducts", ["1", "2", "2"], "spend"),
        ("spend_on_wine", ["1.5", "2", "2"], "spend"),
        ("NumWebPurchases", ["1", "2", "2"], "channel"),
        ("NumDealsPurchases", ["1", "2", "2"], "deals"),
        ("NumWebVisitsMonth", ["1", "2", "2"], "visits"),
        ("Kidhome", ["1", "0", "2"], "children"),
        ("Recency", ["58", "38", "26"], "recency"),
        ("AcceptedCmp3", ["0", "1", "0"], "response"),
        ("spending_score", ["39", "81", "6"], "score"),
        ("last_purchase_amount", ["39", "81", "81"], "number"),
        ("Complain", ["0", "1", "0"], "complaint"),
        ("customer_spend", ["1.5", "2", "2.5"], "value"),
        ("customer_id", ["7", "7", "8"], "category"),
        ("postcode", ["A1", "A2", "A2"], "category"),
        ("Z_Revenue", ["11", "11", "11"], "constant"),
        ("Region", ["1", "2", "3"], "category"),
        ("notes", [None, "", " "], "missing"),
        ("newsletter", ["0", "1", "1"], "flag"),
        ("gender", ["F", "M", "F"], "category"),
        ("country", ["NA", "None", "TRUE"], "category"),
        ("joined", ["2014-06-29", "2013-01-05", "2014-02-11"], "date"),
        ("code_like", ["007", "012", "012"], "category"),
    ],
)
def test_a_role_is_found_from_name_and_cells(name: str, cells: list[str | None], expected: str) -> None:
    assert role(name, cells) == expected


def test_a_key_in_every_row_is_no_measurement() -> None:
    assert role("number", [str(n) for n in range(100, 140)]) == "near-unique"


def test_an_override_wins_and_an_unknown_one_is_refused() -> None:
    data = table(a=["1", "2"], b=["3", "4"])
    assert detect_roles(data, overrides={"a": "spend:Tea"}).roles["a"].topic == "Tea"
    assert detect_roles(data, id_column="b").roles["b"].role == "id"
    with pytest.raises(ConfigError, match="no column 'c'"):
        detect_roles(data, id_column="c")
    with pytest.raises(ConfigError, match="unknown role 'moeny'"):
        detect_roles(data, overrides={"a": "moeny"})


def test_a_role_that_does_not_fit_the_cells_is_refused() -> None:
    data = table(a=["x", "y"], b=["3", "4"])
    with pytest.raises(ConfigError, match="column 'a' cannot be 'income': its cells are not all numbers") as refusal:
        detect_roles(data, overrides={"a": "income"})
    assert refusal.value.hint == "it holds 'x', for example"
    with pytest.raises(ConfigError, match="its cells are not all dates"):
        detect_roles(data, overrides={"b": "date"})


def test_the_id_of_customers_comes_before_other_ids_wherever_it_stands() -> None:
    keys = {"row_id": ["1", "2", "3"], "CustomerID": ["7", "8", "9"]}
    for order in (list(keys), list(keys)[::-1]):
        roles = detect_roles(table(**{name: keys[name] for name in order}, spend=["1", "2", "2"])).roles
        assert roles["CustomerID"].role == "id"
        assert roles["row_id"].role == "category"


def test_labels_are_the_names_where_two_would_be_the_same_and_odd_names_stay_as_they_are() -> None:
    roles = detect_roles(table(**{"Mnt Wine": ["1", "2"], "mnt_wine": ["3", "4"], "R&D %s": ["5", "6"]})).roles
    assert [role.label for role in roles.values()] == ["Mnt Wine", "mnt_wine", "R&D %s"]


def test_names_are_split_and_written_as_words() -> None:
    assert split_name("NumWebVisitsMonth") == ["num", "web", "visits", "month"]
    assert label_of("NumWebVisitsMonth") == "Web visits a month"
    assert label_of("marital_status") == "Marital status"


@pytest.mark.parametrize(
    ("cells", "order", "ambiguous"),
    [
        (["04-09-2012", "21-08-2013"], "DMY", 0.5),
        (["9/4/2012", "8/21/2013"], "MDY", 0.5),
        (["2012-09-04", "2013-08-21"], "YMD", 0.0),
        (["04.09.12", "05.08.13"], "DMY", 1.0),
    ],
)
def test_the_order_of_day_and_month_is_decided_from_the_whole_column(
    cells: list[str], order: str, ambiguous: float
) -> None:
    typed = type_column(pd.Series(cells, dtype="object"))
    assert (typed.kind, typed.note, typed.ambiguous) == ("date", order, ambiguous)


def test_a_column_with_one_word_among_numbers_stays_text() -> None:
    assert type_column(pd.Series(["1", "2", "two"], dtype="object")).kind == "text"
    assert type_column(pd.Series(["1", "2", "n/a"], dtype="object")).kind == "number"
    assert type_column(pd.Series(["1,5", "2,25"], dtype="object"), "semicolon").values.tolist() == [1.5, 2.25]


def test_every_column_of_the_real_table_has_its_role(campaign: Path) -> None:
    typed = detect_roles(read(campaign))
    roles = {name: role.role for name, role in typed.roles.items()}
    assert [name for name, role in roles.items() if role == "constant"] == ["Z_CostContact", "Z_Revenue"]
    assert sum(role == "spend" for role in roles.values()) == 6
    assert typed.findings[0].code == "DQ010"
    assert round(typed.findings[0].amount, 2) == 0.41
