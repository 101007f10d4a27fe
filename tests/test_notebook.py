"""A report in a notebook: a summary that is safe to show, numbers at hand, and the documents of a run when saved."""

from __future__ import annotations

import gc
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import polars as pl
import pytest
from factory import make_report

from segreport.api import run
from segreport.domain import Sentence
from segreport.errors import ConfigError, InputError
from segreport.notebook import Report
from segreport.render.notebook import render_summary


@pytest.fixture(scope="module")
def frame(sample: Path) -> pd.DataFrame:
    return pd.read_csv(sample, dtype={"CustomerID": "str"})


@pytest.fixture(scope="module")
def report(frame: pd.DataFrame) -> Report:
    """The sample's report, made once for the tests that only look at it."""
    return Report.from_dataframe(frame, name="tea", segment__k=4)


# ---------------------------------------------------------------- the report


def test_segments_are_one_row_each_with_the_figures_of_the_report(report: Report) -> None:
    segments = report.segments
    assert list(segments.index) == [1, 2, 3, 4]
    assert list(segments["name"]) == [segment.name for segment in report.results.segments]
    assert segments["share"].sum() == pytest.approx(1)
    assert segments.loc[1, "mean Income"] == report.results.segments[0].columns["Income"].mean


def test_every_customer_has_the_number_and_name_of_a_segment(report: Report, frame: pd.DataFrame) -> None:
    customers = report.customers
    assert customers.index.name == "CustomerID"
    assert set(customers.index) <= set(frame["CustomerID"])
    assert customers["Segment"].value_counts().to_dict() == report.segments["customers"].to_dict()
    names = report.segments["name"].to_dict()
    assert list(customers["Segment name"]) == [names[number] for number in customers["Segment"]]


def test_saving_gives_what_a_run_gives(report: Report, frame: pd.DataFrame, tmp_path: Path) -> None:
    saved = report.save(tmp_path / "saved", formats=["xlsx"])
    delivered = run("tea", data=frame, folder=tmp_path / "run", segment__k=4, outputs__formats=("xlsx",))
    assert sorted(path.name for path in saved) == sorted(delivered.files)
    for name in delivered.files:
        assert (tmp_path / "saved" / name).read_bytes() == (tmp_path / "run" / name).read_bytes()


def test_settings_and_a_configuration_are_those_of_a_run(frame: pd.DataFrame, tmp_path: Path) -> None:
    config = tmp_path / "segreport.toml"
    config.write_text('[report]\nname = "house"\n[segment]\nk = 3\n', encoding="utf-8")
    made = Report.from_dataframe(frame, config=config)
    assert made.results.report.name == "house"
    assert len(made.segments) == 3
    with pytest.raises(ConfigError, match="nope"):
        Report.from_dataframe(frame, segment__nope=3)


def test_frames_of_two_kinds_give_one_report(report: Report, frame: pd.DataFrame) -> None:
    other = Report.from_dataframe(pl.from_pandas(frame), name="tea", segment__k=4)
    assert other.results.segments == report.results.segments
    assert other.results.source.sha256 == report.results.source.sha256
    assert other.results.source.file == "data frame"


def test_the_frame_stays_as_it_was_and_nothing_stays_behind(frame: pd.DataFrame, tmp_path: Path) -> None:
    before = frame.copy(deep=True)
    made = Report.from_dataframe(frame, segment__k=2)
    folder = made._folder
    assert folder.is_dir()
    pd.testing.assert_frame_equal(frame, before)
    del made
    gc.collect()
    assert not folder.parent.exists()


def test_what_cannot_be_segmented_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no rows"):
        Report.from_dataframe(pd.DataFrame({"income": []}))


def test_a_file_gives_a_report_too(sample: Path, report: Report) -> None:
    made = Report.from_file(sample, segment__k=4)
    assert made.results.report.name == "customers"
    assert list(made.segments["customers"]) == list(report.segments["customers"])


# ---------------------------------------------------------------- the summary


class Outline(HTMLParser):
    """The tags that stand open, and all attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.seen.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize(("k", "verdict"), [(2, "clear"), (3, "weak"), (12, "weak"), (4, "none")])
def test_the_summary_is_well_formed_small_and_needs_nothing_else(k: int, verdict: str) -> None:
    html = render_summary(make_report(k, verdict=verdict))  # type: ignore[arg-type]
    outline = Outline(html)
    assert outline.open == []
    assert len(html.encode()) < 50_000
    assert not {"script", "link", "img", "iframe"} & set(outline.seen)
    assert not re.search(r"https?:|url\(|@import| on\w+=", html)
    assert "prefers-color-scheme: dark" in html


def test_the_summary_says_headline_verdict_and_every_segment_in_the_reports_own_figures() -> None:
    made = make_report(3)
    html = render_summary(made)
    assert next(s.text for s in made.story if s.section == "headline") in html
    assert "Weak but repeatable structure." in html
    for segment in made.segments:
        assert segment.name in html
        for fact in ("size", "share", "value.share", "value.mean"):
            assert f"<td>{made.facts[f'segment.{segment.id}.{fact}'].text}</td>" in html


def test_the_summary_can_be_read_without_seeing_it() -> None:
    outline = Outline(render_summary(make_report(3)))
    assert ("aria-level", "3") in outline.attributes
    assert outline.seen.count("caption") == 1
    assert outline.attributes.count(("scope", "row")) == 4
    assert ("lang", "en-GB") in outline.attributes


def test_text_of_the_data_is_shown_and_never_run() -> None:
    name = "<script>alert(1)</script> & {{ 7 * 7 }}"
    made = make_report(3, names={1: name})
    made = make_report(3, names={1: name}, story=(*made.story, Sentence("in_short", "<img src=x onerror=y>")))
    html = render_summary(made)
    assert "script" not in Outline(html).seen
    assert "img" not in Outline(html).seen
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; {{ 7 * 7 }}" in html


def test_a_brand_paints_the_summary(tmp_path: Path) -> None:
    brand = tmp_path / "brand.toml"
    brand.write_text('accent = "#123456"\npalette = [["#654321", "#654321", "#FFFFFF"]]\n', encoding="utf-8")
    html = render_summary(make_report(3), brand)
    assert "--accent: #123456" in html
    assert "background:#654321" in html


def test_a_report_shows_its_summary_and_names_itself_in_one_line(report: Report) -> None:
    assert report._repr_html_() == render_summary(report.results)
    assert repr(report).startswith("<segreport.Report 'tea': 4 segments, ")


def test_saved_results_are_the_report_that_was_shown(report: Report, tmp_path: Path) -> None:
    report.save(tmp_path, formats=[])
    saved = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert [segment["name"] for segment in saved["segments"]] == list(report.segments["name"])
