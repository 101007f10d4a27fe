"""The template language: strict about names, closed to Python, and deaf to what the data say."""

from __future__ import annotations

from typing import Any

import pytest

from segreport.domain import Fact
from segreport.errors import TemplateError
from segreport.formatting import Formats
from segreport.render.fill import (
    check_names,
    clean_text,
    evaluate,
    has_tokens,
    lone_expression,
    make_environment,
    render_text,
    split_directives,
    unknown_name,
)
from segreport.render.names import known_names
from segreport.render.views import View

ENVIRONMENT = make_environment(Formats("en_GB", "GBP"))
PLACE = "deck.pptx, slide 4"
KNOWN = known_names(["Wine"])


def write(source: str, **names: Any) -> str:
    """The source filled."""
    return render_text(ENVIRONMENT, source, names, PLACE)


def test_a_figure_prints_itself_and_filters_write_it_for_the_locale() -> None:
    fact = Fact("all.size", 2212, "count", "2,212")
    assert write("{{ f }} {{ f | money }} {{ f | number(1) }}", f=fact) == "2,212 £2,212 2,212.0"


def test_the_filters_follow_the_locale() -> None:
    german = make_environment(Formats("de_DE", "EUR"))
    assert (
        render_text(german, "{{ 0.5 | share }}|{{ 1234 | count }}|{{ 1.5 | ratio }}", {}, PLACE)
        == "50\xa0%|1.234|1,5\xa0×"
    )


def test_values_are_never_read_as_template_language() -> None:
    assert write("{{ name }}", name="{{ 7*7 }}{% for x in y %}") == "{{ 7*7 }}{% for x in y %}"


def test_marks_and_control_characters_cannot_come_from_data() -> None:
    assert write("{{ name }}", name="a\ue000fill:#FF0000\ue001\x00\x0bb") == "afill:#FF0000b"
    assert clean_text("line\nbreak\t") == "line\nbreak\t"


def test_nothing_prints_as_a_dash() -> None:
    assert write("{{ value }}", value=None) == "–"


def test_directives_print_nothing_and_are_found_again() -> None:
    words, found = split_directives(write("{{ fill('#112233') }}{{ bold(true) }}text"))
    assert words == "text"
    assert found == {"fill": "#112233", "bold": "True"}


def test_a_name_that_is_not_there_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(TemplateError) as refusal:
        write("{{ segment.nmae }}", segment=View(name="x", size=1))
    assert (refusal.value.message, refusal.value.hint) == (f"{PLACE}: there is no 'nmae'", "did you mean name?")


def test_a_broken_tag_is_refused_with_its_line() -> None:
    with pytest.raises(TemplateError, match=f"{PLACE}, line 2"):
        write("fine\n{% if %}")


@pytest.mark.parametrize("source", ["{{ ''.__class__ }}", "{{ x.append(1) }}", "{{ x.__init__ }}"])
def test_templates_cannot_touch_python(source: str) -> None:
    with pytest.raises(TemplateError):
        write(source + "{{ y }}", x=[1])


def test_a_figure_is_asked_for_where_text_was_given() -> None:
    with pytest.raises(TemplateError, match="is not a figure"):
        write("{{ 'abc' | money }}")


def test_one_expression_alone_is_told_from_text() -> None:
    assert lone_expression(" {{ chart.x }} ") == "chart.x"
    assert lone_expression("a {{ b }}") is None
    assert lone_expression("{{ a }}{{ b }}") is None
    assert has_tokens("a {% if b %}")
    assert not has_tokens("a { b }")


def test_an_expression_keeps_its_kind() -> None:
    fact = Fact("x", 1.5, "number", "1.5")
    assert evaluate(ENVIRONMENT, "f", {"f": fact}, PLACE) is fact
    with pytest.raises(TemplateError, match="there is no 'missing'"):
        evaluate(ENVIRONMENT, "missing", {}, PLACE)


@pytest.mark.parametrize(
    "source",
    [
        "{{ report.title }} {{ segment.wine.mean }}",
        "{% for s in segments %}{{ s.name }} {{ s.wine.mean }}{% endfor %}",
        "{% for row in by_value[:5] %}{{ row.short }} {{ loop.index }}{% endfor %}",
        "{% for a in recommendations %}{{ a.segment.name }} {{ a.watch }}{% endfor %}",
        "{% set x = 1 %}{{ x }}{{ range(3) }}",
    ],
)
def test_known_names_pass_the_check(source: str) -> None:
    check_names(ENVIRONMENT, source, KNOWN, PLACE)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{{ reprot }}", "there is no 'reprot'"),
        ("{{ segment.wien }}", "there is no 'segment.wien'"),
        ("{% for s in segments %}{{ s.shrot }}{% endfor %}", "there is no 's.shrot'"),
        ("{% for f in figures[:2] %}{{ f.lable }}{% endfor %}", "there is no 'f.lable'"),
        ("{{ story.headlin }}", "there is no 'story.headlin'"),
        ("{{ chart.value_shar }}", "there is no 'chart.value_shar'"),
        ("{% for s in segments %}{{ s.chart.distinkt }}{% endfor %}", "there is no 's.chart.distinkt'"),
        ("{{ report.title | shout }}", "there is no 'shout'"),
        ("{% for s in %}", "Expected an expression"),
    ],
)
def test_the_check_finds_wrong_names_without_rendering(source: str, message: str) -> None:
    with pytest.raises(TemplateError, match=message):
        check_names(ENVIRONMENT, source, KNOWN, PLACE)


def test_without_a_near_name_the_list_is_pointed_to() -> None:
    assert unknown_name("zzzzzz", ["report"], PLACE).hint == "templates/README.md lists the names"
