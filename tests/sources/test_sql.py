"""A real PostgreSQL: its tables and queries are read whole, nothing is ever changed there, and no password is shown."""

from __future__ import annotations

import json
import logging
import os
import socket
import subprocess
import sys
import traceback
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import psycopg
import pytest
from postgres import Server, server_for_tests

from segreport.config import InputSection
from segreport.domain import SourceTable
from segreport.engine import Session, open_session
from segreport.errors import ExitCode, InputError
from segreport.sources.sql import read_sql
from segreport.sources.sql.address import parse_address
from segreport.sources.sql.other import read_other

BOB = "b0b's pass/word"
ODD = """
    CREATE TYPE mood AS ENUM ('glad', 'sad');
    CREATE TABLE odd (
        id int PRIMARY KEY, small int2, large int8, free numeric, money_like numeric(12, 2), whole numeric(12, 0),
        long numeric(30, 0), single real, double float8, paid money, member bool, born date, seen timestamp,
        zoned timestamptz, name text, code char(5), "Name" varchar(20), key uuid, feeling mood, note json, notes jsonb,
        tags int[], raw bytea, at time);
    INSERT INTO odd VALUES
        (2, 1, 9007199254740993, 'NaN', 'NaN', 'NaN', 123456789012345678901234567890, 0.1, 'NaN', 12.5, true,
         '2014-06-29', '2014-06-29 10:00:00.5', '2014-06-29 10:00:00+02', E'two\\nlines, "quoted"', 'ab', '',
         'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'sad', '{}', '{}', '{1}', 'x', '10:00'),
        (1, -1, 1, 12.5, 1.25, 7, 1, 0.2, 'Infinity', -3, false, 'infinity', '-infinity', '0044-03-15 BC', NULL, NULL,
         E'\\\\.', NULL, 'glad', NULL, NULL, NULL, NULL, NULL);
"""


