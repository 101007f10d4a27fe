"""Publishing: all of the new files or none of them, and nothing left over of runs that were killed."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from segreport.errors import InputError, OutputError
from segreport.publish import publish, read_manifest, work_folder

CONFIG = {"report": {"name": "t"}, "input": {"file": "t.csv"}, "config": {}}
KILLED = """
import os, signal, sys
from pathlib import Path
import segreport.publish
replace, calls = os.replace, 0
def dying(source, target):
    global calls
    calls += 1
    if calls == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
    replace(source, target)
folder = Path(sys.argv[1])
with segreport.publish.work_folder(folder) as work:
    for name in ("brief.pdf", "deck.pptx"):
        (work / name).write_text("new")
    os.replace = dying
    segreport.publish.publish(work, folder, {"report": {"name": "t"}, "input": {"file": "t.csv"}, "config": {}})
"""


def make(folder: Path, **files: str) -> None:
    with work_folder(folder) as work:
        for name, text in files.items():
            (work / name.replace("_", ".")).write_text(text)
        publish(work, folder, CONFIG)


def state(folder: Path) -> dict[str, bytes | None]:
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """An output of three files, one of which the next run does not make, and a file of the user's own."""
    folder = tmp_path / "out"
    make(folder, brief_pdf="old brief", workbook_xlsx="old workbook", rejects_csv="old rejects")
    (folder / "notes.txt").write_text("mine")
    return folder


def test_the_new_files_replace_the_old_and_what_is_no_longer_made_goes(published: Path) -> None:
    make(published, brief_pdf="new", deck_pptx="new")
    assert set(state(published)) == {"brief.pdf", "deck.pptx", "manifest.json", "notes.txt"}
    assert (published / "brief.pdf").read_text() == "new"


def test_what_is_kept_stays_in_place_and_in_the_manifest(published: Path) -> None:
    kept = [entry for entry in read_manifest(published).files if entry.name != "brief.pdf"]
    with work_folder(published) as work:
        (work / "brief.pdf").write_text("new")
        assert publish(work, published, CONFIG, kept=kept) == ("brief.pdf", "manifest.json")
    files = json.loads((published / "manifest.json").read_text())["files"]
    assert [entry["name"] for entry in files] == ["brief.pdf", "rejects.csv", "workbook.xlsx"]
    for entry in files:
        assert hashlib.sha256((published / entry["name"]).read_bytes()).hexdigest() == entry["sha256"]


def test_a_folder_in_a_files_place_stops_everything(published: Path) -> None:
    (published / "workbook.xlsx").unlink()
    (published / "workbook.xlsx").mkdir()
    (published / "workbook.xlsx" / "mine.txt").write_text("mine")
    before = state(published)
    with pytest.raises(OutputError, match=r"workbook\.xlsx is a folder"):
        make(published, brief_pdf="new", workbook_xlsx="new")
    assert state(published) == before


def failing(monkeypatch: pytest.MonkeyPatch, fails: Callable[[int], bool]) -> list[int]:
    """Let the calls of os.replace fail that ``fails`` says; gives the list that they are counted in."""
    replace, calls = os.replace, []

    def faulty(source: Path, target: Path) -> None:
        calls.append(len(calls) + 1)
        if fails(len(calls)):
            raise OSError(errno.ENOSPC, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(os, "replace", faulty)
    return calls


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_whichever_move_fails_the_old_output_is_whole(
    published: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    before = state(published)
    calls = failing(monkeypatch, lambda call: call == number)
    with pytest.raises(OutputError, match="No space left"):
        make(published, brief_pdf="new", deck_pptx="new")
    assert len(calls) >= number
    assert state(published) == before


def test_the_moves_are_five(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = failing(monkeypatch, lambda call: False)
    make(published, brief_pdf="new", deck_pptx="new")
    assert len(calls) == 5


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_what_could_not_be_put_back_is_kept_and_put_back_by_the_next_run(
    published: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    before = state(published)
    with monkeypatch.context() as patch:
        failing(patch, lambda call: call >= number)
        with pytest.raises(OutputError):
            make(published, brief_pdf="new", deck_pptx="new")
    with work_folder(published):
        pass
    assert state(published) == before


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_a_signal_in_the_midst_of_it_leaves_the_old_output_whole(
    published: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    before = state(published)
    replace, calls = os.replace, []

    def interrupted(source: Path, target: Path) -> None:
        replace(source, target)
        calls.append(target)
        if len(calls) == 4:
            raise error

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(error):
        make(published, brief_pdf="new", deck_pptx="new")
    assert state(published) == before


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_after_a_kill_the_next_run_finds_the_old_output_whole_and_clears_the_rest(published: Path, number: int) -> None:
    before = state(published)
    done = subprocess.run([sys.executable, "-c", KILLED, str(published), str(number)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert list(published.glob(".segreport-*"))
    with work_folder(published) as work:
        assert list(published.glob(".segreport-*")) == [work]
    assert state(published) == before


def test_the_work_folder_of_a_run_that_lives_is_left_alone(tmp_path: Path) -> None:
    script = (
        "import sys\nfrom pathlib import Path\nfrom segreport.publish import work_folder\n"
        "with work_folder(Path(sys.argv[1])) as work:\n    print(work, flush=True)\n    sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "out")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        alive = Path(other.stdout.readline().strip())
        make(tmp_path / "out", brief_pdf="new")
        assert alive.is_dir()
        other.communicate("")
    assert not alive.exists()


def test_a_first_output_that_fails_leaves_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, lambda call: call == 2)
    with pytest.raises(OutputError):
        make(tmp_path / "out", brief_pdf="new", deck_pptx="new")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "[]",
        '{"report": {"name": "t"}, "input": {"file": 3}, "config": {}, "files": []}',
        '{"report": {"name": "t"}, "input": {"file": "t.csv"}, "config": [], "files": []}',
        '{"report": {"name": "t"}, "input": {"file": "t.csv"}, "config": {"report": {"locale": "xx_XX"}}, "files": []}',
        '{"report": {"name": "t"}, "input": {"file": "t.csv"}, "config": {}, '
        '"files": [{"name": "../a", "bytes": 1, "sha256": ""}]}',
    ],
)
def test_a_manifest_that_is_none_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=r"no readable manifest\.json"):
        read_manifest(tmp_path)


def test_a_damaged_manifest_does_not_stop_a_new_run(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{}", encoding="utf-8")
    make(tmp_path, brief_pdf="new")
    assert [entry.name for entry in read_manifest(tmp_path).files] == ["brief.pdf"]
