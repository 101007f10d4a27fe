"""Figures: every label is printed as text, inside the figure, beside the others, and the same every time."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import NamedTuple

import pytest
from factory import make_report
from lxml import etree

from segreport.domain import Chart, Series
from segreport.errors import TemplateError
from segreport.render.brand import Brand, load_brand
from segreport.render.figures import KINDS, Drawing, draw, strongest
from segreport.render.text_width import balanced_width, shorten, text_width

SVG = "{http://www.w3.org/2000/svg}"
WIDTHS = {"distinct": 300.5, "stability": 235.3, "silhouette": 235.3, "elbow": 235.3, "map": 235.3}


class Label(NamedTuple):
    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float


def brand() -> Brand:
    return load_brand()


def charts(k: int) -> list[Chart]:
    return [chart for chart in make_report(k).charts if chart.kind in KINDS]


def picture(chart: Chart) -> Drawing:
    return draw(chart, brand(), WIDTHS.get(chart.name.split(".")[-1], 493.2))


def labels(drawing: Drawing) -> list[Label]:
    found = []
    for element in etree.fromstring(drawing.svg).iter(f"{SVG}text"):
        size = float(element.get("font-size").removesuffix("px"))
        width = text_width(element.text, size, int(element.get("font-weight")))
        shift = {"start": 0.0, "middle": width / 2, "end": width}[element.get("text-anchor")]
        left, base = float(element.get("x")) - shift, float(element.get("y"))
        found.append(Label(element.text, left, base - 0.66 * size, left + width, base, size))
    return found


def texts(drawing: Drawing) -> list[str]:
    return [label.text for label in labels(drawing)]


def overlapping(found: list[Label]) -> list[tuple[str, str]]:
    return [
        (a.text, b.text)
        for a, b in itertools.combinations(found, 2)
        if a.left < b.right - 0.5 and b.left < a.right - 0.5 and a.top < b.bottom - 0.5 and b.top < a.bottom - 0.5
    ]


def stripes(*shares: tuple[float, float], names: tuple[str, ...] = ()) -> Chart:
    series = tuple(
        Series(names[i] if names else f"Group {i + 1}", pair, (), tuple(f"{100 * v:.0f}%" for v in pair), i + 1)
        for i, pair in enumerate(shares)
    )
    return Chart(
        "value_share", "stripes", "", "", ("Customers", "Spending"), series, "alt", highlight="1", notes=("1", "2")
    )


@pytest.mark.parametrize("k", [2, 3, 5, 9, 12])
def test_labels_stay_inside_their_figure(k: int) -> None:
    for chart in charts(k):
        drawing = picture(chart)
        for label in labels(drawing):
            assert label.left >= -0.5, (chart.name, label)
            assert label.right <= drawing.width + 0.5, (chart.name, label)
            assert 0 <= label.top <= label.bottom <= drawing.height, (chart.name, label)


@pytest.mark.parametrize("k", [2, 3, 5, 9, 12])
def test_labels_do_not_lie_on_each_other(k: int) -> None:
    for chart in charts(k):
        assert not overlapping(labels(picture(chart))), chart.name


@pytest.mark.parametrize("count", [2, 3, 7, 12])
@pytest.mark.parametrize("name", ["Age", "A measure with quite a long name in the data, number"])
def test_a_map_of_correlations_keeps_names_and_figures_apart(name: str, count: int) -> None:
    names = tuple(f"{name} {place}" for place in range(count))
    rows = (tuple(-0.64 if other < place else None for other in range(count)) for place in range(count))
    series = tuple(
        Series(names[place], row, labels=tuple("" if v is None else "−0.64" for v in row))
        for place, row in enumerate(rows)
    )
    drawing = draw(Chart("correlations", "matrix", "", "", names, series, "alt"), brand(), 300.5)
    found = labels(drawing)
    assert not overlapping(found)
    assert max(label.right for label in found) <= drawing.width + 0.5
    assert sum(label.text == "−0.64" for label in found) == count * (count - 1) / 2


@pytest.mark.parametrize("far", ["", "one of $666,666", "1,234,567, down to −$987,654,321.00"])
def test_small_histograms_name_what_lies_far_out_inside_their_panel(far: str) -> None:
    bars = Series("Income", (1.0, 5.0, 0.0, 2.0), (0.0, 10.0, 20.0, 30.0, 40.0), ("$1,730", "$162,397"))
    marks = Series("Median and farthest", (20.0, 1.0), (20.0, -900.0 if "down" in far else 900.0), ("median $20", far))
    names = ("A measure with a very long name",) * 5
    chart = Chart("distributions", "spreads", "", "", names, (bars, marks) * 5, "alt")
    drawing = draw(chart, brand(), 493.2)
    assert not overlapping(labels(drawing))
    assert all(label.left >= -0.5 and label.right <= drawing.width + 0.5 for label in labels(drawing))


def test_no_label_is_smaller_than_eight_points() -> None:
    assert min(label.size for chart in charts(12) for label in labels(picture(chart))) >= 8


def test_a_figure_is_the_same_to_the_byte_every_time() -> None:
    for chart in charts(3):
        assert picture(chart).svg == picture(chart).svg, chart.name


def test_figures_hold_no_clock_and_no_version() -> None:
    svg = picture(charts(3)[0]).svg.lower()
    assert b"matplotlib" not in svg
    assert b"<dc:date>" not in svg


def test_every_printed_number_of_a_chart_is_text_in_its_figure() -> None:
    for name in ("silhouette", "noise", "stability", "segment.1.distinct"):
        chart = next(c for c in charts(3) if c.name == name)
        printed = texts(picture(chart))
        for series in chart.series:
            assert set(series.labels) <= set(printed), name


@pytest.mark.parametrize(
    "shares",
    [
        [(0.39, 0.94), (0.61, 0.06)],
        [(0.41, 0.09), (0.30, 0.04), (0.17, 0.16), (0.11, 0.42), (0.01, 0.29)],
        [(0.96, 0.98), (0.01, 0.01), (0.01, 0.005), (0.01, 0.004), (0.01, 0.001)],
        [(0.5, 0.02), (0.48, 0.02), (0.02, 0.96)],
    ],
)
def test_stripes_keep_their_labels_apart_whatever_the_shares(shares: list[tuple[float, float]]) -> None:
    drawing = picture(stripes(*shares))
    assert not overlapping(labels(drawing))
    assert all(label.right <= drawing.width + 0.5 for label in labels(drawing))


def test_a_segment_with_a_long_name_keeps_its_badge_in_the_stripes() -> None:
    names = ("Short", "Extraordinarily loyal wholesale customers", "C", "D", "E")
    chart = stripes((0.4, 0.4), (0.1, 0.1), (0.2, 0.2), (0.2, 0.2), (0.1, 0.1), names=names)
    printed = texts(picture(chart))
    assert {"1", "2", "3", "4", "5"} <= set(printed)
    assert names[1] not in printed


def test_stripes_without_a_value_have_one_row() -> None:
    chart = stripes((0.6, 0.0), (0.4, 0.0))
    one = replace(
        chart,
        categories=("Customers",),
        series=tuple(replace(s, values=s.values[:1], labels=s.labels[:1]) for s in chart.series),
    )
    assert picture(one).height < picture(chart).height - 50


def test_a_dollar_sign_and_markup_in_names_are_literal() -> None:
    chart = stripes((0.5, 0.5), (0.5, 0.5), names=("$x$ & <b>", '=HYPERLINK("x")'))
    assert {"$x$ & <b>", '=HYPERLINK("x")'} <= set(texts(picture(chart)))


def test_joined_scripts_are_left_to_the_page() -> None:
    drawing = picture(stripes((0.5, 0.5), (0.5, 0.5), names=("العربية", "日本語")))
    assert [words.text for words in drawing.words] == ["العربية"]
    assert "日本語" in texts(drawing)


def test_control_characters_do_not_break_a_figure() -> None:
    drawing = picture(stripes((0.5, 0.5), (0.5, 0.5), names=("a\x00b\x0b", "c")))
    assert "ab" in texts(drawing)


def test_the_strongest_rows_keep_their_order_and_their_groups() -> None:
    chart = next(c for c in charts(3) if c.name == "segment.1.distinct")
    short = strongest(chart, 4)
    assert len(short.categories) == len(short.groups) == len(short.series[2].labels) == 4
    assert [c for c in chart.categories if c in short.categories] == list(short.categories)
    dropped = [
        abs(z or 0) for c, z in zip(chart.categories, chart.series[0].values, strict=True) if c not in short.categories
    ]
    assert min(abs(z or 0) for z in short.series[0].values) >= max(dropped)


def test_the_map_is_a_picture_and_its_names_are_text() -> None:
    drawing = picture(next(c for c in charts(3) if c.name == "map"))
    assert drawing.svg.count(b"<image") == 1
    assert "Budget families" in texts(drawing)


def test_the_map_of_many_segments_names_them_by_number() -> None:
    drawing = picture(next(c for c in charts(9) if c.name == "map"))
    assert sorted(texts(drawing)) == sorted(str(n) for n in range(1, 10))


def test_missing_values_leave_a_gap_and_do_no_harm() -> None:
    chart = next(c for c in charts(3) if c.name == "silhouette")
    gap = replace(chart, series=(replace(chart.series[0], values=(None, *chart.series[0].values[1:])),))
    assert chart.series[0].labels[0] not in texts(picture(gap))
    flat = replace(chart, series=(replace(chart.series[0], values=(0.3,) * 7),), notes=())
    assert picture(flat).svg


def test_a_chart_that_is_set_as_a_table_is_refused_by_name() -> None:
    heat = next(c for c in make_report(3).charts if c.kind == "heat")
    with pytest.raises(TemplateError, match="profile"):
        draw(heat, brand(), 300)


def test_figures_on_letter_paper_are_lower_but_as_wide() -> None:
    letter = brand().model_copy(update={"page": "Letter"})
    chart = next(c for c in charts(3) if c.name == "value_share")
    assert draw(chart, letter, 493.2).height == draw(chart, brand(), 493.2).height - 16


def test_text_width_counts_what_the_font_says() -> None:
    assert text_width("0", 10) == text_width("1", 10), "figures are tabular"
    assert text_width("MM", 10) == pytest.approx(2 * text_width("M", 10))
    assert text_width("a", 10, 700) > text_width("a", 10, 400)
    assert text_width("日", 10) == 10
    assert text_width("Ελ Жч Żł", 10) > 20


def test_shortened_text_fits_its_room_and_says_so() -> None:
    short = shorten("Extraordinarily loyal customers", 60, 9)
    assert short.endswith("…")
    assert text_width(short, 9) <= 60
    assert shorten("Short", 60, 9) == "Short"


def test_a_headline_is_balanced_over_two_lines_or_said_to_be_too_long() -> None:
    text = "Three groups come back in resamples, soft at the edges"
    width = balanced_width(text, 470, 25)
    assert width is not None
    assert 470 / 2 < width < 470
    assert balanced_width("Short", 470, 25) == 470
    assert balanced_width(text * 3, 470, 25) is None
