"""Cells become numbers and dates by the evidence of their whole column, and doubts are said."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import pyarrow as pa
import pytest

from segreport.config import InputSection
from segreport.domain import Column, Finding, Source, SourceTable, TypedTable
from segreport.engine import Session, open_session
from segreport.typed import SAMPLE_ROWS, type_columns


@pytest.fixture
def session() -> Iterator[Session]:
    with open_session() as opened:
        yield opened


def typed(session: Session, columns: dict[str, list[str | None]], **options: object) -> TypedTable:
    rows = session.load(pa.table({name: pa.array(cells, type=pa.string()) for name, cells in columns.items()}))
    source = Source("table.csv", "", rows.count(), len(columns))
    return type_columns(SourceTable(rows, source), InputSection(**options), session)  # type: ignore[arg-type]


def column(session: Session, *cells: str | None, **options: object) -> tuple[Column, list[object], tuple[Finding, ...]]:
    table = typed(session, {"x": list(cells)}, **options)
    values = table.rows.frame()["x"]
    return table.columns["x"], [None if pd.isna(value) else value for value in values], table.findings


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (("1", "2.5", "-3", "+4", "1e3", ".5"), [1, 2.5, -3, 4, 1000, 0.5]),
        (("1.234,50", "2,5"), [1234.5, 2.5]),
        (("1,234.50", "12.00"), [1234.5, 12]),
        (("1.234.567", "89"), [1234567, 89]),
        (("1 234,5", "12,5"), [1234.5, 12.5]),
        (("1'234.50", "7"), [1234.5, 7]),
        (("£1,234.50", "£3"), [1234.5, 3]),
        (("1.234,50 €", "3 €"), [1234.5, 3]),
        (("USD 5.25", "USD 7"), [5.25, 7]),
        (("(5.00)", "7.25", "3-"), [-5, 7.25, -3]),
        (("12 %", "7.5%"), [0.12, 0.075]),
        (("5", "NA", "n/a", "-", None, ""), [5, None, None, None, None, None]),
        ((" 5 ", "6 "), [5, 6]),
        (("1,23,456.50", "5"), [123456.5, 5]),
    ],
)
def test_numbers_are_read_whatever_their_dress(
    session: Session, cells: tuple[str, ...], values: list[float | None]
) -> None:
    found, read, _ = column(session, *cells)
    assert (found.kind, read) == ("number", values)


@pytest.mark.parametrize(
    "cells",
    [
        ("00123", "00456"),
        ("12345678901234567890", "2"),
        ("+491701234567", "+491709876543"),
        ("A1", "2"),
        ("NA", "None", "TRUE"),
        ("12 %", "7"),
        ("1.5,5", "2"),
        ("2020", "soon"),
        ("13-13-2020", "01-01-2020"),
        ("(5", "6)"),
    ],
)
def test_what_is_no_measurement_stays_text_from_end_to_end(session: Session, cells: tuple[str, ...]) -> None:
    found, read, _ = column(session, *cells)
    assert (found.kind, read) == ("text", list(cells))


@pytest.mark.parametrize(
    ("cells", "order", "first"),
    [
        (("04-09-2012", "25-12-2012"), "DMY", "2012-09-04"),
        (("9/4/2012", "12/25/2012"), "MDY", "2012-09-04"),
        (("2012-09-04", "2012-12-25"), "YMD", "2012-09-04"),
        (("04.09.12", "25.12.12"), "DMY", "2012-09-04"),
        (("4 Sep 2012", "25 Dec 2012"), "DMY", "2012-09-04"),
        (("September 4, 2012", "December 25, 2012"), "MDY", "2012-09-04"),
        (("20120904", "20121225", "20121001"), "YMD", "2012-09-04"),
        (("04/09/2012 2:30 PM", "25/12/2012 11:00 AM"), "DMY", "2012-09-04T14:30:00"),
        (("2012-09-04T10:00:00Z", "2012-12-25T11:00:00Z"), "YMD", "2012-09-04T10:00:00"),
        (("04-09-2012", "25-12-2012 10:00"), "DMY", "2012-09-04"),
        (("0000-00-00", "2012-09-04"), "YMD", "2012-09-04"),
    ],
)
def test_dates_are_read_in_the_one_order_that_every_cell_allows(
    session: Session, cells: tuple[str, ...], order: str, first: str
) -> None:
    found, _, _ = column(session, *cells)
    assert (found.kind, found.reading) == ("date", order)
    assert found.first is not None
    assert found.first.startswith(first)


def test_a_date_that_both_orders_allow_is_read_day_first_and_its_share_is_known(session: Session) -> None:
    found, _, _ = column(session, "01/02/2012", "03/04/2012")
    assert (found.reading, found.ambiguous) == ("DMY", 1.0)
    found, _, _ = column(session, "01/02/2012", "03/04/2012", date_order="MDY")
    assert (found.reading, found.first) == ("MDY", "2012-01-02T00:00:00")
    found, _, _ = column(session, "01/02/2012", "25/04/2012")
    assert found.ambiguous == 0.5


def test_a_thousand_or_one_and_a_bit_is_never_guessed_in_silence(session: Session) -> None:
    _, read, findings = column(session, "1.234", "2.500")
    assert read == [1.234, 2.5]
    assert [finding.code for finding in findings] == ["DQ022"]
    _, read, findings = column(session, "1.234", "2.500", decimal=",")
    assert (read, findings) == ([1234, 2500], ())


def test_what_the_cells_prove_wins_over_what_was_said_of_others(session: Session) -> None:
    dates: list[str | None] = ["25/12/2012", "1/2/2012"]
    columns: dict[str, list[str | None]] = {"a": ["12.5", "7.25"], "b": ["1.234", "2.500"], "c": dates}
    table = typed(session, columns, decimal=",", date_order="MDY")
    frame = table.rows.frame()
    assert frame["a"].tolist() == [12.5, 7.25]
    assert frame["b"].tolist() == [1234, 2500]
    assert table.columns["c"].reading == "DMY"
    assert [f.done for f in table.findings] == ["read as DMY: MDY does not fit every cell"]


def test_a_column_in_doubt_follows_what_the_other_columns_prove(session: Session) -> None:
    table = typed(session, {"doubt": ["1.234", "2.500"], "proof": ["1.234,50", "7,5"]})
    assert table.rows.frame()["doubt"].tolist() == [1234, 2500]
    assert table.findings == ()


def test_a_few_words_among_many_numbers_are_left_out_and_said(session: Session) -> None:
    found, read, findings = column(session, *["5"] * 40, "unknown")
    assert (found.kind, found.missing, read[-1]) == ("number", 1, None)
    assert [(f.code, f.amount, f.done) for f in findings] == [("DQ021", 1, "'unknown': taken as missing")]
    assert column(session, *["5"] * 40, "5a")[0].kind == "text", "a cell with digits may be an id"


def test_a_day_that_no_calendar_has_does_not_make_text_of_a_column_of_dates(session: Session) -> None:
    found, read, findings = column(session, *["05-01-2020", "25-01-2020"] * 20, "31-02-2020")
    assert (found.kind, read[-1]) == ("date", None)
    assert findings[0].done == "'31-02-2020': taken as missing"
    assert column(session, "31-02-2020", "05-01-2020")[0].kind == "text"


def test_what_cannot_be_real_becomes_missing_and_is_counted(session: Session) -> None:
    found, read, _ = column(session, "1", "2", "1e400")
    assert (found.kind, found.unreal, read) == ("number", 1, [1, 2, None])
    found, _, _ = column(session, "2020-01-05", "9999-12-31")
    assert (found.kind, found.unreal, found.missing) == ("date", 1, 1)


@pytest.mark.parametrize(
    ("many", "late", "kind", "reading"),
    [
        ("01/02/2012", "02/25/2012", "date", "MDY"),
        ("5", "NA", "number", ""),
        ("5", "1.234,5", "number", ""),
        ("5", "0123", "text", ""),
        ("5", "no 5", "text", ""),
        ("", "y", "text", ""),
        ("", "5", "number", ""),
        ("1.234", "1.2", "number", ""),
    ],
)
def test_a_cell_beyond_the_sample_counts_as_much_as_the_first(
    session: Session, many: str, late: str, kind: str, reading: str
) -> None:
    found, _, findings = column(session, *[many or None] * (SAMPLE_ROWS + 5), late)
    assert (found.kind, found.reading) == (kind, reading)
    assert findings == ()


def test_a_key_with_a_leading_zero_beyond_the_sample_is_text(session: Session) -> None:
    keys = [str(number) for number in range(1_000_000, 1_000_000 + SAMPLE_ROWS + 5)]
    found, read, _ = column(session, *keys, "0012345")
    assert (found.kind, read[-1], found.distinct) == ("text", "0012345", SAMPLE_ROWS + 6)


def test_columns_say_what_they_hold(session: Session) -> None:
    table = typed(session, {"n": ["1", "2", "2", None], "t": ["b", "a", "b", " b "], "e": [None, "", " ", None]})
    numbers, texts, empty = (table.columns[name] for name in "nte")
    assert (numbers.rows, numbers.missing, numbers.distinct, numbers.low, numbers.high) == (4, 1, 2, 1, 2)
    assert numbers.whole
    assert numbers.common == (("2", 2), ("1", 1))
    assert texts.common == (("b", 3), ("a", 1))
    assert (empty.kind, empty.missing) == ("missing", 4)


def test_typed_sources_keep_their_types_and_long_keys_their_digits(session: Session) -> None:
    data = pa.table({"key": [2**60, 5], "n": [1, 2], "f": [1.5, float("nan")], "b": [True, False]})
    rows = session.load(data)
    table = type_columns(SourceTable(rows, Source("x", "", 2, 4)), InputSection(), session)
    frame = table.rows.frame()
    assert frame["key"].tolist() == [str(2**60), "5"]
    assert frame["b"].tolist() == [1, 0]
    assert [column.kind for column in table.columns.values()] == ["text", "number", "number", "number"]
    assert table.columns["f"].missing == 1


@pytest.mark.parametrize(
    ("cells", "numeric"),
    [
        ((*[f"£{n}.10" for n in range(11)], "12.x"), True),
        ((*[f"{n}.5" for n in range(11)], "7 pounds 5"), True),
        (("£9.10", "12.x"), False),
        (("A1.5", "B2.5"), False),
        (("town", "city"), False),
    ],
)
def test_text_that_looks_like_numbers_is_recognised_to_be_told(
    session: Session, cells: tuple[str, ...], numeric: bool
) -> None:
    found, _, _ = column(session, *cells)
    assert (found.kind, found.numeric_looking) == ("text", numeric)


def test_a_large_table_is_not_judged_by_its_first_rows(session: Session) -> None:
    rows = session.create(
        "SELECT CASE WHEN range < 240000 THEN '1' ELSE '2' END AS n, range::VARCHAR AS id,"
        " CASE WHEN range < 240000 THEN 'a' ELSE 'b' END AS t FROM range(250000)"
    )
    table = type_columns(SourceTable(rows, Source("x", "", 250_000, 3)), InputSection(), session)
    assert (table.columns["n"].distinct, table.columns["t"].distinct) == (2, 2)
    assert 0.95 < table.columns["id"].distinct / 250_000 <= 1


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (("1\u2009234,50", "2,50"), [1234.5, 2.5]),
        (("\u200b7", "8\ufeff", "\u20079"), [7, 8, 9]),
        (("5", "k. A.", "#NV", "unknown"), [5, None, None, None]),
        (("5", r"\N"), [5, None]),
    ],
)
def test_figures_are_read_through_marks_that_nobody_sees_and_words_for_nothing(
    session: Session, cells: tuple[str, ...], values: list[float | None]
) -> None:
    found, read, _ = column(session, *cells)
    assert (found.kind, read) == ("number", values)


def test_words_for_nothing_are_said_however_many_they_are(session: Session) -> None:
    found, _, findings = column(session, *["5", "7"] * 10, *["keine Angabe"] * 10)
    assert (found.kind, found.missing) == ("number", 10)
    assert [(f.code, f.amount, f.done) for f in findings] == [("DQ021", 10, "'keine angabe': taken as missing")]


def test_the_null_of_a_database_dump_is_missing_in_text_and_other_words_are_not(session: Session) -> None:
    found, read, _ = column(session, "Berlin", r"\N", "NULL", "unknown")
    assert (found.missing, read) == (1, ["Berlin", None, "NULL", "unknown"])


def test_amounts_in_several_currencies_are_said(session: Session) -> None:
    assert [f.code for f in column(session, "$5.00", "€ 7.50")[2]] == ["DQ024"]
    assert column(session, "5.00 EUR", "€ 7.50")[2] == ()


def test_a_mark_beside_blanks_is_a_yes_beside_a_no(session: Session) -> None:
    found, read, findings = column(session, "x", None, " ", "X")
    assert (found.kind, read, found.missing) == ("number", [1, 0, 0, 1], 0)
    assert [(f.code, f.amount) for f in findings] == [("DQ025", 2)]


@pytest.mark.parametrize("cells", [("x", "x"), ("x", None, "y"), ("x", None, "N/A")])
def test_a_letter_that_is_no_mark_stays_text(session: Session, cells: tuple[str | None, ...]) -> None:
    assert column(session, *cells)[0].kind == "text"


@pytest.mark.parametrize("cells", [("POS 12", "POS 13"), ("ABC001", "XYZ001"), ("SKU 1", "EUR 2")])
def test_letters_beside_figures_that_are_no_currency_make_a_code(session: Session, cells: tuple[str, ...]) -> None:
    assert column(session, *cells)[0].kind == "text"


def test_a_column_that_does_not_settle_is_text_and_said_so(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("segreport.typed._ROUNDS", 1)
    found, read, findings = column(session, *["5"] * (SAMPLE_ROWS + 5), "1.234,5")
    assert (found.kind, read[-1]) == ("text", "1.234,5")
    assert [(f.code, f.done) for f in findings] == [("DQ027", "x was read as text; write its cells one way")]
