"""One file per format; a template and a finished report go in, a document comes out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from segreport.paths import templates_folder


@dataclass(frozen=True)
class Format:
    """A format: its renderer, the file it writes, and the template it is filled from."""

    module: str
    file: str
    template: str
    rows: bool = False


FORMATS = {
    "pdf": Format("segreport.render.pdf", "brief.pdf", "brief/brief.html"),
    "pptx": Format("segreport.render.deck", "deck.pptx", "deck/deck.pptx"),
    "xlsx": Format("segreport.render.workbook", "workbook.xlsx", "workbook/workbook.xlsx", rows=True),
}
"""Add a format: one module with ``check`` and ``render``, and one line here."""


def template_of(name: str, own: Path | None) -> Path:
    """The template of a format: the user's own (for the brief also a folder), or ours."""
    if own is None:
        return templates_folder() / FORMATS[name].template
    return own / "brief.html" if own.is_dir() else own
