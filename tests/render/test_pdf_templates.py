"""Templates of the brief: what they may name and read, and what is refused."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pypdf
import pytest
from briefs import BRIEF, brand_for, make, report, words

from segreport.errors import TemplateError
from segreport.render import pdf
from segreport.render.job import Job
from segreport.render.names import known_names


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


def test_a_copy_of_our_folder_works_wherever_it_lies(tmp_path: Path) -> None:
    ours = make(report("three"), tmp_path).read_bytes()
    copy = Path(shutil.copytree(BRIEF, tmp_path / "my brief"))
    assert make(report("three"), tmp_path, template=copy).read_bytes() == ours


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
