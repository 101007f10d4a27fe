"""A deck that is wrong is refused before any work, with the place and the remedy."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from decks import NAMES, blank, box, fill, fill_one, save, table

from segreport.errors import TemplateError
from segreport.render.deck import check, remarks


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
