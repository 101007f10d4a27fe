"""Block tags of the template language inside Office text: which open, which close, and what they are wrapped around."""

from __future__ import annotations

import re
from dataclasses import dataclass

from segreport.render.fill import CLOSE, OPEN, TOKEN

_BLOCK = re.compile(r"\{%[-+]?\s*(\w+)")
_OPENING = frozenset({"for", "if", "filter", "with"})
_QUOTES = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "\xa0": " ", "\n": " ", "\v": " "})

NEW_LINE = "{#\n#}"
"""A comment that prints nothing and moves Jinja's line counter, so that an error's line tells the place."""


@dataclass
class Run:
    """The text of one run; ``index`` is its place among the paragraph's children, ``fixed`` for a break or field."""

    index: int
    text: str
    fixed: bool = False


@dataclass
class Paragraph:
    """The runs of one paragraph, every token whole in the run where it starts."""

    index: int
    runs: list[Run]

    @property
    def text(self) -> str:
        """The paragraph as one string."""
        return "".join(run.text for run in self.runs)


def mark(kind: str, value: int) -> str:
    """A mark that goes through rendering untouched and tells what the text after it belongs to."""
    return f"{OPEN}{kind}:{value}{CLOSE}"


def join_tokens(runs: list[Run]) -> list[Run]:
    """The runs with every token whole in the run where it starts, and typographic quotes inside tokens made plain."""
    whole = "".join(run.text for run in runs)
    if "{" not in whole:
        return runs
    owners = [place for place, run in enumerate(runs) for _ in run.text]
    texts = ["" for _ in runs]
    end = 0
    for token in TOKEN.finditer(whole):
        _share_out(whole[end : token.start()], owners[end : token.start()], texts)
        texts[owners[token.start()]] += token.group().translate(_QUOTES)
        end = token.end()
    _share_out(whole[end:], owners[end:], texts)
    return [Run(run.index, text, run.fixed) for run, text in zip(runs, texts, strict=True)]


def _share_out(text: str, owners: list[int], texts: list[str]) -> None:
    for letter, owner in zip(text, owners, strict=True):
        texts[owner] += letter


def block_word(token: str) -> str:
    """``for``, ``endfor``, ``if``, ...; empty for an expression or a comment."""
    match = _BLOCK.match(token)
    return match.group(1) if match else ""


def is_only_tags(text: str) -> bool:
    """Whether the text is block tags and nothing that prints."""
    tokens = TOKEN.findall(text)
    return (
        any(block_word(token) for token in tokens)
        and not TOKEN.sub(lambda m: m.group() if m.group().startswith("{{") else "", text).strip()
    )


def outer_block(text: str) -> tuple[str, str] | None:
    """The opening and the closing tag where one ``for`` or ``if`` (without else) is wrapped around the whole text."""
    tokens = list(TOKEN.finditer(text))
    if not tokens or text[: tokens[0].start()].strip() or text[tokens[-1].end() :].strip():
        return None
    if block_word(tokens[0].group()) not in ("for", "if"):
        return None
    depth = 0
    for token in tokens:
        word = block_word(token.group())
        if depth == 1 and word in ("else", "elif"):
            return None
        depth += (word in _OPENING) - word.startswith("end")
        if depth == 0:
            return (tokens[0].group(), token.group()) if token is tokens[-1] else None
    return None


def unwrapped(paragraphs: list[Paragraph], wrapped: tuple[str, str]) -> list[Paragraph]:
    """The paragraphs without the block around them, nor the paragraphs that held nothing but its tags."""
    tags_only = {p.index for p in paragraphs if is_only_tags(p.text)}
    strip_tag(paragraphs, wrapped[0])
    strip_tag(paragraphs, wrapped[1], last=True)
    return [p for p in paragraphs if p.index not in tags_only or p.text.strip()]


def unclosed(text: str) -> list[str]:
    """The block tags that are opened in the text and not closed in it, outermost first."""
    stack: list[str] = []
    for token in TOKEN.findall(text):
        word = block_word(token)
        if word in _OPENING:
            stack.append(token)
        elif word.startswith("end") and word != "endset" and stack:
            stack.pop()
    return stack


def closing(tags: list[str]) -> str:
    """The closing tags for the opening ones."""
    return "".join("{% end" + block_word(tag) + " %}" for tag in reversed(tags) if block_word(tag) in _OPENING)


def strip_tag(paragraphs: list[Paragraph], tag: str, *, last: bool = False) -> None:
    """Take the first (or last) occurrence of the tag out of the paragraphs."""
    runs = [run for paragraph in paragraphs for run in paragraph.runs]
    for run in reversed(runs) if last else runs:
        if tag in run.text:
            before, _, after = run.text.rpartition(tag) if last else run.text.partition(tag)
            run.text = before.rstrip() + after if last else before + after.lstrip()
            return


def leading_opens(paragraphs: list[Paragraph]) -> list[str]:
    """Take out and give the tags at the very start that are not closed within these paragraphs."""
    taken: list[str] = []
    while True:
        text = "\n".join(p.text for p in paragraphs)
        open_tags = unclosed(text)
        if not open_tags or not text.lstrip().startswith(open_tags[0]):
            return taken
        strip_tag(paragraphs, open_tags[0])
        taken.append(open_tags[0])


def trailing_closes(paragraphs: list[Paragraph]) -> list[str]:
    """Take out and give the closing tags at the very end that are not opened within these paragraphs."""
    taken: list[str] = []
    while True:
        text = "\n".join(p.text for p in paragraphs).rstrip()
        tokens = list(TOKEN.finditer(text))
        if not tokens or tokens[-1].end() != len(text) or not _is_stray_close([t.group() for t in tokens]):
            return taken
        strip_tag(paragraphs, tokens[-1].group(), last=True)
        taken.insert(0, tokens[-1].group())


def _is_stray_close(tokens: list[str]) -> bool:
    """Whether the last token closes a block that none of the tokens before it opened."""
    depth = 0
    for token in reversed(tokens):
        word = block_word(token)
        depth += word.startswith("end") - (word in _OPENING)
        if depth == 0:
            return False
    return depth > 0
