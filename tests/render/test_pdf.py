"""The brief: every page full but not overfull, tagged, readable, literal about its data, and the same every time."""

from __future__ import annotations

import itertools
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
import pypdf
import pytest
from factory import make_report

from segreport.domain import Report, Sentence
from segreport.errors import TemplateError
from segreport.paths import templates_folder
from segreport.render import pdf
from segreport.render.brand import Brand, load_brand
from segreport.render.context import build_context, known_names
from segreport.render.fill import render_text
from segreport.render.job import Job
from segreport.render.page_fit import expect_tightness, tighten

BRIEF = templates_folder() / "brief"
NASTY = {1: '=HYPERLINK("x") & <script>', 2: "{{7*7}} {% x %} $x$", 3: "العربية Ελληνικά Żółć Жук 日本語 😀"}
LONG = dict.fromkeys(range(1, 13), "Extraordinarily loyal customers of wine.")
POINT = 4 / 3
"""CSS pixels in a point: WeasyPrint's boxes are measured in pixels."""

CASES = {
    "two": (2, {}),
    "three": (3, {}),
    "four, tiny": (4, {"tiny": True}),
    "five": (5, {}),
    "six, long names": (6, {"names": LONG}),
    "seven": (7, {}),
    "nine, tiny": (9, {"tiny": True}),
    "twelve, long names": (12, {"names": LONG}),
    "none": (3, {"verdict": "none"}),
    "three, nasty": (3, {"names": NASTY}),
}


def report(case: str) -> Report:
    k, options = CASES[case]
    return make_report(k, **options)


def brand_for(page: str = "A4") -> Brand:
    return load_brand().model_copy(update={"page": page})


