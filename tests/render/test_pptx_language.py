"""The template language inside any deck, tried on small decks made for it."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from factory import make_report
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches, Pt

from segreport.errors import TemplateError
from segreport.paths import templates_folder
from segreport.render.brand import load_brand
from segreport.render.context import known_names
from segreport.render.deck import check, remarks, render
from segreport.render.job import Job

OURS = templates_folder() / "deck" / "deck.pptx"
NAMES = known_names(["Spending", "Wine"])
Build = Callable[[Any], None]


def blank(deck: Any) -> Any:
    """A new slide without placeholders."""
    return deck.slides.add_slide(deck.slide_layouts[6])


def box(slide: Any, *runs: str, name: str = "Words") -> Any:
    """A text box with one paragraph of the given runs."""
    shape = slide.shapes.add_textbox(Inches(1), Inches(1), Inches(8), Inches(2))
    shape.name = name
    paragraph = shape.text_frame.paragraphs[0]
    for text in runs:
        paragraph.add_run().text = text
    return shape


def table(slide: Any, rows: list[list[str]]) -> Any:
    """A table with these texts."""
    frame = slide.shapes.add_table(len(rows), len(rows[0]), Inches(1), Inches(1), Inches(6), Inches(2))
    for y, row in enumerate(rows):
        for x, text in enumerate(row):
            frame.table.cell(y, x).text = text
    return frame


def save(tmp_path: Path, build: Build) -> Path:
    """A deck that ``build`` has filled with slides."""
    deck = Presentation()
    build(deck)
    path = tmp_path / "small.pptx"
    deck.save(str(path))
    return path


def fill(tmp_path: Path, build: Build, **report: Any) -> Any:
    """The filled deck, opened."""
    out = tmp_path / "filled.pptx"
    render(Job(make_report(**report), save(tmp_path, build), out, load_brand()))
    return Presentation(str(out))


def fill_one(tmp_path: Path, *runs: str) -> Any:
    """The only shape of a slide with one text box, filled."""
    return fill(tmp_path, lambda deck: box(blank(deck), *runs)).slides[0].shapes[0]


def grid(deck: Any) -> list[list[str]]:
    """The texts of the first slide's table."""
    shape = next(s for s in deck.slides[0].shapes if s.has_table)
    return [[cell.text for cell in row.cells] for row in shape.table.rows]


# ---------------------------------------------------------------- text


def test_a_token_split_over_runs_is_filled_in_the_run_where_it_starts(tmp_path: Path) -> None:
    def build(deck: Any) -> None:
        shape = box(blank(deck), "Hello {{ seg", "ments[0].na", "me }}, ", "goodbye")
        shape.text_frame.paragraphs[0].runs[0].font.bold = True
        shape.text_frame.paragraphs[0].runs[3].font.italic = True

    runs = fill(tmp_path, build).slides[0].shapes[0].text_frame.paragraphs[0].runs
    assert [(run.text, run.font.bold, run.font.italic) for run in runs] == [
        ("Hello Budget families", True, None),
        (", ", None, None),
        ("goodbye", None, True),
    ]


def test_typographic_quotes_inside_a_token_do_no_harm(tmp_path: Path) -> None:
    assert fill_one(tmp_path, "{{ ‘yes’ if verdict.key == “weak” else 'no' }}").text_frame.text == "yes"


def test_paragraphs_between_for_and_endfor_repeat(tmp_path: Path) -> None:
    def build(deck: Any) -> None:
        frame = box(blank(deck), "Names:").text_frame
        for text in ("{% for s in segments %}", "{{ s.id }} {{ s.short }}", "{% endfor %}", "End"):
            frame.add_paragraph().text = text

    paragraphs = fill(tmp_path, build).slides[0].shapes[0].text_frame.paragraphs
    assert [p.text for p in paragraphs] == ["Names:", "1 Budget families", "2 Deal seekers", "3 Premium buyers", "End"]


