"""A hostile or broken template ends in one line that names its place, soon, and leaves no process behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import openpyxl
import pytest
from briefs import BRIEF
from decks import blank, box
from factory import make_report
from pptx import Presentation

from segreport.errors import SegreportError, TemplateError
from segreport.formatting import Formats
from segreport.render.fill import check_names, evaluate, make_environment, render_text
from segreport.render.processes import Renderers, Templates
from segreport.results import dump_report

ENVIRONMENT = make_environment(Formats("en_GB", "GBP"))
FORMATS = ("pdf", "pptx", "xlsx")
RECURSION = "{% macro m(x) %}{{ m(x) }}{% endmacro %}{{ m(1) }}"
LOOPS = "{% for i in range(90000) %}{% for j in range(90000) %}{% endfor %}{% endfor %}"
MARKS = ("\ue000", "\ue001", r"\ue000")
PLACES = {"pdf": "brief.html", "pptx": "own.pptx, slide 1, shape 'Words'", "xlsx": "own.xlsx, sheet 'Sheet', cell A1"}


def own_brief(folder: Path, text: str) -> Path:
    (folder / "brief").mkdir()
    path = folder / "brief" / "brief.html"
    path.write_text(f"<!doctype html>\n<html lang=en><title>x</title>\n<body><p>{text}</p></body></html>\n")
    return path


def own_deck(folder: Path, text: str) -> Path:
    deck = Presentation()
    box(blank(deck), text)
    deck.save(str(folder / "own.pptx"))
    return folder / "own.pptx"


def own_workbook(folder: Path, text: str) -> Path:
    book = openpyxl.Workbook()
    book.active["A1"] = text
    book.save(folder / "own.xlsx")
    return folder / "own.xlsx"


OWN = {"pdf": own_brief, "pptx": own_deck, "xlsx": own_workbook}


def render_with(folder: Path, name: str, text: str, *, seconds: float = 60) -> TemplateError:
    """How the report is refused whose template for one format holds the text, checked and rendered by the process."""
    template = OWN[name](folder, text)
    (folder / "results.json").write_bytes(dump_report(make_report(3)))
    return refused(folder, Renderers([name], Templates({name: template}), seconds=seconds))


def refused(folder: Path, waiting: Renderers) -> TemplateError:
    """How the check or, if that has passed, the rendering of the folder's report is refused."""

    def make(renderers: Renderers) -> None:
        renderers.check(["Spending", "Wine"])
        renderers.render(folder, customers=None)

    with waiting as renderers, pytest.raises(TemplateError) as refusal:
        make(renderers)
    return refusal.value


def lines_of(refusal: SegreportError) -> str:
    """The message; both it and the hint are one line of plain words."""
    for text in (refusal.message, refusal.hint):
        assert text
        assert "\n" not in text
        assert not [mark for mark in MARKS if mark in text]
    return refusal.message


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("{% for i in range(10**9) %}x{% endfor %}", "Range too big"),
        (RECURSION, "it goes too deep"),
        ("{{ ''.__class__ }}", "access to attribute '__class__'"),
        ("{{ segments[99].name }}", "has no element 99"),
        ("{{ ('x' * 9**9) * 9**9 }}", "more memory|cannot fit|MemoryError|repeated"),
    ],
    ids=["range", "recursion", "class", "index", "memory"],
)
def test_what_a_template_may_not_do_is_refused_with_its_place(tmp_path: Path, name: str, text: str, cause: str) -> None:
    refusal = render_with(tmp_path, name, text)
    message = lines_of(refusal)
    assert message.startswith(PLACES[name])
    assert any(part in message for part in cause.split("|")), message


@pytest.mark.parametrize("name", FORMATS)
def test_loops_within_loops_end_soon(tmp_path: Path, name: str) -> None:
    since = time.monotonic()
    refusal = render_with(tmp_path, name, LOOPS, seconds=3)
    assert lines_of(refusal) == f"the {name} took longer than 3 seconds"
    assert time.monotonic() - since < 20


def test_a_chart_that_is_none_is_refused_with_its_line(tmp_path: Path) -> None:
    refusal = render_with(tmp_path, "pdf", "{{ figure('x') }}")
    assert lines_of(refusal).startswith("brief.html, line 3: ")


def test_our_brief_with_one_wrong_partial_is_refused_with_its_line(tmp_path: Path) -> None:
    import shutil

    folder = tmp_path / "brief"
    shutil.copytree(BRIEF, folder)
    part = folder / "glance.html"
    part.write_text(part.read_text(encoding="utf-8") + "\n{{ figure('x') }}\n", encoding="utf-8")
    (tmp_path / "results.json").write_bytes(dump_report(make_report(3)))
    last = part.read_text(encoding="utf-8").count("\n")
    refusal = refused(tmp_path, Renderers(["pdf"], Templates({"pdf": folder})))
    assert lines_of(refusal).startswith(f"glance.html, line {last}: ")


