"""SQLite and DuckDB files are read whole and left as they are, and a query reaches nothing beside them."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from segreport.config import InputSection
from segreport.domain import SourceTable
from segreport.engine import Session, open_session
from segreport.errors import ExitCode, InputError
from segreport.sources.place import Place, digest
from segreport.sources.sql import read_duckdb_file, read_sql, read_sqlite, split_table

READERS: dict[str, Callable[..., SourceTable]] = {"shop.db": read_sqlite, "shop.duckdb": read_duckdb_file}


@pytest.fixture
def session() -> Iterator[Session]:
    with open_session() as opened:
        yield opened


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """The same two tables and a view in a file of either kind."""
    statements = (
        "CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, income DOUBLE)",
        "INSERT INTO customers VALUES (1, 'Zoë', 10.5), (2, '', NULL), (3, 'O''Hara', 1e3)",
        "CREATE TABLE orders (id INTEGER)",
        "CREATE VIEW earners AS SELECT * FROM customers WHERE income > 100",
    )
    lite, duck = sqlite3.connect(tmp_path / "shop.db"), duckdb.connect(str(tmp_path / "shop.duckdb"))
    for statement in statements:
        lite.execute(statement)
        duck.execute(statement)
    lite.commit()
    lite.close()
    duck.close()
    return tmp_path


def read(path: Path, session: Session, table: str | None = None, **options: Any) -> SourceTable:
    reader = READERS.get(path.name, read_duckdb_file if path.suffix == ".duckdb" else read_sqlite)
    return reader(Place(path, path.name, path.parent), InputSection(table=table, **options), session)


def rows_of(table: SourceTable, session: Session) -> list[tuple[Any, ...]]:
    return session.query(f'SELECT * FROM "{table.rows.name}"')  # type: ignore[attr-defined]


def refused(path: Path, session: Session, table: str | None = None, **options: Any) -> InputError:
    with pytest.raises(InputError) as caught:
        read(path, session, table, **options)
    assert caught.value.exit_code == ExitCode.INPUT
    assert caught.value.hint
    assert "\n" not in caught.value.message
    return caught.value


both = pytest.mark.parametrize("name", READERS)


@both
def test_a_table_a_view_and_a_query_are_read(name: str, files: Path, session: Session) -> None:
    table = read(files / name, session, "Customers")
    assert rows_of(table, session) == [(1, "Zoë", 10.5), (2, None, None), (3, "O'Hara", 1000.0)]
    assert list(table.rows.types.values()) == ["BIGINT", "VARCHAR", "DOUBLE"]
    assert (table.source.file, table.source.sha256, table.source.rows) == (name, "", 3)
    assert table.source.dialect["table"] == "customers"
    assert rows_of(read(files / name, session, "earners"), session) == [(3, "O'Hara", 1000.0)]
    by_query = read(files / name, session, query="SELECT name AS a, id AS A FROM customers ORDER BY id DESC; ")
    assert rows_of(by_query, session)[0] == ("O'Hara", 3)
    assert by_query.rows.columns == ("a", "A (2)")


@both
def test_of_several_tables_one_must_be_named(name: str, files: Path, session: Session) -> None:
    error = refused(files / name, session)
    assert error.message == f"{name} has 3 tables: customers, earners, orders"
    assert "?table=customers" in error.hint
    assert "did you mean customers?" in refused(files / name, session, "custmers").hint
    assert "no rows" in refused(files / name, session, "orders").message


def test_a_single_table_need_not_be_named(tmp_path: Path, session: Session) -> None:
    lite, duck = sqlite3.connect(tmp_path / "one.db"), duckdb.connect(str(tmp_path / "one.duckdb"))
    for connection in (lite, duck):
        connection.execute("CREATE TABLE only_one AS SELECT 7 AS id")
    lite.commit()
    lite.close()
    duck.close()
    for path in (tmp_path / "one.db", tmp_path / "one.duckdb"):
        assert rows_of(read(path, session), session) == [(7,)]


@both
def test_an_address_reads_the_same_and_digests_the_file(name: str, files: Path, session: Session) -> None:
    scheme = "sqlite" if name == "shop.db" else "duckdb"
    table = read_sql(f"{scheme}:///{files / name}?table=customers", InputSection(), session)
    assert table.source.rows == 3
    assert table.source.sha256 == digest(files / name)
    with pytest.raises(InputError, match="there is no file"):
        read_sql(f"{scheme}:///nowhere.db?table=customers", InputSection(), session)
    with pytest.raises(InputError, match="not followed by a file"):
        read_sql(f"{scheme}://shop.db", InputSection(), session)


WRITING = [
    "DELETE FROM customers",
    "DELETE FROM customers RETURNING *",
    "INSERT INTO customers (id) VALUES (9) RETURNING id",
    "SELECT 1; DELETE FROM customers",
    "ATTACH 'other.db' AS other",
    "PRAGMA user_version = 7",
    "VACUUM INTO 'copy.db'",
    "COPY customers TO 'copy.csv'",
    "EXPORT DATABASE 'copies'",
    "SET threads = 1",
    "SELECT load_extension('x')",
    "SELECT writefile('copy', 'x')",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM read_text('https://example.org')",
    "INSTALL httpfs",
    "",
    "SELEC 1",
]


@both
@pytest.mark.parametrize("query", WRITING)
def test_a_query_can_only_read_the_file_it_is_asked_of(
    name: str, query: str, files: Path, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(files)
    before = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files.iterdir()}
    refused(files / name, session, query=query)
    assert {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files.iterdir()} == before


@both
def test_a_table_and_a_query_at_once_are_refused(name: str, files: Path, session: Session) -> None:
    assert "both a table and a query" in refused(files / name, session, "orders", query="SELECT 1 AS a").message


@both
def test_a_query_without_end_is_ended(name: str, files: Path, session: Session) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) AS n FROM n"
    error = refused(files / name, session, query=endless, timeout=1)
    assert error.message == "the query took longer than 1 second"


def test_a_log_beside_a_sqlite_file_is_read_and_none_is_left(tmp_path: Path, session: Session) -> None:
    path = tmp_path / "shop.db"
    writer = sqlite3.connect(path)
    writer.execute("PRAGMA journal_mode = WAL")
    writer.execute("CREATE TABLE t AS SELECT 1 AS id")
    writer.commit()
    assert rows_of(read(path, session), session) == [(1,)]
    writer.close()
    assert rows_of(read(path, session), session) == [(1,)]
    assert [file.name for file in tmp_path.iterdir()] == ["shop.db"]


def test_every_cell_of_sqlite_decides_its_columns_type(tmp_path: Path, session: Session) -> None:
    path = tmp_path / "odd.db"
    with sqlite3.connect(path) as writer:
        writer.execute("CREATE TABLE t (id TEXT PRIMARY KEY, whole, real, mixed, raw, blank, large)")
        rows = [
            ("b", 1, 1, "x", b"1", None, 2**60),
            ("a", 2, 2.5, 7, None, None, 1),
            ("c", None, float("inf"), 0.5, 1, None, 1),
        ]
        writer.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
    writer.close()
    table = read(path, session)
    assert rows_of(table, session) == [
        ("a", 2, 2.5, "7", None, 1),
        ("b", 1, 1.0, "x", None, 2**60),
        ("c", None, None, "0.5", None, 1),
    ]
    assert [(f.code, f.done) for f in table.findings] == [("DQ020", "left out: raw")]


def test_every_type_of_duckdb_becomes_number_date_truth_or_text(tmp_path: Path, session: Session) -> None:
    path = tmp_path / "odd.duckdb"
    with duckdb.connect(str(path)) as writer:
        writer.execute(
            "CREATE TABLE t AS SELECT 5::HUGEINT AS h, 170141183460469231731687303715884105727 AS long, "
            "0.1::FLOAT AS f, 1.25::DECIMAL(9, 2) AS d, TIMESTAMPTZ '2014-06-29 10:00:00+02' AS z, "
            "DATE '2014-06-29' AS day, 'infinity'::DATE AS never, 'nan'::DOUBLE AS nan, 'a'::ENUM ('a', 'b') AS e, "
            "TRUE AS b, [1] AS list, "
            "TIME '10:00' AS at, 'x'::BLOB AS raw, NULL AS nothing"
        )
    table = read(path, session)
    assert rows_of(table, session) == [
        (
            5, "170141183460469231731687303715884105727", 0.1, 1.25, datetime(2014, 6, 29, 8), date(2014, 6, 29), None,
            None, "a", True, "10:00:00", None,
        )
    ]  # fmt: skip
    assert table.findings[0].done == "left out: list, raw"


def test_the_marketing_table_in_a_file_has_the_cells_of_the_csv(
    campaign: Path, tmp_path: Path, session: Session
) -> None:
    frame = pd.read_csv(campaign, sep="\t")
    with sqlite3.connect(tmp_path / "campaign.db") as lite:
        frame.to_sql("campaign", lite, index=False)
    lite.close()
    with duckdb.connect(str(tmp_path / "campaign.duckdb")) as duck:
        duck.register("given", frame)
        duck.execute("CREATE TABLE campaign AS SELECT * FROM given")
    cells = frame.astype(object).where(frame.notna(), None)
    wanted = [tuple(row) for row in cells.itertuples(index=False)]
    for name in ("campaign.db", "campaign.duckdb"):
        table = read(tmp_path / name, session)
        assert rows_of(table, session) == wanted
        assert table.source.columns == 29


@pytest.mark.parametrize(
    ("content", "cause"),
    [(b"SQLite format 3\0" + b"x" * 5000, "damaged"), (b"SQLite format 3\0", "damaged")],
)
def test_a_damaged_sqlite_file_is_refused(content: bytes, cause: str, tmp_path: Path, session: Session) -> None:
    (tmp_path / "bad.db").write_bytes(content)
    assert cause in refused(tmp_path / "bad.db", session).message


def test_a_duckdb_file_that_cannot_be_opened_is_refused(files: Path, session: Session) -> None:
    cut = files / "cut.duckdb"
    cut.write_bytes((files / "shop.duckdb").read_bytes()[:5000])
    assert "cut.duckdb cannot be opened" in refused(cut, session).message
    with duckdb.connect(str(files / "shop.duckdb")):
        assert "open elsewhere" in refused(files / "shop.duckdb", session, "customers").message


def test_text_that_is_not_utf_8_is_refused_by_its_column(tmp_path: Path, session: Session) -> None:
    with sqlite3.connect(tmp_path / "odd.db") as writer:
        writer.execute("CREATE TABLE t AS SELECT CAST(x'ff41' AS TEXT) AS town")
    writer.close()
    assert "'town'" in refused(tmp_path / "odd.db", session).message


@pytest.mark.parametrize(
    ("text", "path", "table"),
    [
        ("shop.db", "shop.db", None),
        ("data/shop.db?table=customers", "data/shop.db", "customers"),
        ("shop.db?table=my%20customers", "shop.db", "my customers"),
        ("shop.db?table=", "shop.db", None),
        ("what?.csv", "what?.csv", None),
    ],
)
def test_a_table_may_follow_a_path(text: str, path: str, table: str | None) -> None:
    assert split_table(text) == (path, table)
