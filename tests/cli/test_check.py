"""segreport check: what is in a table and what a run would do, without a fit and without a file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from inside import call

GOOD = "spend,orders\n" + "\n".join(f"{n},{n % 7}" for n in range(30)) + "\n"


@pytest.fixture(scope="module")
def page(campaign: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("check")
    done = call("check", campaign, cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert list(folder.iterdir()) == []
    return done.stdout


def test_the_real_table_shows_its_known_quirks(page: str) -> None:
    lines = [" ".join(line.split()) for line in page.splitlines()]
    assert "Read as delimited text, delimiter tab, encoding utf-8" in lines
    assert "Income income 24 1,730 to 666,666" in lines
    assert "Z_CostContact constant 3" in lines
    assert "DQ001 Rows that are equal but for the id 182 kept: they may be different people" in lines
    assert "DQ002 Columns with one value only 2 Z_CostContact, Z_Revenue: not used" in lines
    assert any(line.startswith("DQ005 Ages that cannot be right 3 Year of birth 1893 to 1900") for line in lines)
    assert any(line.startswith("DQ006 Missing: Income 24") for line in lines)
    assert any(line.startswith("DQ007 Far beyond the rest: Income 1 up to $666,666") for line in lines)
    assert "Rows used 2,240" in lines
    assert "Dates of single orders when to write: neither season nor trend can be seen" in lines


def test_every_column_has_its_role_and_dates_say_their_order(page: str, campaign: Path) -> None:
    lines = [" ".join(line.split()) for line in page.splitlines()]
    for name in campaign.read_text(encoding="utf-8").partition("\n")[0].split("\t"):
        assert sum(line.split(" ")[0] == name for line in lines) == 1, name
    place = next(place for place, line in enumerate(lines) if line.startswith("Dt_Customer date"))
    assert "read as DMY, day first: no other reading fits every cell" in " ".join(lines[place : place + 3]).replace(
        "2014-06-29 ", ""
    )


def test_the_page_is_a_hundred_columns_wide_and_the_same_everywhere(page: str, campaign: Path, tmp_path: Path) -> None:
    assert max(map(len, page.splitlines())) <= 100
    assert not any(line != line.rstrip() for line in page.splitlines())
    elsewhere = {"COLUMNS": "60", "FORCE_COLOR": "1", "TERM": "dumb", "LC_ALL": "C", "TZ": "Asia/Tokyo"}
    command = [sys.executable, "-m", "segreport", "check", campaign]
    again = subprocess.run(command, capture_output=True, cwd=tmp_path, env=os.environ | elsewhere, check=False)
    assert again.stdout.decode("utf-8") == page


def test_the_plan_says_what_a_run_would_do(page: str) -> None:
    assert "June 30, 2014: the day after the last date in the data, which is in Dt_Customer" in page
    assert "chosen from 2 to 10; k-means, seed 42" in page
    assert "spending: it is the sum of columns that are used" in page
    assert "brief.pdf, deck.pptx, workbook.xlsx, results.json, manifest.json" in page
    assert "output/marketing_campaign/2014-06" in page


def test_json_has_the_same_facts(campaign: Path, tmp_path: Path) -> None:
    done = call("check", campaign, "--json", "--formats", "xlsx", cwd=tmp_path)
    said = json.loads(done.stdout)
    columns = {column["name"]: column for column in said["columns"]}
    assert (len(columns), said["source"]["rows"], said["refused"]) == (29, 2240, None)
    income = columns["Income"]
    assert (income["role"], income["missing"], income["high"]) == ("income", 24, 666666)
    assert {finding["code"]: finding["amount"] for finding in said["findings"]}["DQ001"] == 182
    assert said["plan"]["folder"] == "output/marketing_campaign/2014-06"
    assert list(tmp_path.iterdir()) == []


def test_what_identifies_people_is_counted_and_not_printed(tmp_path: Path) -> None:
    rows = "".join(f"{n + 4711},anna{n}@example.org,{n * 3},{n % 5}\n" for n in range(40))
    (tmp_path / "t.csv").write_text(f"customer_id,mail,spend,orders\n{rows}", encoding="utf-8")
    done = call("check", "t.csv", "--formats", "xlsx", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "e-mail addresses" in done.stdout
    as_json = call("check", "t.csv", "--formats", "xlsx", "--json", cwd=tmp_path).stdout
    for text in (done.stdout, as_json):
        assert "anna" not in text
        assert "4711" not in text


def test_cells_cannot_move_the_cursor_or_turn_the_writing(tmp_path: Path) -> None:
    cells = "".join(f"{n},{n % 5},\x1b[2Jred\u202egnp[/bold] [red]{n % 3}\n" for n in range(40))
    (tmp_path / "t.csv").write_text(f"spend,orders,town\n{cells}", encoding="utf-8")
    done = call("check", "t.csv", "--formats", "xlsx", cwd=tmp_path)
    assert "\x1b" not in done.stdout
    assert "\u202e" not in done.stdout
    if done.returncode == 0:
        assert "[/bold]" in done.stdout


@pytest.mark.parametrize(
    ("name", "content", "options", "code", "cause"),
    [
        ("missing.csv", None, [], 4, "missing.csv"),
        ("few.csv", "spend,orders\n1,2\n3,4\n", ["--k", "4"], 4, "2 different customers cannot be parted into 4"),
        ("words.csv", "a,b\nx,y\nz,w\n", [], 4, "no numeric column"),
        ("good.csv", GOOD, ["--features", "spend,incme"], 3, "--features: there is no column 'incme'"),
        ("good.csv", GOOD, ["--id", "nobody"], 3, "no column 'nobody'"),
        ("good.csv", GOOD, ["--k", "lots"], 3, "--k: 'lots' is not a number of segments"),
        ("good.csv", GOOD, ["--workbook", "none.xlsx"], 6, "none.xlsx"),
        ("good.csv", GOOD, ["-o", "good.csv"], 7, "is a file, not a folder"),
    ],
)
def test_it_ends_with_the_code_that_a_run_would_end_with(
    tmp_path: Path, name: str, content: str | None, options: list[str], code: int, cause: str
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content, encoding="utf-8")
    done = call("check", name, "--formats", "xlsx", *options, cwd=tmp_path)
    assert (done.returncode, [line.split(":")[0] for line in done.stderr.splitlines()]) == (code, ["segreport", "hint"])
    assert cause in done.stderr
    if code > 3:
        assert call("run", name, "--formats", "xlsx", *options, cwd=tmp_path).returncode == code


def test_what_is_known_is_printed_before_a_refusal(tmp_path: Path) -> None:
    (tmp_path / "good.csv").write_text(GOOD, encoding="utf-8")
    done = call("check", "good.csv", "--workbook", "none.xlsx", "--formats", "xlsx", cwd=tmp_path)
    assert "Rows used" in done.stdout
    assert "Refused" in done.stdout


def test_a_wrong_configuration_is_found(tmp_path: Path) -> None:
    (tmp_path / "good.csv").write_text(GOOD, encoding="utf-8")
    (tmp_path / "segreport.toml").write_text("[segment]\nsead = 3\n", encoding="utf-8")
    done = call("check", "good.csv", cwd=tmp_path)
    assert done.returncode == 3
    assert "segreport.toml, line 2: unknown key 'sead'" in done.stderr


def test_a_dry_run_prints_the_plan(sample: Path, tmp_path: Path) -> None:
    done = call("run", sample, "--dry-run", "--formats", "xlsx", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Rows used" in done.stdout
    assert "What a run would do" in done.stdout
    assert "Spend_Tea, Spend_Coffee" in done.stdout
    assert list(tmp_path.iterdir()) == []
