"""Data frames of every kind give the same table, and stay as they were."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from segreport.domain import SourceTable
from segreport.engine import Session, open_session
from segreport.errors import InputError
from segreport.sources.frames import read_frame


@pytest.fixture
def session() -> Iterator[Session]:
    with open_session() as opened:
        yield opened


@pytest.fixture
def customers() -> pa.Table:
    """One column of every kind that a customer table has."""
    return pa.table(
        {
            "id": pa.array([3, 1, 2], pa.int32()),
            "income": pa.array([1.5, None, float("nan")]),
            "price": pa.array([0.1, 0.2, None], pa.float32()),
            "paid": pa.array([Decimal("1.25"), None, Decimal("-3.00")], pa.decimal128(9, 2)),
            "since": pa.array([date(2014, 6, 29), None, date(2013, 1, 1)]),
            "seen": pa.array([datetime(2014, 6, 29, 10, 0, 0, 500), None, datetime(2013, 1, 1)], pa.timestamp("us")),
            "zoned": pa.array([datetime(2014, 6, 29, 8, tzinfo=UTC)] * 3, pa.timestamp("ms", "Europe/Berlin")),
            "member": pa.array([True, None, False]),
            "name": ["Zoë", "", None],
            "town": pa.array(["Oslo", "Rome", "Oslo"]).dictionary_encode(),
        }
    )


def cells(table: SourceTable, session: Session) -> list[tuple[Any, ...]]:
    return session.query(f'SELECT * FROM "{table.rows.name}"')  # type: ignore[attr-defined]


def test_three_kinds_of_frame_give_the_same_cells_types_and_digest(customers: pa.Table, session: Session) -> None:
    kinds = (customers, customers.to_pandas(types_mapper=pd.ArrowDtype), pl.DataFrame(customers))
    read = [read_frame(frame, session) for frame in kinds]
    assert len({table.source.sha256 for table in read}) == 1
    assert len({str(table.rows.types) for table in read}) == 1
    assert cells(read[0], session) == cells(read[1], session) == cells(read[2], session)
    assert [table.source.dialect["format"] for table in read] == [
        "Arrow table",
        "pandas data frame",
        "polars data frame",
    ]


def test_types_are_kept_and_what_is_no_value_is_missing(customers: pa.Table, session: Session) -> None:
    table = read_frame(customers, session)
    assert dict(table.rows.types) == {
        "id": "BIGINT",
        "income": "DOUBLE",
        "price": "DOUBLE",
        "paid": "DOUBLE",
        "since": "DATE",
        "seen": "TIMESTAMP",
        "zoned": "TIMESTAMP",
        "member": "BOOLEAN",
        "name": "VARCHAR",
        "town": "VARCHAR",
    }
    first, second, third = cells(table, session)
    assert first == (
        3, 1.5, 0.1, 1.25, date(2014, 6, 29), datetime(2014, 6, 29, 10, 0, 0, 500), datetime(2014, 6, 29, 8), True,
        "Zoë", "Oslo",
    )  # fmt: skip
    assert second == (1, None, 0.2, None, None, None, datetime(2014, 6, 29, 8), None, None, "Rome")
    assert third[1] is None
    assert (table.source.rows, table.source.columns, table.source.file) == (3, 10, "data frame")


def test_the_marketing_table_is_the_same_from_pandas_and_from_polars(campaign: Path, session: Session) -> None:
    from_pandas = read_frame(pd.read_csv(campaign, sep="\t"), session)
    from_polars = read_frame(pl.read_csv(campaign, separator="\t"), session)
    assert from_pandas.source.rows == 2240
    assert from_pandas.rows.columns == from_polars.rows.columns
    assert cells(from_pandas, session) == cells(from_polars, session)


def test_cells_of_several_kinds_in_a_column_are_text_and_cells_of_one_kind_keep_it(session: Session) -> None:
    east = timezone(timedelta(hours=2))
    frame = pd.DataFrame(
        {
            "mixed": pd.Series(["a", 1, 2.5, None], dtype="object"),
            "whole": pd.Series([1, None, 3, 4], dtype="object"),
            "real": pd.Series([1, 2.5, Decimal("3.5"), None], dtype="object"),
            "day": pd.Series([date(2014, 1, 2), None, date(2014, 1, 3), pd.NaT], dtype="object"),
            "moment": pd.Series([datetime(2014, 1, 2, tzinfo=east), None, None, None], dtype="object"),
            "truth": pd.Series([True, False, None, True], dtype="object"),
            "long": pd.Series([2**70, None, 1, 2], dtype="object"),
        }
    )
    table = read_frame(frame, session)
    types = ["VARCHAR", "BIGINT", "DOUBLE", "DATE", "TIMESTAMP", "BOOLEAN", "VARCHAR"]
    assert list(table.rows.types.values()) == types
    first, second, *_ = cells(table, session)
    assert first == ("a", 1, 1.0, date(2014, 1, 2), datetime(2014, 1, 1, 22), True, str(2**70))
    assert second == ("1", None, 2.5, None, None, False, None)


def test_numbers_too_long_for_one_stay_text(session: Session) -> None:
    frame = pd.DataFrame({"key": pd.Series([2**64 - 1, 5], dtype="uint64"), "count": pd.Series([1, 2], dtype="uint64")})
    table = read_frame(frame, session)
    assert dict(table.rows.types) == {"key": "VARCHAR", "count": "BIGINT"}
    assert cells(table, session)[0] == (str(2**64 - 1), 1)


def test_infinity_is_missing(session: Session) -> None:
    table = read_frame(pd.DataFrame({"a": [np.inf, -np.inf, 1.0]}), session)
    assert cells(table, session) == [(None,), (None,), (1.0,)]


def test_categories_and_periods_are_text(session: Session) -> None:
    months = pd.period_range("2014-01", periods=3, freq="M")
    frame = pd.DataFrame({"size": pd.Categorical([2, 1, None]), "month": months})
    frame["band"] = pd.cut([1, 5, 9], [0, 4, 10])
    assert cells(read_frame(frame, session), session)[0] == ("2", "2014-01", "(0, 4]")


def test_lists_bytes_and_durations_are_left_out_and_said(session: Session) -> None:
    frame = pd.DataFrame({"id": [1], "tags": [["a"]], "raw": [b"x"], "took": [timedelta(days=1)]})
    for data in (frame, pl.DataFrame({"id": [1], "tags": [["a"]], "raw": [b"x"], "took": [timedelta(days=1)]})):
        table = read_frame(data, session)
        assert table.rows.columns == ("id",)
        assert [(f.code, f.amount, f.done) for f in table.findings] == [("DQ020", 3, "left out: tags, raw, took")]


def test_an_index_is_a_column_where_it_has_a_name(session: Session) -> None:
    plain = pd.DataFrame({"income": [1, 2]}, index=[7, 9])
    assert read_frame(plain, session).rows.columns == ("income",)
    assert read_frame(plain.rename_axis("customer"), session).rows.columns == ("customer", "income")
    levels = pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["shop", None])
    table = read_frame(plain.set_axis(levels), session)
    assert table.rows.columns == ("shop", "income")
    assert cells(table, session) == [("a", 1), ("b", 2)]


def test_names_of_columns_become_text_that_differs(session: Session) -> None:
    frame = pd.DataFrame([[1, 2, 3, 4]], columns=[0, "Income", "income", " "])
    assert read_frame(frame, session).rows.columns == ("0", "Income", "income (2)", "column 4")
    levels = pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("spend", "wine"), ("id", "")]))
    assert read_frame(levels, session).rows.columns == ("spend wine", "id")


def test_the_digest_is_of_the_values_and_not_of_how_they_lie(customers: pa.Table, session: Session) -> None:
    whole = read_frame(customers, session).source.sha256
    parts = pa.concat_tables([customers.slice(0, 1), customers.slice(1)])
    changed = customers.slice(0, 2)
    assert read_frame(parts, session).source.sha256 == whole
    assert read_frame(changed, session).source.sha256 != whole


def test_the_frame_stays_as_it_was(session: Session) -> None:
    frame = pd.DataFrame({"a": [1.0, np.nan], "b": ["x", ""]}, index=pd.Index([5, 6], name="k"))
    before = frame.copy(deep=True)
    read_frame(frame, session)
    pd.testing.assert_frame_equal(frame, before)


def test_a_frame_of_many_rows_keeps_their_order(session: Session) -> None:
    table = read_frame(pd.DataFrame({"n": np.arange(450_000)[::-1].copy()}), session)
    query = f'SELECT count(*) FROM (SELECT n - lag(n) OVER () AS step FROM "{table.rows.name}") WHERE step <> -1'  # type: ignore[attr-defined]
    assert session.query(query) == [(0,)]


def test_a_polars_plan_and_an_arrow_stream_are_read(customers: pa.Table, session: Session) -> None:
    assert read_frame(pl.DataFrame(customers).lazy(), session).source.rows == 3
    assert read_frame(customers.to_reader(), session).source.rows == 3
    assert read_frame(customers.to_batches()[0], session).source.rows == 3


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (pd.DataFrame(), "has no columns"),
        (pd.DataFrame({"a": []}), "has no rows"),
        (pl.DataFrame({"a": []}), "has no rows"),
        (pd.DataFrame({"a": [[1]]}), "has no column of numbers, dates or text"),
        ([{"a": 1}], "a list is not a data frame"),
        ("customers.csv", "a str is not a data frame"),
        (None, "a NoneType is not a data frame"),
        (pd.Series([1]), "cannot be read as a table"),
    ],
)
def test_what_holds_no_table_is_refused_with_a_remedy(data: object, cause: str, session: Session) -> None:
    with pytest.raises(InputError, match=cause) as refused:
        read_frame(data, session)
    assert refused.value.hint
