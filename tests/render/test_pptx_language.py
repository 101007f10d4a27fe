"""The template language inside any deck, tried on small decks made for it."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from decks import OURS, PICTURE, blank, box, fill, fill_one, grid, table
from factory import make_report
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.util import Inches, Pt

from segreport.render.brand import load_brand
from segreport.render.deck import render
from segreport.render.job import Job

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


def test_repeated_slides_share_pictures_keep_links_and_stay_in_their_section(tmp_path: Path) -> None:
    def build(deck: Any) -> None:
        slide = blank(deck)
        slide.shapes.add_picture(BytesIO(PICTURE), 0, 0, Inches(1))
        box(slide, "{{ segment.id }}").text_frame.paragraphs[0].runs[0].hyperlink.address = "https://example.org/"
        slide.notes_slide.notes_text_frame.text = "{% for segment in segments %}"
        blank(deck).notes_slide.notes_text_frame.text = "{% if false %}"
        entries = "".join(f'<p14:sldId id="{entry.id}"/>' for entry in deck.slides._sldIdLst)
        deck.part._element.append(
            parse_xml(
                f'<p:extLst {nsdecls("p")}><p:ext uri="{{521415D9-36F7-43E2-AB2F-B90AF26B5E84}}"><p14:sectionLst '
                'xmlns:p14="http://schemas.microsoft.com/office/powerpoint/2010/main"><p14:section name="All" '
                f'id="{{00000000-0000-0000-0000-000000000001}}"><p14:sldIdLst>{entries}</p14:sldIdLst></p14:section>'
                "</p14:sectionLst></p:ext></p:extLst>"
            )
        )

    deck = fill(tmp_path, build)
    pictures = {slide.shapes[0].image.sha1: slide.shapes[0]._element.blip_rId for slide in deck.slides}
    assert len(pictures) == 1
    assert {s.shapes[1].text_frame.paragraphs[0].runs[0].hyperlink.address for s in deck.slides} == {
        "https://example.org/"
    }
    listed = [
        e.get("id") for e in deck.part._element.iter("{http://schemas.microsoft.com/office/powerpoint/2010/main}sldId")
    ]
    assert listed == [str(entry.id) for entry in deck.slides._sldIdLst]
    assert len(listed) == 3


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
