"""How tightly the sections of the brief are set so that each keeps to its page."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from segreport.domain import Report
from segreport.render.text_width import text_width

if TYPE_CHECKING:
    from weasyprint import Document

ONE_PAGE = "page-"
"""Begins the ids of sections that are meant for one page; what follows is what ``tightness`` is asked for."""
TIGHTEST = 3
"""A section that runs over its page is set again: 1 and 2 tighter, 3 with what can stand elsewhere moved away."""

ROW, LINE, COLUMN = 19.7, 13.0, 233.0
"""Points: a row of the table on page 1, a line of its columns of text, and the width of these."""
ROOM = 197.0
"""Points that page 1 leaves for table rows and text lines beside the stripes, found by measuring real briefs."""
SAVED = 58.0
"""Points that the first step of tightness saves on page 1."""
MANY_NOTES, MANY_SEGMENTS, MANY_SCORES = 6, 6, 7
MANY_ROWS, MOST_ADVICE = 9, 4
PAGE, QUALITY_HEADS, QUALITY_ROW, QUALITY_MEASURES, QUALITY_SAVED = 717.0, 212.0, 16.3, 60.0, 35.0
"""Points of the page of data quality: all there is, its headings, a row, the measures' head, what step 1 saves."""
MANY_FINDINGS = 12
"""As the template has it: beside so many findings the measures in figures stand in the workbook only."""


def expect_tightness(report: Report) -> dict[str, int]:
    """A guess from what has to be set; a good one saves laying out the pages twice, a bad one costs only that."""
    notes = next((len(table.rows) for table in report.tables if table.name == "method"), 0)
    scores = len(report.segmentation.scores) > MANY_SCORES and report.segmentation.verdict != "none"
    method = 2 if len(report.segments) > MANY_SEGMENTS or notes > MANY_NOTES else int(scores)
    quality = _expect_quality(report)
    return {"method": method, "quality": quality, "summary": _expect_summary(report)} | _expect_segments(report)


def _expect_quality(report: Report) -> int:
    """A page with many findings has no room for the measures in figures."""
    findings, lacks = len(report.findings), sum(s.section == "lacks" for s in report.story)
    shown = len(report.exploration.shown) if report.exploration else 0
    beside = max(len(report.cleaning), len(report.source.dialect) + 3)
    needed = QUALITY_HEADS + QUALITY_ROW * (findings + lacks + beside)
    if findings < MANY_FINDINGS:
        needed += QUALITY_MEASURES + QUALITY_ROW * shown
    return 0 if needed <= PAGE else 1 if needed <= PAGE + QUALITY_SAVED else 2


def _expect_segments(report: Report) -> dict[str, int]:
    """A page with many measures and as much advice as there can be has room for fewer histograms."""
    rows = {table.name: len(table.rows) for table in report.tables}
    full = [s.id for s in report.segments if len(s.recommendations) >= MOST_ADVICE]
    return {f"segment-{number}": 1 for number in full if rows.get(f"segment.{number}.distinct", 0) >= MANY_ROWS}


def tighten(document: Document, tightness: dict[str, int]) -> dict[str, int] | None:
    """The next step for the sections that are found on more pages than one, or None where nothing is left to do."""
    found = Counter(name for page in document.pages for name in page.anchors if name.startswith(ONE_PAGE))
    spilling = [name.removeprefix(ONE_PAGE) for name, pages in found.items() if pages > 1]
    steps = {name: tightness.get(name, 0) + 1 for name in spilling if tightness.get(name, 0) < TIGHTEST}
    return tightness | steps if steps else None


def _expect_summary(report: Report) -> int:
    if report.segmentation.verdict == "none" or report.profile.value is None or len(report.segments) > 5:
        return 0
    lines = [math.ceil(text_width(s.text, 9.4) / COLUMN) for s in report.story if s.section == "in_short"]
    needed = ROW * len(report.segments) + LINE * sum(lines) + 4 * len(lines)
    return 0 if needed <= ROOM else 1 if needed <= ROOM + SAVED else 2
