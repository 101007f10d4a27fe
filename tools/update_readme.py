"""Write the help of every command into README.md, between its marks; with --check, only say whether it is current."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from click.testing import CliRunner

from segreport.cli import COMMANDS, cli

README = Path(__file__).resolve().parent.parent / "README.md"
MARK = re.compile(r"(<!-- help: (?P<name>\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def help_of(name: str) -> str:
    """The help of one command, as the terminal shows it."""
    arguments = ["--help"] if name == "segreport" else [name, "--help"]
    result = CliRunner().invoke(cli, arguments, prog_name="segreport", terminal_width=100)
    return "\n".join(line.rstrip() for line in result.output.rstrip().splitlines())


def updated(text: str) -> str:
    """The text with the help between its marks made new."""
    return MARK.sub(lambda found: f"{found[1]}```\n{help_of(found['name'])}\n```\n{found[3]}", text)


def missing(text: str) -> set[str]:
    """The commands that the text does not document."""
    return set(COMMANDS) - {found["name"] for found in MARK.finditer(text)}


if __name__ == "__main__":
    old = README.read_text(encoding="utf-8")
    if "--check" in sys.argv:
        sys.exit(old != updated(old))
    README.write_text(updated(old), encoding="utf-8")
