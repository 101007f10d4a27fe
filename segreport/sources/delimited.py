"""Delimited text: encoding and delimiter are found from the bytes, and said."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from pathlib import Path

import pandas as pd

from segreport.domain import Reject, Source, SourceTable
from segreport.errors import InputError
from segreport.sources import digest

DELIMITERS = {"\t": "tab", ",": "comma", ";": "semicolon", "|": "pipe"}
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SAMPLE_LINES = 200
_ENCODING_WORDS = {"utf-8-sig": "utf-8 with BOM", "cp1252": "cp1252, as it is not utf-8"}


def read_delimited(
    path: Path, data: bytes, *, delimiter: str | None = None, encoding: str | None = None
) -> SourceTable:
    """The rows as text; lines with too few or too many cells are rejected with their numbers, never shifted."""
    text, encoding = _decode(path, data, encoding)
    if text.lstrip()[:15].lower().startswith(("<!doctype", "<html", "<?xml")):
        raise InputError(f"{path.name} holds HTML or XML, not a table", "export the data as CSV or Excel")
    delimiter = delimiter or _find_delimiter(text)
    header, rows, rejects = _parse(path, text, delimiter)
    frame = pd.DataFrame(rows, columns=header, dtype="object")
    dialect = {
        "format": "delimited text",
        "delimiter": DELIMITERS.get(delimiter, repr(delimiter)),
        "encoding": encoding,
    }
    source = Source(path.name, digest(data), len(rows) + len(rejects), len(header), dialect)
    return SourceTable(frame, source, tuple(rejects))


def _decode(path: Path, data: bytes, encoding: str | None) -> tuple[str, str]:
    if encoding is None:
        encoding = next((name for bom, name in _BOMS if data.startswith(bom)), None)
    if encoding is None and b"\0" in data:
        raise InputError(
            f"{path.name} holds binary data, or UTF-16 without its mark", "name the encoding, or export as CSV"
        )
    for name in [encoding] if encoding else ["utf-8", "cp1252"]:
        try:
            return data.decode(name), _ENCODING_WORDS.get(name, name) if not encoding or name == "utf-8-sig" else name
        except LookupError as error:
            raise InputError(f"unknown encoding {name!r}", "use a name such as utf-8, cp1252 or utf-16") from error
        except UnicodeDecodeError:
            continue
    raise InputError(f"{path.name} cannot be read as {encoding or 'utf-8 or cp1252'}", "name its encoding")


def _find_delimiter(text: str) -> str:
    """The delimiter that parts most lines into as many cells as the first line, and that into more than one."""
    lines = [line for line in text[:200_000].splitlines()[:_SAMPLE_LINES] if line.strip()]
    return max(DELIMITERS, key=lambda mark: _agreement(lines, mark))


def _agreement(lines: list[str], mark: str) -> tuple[float, int]:
    widths = [len(row) for row in csv.reader(lines, delimiter=mark)]
    return (widths.count(widths[0]) / len(widths) if widths[0] > 1 else 0.0, widths[0])


def _parse(path: Path, text: str, delimiter: str) -> tuple[list[str], list[list[str | None]], list[Reject]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str | None]] = []
    rejects: list[Reject] = []
    header: list[str] = []
    try:
        for cells in reader:
            _refuse_swallowed_lines(path, cells, len(header), delimiter, reader.line_num)
            if not any(cell.strip() for cell in cells):
                continue
            if not header:
                header = _header(path, cells)
            elif len(cells) == len(header):
                rows.append([cell if cell else None for cell in cells])
            else:
                reason = f"{len(cells)} cells where the header has {len(header)}"
                rejects.append(Reject(reader.line_num, reason, delimiter.join(cells)))
    except csv.Error as error:
        raise InputError(
            f"{path.name}, line {reader.line_num}: {error}", "check the quotes around that line"
        ) from error
    if rejects and len(rejects) > len(rows):
        first = rejects[0]
        raise InputError(
            f"{path.name}, line {first.line}: {first.reason}, and so in {len(rejects)} of {len(rows) + len(rejects)}",
            "check the delimiter and the header line",
        )
    return header, rows, rejects


def _refuse_swallowed_lines(path: Path, cells: list[str], width: int, delimiter: str, line: int) -> None:
    """A stray quote makes one cell of many lines; each of them would have been a row."""
    for cell in cells:
        inner = cell.splitlines()[1:-1]
        if inner and width > 1 and all(text.count(delimiter) >= width - 1 for text in inner):
            start = line - cell.count("\n")
            cause = f"{path.name}, line {start}: a quote opens here and closes in line {line}, over whole rows"
            raise InputError(cause, "mend the quote")


def _header(path: Path, cells: list[str]) -> list[str]:
    names = [cell.strip() or f"column {place}" for place, cell in enumerate(cells, 1)]
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        raise InputError(f"{path.name}: the header names {twice[0]!r} more than once", "give every column its own name")
    return names
