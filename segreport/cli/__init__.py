"""The command line: commands loaded when they are called, and the one place where an error becomes an exit code."""

from __future__ import annotations

import importlib
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click

from segreport.errors import ExitCode, SegreportError

COMMANDS = {
    "run": "Make the report of a table of customers.",
    "check": "Say what a table holds, how clean it is, and what a run would do; write nothing.",
    "init": "Write a commented segreport.toml with the roles that were found.",
    "render": "Make the documents of a saved report again: other templates, brand, locale or names, no new fit.",
    "templates": "List our templates, or copy one to change it.",
    "sample": "Write the sample data.",
    "schema": "Print the JSON Schema of results.json.",
}
"""Every command is a function of its own name in the module of its own name; listing them imports none of them."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of the README."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(importlib.import_module(f"segreport.cli.{cmd_name}"), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands by their one line, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="segreport", message="%(version)s")
def cli() -> None:
    """From a table of customers to the segment report that a marketing team sends out.

    Exit codes: 0 done, 1 a bug, 2 usage, 3 configuration, 4 input, 5 quality, 6 template, 7 output.
    """


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit with its code."""
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _terminate)
    try:
        cli.main(args=arguments, prog_name="segreport", standalone_mode=False)
        code = int(ExitCode.OK)
    except SegreportError as error:
        code = _refuse(error)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except click.Abort:
        code = 128 + signal.SIGINT
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        code = int(ExitCode.OK)
    except Exception as error:  # the border of the program: what is left is a bug, and its traceback goes to a file
        code = _confess(error)
    sys.exit(code)


def _terminate(number: int, frame: object) -> NoReturn:
    """End with the code of the signal; whatever is open on the way out is closed and removed."""
    raise SystemExit(128 + number)


def _refuse(error: SegreportError) -> int:
    click.echo(f"segreport: {error.message}", err=True)
    if error.hint:
        click.echo(f"hint: {error.hint}", err=True)
    return int(error.exit_code)


def _confess(error: Exception) -> int:
    with tempfile.NamedTemporaryFile("w", prefix="segreport-", suffix=".log", delete=False, encoding="utf-8") as log:
        log.write("".join(traceback.format_exception(error)))
    cause = (str(error).strip().splitlines() or [type(error).__name__])[-1]
    click.echo(f"segreport: a bug, sorry: {cause[:200]}", err=True)
    click.echo(f"hint: please report it with {Path(log.name)}", err=True)
    return int(ExitCode.BUG)
