"""The command line as its user meets it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

FORMATS = ["--formats", "xlsx"]


def call(*arguments: str | Path, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "segreport", *map(str, arguments)],
        capture_output=True, text=True, cwd=cwd, env=os.environ | environment, check=False,
    )  # fmt: skip


@pytest.mark.slow
def test_one_command_writes_everything_without_configuration(campaign: Path, tmp_path: Path) -> None:
    done = call("run", campaign, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "output" / "marketing_campaign" / "2014-06"
    assert {path.name for path in folder.iterdir()} == {
        "brief.pdf", "deck.pptx", "workbook.xlsx", "results.json", "manifest.json", "customers.parquet",
    }  # fmt: skip
    assert done.stdout == ""
    assert "Premium buyers: meat, fish, catalogue: 692 (31%), 66% of spending" in done.stderr
    assert "brief.pdf" in done.stderr


@pytest.mark.slow
def test_the_same_input_and_seed_give_the_same_bytes_whatever_the_surroundings(sample: Path, tmp_path: Path) -> None:
    first = call("run", sample, "-o", tmp_path / "a", "--quiet", PYTHONHASHSEED="1", TZ="Asia/Tokyo", LC_ALL="C")
    second = call(
        "run",
        sample,
        "-o",
        tmp_path / "b",
        "--quiet",
        PYTHONHASHSEED="2",
        TZ="UTC",
        LC_ALL="de_DE.UTF-8",
        OMP_NUM_THREADS="1",
    )
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    names = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert names == sorted(path.name for path in (tmp_path / "b").iterdir())
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name


def test_quiet_says_nothing_and_json_says_it_to_machines(sample: Path, tmp_path: Path) -> None:
    done = call("run", sample, "-o", tmp_path / "out", *FORMATS, "--quiet", "--json", "--log", tmp_path / "log.jsonl")
    assert (done.returncode, done.stderr) == (0, "")
    said = json.loads(done.stdout)
    assert (said["k"], said["verdict"], len(said["segments"])) == (4, "clear", 4)
    stages = [json.loads(line)["stage"] for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert stages == ["starting", "reading", "cleaning", "segmenting", "describing", "writing"]


def test_a_dry_run_says_what_it_would_do_and_writes_nothing(sample: Path, tmp_path: Path) -> None:
    done = call("run", sample, "--dry-run", cwd=tmp_path)
    assert done.returncode == 0
    assert re.search(r"Rows used +2,000", done.stdout)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "content", "options", "code", "cause"),
    [
        ("missing.csv", None, [], 4, "there is no file missing.csv"),
        ("empty.csv", "", [], 4, "is empty"),
        ("header.csv", "a,b\n", [], 4, "has a header but no rows"),
        (
            "few.csv",
            "spend,orders\n1,2\n3,4\n",
            ["--k", "4"],
            4,
            "2 different customers cannot be parted into 4 segments",
        ),
        ("words.csv", "a,b\nx,y\nz,w\n", [], 4, "no numeric column"),
        (
            "good.csv",
            "spend,orders\n1,2\n3,4\n",
            ["--features", "spend,incme"],
            3,
            "--features: there is no column 'incme'",
        ),
        ("good.csv", "spend,orders\n1,2\n3,4\n", ["--id", "nobody"], 3, "no column 'nobody'"),
        ("good.csv", "spend,orders\n1,2\n3,4\n", ["--k", "lots"], 3, "--k: 'lots' is not a number of segments"),
        ("good.csv", "spend,orders\n1,2\n3,4\n", ["--formats", "doc"], 3, "unknown format 'doc'"),
        ("good.csv", "spend,orders\n1,2\n3,4\n", ["--as-of", "soon"], 3, "--as-of: 'soon' is not a date"),
        ("good.csv", "spend,orders\n1,2\n3,4\n", ["--workbook", "none.xlsx"], 6, "none.xlsx"),
        ("good.csv", "spend,orders\n1,2\n3,4\n", ["-o", "good.csv"], 7, "is a file, not a folder"),
        ("good.csv", "spend,orders\n1,2\n3,4\n", ["--colour"], 2, "No such option"),
    ],
)
def test_bad_input_ends_in_one_line_a_hint_and_its_code_and_writes_nothing(
    tmp_path: Path, name: str, content: str | None, options: list[str], code: int, cause: str
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content, encoding="utf-8")
    before = {path.name for path in tmp_path.iterdir()}
    done = call("run", name, *FORMATS, *options, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert cause in done.stderr
    assert "Traceback" not in done.stderr
    if code != 2:
        assert [line.split(":")[0] for line in done.stderr.splitlines()] == ["segreport", "hint"]
    assert {path.name for path in tmp_path.iterdir()} == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_found_before_the_work(sample: Path, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    done = call("run", sample, "-o", tmp_path / "out", *FORMATS)
    assert done.returncode == 7


def test_a_failed_run_leaves_the_previous_output_as_it_was(sample: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert call("run", sample, "-o", out, *FORMATS, "--quiet").returncode == 0
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"not a workbook")
    done = call("run", sample, "-o", out, *FORMATS, "--workbook", broken)
    assert done.returncode == 6, done.stderr
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def children_of(pid: int) -> list[int]:
    """The processes that a process has started."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = path.read_text().rpartition(")")[2].split()[1]
        except OSError:
            continue
        if int(parent) == pid:
            found.append(int(path.parent.name))
    return found


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until(happens: Callable[[], object], seconds: float = 20) -> bool:
    """Whether it happened in time."""
    end = time.monotonic() + seconds
    while not happens() and time.monotonic() < end:
        time.sleep(0.02)
    return bool(happens())


