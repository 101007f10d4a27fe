"""The pages of the brief: full but not overfull, nothing outside, nothing on anything else."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pypdf
import pytest
from briefs import BRIEF, CASES, brand_for, make, report, words
from factory import make_report

from segreport.domain import Sentence
from segreport.render import pdf
from segreport.render.context import build_context
from segreport.render.figures import first_panels
from segreport.render.fill import render_text
from segreport.render.page_fit import expect_tightness, tighten

POINT = 4 / 3
"""CSS pixels in a point: WeasyPrint's boxes are measured in pixels."""


@cache
def pages(case: str, page: str = "A4") -> tuple[Any, ...]:
    """The laid-out pages of the case, with the tightness that rendering would settle on."""
    one = report(case)
    names, source = build_context(one, brand_for(page)), (BRIEF / "brief.html").read_text(encoding="utf-8")
    tightness: dict[str, int] | None = expect_tightness(one)
    while tightness is not None:
        environment = pdf._make_environment(BRIEF, one, brand_for(page), tightness)
        document = pdf._lay_out(render_text(environment, source, names, "brief.html"), pdf._FolderFetcher(BRIEF))
        tightness = tighten(document, tightness)
    return tuple(document.pages)


def text_boxes(page: Any) -> Iterator[Any]:
    for box in page._page_box.descendants():
        if getattr(box, "text", "").strip():
            yield box


def body_boxes(page: Any) -> list[Any]:
    """The text of the page without its running head and foot."""
    top, bottom = page._page_box.margin_top, page._page_box.margin_top + page._page_box.height
    return [box for box in text_boxes(page) if top <= box.position_y < bottom + 1]


def extent(box: Any) -> tuple[float, float, float, float]:
    """Left, top of the capitals, right, foot of the descenders."""
    base, size = box.position_y + box.baseline, box.style["font_size"]
    return box.position_x, base - 0.66 * size, box.position_x + box.width, base + 0.2 * size


every_case = pytest.mark.parametrize("case", CASES)


@every_case
def test_all_text_lies_inside_the_margins(case: str) -> None:
    for number, page in enumerate(pages(case), 1):
        left = page._page_box.margin_left
        right, bottom = page.width - page._page_box.margin_right, page.height - page._page_box.margin_bottom
        for box in body_boxes(page):
            x0, _, x1, y1 = extent(box)
            assert x0 >= left - 1, (number, box.text)
            assert x1 <= right + 1, (number, box.text)
            assert y1 <= bottom + 4, (number, box.text)


@every_case
def test_no_text_lies_on_other_text(case: str) -> None:
    for number, page in enumerate(pages(case), 1):
        boxes = sorted(text_boxes(page), key=lambda box: box.position_y)
        for one, other in itertools.combinations(boxes, 2):
            a, b = extent(one), extent(other)
            across = min(a[2], b[2]) - max(a[0], b[0])
            down = min(a[3], b[3]) - max(a[1], b[1])
            assert across < 1 or down < 1, (number, one.text, other.text)


@every_case
def test_no_text_is_smaller_than_eight_points_but_the_foot(case: str) -> None:
    for page in pages(case):
        small = {box.text for box in body_boxes(page) if box.style["font_size"] < 8 * POINT - 0.01}
        assert not small


@every_case
def test_pages_are_at_least_sixty_per_cent_full(case: str) -> None:
    found = pages(case)
    appendix = next(
        (n for n, page in enumerate(found) if "Appendix: Quick Cluster tables" in page_text(page)), len(found) - 1
    )
    for number, page in enumerate(found[:appendix], 1):
        lowest = max(extent(box)[3] for box in body_boxes(page))
        used = (lowest - page._page_box.margin_top) / page._page_box.height
        alone_and_tiny = "Only 4 customers" in page_text(page) or "too few to compare" in page_text(page)
        assert used >= (0.4 if alone_and_tiny else 0.6), (number, used)


def page_text(page: Any) -> str:
    return " ".join(box.text for box in text_boxes(page))


@every_case
@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_page_one_never_spills(case: str, paper: str) -> None:
    found = pages(case, paper)
    assert not [name for name in found[1].anchors if name == "page-summary"]


@pytest.mark.parametrize(
    ("case", "count"), [("two", 8), ("three", 9), ("five", 11), ("seven", 11), ("nine, tiny", 12), ("none", 4)]
)
@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_the_number_of_pages_follows_from_the_segments(case: str, count: int, paper: str) -> None:
    assert len(pages(case, paper)) == count


