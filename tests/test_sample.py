"""The sample data are what the generator makes, and hold the dirt they promise."""

from __future__ import annotations

from pathlib import Path

from taken import clean_of

from segreport.sample import write_sample

ROOT = Path(__file__).resolve().parent.parent / "sample_data"


def test_the_shipped_files_are_the_generators_and_small(tmp_path: Path) -> None:
    made = write_sample(tmp_path)
    assert [path.read_bytes() for path in made] == [(ROOT / path.name).read_bytes() for path in made]
    assert sum(path.stat().st_size for path in made) < 1_000_000


def test_the_customers_have_the_usual_dirt() -> None:
    table = clean_of(ROOT / "customers.csv")
    assert {step.rule: step.rows for step in table.ledger}["Exact duplicates"] == -1
    found = {finding.code: finding.amount for finding in table.findings}
    assert (found["DQ005"], found["DQ006"]) == (2, 31)
    assert table.currency == "EUR"


def test_the_log_has_its_customers_lines_and_cancellations() -> None:
    table = clean_of(ROOT / "transactions.csv")
    steps = {step.rule: step.rows for step in table.ledger}
    assert (steps["Rows read"], steps["Cancellations"]) == (10_000, -300)
    assert table.repeats
    assert 300 < table.frame["CustomerID"].nunique() <= 400
