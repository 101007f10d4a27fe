"""The brief as a file: tagged, readable, literal about its data, and the same every time."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from briefs import BRIEF, brand_for, make, report, words
from factory import make_report


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The brief of three segments, made once."""
    return make(report("three"), tmp_path_factory.mktemp("three"))


def test_the_file_is_tagged_for_readers_who_listen(three: Path) -> None:
    with pikepdf.open(three) as document:
        root = document.Root
        assert bool(root.MarkInfo.Marked)
        assert str(root.Lang) == "en-GB"
        assert "/StructTreeRoot" in root
        assert "/Outlines" in root
        with document.open_metadata() as metadata:
            assert str(metadata["pdfuaid:part"]) == "1"
            assert " ".join(metadata["dc:title"].split()) == "Customer segments: Campaign customers · June 2014"


def test_every_figure_has_an_alt_text(three: Path) -> None:
    alts = [str(element.get("/Alt", "")) for element in structure(three) if element.get("/S") == "/Figure"]
    assert len(alts) == 17, "stripes, mix, map, two lines, one strip, spreads, matrix, and three for each segment"
    assert all(len(alt) > 15 for alt in alts)


def test_tables_have_heads_and_headlines_are_headings(three: Path) -> None:
    kinds = [str(element.get("/S")) for element in structure(three)]
    assert kinds.count("/Table") >= 8
    assert kinds.count("/TH") > 50
    assert kinds.count("/H1") == 9


def structure(path: Path) -> list[Any]:
    with pikepdf.open(path) as document:
        found, queue = [], [document.Root.StructTreeRoot]
        while queue:
            element = queue.pop()
            if isinstance(element, pikepdf.Array):
                queue.extend(element)
            elif isinstance(element, pikepdf.Dictionary):
                found.append({key: str(element[key]) for key in ("/S", "/Alt") if key in element})
                queue.append(element.get("/K", pikepdf.Array()))
        return found


def test_all_fonts_are_embedded(three: Path) -> None:
    with pikepdf.open(three) as document:
        fonts = {
            str(f.BaseFont): f for page in document.pages for f in page.get("/Resources", {}).get("/Font", {}).values()
        }
        assert any("Source-Sans" in name for name in fonts)
        assert any("Source-Serif" in name for name in fonts)
        for font in fonts.values():
            assert "/FontFile2" in font.DescendantFonts[0].FontDescriptor


def test_the_same_report_gives_the_same_bytes_in_another_process(three: Path, tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[2]);"
        "from factory import make_report; from segreport.render import pdf; from segreport.render.job import Job;"
        "from segreport.render.brand import load_brand; from segreport.paths import templates_folder;"
        "pdf.render(Job(make_report(3), templates_folder() / 'brief', Path(sys.argv[1]), load_brand()))"
    )
    out = tmp_path / "again.pdf"
    environment = {
        "PYTHONHASHSEED": "7",
        "TZ": "Asia/Tokyo",
        "LC_ALL": "C",
        "PATH": "/usr/bin:/bin",
        "HOME": str(tmp_path),
    }
    tests = str(Path(__file__).resolve().parent.parent)
    subprocess.run(
        [sys.executable, "-c", script, str(out), tests], check=True, env=environment, cwd=BRIEF.parent.parent
    )
    assert out.read_bytes() == three.read_bytes()


def test_the_file_names_no_folder_and_no_clock(three: Path) -> None:
    with pikepdf.open(three) as document:
        info = {str(key): str(value) for key, value in (document.docinfo or {}).items()}
    assert "/CreationDate" not in info
    assert str(BRIEF).encode() not in three.read_bytes()


def test_printed_figures_can_be_read_from_the_text(three: Path) -> None:
    one, text = report("three"), words(three)
    for fact in ("all.size", "all.value.total", "segment.1.share", "segment.2.value.share", "segment.3.jaccard"):
        assert one.facts[fact].text in text, fact


def test_chart_numbers_are_text_too(three: Path) -> None:
    one, text = report("three"), words(three).replace("\n", "")
    chart = next(c for c in one.charts if c.name == "segment.2.distinct")
    for label in chart.series[0].labels:
        assert label in text


def test_names_from_the_data_are_printed_as_they_are(tmp_path: Path) -> None:
    text = words(make(report("three, nasty"), tmp_path))
    assert '=HYPERLINK("x") & <script>' in text
    assert "{{7*7}} {% x %} $x$" in text
    assert "49 " not in text
    assert "Ελληνικά Żółć Жук" in text


def test_without_segments_there_are_no_names_and_no_advice(tmp_path: Path) -> None:
    text = words(make(report("none"), tmp_path))
    assert "We found no segments" in text
    assert "What would help" in text
    assert "Budget families" not in text
    assert "What to do" not in text
    assert "Appendix" not in text


def test_a_tiny_segment_shows_its_accounts_and_no_bars(tmp_path: Path) -> None:
    text = words(make(report("four, tiny"), tmp_path))
    assert "Only 4 customers" in text
    assert "What these customers look like" in text
    assert "Look into it" in text


def test_an_unreliable_segment_gets_one_recommendation(tmp_path: Path) -> None:
    one = report("three")
    shaky = replace(one.segments[1], stability="unstable", jaccard=0.4)
    text = words(make(replace(one, segments=(one.segments[0], shaky, one.segments[2])), tmp_path))
    assert text.count("Look into it") == 1
    assert "Not reliable" in text


def test_the_locale_sets_the_space_before_the_per_cent_sign(tmp_path: Path) -> None:
    text = words(make(make_report(3, locale="de_DE"), tmp_path))
    assert re.search(r"\d\s%", text)


def luminance(color: str) -> float:
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_every_text_colour_of_the_style_sheet_is_readable_on_white_and_on_paper() -> None:
    css = (BRIEF / "brief.css").read_text(encoding="utf-8")
    variables = dict(re.findall(r"--(\w+): (#[0-9A-F]{6})", css)) | {"accent": brand_for().accent}
    used = set(re.findall(r"(?<![-\w])color: ([^;} ]+)", css))
    assert used
    for color in used:
        found = variables[color[6:-1]] if color.startswith("var(") else color
        assert contrast(found, "#FFFFFF") >= 4.5, color
        assert contrast(found, brand_for().paper) >= 4.5, color


def test_segment_words_and_badges_are_readable() -> None:
    for number in range(1, 13):
        paint = brand_for().paint(number)
        assert contrast(paint.text, "#FFFFFF") >= 4.5
        assert contrast(paint.on, paint.fill) >= 4.5
