"""The source documents' published results come out of their recipes."""

from __future__ import annotations

from pathlib import Path

import pytest

from segreport.api import run
from segreport.domain import Report

HERE = Path(__file__).resolve().parent


def report_of(source: Path, recipe: str, folder: Path) -> Report:
    return run(source, config=HERE / recipe, folder=folder, outputs__formats="pdf").report


def means(report: Report, column: str) -> list[float]:
    return [segment.columns[column].mean for segment in report.segments]


def test_seed_001_three_segments_that_are_not_in_the_data(shared: Path, tmp_path: Path) -> None:
    report = report_of(shared / "customer_segmentation_1000.csv", "001.toml", tmp_path / "out")
    assert [segment.size for segment in report.segments] == [337, 334, 329]
    assert report.segmentation.verdict == "none"


def test_seed_002_the_three_personas(campaign: Path, tmp_path: Path) -> None:
    report = report_of(campaign, "002.toml", tmp_path / "out")
    assert [segment.size for segment in report.segments] == [1010, 605, 597]
    assert [step.rows for step in report.cleaning if step.rule.startswith("Outside")] == [-28]
    assert means(report, "age") == pytest.approx([53.4, 60.2, 56.4], abs=0.05)
    assert means(report, "Income") == pytest.approx([34869, 57357, 75400], abs=0.5)
    assert means(report, "MntWines") == pytest.approx([39.7, 459.6, 598.2], abs=0.05)
    assert means(report, "MntMeatProducts") == pytest.approx([21.7, 130.8, 449.5], abs=0.05)
    assert means(report, "Kidhome") == pytest.approx([0.77, 0.30, 0.04], abs=0.005)
    assert means(report, "NumDealsPurchases") == pytest.approx([1.95, 3.85, 1.40], abs=0.005)