def make(one: Report, folder: Path, *, template: Path = BRIEF, page: str = "A4") -> Path:
    out = folder / "brief.pdf"
    pdf.render(Job(one, template, out, brand_for(page)))
    return out


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The brief of three segments, made once."""
    return make(report("three"), tmp_path_factory.mktemp("three"))


def words(path: Path) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages).replace("\x00", "")


# ---------------------------------------------------------------- laid out pages, as WeasyPrint sees them


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
    ("case", "count"), [("two", 6), ("three", 7), ("five", 9), ("seven", 9), ("nine, tiny", 10), ("none", 2)]
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
    assert len(pypdf.PdfReader(out).pages) == 7


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
    assert len(pypdf.PdfReader(make(replace(one, segments=wordy), tmp_path)).pages) == {3: 7, 8: 9}[k]


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


def test_many_findings_make_way_but_are_all_printed(tmp_path: Path) -> None:
    one = report("three")
    many = tuple(replace(one.findings[0], text=f"Finding number {n} of the data") for n in range(40))
    text = words(make(replace(one, findings=many), tmp_path))
    assert all(f"Finding number {n} of" in text for n in range(40))


# ---------------------------------------------------------------- the file


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
    assert len(alts) == 11
    assert all(len(alt) > 15 for alt in alts)


def test_tables_have_heads_and_headlines_are_headings(three: Path) -> None:
    kinds = [str(element.get("/S")) for element in structure(three)]
    assert kinds.count("/Table") >= 8
    assert kinds.count("/TH") > 50
    assert kinds.count("/H1") == 7


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


# ---------------------------------------------------------------- colours


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


# ---------------------------------------------------------------- templates


def names() -> dict[str, Any]:
    return known_names(["Income", "Wine"])


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return folder


def test_our_own_template_passes_the_check() -> None:
    pdf.check(BRIEF, names())


def test_an_unknown_name_is_refused_with_the_file_and_the_nearest_name(tmp_path: Path) -> None:
    brief = '{% for segment in segments %}{% include "part.html" %}{% endfor %}'
    folder = write(tmp_path, brief=brief, part="{{ segment.persna }}")
    with pytest.raises(TemplateError, match=r"part\.html.*segment\.persna") as refusal:
        pdf.check(folder, names())
    assert "segment.persona" in refusal.value.hint


def test_a_partial_that_fails_is_named_with_its_line(tmp_path: Path) -> None:
    folder = write(tmp_path, brief='<p>\n{% include "part.html" %}', part="<p>\n\n{{ segments[0].income.men }}")
    with pytest.raises(TemplateError, match=r"part\.html, line 3"):
        make(report("three"), tmp_path, template=folder)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ('{% include "../secret.html" %}', "secret"),
        ('{% include "/etc/passwd" %}', "passwd"),
        ('{% include "gone.html" %}', "gone"),
        ('{% include "brief.html" %}', "circle"),
        ("{% include report.title %}", "computed"),
        ("{% for %}", "brief.html"),
    ],
)
def test_an_include_that_cannot_be_is_refused(tmp_path: Path, source: str, message: str) -> None:
    (tmp_path / "secret.html").write_text("secret", encoding="utf-8")
    folder = tmp_path / "brief"
    folder.mkdir()
    write(folder, brief=source)
    with pytest.raises(TemplateError, match=message):
        pdf.check(folder, names())


def test_a_folder_without_a_brief_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"brief\.html"):
        pdf.check(tmp_path, names())


def test_a_single_html_file_is_a_template_too(tmp_path: Path) -> None:
    template = tmp_path / "own.html"
    template.write_text(
        "<html lang='en'><title>Own</title><h1>{{ story.headline }}</h1>{{ figure(chart.silhouette, 300) }}</html>",
        encoding="utf-8",
    )
    pdf.check(template, names())
    assert "Deal seekers are 33%" in words(make(report("three"), tmp_path, template=template))


def test_a_copy_of_our_folder_works_wherever_it_lies(tmp_path: Path, three: Path) -> None:
    copy = Path(shutil.copytree(BRIEF, tmp_path / "my brief"))
    assert make(report("three"), tmp_path, template=copy).read_bytes() == three.read_bytes()


@pytest.mark.parametrize(
    "address",
    ["file:///etc/passwd", "../secret.png", "http://127.0.0.1:9/x.png", "ftp://127.0.0.1/x", "link.png", "gone.png"],
)
def test_files_outside_the_template_folder_are_refused(tmp_path: Path, address: str) -> None:
    (tmp_path / "secret.png").write_bytes(b"secret")
    folder = tmp_path / "brief"
    folder.mkdir()
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    write(folder, brief=f"<html lang='en'><title>x</title><img alt='x' src='{address}'></html>")
    with pytest.raises(TemplateError, match="asks for"):
        make(report("three"), tmp_path, template=folder)
    assert not (tmp_path / "brief.pdf").exists()


def test_a_file_cannot_be_attached_from_outside(tmp_path: Path) -> None:
    write(tmp_path, brief="<html lang='en'><title>x</title><link rel=attachment href='file:///etc/passwd'><p>x</html>")
    with pytest.raises(TemplateError, match="asks for passwd"):
        make(report("three"), tmp_path, template=tmp_path)


def test_an_attribute_of_python_is_out_of_reach(tmp_path: Path) -> None:
    write(tmp_path, brief="<html lang='en'><title>x</title>{{ figure.__globals__ }}</html>")
    with pytest.raises(TemplateError):
        make(report("three"), tmp_path, template=tmp_path)


def test_a_section_that_cannot_be_tightened_does_not_go_on_for_ever(tmp_path: Path) -> None:
    write(tmp_path, brief="<html lang='en'><title>x</title><div id='page-x'>" + "<p>long</p>" * 90 + "</div></html>")
    assert len(pypdf.PdfReader(make(report("three"), tmp_path, template=tmp_path)).pages) > 1


def test_the_brand_colours_and_the_logo_are_used(tmp_path: Path) -> None:
    logo = tmp_path / "logo.svg"
    logo.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="10"><rect width="40" height="10"/></svg>'
    )
    branded = brand_for().model_copy(update={"accent": "#004488", "logo": str(logo), "report_line": "Our customers"})
    out = tmp_path / "brief.pdf"
    pdf.render(Job(report("three"), BRIEF, out, branded))
    assert "Our customers" in words(out)


def test_a_logo_that_is_no_picture_is_refused(tmp_path: Path) -> None:
    branded = brand_for().model_copy(update={"logo": "/etc/passwd"})
    with pytest.raises(TemplateError, match="not a picture"):
        pdf.render(Job(report("three"), BRIEF, tmp_path / "brief.pdf", branded))
