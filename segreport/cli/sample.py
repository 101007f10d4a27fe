"""segreport sample."""

from __future__ import annotations

from pathlib import Path

import click

from segreport.errors import OutputError


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path("sample_data"))
@click.option("--seed", type=int, default=7, show_default=True, help="Seed of the generator.")
def sample(folder: Path, seed: int) -> None:
    """Write customers.csv and transactions.csv, invented, into FOLDER (by default sample_data)."""
    from segreport.sample import write_sample

    try:
        files = write_sample(folder, seed=seed)
    except OSError as error:
        raise OutputError(f"{folder}: {error.strerror}", "name another folder") from error
    click.echo(f"written: {', '.join(str(file) for file in files)}", err=True)