@dataclass(frozen=True)
class Shop:
    """The database that most tests read."""

    server: Server

    def url(self, table: str = "") -> str:
        return self.server.url("shop") + (f"?table={table}" if table else "")

    def bob(self, table: str = "", password: str = BOB) -> str:
        return self.server.url("shop", user="bob", password=password) + (f"?table={table}" if table else "")

    def run(self, sql: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            answer = connection.execute(sql.encode())
            return answer.fetchall() if answer.description else []


@pytest.fixture(scope="session")
def shop() -> Iterator[Shop]:
    """Bob may connect and read one table; the owner may do anything."""
    with server_for_tests() as server:
        with psycopg.connect(server.url(), autocommit=True) as connection:
            connection.execute(f"CREATE ROLE bob LOGIN PASSWORD '{BOB.replace(chr(39), chr(39) * 2)}'".encode())
            connection.execute("CREATE DATABASE shop")
        shop = Shop(server)
        shop.run(ODD)
        shop.run("CREATE SCHEMA crm; CREATE TABLE crm.customers (id int, spend int); GRANT USAGE ON SCHEMA crm TO bob")
        shop.run("INSERT INTO crm.customers SELECT i, i * 10 FROM generate_series(9, 1, -1) i")
        shop.run("GRANT SELECT ON crm.customers TO bob")
        shop.run("CREATE VIEW spenders AS SELECT * FROM crm.customers WHERE id > 5")
        shop.run('CREATE TABLE empty (a int); CREATE TABLE "Odd Name" (a int); INSERT INTO "Odd Name" VALUES (1)')
        yield shop


@pytest.fixture
def session() -> Iterator[Session]:
    with open_session() as opened:
        yield opened


def read(url: str, session: Session, **options: Any) -> SourceTable:
    return read_sql(url, InputSection(**options), session)


def rows_of(table: SourceTable, session: Session) -> list[tuple[Any, ...]]:
    return session.query(f'SELECT * FROM "{table.rows.name}"')  # type: ignore[attr-defined]


def refused(url: str, session: Session, **options: Any) -> InputError:
    with pytest.raises(InputError) as caught:
        read(url, session, **options)
    assert caught.value.exit_code == ExitCode.INPUT
    assert caught.value.hint
    assert "\n" not in caught.value.message + caught.value.hint
    return caught.value


# ---------------------------------------------------------------- reading


def fill(shop: Shop, table: str, path: Path, columns: str) -> None:
    """A table with the cells of a CSV file as PostgreSQL reads them."""
    shop.run(f"CREATE TABLE {table} ({columns})")
    delimiter = "E'\\t'" if b"\t" in path.read_bytes()[:200] else "','"
    statement = f"COPY {table} FROM STDIN (FORMAT csv, HEADER, DELIMITER {delimiter})"
    with psycopg.connect(shop.url(), autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("SET datestyle = 'ISO, DMY'")
        with cursor.copy(statement.encode()) as copy:
            copy.write(path.read_bytes())


def columns_of(frame: pd.DataFrame, **types: str) -> str:
    kinds = {name: "bigint" if pd.api.types.is_integer_dtype(frame[name]) else "text" for name in frame} | types
    return ", ".join(f'"{name}" {kind}' for name, kind in kinds.items())


def test_a_table_and_a_query_have_the_cells_of_the_file_it_was_loaded_from(
    shop: Shop, session: Session, campaign: Path
) -> None:
    frame = pd.read_csv(campaign, sep="\t").sort_values("ID", ignore_index=True)
    columns = columns_of(frame, ID="bigint PRIMARY KEY", Income="numeric(12, 2)", Dt_Customer="date")
    fill(shop, "campaign", campaign, columns)
    wanted = frame.assign(Dt_Customer=pd.to_datetime(frame["Dt_Customer"], dayfirst=True).dt.date)
    by_name = read(shop.url("campaign"), session)
    by_query = read(shop.url(), session, query='SELECT * FROM public.campaign ORDER BY "ID";')
    assert (by_name.source.rows, by_name.source.columns) == (2240, 29)
    assert by_name.rows.columns == tuple(wanted.columns)
    cells = wanted.astype(object).where(wanted.notna(), None)
    assert rows_of(by_name, session) == [tuple(row) for row in cells.itertuples(index=False)]
    assert rows_of(by_query, session) == rows_of(by_name, session)
    assert by_query.source.sha256 == by_name.source.sha256


def test_the_sample_has_the_cells_of_its_file(shop: Shop, session: Session, sample: Path) -> None:
    frame = pd.read_csv(sample, dtype={"CustomerID": "str"})
    money = {name: "numeric" for name in frame if pd.api.types.is_float_dtype(frame[name])}
    fill(shop, "sample", sample, columns_of(frame, **money))
    table = read(shop.url("sample"), session)
    cells = frame.astype(object).where(frame.notna(), None)
    assert rows_of(table, session) == [tuple(row) for row in cells.itertuples(index=False)]
    assert {"BIGINT", "DOUBLE", "VARCHAR"} == set(table.rows.types.values())


def test_every_type_becomes_number_date_truth_or_text(shop: Shop, session: Session) -> None:
    table = read(shop.url("odd"), session)
    assert dict(table.rows.types) == {
        "id": "BIGINT", "small": "BIGINT", "large": "BIGINT", "free": "DOUBLE", "money_like": "DOUBLE",
        "whole": "BIGINT", "long": "VARCHAR", "single": "DOUBLE", "double": "DOUBLE", "paid": "DOUBLE",
        "member": "BOOLEAN", "born": "DATE", "seen": "TIMESTAMP", "zoned": "TIMESTAMP", "name": "VARCHAR",
        "code": "VARCHAR", "Name (2)": "VARCHAR", "key": "VARCHAR", "feeling": "VARCHAR", "at": "VARCHAR",
    }  # fmt: skip
    first, second = rows_of(table, session)
    assert first == (
        1, -1, 1, 12.5, 1.25, 7, "1", 0.2, None, -3.0, False, None, None, None, None, None, "\\.", None, "glad", None,
    )  # fmt: skip
    assert second == (
        2, 1, 9007199254740993, None, None, None, "123456789012345678901234567890", 0.1, None, 12.5, True,
        date(2014, 6, 29), datetime(2014, 6, 29, 10, 0, 0, 500_000), datetime(2014, 6, 29, 8), 'two\nlines, "quoted"',
        "ab", None, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "sad", "10:00:00",
    )  # fmt: skip
    assert [(f.code, f.amount, f.done) for f in table.findings] == [("DQ020", 4, "left out: note, notes, tags, raw")]


def test_how_it_was_read_is_said_without_server_and_user(shop: Shop, session: Session) -> None:
    source = read(shop.url("crm.customers"), session).source
    assert source.file == "shop.crm.customers"
    assert dict(source.dialect) == {"format": "PostgreSQL", "table": "crm.customers"}
    query = "SELECT id FROM crm.customers"
    source = read(shop.url(), session, query=query).source
    assert source.file == "query on shop"
    assert dict(source.dialect) == {"format": "PostgreSQL", "query": query}


@pytest.mark.parametrize("name", ["crm.customers", "customers", "CRM.Customers", "spenders", "Odd%20Name", "odd name"])
def test_a_table_is_found_by_its_name_with_or_without_its_schema(shop: Shop, session: Session, name: str) -> None:
    assert read(shop.url(name), session).source.rows


def test_a_table_comes_in_the_order_of_its_key_and_a_query_in_its_own(shop: Shop, session: Session) -> None:
    assert [row[0] for row in rows_of(read(shop.url("odd"), session), session)] == [1, 2]
    table = read(shop.url(), session, query="SELECT id FROM crm.customers ORDER BY id % 3, id")
    assert [row[0] for row in rows_of(table, session)] == [3, 6, 9, 1, 4, 7, 2, 5, 8]


def test_columns_of_one_name_are_told_apart(shop: Shop, session: Session) -> None:
    query = 'SELECT id, id, spend AS "ID", 1 FROM crm.customers -- all of them'
    assert read(shop.url(), session, query=query).rows.columns == ("id", "id (2)", "ID (3)", "?column?")


def test_the_digest_is_of_the_values(shop: Shop, session: Session) -> None:
    query = "SELECT i, i::text AS t FROM generate_series(1, {}) i"
    first, again, other = (read(shop.url(), session, query=query.format(n)).source.sha256 for n in (9, 9, 10))
    assert first == again != other
    assert len(first) == 64


def test_a_large_table_is_streamed_whole_and_in_its_order(shop: Shop, session: Session) -> None:
    query = "SELECT i, repeat('x', 40) AS pad, i::numeric AS free FROM generate_series(1, 400000) i"
    table = read(shop.url(), session, query=query)
    name = table.rows.name  # type: ignore[attr-defined]
    assert session.query(f"SELECT count(*), sum(i), max(length(pad)) FROM {name}") == [(400_000, 80_000_200_000, 40)]
    steps = f"SELECT count(*) FROM (SELECT i - lag(i, 1, 0) OVER () AS step FROM {name}) WHERE step <> 1"
    assert session.query(steps) == [(0,)]
    assert table.rows.types["free"] == "BIGINT"


def test_the_older_name_of_the_scheme_and_a_named_driver_are_known(shop: Shop, session: Session) -> None:
    for scheme in ("postgres", "postgresql+psycopg2", "POSTGRESQL"):
        url = shop.url("crm.customers").replace("postgresql", scheme, 1)
        assert read(url, session).source.rows == 9


def test_a_password_may_come_from_the_environment_or_a_file(
    shop: Shop, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"postgresql://bob@127.0.0.1:{shop.server.port}/shop?table=crm.customers"
    monkeypatch.setenv("PGPASSWORD", BOB)
    assert read(url, session).source.rows == 9
    monkeypatch.delenv("PGPASSWORD")
    (tmp_path / "pgpass").write_text(f"127.0.0.1:{shop.server.port}:shop:bob:{BOB}\n", encoding="utf-8")
    (tmp_path / "pgpass").chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "pgpass"))
    assert read(url, session).source.rows == 9
    service = f"[crm]\nhost=127.0.0.1\nport={shop.server.port}\nuser=bob\ndbname=shop\n"
    (tmp_path / "services").write_text(service, encoding="utf-8")
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "services"))
    assert read("postgresql://?service=crm&table=crm.customers", session).source.rows == 9


