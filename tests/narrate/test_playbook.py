"""A playbook is checked when it is read: a trait or a figure that nothing can ever have is refused with its line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from segreport.errors import TemplateError
from segreport.narrate.playbook import Rule, load_playbook
from segreport.paths import templates_folder

FIRST = """# rules
[[rule]]
id = "fine"
when = ["value:top", "channel[catalogue]:high"]
action = "Do {product} in {channel} for {short}"
because = "{catalogue.mean} against {catalogue.all}, {value.mean} against {value.top}."
watch = "{score.label}"

"""
RULE = {"id": '"wrong"', "when": "[]", "action": '"a"', "because": '"b"', "watch": '"c"'}


def write(tmp_path: Path, **fields: str) -> Path:
    """A right rule, and one with these fields, from line 9 on."""
    path = tmp_path / "mine.toml"
    second = "".join(f"{key} = {value}\n" for key, value in (RULE | fields).items())
    path.write_text(f"{FIRST}[[rule]]\n{second}", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("kind", "hint"),
    [
        ("valeu:topp", "did you mean value:top?"),
        ("value:high", "did you mean value:"),
        ("spend:hihg", "did you mean spend:high?"),
        ("chanel[store]:high", "did you mean channel[store]:high?"),
        ("product:high", "did you mean spend:high?"),
        ("channel:[store]high", "did you mean channel[store]:high?"),
        ("spend", "did you mean spend:"),
        ("value[wine]:top", "write <role>:high"),
        ("", "write <role>:high"),
    ],
)
@pytest.mark.parametrize(("key", "line"), [("when", 11), ("unless", 15)])
def test_a_trait_that_does_not_exist_is_refused_with_its_line(
    tmp_path: Path, key: str, line: int, kind: str, hint: str
) -> None:
    with pytest.raises(TemplateError) as refusal:
        load_playbook(write(tmp_path, **{key: f'["deals:low", "{kind}"]'}))
    assert refusal.value.message == f"mine.toml, line {line}: there is no trait {kind!r}"
    assert refusal.value.hint.startswith(hint)


@pytest.mark.parametrize(
    ("slot", "hint"),
    [
        ("chanel.mean", "did you mean channel.mean?"),
        ("channel.maen", "did you mean channel.mean?"),
        ("value.al", "did you mean value.all?"),
        ("value", "did you mean value."),
        ("Product", "did you mean product?"),
        ("sise", "did you mean size?"),
        ("share.mean", ""),
        ("catalogue.mean", "a product or channel must stand in when"),
    ],
)
@pytest.mark.parametrize(("key", "line"), [("action", 12), ("because", 13), ("watch", 14), ("mind", 15)])
def test_a_figure_that_does_not_exist_is_refused_with_its_line(
    tmp_path: Path, key: str, line: int, slot: str, hint: str
) -> None:
    with pytest.raises(TemplateError) as refusal:
        load_playbook(write(tmp_path, **{key: f'"It is {{{slot}}} today"'}))
    assert refusal.value.message == f"mine.toml, line {line}: there is no figure {slot!r}"
    assert refusal.value.hint.startswith(hint)


def test_needs_are_figures_too(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"mine\.toml, line 15: there is no figure 'value\.topp'") as refusal:
        load_playbook(write(tmp_path, needs='["value.mean", "value.topp"]'))
    assert refusal.value.hint == "did you mean value.top?"


def test_a_brace_that_is_left_open_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="line 12: a brace has no partner"):
        load_playbook(write(tmp_path, action='"Give {product to them"'))


def test_an_unknown_key_of_a_rule_names_the_nearest_one(tmp_path: Path) -> None:
    with pytest.raises(TemplateError) as refusal:
        load_playbook(write(tmp_path, wieght="2"))
    assert refusal.value.message == "mine.toml, line 15: unknown key 'wieght'"
    assert refusal.value.hint == "did you mean weight?"


def test_every_trait_and_figure_there_is_passes() -> None:
    rule = Rule(
        id="all",
        when=("value:low", "spend[red wine]:high", "birth-year:low"),
        unless=("number:high",),
        needs=("jaccard", "recency.median"),
        action="{worth} {reliable} {size} {share} {red wine} {red wine.all} {product.times}",
        because="{birth-year.mean} {value.ratio} {value.total} {income.z} {orders.index} {spend.sd}",
        watch="c",
    )
    assert rule.weight == 0.5


def test_our_own_playbook_passes() -> None:
    assert len(load_playbook(templates_folder() / "playbook" / "default.toml").rule) > 20


def test_the_command_refuses_a_wrong_playbook_before_the_fit(sample: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "segreport", "run", str(sample), "-o", str(tmp_path / "out"), "--formats", "xlsx",
         "--playbook", str(write(tmp_path, when='["valeu:topp"]')), "--log", str(tmp_path / "log")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 6
    assert done.stderr.splitlines() == [
        "segreport: mine.toml, line 11: there is no trait 'valeu:topp'",
        "hint: did you mean value:top?",
    ]
    assert not (tmp_path / "out").exists()
