"""Tables stay in the session; once it is sealed, nothing in it reaches a file or the network."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from segreport.engine import Session, name_of, open_session, text_of


@pytest.fixture
def session() -> Iterator[Session]:
    with open_session() as opened:
        yield opened


def test_a_frame_has_floats_dates_and_text(session: Session) -> None:
    numbers, others = "1 AS n, 2.50::DECIMAL(9, 2) AS d, true AS b", "DATE '2020-01-05' AS t, 'x' AS s, NULL AS e"
    rows = session.create(f"SELECT {numbers}, {others}")
    kinds = [str(kind) for kind in rows.frame().dtypes]
    assert kinds == ["float64", "float64", "float64", "datetime64[us]", "object", "object"]
    assert rows.frame(["s", "n"]).iloc[0].tolist() == ["x", 1.0]


def test_arrow_data_is_loaded_in_its_order(session: Session) -> None:
    reader = pa.table({"x": range(10_000)}).to_reader(max_chunksize=100)
    rows = session.load(reader)
    assert rows.count() == 10_000
    assert rows.frame()["x"].tolist() == list(range(10_000))


def test_names_and_texts_are_quoted(session: Session) -> None:
    text, name = "it's", 'a "b" c'
    rows = session.create(f"SELECT {text_of(text)} AS {name_of(name)}")
    assert rows.columns == (name,)
    assert rows.frame().iloc[0, 0] == text


def test_a_table_larger_than_the_memory_spills_to_disk() -> None:
    with open_session(memory_bytes=60_000_000) as session:
        rows = session.create("SELECT range AS n, repeat('x', 100) || range AS s FROM range(2000000)")
        assert session.query(f"SELECT count(DISTINCT n) FROM {name_of(rows.name)}") == [(2_000_000,)]


WAYS_OUT = (
    "SELECT * FROM read_text('{file}')",
    "SELECT * FROM read_csv('{file}')",
    "SELECT * FROM read_blob('{file}')",
    "SELECT * FROM '{file}'",
    "SELECT * FROM glob('{folder}/*')",
    "COPY (SELECT 1) TO '{folder}/out.csv'",
    "ATTACH '{folder}/other.db'",
    "EXPORT DATABASE '{folder}/all'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SELECT * FROM read_csv('http://127.0.0.1:9/x.csv')",
    "SET enable_external_access = true",
    "SET temp_directory = '{folder}'",
    "SELECT * FROM secret_frame",
)


@pytest.mark.parametrize("statement", WAYS_OUT)
def test_a_sealed_session_has_no_way_out(session: Session, tmp_path: Path, statement: str) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a,b\n1,2\n")
    secret_frame = pa.table({"x": [1]})
    session.seal()
    with pytest.raises(duckdb.Error):
        session.query(statement.format(file=secret, folder=tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["secret.csv"]
    assert secret_frame.num_rows == 1


def test_the_scratch_folder_is_gone_at_the_end() -> None:
    with open_session() as session:
        folder = Path(session.folder)
        assert folder.is_dir()
    assert not folder.exists()


def test_what_a_killed_run_left_is_removed_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    script = "import os\nfrom segreport.engine import open_session\n"
    script += "with open_session() as s:\n    open(s.folder + '/table', 'w').write('x'); os.kill(os.getpid(), 9)"
    subprocess.run([sys.executable, "-c", script], env=os.environ | {"TMPDIR": str(tmp_path)}, check=False)
    assert len(list(tmp_path.glob("segreport-*/table"))) == 1
    with open_session() as first, open_session() as second:
        assert {path.name for path in tmp_path.iterdir()} == {Path(first.folder).name, Path(second.folder).name}
    assert list(tmp_path.iterdir()) == []


def test_the_time_zone_of_the_machine_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        with open_session() as session:
            assert session.query("SELECT hour(to_timestamp(0)), current_setting('TimeZone')") == [(0, "UTC")]
    finally:
        monkeypatch.undo()
        time.tzset()
