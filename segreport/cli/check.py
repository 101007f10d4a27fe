"""segreport check."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from segreport.cli.options import FIT, LOOK, READ, SHARED, find_config, settings_from, with_options
from segreport.cli.plan import inspect_config
from segreport.config import load_config


@click.command()
@click.argument("sources", metavar="INPUT...", nargs=-1, required=True)
@with_options(SHARED, READ, FIT, LOOK)
@click.option("--json", "as_json", is_flag=True, help="Print the same as JSON.")
def check(sources: tuple[str, ...], config: Path | None, out: Path | None, as_json: bool, **values: Any) -> None:
    """Say what a table holds, how clean it is, and what a run would do; write nothing.

    How INPUT was read, what every column means and why, what cleaning drops, what is noticed, what the data lacks, and
    whether configuration and templates are right. Ends with the code that a run would end with before its fit.
    """
    from segreport.cli.shown import json_of, page_of

    file = find_config(config)
    if file and not config:
        click.echo(f"using {file}", err=True)
    settings = load_config(sources, file=file, flags=settings_from(values), folder=out)
    seen = inspect_config(settings)
    click.echo(json_of(seen) if as_json else page_of(seen))
    if seen.refusal:
        raise seen.refusal
