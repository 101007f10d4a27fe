"""Whatever becomes of the process that parses a file, the run gets a table or a refusal, and nothing is left behind."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from segreport.domain import SourceTable
from segreport.engine import Session, open_session
from segreport.errors import InputError
from segreport.sources.child import LEAST_MEMORY, ParserBug, memory_limit, parse
from segreport.sources.place import Place

WHOLE = {"sheet": None, "skip_rows": None}


@pytest.fixture
def session() -> Iterator[Session]:
    with open_session() as opened:
        yield opened
        assert not list(Path(opened.folder).glob("parsed-*"))
        assert not children()


@pytest.fixture
def book(tmp_path: Path) -> Path:
    opened = openpyxl.Workbook()
    for row in [["ID", "Income"], *([number, number * 1.5] for number in range(20))]:
        opened.worksheets[0].append(row)
    opened.save(tmp_path / "t.xlsx")
    return tmp_path / "t.xlsx"


def read(path: Path, session: Session, *, seconds: int = 60, options: dict[str, object] = WHOLE) -> SourceTable:
    return parse("workbook", Place(path, path.name, Path(session.folder)), options, session, seconds=seconds)


def children() -> list[int]:
    tasks = Path("/proc/self/task")
    if not tasks.is_dir():
        pytest.skip("this system does not list processes under /proc")
    return [int(pid) for task in tasks.iterdir() for pid in (task / "children").read_text().split()]


def test_a_table_comes_back_and_nothing_is_left(book: Path, session: Session) -> None:
    assert read(book, session).source.rows == 20


def test_what_takes_too_long_is_refused(book: Path, session: Session) -> None:
    with pytest.raises(InputError, match=r"t\.xlsx took longer than 0 seconds to read") as refused:
        read(book, session, seconds=0)
    assert "CSV" in refused.value.hint


def test_a_bug_travels_with_its_traceback(book: Path, session: Session) -> None:
    with pytest.raises(ParserBug, match=r"Traceback[\s\S]*KeyError: 'sheet'"):
        read(book, session, options={})


@pytest.mark.parametrize(
    ("number", "what"), [(signal.SIGSEGV, "brought the program down"), (signal.SIGKILL, "GB of memory it may take")]
)
def test_a_process_that_dies_is_a_refusal(book: Path, session: Session, number: signal.Signals, what: str) -> None:
    known = set(children())

    def strike() -> None:
        until = time.monotonic() + 10
        while time.monotonic() < until:
            for pid in set(children()) - known:
                os.kill(pid, number)
                return

    killer = threading.Thread(target=strike)
    killer.start()
    with pytest.raises(InputError, match=what) as refused:
        read(book, session)
    killer.join()
    assert refused.value.message.startswith("t.xlsx ")
    assert refused.value.hint


def test_files_in_the_working_folder_are_no_part_of_the_program(
    book: Path, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    (book.parent / "json.py").write_text("raise SystemExit('a file of the user was run')\n")
    monkeypatch.chdir(book.parent)
    assert read(book, session).source.rows == 20


def test_a_large_file_may_take_more_memory_than_a_small_one() -> None:
    assert memory_limit(1_000) <= LEAST_MEMORY
    assert memory_limit(1_000) <= memory_limit(50_000_000) <= memory_limit(10**12)