def test_a_paragraph_inside_one_loop_repeats(tmp_path: Path) -> None:
    shape = fill_one(tmp_path, "{% for s in segments %}{{ s.short }}{% endfor %}")
    assert [p.text for p in shape.text_frame.paragraphs] == ["Budget families", "Deal seekers", "Premium buyers"]


def test_a_condition_over_runs_keeps_the_formatting_of_what_follows(tmp_path: Path) -> None:
    def build(deck: Any) -> None:
        runs = box(blank(deck), "a{% if false %}", "b", "{% endif %}c").text_frame.paragraphs[0].runs
        runs[2].font.bold = True

    runs = fill(tmp_path, build).slides[0].shapes[0].text_frame.paragraphs[0].runs
    assert [(run.text, run.font.bold) for run in runs] == [("a", None), ("c", True)]


def test_a_shape_wrapped_in_a_condition_disappears_where_it_fails(tmp_path: Path) -> None:
    def build(deck: Any) -> None:
        slide = blank(deck)
        box(slide, "{% if report.segments > 3 %}many{% endif %}")
        box(slide, "{% if report.segments == 3 %}three{% endif %}")
        box(slide, "no text", name="{% if report.segments > 3 %}Named{% endif %}")
        box(slide, "kept", name="{% if report.segments == 3 %}Named{% endif %}")

    shapes = fill(tmp_path, build).slides[0].shapes
    assert [(shape.name, shape.text_frame.text) for shape in shapes] == [("Words", "three"), ("Named", "kept")]


def test_directives_paint_shape_outline_and_the_words_that_follow(tmp_path: Path) -> None:
    shape = fill_one(
        tmp_path,
        "{{ fill(segments[1].color) }}{{ line('#00FF00') }}plain {{ ink('#112233') }}{{ bold(true) }}dark",
    )
    assert shape.fill.fore_color.rgb == RGBColor.from_string("CF7A00")
    assert shape.line.fill.fore_color.rgb == RGBColor.from_string("00FF00")
    plain, dark = shape.text_frame.paragraphs[0].runs
    assert (plain.text, plain.font.bold) == ("plain ", None)
    assert (dark.text, dark.font.bold, dark.font.color.rgb) == ("dark", True, RGBColor.from_string("112233"))


def test_shapes_in_groups_and_the_notes_are_filled(tmp_path: Path) -> None:
    def build(deck: Any) -> None:
        slide = blank(deck)
        group = slide.shapes.add_group_shape([box(slide, "{{ segments[0].id }}")])
        group.name = "Group"
        slide.notes_slide.notes_text_frame.text = "Note: {{ story.headline }}"

    slide = fill(tmp_path, build).slides[0]
    assert slide.shapes[0].shapes[0].text_frame.text == "1"
    assert slide.notes_slide.notes_text_frame.text.startswith("Note: Deal seekers are")


# ---------------------------------------------------------------- tables


def test_rows_repeat_from_the_first_cell_to_the_last(tmp_path: Path) -> None:
    rows = [
        ["Head", ""],
        ["{% for s in segments %}{{ s.short }}", "{{ s.size }}{% endfor %}"],
        ["Total", "{{ all.size }}"],
    ]
    deck = fill(tmp_path, lambda d: table(blank(d), rows))
    assert [row[0] for row in grid(deck)] == ["Head", "Budget families", "Deal seekers", "Premium buyers", "Total"]
    assert grid(deck)[-1] == ["Total", "2,212"]
    frame = deck.slides[0].shapes[0]
    assert frame.height == sum(row.height for row in frame.table.rows)


def test_loops_of_rows_nest(tmp_path: Path) -> None:
    rows = [
        ["{% for group in measures %}{{ group.title }}", ""],
        ["{% for row in group.rows %}{{ row.label }}", "{{ row.all.text }}{% endfor %}{% endfor %}"],
    ]
    texts = [row[0] for row in grid(fill(tmp_path, lambda d: table(blank(d), rows)))]
    assert texts[:6] == ["Value", "Spending in two years", "Orders", "Products, £ per customer", "Wine", "Meat"]


