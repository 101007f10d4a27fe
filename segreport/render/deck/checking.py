"""Check a deck before any work is done: that it opens, and that every name in it exists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from segreport.errors import TemplateError
from segreport.formatting import Formats
from segreport.render.deck.opening import open_deck
from segreport.render.deck.shapes import is_shape, shape_labels, shape_name
from segreport.render.deck.slides import notes_body, slide_tags
from segreport.render.deck.tables import table_source
from segreport.render.deck.tags import block_word, closing, unclosed
from segreport.render.deck.text import body_has_tokens, body_text
from segreport.render.deck.writing import deck_environment
from segreport.render.deck.xml import A, Element, P, elements
from segreport.render.fill import TOKEN, Environment, check_names

Known = Mapping[str, Iterable[str] | None]


def check(template: Path, names: Known) -> list[str]:
    """Raise TemplateError for a deck that cannot be opened, or for the first wrong token, with its slide and shape.

    Gives what is worth a warning although the deck can be used.
    """
    deck = open_deck(template)
    environment = deck_environment(Formats("en_GB", "GBP"))
    for place, tree in _masters(deck):
        _check_tree(environment, tree, names, f"{template.name}, {place}")
    for number, slide in enumerate(deck.slides, 1):
        _check_slide(environment, slide, names, f"{template.name}, slide {number}")
    return remarks(template)


def remarks(template: Path) -> list[str]:
    """What is worth a warning although the deck can be used: that it holds no tokens at all."""
    deck = open_deck(template)
    bodies = [slide._element for slide in deck.slides]
    bodies += [body for slide in deck.slides if (body := notes_body(slide)) is not None]
    bodies += [tree for _, tree in _masters(deck)]
    if any(_has_tokens(body) for body in bodies):
        return []
    return [f"{template.name} holds no tokens: it is delivered as it is"]


def _has_tokens(root: Element) -> bool:
    texts = [t.text or "" for t in root.iter(f"{A}t")]
    texts += [value for about in root.iter(f"{P}cNvPr") for value in map(str, about.attrib.values())]
    return TOKEN.search("".join(texts)) is not None


def _masters(deck: Any) -> Iterator[tuple[str, Element]]:
    for master in deck.slide_masters:
        yield "slide master", master.shapes._spTree
        for layout in master.slide_layouts:
            yield f"layout {layout.name!r}", layout.shapes._spTree


def _check_slide(environment: Environment, slide: Any, known: Known, place: str) -> None:
    tags = slide_tags(slide)
    prefix = "".join(tags)
    body = notes_body(slide)
    if tags:
        check_names(environment, prefix + closing(tags), known, f"{place}, notes")
    scope = _Scope(environment, prefix, closing(tags), known)
    if body is not None and body_has_tokens(body):
        text = body_text(body)
        if unclosed(text):
            text += closing(tags)
        check_names(environment, text, known, f"{place}, notes")
    scope.check_tree(slide.shapes._spTree, place)


def _check_tree(environment: Environment, tree: Element, known: Known, place: str) -> None:
    _Scope(environment, "", "", known).check_tree(tree, place)


class _Scope:
    """The names that a slide sees: all of them, and those that the loops in its notes bind."""

    def __init__(self, environment: Environment, opening: str, ending: str, known: Known) -> None:
        self._environment = environment
        self._opening = opening
        self._ending = ending
        self._known = known

    def check_tree(self, tree: Element, place: str) -> None:
        """Check every shape below the tree."""
        for shape in elements(tree):
            if is_shape(shape):
                self._check_shape(shape, f"{place}, shape {shape_name(shape)!r}")

    def _check_shape(self, shape: Element, place: str) -> None:
        for _, text in shape_labels(shape):
            self._check(text, place)
        if shape.tag == f"{P}grpSp":
            self.check_tree(shape, place)
        body, table = shape.find(f"{P}txBody"), shape.find(f"{A}graphic/{A}graphicData/{A}tbl")
        if body is not None and body_has_tokens(body):
            self._check(body_text(body), place)
        if table is not None:
            self._check_table(table, place)

    def _check(self, source: str, place: str) -> None:
        check_names(self._environment, f"{self._opening}{source}{self._ending}", self._known, place)

    def _check_table(self, table: Element, place: str) -> None:
        """Every cell within the loops that are open where it stands, then the table as a whole."""
        stack: list[str] = []
        for row, cells in enumerate(table.findall(f"{A}tr"), 1):
            for column, cell in enumerate(cells.findall(f"{A}tc"), 1):
                body = cell.find(f"{A}txBody")
                text = body_text(body) if body is not None else ""
                before = "".join(stack)
                _follow(text, stack)
                spot = f"{place}, row {row}, column {column}"
                if len(stack) > 20:
                    raise TemplateError(f"{spot}: more than 20 open loops", "close them with {% endfor %}")
                self._check(f"{before}{text}{closing(stack)}", spot)
        self._check(table_source(table)[0], place)


def _follow(text: str, stack: list[str]) -> None:
    """Open and close the blocks of a cell; what it sets is known until the block around it ends."""
    for token in TOKEN.findall(text):
        word = block_word(token)
        if word in ("for", "if", "set"):
            stack.append(token)
        elif word in ("endfor", "endif"):
            while stack and block_word(stack.pop()) == "set":
                pass
