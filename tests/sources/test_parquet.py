"""Parquet keeps its types, a folder of it is one table, and what cannot be read is refused by name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from segreport.config import InputSection
from segreport.domain import SourceTable
from segreport.engine import Session, name_of, open_session
from segreport.errors import ExitCode, InputError
from segreport.sources.parquet import read_parquet
from segreport.sources.place import Place


@pytest.fixture
def session() -> Iterator[Session]:
    with open_session() as opened:
        yield opened


def read(path: Path, session: Session) -> SourceTable:
    return read_parquet(Place(path, path.name, Path(session.folder)), InputSection(), session)


def rows_of(table: SourceTable, session: Session) -> list[tuple[Any, ...]]:
    return session.query(f"SELECT * FROM {name_of(table.rows.name)}")


def refusal(path: Path, session: Session) -> InputError:
    with pytest.raises(InputError) as refused:
        read(path, session)
    assert refused.value.exit_code == ExitCode.INPUT
    assert refused.value.hint
    assert "\n" not in refused.value.message
    return refused.value


def write(path: Path, **columns: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), path)
    return path


def test_a_real_log_keeps_its_rows_columns_and_types(shared: Path, session: Session) -> None:
    table = read(shared / "online_retail.parquet", session)
    assert (table.source.rows, table.source.columns) == (541_909, 8)
    assert table.source.dialect == {"format": "Parquet"}
    assert dict(table.rows.types) == {
        "InvoiceNo": "VARCHAR",
        "StockCode": "VARCHAR",
        "Description": "VARCHAR",
        "Quantity": "BIGINT",
        "InvoiceDate": "TIMESTAMP",
        "UnitPrice": "DOUBLE",
        "CustomerID": "BIGINT",
        "Country": "VARCHAR",
    }
    assert rows_of(table, session)[0][:4] == ("536365", "85123A", "WHITE HANGING HEART T-LIGHT HOLDER", 6)
    assert session.query(f"SELECT count(*) - count(CustomerID) FROM {table.rows.name}") == [(135_080,)]


@pytest.mark.parametrize(
    ("values", "kind", "read_as"),
    [
        (pa.array([1, None], pa.int8()), "BIGINT", [1, None]),
        (pa.array([1, 2**40], pa.uint64()), "BIGINT", [1, 2**40]),
        (pa.array([1, 2**64 - 1], pa.uint64()), "VARCHAR", ["1", "18446744073709551615"]),
        (pa.array([1.5, float("nan")], pa.float32()), "DOUBLE", [1.5, None]),
        (pa.array([1.5, float("inf")]), "DOUBLE", [1.5, None]),
        (pa.array([Decimal("12.50"), None]), "DOUBLE", [12.5, None]),
        (pa.array([Decimal(7), Decimal(8)], pa.decimal128(38, 0)), "BIGINT", [7, 8]),
        (pa.array([Decimal(10**30), None], pa.decimal128(38, 0)), "VARCHAR", [str(10**30), None]),
        (pa.array([True, None]), "BOOLEAN", [True, None]),
        (pa.array(["007", ""]), "VARCHAR", ["007", None]),
        (pa.array(["a", "b"]).dictionary_encode(), "VARCHAR", ["a", "b"]),
        (pa.array([b"M\xc3\xbcller", None]), "VARCHAR", ["Müller", None]),
        (pa.array([dt.date(2020, 2, 29), None]), "DATE", [dt.date(2020, 2, 29), None]),
        (
            pa.array([dt.datetime(2020, 2, 29, 1), None], pa.timestamp("ns")),
            "TIMESTAMP",
            [dt.datetime(2020, 2, 29, 1), None],
        ),
        (pa.array([dt.time(13, 30), None]), "VARCHAR", ["13:30:00", None]),
        (pa.nulls(2), "VARCHAR", [None, None]),
    ],
)
def test_types_become_the_few_that_a_table_has(
    tmp_path: Path, session: Session, values: pa.Array, kind: str, read_as: list[Any]
) -> None:
    table = read(write(tmp_path / "t.parquet", a=values), session)
    assert dict(table.rows.types) == {"a": kind}
    assert [row[0] for row in rows_of(table, session)] == read_as


def test_times_with_a_zone_become_those_of_utc_and_it_is_said(tmp_path: Path, session: Session) -> None:
    berlin = pa.array([dt.datetime(2020, 7, 1, 10, tzinfo=dt.UTC)], pa.timestamp("us", "Europe/Berlin"))
    table = read(write(tmp_path / "t.parquet", at=berlin), session)
    assert rows_of(table, session) == [(dt.datetime(2020, 7, 1, 10),)]
    assert table.source.dialect["times"] == "at in UTC"


def test_columns_that_are_no_cells_are_left_out_and_named(tmp_path: Path, session: Session) -> None:
    nested = {"basket": [["a"], ["b"]], "place": [{"x": 1}] * 2, "photo": [b"\xff\xd8", b"\xff\xd9"]}
    table = read(write(tmp_path / "t.parquet", id=[1, 2], **nested), session)
    assert table.rows.columns == ("id",)
    assert table.source.columns == 4
    (finding,) = table.findings
    assert (finding.code, finding.amount, finding.done) == ("DQ020", 3, "left out: basket, place, photo")


def test_a_file_of_nested_columns_only_is_refused(tmp_path: Path, session: Session) -> None:
    refused = refusal(write(tmp_path / "t.parquet", basket=[["a"]]), session)
    assert "no column of numbers, dates or text" in refused.message


def test_names_that_differ_in_case_only_stay_apart(tmp_path: Path, session: Session) -> None:
    table = read(write(tmp_path / "t.parquet", id=[1], ID=["a"], **{'a "b"; --': [2]}), session)
    assert len({name.casefold() for name in table.rows.columns}) == 3
    assert rows_of(table, session) == [(1, "a", 2)]


def test_a_folder_is_one_table_in_the_order_of_its_paths(tmp_path: Path, session: Session) -> None:
    for number in (10, 2, 1):
        write(tmp_path / "t" / f"part-{number:03}.parquet", id=[number], name=["x"])
    (tmp_path / "t" / "_SUCCESS").touch()
    (tmp_path / "t" / ".part-001.parquet.crc").write_bytes(b"crc")
    table = read(tmp_path / "t", session)
    assert rows_of(table, session) == [(1, "x"), (2, "x"), (10, "x")]
    assert (table.source.file, table.source.dialect) == ("t", {"format": "Parquet", "files": "3"})


def test_what_a_folder_is_called_is_a_column_and_stays_text(tmp_path: Path, session: Session) -> None:
    write(tmp_path / "t" / "region=007" / "a.parquet", id=[1])
    write(tmp_path / "t" / "region=N%20W" / "a.parquet", id=[2])
    table = read(tmp_path / "t", session)
    assert table.rows.types["region"] == "VARCHAR"
    assert rows_of(table, session) == [(1, "007"), (2, "N W")]


def test_an_equals_sign_above_the_folder_is_no_column(tmp_path: Path, session: Session) -> None:
    write(tmp_path / "run=5" / "t" / "a.parquet", id=[1])
    assert read(tmp_path / "run=5" / "t", session).rows.columns == ("id",)
    assert read(tmp_path / "run=5" / "t" / "a.parquet", session).rows.columns == ("id",)


def test_files_may_order_their_columns_and_size_their_numbers_as_they_like(tmp_path: Path, session: Session) -> None:
    write(tmp_path / "t" / "a.parquet", id=pa.array([1], pa.int32()), income=[1], note=pa.nulls(1))
    write(tmp_path / "t" / "b.parquet", note=["x"], income=[2.5], id=pa.array([2], pa.int64()))
    table = read(tmp_path / "t", session)
    assert rows_of(table, session) == [(1, 1.0, None), (2, 2.5, "x")]


@pytest.mark.parametrize(
    ("columns", "difference"),
    [
        ({"id": [2], "income": [5.0], "age": [40]}, "t, b.parquet: has a column 'age' that is not in t, a.parquet"),
        ({"id": [2]}, "t, b.parquet: lacks the column 'income' that is in t, a.parquet"),
        (
            {"id": [2], "income": ["5 EUR"]},
            "t, b.parquet: the column 'income' holds text, but numbers in t, a.parquet",
        ),
    ],
)
def test_files_that_are_not_one_table_are_refused_by_name(
    tmp_path: Path, session: Session, columns: dict[str, Any], difference: str
) -> None:
    write(tmp_path / "t" / "a.parquet", id=[1], income=[2.5])
    write(tmp_path / "t" / "b.parquet", **columns)
    assert refusal(tmp_path / "t", session).message == difference


def test_a_file_that_was_cut_off_is_refused_by_name(tmp_path: Path, session: Session) -> None:
    whole = write(tmp_path / "t" / "a.parquet", id=[1]).read_bytes()
    (tmp_path / "t" / "b.parquet").write_bytes(whole[:-10])
    assert refusal(tmp_path / "t", session).message == "t, b.parquet is a Parquet file that was cut off"
    assert refusal(tmp_path / "t" / "b.parquet", session).message == "b.parquet is a Parquet file that was cut off"


def test_damage_inside_a_file_is_refused_by_name(tmp_path: Path, session: Session) -> None:
    path = write(tmp_path / "t.parquet", id=list(range(100_000)))
    content = bytearray(path.read_bytes())
    content[100:5_000] = bytes(4_900)
    path.write_bytes(content)
    assert refusal(path, session).message.startswith("t.parquet cannot be read as Parquet: ")
    content[-200:-8] = bytes(192)
    path.write_bytes(content)
    assert refusal(path, session).message.startswith("t.parquet cannot be read as Parquet: ")


def test_a_quote_in_a_path_is_only_a_quote(tmp_path: Path, session: Session) -> None:
    assert rows_of(read(write(tmp_path / "it's [a] *.parquet", id=[1]), session), session) == [(1,)]


@pytest.mark.parametrize("unit", ["us", "ns"])
def test_moments_with_a_zone_are_read_in_any_unit(tmp_path: Path, session: Session, unit: str) -> None:
    moment = dt.datetime(2021, 7, 6, 8, 30, tzinfo=dt.UTC)
    pq.write_table(pa.table({"seen": pa.array([moment], pa.timestamp(unit, "Europe/Berlin"))}), tmp_path / "t.parquet")
    table = read(tmp_path / "t.parquet", session)
    assert rows_of(table, session) == [(dt.datetime(2021, 7, 6, 8, 30),)]
    assert table.findings == ()
