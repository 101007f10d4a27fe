"""segreport templates."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from segreport.errors import ConfigError, OutputError
from segreport.paths import templates_folder

KINDS = {
    "brief": "the PDF brief: HTML and CSS",
    "deck": "the PowerPoint deck",
    "workbook": "the Excel workbook",
    "playbook": "the rules of advice",
    "brand": "accent, paper, page and palette",
}


@click.group()
def templates() -> None:
    """List our templates, or copy one to change it."""


@templates.command("list")
def list_() -> None:
    """Name the templates and what each is for."""
    for name, purpose in KINDS.items():
        click.echo(f"{name:<10} {purpose}")


@templates.command()
@click.argument("name", type=click.Choice(list(KINDS)))
@click.argument("target", type=click.Path(path_type=Path), required=False)
def copy(name: str, target: Path | None) -> None:
    """Copy a template to TARGET (by default here), to be changed and passed back with --brief, --deck, --workbook,
    --playbook or --brand."""
    source = templates_folder() / ("brand.toml" if name == "brand" else name)
    if name in ("deck", "workbook", "playbook"):
        source = next(path for path in sorted(source.iterdir()) if path.suffix in (".pptx", ".xlsx", ".toml"))
    target = target or Path(source.name)
    if target.exists():
        raise ConfigError(f"{target} is there already", "name another target")
    try:
        shutil.copytree(source, target) if source.is_dir() else shutil.copyfile(source, target)
        if name == "brief":
            shutil.copytree(templates_folder() / "fonts", target / "fonts")
    except OSError as error:
        raise OutputError(f"{target}: {error.strerror}", "name another target") from error
    click.echo(f"copied to {target}", err=True)
