"""Parts lines into records: a quoted cell may hold line breaks, and a stray quote spoils its own line only."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

LONGEST_CELL = 1 << 24
_MOST_LINES = 1000
_DRAWN = tuple("-=+|")
_RULER = re.compile(r"[-=+|: ]*(?:-{3}|={3})[-=+|: ]*")
"""A line that is drawn under a header or between rows, as databases print their tables."""
_ESCAPES = re.compile(r'\\(?:(\\)|")')


@dataclass(frozen=True)
class Dialect:
    """How cells are parted and quoted.

    ``delimiter`` " " stands for any run of ``gap`` blanks or more; ``single`` for one column without a delimiter;
    ``skip_blanks`` for blanks after a delimiter that belong to no cell; ``backslash`` for quotes written as \\";
    ``whole_lines`` for lines that are quoted as one cell each.
    """

    delimiter: str
    gap: int = 1
    single: bool = False
    skip_blanks: bool = False
    backslash: bool = False
    whole_lines: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether nothing but the delimiter, of one byte, and doubled quotes has a meaning."""
        dressed = self.single or self.skip_blanks or self.backslash or self.whole_lines
        return self.delimiter != " " and self.delimiter.isascii() and not dressed


class Record(NamedTuple):
    """One record: the line it begins in, its first line as it stands, its cells, and what is wrong with it.

    A blank line and one that is drawn have no cells.
    """

    line: int
    text: str
    cells: list[str]
    fault: str = ""


class Lines:
    """Lines with their numbers; those that were read ahead can be put back."""

    def __init__(self, lines: Iterator[str], before: int = 0) -> None:
        self.number = before
        self._lines = lines
        self._back: deque[str] = deque()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else next(self._lines)
        self.number += 1
        return line

    def take(self, count: int) -> list[str]:
        """The next lines, as many as there are of those asked for."""
        block = [self._back.popleft() for _ in range(min(count, len(self._back)))]
        block += islice(self._lines, count - len(block))
        self.number += len(block)
        return block

    def put_back(self, lines: list[str]) -> None:
        """Give lines back, to be read again."""
        self._back.extendleft(reversed(lines))
        self.number -= len(lines)


def read_records(lines: Lines, dialect: Dialect, width: int | None = None) -> Iterator[Record]:
    """Every record; one that is quoted over several lines has to have the width of the table, where that is known."""
    mark = dialect.delimiter
    csv.field_size_limit(LONGEST_CELL)
    for line in lines:
        text = line.rstrip("\r\n")
        if not text or (text.isspace() and (mark == " " or mark not in text)) or is_ruler(text):
            yield Record(lines.number, text, [])
        elif mark == " ":
            yield Record(lines.number, text, words_of(text, dialect.gap))
        elif '"' in text:
            yield _quoted(lines, line, text, dialect, width)
        elif dialect.single:
            yield Record(lines.number, text, [text])
        elif dialect.skip_blanks:
            yield Record(lines.number, text, [cell.lstrip(" ") for cell in text.split(mark)])
        else:
            yield Record(lines.number, text, text.split(mark))


def is_ruler(text: str) -> bool:
    """Whether a line is drawn, and holds nothing."""
    return text.lstrip()[:1] in _DRAWN and _RULER.fullmatch(text.rstrip()) is not None


def words_of(text: str, gap: int) -> list[str]:
    """What stands between the blanks of a line, at least so many of them; a tab is as many as are needed."""
    words = text.replace("\t", " " * gap).split(" " * gap)
    return [word for word in map(str.strip, words) if word]


def _quoted(lines: Lines, line: str, text: str, dialect: Dialect, width: int | None) -> Record:
    number = lines.number
    if dialect.whole_lines:
        return _unwrapped(number, text, dialect)
    read = [line]
    try:
        cells = next(_reader(_following(lines, read, dialect), dialect))
    except csv.Error:
        lines.put_back(read[1:])
        fault = "a quote opens and does not close" if len(read) > 1 or _is_open(text) else "a stray quote"
        return Record(number, text, text.split(dialect.delimiter), fault)
    if len(read) > 1 and not _belong_together(read, cells, dialect, width):
        lines.put_back(read[1:])
        return Record(number, text, text.split(dialect.delimiter), "a quote opens and closes in another row")
    return Record(number, text, cells)


def _following(lines: Lines, read: list[str], dialect: Dialect) -> Iterator[str]:
    """The line read, and as long as its quote stays open those that follow."""
    yield _escaped(read[0], dialect)
    while len(read) < _MOST_LINES and (line := next(lines, None)) is not None:
        read.append(line)
        yield _escaped(line, dialect)


def _escaped(line: str, dialect: Dialect) -> str:
    """The line with doubled quotes in place of those with a backslash before them."""
    if dialect.backslash and "\\" in line:
        return _ESCAPES.sub(lambda match: r"\\" if match.group(1) else '""', line)
    return line


def _reader(lines: Iterator[str], dialect: Dialect) -> Iterator[list[str]]:
    mark = "\0" if dialect.single else dialect.delimiter
    return csv.reader(lines, delimiter=mark, skipinitialspace=dialect.skip_blanks, strict=True)


def _is_open(text: str) -> bool:
    return text.count('"') % 2 == 1


def _belong_together(read: list[str], cells: list[str], dialect: Dialect, width: int | None) -> bool:
    """Whether lines joined by a quote are one record: they are not where each of them would have been a row."""
    if width is not None and (len(cells) < width or any(cells[width:])):
        return False
    if dialect.single or len(cells) < 2 or len(read) < 3:
        return True
    return any(line.count(dialect.delimiter) != len(cells) - 1 for line in read)


def _unwrapped(number: int, text: str, dialect: Dialect) -> Record:
    """The cells of a line that is quoted as a whole, or of one that is not."""
    try:
        cells = next(csv.reader((text.strip(),), delimiter=dialect.delimiter, strict=True))
        if len(cells) == 1:
            cells = next(csv.reader((cells[0],), delimiter=dialect.delimiter, strict=True))
    except csv.Error:
        return Record(number, text, text.split(dialect.delimiter), "a stray quote")
    return Record(number, text, cells)
