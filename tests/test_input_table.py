"""What people really give: each kind of dirt is read, flagged or refused, from the file to the report."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from taken import clean_of, features_of, intake_of

from segreport.api import run
from segreport.config import load_config
from segreport.errors import ConfigError, InputError, SegreportError
from segreport.inspection import inspect
from segreport.intake import take_in
from segreport.notebook import Report

RNG = np.random.default_rng(11)


def write(folder: Path, text: str | bytes, name: str = "table.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def lines(rows: int = 60, **columns: Any) -> str:
    """A table of customers with two figures, and the columns given (a function of the row's number each)."""
    figures = RNG.integers(1, 500, (rows, 2))
    header = ",".join(["id", *columns, "visits", "spend"])
    cells = ([f"c{n}", *(str(make(n)) for make in columns.values()), *map(str, figures[n])] for n in range(rows))
    return "\n".join([header, *map(",".join, cells)]) + "\n"


def results(path: Path, folder: Path, **settings: Any) -> dict[str, Any]:
    """The report without any document."""
    recipe = path.with_name("none.toml")
    recipe.write_text("[outputs]\nformats = []\n")
    run(path, folder=folder, config=recipe, **settings)
    report: dict[str, Any] = json.loads((folder / "results.json").read_bytes())
    return report


def test_lines_that_do_not_fit_go_to_rejects_with_their_numbers_and_nothing_shifts(tmp_path: Path) -> None:
    text = lines(40).splitlines()
    text[5] += ",77,88"
    text[9] = "c8,3"
    text[20] = 'c19,"5,6'
    report = results(write(tmp_path, "\n".join(text)), tmp_path / "out")
    rejects = (tmp_path / "out" / "rejects.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in rejects[1:]] == ["6", "10", "21"]
    assert [(step["rule"], step["rows"]) for step in report["cleaning"][:2]] == [
        ("Rows read", 40),
        ("Lines that do not fit the table", -3),
    ]
    assert report["cleaning"][-1]["rows"] == 37
    assert "SRC001" in [note["code"] for note in report["warnings"]]


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("", "empty"),
        ("\n\n \n", "empty"),
        ("id,spend,visits\n", "no rows"),
        ("id,spend\n1,5\n", "customer"),
        ("town\nParis\nRome\nParis\nRome\n", "no numeric column"),
        ("id,age\n1,40\n2,40\n3,40\n", "one value only"),
        ("id,age,score\n1,,\n2,,\n3,,\n", "no numeric column"),
    ],
    ids=["empty", "blank", "header only", "one row", "words only", "all identical", "all missing"],
)
def test_too_little_to_segment_is_refused_with_its_reason(tmp_path: Path, text: str, cause: str) -> None:
    with pytest.raises(InputError, match=cause) as refused:
        results(write(tmp_path, text), tmp_path / "out")
    assert refused.value.hint
    assert not (tmp_path / "out").exists()


def test_fewer_customers_than_segments_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SegreportError) as refused:
        results(write(tmp_path, lines(4)), tmp_path / "out", segment__k=6)
    assert int(refused.value.exit_code) in (3, 4)


def test_one_column_of_figures_is_enough(tmp_path: Path) -> None:
    text = "score\n" + "\n".join(str(n % 50 + (500 if n % 3 == 0 else 0)) for n in range(90))
    assert results(write(tmp_path, text), tmp_path / "out")["segmentation"]["features"] == ["score"]


def test_keys_constants_and_free_text_form_no_segments_and_can_be_overridden(tmp_path: Path) -> None:
    notes = "very long remark number {0} that nobody else has written and {0} more".format
    path = write(tmp_path, lines(60, serial=lambda n: 10_000 + n, note=notes, shop=lambda n: 3, empty=lambda n: ""))
    with intake_of(path) as intake:
        roles = {name: role.role for name, role in intake.roled.roles.items()}
    assert roles["serial"] == "near-unique"
    assert roles["note"] == "text"
    assert (roles["shop"], roles["empty"]) == ("constant", "missing")
    assert set(features_of(path).chosen) == {"visits", "spend"}
    assert "serial" in features_of(path, roles__serial="number").chosen


def test_measurements_that_all_differ_are_measurements(tmp_path: Path) -> None:
    weights = RNG.permutation(60) / 10
    path = write(tmp_path, lines(60, income=lambda n: 20_000 + 937 * n, weight=lambda n: f"{50 + weights[n]:.2f}"))
    assert {"income", "weight"} <= set(features_of(path).chosen)


def test_one_income_of_666666_is_flagged_kept_and_forms_no_segment(campaign: Path, tmp_path: Path) -> None:
    recipe = write(tmp_path, "[outputs]\nformats = []\n", "none.toml")
    report = run(campaign, config=recipe, folder=tmp_path / "out").report
    assert min(segment.size for segment in report.segments) > 100
    assert ("DQ007", 1) in [(finding.code, finding.amount) for finding in report.findings]
    assert max(segment.columns["Income"].mean for segment in report.segments) > 60_000


def test_ids_keep_their_zeros_and_their_digits_to_the_end(tmp_path: Path) -> None:
    ids = [f"{n:05d}" for n in range(50)] + [str(10**17 + n) for n in range(10)]
    text = "customer_id,visits,spend\n" + "\n".join(f"{key},{n % 7},{n % 50}" for n, key in enumerate(ids))
    run(write(tmp_path, text), folder=tmp_path / "out", outputs__formats="xlsx")
    assert pq.read_table(tmp_path / "out" / "customers.parquet").column("customer_id").to_pylist() == ids


