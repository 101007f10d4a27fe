"""The quality of the data in words: what matters first, what is missing, and nothing of the dialect it was read in."""

from __future__ import annotations

import pytest

from segreport.domain import Delivery, Finding
from segreport.narrate.quality import MENDED, MISREAD, UNUSED, rank_findings


def codes(*found: tuple[str, float]) -> list[str]:
    return [f"{f.code}:{f.amount:g}" for f in rank_findings(tuple(Finding(code, "", n, "") for code, n in found))]


def test_what_may_be_misread_comes_first_and_columns_without_use_last() -> None:
    found = codes(("DQ002", 2), ("DQ001", 182), ("DQ005", 3), ("DQ010", 0.4))
    assert found == ["DQ010:0.4", "DQ005:3", "DQ001:182", "DQ002:2"]


def test_a_code_that_is_found_everywhere_does_not_push_the_others_out() -> None:
    found = codes(*[("DQ006", float(n)) for n in range(1, 9)], ("DQ008", 5))
    assert found[:4] == ["DQ006:6", "DQ006:7", "DQ006:8", "DQ008:5"]
    assert len(found) == 9


def test_no_finding_is_lost_and_none_said_twice() -> None:
    many = [(code, float(n)) for n, code in enumerate((*MISREAD, *MENDED, *UNUSED, "DQ999"))]
    assert sorted(codes(*many)) == sorted(f"{code}:{n:g}" for code, n in many)


def test_the_story_says_nothing_of_how_the_file_was_read(delivered: Delivery) -> None:
    report = delivered.report
    said = " ".join(s.text for s in report.story) + " ".join(str(t.rows) for t in report.tables)
    for how in report.source.dialect.values():
        assert how not in said


@pytest.mark.parametrize("section", ["quality", "cleaning", "lacks", "limits"])
def test_the_page_of_data_quality_has_its_sentences(delivered: Delivery, section: str) -> None:
    assert [s for s in delivered.report.story if s.section == section]


def test_every_lack_opens_with_what_is_missing(delivered: Delivery) -> None:
    for sentence in delivered.report.story:
        if sentence.section == "lacks":
            assert sentence.lead.endswith(".")
            assert ":" in sentence.rest