def test_a_brand_that_is_not_there_is_found_by_the_check(tmp_path: Path) -> None:
    with (
        Renderers(["xlsx"], Templates({}, tmp_path / "none.toml")) as renderers,
        pytest.raises(TemplateError, match=r"none\.toml"),
    ):
        renderers.check([])


@pytest.mark.skipif(not hasattr(signal, "SIGXCPU"), reason="this system does not limit processor time")
def test_a_process_whose_run_has_gone_ends_when_its_processor_time_is_spent(tmp_path: Path) -> None:
    template = own_deck(tmp_path, LOOPS)
    (tmp_path / "results.json").write_bytes(dump_report(make_report(3)))
    request = {
        "do": "render", "report": str(tmp_path / "results.json"), "template": str(template), "seconds": 1,
        "out": str(tmp_path / "deck.pptx"), "brand": None, "customers": None,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "segreport.render.worker", "pptx"],
        input=json.dumps(request), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (-signal.SIGXCPU, "")


def test_spent_processor_time_is_told_from_a_process_that_was_lost() -> None:
    with Renderers(["xlsx"], Templates({}), seconds=7) as renderers:
        process = renderers._processes["xlsx"]
        process.send_signal(signal.SIGXCPU)
        assert renderers._gone("xlsx").message == "the xlsx took longer than 7 seconds"
    with Renderers(["xlsx"], Templates({})) as renderers:
        renderers._processes["xlsx"].kill()
        with pytest.raises(TemplateError, match="ended before it was done"):
            renderers.check([])


def test_the_processes_are_in_sessions_of_their_own_and_end_with_the_run() -> None:
    with Renderers(["xlsx", "pptx"], Templates({})) as renderers:
        found = [process.pid for process in renderers._processes.values()]
        assert all(os.getsid(pid) == pid for pid in found)
    for pid in found:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_a_process_ends_quietly_when_nobody_listens_any_more(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "segreport.render.worker", "xlsx"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin
    assert process.stdout
    process.stdout.close()
    request = {"do": "check", "template": "none", "columns": [], "brand": None, "seconds": 60}
    process.stdin.write(json.dumps(request).encode() + b"\n")
    process.stdin.close()
    assert process.stderr
    assert process.stderr.read() == b""
    process.stderr.close()
    process.wait(timeout=20)


def test_a_hint_shows_the_text_without_the_marks_of_paint() -> None:
    with pytest.raises(TemplateError) as refusal:
        render_text(ENVIRONMENT, "\ue000run:1\ue001{{ 1 // 0 }} words", {}, "here")
    assert (refusal.value.message, refusal.value.hint) == (
        "here: integer division or modulo by zero",
        "check '{{ 1 // 0 }} words'",
    )
    with pytest.raises(TemplateError) as refusal:
        render_text(ENVIRONMENT, "{{ (fill('#112233') ~ 'a') | money }}", {}, "here")
    assert refusal.value.message == "here: 'a' is not a figure"


@pytest.mark.parametrize(
    ("source", "cause"),
    [
        ("{{ x['k'] }}", "there is no"),
        ("{% include 'other.html' %}", "no loader"),
        ("{% for x in [[1]] recursive %}{{ loop([[1]]) }}{% endfor %}", "goes too deep"),
        ("{{ 'a'.join(1) }}", "can only join"),
        ("{{ " + "+".join("1" * 3000) + " }}", "goes too deep"),
    ],
)
def test_whatever_a_template_makes_python_raise_is_a_template_error(source: str, cause: str) -> None:
    with pytest.raises(TemplateError) as refusal:
        render_text(ENVIRONMENT, source, {"x": {}}, "here")
    assert refusal.value.message.startswith("here")
    assert cause in lines_of(refusal.value)


def test_a_text_too_deep_to_check_is_refused() -> None:
    with pytest.raises(TemplateError, match="here: it goes too deep"):
        check_names(ENVIRONMENT, "{{ " + "+".join("1" * 3000) + " }}", {}, "here")


def test_a_macro_that_calls_itself_is_placed_once() -> None:
    with pytest.raises(TemplateError) as refusal:
        render_text(ENVIRONMENT, f"words\n{RECURSION}", {}, "here")
    assert refusal.value.message == "here, line 2: it goes too deep"


def test_a_lazy_value_fails_where_it_is_asked_for() -> None:
    with pytest.raises(TemplateError, match="here: "):
        evaluate(ENVIRONMENT, "[1] | map('money', 'x', 'y', 'z')", {}, "here")
    assert evaluate(ENVIRONMENT, "[1, 2] | map('string')", {}, "here") == ["1", "2"]


@pytest.mark.slow
def test_the_command_ends_with_one_line_a_hint_and_the_code_of_templates(sample: Path, tmp_path: Path) -> None:
    template = own_brief(tmp_path, RECURSION)
    done = subprocess.run(
        [sys.executable, "-m", "segreport", "run", str(sample), "-o", str(tmp_path / "out"),
         "--formats", "pdf", "--brief", str(template)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 6, done.stderr
    assert [line.split(":")[0] for line in done.stderr.splitlines()] == ["segreport", "hint"]
    assert not (tmp_path / "out").exists()
