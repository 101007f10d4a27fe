"""The same table in any dialect and encoding gives the same report."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from segreport.api import run

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252")
Rows = list[list[str]]


def delimited(rows: Rows, mark: str, *, end: str = "\n", quoting: Any = csv.QUOTE_MINIMAL) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=mark, lineterminator=end, quoting=quoting).writerows(rows)
    return text.getvalue()


def decimal_comma(rows: Rows) -> Rows:
    return [[cell.replace(".", ",") if cell.replace(".", "").isdigit() else cell for cell in row] for row in rows]


def whole_lines_quoted(rows: Rows) -> str:
    return "".join('"' + line.replace('"', '""') + '"\n' for line in delimited(rows, ",").splitlines())


DIALECTS = {
    "comma": lambda rows: delimited(rows, ",", quoting=csv.QUOTE_ALL),
    "semicolon with decimal comma": lambda rows: "sep=;\n" + delimited(decimal_comma(rows), ";", end="\r\n"),
    "tab": lambda rows: "\n" + delimited(rows, "\t", end="\r\n"),
    "pipe": lambda rows: "Customers, exported by the shop\n\n" + delimited(rows, "|"),
    "whole lines quoted": whole_lines_quoted,
}


@pytest.fixture(scope="module")
def rows(sample: Path) -> Rows:
    with sample.open(encoding="utf-8", newline="") as file:
        found = list(csv.reader(file))[:401]
    place = found[0].index("MaritalStatus")
    return [[*row[:place], row[place].replace("Single", "Célibataire"), *row[place + 1 :]] for row in found]


def report_of(path: Path, folder: Path) -> dict[str, Any]:
    run(path, folder=folder, config=path.with_name("none.toml"))
    report: dict[str, Any] = json.loads((folder / "results.json").read_bytes())
    assert report.pop("source")["rows"] == 400
    for key in ("name", "title"):
        report["report"].pop(key)
    return report


@pytest.fixture(scope="module")
def expected(rows: Rows, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("plain")
    return report_of(write(folder, "plain.csv", delimited(rows, ","), "utf-8"), folder / "out")


def write(folder: Path, name: str, text: str, encoding: str) -> Path:
    (folder / "none.toml").write_text("[outputs]\nformats = []\n")
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_neither_dialect_nor_encoding_changes_a_figure(
    rows: Rows, expected: dict[str, Any], tmp_path: Path, dialect: str, encoding: str
) -> None:
    path = write(tmp_path, "customers.csv", DIALECTS[dialect](rows), encoding)
    assert report_of(path, tmp_path / "out") == expected