@every_case
def test_headlines_have_two_lines_at_most(case: str) -> None:
    for page in pages(case):
        for box in page._page_box.descendants():
            if box.element_tag == "h1" and hasattr(box, "children") and not hasattr(box, "text"):
                lines = [child for child in box.children if type(child).__name__ == "LineBox"]
                assert len(lines) <= 2, page_text(page)[:80]


def test_a_very_long_headline_is_set_smaller_and_keeps_to_two_lines(tmp_path: Path) -> None:
    text = (
        "Premium buyers of meat, fish and wine are 27% of all the customers and bring 61% of the spending in two years"
    )
    headline = Sentence("headline", text)
    one = report("three")
    one = replace(one, story=tuple(headline if s.section == "headline" else s for s in one.story))
    out = make(one, tmp_path)
    assert len(pypdf.PdfReader(out).pages) == 9


@pytest.mark.parametrize("sentences", [1, 4])
def test_page_one_holds_however_long_the_sentences_are(tmp_path: Path, sentences: int) -> None:
    one = report("five")
    long = Sentence("in_short", "They spend £1,369 each, 2.3 times the average, and order by catalogue. " * 3)
    story = [s for s in one.story if s.section != "in_short"] + [long] * sentences
    out = make(replace(one, story=tuple(story)), tmp_path)
    second = pypdf.PdfReader(out).pages[1].extract_text()
    assert "Segments at a glance" in second


@pytest.mark.parametrize("k", [3, 8])
def test_long_advice_does_not_push_a_segment_over_its_page(tmp_path: Path, k: int) -> None:
    one = make_report(k)
    wordy = tuple(
        replace(
            s, recommendations=tuple(replace(r, because=r.because * 4, kpi=r.kpi * 3) for r in s.recommendations * 2)
        )
        for s in one.segments
    )
    assert len(pypdf.PdfReader(make(replace(one, segments=wordy), tmp_path)).pages) == {3: 9, 8: 11}[k]


def test_an_appendix_of_many_measures_runs_on_and_loses_nothing(tmp_path: Path) -> None:
    one = report("three")
    long = {
        t.name: replace(t, rows=tuple((f"Measure {n}", *t.rows[0][1:]) for n in range(70)), total_rows=0)
        for t in one.tables
        if t.name in ("centres", "anova")
    }
    text = words(make(replace(one, tables=tuple(long.get(t.name, t) for t in one.tables)), tmp_path))
    assert text.count("Measure 69") == 2
    assert text.count("Table A2.") == 1


@pytest.mark.parametrize("count", [0, 1, 5, 11, 12, 20, 40])
def test_findings_keep_to_their_page_and_the_rest_is_counted(tmp_path: Path, count: int) -> None:
    one = report("three")
    many = tuple(replace(one.findings[0], text=f"Finding number {n} of the data") for n in range(count))
    out = make(replace(one, findings=many), tmp_path)
    assert len(pypdf.PdfReader(out).pages) == 9
    text = words(out)
    shown = sum(f"Finding number {n} of" in text for n in range(count))
    assert shown == count or f"and {count - shown} more, on the sheet Data quality" in text
    assert shown >= min(count, 9)


def test_few_measures_share_the_page_with_the_quality_of_the_data(tmp_path: Path) -> None:
    one = report("three")
    assert one.exploration
    few = replace(one.exploration, shown=one.exploration.shown[:3])
    charts = tuple(first_panels(c, 3) if c.kind == "spreads" else c for c in one.charts)
    out = make(replace(one, exploration=few, charts=charts), tmp_path)
    assert len(pypdf.PdfReader(out).pages) == 8


def test_a_report_saved_without_an_exploration_still_makes_its_brief(tmp_path: Path) -> None:
    one = report("three")
    gone = ("distributions", "correlations", "relations", "missing")
    unsaid = ("exploration", "spreads", "together", "relations", "gaps")
    old = replace(
        one,
        exploration=None,
        charts=tuple(c for c in one.charts if c.name not in gone),
        tables=tuple(t for t in one.tables if t.name not in gone),
        story=tuple(s for s in one.story if s.section not in unsaid),
    )
    assert len(pypdf.PdfReader(make(old, tmp_path)).pages) == 8