# ---------------------------------------------------------------- read only


WRITING = [
    "DELETE FROM crm.customers",
    "DELETE FROM crm.customers RETURNING *",
    "WITH gone AS (DELETE FROM crm.customers RETURNING *) SELECT * FROM gone",
    "WITH one AS (SELECT 1) DELETE FROM crm.customers RETURNING *",
    "SELECT 1; DELETE FROM crm.customers",
    "SELECT 1; COMMIT; BEGIN READ WRITE; DELETE FROM crm.customers",
    "SELECT 1) AS q(c0)) TO STDOUT; COMMIT; DELETE FROM crm.customers; --",
    "SELECT * INTO stolen FROM crm.customers",
    "CREATE TABLE stolen AS SELECT * FROM crm.customers",
    "INSERT INTO crm.customers VALUES (0, 0) RETURNING id",
    "SELECT id FROM crm.customers FOR UPDATE",
    "COPY crm.customers TO '/tmp/stolen'",
    "SELECT set_config('transaction_read_only', 'off', false)",
    "SET TRANSACTION READ WRITE",
    "EXPLAIN ANALYZE DELETE FROM crm.customers",
    "",
]


@pytest.mark.parametrize("query", WRITING)
def test_a_query_that_is_not_one_select_is_refused_and_changes_nothing(
    shop: Shop, session: Session, query: str
) -> None:
    before = shop.run("SELECT count(*), sum(spend) FROM crm.customers")
    refused(shop.url(), session, query=query)
    assert shop.run("SELECT count(*), sum(spend) FROM crm.customers") == before
    assert shop.run("SELECT to_regclass('stolen')") == [(None,)]


