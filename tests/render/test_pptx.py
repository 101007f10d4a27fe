"""The deck that ships: what it says, that it fits, and that it is the same twice."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from factory import make_report
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE

from segreport.domain import Report
from segreport.paths import templates_folder
from segreport.render.brand import load_brand
from segreport.render.deck import check, remarks, render
from segreport.render.deck.fit import measure, measure_cell
from segreport.render.job import Job
from segreport.render.names import known_names

TEMPLATE = templates_folder() / "deck" / "deck.pptx"
FOOT = 7.03 * 914_400
NASTY = {
    1: '=HYPERLINK("http://example.org","x")',
    2: "<b>bold</b> & {{ 7*7 }} $x$",
    3: "A name of forty characters, as allowed: x",
    4: "顧客عملاء🎉Superlongwordwithoutanyspaceinit",
    5: "=1+1",
}


def make_deck(report: Report, folder: Path, template: Path = TEMPLATE) -> Path:
    """The deck of a report, written."""
    out = folder / "deck-out.pptx"
    render(Job(report, template, out, load_brand()))
    return out


def all_shapes(shapes: Any) -> list[Any]:
    """Every shape, those in groups too."""
    found = []
    for shape in shapes:
        found.append(shape)
        if shape.shape_type == MSO_SHAPE_TYPE.GROUP:
            found += all_shapes(shape.shapes)
    return found


def words_of(path: Path) -> list[str]:
    """The text of every slide in one string each."""
    texts = []
    for slide in Presentation(str(path)).slides:
        parts = [shape.text_frame.text for shape in all_shapes(slide.shapes) if shape.has_text_frame]
        for shape in slide.shapes:
            if shape.has_table:
                parts += [cell.text for row in shape.table.rows for cell in row.cells]
        texts.append("\n".join(parts))
    return texts


def kickers(path: Path) -> list[str]:
    """What the topic line of every slide says."""
    return [
        next(s.text_frame.text for s in slide.placeholders if s.placeholder_format.idx == 13)
        for slide in Presentation(str(path)).slides
    ]


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The deck of three segments."""
    return make_deck(make_report(3), tmp_path_factory.mktemp("deck"))


def test_three_segments_have_ten_slides_in_the_order_of_the_story(three: Path) -> None:
    assert kickers(three) == [
        "Customer segments",
        "Summary",
        "Size and value",
        "Segments at a glance",
        "Budget families · segment 1 of 3",
        "Deal seekers · segment 2 of 3",
        "Premium buyers · segment 3 of 3",
        "Recommendations",
        "Method",
        "Data quality",
    ]


def test_nine_segments_have_five_slides_and_a_table_of_the_rest(tmp_path: Path) -> None:
    topics = kickers(make_deck(make_report(9), tmp_path))
    assert sum("segment" in topic and "of 9" in topic for topic in topics) == 5
    assert "The other segments" in topics


def test_without_structure_there_are_no_names_and_no_advice(tmp_path: Path) -> None:
    report = make_report(3, verdict="none")
    out = make_deck(report, tmp_path)
    assert kickers(out) == ["Customer segments", "Why there are no segments", "Method", "Data quality"]
    assert not any(segment.short in text for segment in report.segments for text in words_of(out))


def test_the_quality_of_the_data_has_a_slide_with_ledger_findings_and_lacks(three: Path) -> None:
    said = words_of(three)[-1]
    for words in ("Rows read", "Income missing", "−24", "Columns with one value only", "Region or store", "Delimiter"):
        assert words in said, words


@pytest.mark.parametrize("count", [0, 1, 7, 8, 40])
def test_the_slide_shows_the_first_findings_and_counts_the_rest(tmp_path: Path, count: int) -> None:
    report = make_report(3)
    findings = tuple(replace(report.findings[0], text=f"Finding {n} of them") for n in range(count))
    said = words_of(make_deck(replace(report, findings=findings), tmp_path))[-1]
    assert sum(f"Finding {n} of" in said for n in range(count)) == min(count, 7)
    assert ("more in the workbook" in said) == (count > 7)
    assert ("What we noticed" in said) == (count > 0)
    assert "Region or store" in said


def test_every_slide_has_a_title_and_notes_and_no_token_is_left(three: Path) -> None:
    for slide in Presentation(str(three)).slides:
        assert slide.shapes.title is not None
        assert slide.shapes.title.text_frame.text
        assert slide.notes_slide.notes_text_frame is not None
        assert slide.notes_slide.notes_text_frame.text
    with ZipFile(three) as package:
        xml = b"".join(package.read(name) for name in package.namelist() if name.endswith(".xml"))
    assert b"{{" not in xml
    assert b"{%" not in xml


