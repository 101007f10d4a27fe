"""Fill the text of one shape, cell or note: tokens split over runs are joined, formatting stays where it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from segreport.render.deck.tags import (
    Paragraph,
    Run,
    block_word,
    is_only_tags,
    join_tokens,
    mark,
    outer_block,
    strip_tag,
)
from segreport.render.deck.xml import A, Element, copy_of, set_fill
from segreport.render.fill import CLOSE, DIRECTIVE, OPEN, TOKEN, has_tokens

_MARKS = str.maketrans("", "", OPEN + CLOSE)


@dataclass
class Paint:
    """The colours that directives ask for: of a shape or cell, its outline, and (from a shape's name) all its text."""

    fill: str | None = None
    line: str | None = None
    ink: str | None = None


@dataclass
class Style:
    """What ``ink`` and ``bold`` ask for the text that follows in the paragraph."""

    ink: str | None = None
    bold: str | None = None


@dataclass
class Body:
    """Text rebuilt: the new paragraphs and the paint that came along."""

    paragraphs: list[Element] = field(default_factory=list)
    paint: Paint = field(default_factory=Paint)


def body_text(body: Element) -> str:
    """The text of all paragraphs with line ends between them."""
    return "\n".join(p.text for p in read_paragraphs(body))


def body_has_tokens(body: Element) -> bool:
    """Whether there is anything to fill."""
    return "{" in "".join(t.text or "" for t in body.iter(f"{A}t")) and has_tokens(body_text(body))


def read_paragraphs(body: Element) -> list[Paragraph]:
    """The paragraphs of a text body, tokens joined."""
    return [
        Paragraph(index, join_tokens(list(_read_runs(paragraph))))
        for index, paragraph in enumerate(body.findall(f"{A}p"))
    ]


def _read_runs(paragraph: Element) -> Iterator[Run]:
    for index, item in enumerate(paragraph):
        if item.tag == f"{A}r":
            text = item.findtext(f"{A}t") or ""
            yield Run(index, text.translate(_MARKS))
        elif item.tag not in (f"{A}pPr", f"{A}endParaRPr"):
            yield Run(index, "", fixed=True)


def source_of(paragraphs: list[Paragraph]) -> str:
    """The template text of the paragraphs, marked so that what is rendered finds its way back."""
    return "".join(_paragraph_source(paragraph) for paragraph in paragraphs)


def _paragraph_source(paragraph: Paragraph) -> str:
    text = paragraph.text
    if is_only_tags(text):
        return text.strip()
    wrapped = outer_block(text)
    if wrapped:
        strip_tag([paragraph], wrapped[0])
        strip_tag([paragraph], wrapped[1], last=True)
    inner = mark("par", paragraph.index) + "".join(_run_source(run) for run in paragraph.runs)
    return f"{wrapped[0]}{inner}{wrapped[1]}" if wrapped else inner


def _run_source(run: Run) -> str:
    """The run's text after its mark; the mark comes again after every block tag, which may have skipped the first."""
    begin = mark("run", run.index)
    return begin + TOKEN.sub(lambda token: token.group() + (begin if block_word(token.group()) else ""), run.text)


def rebuild(body: Element, rendered: str) -> Body:
    """The paragraphs that the rendered text asks for, made from those of ``body``."""
    builder = _Builder(body)
    for kind, value, text in pieces(rendered):
        builder.take(kind, value)
        builder.write(text)
    return builder.body


def pieces(rendered: str) -> Iterator[tuple[str, str, str]]:
    """(kind, value, text after it) for every mark and directive of the rendered text."""
    parts = DIRECTIVE.split(rendered)
    for at in range(1, len(parts), 3):
        yield parts[at], parts[at + 1], parts[at + 2]


def replace_paragraphs(body: Element, paragraphs: list[Element]) -> None:
    """Put the paragraphs in the place of the body's own; a body keeps one empty paragraph at least."""
    old = body.findall(f"{A}p")
    new = paragraphs or [_emptied(old[0])]
    at = list(body).index(old[0])
    for item in old:
        body.remove(item)
    body[at:at] = new


def _emptied(paragraph: Element) -> Element:
    """The paragraph without its runs, the size of its text kept for whoever types there."""
    empty = etree.Element(f"{A}p")
    properties = paragraph.find(f"{A}pPr")
    if properties is not None:
        empty.append(copy_of(properties))
    empty.append(_end_properties(paragraph))
    return empty


def _end_properties(paragraph: Element) -> Element:
    end = paragraph.find(f"{A}endParaRPr")
    if end is not None:
        return copy_of(end)
    made = etree.Element(f"{A}endParaRPr")
    first = paragraph.find(f"{A}r/{A}rPr")
    if first is not None:
        for name, value in first.attrib.items():
            made.set(name, value)
        made.extend(copy_of(item) for item in first if item.tag not in (f"{A}hlinkClick", f"{A}hlinkMouseOver"))
    return made


class _Builder:
    """Puts rendered pieces together: marks choose the template paragraph and run, directives the style."""

    def __init__(self, body: Element) -> None:
        self.body = Body()
        self._templates = body.findall(f"{A}p")
        self._source: Element | None = None
        self._paragraph: Element | None = None
        self._run: Element | None = None
        self._style = Style()

    def take(self, kind: str, value: str) -> None:
        """Follow one mark or directive."""
        match kind:
            case "par":
                self._begin(int(value))
            case "run":
                self._choose(int(value))
            case "ink":
                self._style.ink = value
            case "bold":
                self._style.bold = value
            case "fill":
                self.body.paint.fill = value
            case "line":
                self.body.paint.line = value

    def write(self, text: str) -> None:
        """Add text in the style of the run that was chosen last."""
        if not text or self._paragraph is None or self._run is None:
            return
        for number, line in enumerate(text.split("\n")):
            if number:
                self._add(self._break())
            if line:
                self._add(self._styled(line))

    def _begin(self, index: int) -> None:
        self._source = self._templates[index]
        self._paragraph = _emptied(self._source)
        self._run, self._style = None, Style()
        self.body.paragraphs.append(self._paragraph)

    def _choose(self, index: int) -> None:
        if self._source is None:
            return
        item = self._source[index]
        self._run = item if item.tag == f"{A}r" else None
        if self._run is None:
            self._add(copy_of(item))

    def _add(self, item: Element) -> None:
        if self._paragraph is not None:
            self._paragraph.insert(len(self._paragraph) - 1, item)

    def _styled(self, text: str) -> Element:
        run = copy_of(self._run)  # type: ignore[arg-type]
        words = run.find(f"{A}t")
        if words is None:
            words = etree.SubElement(run, f"{A}t")
        words.text = text
        if self._style.ink is not None or self._style.bold is not None:
            self._dress(run)
        return run

    def _dress(self, run: Element) -> None:
        properties = run.find(f"{A}rPr")
        if properties is None:
            properties = etree.Element(f"{A}rPr")
            run.insert(0, properties)
        if self._style.ink:
            set_fill(properties, self._style.ink)
        if self._style.bold is not None:
            properties.set("b", "1" if self._style.bold == "True" else "0")

    def _break(self) -> Element:
        line_break = etree.Element(f"{A}br")
        properties = self._run.find(f"{A}rPr") if self._run is not None else None
        if properties is not None:
            line_break.append(copy_of(properties))
        return line_break
