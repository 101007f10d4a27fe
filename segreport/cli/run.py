"""segreport run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from segreport.api import run_config
from segreport.cli.options import FIT, LOOK, SHARED, TALK, find_config, settings_from, with_options
from segreport.cli.talk import summarise, talking
from segreport.config import load_config


@click.command()
@click.argument("source", metavar="INPUT", type=click.Path(path_type=Path))
@with_options(SHARED, FIT, LOOK, TALK)
@click.option("--dry-run", is_flag=True, help="Read, clean and check, say what a run would do, and write nothing.")
def run(
    source: Path,
    config: Path | None,
    out: Path | None,
    as_json: bool,
    quiet: bool,
    log: Path | None,
    dry_run: bool,
    **values: Any,
) -> None:
    """Make the report of a table of customers.

    INPUT is a CSV (comma, semicolon, tab or pipe) or an Excel workbook, one row a customer. No configuration is
    needed; with one, a flag wins over SEGREPORT_* variables, and these over the file.
    """
    file = find_config(config)
    if file and not config and not quiet:
        click.echo(f"using {file}", err=True)
    settings = load_config(source, file=file, flags=settings_from(values), folder=out)
    if dry_run:
        from segreport.cli.plan import describe_plan

        click.echo(describe_plan(settings))
        return
    with talking(quiet=quiet, log=log) as talk:
        delivery = run_config(settings, talk)
    summarise(delivery, as_json=as_json, quiet=quiet)
