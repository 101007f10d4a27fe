"""Every sentence states facts, and says only what the figures say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from segreport.api import run
from segreport.domain import Delivery, Report

DIGITS = re.compile(r"\d+(?:[.,]\d+)*")


def section(report: Report, name: str) -> str:
    return next(s.text for s in report.story if s.section == name)


@pytest.fixture(scope="module")
def marketing(campaign: Path, tmp_path_factory: pytest.TempPathFactory) -> Report:
    return run(campaign, folder=tmp_path_factory.mktemp("marketing"), outputs__formats="xlsx").report


def test_the_real_table_has_its_three_segments_with_their_names(marketing: Report) -> None:
    assert [(s.name, s.size) for s in marketing.segments] == [
        ("Budget families", 955),
        ("Premium buyers: meat, fish, catalogue", 692),
        ("Deal seekers: wine, gold, web", 593),
    ]
    assert section(marketing, "headline") == "Premium buyers are 31% of customers and bring 66% of the spending"
    assert "shade into each other" in section(marketing, "verdict")


def test_every_number_in_the_story_is_a_fact_that_the_sentence_names(delivered: Delivery) -> None:
    report = delivered.report
    for sentence in report.story:
        if sentence.section in ("source_line", "limits", "method", "read_as"):
            continue
        known = {n for id_ in sentence.facts for n in DIGITS.findall(report.facts[id_].text)}
        unknown = [n for n in DIGITS.findall(sentence.text) if n not in known]
        assert not unknown, f"{sentence.section}: {sentence.text}"


def test_every_fact_that_is_stated_exists_and_evidence_too(delivered: Delivery) -> None:
    report = delivered.report
    stated = {id_ for s in report.story for id_ in s.facts}
    stated |= {id_ for s in report.segments for r in s.recommendations for id_ in r.evidence}
    assert stated <= set(report.facts)


def test_every_segment_has_advice_with_evidence_and_a_measure_to_watch(delivered: Delivery) -> None:
    for segment in delivered.report.segments:
        assert 1 <= len(segment.recommendations) <= 4
        for advice in segment.recommendations:
            assert advice.evidence
            assert advice.kpi
            assert "{" not in advice.action + advice.because + advice.kpi + advice.caution


def test_the_sample_is_told_with_its_four_kinds(delivered: Delivery) -> None:
    report = delivered.report
    assert [s.short for s in report.segments] == [
        "Budget shoppers",
        "Coffee enthusiasts",
        "Deal seekers",
        "Premium buyers",
    ]
    assert report.report.currency == "EUR"
    assert section(report, "cleaning") == "1 of 2,001\xa0rows was left out"


def test_noise_is_said_on_the_first_page_and_gets_no_advice(shared: Path, tmp_path: Path) -> None:
    report = run(
        shared / "customer_segmentation_1000.csv",
        folder=tmp_path,
        outputs__formats="xlsx",
        segment__features="income,spending_score,purchase_frequency",
    ).report
    assert section(report, "headline") == "We found no segments among these 1,000\xa0customers"
    assert not any(s.recommendations for s in report.segments)
    assert "SEG001" in [note.code for note in report.warnings]


def test_alt_texts_name_figures_and_no_colours(delivered: Delivery) -> None:
    for chart in delivered.report.charts:
        assert 30 <= len(chart.alt) <= 320, chart.alt
        assert chart.title, chart.name
        assert not re.search(r"\b(blue|green|red|orange|image of)\b", chart.alt)


def test_table_rows_have_as_many_cells_as_heads(delivered: Delivery) -> None:
    for table in delivered.report.tables:
        for row in table.rows:
            assert len(row) == len(table.columns), table.name


def test_the_profile_sets_every_segment_beside_all_the_others(delivered: Delivery) -> None:
    report = delivered.report
    table = next(table for table in report.tables if table.name == "profile")
    row = next(row for row in table.rows if row[:2] == ("Tea", "mean of the others"))
    sizes = [s.size for s in report.segments]
    means = [s.columns["Spend_Tea"].mean for s in report.segments]
    others = sum(n * m for n, m in zip(sizes[1:], means[1:], strict=True)) / sum(sizes[1:])
    assert row[2] == pytest.approx(others)
