"""One file per kind of input; ``read`` opens each with the reader that its first bytes ask for."""

from __future__ import annotations

import hashlib
import importlib
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from segreport.errors import ConfigError, InputError

if TYPE_CHECKING:  # the processes that parse workbooks come through here, and need none of this
    from segreport.config import InputSection
    from segreport.domain import SourceTable
    from segreport.engine import Session
    from segreport.sources.kinds import Kind
    from segreport.sources.place import Place

    Reader = Callable[[Place, InputSection, Session], SourceTable]
READERS = {
    "text": "delimited:read_delimited",
    "workbook": "workbook:read_workbook",
    "parquet": "parquet:read_parquet",
    "sav": "sav:read_sav",
    "zsav": "sav:read_sav",
    "sqlite": "sql:read_sqlite",
    "duckdb": "sql:read_duckdb_file",
}
"""The module and function that read a kind of file; they are imported when they are needed."""
DATABASES = ("sqlite", "duckdb")
COMPRESSED = ("gzip", "zip")
PIPE = "-"


def read(inputs: Sequence[str], options: InputSection, session: Session) -> SourceTable:
    """The table in the inputs; several of one shape make one table, in their order.

    Raises InputError with the cause and the remedy.
    """
    tables = [_read_one(text, options, session) for text in inputs]
    return tables[0] if len(tables) == 1 else _joined(tables, session)


def stamps_of(inputs: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Size and time of every input that is a file, by which one that changes while it is read is found out."""
    paths = {text: Path(text) for text in inputs if "://" not in text and text != PIPE}
    return {text: (path.stat().st_size, path.stat().st_mtime_ns) for text, path in paths.items() if path.is_file()}


def refuse_changed(before: Mapping[str, tuple[int, int]]) -> None:
    """Refuse inputs that are not as they were: what was read of them may be of two moments."""
    for text, stamp in stamps_of(list(before)).items():
        if stamp != before[text]:
            cause = f"{Path(text).name} changed while it was read"
            raise InputError(cause, "wait until it is written, or copy it first")


def _read_one(text: str, options: InputSection, session: Session) -> SourceTable:
    if "://" in text:
        from segreport.sources.sql import read_sql

        return _with_rows(read_sql(text, options, session))
    from segreport.sources.kinds import recognise

    place, options = _place(text, options, Path(session.folder))
    kind = recognise(place.path, place.name)
    with ThreadPoolExecutor(max_workers=1) as pool:
        sha256 = pool.submit(_digest, place.path)
        table = _read_place(place, kind, options, session)
        return _with_rows(replace(table, source=replace(table.source, sha256=sha256.result())))


def _place(text: str, options: InputSection, scratch: Path) -> tuple[Place, InputSection]:
    """Where the bytes of an input lie; a name such as shop.db?table=customers names a table in it."""
    from segreport.sources.place import Place

    if text == PIPE:
        from segreport.sources.pipe import spool

        return Place(spool(sys.stdin.buffer, scratch), "standard input", scratch), options
    path = Path(text)
    if "?" in text and not path.exists():
        from segreport.sources.sql import split_table

        bare, table = split_table(text)
        return Place(Path(bare), Path(bare).name, scratch), options.model_copy(update={"table": table})
    return Place(path, path.resolve().name if path.name in ("", "..") else path.name, scratch), options


def _read_place(place: Place, kind: Kind, options: InputSection, session: Session) -> SourceTable:
    if kind in COMPRESSED:
        from segreport.sources.compressed import unpack
        from segreport.sources.kinds import recognise

        inner = unpack(place, kind)
        return _read_place(inner, recognise(inner.path, inner.name), options, session)
    if (options.query or options.table) and kind not in DATABASES:
        what = "a query asks" if options.query else "a table is one of"
        raise ConfigError(f"{what} a database, and {place.name} is none", "leave it out, or name a database")
    module, _, function = READERS[kind].partition(":")
    reader: Reader = getattr(importlib.import_module(f"segreport.sources.{module}"), function)
    return reader(place, options, session)


def _digest(path: Path) -> str:
    """The sha256 of a file, or of the sums of the Parquet files in a folder."""
    from segreport.sources.folders import files_of
    from segreport.sources.place import digest

    if not path.is_dir():
        return digest(path)
    sums = [f"{file.relative_to(path)} {digest(file)}" for file in files_of(path)]
    return hashlib.sha256("\n".join(sums).encode()).hexdigest()


def _with_rows(table: SourceTable) -> SourceTable:
    if not table.source.rows:
        raise InputError(f"{table.source.file} has a header but no rows", "export the table again, with its rows")
    return table


def _joined(tables: Sequence[SourceTable], session: Session) -> SourceTable:
    """One table of several that have the same columns, whatever their order."""
    from segreport.domain import SourceTable
    from segreport.sources.delimited import load

    tables = [load(table, session) for table in tables]
    first = tables[0]
    for other in tables[1:]:
        _check_shape(first, other)
    names = first.rows.columns
    mixed = {name for name in names if len({table.rows.types[name] for table in tables}) > 1}
    selects = [_select(table, names, mixed) for table in tables]
    source = replace(
        first.source,
        file=_names(tables),
        sha256=hashlib.sha256("\n".join(table.source.sha256 for table in tables).encode()).hexdigest(),
        rows=sum(table.source.rows for table in tables),
        dialect={**first.source.dialect, "inputs": str(len(tables))},
    )
    rejects = (
        replace(reject, reason=f"{table.source.file}: {reject.reason}") for table in tables for reject in table.rejects
    )
    labels = {name: label for table in reversed(tables) for name, label in table.labels.items()}
    findings = dict.fromkeys(finding for table in tables for finding in table.findings)
    return SourceTable(session.create(" UNION ALL ".join(selects)), source, tuple(rejects), labels, tuple(findings))


def _names(tables: Sequence[SourceTable]) -> str:
    """The inputs' names; of many, the first two and how many more."""
    names = [table.source.file for table in tables]
    return " + ".join(names if len(names) <= 3 else [*names[:2], f"{len(names) - 2} more"])


def _check_shape(first: SourceTable, other: SourceTable) -> None:
    only = [name for name in first.rows.columns if name not in other.rows.columns]
    more = [name for name in other.rows.columns if name not in first.rows.columns]
    if only or more:
        file = other.source.file
        missing = f"{file} has no column {only[0]!r}" if only else f"only {file} has {more[0]!r}"
        raise InputError(f"the inputs have different columns: {missing}", "give tables of one shape, or one at a time")


def _select(table: SourceTable, names: Sequence[str], mixed: set[str]) -> str:
    """The table's columns in the order of the first table; those of mixed types as text."""
    from segreport.engine import name_of

    columns = [f"{name_of(n)}::VARCHAR AS {name_of(n)}" if n in mixed else name_of(n) for n in names]
    return f"SELECT {', '.join(columns)} FROM {name_of(table.rows.name)}"
