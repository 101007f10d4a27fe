"""Small decks made for tests of the template language."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

from factory import make_report
from pptx import Presentation
from pptx.util import Inches

from segreport.paths import templates_folder
from segreport.render.brand import load_brand
from segreport.render.deck import render
from segreport.render.job import Job
from segreport.render.names import known_names

OURS = templates_folder() / "deck" / "deck.pptx"
NAMES = known_names(["Spending", "Wine"])
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
Build = Callable[[Any], None]


def blank(deck: Any) -> Any:
    """A new slide without placeholders."""
    return deck.slides.add_slide(deck.slide_layouts[6])


def box(slide: Any, *runs: str, name: str = "Words") -> Any:
    """A text box with one paragraph of the given runs."""
    shape = slide.shapes.add_textbox(Inches(1), Inches(1), Inches(8), Inches(2))
    shape.name = name
    paragraph = shape.text_frame.paragraphs[0]
    for text in runs:
        paragraph.add_run().text = text
    return shape


def table(slide: Any, rows: list[list[str]]) -> Any:
    """A table with these texts."""
    frame = slide.shapes.add_table(len(rows), len(rows[0]), Inches(1), Inches(1), Inches(6), Inches(2))
    for y, row in enumerate(rows):
        for x, text in enumerate(row):
            frame.table.cell(y, x).text = text
    return frame


def save(tmp_path: Path, build: Build) -> Path:
    """A deck that ``build`` has filled with slides."""
    deck = Presentation()
    build(deck)
    path = tmp_path / "small.pptx"
    deck.save(str(path))
    return path


def fill(tmp_path: Path, build: Build, **report: Any) -> Any:
    """The filled deck, opened."""
    out = tmp_path / "filled.pptx"
    render(Job(make_report(**report), save(tmp_path, build), out, load_brand()))
    return Presentation(str(out))


def fill_one(tmp_path: Path, *runs: str) -> Any:
    """The only shape of a slide with one text box, filled."""
    return fill(tmp_path, lambda deck: box(blank(deck), *runs)).slides[0].shapes[0]


def grid(deck: Any) -> list[list[str]]:
    """The texts of the first slide's table."""
    shape = next(s for s in deck.slides[0].shapes if s.has_table)
    return [[cell.text for cell in row.cells] for row in shape.table.rows]
