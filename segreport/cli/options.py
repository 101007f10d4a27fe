"""The options that commands share, and how they become settings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from segreport.config import CONFIG_NAME
from segreport.errors import ConfigError

Command = TypeVar("Command", bound=Callable[..., Any])
_FILE = click.Path(path_type=Path)


def _option(*names: str, key: str, **settings: Any) -> Callable[[Command], Command]:
    """An option whose value is the setting ``key`` (section.name); the environment may give it too."""
    variable = "SEGREPORT_" + names[0].lstrip("-").replace("-", "_").upper()
    return click.option(*names, key.replace(".", "__"), envvar=variable, **settings)


SHARED = (
    click.option(
        "-c",
        "--config",
        type=_FILE,
        envvar="SEGREPORT_CONFIG",
        help=f"Configuration; ./{CONFIG_NAME} where there is one.",
    ),
    click.option(
        "-o", "--out", type=_FILE, envvar="SEGREPORT_OUT", help="Folder to write in.  [default: output/NAME/PERIOD]"
    ),
    _option(
        "--formats", key="outputs.formats", metavar="LIST", help="Documents to make: pdf, pptx, xlsx.  [default: all]"
    ),
)
LOOK = (
    _option("--name", key="report.name", help="Name of the report.  [default: the input's stem]"),
    _option("--title", key="report.title", help="Title in print.  [default: the name in words]"),
    _option("--brief", key="templates.brief", type=_FILE, help="Your own brief: a folder or an HTML file."),
    _option("--deck", key="templates.deck", type=_FILE, help="Your own PowerPoint template."),
    _option("--workbook", key="templates.workbook", type=_FILE, help="Your own Excel template."),
    _option("--playbook", key="templates.playbook", type=_FILE, help="Your own rules of advice."),
    _option("--brand", key="templates.brand", type=_FILE, help="Your own brand.toml."),
    _option("--locale", key="report.locale", help="How figures and dates are written.  [default: en_US]"),
    _option("--currency", key="report.currency", help="Currency of money.  [default: the locale's]"),
)
READ = (
    _option("--encoding", key="input.encoding", help="Encoding of text, such as cp1252.  [default: detected]"),
    _option("--delimiter", key="input.delimiter", metavar="MARK", help="What parts the cells.  [default: detected]"),
    _option("--decimal", key="input.decimal", metavar="MARK", help="Decimal mark, . or ,.  [default: by the cells]"),
    _option(
        "--date-order", key="input.date_order", metavar="DMY|MDY|YMD", help="Order of dates.  [default: by the cells]"
    ),
    _option("--skip-rows", key="input.skip_rows", metavar="N", help="Lines above the header.  [default: detected]"),
    _option("--sheet", key="input.sheet", help="Sheet of a workbook.  [default: the one with the table]"),
    _option("--query", key="input.query", metavar="SQL", help="What to ask a database."),
)
FIT = (
    _option("--k", key="segment.k", metavar="auto|N|LO-HI", help="How many segments.  [default: auto]"),
    _option(
        "--features", key="segment.features", metavar="LIST", help="Columns to segment on.  [default: chosen by role]"
    ),
    _option("--method", key="segment.method", help="How to segment: kmeans."),
    _option("--id", key="input.id", metavar="COLUMN", help="The customer's id.  [default: detected]"),
    _option(
        "--as-of",
        key="input.as_of",
        metavar="DATE",
        help="Reference date of ages and recency.  [default: the day after the last date]",
    ),
    _option("--seed", key="segment.seed", type=int, help="Seed of every random step.  [default: 42]"),
)
TALK = (
    click.option("--json", "as_json", is_flag=True, help="Print a summary as JSON on standard output."),
    click.option("--quiet", is_flag=True, help="Say nothing but errors."),
    click.option("--log", type=_FILE, help="Write stages and their seconds to a file, as JSON lines."),
)


def with_options(*groups: tuple[Callable[[Command], Command], ...]) -> Callable[[Command], Command]:
    """Add the options of the groups to a command, in order."""

    def add(command: Command) -> Command:
        for option in reversed([option for group in groups for option in group]):
            command = option(command)
        return command

    return add


def settings_from(values: dict[str, Any]) -> dict[str, Any]:
    """The settings among a command's values, as ``section.key``."""
    found = {name.replace("__", "."): value for name, value in values.items() if "__" in name}
    if found.get("input.as_of"):
        found["input.as_of"] = _moment(found["input.as_of"])
    return found


def find_config(given: Path | None) -> Path | None:
    """The configuration to read: the one given, else ./segreport.toml where there is one."""
    here = Path(CONFIG_NAME)
    return given or (here if here.is_file() else None)


def _moment(text: str) -> date | datetime:
    try:
        return date.fromisoformat(text) if len(text) <= 10 else datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"--as-of: {text!r} is not a date", "write it as 2026-11-30 or 2026-11-30T12:00") from error