def test_the_chart_that_is_named_stands_in_its_place_and_can_be_edited(three: Path) -> None:
    slide = Presentation(str(three)).slides[2]
    frame = next(shape for shape in slide.shapes if shape.has_chart)
    template = Presentation(str(TEMPLATE))
    box = next(s for page in template.slides for s in page.shapes if s.name == "{{ chart.value_share }}")
    assert (frame.left, frame.top, frame.width, frame.height) == (box.left, box.top, box.width, box.height)
    assert [series.name for series in frame.chart.plots[0].series] == [
        "Budget families",
        "Deal seekers",
        "Premium buyers",
    ]
    assert frame.chart.part.chart_workbook.xlsx_part is not None


def test_every_chart_and_table_says_what_it_shows(three: Path) -> None:
    for slide in Presentation(str(three)).slides:
        for shape in slide.shapes:
            if shape.has_chart or shape.has_table:
                assert shape._element.nvGraphicFramePr.cNvPr.get("descr"), shape.name


def test_no_formula_comes_from_a_name_not_even_in_a_chart(tmp_path: Path) -> None:
    out = make_deck(make_report(5, names=NASTY), tmp_path)
    books = 0
    with ZipFile(out) as package:
        for name in package.namelist():
            if name.endswith(".xlsx"):
                books += 1
                with ZipFile(BytesIO(package.read(name))) as book:
                    sheets = [book.read(part) for part in book.namelist() if part.startswith("xl/worksheets/")]
                assert not any(b"<f>" in sheet or b"<f " in sheet for sheet in sheets)
    assert books >= 8


def test_names_are_literal_text(tmp_path: Path) -> None:
    text = "\n".join(words_of(make_deck(make_report(5, names=NASTY), tmp_path)))
    for name in NASTY.values():
        assert name in text


@pytest.mark.parametrize(
    "report", [make_report(3), make_report(9), make_report(3, verdict="none")], ids=["three", "nine", "none"]
)
def test_the_same_report_gives_the_same_bytes(report: Report, tmp_path: Path) -> None:
    first = make_deck(report, tmp_path).read_bytes()
    assert make_deck(report, tmp_path).read_bytes() == first


def test_the_package_is_sound(three: Path) -> None:
    relation = re.compile(r'Id="([^"]+)"[^>]*Target="([^"]+)"|Target="([^"]+)"[^>]*Id="([^"]+)"')
    with ZipFile(three) as package:
        names = package.namelist()
        assert len(names) == len(set(names))
        linked = set()
        for name in names:
            if not name.startswith("ppt/slides/slide"):
                continue
            xml = package.read(name).decode()
            ids = re.findall(r'<p:cNvPr id="(\d+)"', xml)
            assert len(ids) == len(set(ids)), name
            rels = package.read(name.replace("slides/", "slides/_rels/") + ".rels").decode()
            found = {a or d: b or c for a, b, c, d in relation.findall(rels)}
            assert set(re.findall(r'r:(?:id|embed|link)="([^"]+)"', xml)) <= set(found), name
            linked |= {target.removeprefix("..") for target in found.values()}
    charts = {f"/{name.removeprefix('ppt/')}" for name in names if re.match(r"ppt/charts/chart[^/]*\.xml$", name)}
    assert charts <= linked


def test_the_file_names_no_person_and_has_a_fixed_date(three: Path) -> None:
    with ZipFile(three) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = package.read("docProps/core.xml").decode()
    assert "creator" not in core
    assert "lastModifiedBy" not in core
    assert re.findall(r">(\d{4}-[^<]+)<", core) == ["1980-01-01T00:00:00Z"] * 2