def test_a_loop_inside_one_cell_repeats_the_column_and_shares_its_width(tmp_path: Path) -> None:
    rows = [
        ["", "{% for s in segments %}{{ fill(s.color) }}{{ s.id }}{% endfor %}"],
        ["Size", "{% for s in segments %}{{ s.size }}{% endfor %}"],
    ]
    deck = fill(tmp_path, lambda d: table(blank(d), rows))
    assert grid(deck)[0] == ["", "1", "2", "3"]
    shape = deck.slides[0].shapes[0]
    assert sum(column.width for column in shape.table.columns) == Inches(6)
    assert shape.table.cell(0, 3).fill.fore_color.rgb == RGBColor.from_string("3E8EC4")


def test_a_column_wrapped_in_a_condition_falls_away(tmp_path: Path) -> None:
    rows = [["a", "{% if false %}b{% endif %}", "c"], ["1", "{% if false %}2{% endif %}", "3"]]
    assert grid(fill(tmp_path, lambda d: table(blank(d), rows))) == [["a", "c"], ["1", "3"]]


def test_a_merged_head_spans_the_columns_that_were_made(tmp_path: Path) -> None:
    def build(deck: Any) -> None:
        made = table(blank(deck), [["All of them", ""], ["x", "{% for s in segments %}{{ s.id }}{% endfor %}"]]).table
        made.cell(0, 0).merge(made.cell(0, 1))

    deck = fill(tmp_path, build)
    assert deck.slides[0].shapes[0].table.cell(0, 0).span_width == 4


def test_a_table_without_rows_goes(tmp_path: Path) -> None:
    rows = [["{% for s in rest %}{{ s.short }}", "{{ s.size }}{% endfor %}"]]
    assert len(fill(tmp_path, lambda d: table(blank(d), rows)).slides[0].shapes) == 0


# ---------------------------------------------------------------- slides and charts


def repeated(deck: Any) -> None:
    """A slide for every segment with a native chart on it, and one that is kept only for many segments."""
    slide = blank(deck)
    box(slide, "{{ segment.short }}, {{ loop.index }} of {{ loop.length }}")
    data = CategoryChartData()
    data.categories = ["a", "b"]
    data.add_series("old", (1, 2))
    place = (Inches(1), Inches(3), Inches(5), Inches(3))
    frame = slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *place, data)
    frame.name = "{{ segment.chart.distinct }}"
    frame.chart.plots[0].gap_width = 33
    fill_of = frame.chart.plots[0].series[0].format.fill
    fill_of.solid()
    fill_of.fore_color.rgb = RGBColor.from_string("ABCDEF")
    slide.notes_slide.notes_text_frame.text = "{% for segment in segments %}"
    slide.notes_slide.notes_text_frame.add_paragraph().text = "About {{ segment.short }}"
    other = blank(deck)
    other.notes_slide.notes_text_frame.text = "{% if report.segments > 9 %}"


def test_a_slide_repeats_for_every_turn_of_the_loop_in_its_notes(tmp_path: Path) -> None:
    slides = fill(tmp_path, repeated).slides
    assert [s.shapes[0].text_frame.text for s in slides] == [
        "Budget families, 1 of 3", "Deal seekers, 2 of 3", "Premium buyers, 3 of 3",
    ]  # fmt: skip
    assert [s.notes_slide.notes_text_frame.text for s in slides][1] == "About Deal seekers"


def test_the_charts_of_repeated_slides_are_copies_of_their_own(tmp_path: Path) -> None:
    slides = fill(tmp_path, repeated).slides
    charts = [slide.shapes[1].chart for slide in slides]
    assert len({chart.part.partname for chart in charts}) == 3
    assert len({chart.part.chart_workbook.xlsx_part.partname for chart in charts}) == 3
    assert len({tuple(chart.plots[0].series[0].values) for chart in charts}) == 3