def test_a_function_that_writes_is_refused_by_the_server(shop: Shop, session: Session) -> None:
    shop.run("""CREATE OR REPLACE FUNCTION wipe() RETURNS int LANGUAGE plpgsql AS
             $$ BEGIN DELETE FROM crm.customers; RETURN 1; END $$""")
    error = refused(shop.url(), session, query="SELECT wipe()")
    assert "would change the database" in error.message
    assert shop.run("SELECT count(*) FROM crm.customers") == [(9,)]


def test_what_a_select_does_besides_is_rolled_back(shop: Shop, session: Session) -> None:
    before = shop.run("SELECT count(*) FROM pg_largeobject_metadata")
    with suppress(InputError):  # newer servers call it a change, and refuse it
        read(shop.url(), session, query="SELECT lo_create(0)::int AS made")
    assert shop.run("SELECT count(*) FROM pg_largeobject_metadata") == before


# ---------------------------------------------------------------- refusals


def test_a_query_that_takes_too_long_is_ended(shop: Shop, session: Session) -> None:
    error = refused(shop.url(), session, query="SELECT 1 AS a, pg_sleep(30)::text AS b", timeout=1)
    assert error.message == "the query took longer than 1 second"
    assert "timeout under [input]" in error.hint
    running = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(30)%' AND pid <> pg_backend_pid()"
    assert shop.run(running) == [(0,)]


def test_a_locked_table_is_not_waited_for_beyond_the_time(shop: Shop, session: Session) -> None:
    with psycopg.connect(shop.url()) as connection:
        connection.execute("LOCK TABLE empty IN ACCESS EXCLUSIVE MODE")
        assert "1 second" in refused(shop.url("empty"), session, timeout=1).message


