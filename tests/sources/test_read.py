"""Every kind of input goes to its reader, and several of one shape make one table."""

from __future__ import annotations

import gzip
import hashlib
import io
import sqlite3
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from segreport.config import InputSection
from segreport.domain import SourceTable
from segreport.engine import Session, open_session
from segreport.errors import ConfigError, InputError
from segreport.sources import read

TABLE = [["id", "name", "spend"], ["001", "Müller, K.", "12.5"], ["002", "=1+1", "7"], ["003", 'say "hi"', "9"]]
TEXT = 'id;name;spend\n001;Müller, K.;12.5\n002;=1+1;7\n003;"say ""hi""";9\n'


@pytest.fixture
def session() -> Iterator[Session]:
    with open_session() as opened:
        yield opened


def cells(table: SourceTable) -> list[list[str]]:
    frame = table.rows.frame()
    rows = [[f"{cell:g}" if isinstance(cell, float) else cell for cell in row] for row in frame.to_numpy().tolist()]
    return [list(frame), *rows]


def as_csv(path: Path) -> Path:
    path.write_text(TEXT, encoding="utf-8")
    return path


def as_gzip(path: Path) -> Path:
    path.write_bytes(gzip.compress(TEXT.encode()))
    return path


def as_zip(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("inner.csv", TEXT)
    return path


def as_parquet(path: Path) -> Path:
    pq.write_table(pa.table({name: [row[at] for row in TABLE[1:]] for at, name in enumerate(TABLE[0])}), path)
    return path


def as_workbook(path: Path) -> Path:
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = "Notes"
    sheet = book.create_sheet("Data")
    for row in TABLE:
        sheet.append(row)
    for row in sheet:
        for cell in row:
            cell.data_type = "s"
    book.save(path)
    return path


def as_sqlite(path: Path) -> Path:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE customers (id TEXT, name TEXT, spend TEXT)")
        connection.executemany("INSERT INTO customers VALUES (?, ?, ?)", TABLE[1:])
    connection.close()
    return path


@pytest.mark.parametrize("write", [as_csv, as_gzip, as_zip, as_parquet, as_workbook, as_sqlite])
def test_the_same_table_is_read_from_every_kind_of_file(session: Session, tmp_path: Path, write: object) -> None:
    path = write(tmp_path / "customers.data")  # type: ignore[operator]
    table = read([str(path)], InputSection(), session)
    assert cells(table) == TABLE
    assert table.source.rows == 3
    assert table.source.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_table_comes_through_standard_input(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode()), encoding="utf-8"))
    table = read(["-"], InputSection(), session)
    assert cells(table) == TABLE
    assert table.source.file == "standard input"


def test_several_inputs_of_one_shape_make_one_table_in_their_order(session: Session, tmp_path: Path) -> None:
    (tmp_path / "jan.csv").write_text("id,spend\n1,5\n2,6\nbad\n", encoding="utf-8")
    (tmp_path / "feb.csv").write_text("spend;id\n7,5;3\n", encoding="utf-8")
    pq.write_table(pa.table({"id": ["4"], "spend": [8.0]}), tmp_path / "mar.parquet")
    names = ("jan.csv", "feb.csv", "mar.parquet")
    table = read([str(tmp_path / name) for name in names], InputSection(), session)
    assert table.rows.frame()["id"].tolist() == ["1", "2", "3", "4"]
    assert (table.source.file, table.source.rows) == ("jan.csv + feb.csv + mar.parquet", 5)
    assert [(reject.line, reject.reason[:8]) for reject in table.rejects] == [(4, "jan.csv:")]
    assert table.source.dialect["inputs"] == "3"


def test_inputs_of_different_shapes_are_refused_by_the_column(session: Session, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,spend\n1,5\n2,6\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("id,town\n1,x\n2,y\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"b\.csv has no column 'spend'"):
        read([str(tmp_path / "a.csv"), str(tmp_path / "b.csv")], InputSection(), session)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.csv", b"", "is empty"),
        ("blank.csv", b" \n\n", "is empty"),
        ("header.csv", b"a,b,c\n", "has a header but no rows"),
        ("page.csv", b"<!DOCTYPE html><html><body>log in</body></html>", "HTML"),
        ("zipped.csv", b"PK\x03\x04 something", "zip"),
        ("binary.csv", b"a\0\1\2b\0\3c\xff\0", "binary"),
        ("ragged.csv", b"a,b\n1\n2\n3\n4,5\n", "line 2"),
    ],
)
def test_what_is_no_table_is_refused_in_one_line(
    session: Session, tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=message) as refused:
        read([str(tmp_path / name)], InputSection(), session)
    assert "\n" not in refused.value.message
    assert refused.value.hint


def test_a_query_for_what_is_no_database_is_refused(session: Session, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="a query asks a database"):
        read([str(as_csv(tmp_path / "t.csv"))], InputSection(query="select 1"), session)


def test_the_real_table_is_read_whole(session: Session, campaign: Path) -> None:
    table = read([str(campaign)], InputSection(), session)
    assert (table.source.rows, table.source.columns) == (2240, 29)
    assert table.source.sha256 == hashlib.sha256(campaign.read_bytes()).hexdigest()
