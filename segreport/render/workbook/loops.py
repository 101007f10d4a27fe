"""Blocks of rows: which rows of a template repeat or disappear, and where every row went."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from segreport.errors import TemplateError
from segreport.render.workbook.language import Language
from segreport.render.workbook.references import Areas

TAG = re.compile(r"\{%[-+]?\s*(?P<word>\w+)(?P<rest>.*?)[-+]?%\}", re.DOTALL)
_OPENS = {"for": "endfor", "if": "endif"}
_CLOSES = {"endfor": "for", "endif": "if"}

Path = tuple[tuple[int, int], ...]
"""In which turn of which loop a row was made, outermost first."""


@dataclass(frozen=True)
class Tag:
    """A block tag whose partner stands in another cell: its word, the rest of it, and where it stands."""

    word: str
    rest: str
    place: str


@dataclass(frozen=True)
class Instance:
    """One row of the output (or several that are streamed): its number, the template row, its loop turns, its names."""

    row: int
    source: int
    path: Path
    names: Mapping[str, Any]
    count: int = 1


@dataclass
class Line:
    """A template row."""

    row: int


@dataclass
class Block:
    """Rows that repeat (``for``) or stay only where a condition holds (``if``), with the arms of the latter."""

    id: int
    tag: Tag
    arms: list[tuple[Tag, list[Node]]]


Node = Line | Block


@dataclass
class RowMap:
    """Where the rows of a template sheet went."""

    instances: dict[int, list[Instance]]
    around: dict[int, tuple[int, ...]]
    last: int
    shift: int

    def areas(self, first: int, last: int, path: Path = ()) -> Areas:
        """What became of the rows first to last, seen from a row with this path; areas that touch are one."""
        return _joined(self.copies(first, last, path))

    def copies(self, first: int, last: int, path: Path = ()) -> Areas:
        """The same with one area for each repetition, even where they touch."""
        if first > self.last:
            return [(first + self.shift, last + self.shift)]
        shared = _common(self.around.get(first, ()), self.around.get(min(last, self.last), ()))
        turns = dict(path)
        groups: dict[Path, list[int]] = {}
        for row in range(first, min(last, self.last) + 1):
            for instance in self.instances.get(row, ()):
                if all(turns.get(loop, turn) == turn for loop, turn in instance.path):
                    rows = groups.setdefault(_outer(instance.path, shared), [])
                    rows += [instance.row, instance.row + instance.count - 1]
        areas = sorted((min(rows), max(rows)) for rows in groups.values())
        if last > self.last and areas:
            areas[-1] = (areas[-1][0], last + self.shift)
        return areas

    def first_of(self, row: int) -> int | None:
        """The first row that a template row became, if any."""
        if row > self.last:
            return row + self.shift
        found = self.instances.get(row)
        return found[0].row if found else None


def read_blocks(tags: Mapping[int, list[Tag]], last: int, place: str) -> list[Node]:
    """The rows 1 to last as a tree of blocks; raises TemplateError for tags without a partner."""
    reader = _Reader(place)
    for row in range(1, last + 1):
        reader.take(row, tags.get(row, ()))
    return reader.finish()


def expand(nodes: Iterable[Node], names: Mapping[str, Any], language: Language, last: int) -> RowMap:
    """Every output row in order, and the map of what became of each template row."""
    around: dict[int, tuple[int, ...]] = {}
    _note_around(nodes, (), around)
    instances: dict[int, list[Instance]] = {}
    row = 1
    for source, path, scope, count in _walk(nodes, (), names, language):
        instances.setdefault(source, []).append(Instance(row, source, path, scope, count))
        row += count
    return RowMap(instances, around, last, row - 1 - last)


def loop_names(nodes: Iterable[Node], language: Language) -> dict[int, tuple[str, ...]]:
    """For every template row inside loops: the names that those loops bind."""
    found: dict[int, tuple[str, ...]] = {}

    def visit(inside: Iterable[Node], bound: tuple[str, ...]) -> None:
        for node in inside:
            if isinstance(node, Line):
                found[node.row] = bound
            else:
                own = language.targets(node.tag.rest, node.tag.place) if node.tag.word == "for" else ()
                for _, arm in node.arms:
                    visit(arm, bound + own)

    visit(nodes, ())
    return found


def blocks_in(nodes: Iterable[Node]) -> Iterator[tuple[Block, tuple[Block, ...]]]:
    """Every block with the blocks around it."""

    def visit(inside: Iterable[Node], outer: tuple[Block, ...]) -> Iterator[tuple[Block, tuple[Block, ...]]]:
        for node in inside:
            if isinstance(node, Block):
                yield node, outer
                for _, arm in node.arms:
                    yield from visit(arm, (*outer, node))

    yield from visit(nodes, ())


def split_tags(text: str, place: str) -> tuple[str, list[Tag]]:
    """The text without the block tags whose partners stand in other cells, and those tags."""
    open_here: list[re.Match[str]] = []
    lonely: list[re.Match[str]] = []
    for match in TAG.finditer(text):
        word = match.group("word")
        if word in _OPENS:
            open_here.append(match)
        elif word in _CLOSES and open_here and open_here[-1].group("word") == _CLOSES[word]:
            open_here.pop()
        elif word in _CLOSES or (word in ("else", "elif") and not open_here):
            lonely.append(match)
    lonely = sorted([*lonely, *open_here], key=lambda match: match.start())
    tags = [Tag(match.group("word"), match.group("rest").strip(), place) for match in lonely]
    for match in reversed(lonely):
        text = text[: match.start()] + text[match.end() :]
    return text, tags


@dataclass
class _Reader:
    place: str
    root: list[Node] = field(default_factory=list)
    open: list[Block] = field(default_factory=list)
    count: int = 0

    def take(self, row: int, tags: Iterable[Tag]) -> None:
        closing = False
        after: list[Tag] = []
        for tag in tags:
            if tag.word in _CLOSES:
                closing = True
                after.append(tag)
            elif closing:
                raise TemplateError(f"{tag.place}: a block begins in a row where another one ends", "use the next row")
            elif tag.word in _OPENS:
                self._open(tag)
            else:
                self._turn(tag)
        self._inside().append(Line(row))
        for tag in after:
            self._close(tag)

    def finish(self) -> list[Node]:
        if self.open:
            tag = self.open[-1].tag
            raise TemplateError(
                f"{tag.place}: {{% {tag.word} %}} has no {{% {_OPENS[tag.word]} %}}",
                "close it in the last cell of the block's last row",
            )
        return self.root

    def _inside(self) -> list[Node]:
        return self.open[-1].arms[-1][1] if self.open else self.root

    def _open(self, tag: Tag) -> None:
        self.count += 1
        block = Block(self.count, tag, [(tag, [])])
        self._inside().append(block)
        self.open.append(block)

    def _turn(self, tag: Tag) -> None:
        if not self.open or self.open[-1].tag.word != "if" or not self.open[-1].arms[-1][1]:
            raise TemplateError(f"{tag.place}: {{% {tag.word} %}} has no {{% if %}} in a row above", "add it")
        self.open[-1].arms.append((tag, []))

    def _close(self, tag: Tag) -> None:
        if not self.open or self.open[-1].tag.word != _CLOSES[tag.word]:
            raise TemplateError(f"{tag.place}: {{% {tag.word} %}} has no {{% {_CLOSES[tag.word]} %}}", "add it before")
        self.open.pop()


def _walk(
    nodes: Iterable[Node], path: Path, names: Mapping[str, Any], language: Language
) -> Iterator[tuple[int, Path, Mapping[str, Any], int]]:
    for node in nodes:
        if isinstance(node, Line):
            yield node.row, path, names, 1
        elif node.tag.word == "rows":
            yield from _table_rows(node, path, names, language)
        elif node.tag.word == "for":
            for turn, own in enumerate(language.turns(node.tag.rest, names, node.tag.place)):
                yield from _walk(node.arms[0][1], (*path, (node.id, turn)), {**names, **own}, language)
        else:
            yield from _walk(_arm(node, names, language), path, names, language)


def _table_rows(
    block: Block, path: Path, names: Mapping[str, Any], language: Language
) -> Iterator[tuple[int, Path, Mapping[str, Any], int]]:
    """The row beneath a table's corner, once for each of the table's rows and at least once."""
    table = language.value(block.tag.rest, names, block.tag.place)
    row = next(node.row for node in block.arms[0][1] if isinstance(node, Line))
    streamed = getattr(table, "count", 0)
    if streamed:
        yield row, (*path, (block.id, 0)), names, streamed
        return
    for turn in range(max(1, len(table.rows))):
        yield row, (*path, (block.id, turn)), names, 1


def _arm(block: Block, names: Mapping[str, Any], language: Language) -> list[Node]:
    for tag, arm in block.arms:
        if tag.word == "else" or language.holds(tag.rest, names, tag.place):
            return arm
    return []


def _note_around(nodes: Iterable[Node], loops: tuple[int, ...], around: dict[int, tuple[int, ...]]) -> None:
    for node in nodes:
        if isinstance(node, Line):
            around[node.row] = loops
        else:
            own = (node.id,) if node.tag.word == "for" else ()
            for _, arm in node.arms:
                _note_around(arm, loops + own, around)


def _common(first: tuple[int, ...], last: tuple[int, ...]) -> frozenset[int]:
    return frozenset(first) & frozenset(last)


def _outer(path: Path, shared: frozenset[int]) -> Path:
    return tuple(step for step in path if step[0] in shared)


def _joined(areas: Areas) -> Areas:
    """Areas that touch as one, so that a repeated single row becomes one range."""
    joined: Areas = []
    for top, bottom in areas:
        if joined and joined[-1][1] + 1 >= top:
            joined[-1] = (joined[-1][0], max(bottom, joined[-1][1]))
        else:
            joined.append((top, bottom))
    return joined