@pytest.mark.parametrize("stage", ["the renderers load", "the documents are written"])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_to_all_of_a_terminal_cleans_up_and_ends_with_its_code(
    sample: Path, tmp_path: Path, number: int, code: int, stage: str
) -> None:
    out = tmp_path / "out"
    process = subprocess.Popen(
        [sys.executable, "-m", "segreport", "run", str(sample), "-o", str(out), "--quiet"],
        stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    assert wait_until(lambda: len(children_of(process.pid)) == 3 or process.poll() is not None)
    workers = children_of(process.pid)
    if stage == "the documents are written":
        wait_until(lambda: list(out.glob(".segreport-*/results.json")) or process.poll() is not None)
    time.sleep(0.3)
    os.killpg(process.pid, number)
    _, said = process.communicate(timeout=20)
    assert process.returncode == code, said
    assert said == ""
    assert wait_until(lambda: not any(map(is_alive, workers)), 5), "a renderer is still there"
    assert not list(tmp_path.rglob(".segreport-*"))


def test_the_renderers_end_when_the_run_is_killed_outright(sample: Path, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "segreport", "run", str(sample), "-o", str(tmp_path / "out"), "--quiet"],
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert wait_until(lambda: len(children_of(process.pid)) == 3 or process.poll() is not None)
    workers = children_of(process.pid)
    process.kill()
    _, said = process.communicate(timeout=20)
    assert said == ""
    assert len(workers) == 3
    assert wait_until(lambda: not any(map(is_alive, workers)))


def test_a_second_run_removes_what_it_no_longer_makes(sample: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (out).mkdir()
    (out / "notes.txt").write_text("mine")
    assert call("run", sample, "-o", out, "--formats", "xlsx", "--quiet").returncode == 0
    assert call("run", sample, "-o", out, "--formats", "pptx", "--quiet").returncode == 0
    assert {path.name for path in out.iterdir()} == {"notes.txt", "deck.pptx", "results.json", "manifest.json"}


def test_settings_come_from_flag_then_environment_then_file(sample: Path, tmp_path: Path) -> None:
    (tmp_path / "segreport.toml").write_text('[report]\nname = "file"\n[segment]\nk = 2\nseed = 5\n', encoding="utf-8")
    done = call(
        "run", sample, *FORMATS, "--json", "-o", "out", "--k", "3", cwd=tmp_path, SEGREPORT_K="5", SEGREPORT_NAME="env"
    )
    assert done.returncode == 0, done.stderr
    assert "using segreport.toml" in done.stderr
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert (manifest["config"]["segment"]["k"], manifest["config"]["report"]["name"], manifest["seed"]) == (
        "3",
        "env",
        5,
    )


def test_the_manifest_lists_every_file_with_its_hash(sample: Path, tmp_path: Path) -> None:
    import hashlib

    call("run", sample, *FORMATS, "-o", tmp_path, "--quiet")
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert {entry["name"] for entry in manifest["files"]} == {"workbook.xlsx", "results.json", "customers.parquet"}
    for entry in manifest["files"]:
        assert hashlib.sha256((tmp_path / entry["name"]).read_bytes()).hexdigest() == entry["sha256"]
    assert manifest["input"]["sha256"] == hashlib.sha256(sample.read_bytes()).hexdigest()
    assert {"segreport", "pandas", "scikit-learn"} <= set(manifest["versions"])


def test_rejected_lines_are_kept_with_their_numbers(tmp_path: Path) -> None:
    rows = "".join(f"{n},{n % 7},{n * n % 11}\n" for n in range(60))
    (tmp_path / "t.csv").write_text(f"id,spend,orders\n{rows}=1+1,2\n", encoding="utf-8")
    done = call("run", tmp_path / "t.csv", *FORMATS, "-o", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert "note SRC001" in done.stderr
    assert (tmp_path / "out" / "rejects.csv").read_text().splitlines()[
        1
    ] == '62,2 cells where the header has 3,"\'=1+1,2"'


def test_render_makes_the_documents_again_without_a_fit(sample: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    call("run", sample, *FORMATS, "-o", out, "--quiet")
    before = (out / "workbook.xlsx").read_bytes(), (out / "results.json").read_bytes()
    assert call("render", out, "--quiet").returncode == 0
    assert ((out / "workbook.xlsx").read_bytes(), (out / "results.json").read_bytes()) == before
    (tmp_path / "names.toml").write_text('[names]\n1 = "Our regulars"\n', encoding="utf-8")
    done = call("render", out, "-c", tmp_path / "names.toml", "--locale", "de_DE", "-o", tmp_path / "de")
    assert done.returncode == 0, done.stderr
    german = json.loads((tmp_path / "de" / "results.json").read_text(encoding="utf-8"))
    assert german["segments"][0]["name"] == "Our regulars"
    assert german["facts"]["segment.1.share"]["text"] == "36\xa0%"
    assert german["segments"][0]["columns"] == json.loads(before[1])["segments"][0]["columns"]


@pytest.mark.parametrize("manifest", [None, "{}", "[]", '{"input": 1, "config": {}, "files": {}}'])
def test_render_refuses_a_folder_that_no_run_has_written(tmp_path: Path, manifest: str | None) -> None:
    if manifest:
        (tmp_path / "manifest.json").write_text(manifest)
    done = call("render", tmp_path)
    assert done.returncode == 4, done.stderr
    assert "no readable manifest.json" in done.stderr


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def codes(folder: Path) -> dict[str, str]:
    """The warnings of a manifest by their code."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return {note["code"]: note["text"] for note in manifest["warnings"]}


def with_rejects(folder: Path) -> Path:
    """A table of two kinds of customers, of no currency, with a line that does not fit."""
    rows = "".join(f"{n},{n % 7 + 50 * (n % 2)},{n * n % 11}\n" for n in range(80))
    path = folder / "t.csv"
    path.write_text(f"id,spend,orders\n{rows}1,2\n", encoding="utf-8")
    return path


@pytest.mark.slow
def test_rendering_one_document_leaves_the_others_as_they_were(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert call("run", with_rejects(tmp_path), "-o", out, "--quiet").returncode == 0
    before = contents(out)
    assert {"brief.pdf", "deck.pptx", "workbook.xlsx", "customers.parquet", "rejects.csv"} < set(before)
    assert call("render", out, "--formats", "pdf", "--quiet").returncode == 0
    assert contents(out) == before

    done = call("render", out, "--formats", "pptx", "--locale", "de_DE")
    assert done.returncode == 0, done.stderr
    after = contents(out)
    assert {name for name in before if after[name] != before[name]} == {"deck.pptx", "results.json", "manifest.json"}
    assert codes(out)["REN001"].startswith("brief.pdf and workbook.xlsx were made before and not rendered again: ")
    assert "SRC001" in codes(out)

    assert call("render", out, "--formats", "pdf", "--quiet").returncode == 0
    assert codes(out)["REN001"].startswith("workbook.xlsx was made before")
    assert call("render", out, "--quiet").returncode == 0
    assert "REN001" not in codes(out)


def test_rendering_elsewhere_writes_only_what_was_rendered(tmp_path: Path) -> None:
    assert call("run", with_rejects(tmp_path), "-o", tmp_path / "out", "--quiet").returncode == 0
    before = contents(tmp_path / "out")
    for formats, files in (("pptx", {"deck.pptx"}), ("xlsx", {"workbook.xlsx", "customers.parquet"})):
        other = tmp_path / formats
        done = call("render", tmp_path / "out", "--formats", formats, "--locale", "de_DE", "-o", other, "--quiet")
        assert done.returncode == 0, done.stderr
        assert set(contents(other)) == files | {"results.json", "manifest.json"}
        assert "SRC001" in codes(other)
        assert "REN001" not in codes(other)
    assert contents(tmp_path / "out") == before


@pytest.mark.parametrize("options", [[], ["--k", "3", "--name", "Mine", "--as-of", "2026-11-30", "--currency", "EUR"]])
def test_rendering_again_without_a_change_gives_the_same_bytes(tmp_path: Path, options: list[str]) -> None:
    out = tmp_path / "out"
    assert call("run", with_rejects(tmp_path), "-o", out, "--quiet", *FORMATS, *options).returncode == 0
    before = contents(out)
    assert (b"as no currency is named" in before["results.json"]) == (not options)
    assert call("render", out, "--quiet").returncode == 0
    assert contents(out) == before


@pytest.mark.slow
def test_rendering_the_campaign_again_gives_the_same_bytes(campaign: Path, tmp_path: Path) -> None:
    assert call("run", campaign, "-o", tmp_path, "--quiet").returncode == 0
    before = contents(tmp_path)
    assert b"shown in US dollars, as no currency is named" in before["results.json"]
    assert call("render", tmp_path, "--quiet").returncode == 0
    assert contents(tmp_path) == before


@pytest.mark.slow
def test_render_says_where_the_users_own_template_is_not_used_again(sample: Path, tmp_path: Path) -> None:
    assert call("templates", "copy", "deck", cwd=tmp_path).returncode == 0
    (tmp_path / "deck.pptx").rename(tmp_path / "company.pptx")
    out, own = tmp_path / "out", ["--deck", tmp_path / "company.pptx"]
    done = call("run", sample, "-o", out, "--formats", "pdf,pptx", "--quiet", *own)
    assert done.returncode == 0, done.stderr
    before = contents(out)
    for options in (["--formats", "pdf"], own):
        assert call("render", out, "--quiet", *options).returncode == 0
        assert contents(out) == before
    assert call("render", out, "--quiet").returncode == 0
    assert codes(out)["TPL002"].endswith("made with company.pptx; pass --deck to use it again")


def test_a_configuration_named_to_render_wins_over_the_saved_run(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert call("run", with_rejects(tmp_path), "-o", out, "--quiet", *FORMATS, "--seed", "7").returncode == 0
    (tmp_path / "de.toml").write_text('[report]\nlocale = "de_DE"\n[segment]\nseed = 9\n', encoding="utf-8")
    assert call("render", out, "-c", tmp_path / "de.toml", "--quiet").returncode == 0
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["config"]["report"]["locale"] == "de_DE"
    assert (manifest["seed"], manifest["config"]["segment"]["seed"]) == (7, 7)


def test_saved_names_stay_and_may_not_be_given_twice(tmp_path: Path) -> None:
    out, names = tmp_path / "out", tmp_path / "names.toml"
    names.write_text('[names]\n1 = "Ones"\n2 = "Twos"\n', encoding="utf-8")
    assert call("run", with_rejects(tmp_path), "-c", names, "-o", out, "--quiet", *FORMATS).returncode == 0
    names.write_text('[names]\n1 = "Firsts"\n', encoding="utf-8")
    assert call("render", out, "-c", names, "--quiet").returncode == 0
    saved = json.loads((out / "manifest.json").read_text())
    assert saved["config"]["names"] == {"1": "Firsts", "2": "Twos"}
    names.write_text('[names]\n1 = "Twos"\n', encoding="utf-8")
    done = call("render", out, "-c", names)
    assert done.returncode == 3, done.stderr
    assert "segments 1 and 2 are both named 'Twos'" in done.stderr


def test_a_folder_in_a_documents_place_stops_the_run_and_changes_nothing(sample: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert call("run", sample, "-o", out, *FORMATS, "--quiet").returncode == 0
    (out / "workbook.xlsx").unlink()
    (out / "workbook.xlsx").mkdir()
    before = {path.name: path.is_dir() or path.read_bytes() for path in out.iterdir()}
    done = call("run", sample, "-o", out, *FORMATS, "--k", "3")
    assert done.returncode == 7, done.stderr
    assert "workbook.xlsx is a folder" in done.stderr
    assert {path.name: path.is_dir() or path.read_bytes() for path in out.iterdir()} == before


@pytest.mark.parametrize("log", ["none/x", "t.csv/x", "."])
def test_a_log_that_cannot_be_written_is_refused_before_the_work(tmp_path: Path, log: str) -> None:
    done = call("run", with_rejects(tmp_path), "-o", tmp_path / "out", *FORMATS, "--log", tmp_path / log)
    assert done.returncode == 7, done.stderr
    assert "--log" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["t.csv"]


@pytest.mark.parametrize("name", ["brief", "deck", "workbook", "playbook", "brand"])
def test_every_template_can_be_copied(tmp_path: Path, name: str) -> None:
    assert call("templates", "copy", name, cwd=tmp_path).returncode == 0
    assert len(list(tmp_path.iterdir())) == 1
    assert call("templates", "copy", name, cwd=tmp_path).returncode == 3


def test_schema_and_templates_print_to_standard_output() -> None:
    assert json.loads(call("schema").stdout)["title"].startswith("segreport results.json")
    assert "workbook" in call("templates", "list").stdout
