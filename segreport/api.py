"""The public Python call: one function, the same as the command."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from segreport.config import RunConfig, load_config
from segreport.domain import Delivery
from segreport.publish import check_folder
from segreport.render.processes import Renderers, Templates


def run(
    *sources: str | Path,
    folder: str | Path | None = None,
    config: str | Path | None = None,
    data: object = None,
    **settings: Any,
) -> Delivery:
    """Make the report of a table of customers; ``settings`` are keys of segreport.toml such as ``segment__k=4``.

    ``sources`` are files, database URLs or ``-``; or ``data`` is a data frame, which is then called by the source.
    Raises the kinds of SegreportError that the command exits with.
    """
    flags = {key.replace("__", "."): value for key, value in settings.items()}
    loaded = load_config(
        sources, file=Path(config) if config else None, flags=flags, folder=Path(folder) if folder else None
    )
    return run_config(loaded, data=data)


def run_config(
    config: RunConfig, progress: Callable[[str], None] = lambda stage: None, *, data: object = None
) -> Delivery:
    """Check where to write, start the renderers, then run the stages: the libraries load side by side."""
    check_folder(config.folder or config.outputs.folder / config.name)
    with Renderers(config.outputs.formats, templates_of(config)) as renderers:
        from segreport.pipeline import run as run_stages

        return run_stages(config, renderers, progress, data=data)


def render_config(
    saved: Path, config: RunConfig, progress: Callable[[str], None] = lambda stage: None, *, rejects: bool = False
) -> Delivery:
    """The same for a saved report: new documents without a new fit; ``rejects`` go along where they are asked for."""
    check_folder(config.folder or saved)
    with Renderers(config.outputs.formats, templates_of(config)) as renderers:
        from segreport.rerender import render_again

        return render_again(saved, config, renderers, progress, rejects=rejects)


def templates_of(config: RunConfig) -> Templates:
    """The user's own templates by format."""
    own = config.templates
    return Templates({"pdf": own.brief, "pptx": own.deck, "xlsx": own.workbook}, own.brand)
