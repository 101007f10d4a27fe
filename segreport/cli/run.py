"""segreport run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from segreport.api import run_config
from segreport.cli.options import FIT, LOOK, READ, SHARED, TALK, find_config, settings_from, with_options
from segreport.cli.talk import summarise, talking
from segreport.config import load_config


@click.command()
@click.argument("sources", metavar="INPUT...", nargs=-1, required=True)
@with_options(SHARED, READ, FIT, LOOK, TALK)
@click.option("--dry-run", is_flag=True, help="Read, clean and check, say what a run would do, and write nothing.")
def run(
    sources: tuple[str, ...],
    config: Path | None,
    out: Path | None,
    as_json: bool,
    quiet: bool,
    log: Path | None,
    dry_run: bool,
    **values: Any,
) -> None:
    """Make the report of a table of customers.

    INPUT is delimited text of any dialect, an Excel or OpenDocument workbook, Parquet, an SPSS .sav, SQLite or DuckDB
    file, .gz or .zip of one of these, a database URL (postgresql://host/db?table=customers), or - for standard input;
    several of one shape make one table. No configuration is needed; with one, a flag wins over SEGREPORT_* variables,
    and these over the file.
    """
    file = find_config(config)
    if file and not config and not quiet:
        click.echo(f"using {file}", err=True)
    settings = load_config(sources, file=file, flags=settings_from(values), folder=out)
    if dry_run:
        from segreport.cli.plan import describe_plan

        click.echo(describe_plan(settings))
        return
    with talking(quiet=quiet, log=log) as talk:
        delivery = run_config(settings, talk)
    summarise(delivery, as_json=as_json, quiet=quiet)
