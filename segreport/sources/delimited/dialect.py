"""How the cells of a text are parted and quoted, judged by a sample of its lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from segreport.errors import InputError
from segreport.sources.delimited.records import Dialect, Lines, is_ruler, read_records, words_of

DELIMITERS = {
    **{",": "comma", "\t": "tab", ";": "semicolon", "|": "pipe", " ": "blanks"},
    **{"^": "caret", "~": "tilde", "¦": "broken bar", "\x01": "control character 1", "\x1f": "unit separator"},
}
_STRENGTH = ("\t", "|", ";", ",")
"""A mark that stands inside a cell speaks against every mark after it."""
_RARE = ("\x01", "\x1f", "^", "~", "¦")
"""Marks that part cells only where every line has as many, and no other mark does."""

_SEP_LINE = re.compile(r'"?sep=(.)"?', re.IGNORECASE)
_WHOLE_LINE = re.compile(r'"(?:[^"]|"")*"')
_BLANK_THEN_QUOTE = re.compile(r'[,;\t|] +"')
_NUMBER = re.compile(r"[+-]?[\d.,]*\d")
_LINES_LOOKED_AT = 500
_NEARLY_ALL = 0.98


@dataclass(frozen=True)
class _Fit:
    """How well a dialect parts the sample."""

    dialect: Dialect
    width: int
    agreement: float = 0.0
    score: float = 0.0
    from_the_top: bool = False


def find_dialect(lines: Sequence[str], asked: str | None = None, sep: str | None = None) -> Dialect:
    """The dialect in which most lines have as many cells; a wish or an Excel ``sep=`` line settles the delimiter."""
    lines = _looked_at(lines)
    if asked:
        return _asked_for(lines, _checked(asked))
    if sep and (fit := _best_quoting(lines, sep)).width > 1:
        return fit.dialect
    best = max((_best_quoting(lines, mark) for mark in _STRENGTH), key=lambda fit: fit.score)
    aligned = None if best.from_the_top else _aligned(lines)
    if aligned or best.width < 2 or _is_decimal_column(lines, best):
        return aligned or _rare(lines) or _of_the_header(lines) or Dialect(",", single=True)
    return best.dialect


def _looked_at(lines: Sequence[str]) -> list[str]:
    """Lines from the beginning and from the end of the sample, which is the middle of a large file."""
    filled = [line for line in lines if line.strip() and not is_ruler(line.rstrip("\r\n"))]
    return filled if len(filled) <= 2 * _LINES_LOOKED_AT else filled[:_LINES_LOOKED_AT] + filled[-_LINES_LOOKED_AT:]


def _asked_for(lines: Sequence[str], mark: str) -> Dialect:
    if mark == " ":
        return _aligned(lines) or Dialect(" ")
    fit = _best_quoting(lines, mark)
    if fit.width < 2:
        word = DELIMITERS.get(mark, repr(mark))
        raise InputError(f"the delimiter asked for, {word}, parts no line", "leave --delimiter out to have it found")
    return fit.dialect


def separator_line(lines: Sequence[str]) -> str | None:
    """The delimiter that the first line names as Excel reads it: ``sep=;``."""
    match = _SEP_LINE.fullmatch(lines[0].strip("\ufeff\r\n ")) if lines else None
    return match.group(1) if match else None


def _checked(asked: str) -> str:
    if asked in '"\r\n\0':
        raise InputError(f"{asked!r} cannot part cells", "name one character, such as --delimiter ';'")
    return asked


def _best_quoting(lines: Sequence[str], mark: str) -> _Fit:
    """The plain way of quoting, or the one that the sample shows to be better."""
    plain = _fit(lines, Dialect(mark))
    others = []
    if any(_BLANK_THEN_QUOTE.search(line) for line in lines):
        others.append(_fit(lines, Dialect(mark, skip_blanks=True)))
    if any('\\"' in line for line in lines):
        others.append(_fit(lines, Dialect(mark, backslash=True)))
    if 2 * sum(_WHOLE_LINE.fullmatch(line.strip()) is not None for line in lines) > len(lines):
        whole = _fit(lines, Dialect(mark, whole_lines=True))
        others += [whole] if whole.agreement > 0.9 and whole.from_the_top else []
    return max((plain, *others), key=lambda fit: fit.score)


def _fit(lines: Sequence[str], dialect: Dialect) -> _Fit:
    rows = [() if record.fault else record.cells for record in read_records(Lines(iter(lines)), dialect)]
    widths = Counter(map(len, rows))
    width, times = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
    if width < 2:
        return _Fit(dialect, width)
    agreement = times / len(rows)
    stronger = _STRENGTH[: _STRENGTH.index(dialect.delimiter)] if dialect.delimiter in _STRENGTH else ()
    cells = [cell for row in rows if len(row) == width for cell in row]
    clean = sum(not any(mark in cell for mark in stronger) for cell in cells) / len(cells)
    score = agreement * (width - 1) / width * clean * (1.0 if len(rows[0]) == width else 0.4)
    return _Fit(dialect, width, agreement, score, len(rows[0]) == width)


def _aligned(lines: Sequence[str]) -> Dialect | None:
    """Columns that blanks part: any of them, or two and more where single ones stand inside cells."""
    return next((Dialect(" ", gap=gap) for gap in (1, 2) if _is_aligned(lines, gap)), None)


def _is_aligned(lines: Sequence[str], gap: int) -> bool:
    """Whether blanks part all lines into as many words, and one is always a number: two where the header differs."""
    rows = [words_of(line, gap) for line in lines]
    width = Counter(map(len, rows)).most_common(1)[0][0] if rows else 0
    alike = [row for row in rows[1:] if len(row) == width]
    numbers = sum(all(_NUMBER.fullmatch(row[place]) for row in alike) for place in range(width))
    enough = 1 if rows and len(rows[0]) == width else 2
    return width > 1 and bool(alike) and len(alike) >= 0.9 * (len(rows) - 1) and numbers >= enough


def _rare(lines: Sequence[str]) -> Dialect | None:
    fits = (_fit(lines, Dialect(mark)) for mark in _RARE)
    return next((fit.dialect for fit in fits if fit.from_the_top and fit.agreement > _NEARLY_ALL), None)


def _of_the_header(lines: Sequence[str]) -> Dialect | None:
    """The delimiter of a header that few lines follow: they do not fit, which is no reason to make one column of it."""
    for mark in _STRENGTH if lines else ():
        rows = [record.cells for record in read_records(Lines(iter(lines)), Dialect(mark)) if not record.fault]
        if rows and len(rows[0]) > 1 and any(len(row) == len(rows[0]) for row in rows[1:]):
            return Dialect(mark)
    return None


def _is_decimal_column(lines: Sequence[str], best: _Fit) -> bool:
    """Whether the commas are those of one column of decimal numbers, whose header has none."""
    if best.dialect.delimiter != "," or best.width != 2 or "," in lines[0]:
        return False
    return all(_NUMBER.fullmatch(line.strip()) for line in lines[1:])