@pytest.mark.parametrize(
    "report",
    [
        *(make_report(k) for k in (2, 3, 4, 5, 6, 9, 12)),
        make_report(5, names=NASTY),
        make_report(12, tiny=True),
        make_report(3, verdict="none"),
        make_report(3, locale="de_DE"),
    ],
    ids=["2", "3", "4", "5", "6", "9", "12", "nasty", "tiny", "none", "german"],
)
def test_no_text_is_taller_than_its_box(report: Report, tmp_path: Path) -> None:
    for number, slide in enumerate(Presentation(str(make_deck(report, tmp_path))).slides, 1):
        for shape in slide.shapes:
            if shape.has_text_frame and shape.text_frame.text and shape.text_frame.word_wrap is not False:
                needed, room = measure(shape)
                assert needed <= room * 1.06, (number, shape.name, shape.text_frame.text)
            if shape.has_table:
                nominal = shape.top + shape.height
                beneath = [s.top for s in slide.shapes if s.top >= nominal and overlaps(s, shape)]
                assert shape.top + table_height(shape.table) <= min([FOOT, *beneath]) * 1.005, (number, shape.name)
            assert shape.left >= 0
            assert shape.left + shape.width <= 12_192_000
            assert shape.top + shape.height <= 6_858_000


def overlaps(one: Any, other: Any) -> bool:
    """Whether two shapes share some of the slide's width."""
    return bool(one.left < other.left + other.width and other.left < one.left + one.width)


def table_height(table: Any) -> float:
    """The height in EMU of a table whose rows grow with their text."""
    total = 0.0
    for row in table.rows:
        needed = [
            measure_cell(cell._tc.txBody, (column.width - cell.margin_left - cell.margin_right) / 12_700) * 12_700
            + cell.margin_top
            + cell.margin_bottom
            for cell, column in zip(row.cells, table.columns, strict=True)
        ]
        total += max(row.height, *needed)
    return total


def test_a_long_headline_becomes_smaller_but_not_below_ten_points(tmp_path: Path) -> None:
    report = make_report(3)
    story = tuple(
        sentence if sentence.section != "summary" else type(sentence)("summary", "Words and words. " * 20)
        for sentence in report.story
    )
    out = make_deck(make_report(3, story=story), tmp_path)
    title = Presentation(str(out)).slides[1].shapes.title
    assert title is not None
    assert 10 <= title.text_frame.paragraphs[0].runs[0].font.size.pt < 26
    needed, room = measure(title)
    assert needed <= room * 1.06


def test_the_chosen_number_is_a_point_of_its_own_in_the_accent(three: Path) -> None:
    slide = Presentation(str(three)).slides[8]
    line = next(s.chart for s in slide.shapes if s.has_chart and len(s.chart.plots[0].categories) == 7)
    whole, chosen = line.plots[0].series
    assert [value for value in chosen.values if value is not None] == [whole.values[1]]
    assert "accent1" in chosen._element.xml


def test_bars_below_the_average_are_grey_and_those_above_in_the_segments_colour(three: Path) -> None:
    slide = Presentation(str(three)).slides[4]
    series = next(s.chart for s in slide.shapes if s.has_chart).plots[0].series[0]
    for place, value in enumerate(series.values):
        fill = str(series.points[place].format.fill.fore_color.rgb)
        assert fill == ("C3CAD0" if abs(value) < 0.2 else "14506E" if value > 0 else "8B96A0")


def test_the_table_at_a_glance_has_a_column_for_every_segment_and_keeps_its_width(tmp_path: Path) -> None:
    widths = set()
    for k in (2, 5):
        slide = Presentation(str(make_deck(make_report(k), tmp_path))).slides[3]
        table = next(shape.table for shape in slide.shapes if shape.has_table)
        assert len(table.columns) == k + 2
        widths.add(sum(column.width for column in table.columns))
    assert len(widths) == 1


def test_the_brand_gives_accent_and_logo(tmp_path: Path) -> None:
    logo = tmp_path / "logo.svg"
    logo.write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10"><path d="M0 0h40v10z"/></svg>')
    brand = load_brand().model_copy(update={"accent": "#0A5C36", "logo": str(logo)})
    out = tmp_path / "deck.pptx"
    render(Job(make_report(3), TEMPLATE, out, brand))
    with ZipFile(out) as package:
        assert b"0A5C36" in package.read("ppt/theme/theme1.xml")
        assert any(name.endswith(".svg") for name in package.namelist())
    picture = next(s for s in Presentation(str(out)).slide_layouts[1].shapes if s.name == "Logo")
    assert picture.width == 4 * picture.height


def test_our_deck_passes_its_own_check() -> None:
    check(TEMPLATE, known_names(["Spending", "Wine"]))
    assert remarks(TEMPLATE) == []


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_reads_every_slide(three: Path, tmp_path: Path) -> None:
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", str(tmp_path), str(three)], check=True, capture_output=True, timeout=180)
    pypdf = pytest.importorskip("pypdf")
    assert len(pypdf.PdfReader(tmp_path / f"{three.stem}.pdf").pages) == 10
