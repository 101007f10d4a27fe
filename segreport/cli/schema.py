"""segreport schema."""

from __future__ import annotations

import json

import click


@click.command()
def schema() -> None:
    """Print the JSON Schema of results.json."""
    from segreport.results import schema as schema_of_results

    click.echo(json.dumps(schema_of_results(), indent=1))
