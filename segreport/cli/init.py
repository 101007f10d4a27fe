"""segreport init."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import click

from segreport.cli.options import READ, settings_from, with_options
from segreport.config import CONFIG_NAME, load_config
from segreport.errors import OutputError


@click.command()
@click.argument("sources", metavar="INPUT...", nargs=-1, required=True)
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), default=Path(CONFIG_NAME), show_default=True,
    help="File to write; - prints it.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Replace the file where there is one.")
@with_options(READ)
def init(sources: tuple[str, ...], out: Path, force: bool, **values: Any) -> None:
    """Write a commented segreport.toml with the roles that were found, and with every setting.

    A run with the file gives the same report as one without it, until something in it is changed.
    """
    from segreport.inspection import inspect
    from segreport.recipe import write_recipe

    to_terminal = str(out) == "-"
    if not to_terminal:
        _check_target(out, force=force)
    settings = load_config(sources, flags=settings_from(values))
    seen = inspect(settings)
    text = write_recipe(seen, settings)
    if to_terminal:
        click.echo(text, nl=False)
        return
    _write(out, text)
    click.echo(f"written: {out}", err=True)
    if seen.refusal:
        click.echo(f"note: a run would be refused: {seen.refusal.message}", err=True)


def _check_target(out: Path, *, force: bool) -> None:
    if out.is_dir():
        raise OutputError(f"{out} is a folder", "name a file with -o")
    if out.exists() and not force:
        raise OutputError(f"{out} is there already", "replace it with --force, or name another file with -o")
    if not out.absolute().parent.is_dir():
        raise OutputError(f"{out.parent} is no folder", "make it first, or name another file with -o")


def _write(out: Path, text: str) -> None:
    """The whole file into place at once, or the old one stays."""
    work = ""
    try:
        with tempfile.NamedTemporaryFile("w", dir=out.absolute().parent, encoding="utf-8", delete=False) as file:
            work = file.name
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(work, 0o666 & ~_umask())
        os.replace(work, out)
    except OSError as error:
        if work:
            Path(work).unlink(missing_ok=True)
        raise OutputError(f"{out}: {error.strerror}", "name another file with -o") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
