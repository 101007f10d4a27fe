"""Write the deck: open the template, repeat its slides, fill them, and pack the file without date or name."""

from __future__ import annotations

from io import BytesIO

from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.presentation import Presentation

from segreport.formatting import Formats
from segreport.render.context import build_context
from segreport.render.deck.branding import apply_brand
from segreport.render.deck.chart_data import Drawing, as_pairs, strongest
from segreport.render.deck.filling import Filling
from segreport.render.deck.opening import open_deck
from segreport.render.deck.shapes import fill_master, fill_slide
from segreport.render.deck.slides import Page, expand_slides, notes_body
from segreport.render.fill import Environment, clean_text, make_environment
from segreport.render.job import Job
from segreport.render.repack import repack


def render(job: Job) -> None:
    """Fill ``job.template`` with the report and write ``job.out``; raises TemplateError that names slide and shape."""
    deck = open_deck(job.template)
    formats = Formats(job.report.report.locale, job.report.report.currency)
    names = build_context(job.report, job.brand)
    filling = Filling(deck_environment(formats), names, job.brand, formats, job.template.name)
    apply_brand(deck, job.brand)
    _fill_masters(deck, filling)
    for page in expand_slides(deck, filling):
        _fill_page(page)
    deck.core_properties.title = clean_text(job.report.report.title)
    _drop_thumbnail(deck)
    deck.part.rename_slide_parts([entry.rId for entry in deck.slides._sldIdLst])
    packed = BytesIO()
    deck.save(packed)
    repack(packed.getvalue(), job.out)


def deck_environment(formats: Formats) -> Environment:
    """The template language with the forms that charts have on slides."""
    environment = make_environment(formats)
    environment.filters |= {
        "stripes": lambda chart: Drawing(chart, "stripes"),
        "names": lambda chart: Drawing(chart, "names"),
        "pairs": as_pairs,
        "strongest": strongest,
    }
    return environment


def _fill_masters(deck: Presentation, filling: Filling) -> None:
    for master in deck.slide_masters:
        fill_master(master.shapes, filling.at("slide master"))
        for layout in master.slide_layouts:
            fill_master(layout.shapes, filling.at(f"layout {layout.name!r}"))


def _drop_thumbnail(deck: Presentation) -> None:
    """The little picture of the file would show the template."""
    relations = deck.part.package._rels
    for identity, relation in list(relations.items()):
        if relation.reltype == RT.THUMBNAIL:
            relations.pop(identity)


def _fill_page(page: Page) -> None:
    fill_slide(page.slide, page.filling)
    body = notes_body(page.slide)
    if body is not None:
        page.filling.at("notes").body(body)