def test_a_chart_of_the_template_keeps_its_type_and_style(tmp_path: Path) -> None:
    chart = fill(tmp_path, repeated).slides[0].shapes[1].chart
    assert chart.chart_type == XL_CHART_TYPE.COLUMN_CLUSTERED
    assert chart.plots[0].gap_width == 33
    assert chart.plots[0].series[0].format.fill.fore_color.rgb == RGBColor.from_string("ABCDEF")
    assert len(chart.plots[0].categories) == 10


@pytest.mark.parametrize(
    "name",
    ["segment_sizes", "value_share", "profile", "elbow", "silhouette", "map", "stability", "noise", "mix",
     "value_share | pairs", "value_share | stripes", "value_share | names"],
)  # fmt: skip
def test_every_chart_of_the_report_can_be_drawn(name: str, tmp_path: Path) -> None:
    shapes = fill(tmp_path, lambda d: box(blank(d), "", name=f"{{{{ chart.{name} }}}}")).slides[0].shapes
    assert len(shapes) == 1
    assert shapes[0].has_chart or len(shapes[0].shapes) > 3


def test_a_box_whose_text_is_a_chart_becomes_the_chart(tmp_path: Path) -> None:
    assert fill_one(tmp_path, "{{ chart.silhouette }}").has_chart


def test_a_chart_takes_the_size_of_the_boxs_text(tmp_path: Path) -> None:
    def build(deck: Any) -> None:
        box(blank(deck), "chart", name="{{ chart.segment_sizes }}").text_frame.paragraphs[0].runs[0].font.size = Pt(21)

    assert fill(tmp_path, build).slides[0].shapes[0].chart.font.size == Pt(21)


# ---------------------------------------------------------------- our deck, changed


def test_a_changed_word_colour_and_place_show_in_the_output(tmp_path: Path) -> None:
    deck = Presentation(str(OURS))
    slide = next(s for s in deck.slides if "report.segments <= 3" in s.notes_slide.notes_text_frame.text)
    topic = next(s for s in slide.placeholders if s.placeholder_format.idx == 13)
    topic.text_frame.paragraphs[0].runs[0].text = "The short of it"
    topic.text_frame.paragraphs[0].runs[0].font.color.rgb = RGBColor.from_string("123456")
    topic.left, topic.top, topic.width, topic.height = Inches(2), Inches(0.1), Inches(5), Inches(0.3)
    copy = tmp_path / "company.pptx"
    deck.save(str(copy))
    out = tmp_path / "out.pptx"
    render(Job(make_report(3), copy, out, load_brand()))
    found = next(s for s in Presentation(str(out)).slides[1].placeholders if s.placeholder_format.idx == 13)
    run = found.text_frame.paragraphs[0].runs[0]
    assert (run.text, str(run.font.color.rgb), found.left) == ("The short of it", "123456", Inches(2))


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("token", "name", "hint"),
    [
        ("{{ storry.headline }}", "storry", "story"),
        ("{{ report.titel }}", "report.titel", "report.title"),
        ("{% for s in segments %}{{ s.nmae }}{% endfor %}", "s.nmae", "s.name"),
        ("{{ report.title | monney }}", "monney", "money"),
    ],
)
def test_an_unknown_name_is_refused_before_any_work_with_its_place(
    token: str, name: str, hint: str, tmp_path: Path
) -> None:
    path = save(tmp_path, lambda deck: box(blank(deck), token))
    with pytest.raises(TemplateError) as refusal:
        check(path, NAMES)
    assert refusal.value.message == f"small.pptx, slide 1, shape 'Words': there is no {name!r}"
    assert refusal.value.hint == f"did you mean {hint}?"