def test_categories_named_like_nothing_are_words(tmp_path: Path) -> None:
    words = ["NA", "None", "null", "TRUE", "nan", "-"]
    path = write(tmp_path, lines(60, plan=lambda n: words[n % 6]))
    assert set(clean_of(path).frame["plan"]) == set(words)


def test_customers_that_come_twice_are_kept_once_and_counted(tmp_path: Path) -> None:
    text = lines(40)
    doubled = text + text.splitlines()[1] + "\n" + "c2,9,9\n"
    ledger = {step.rule: step.rows for step in clean_of(write(tmp_path, doubled)).ledger}
    assert (ledger["Exact duplicates"], ledger["Id seen before"], ledger["Rows used"]) == (-1, -1, 40)


def test_names_in_every_script_are_shown_and_those_of_files_are_plain(tmp_path: Path) -> None:
    towns = ["القاهرة", "東京", "Ünïted 🎉", "a\u200bb", "evil\u202etxt"]
    path = write(tmp_path, lines(60, town=lambda n: towns[n % 5]), "customers\u202evsc.csv")
    report = results(path, tmp_path / "out")
    assert "\u202e" not in report["report"]["name"]
    assert "\u202e" not in report["report"]["title"]
    assert report["cleaning"][-1]["rows"] == 60


def test_five_hundred_columns_are_bounded(tmp_path: Path) -> None:
    rows = 300
    figures = RNG.integers(0, 100, (rows, 500)).astype(str)
    header = ",".join(["id", *(f"a rather long name of measure number {k}" for k in range(500))])
    body = "\n".join(f"c{n},{','.join(figures[n])}" for n in range(rows))
    delivery = run(write(tmp_path, f"{header}\n{body}"), folder=tmp_path / "out", segment__k=3)
    sizes = {path.name: path.stat().st_size for path in (tmp_path / "out").iterdir()}
    assert {"brief.pdf", "deck.pptx", "workbook.xlsx"} <= set(sizes)
    assert max(sizes["brief.pdf"], sizes["deck.pptx"]) < 2_000_000
    assert len(delivery.report.segments) == 3


def test_ten_thousand_categories_are_told_in_a_few(tmp_path: Path) -> None:
    path = write(tmp_path, lines(20_000, town=lambda n: f"town {n % 10_000}"))
    report = results(path, tmp_path / "out", segment__k=3, roles__town="category")
    assert (tmp_path / "out" / "results.json").stat().st_size < 2_000_000
    assert all(len(segment["categories"]["town"]) < 100 for segment in report["segments"])


@pytest.mark.parametrize("kind", ["folder", "pipe", "loop", "missing"])
def test_what_is_no_regular_file_is_refused_by_what_it_is(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x.csv"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "loop":
        path.symlink_to(path)
    with pytest.raises(InputError) as refused:
        clean_of(path)
    assert refused.value.hint


def test_rejected_lines_go_with_a_report_that_is_rendered_elsewhere(tmp_path: Path) -> None:
    text = lines(40).splitlines()
    text[5] += ",77,88"
    saved = Report.from_file(write(tmp_path, "\n".join(text))).save(tmp_path / "out", formats=["xlsx"])
    assert "rejects.csv" in {path.name for path in saved}


def test_a_file_that_grows_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, lines(60))

    def grow(stage: str) -> None:
        if stage == "reading":
            with path.open("a") as file:
                file.write("c99,1,2\n")

    with pytest.raises(InputError, match=r"table\.csv changed while it was read"), take_in(load_config([path]), grow):
        pass


def test_an_export_pasted_twice_is_no_log(tmp_path: Path) -> None:
    text = lines(60, date=lambda n: f"2024-01-{n % 28 + 1:02d}")
    table = clean_of(write(tmp_path, text + text.partition("\n")[2]))
    assert not table.repeats
    assert {step.rule: step.rows for step in table.ledger}["Exact duplicates"] == -60


@pytest.mark.parametrize("day", ["0000-01-01", "9999-12-31", "9999-12-31 23:59:59.999999"])
def test_days_beyond_the_calendar_are_missing_and_said(tmp_path: Path, day: str) -> None:
    table = clean_of(write(tmp_path, lines(60, joined=lambda n: day if n == 7 else f"2024-01-{n % 28 + 1:02d}")))
    assert table.frame["joined"].isna().sum() == 1
    assert any(f.code in ("DQ011", "DQ021") and f.amount == 1 for f in table.findings)


def test_names_of_files_are_no_patterns(tmp_path: Path) -> None:
    pq.write_table(pa.table({"visits": list(range(50))}), tmp_path / "sales1.parquet")
    pq.write_table(pa.table({"visits": list(range(90))}), tmp_path / "sales[1].parquet")
    assert clean_of(tmp_path / "sales[1].parquet").source.rows == 90


def test_a_cap_of_what_forms_no_segment_is_refused_before_any_fit(tmp_path: Path) -> None:
    config = load_config([write(tmp_path, lines(60))], flags={"clean.cap": {"vists": 0.9}})
    refusal = inspect(config).refusal
    assert isinstance(refusal, ConfigError)
    assert "'vists' is not one of the columns that form segments" in refusal.message
