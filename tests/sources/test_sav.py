"""SPSS files show their labels, keep what they call missing as missing, and never give a date that is none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
import pytest

from segreport.config import InputSection
from segreport.domain import SourceTable
from segreport.engine import Session, name_of, open_session
from segreport.errors import ExitCode, InputError
from segreport.sources.place import Place
from segreport.sources.sav import read_sav


@pytest.fixture
def session() -> Iterator[Session]:
    with open_session() as opened:
        yield opened


def read(path: Path, session: Session, **options: Any) -> SourceTable:
    place = Place(path, path.name, Path(session.folder))
    return read_sav(place, InputSection.model_validate(options), session)


def rows_of(table: SourceTable, session: Session) -> list[tuple[Any, ...]]:
    return session.query(f"SELECT * FROM {name_of(table.rows.name)}")


def column(path: Path, session: Session, name: str = "a") -> list[Any]:
    table = read(path, session)
    return [row[table.rows.columns.index(name)] for row in rows_of(table, session)]


def write(path: Path, columns: dict[str, list[Any]], **described: Any) -> Path:
    pyreadstat.write_sav(pd.DataFrame(columns), path, **described)
    return path


def refusal(path: Path, session: Session, **options: Any) -> InputError:
    with pytest.raises(InputError) as refused:
        read(path, session, **options)
    assert refused.value.exit_code == ExitCode.INPUT
    assert refused.value.hint
    return refused.value


def findings(table: SourceTable) -> dict[str, tuple[float, str]]:
    return {finding.code: (finding.amount, finding.done) for finding in table.findings}


@pytest.mark.parametrize("how", [{}, {"row_compress": True}, {"compress": True}])
def test_numbers_text_and_dates_keep_their_types(tmp_path: Path, session: Session, how: dict[str, bool]) -> None:
    moment = dt.datetime(2024, 2, 29, 13, 45)
    columns = {
        "ID": [1.0, 2.0],
        "Name": ["Müller", ""],
        "Joined": [dt.date(2020, 2, 29), None],
        "Seen": [moment, moment],
        "Clock": [dt.time(9, 5), dt.time(23, 59, 59)],
        "Income": [1234.5, None],
    }
    labels = {"ID": "Customer number", "Income": "Income \n a year", "Name": ""}
    table = read(write(tmp_path / "t.sav", columns, column_labels=labels, **how), session)
    assert list(table.rows.types.values()) == ["DOUBLE", "VARCHAR", "DATE", "TIMESTAMP", "VARCHAR", "DOUBLE"]
    assert rows_of(table, session) == [
        (1.0, "Müller", dt.date(2020, 2, 29), moment, "09:05:00", 1234.5),
        (2.0, None, None, moment, "23:59:59", None),
    ]
    assert table.labels == {"ID": "Customer number", "Income": "Income a year"}
    assert (table.source.rows, table.source.columns, table.source.file) == (2, 6, "t.sav")
    assert table.source.dialect == {"format": "SPSS", "encoding": "utf-8"}
    assert not table.findings


def test_codes_are_shown_as_their_labels(tmp_path: Path, session: Session) -> None:
    columns = {"sex": [1.0, 2.0, None, 1.0], "shop": ["A", "B", "", "C"]}
    labels = {"sex": {1: "Male", 2: "Female"}, "shop": {"A": "Airport", "B": "Bridge Street"}}
    path = write(tmp_path / "t.sav", columns, variable_value_labels=labels, variable_measure={"sex": "nominal"})
    assert column(path, session, "sex") == ["Male", "Female", None, "Male"]
    assert column(path, session, "shop") == ["Airport", "Bridge Street", None, "C"]


def test_a_code_without_a_label_keeps_its_number(tmp_path: Path, session: Session) -> None:
    labels = {"a": {1: "bad", 2: "fair", 3: "good"}}
    path = write(tmp_path / "t.sav", {"a": [1.0, 2.0, 3.0, 4.5, 9.0]}, variable_value_labels=labels)
    assert column(path, session) == ["bad", "fair", "good", "4.5", "9"]


@pytest.mark.parametrize(
    ("values", "labels", "measure"),
    [
        ([25_000.0, 31_000.0, 0.0, 47_500.0], {0: "none"}, "unknown"),
        ([1.0, 2.0, 3.0, 4.0, 5.0], {1: "not at all", 5: "fully"}, "ordinal"),
        ([1.0, 2.0, 3.0], {1: "low", 2: "medium", 3: "high"}, "scale"),
    ],
)
def test_measurements_and_ladders_labelled_at_their_ends_stay_numbers(
    tmp_path: Path, session: Session, values: list[float], labels: dict[int, str], measure: str
) -> None:
    described = {"variable_value_labels": {"a": labels}, "variable_measure": {"a": measure}}
    assert column(write(tmp_path / "t.sav", {"a": values}, **described), session) == values


def test_two_codes_with_one_label_stay_two(tmp_path: Path, session: Session) -> None:
    labels = {"a": {1: "Other", 2: "Shop", 3: "Other"}}
    path = write(tmp_path / "t.sav", {"a": [1.0, 2.0, 3.0]}, variable_value_labels=labels)
    assert column(path, session) == ["Other (1)", "Shop", "Other (3)"]


def test_values_that_the_file_calls_missing_are_missing_and_counted(tmp_path: Path, session: Session) -> None:
    columns = {
        "answer": [1.0, 2.0, 9.0, None],
        "income": [100.5, 98.0, 99.0, 97.0],
        "debt": [-5.0, 10.0, 20.0, 30.0],
        "shop": ["A", "zz", "B", "zz"],
        "age": [40.0, 50.0, 60.0, 70.0],
    }
    missing: dict[str, list[Any]] = {
        "answer": [9],
        "income": [{"lo": 98, "hi": 99}],
        "debt": [{"lo": float("-inf"), "hi": -1}],
        "shop": ["zz"],
        "age": [999],
    }
    labels = {"answer": {1: "yes", 2: "no", 9: "refused"}}
    table = read(write(tmp_path / "t.sav", columns, missing_ranges=missing, variable_value_labels=labels), session)
    assert rows_of(table, session) == [
        ("yes", 100.5, None, "A", 40.0),
        ("no", None, 10.0, None, 50.0),
        (None, None, 20.0, "B", 60.0),
        (None, 97.0, 30.0, None, 70.0),
    ]
    assert findings(table) == {"DQ018": (6, "read as missing: answer, income, debt, shop")}


def test_dates_that_are_none_are_missing_and_counted(tmp_path: Path, session: Session) -> None:
    seconds = [13_797_216_000.0, -1.0, 0.0, 3e11, 1e300, None]
    formats = {"day": "DATE11", "moment": "DATETIME20", "month": "MOYR8"}
    columns = {"day": seconds, "moment": seconds, "month": seconds, "span": seconds}
    table = read(write(tmp_path / "t.sav", columns, variable_format=formats), session)
    rows = rows_of(table, session)
    assert rows[0][:3] == (dt.date(2020, 1, 1), dt.datetime(2020, 1, 1), dt.date(2020, 1, 1))
    assert all(row[:3] == (None, None, None) for row in rows[1:])
    assert [row[3] for row in rows] == seconds
    assert findings(table) == {"DQ019": (12, "read as missing: day, moment, month")}


def test_times_beyond_a_day_stay_times(tmp_path: Path, session: Session) -> None:
    formats = {"a": "TIME8"}
    path = write(tmp_path / "t.sav", {"a": [3723.0, 108_000.0, -60.0, None]}, variable_format=formats)
    assert column(path, session) == ["01:02:03", "30:00:00", "-00:01:00", None]


def test_a_large_file_is_read_in_pieces_and_stays_whole(tmp_path: Path, session: Session) -> None:
    rows = 90_000
    columns = {f"v{place}": [float(number % 7) for number in range(rows)] for place in range(25)}
    columns["v0"] = [float(number) for number in range(rows)]
    labels = {"v1": {number: f"group {number}" for number in range(7)}}
    table = read(write(tmp_path / "t.sav", columns, variable_value_labels=labels, row_compress=True), session)
    assert table.source.rows == rows
    counted = f"SELECT count(*), sum(v0), count(DISTINCT v1), min(v1), sum(v24) FROM {table.rows.name}"
    assert session.query(counted) == [(rows, sum(range(rows)), 7, "group 0", sum(number % 7 for number in range(rows)))]
    assert session.query(f"SELECT v0 FROM {table.rows.name} LIMIT 1 OFFSET 85000") == [(85_000.0,)]


def test_a_file_without_cases_says_so_by_its_count(tmp_path: Path, session: Session) -> None:
    table = read(write(tmp_path / "t.sav", {"a": []}), session)
    assert (table.source.rows, table.rows.columns) == (0, ("a",))


@pytest.mark.parametrize("how", [{}, {"row_compress": True}, {"compress": True}])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_a_file_that_was_cut_off_is_refused(
    tmp_path: Path, session: Session, how: dict[str, bool], share: float
) -> None:
    columns = {name: [float(number * 7919 % 10_007) for number in range(3_000)] for name in "abc"}
    path = write(tmp_path / "t.sav", columns, **how)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    assert refusal(path, session).message.startswith("t.sav ")


def test_text_in_an_encoding_that_the_file_does_not_name_can_be_set(tmp_path: Path, session: Session) -> None:
    path = write(tmp_path / "t.sav", {"a": ["Müller"]})
    content = path.read_bytes().replace("Müller".encode(), "Müller ".encode("cp1252"))
    path.write_bytes(content)
    table = read(path, session, encoding="cp1252")
    assert rows_of(table, session) == [("Müller",)]
    assert table.source.dialect["encoding"] == "cp1252"
    assert "unknown encoding 'klingon'" in refusal(path, session, encoding="klingon").message
