"""What fills a template: the environment, the names, and errors that say where in the deck they happened."""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from jinja2 import TemplateSyntaxError

from segreport.errors import TemplateError
from segreport.formatting import Formats
from segreport.render.brand import Brand
from segreport.render.deck.tags import outer_block, unwrapped
from segreport.render.deck.text import Paint, body_has_tokens, read_paragraphs, rebuild, replace_paragraphs, source_of
from segreport.render.deck.xml import Element
from segreport.render.fill import Environment, evaluate, render_text, split_directives

_HERE = "\ue002"
_LINE = re.compile(r", line \d+(?=: )")

Places = Callable[[int], str]
"""From a line of a template source (1, 2, ...) to the place in the deck that it stands for."""


@dataclass(frozen=True)
class Filling:
    """One place of one slide with the names it sees."""

    environment: Environment
    names: Mapping[str, Any]
    brand: Brand
    formats: Formats
    place: str

    def at(self, place: str) -> Filling:
        """The same names at a place within this one."""
        return replace(self, place=f"{self.place}, {place}")

    def text(self, source: str, places: Places | None = None) -> str:
        """The source with its tokens filled; raises TemplateError that names the place."""
        if places is None:
            return render_text(self.environment, source, self.names, self.place)
        try:
            return render_text(self.environment, source, self.names, _HERE)
        except TemplateError as error:
            spot = f"{self.place}, {places(_line_of(error))}"
            raise TemplateError(_LINE.sub("", error.message).replace(_HERE, spot), error.hint) from error

    def value(self, expression: str) -> Any:
        """The value of one expression, as an object."""
        return evaluate(self.environment, expression, self.names, self.place)

    def unwrap(self, source: str) -> str | None:
        """A name without the ``if`` that is wrapped around it; None where that fails."""
        wrapped = outer_block(source)
        if wrapped is None:
            return source
        opened, closed = wrapped
        return source.strip()[len(opened) : -len(closed)] if self.text(f"{opened}+{closed}") else None

    def label(self, source: str) -> tuple[str, Paint]:
        """A shape's name or alternative text filled, and the paint that stood in it."""
        words, found = split_directives(self.text(source))
        return words.strip(), Paint(found.get("fill"), found.get("line"), found.get("ink"))

    def body(self, body: Element) -> Paint | None:
        """Fill a text body; the paint it asks for, or None where the whole text is an ``if`` that fails."""
        if not body_has_tokens(body):
            return Paint()
        paragraphs = read_paragraphs(body)
        wrapped = outer_block("\n".join(p.text for p in paragraphs))
        if wrapped:
            paragraphs = unwrapped(paragraphs, wrapped)
        source = source_of(paragraphs)
        rendered = self.text(f"{wrapped[0]}{source}{wrapped[1]}" if wrapped else source)
        if wrapped and not rendered:
            return None
        made = rebuild(body, rendered)
        replace_paragraphs(body, made.paragraphs)
        return made.paint


def _line_of(error: TemplateError) -> int:
    """The line of the template source that an error speaks of."""
    cause = error.__cause__
    if isinstance(cause, TemplateSyntaxError):
        return cause.lineno
    frames = traceback.walk_tb(cause.__traceback__ if cause else None)
    return max((line for frame, line in frames if frame.f_code.co_filename == "<template>"), default=1)
