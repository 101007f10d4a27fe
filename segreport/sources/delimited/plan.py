"""Reads the beginning of a text and settles how the rest is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import islice
from pathlib import Path

from segreport.config import InputSection
from segreport.errors import InputError
from segreport.sources.delimited.dialect import DELIMITERS, find_dialect, separator_line
from segreport.sources.delimited.encoding import Encoding
from segreport.sources.delimited.records import Dialect, Lines, Record, read_records
from segreport.sources.grid import Layout, find_layout

SAMPLE = 1 << 18
MOST_COLUMNS = 10_000
_LONG_SAMPLE = 1 << 22
_MIDDLE = 1 << 16
_LONGEST_LINE = 1 << 24


@dataclass(frozen=True)
class Plan:
    """How a text is read: its encoding and dialect, the table in it, and the line in which the data begin.

    ``width`` is the number of cells in a row; ``header`` are the header's lines as they stand, ``rows`` the first
    rows of data, and ``under`` those between them that hold no values.
    """

    encoding: Encoding
    dialect: Dialect
    layout: Layout
    width: int
    first_line: int
    header: tuple[str, ...]
    rows: tuple[Record, ...]
    under: tuple[Record, ...] = ()

    @property
    def fewest(self) -> int:
        """The cells that a row must have; columns without a name may be missing at its end."""
        return self.layout.columns[-1] + 1

    @property
    def words(self) -> dict[str, str]:
        """The dialect as it is printed."""
        mark = self.dialect.delimiter
        delimiter = "none" if self.dialect.single else DELIMITERS.get(mark, mark)
        words = {"format": "delimited text", "delimiter": delimiter, "encoding": self.encoding.words}
        if self.dialect.whole_lines:
            words["quoting"] = "whole lines"
        if self.layout.notes:
            words["header"] = "; ".join(self.layout.notes)
        return words


def open_text(path: Path, encoding: Encoding) -> TextIOWrapper:
    """The file as text, line ends as they stand in it."""
    return path.open("r", encoding=encoding.codec, errors=encoding.errors, newline="")


def lines_of(file: TextIOWrapper, name: str) -> Iterator[str]:
    """The lines of an open text, none of which may be so long that it is no line of a table.

    The mark of UTF-8 stands before a line where files were put one behind the other.
    """
    while line := file.readline(_LONGEST_LINE):
        if len(line) == _LONGEST_LINE:
            cause = f"{name} holds a line of more than {_LONGEST_LINE:,} characters"
            raise InputError(cause, "export the table as CSV, a line for a row")
        yield line.removeprefix("\ufeff")


def make_plan(path: Path, name: str, encoding: Encoding, options: InputSection) -> Plan:
    """The plan for a file; raises InputError where it holds no table."""
    lines = _first_lines(path, name, encoding)
    _refuse_other_kinds("".join(lines), name)
    sep = separator_line(lines)
    skipped = int(sep is not None) if options.skip_rows is None else options.skip_rows
    dialect = find_dialect([*lines[skipped:], *_middle_lines(path, encoding)], options.delimiter, sep)
    records = list(read_records(Lines(iter(lines[skipped:]), skipped), dialect))
    widest = max((len(record.cells) for record in records), default=0)
    if widest > MOST_COLUMNS:
        cause = f"{name} has {widest:,} cells in a line, and a table at most {MOST_COLUMNS:,} columns"
        raise InputError(cause, "check the delimiter, and that the file holds a line for a row")
    try:
        layout = find_layout([record.cells for record in records], skip_rows=_asked_rows(options))
    except InputError as error:
        raise InputError(f"{name}, {error.message}", error.hint) from error
    data = [record for record in records[layout.start :] if any(record.cells)]
    if not data:
        raise InputError(f"{name} has a header but no rows", "export the table again, with its rows")
    header = tuple(records[place].text for place in layout.header)
    width = max((len(records[place].cells) for place in layout.header), default=len(layout.names))
    under = tuple(records[place] for place in layout.under)
    return Plan(encoding, dialect, layout, width, data[0].line, header, tuple(data), under)


def _asked_rows(options: InputSection) -> int | None:
    return None if options.skip_rows is None else 0


def _first_lines(path: Path, name: str, encoding: Encoding) -> list[str]:
    """The whole lines at the beginning of the file, some of them even where they are very long."""
    lines: list[str] = []
    with open_text(path, encoding) as file:
        size = 0
        for line in lines_of(file, name):
            size += len(line)
            if size > SAMPLE and len(lines) > (2 if size > _LONG_SAMPLE else 20):
                break
            lines.append(line)
    return lines


def _middle_lines(path: Path, encoding: Encoding) -> list[str]:
    """Some whole lines from the middle of a large file, whose beginning may not show all."""
    size = path.stat().st_size
    if size < 4 * SAMPLE:
        return []
    with path.open("rb") as file:
        file.seek(size // 8 * 4)  # a multiple of four begins a character of every encoding of fixed width
        text = file.read(_MIDDLE).decode(encoding.codec.removesuffix("-sig"), "replace")
    return list(islice(text.splitlines(keepends=True), 1, None))[:-1]


def _refuse_other_kinds(text: str, name: str) -> None:
    start = text.lstrip("\ufeff \t\r\n")[:200].lower()
    if not start:
        raise InputError(f"{name} is empty", "export the table again")
    if start.startswith(("<!doctype", "<html", "<?xml", "<table")):
        raise InputError(f"{name} holds HTML or XML, not a table", "export the data as CSV or Excel")
    if start.startswith(('{"', "[{", "[[")) or "".join(start.split()).startswith(('{"', "[{", "[[")):
        raise InputError(f"{name} holds JSON, not a table", "export the data as CSV or Excel")
