"""results.json is the report, and the shipped schema holds it."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from segreport.domain import Delivery
from segreport.errors import InputError
from segreport.results import dump_report, load_report, schema

KEYS = (
    "schema_version", "report", "source", "cleaning", "roles", "segmentation", "segments", "rfm", "facts", "story",
    "charts", "tables", "comparison", "warnings",
)  # fmt: skip
SEGMENT_KEYS = (
    "id", "name", "size", "share", "value", "value_share", "jaccard", "stability", "columns", "categories", "traits",
    "persona", "recommendations",
)  # fmt: skip


def saved(delivered: Delivery) -> dict[str, object]:
    data: dict[str, object] = json.loads((Path(delivered.folder) / "results.json").read_text(encoding="utf-8"))
    return data


def test_the_saved_report_holds_to_the_schema_and_has_the_agreed_keys(delivered: Delivery) -> None:
    data = saved(delivered)
    jsonschema.validate(data, schema())
    assert set(KEYS) <= set(data)
    assert set(SEGMENT_KEYS) <= set(data["segments"][0])  # type: ignore[index]
    assert {"mean", "median", "sd", "n", "index", "z", "eta2"} == set(data["segments"][0]["columns"]["Income"])  # type: ignore[index]


def test_a_saved_report_comes_back_as_it_was(delivered: Delivery) -> None:
    path = Path(delivered.folder) / "results.json"
    again = load_report(path)
    assert again == delivered.report
    assert dump_report(again) == path.read_bytes()


def test_the_ledger_sums_and_ends_with_the_rows_used(delivered: Delivery) -> None:
    steps = saved(delivered)["cleaning"]
    assert steps[-1]["rule"] == "Rows used"  # type: ignore[index]
    assert sum(step["rows"] for step in steps[:-1]) == steps[-1]["rows"]  # type: ignore[index]


def test_nothing_in_it_tells_when_where_or_by_whom_it_was_made(delivered: Delivery) -> None:
    text = (Path(delivered.folder) / "results.json").read_text(encoding="utf-8")
    text += (Path(delivered.folder) / "manifest.json").read_text(encoding="utf-8")
    assert str(Path.home()) not in text
    assert str(delivered.folder) not in text


@pytest.mark.parametrize(
    ("content", "message"),
    [("{", "not JSON"), ('{"schema_version": "9"}', "has schema 9"), ('{"schema_version": "1.0"}', "is damaged at")],
)
def test_a_damaged_report_is_refused(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "results.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        load_report(tmp_path / "results.json")