@pytest.mark.parametrize(
    ("table", "cause", "hint"),
    [
        ("crm.custmers", "has no table or view 'crm.custmers'", "did you mean crm.customers?"),
        ("zzz", "has no table or view 'zzz'", "crm.customers"),
        ("", "the database shop has", "?table="),
        ("empty", "shop.public.empty has no rows", ""),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_with_the_nearest(
    shop: Shop, session: Session, table: str, cause: str, hint: str
) -> None:
    error = refused(shop.url(table), session)
    assert cause in error.message
    assert hint in error.hint


@pytest.mark.parametrize(
    ("query", "cause"),
    [
        ("SELEC 1", 'syntax error at or near "SELEC"'),
        ("SELECT spent FROM crm.customers", 'column "spent" does not exist'),
        ("SELECT * FROM nowhere", 'relation "nowhere" does not exist'),
        ("SELECT 1 / (id - id) AS x FROM crm.customers", "division by zero"),
        ("SELECT 1 AS a WHERE false", "query on shop has no rows"),
        ("SELECT '{}'::json AS j", "no column of numbers, dates or text"),
        ("SELECT 1 /* no end", "unterminated"),
    ],
)
def test_a_query_that_cannot_be_answered_is_refused_in_one_line(
    shop: Shop, session: Session, query: str, cause: str
) -> None:
    assert cause in refused(shop.url(), session, query=query).message


def test_a_table_and_a_query_at_once_are_refused(shop: Shop, session: Session) -> None:
    assert "both a table and a query" in refused(shop.url("odd"), session, query="SELECT 1").message


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def unusable(shop: Shop) -> list[tuple[str, str]]:
    port = shop.server.port
    return [
        (shop.bob("odd"), "permission denied for table odd"),
        (shop.bob("odd", password="wr0ng-pass"), "the database refuses the password of 'bob'"),
        (f"postgresql://bob@127.0.0.1:{port}/shop", "asks for a password"),
        (shop.server.url("nowhere"), "has no database 'nowhere'"),
        (f"postgresql://bob:wr0ng-pass@127.0.0.1:{free_port()}/shop", "no PostgreSQL server answers at 127.0.0.1"),
        ("postgresql://bob:wr0ng-pass@no.such.host.invalid/shop", "there is no server no.such.host.invalid"),
        (shop.bob() + "?tabel=odd", "unknown option 'tabel'"),
        (shop.bob() + "?sslmode=require", "no encrypted connection"),
        (shop.bob() + "?connect_timeout=soon", "no PostgreSQL server answers"),
        (shop.bob().replace(f":{port}/", ":99999/"), "99999"),
        ("postgresql://?service=n0-such-service", "service"),
        *((f"postgresql://bob:wr0ng{mark}pass@127.0.0.1:{port}/shop", "cannot be read") for mark in "@/#?["),
    ]


def test_a_database_that_cannot_be_reached_is_refused_with_the_reason(shop: Shop, session: Session) -> None:
    for url, cause in unusable(shop):
        assert cause in refused(url, session).message


def test_without_its_driver_postgresql_says_what_to_install(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert "pip install" in refused("postgresql://h/d?table=t", session).hint


# ---------------------------------------------------------------- the password


def test_no_password_is_in_anything_printed_written_or_logged(
    shop: Shop, session: Session, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    words: list[str] = []
    usable = [shop.bob(), shop.bob("crm.customers"), shop.bob("nowhere")]
    for url in [url for url, _ in unusable(shop)] + usable:
        try:
            words += [repr(parse_address(url)), str(parse_address(url))]
            words.append(repr(read(url, session)))
        except InputError:
            words.append("".join(traceback.format_exception(*sys.exc_info())))  # type: ignore[arg-type]
    words.append(repr(read(shop.bob(), session, query="SELECT 1 AS one")))
    written = " ".join(words) + caplog.text
    for secret in (BOB, "b0b", "wr0ng", "pass/word", "word@", shop.server.password, "s3cr"):
        assert secret not in written


def test_no_password_is_in_the_output_of_a_process_that_fails(shop: Shop, tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "from segreport.config import InputSection\n"
        "from segreport.engine import open_session\n"
        "from segreport.sources.sql import read_sql\n"
        "with open_session() as session:\n"
        "    read_sql(sys.stdin.read(), InputSection(), session)\n"
    )
    nowhere = f"postgresql://bob:wr0ng-pass@127.0.0.1:{free_port()}/d"
    for url in (shop.bob("odd"), shop.bob("odd", password="wr0ng-pass"), nowhere):
        done = subprocess.run(
            [sys.executable, "-X", "dev", "-c", script], input=url, capture_output=True, text=True, cwd=tmp_path,
            env=os.environ | {"PYTHONFAULTHANDLER": "1"}, check=False,
        )  # fmt: skip
        assert "InputError" in done.stderr
        assert not any(secret in done.stdout + done.stderr for secret in ("b0b", "wr0ng", "pass/word", "pass%2F"))
    assert not list(tmp_path.iterdir())


def command(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "segreport", *arguments]
    return subprocess.run(words, capture_output=True, text=True, cwd=folder, check=False)


def everything_in(folder: Path) -> bytes:
    """The bytes and names of all files, those inside workbooks and decks too."""
    found = b""
    for path in (path for path in folder.rglob("*") if path.is_file()):
        found += str(path).encode() + path.read_bytes()
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                found += b"".join(archive.read(name) for name in archive.namelist())
    return found


@pytest.mark.slow
def test_a_run_of_a_database_writes_the_report_of_its_file_and_nothing_of_the_way_there(
    shop: Shop, sample: Path, tmp_path: Path
) -> None:
    frame = pd.read_csv(sample, dtype={"CustomerID": "str"})
    fill(shop, "tea", sample, columns_of(frame, **dict.fromkeys(frame.columns[frame.dtypes == "float64"], "numeric")))
    shop.run("GRANT SELECT ON tea TO bob")
    done = command("run", shop.bob("tea"), "-o", "out", "--formats", "xlsx", "--log", "run.log", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    refused = command("run", shop.bob("tea", password="wr0ng-pass"), "-o", "no", "--log", "no.log", folder=tmp_path)
    assert refused.returncode == ExitCode.INPUT
    assert "refuses the password of 'bob'" in refused.stderr
    results = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    assert results["source"]["file"] == "shop.public.tea"
    assert sum(segment["size"] for segment in results["segments"]) == 2000
    written = everything_in(tmp_path) + "".join((done.stdout, done.stderr, refused.stdout, refused.stderr)).encode()
    for secret in ("b0b", "wr0ng", "pass/word", "pass%2Fword", "127.0.0.1"):
        assert secret.encode() not in written


# ---------------------------------------------------------------- what SQLAlchemy reads


def test_another_system_is_read_through_sqlalchemy(shop: Shop, session: Session) -> None:
    url = shop.url().replace("postgresql", "postgresql+psycopg", 1)
    table = read_other(parse_address(url), InputSection(table="crm.customers"), session)
    assert sorted(rows_of(table, session)) == [(i, i * 10) for i in range(1, 10)]
    assert table.source.file == "shop.crm.customers"
    query = "SELECT i, i * 0.5 AS half, 'n' || i AS name, date '2014-01-01' + i AS day FROM generate_series(1, 50000) i"
    table = read_other(parse_address(url), InputSection(query=query), session)
    assert list(table.rows.types.values()) == ["BIGINT", "DOUBLE", "VARCHAR", "DATE"]
    assert table.source.rows == 50_000


@pytest.mark.parametrize("query", [query for query in WRITING if "set_config" not in query and "UPDATE" not in query])
def test_through_sqlalchemy_too_only_one_select_is_let_through(shop: Shop, session: Session, query: str) -> None:
    url = shop.url().replace("postgresql", "postgresql+psycopg", 1)
    with pytest.raises(InputError):
        read_other(parse_address(url), InputSection(query=query), session)
    assert shop.run("SELECT count(*) FROM crm.customers") == [(9,)]


@pytest.mark.parametrize(
    ("url", "cause", "hint"),
    [
        ("mysql+pymysql://u:wr0ng@h/d?table=t", "mysql is read with pymysql", "pip install pymysql"),
        ("mysql://u:wr0ng@h/d?table=t", "mysql is read with mysqlclient", "pip install mysqlclient"),
        ("oracle9://u:wr0ng@h/d?table=t", "no driver for oracle9", "pip"),
        ("https://example.org/customers.csv", "https:// is not read", "download"),
    ],
)
def test_a_system_without_a_driver_says_what_to_install(session: Session, url: str, cause: str, hint: str) -> None:
    error = refused(url, session)
    assert cause in error.message
    assert hint in error.hint
    assert "wr0ng" not in "".join(traceback.format_exception(error))
