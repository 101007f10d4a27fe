"""Whatever TOML file is wrong, the refusal names its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from segreport.errors import TemplateError
from segreport.narrate.playbook import load_playbook
from segreport.paths import templates_folder
from segreport.render.brand import load_brand
from segreport.tomlfile import line_of


def test_the_third_rule_is_found_in_the_third_place(tmp_path: Path) -> None:
    rule = 'id = "{0}"\nwhen = []\naction = "a"\nbecause = "b"\nwatch = "c"\n'
    text = "".join("[[rule]]\n" + rule.format(name) for name in "ab") + "[[rule]]\n" + rule.format("c") + "wieght = 2\n"
    (tmp_path / "p.toml").write_text(text, encoding="utf-8")
    with pytest.raises(TemplateError) as refusal:
        load_playbook(tmp_path / "p.toml")
    assert refusal.value.message == "p.toml, line 19: unknown key 'wieght'"


def test_a_wrong_colour_and_an_unknown_key_of_a_brand_are_named(tmp_path: Path) -> None:
    (tmp_path / "b.toml").write_text('page = "A4"\naccent = "red"\n', encoding="utf-8")
    with pytest.raises(TemplateError, match=r"b\.toml, line 2: String should match"):
        load_brand(tmp_path / "b.toml")
    (tmp_path / "b.toml").write_text('acent = "#FF0000"\n', encoding="utf-8")
    with pytest.raises(TemplateError, match="line 1: unknown key 'acent'") as refusal:
        load_brand(tmp_path / "b.toml")
    assert refusal.value.hint == "did you mean accent?"


def test_a_brand_with_few_colours_is_continued_with_ours(tmp_path: Path) -> None:
    (tmp_path / "b.toml").write_text('palette = [["#123456", "#123456", "#FFFFFF"]]\n', encoding="utf-8")
    brand, ours = load_brand(tmp_path / "b.toml"), load_brand()
    assert brand.paint(1).fill == "#123456"
    assert brand.paint(2) == ours.paint(2)


def test_the_shipped_files_are_right() -> None:
    assert load_playbook(templates_folder() / "playbook" / "default.toml").rule
    assert len(load_brand().palette) == 12


LINES = """\
title = "x"
[brand]
palette = [
  ["#111111", "#222222"],
  ["#333333", "#444444"]
]
"a.b" = 1
c.d = 2
[[rule]]
id = "one" # [[rule]]
[[rule]] # the second
id = "two"
"""


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (("title",), 1),
        (("brand", "palette", "1", "0"), 3),
        (("brand", "a.b"), 7),
        (("brand", "c", "d"), 8),
        (("rule", "0", "id"), 10),
        (("rule", "1", "id"), 12),
        (("rule", "1", "action"), 11),
        (("rule", "1", "when", "3"), 11),
        (("nothing",), None),
    ],
)
def test_a_key_is_found_on_its_line_or_that_of_its_table(tmp_path: Path, keys: tuple[str, ...], line: int) -> None:
    (tmp_path / "t.toml").write_text(LINES, encoding="utf-8")
    assert line_of(tmp_path / "t.toml", keys) == line


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "b.toml").write_text('page = "Letter"\n', encoding="utf-8-sig")
    assert load_brand(tmp_path / "b.toml").page == "Letter"


def test_a_logo_that_is_not_there_is_refused_when_the_brand_is_read(tmp_path: Path) -> None:
    (tmp_path / "b.toml").write_text('page = "A4"\nlogo = "none.png"\n', encoding="utf-8")
    with pytest.raises(TemplateError, match=r"b\.toml, line 2: there is no 'none\.png' beside it"):
        load_brand(tmp_path / "b.toml")
