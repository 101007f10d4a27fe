"""What stands beside the documents: rejected lines, row-level data, and the settings of the run."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from segreport.config import RunConfig
from segreport.domain import Reject
from segreport.paths import templates_folder
from segreport.render.processes import Renderers

RESULTS, CUSTOMERS, REJECTS = "results.json", "customers.parquet", "rejects.csv"


def settings_of(config: RunConfig) -> dict[str, Any]:
    """The settings that shaped the report, without any path."""
    settings = config.model_dump(mode="json", exclude={"templates"})
    settings["outputs"].pop("folder")
    own = {key: Path(path).name for key, path in config.templates.model_dump().items() if path}
    return settings | {"templates": own}


def customers_in(work: Path, renderers: Renderers) -> Path | None:
    """Where the row-level data goes, if any document wants it."""
    return work / CUSTOMERS if renderers.wants_rows else None


def write_rejects(rejects: tuple[Reject, ...], work: Path) -> None:
    """List the rejected lines with their numbers, if there are any."""
    if not rejects:
        return
    with (work / REJECTS).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["line", "reason", "text"])
        writer.writerows((reject.line, reject.reason, _inert(reject.text)) for reject in rejects)


def _inert(text: str) -> str:
    """The text with a quote before what a spreadsheet would run."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text


def playbook_of(config: RunConfig) -> Path:
    """The user's own playbook, or ours."""
    return config.templates.playbook or templates_folder() / "playbook" / "default.toml"
