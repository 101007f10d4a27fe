"""segreport render."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from segreport.api import render_config
from segreport.cli.options import LOOK, SHARED, TALK, find_config, settings_from, with_options
from segreport.cli.talk import summarise, talking
from segreport.config import FORMATS, RunConfig, load_config
from segreport.errors import InputError
from segreport.publish import MANIFEST


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@with_options(SHARED, LOOK, TALK)
def render(
    folder: Path, config: Path | None, out: Path | None, as_json: bool, quiet: bool, log: Path | None, **values: Any
) -> None:
    """Make the documents of a saved report again, without a new fit.

    FOLDER is one that a run has written. Whatever is not said here stays as it was in that run: locale, currency,
    names and formats.
    """
    saved = _saved_settings(folder)
    flags = {key: value for key, value in settings_from(values).items() if value is not None}
    settings = load_config(Path(saved["report.name"]), file=find_config(config), flags=saved | flags, folder=out)
    settings = _with_names(settings, folder)
    with talking(quiet=quiet, log=log) as talk:
        delivery = render_config(folder, settings, talk)
    summarise(delivery, as_json=as_json, quiet=quiet)


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return manifest
    except (OSError, ValueError) as error:
        raise InputError(
            f"{folder} has no readable {MANIFEST}", "name a folder that segreport run has written"
        ) from error


def _saved_settings(folder: Path) -> dict[str, Any]:
    """The saved run's own settings, which whatever is given now overrides."""
    manifest = _manifest(folder)
    config = manifest.get("config", {})
    made = {entry["name"].rpartition(".")[2] for entry in manifest.get("files", [])}
    saved = {f"report.{key}": value for key, value in config.get("report", {}).items() if value}
    saved["outputs.formats"] = [name for name in FORMATS if name in made] or list(FORMATS)
    return {"report.name": manifest["report"]["name"]} | saved


def _with_names(settings: RunConfig, folder: Path) -> RunConfig:
    kept = {int(number): name for number, name in _manifest(folder).get("config", {}).get("names", {}).items()}
    return settings.model_copy(update={"names": kept | settings.names})
