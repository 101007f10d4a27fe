"""Finds the table in a grid of cells: where its header is, what its columns are called, and which cells are notes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil

from segreport.domain import Finding
from segreport.errors import InputError
from segreport.sources.looks import TYPED, cell_at, count_typed, is_named, is_year, kind_below, kind_of, typed_columns

LOOKED_AT = 1000
"""Rows that the search for the header looks at."""

_HEADER_ROWS = 3
_LONGEST_PREAMBLE = 60
_SMALL_TABLE = 10
_KEPT_SHARE = 0.2

UNDER_THE_HEADER = "a row under the header that holds units, types or questions"
_MOST_UNDER = 2

_UNSEEN = re.compile("[\u200b-\u200f\u2060-\u2064\u202a-\u202e\u2066-\u2069\ufeff\u00ad]")


@dataclass(frozen=True)
class Layout:
    """The table in a grid of cells.

    ``names`` has one name per kept column, unique ignoring case; ``columns`` are the cells of a row that they stand
    in; ``start`` is the index of the first row of data; ``header`` are the indexes of the rows that the names were
    made from. ``above`` rows over the header were left out. ``aside`` are columns without a name that were left out,
    and ``beside`` says how many cells of them hold something. ``alike`` are the names given to columns that were
    called as one before them; ``under`` are rows between the header and the data that hold units, types or questions.
    """

    names: tuple[str, ...]
    columns: tuple[int, ...]
    start: int
    header: tuple[int, ...] = ()
    above: int = 0
    aside: tuple[int, ...] = ()
    beside: int = 0
    alike: tuple[str, ...] = ()
    under: tuple[int, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What was done to find the table, in words."""
        return tuple(_notes(self))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What of it concerns the content of the table."""
        return tuple(_findings(self))


def find_layout(rows: Sequence[Sequence[str]], *, skip_rows: int | None = None) -> Layout:
    """Where the table is; rows may be blank or ragged, and ``skip_rows`` of them stand before the header for certain.

    Cells beyond the last of the header belong to no column, named or not: rows of a sheet come equally long.
    Raises InputError, whose cause begins with the row, where there is no table or a second one.
    """
    first = skip_rows or 0
    filled = [place for place in range(first, min(len(rows), first + LOOKED_AT)) if any(map(str.strip, rows[place]))]
    if not filled:
        raise InputError("no row holds anything", "export the table again, with its rows")
    body = _Body(rows, filled)
    top = filled[0] if skip_rows is not None else body.first_row()
    header = body.header_at(top)
    under = body.under(header[-1]) if header else ()
    start = (*header, *under)[-1] + 1 if header else top
    width = max(len(rows[place]) for place in header) if header else body.width
    names = [_name_at([rows[place] for place in header], place) for place in range(width)]
    layout = _layout(names, rows, start, header, sum(place < (header[0] if header else top) for place in filled))
    return replace(layout, under=under)


class _Body:
    """The rows of a grid that hold something, and what is mostly in each of its columns."""

    def __init__(self, rows: Sequence[Sequence[str]], filled: Sequence[int]) -> None:
        self.rows = rows
        self.filled = filled
        counts = sorted(_count(rows[place]) for place in filled)
        self.usual = counts[len(counts) // 2]
        widths = [len(rows[place]) for place in filled]
        self.width = max(set(widths), key=lambda width: (widths.count(width), width))

    def first_row(self) -> int:
        """The first row that belongs to the table: a row over its header, or the first of its data."""
        top = self._first_wide_row()
        for place in self._starts(top):
            before = sum(top <= row < place for row in self.filled)
            if before <= _SMALL_TABLE and before < sum(row >= place for row in self.filled):
                top = place
            elif len(self.rows[place]) == len(self.rows[top]):  # of another length, its rows will not fit the first
                raise InputError(
                    f"row {place + 1}: a second table begins here, after the one in row {top + 1}",
                    f"keep one table, or skip to the second with --skip-rows {place}",
                )
        return self._group_row_over(top)

    def header_at(self, top: int) -> tuple[int, ...]:
        """The rows that hold the names, from the top of the table on; none where its first row looks like data."""
        if not _is_header(self.rows[top], self._below(top)):
            return ()
        header = [top]
        for place in [place for place in self.filled if place > top][: _HEADER_ROWS - 1]:
            row = self.rows[place]
            if place != header[-1] + 1 or not _is_under_groups(self.rows[header[-1]], row, self._below(place)):
                break
            header.append(place)
        return tuple(header)

    def under(self, header: int) -> tuple[int, ...]:
        """The rows just below the header that hold words where all others hold numbers and dates."""
        below = [place for place in self.filled if place > header]
        found: list[int] = []
        for place in below[:_MOST_UNDER]:
            rest = [self.rows[other] for other in below if other > place]
            if place != header + 1 + len(found) or not _holds_words(self.rows[place], rest):
                break
            found.append(place)
        return tuple(found)

    def _first_wide_row(self) -> int:
        """The first row that fills most columns, or the first that names them under rows that are less of a table."""
        wide = [place for place in self.filled if self._is_wide(place)]
        most = _count(self.rows[wide[0]])
        for number, place in enumerate(wide[1:_LONGEST_PREAMBLE], 1):
            below = [self.rows[other] for other in wide if other > place]
            if _count(self.rows[place]) > most or (number == 1 and _is_title(self.rows[wide[0]], below)):
                if is_named(self.rows[place], below):
                    return place
                most = max(most, _count(self.rows[place]))
        return wide[0]

    def _is_wide(self, place: int) -> bool:
        return _count(self.rows[place]) >= ceil(0.6 * self.usual)

    def _starts(self, top: int) -> Iterator[int]:
        """Rows below a blank row that look like the header of what follows, as the row at the top of a table does."""
        for place in self.filled:
            after_blank = place > top + 1 and not any(map(str.strip, self.rows[place - 1]))
            if after_blank and self._is_wide(place) and is_named(self.rows[place], self._below(place)):
                yield place

    def _below(self, place: int) -> list[Sequence[str]]:
        return [self.rows[other] for other in self.filled if other > place]

    def _group_row_over(self, top: int) -> int:
        over = top - 1
        if over in self.filled:
            row = self.rows[over]
            if _has_spans(row) and _is_under_groups(row, self.rows[top], self._below(top)):
                return over
        return top


def _is_title(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a row neither names what stands below it nor is like it: a title with delimiters in it."""
    typed = typed_columns(below)
    return not is_named(row, below) and 2 * count_typed(row, typed) <= len(typed)


