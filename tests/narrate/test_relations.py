"""The exploration in words: who has more of one thing and of another, with figures and without a cause."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from segreport.api import run
from segreport.domain import Delivery, Measure, Report, RoleName, Unit
from segreport.narrate.turns import outcome, subject
from segreport.results import load_report

CAUSAL = re.compile(r"\b(because|therefore|drives?|leads? to|causes?|due to|makes? them|thanks to)\b")


@pytest.fixture(scope="module")
def campaign_report(campaign: Path, tmp_path_factory: pytest.TempPathFactory) -> Report:
    return run(campaign, folder=tmp_path_factory.mktemp("campaign"), outputs__formats="pptx").report


def told(report: Report, section: str) -> list[str]:
    return [s.text.replace("\xa0", " ") for s in report.story if s.section == section]


def test_the_real_table_says_what_goes_together(campaign_report: Report) -> None:
    relations = told(campaign_report, "relations")
    assert relations[0] == "Customers who spend more on meat place more catalogue orders: rho 0.85 (2,240 customers)."
    assert "Customers with a higher income make fewer web visits a month: rho −0.64 (2,216 customers)." in relations
    assert told(campaign_report, "exploration") == [
        "Customers who spend more on meat place more catalogue orders: rho 0.85"
    ]


def test_the_income_of_666_666_is_the_message_of_the_histograms(campaign_report: Report) -> None:
    assert told(campaign_report, "spreads") == ["Income reaches $666,666; half of the customers lie below $51,382"]
    chart = next(c for c in campaign_report.charts if c.name == "distributions")
    assert "one of $666,666" in [label for series in chart.series for label in series.labels]


def test_empty_cells_are_counted_and_no_more_is_said_of_customers_like_the_others(campaign_report: Report) -> None:
    assert "Income is empty for 24 customers (1%)." in told(campaign_report, "gaps")


def test_what_the_real_table_lacks_blocks_a_decision(campaign_report: Report) -> None:
    lacks = told(campaign_report, "lacks")
    assert any(text.startswith("Region or store. Where to act:") for text in lacks)
    assert not any(text.startswith("Spending") for text in lacks)


def test_a_table_without_structure_says_that_nothing_is_related(shared: Path, tmp_path: Path) -> None:
    source = shared / "customer_segmentation_1000.csv"
    report = run(source, folder=tmp_path / "out", outputs__formats="xlsx").report
    assert told(report, "exploration")[0].startswith("No two of these columns are related: the closest are")
    assert told(report, "relations") == []


def test_no_sentence_of_the_exploration_names_a_cause(delivered: Delivery) -> None:
    for sentence in delivered.report.story:
        if sentence.section in ("relations", "gaps", "exploration", "spreads", "together"):
            assert not CAUSAL.search(sentence.text), sentence.text


def test_every_relation_states_its_effect_and_its_customers(delivered: Delivery) -> None:
    report = delivered.report
    assert report.exploration
    sentences = [s for s in report.story if s.section == "relations"]
    assert len(sentences) == len(report.exploration.relations) > 0
    for place, sentence in enumerate(sentences, 1):
        assert {f"relation.{place}.effect", f"relation.{place}.n"} <= set(sentence.facts)


def test_figures_of_correlations_are_the_same_in_chart_table_and_sentence(delivered: Delivery) -> None:
    report = delivered.report
    assert report.exploration
    table = next(t for t in report.tables if t.name == "correlations")
    chart = next(c for c in report.charts if c.name == "correlations")
    assert [row[1:] for row in table.rows] == [tuple(row) for row in report.exploration.correlations.rho]
    for place, series in enumerate(chart.series):
        assert series.values[:place] == report.exploration.correlations.rho[place][:place]


@pytest.mark.parametrize(
    ("label", "role", "unit", "who", "more", "less"),
    [
        ("Income", "income", "money", "Customers with a higher income", "have a higher income", "have a lower income"),
        ("Age", "age", "years", "Older customers", "are older", "are younger"),
        ("Wine", "spend", "money", "Customers who spend more on wine", "spend more on wine", "spend less on wine"),
        ("Web", "channel", "count", "Customers with more web orders", "place more web orders",
         "place fewer web orders"),
        ("Days since last order", "recency", "days", "Customers whose last order is longer ago",
         "ordered last longer ago", "ordered more recently"),
        ("Complained", "complaint", "share", "Customers who complained", "complained more often",
         "complained less often"),
        ("Web visits a month", "visits", "count", "Customers with more web visits a month",
         "make more web visits a month", "make fewer web visits a month"),
        ("Spending score", "score", "number", "Customers with a higher spending score",
         "have a higher spending score", "have a lower spending score"),
    ],
)  # fmt: skip
def test_a_measure_is_said_as_people_say_it(
    label: str, role: RoleName, unit: Unit, who: str, more: str, less: str
) -> None:
    measure = Measure(label, label, "", unit, role, label.lower() if role in ("spend", "channel") else "")
    assert (subject(measure), outcome(measure, up=True), outcome(measure, up=False)) == (who, more, less)


def test_a_report_that_was_saved_without_an_exploration_still_loads(delivered: Delivery, tmp_path: Path) -> None:
    data = json.loads((Path(delivered.folder) / "results.json").read_text(encoding="utf-8"))
    del data["exploration"]
    path = tmp_path / "results.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    assert load_report(path).exploration is None
