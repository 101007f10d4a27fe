"""The README tells what the program does today."""

from __future__ import annotations

import importlib.util
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SPEC = importlib.util.spec_from_file_location("update_readme", ROOT / "tools" / "update_readme.py")
assert SPEC
assert SPEC.loader
tool = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(tool)
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_help_in_the_readme_is_current() -> None:
    assert tool.updated(README) == README, "run python tools/update_readme.py"


def test_every_command_is_documented() -> None:
    assert tool.missing(README) == set()


def test_the_pictures_of_the_readme_are_there() -> None:
    for name in ("docs/brief.png", "docs/slide.png"):
        assert (ROOT / name).is_file()
        assert name in README