def test_a_wrong_name_in_a_table_is_found_by_row_and_column(tmp_path: Path) -> None:
    path = save(
        tmp_path, lambda d: table(blank(d), [["a", "b"], ["{% for s in segments %}x", "{{ s.sise }}{% endfor %}"]])
    )
    with pytest.raises(TemplateError, match=r"slide 1, shape 'Table 1', row 2, column 2: there is no 's.sise'"):
        check(path, NAMES)


def test_a_name_that_only_the_data_can_refuse_is_found_with_its_place_too(tmp_path: Path) -> None:
    rows = [["a", "b"], ["{% for group in measures %}x", "{{ group.rows[0].lable }}{% endfor %}"]]
    with pytest.raises(TemplateError, match=r"slide 1, shape 'Table 1', row 2, column 2: there is no 'lable'"):
        fill(tmp_path, lambda d: table(blank(d), rows))


def test_a_wrong_tag_in_the_notes_is_named(tmp_path: Path) -> None:
    def build(deck: Any) -> None:
        blank(deck).notes_slide.notes_text_frame.text = "{% for segment in segmants %}"

    with pytest.raises(TemplateError, match="slide 1, notes: there is no 'segmants'"):
        check(save(tmp_path, build), NAMES)


def test_a_loop_that_is_not_closed_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path, lambda deck: box(blank(deck), "{% for s in segments %}{{ s.id }}"))
    with pytest.raises(TemplateError, match=r"small\.pptx, slide 1, shape 'Words'"):
        check(path, NAMES)


def test_a_template_cannot_reach_behind_the_names(tmp_path: Path) -> None:
    with pytest.raises(TemplateError):
        fill_one(tmp_path, "{{ ''.__class__.__mro__ }}")


def test_a_deck_without_tokens_is_used_as_it_is_and_mentioned(tmp_path: Path) -> None:
    path = save(tmp_path, lambda deck: box(blank(deck), "Only words"))
    check(path, NAMES)
    assert "holds no tokens" in remarks(path)[0]
    assert fill_one(tmp_path, "Only words").text_frame.text == "Only words"


def test_a_deck_without_slides_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="has no slides"):
        check(save(tmp_path, lambda deck: None), NAMES)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xd0\xcf\x11\xe0" + bytes(600), "password-protected"),
        (b"PK\x03\x04 not a zip", "damaged"),
        (b"<html>", "damaged"),
    ],
)
def test_what_is_no_deck_is_refused_with_a_remedy(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "small.pptx"
    path.write_bytes(content)
    with pytest.raises(TemplateError, match=message) as refusal:
        check(path, NAMES)
    assert refusal.value.hint


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b"presentation.main+xml", b"template.main+xml", r"a template \(.potx\)"),
        (b"presentationml.presentation.main", b"presentation.macroEnabled.main", "macros"),
        (b"presentationml.presentation.main+xml", b"sheet.main+xml", "not a PowerPoint presentation"),
    ],
)
def test_another_kind_of_package_is_named(old: bytes, new: bytes, message: str, tmp_path: Path) -> None:
    path = rewritten(save(tmp_path, lambda deck: box(blank(deck), "x")), "[Content_Types].xml", old, new)
    with pytest.raises(TemplateError, match=message):
        check(path, NAMES)


def test_a_link_to_another_file_is_refused(tmp_path: Path) -> None:
    link = b'<Relationship Id="rId99" Type="http://x/image" TargetMode="External" Target="file:///etc/passwd"/></Relationships>'
    path = save(tmp_path, lambda deck: box(blank(deck), "x"))
    path = rewritten(path, "ppt/slides/_rels/slide1.xml.rels", b"</Relationships>", link)
    with pytest.raises(TemplateError, match=r"ppt/slides/slide1\.xml links to another file"):
        check(path, NAMES)


def rewritten(path: Path, part: str, old: bytes, new: bytes) -> Path:
    """The package with one part changed."""
    changed = BytesIO()
    with ZipFile(path) as source, ZipFile(changed, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, data.replace(old, new) if name == part else data)
    path.write_bytes(changed.getvalue())
    return path