def _is_header(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a row names what stands below it: text over numbers, or text that does not come again below it."""
    if _are_counted(row, below):
        return True
    filled = [place for place, cell in enumerate(row) if cell.strip()]
    kinds = [(_name_kind(row, below, place), kind_below(below, place)) for place in filled]
    data = sum(own in TYPED and under in (own, "") for own, under in kinds)
    names = sum(own != "" and under in TYPED and under != own for own, under in kinds)
    if data or names:
        return names > data
    others = [other for other in below if list(other) != list(row)]
    again = [place for place in filled if _comes_again(row[place], others, place)]
    return 2 * len(again) <= len(filled)


def _holds_words(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a row has no number or date where the rows below it have them, but words that never come again there."""
    typed = typed_columns(below)
    words = [place for place in typed if kind_of(cell_at(row, place)) == "text"]
    if any(kind_of(cell_at(row, place)) in TYPED for place in typed) or len(words) < max(2, len(typed) / 2):
        return False
    return not any(_comes_again(row[place], below, place) for place in words)


def _has_spans(row: Sequence[str]) -> bool:
    """Whether names stand apart in a row, or again beside each other, as over the columns that they span."""
    filled = [place for place, cell in enumerate(row) if cell.strip()]
    return filled != list(range(len(filled))) or len({row[place].strip() for place in filled}) < len(filled)


def _name_kind(row: Sequence[str], below: Sequence[Sequence[str]], place: int) -> str:
    """What a cell looks like as a name: a year over numbers that are no years is one."""
    if is_year(row[place]) and not any(is_year(cell_at(other, place)) for other in below[:20]):
        return "text"
    return kind_of(row[place])


def _is_under_groups(over: Sequence[str], row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a row of names stands under a row of groups: that has gaps or repeats, and neither has a number."""
    given = [cell.strip() for cell in over if cell.strip()]
    gaps = any(cell.strip() and not cell_at(over, place).strip() for place, cell in enumerate(row))
    if not (gaps or len(set(given)) < len(given)) or any(map(_is_value, (*over, *row))):
        return False
    return is_named(row, below) or is_named([first or second for first, second in _pairs(row, over)], below)


def _is_value(cell: str) -> bool:
    return kind_of(cell) in TYPED and not is_year(cell)


def _pairs(row: Sequence[str], over: Sequence[str]) -> list[tuple[str, str]]:
    return [(cell_at(row, place), cell_at(over, place)) for place in range(max(len(row), len(over)))]


def _are_counted(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether the numbers of a row count on by one, as years or places over columns do, and those below do not."""
    numbers = [(place, int(cell)) for place, cell in enumerate(row) if cell.strip().isdecimal() and cell.isascii()]
    typed = [cell for cell in row if kind_of(cell) in TYPED]
    steps = {second[1] - first[1] for first, second in pairwise(numbers)}
    if len(numbers) < 3 or len(typed) != len(numbers) or steps != {1}:
        return False
    return not any(cell_at(other, place).strip() == str(number) for other in below[:5] for place, number in numbers)


def _comes_again(cell: str, rows: Sequence[Sequence[str]], place: int) -> bool:
    return any(cell_at(row, place).strip() == cell.strip() for row in rows)


def _name_at(header: Sequence[Sequence[str]], place: int) -> str:
    """A column's name: the groups that span it stand before its own, as in "Purchases Web"."""
    parts: list[str] = []
    for number, row in enumerate(header):
        is_spanned = any(cell_at(under, place).strip() for under in header[number + 1 :])
        given = [cell for cell in row[: place + 1] if cell.strip()] if is_spanned else [cell_at(row, place)]
        part = clean_name(given[-1]) if given else ""
        if part and part.casefold() not in map(str.casefold, parts):
            parts.append(part)
    return " ".join(parts)


def clean_name(cell: str) -> str:
    """A column's name without blanks around it, line breaks in it, or characters that nobody sees."""
    return " ".join(_UNSEEN.sub("", cell).split())


def _layout(
    names: list[str], rows: Sequence[Sequence[str]], start: int, header: tuple[int, ...], above: int
) -> Layout:
    data = [row for row in rows[start:] if any(row)] if header else []
    nameless = [place for place, name in enumerate(names) if header and not name]
    cells = {place: sum(bool(cell_at(row, place).strip()) for row in data) for place in nameless}
    aside = tuple(place for place in nameless if cells[place] <= _KEPT_SHARE * len(data))
    kept = tuple(sorted({*range(len(names))}.difference(aside)))
    if not kept:
        raise InputError(f"row {start}: no column has a name", "give every column a name in the first row")
    given, alike = _unique([names[place] or f"column {place + 1}" for place in kept])
    return Layout(given, kept, start, header, above, aside, sum(cells[place] for place in aside), alike)


def _unique(names: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    taken = {name.casefold() for name in names}
    seen: set[str] = set()
    given: list[str] = []
    for name in names:
        new, number = name, 2
        while new.casefold() in seen or (new != name and new.casefold() in taken):
            new, number = f"{name} ({number})", number + 1
        seen.add(new.casefold())
        given.append(new)
    return tuple(given), tuple(new for new, name in zip(given, names, strict=True) if new != name)


def _notes(layout: Layout) -> Iterator[str]:
    if layout.above:
        yield f"{_many(layout.above, 'row')} above the header left out"
    if not layout.header:
        yield "no header: the columns are numbered"
    if len(layout.header) > 1:
        yield f"header made of {len(layout.header)} rows"
    if layout.aside and layout.beside:
        yield f"{_many(len(layout.aside), 'column')} without a name left out: {_beside(layout)}"
    elif layout.aside:
        yield f"{_many(len(layout.aside), 'empty column')} without a name left out"
    if layout.alike:
        yield _alike(layout)


def _findings(layout: Layout) -> Iterator[Finding]:
    if layout.alike:
        done = f"numbered from the second on: {_listed(layout.alike)}"
        yield Finding("DQ014", "Columns named alike", len(layout.alike), done)
    if layout.beside:
        yield Finding("DQ015", "Notes beside the table", layout.beside, "left out: they stand in no named column")


def _alike(layout: Layout) -> str:
    return f"{_many(len(layout.alike), 'column')} named like another before: now {_listed(layout.alike)}"


def _beside(layout: Layout) -> str:
    return f"{_many(layout.beside, 'note')} beside the table"


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"“{name}”" for name in names[:5])
    return f"{shown} and {len(names) - 5} more" if len(names) > 5 else shown


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _count(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)
