"""segreport render."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from segreport.api import render_config
from segreport.cli.options import LOOK, SHARED, TALK, find_config, settings_from, with_options
from segreport.cli.talk import summarise, talking
from segreport.config import RunConfig, load_config
from segreport.publish import Manifest, read_manifest


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
    settings = _settings(read_manifest(folder), config, settings_from(values), out)
    with talking(quiet=quiet, log=log) as talk:
        delivery = render_config(folder, settings, talk)
    summarise(delivery, as_json=as_json, quiet=quiet)


def _settings(saved: Manifest, file: Path | None, flags: Mapping[str, Any], out: Path | None) -> RunConfig:
    """The saved run's own settings under whatever is given now; its input and its fit stay as they were."""
    source, found = (saved.report.name,), find_config(file)
    given = {key: value for key, value in flags.items() if value is not None}
    settings = load_config(source, file=found, flags=_kept(saved, source, file, found) | given, folder=out)
    fit = ("input", "roles", "derive", "clean", "segment")
    return settings.model_copy(update={key: getattr(saved.config, key) for key in fit})


def _kept(saved: Manifest, source: tuple[str, ...], file: Path | None, found: Path | None) -> dict[str, Any]:
    """The saved settings, as flags, that hold: over a file that is merely found, under one that is named.

    Names are mended in the file: those win wherever it lies.
    """
    said = load_config(source, file=file).model_dump(exclude_unset=True)
    mended = load_config(source, file=found).names
    old = saved.config
    kept = {f"report.{key}": value for key, value in old.report if value and key not in said.get("report", {})}
    kept |= {f"names.{number}": name for number, name in old.names.items() if number not in mended}
    return kept if "formats" in said.get("outputs", {}) else kept | {"outputs.formats": old.outputs.formats}
