"""Cells become numbers and dates by the evidence of their whole column."""

from __future__ import annotations

import pandas as pd
import pytest

from segreport.values import looks_numeric, type_column


def column(*cells: str | None) -> pd.Series:
    return pd.Series(list(cells), dtype="object")


def test_what_cannot_be_real_becomes_missing_and_is_counted() -> None:
    typed = type_column(column("1", "2", "1e400"))
    assert (typed.kind, typed.unreal, typed.values.isna().sum()) == ("number", 1, 1)
    typed = type_column(column("2020-01-05", "9999-12-31"))
    assert (typed.kind, typed.unreal, typed.values.isna().sum()) == ("date", 1, 1)


def test_times_are_kept_with_their_dates() -> None:
    typed = type_column(column("2011-12-09 12:50:00", "2011-12-09 08:05"))
    assert typed.values.dt.hour.tolist() == [12, 8]


@pytest.mark.parametrize("cells", [("31-02-2020", "05-01-2020"), ("13-13-2020", "01-01-2020"), ("2020", "soon")])
def test_what_is_no_date_stays_text(cells: tuple[str, ...]) -> None:
    assert type_column(column(*cells)).kind == "text"


@pytest.mark.parametrize(
    ("cells", "numeric"),
    [
        (("1,234.50", "12.00"), True),
        (("£9.10", "£12.00"), True),
        (("5.2 %", "7.0 %"), True),
        (("(5.00)", "7.25"), True),
        (("A1.5", "B2.5"), False),
        (("town", "city"), False),
    ],
)
def test_text_that_looks_like_numbers_is_recognised_to_be_told(cells: tuple[str, ...], numeric: bool) -> None:
    assert looks_numeric(column(*cells)) is numeric
