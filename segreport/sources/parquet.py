"""Parquet, one file or a folder of them: typed columns go straight into the session."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from segreport.domain import Finding, Source, SourceTable
from segreport.engine import name_of, text_of
from segreport.errors import InputError
from segreport.sources.folders import MAGIC, files_of

if TYPE_CHECKING:
    from segreport.config import InputSection
    from segreport.engine import Session
    from segreport.sources.place import Place

_WHOLE = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"}
_LONG = {"UBIGINT", "HUGEINT", "UHUGEINT"}
_REAL = {"FLOAT", "DOUBLE"}
_MOMENTS = {"TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"}
_ZONED = {"TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ_NS"}
_EMPTY = '"NULL"'
_GLOB = re.compile(r"[*?\[]")
_WORDS = {"VARCHAR", "UUID", "TIME", "TIME_NS", "TIME WITH TIME ZONE", "INTERVAL", _EMPTY}


def read_parquet(place: Place, options: InputSection, session: Session) -> SourceTable:
    """The table in a Parquet file, or in all Parquet files of a folder; raises InputError where they do not agree."""
    files = files_of(place.path) if place.path.is_dir() else [place.path]
    for file in files:
        _refuse_torn(file, _called(file, place))
    with _refusing(place, files):
        types = _agreed_types(place, files, session)
        scan = _scan(place, files)
        made = {name: _expression(name, kind, scan, session) for name, kind in types.items()}
        kept = [f"{sql} AS {name_of(name)}" for name, sql in made.items() if sql]
        if not kept:
            raise InputError(f"{place.name} has no column of numbers, dates or text", "flatten its nested columns")
        rows = session.create(f"SELECT {', '.join(kept)} FROM {scan}")
    left_out = [name for name, sql in made.items() if not sql]
    source = Source(place.name, "", rows.count(), len(types), _dialect(files, types))
    return SourceTable(rows, source, findings=_findings(left_out))


def _refuse_torn(file: Path, name: str) -> None:
    with file.open("rb") as opened:
        opened.seek(0, os.SEEK_END)
        size = opened.tell()
        opened.seek(max(0, size - len(MAGIC)))
        if size < 3 * len(MAGIC) or opened.read() != MAGIC:
            raise InputError(f"{name} is a Parquet file that was cut off", "copy or write it again")


@contextmanager
def _refusing(place: Place, files: Sequence[Path]) -> Iterator[None]:
    """The engine's own complaint, in one line that names the file where it does."""
    try:
        yield
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        text = str(error).splitlines()[0]
        named = next((file for file in files if str(file) in text), files[0] if len(files) == 1 else None)
        name = _called(named, place) if named else place.name
        cause = f"{name} cannot be read as Parquet: {text.replace(str(named), name) if named else text}"
        raise InputError(cause, "write it again, with another tool if need be") from error


def _called(file: Path, place: Place) -> str:
    return place.name if file == place.path else f"{place.name}, {file.relative_to(place.path)}"


def _agreed_types(place: Place, files: Sequence[Path], session: Session) -> dict[str, str]:
    """The columns of all files with their types; raises InputError where one differs from the first."""
    first = _types(_scan(place, files[:1]), session)
    for file in files[1:]:
        other = _types(_scan(place, [file]), session)
        if difference := _difference(first, other):
            cause = f"{_called(file, place)}: {difference} in {_called(files[0], place)}"
            raise InputError(cause, "keep the files of one table in the folder, all with the same columns")
    return _types(_scan(place, files), session) if files[1:] else first


def _types(scan: str, session: Session) -> dict[str, str]:
    return {str(row[0]): str(row[1]) for row in session.query(f"DESCRIBE SELECT * FROM {scan}")}


def _difference(first: Mapping[str, str], other: Mapping[str, str]) -> str:
    for name in other:
        if name not in first:
            return f"has a column {name!r} that is not"
    for name, kind in first.items():
        if name not in other:
            return f"lacks the column {name!r} that is"
        if _EMPTY not in (kind, other[name]) and _family(kind) != _family(other[name]):
            return f"the column {name!r} holds {_family(other[name])}, but {_family(kind)}"
    return ""


def _family(kind: str) -> str:
    if kind in _WHOLE | _LONG | _REAL or kind.startswith("DECIMAL"):
        return "numbers"
    if kind in _MOMENTS | _ZONED:
        return "dates with times"
    return {"VARCHAR": "text", "DATE": "dates", "BOOLEAN": "yes or no"}.get(kind, kind.lower())


def _scan(place: Place, files: Sequence[Path]) -> str:
    """The files as a table in SQL; what Hive-style folders say stays text, so that 007 does not become 7."""
    names = ", ".join(text_of(_GLOB.sub(r"[\g<0>]", str(file))) for file in files)  # no name is a pattern
    hive = any("=" in part for file in files for part in file.parts[len(place.path.parts) : -1])
    partitions = ", hive_partitioning = true, hive_types_autocast = false" if hive else ", hive_partitioning = false"
    return f"read_parquet([{names}], union_by_name = true{partitions})"


def _expression(name: str, kind: str, scan: str, session: Session) -> str | None:
    """How a column enters the session: as a number, a date, a truth value or text; None where it is none of them."""
    column = name_of(name)
    if kind in _WHOLE:
        return f"{column}::BIGINT"
    if kind in _LONG or (kind.startswith("DECIMAL") and kind.endswith(",0)")):
        return f"{column}::{_type_of_long(column, scan, session)}"
    if kind in _REAL:
        return f"CASE WHEN isfinite({column}) THEN {column}::DOUBLE END"
    if kind.startswith("DECIMAL"):
        return f"{column}::DOUBLE"
    if kind in _MOMENTS:
        return f"{column}::TIMESTAMP"
    if kind in _ZONED:
        return f"make_timestamp(epoch_us({column}::TIMESTAMPTZ))"
    if kind in _WORDS or kind.startswith("ENUM"):
        return f"nullif({column}::VARCHAR, '')"
    if kind == "BLOB" and _is_text(column, scan, session):
        return f"nullif(decode({column}), '')"
    return column if kind in ("DATE", "BOOLEAN") else None


def _type_of_long(column: str, scan: str, session: Session) -> str:
    """Digits beyond what a number holds are an id's: they stay, as text."""
    fits = f"SELECT count(*) FROM {scan} WHERE {column} IS NOT NULL AND TRY_CAST({column} AS BIGINT) IS NULL"
    return "VARCHAR" if session.query(fits)[0][0] else "BIGINT"


def _is_text(column: str, scan: str, session: Session) -> bool:
    """Older writers store text as bytes without saying so."""
    unread = f"SELECT count(*) FROM {scan} WHERE {column} IS NOT NULL AND TRY(decode({column})) IS NULL"
    return not session.query(unread)[0][0]


def _dialect(files: Sequence[Path], types: Mapping[str, str]) -> dict[str, str]:
    zoned = [name for name, kind in types.items() if kind in _ZONED]
    files_read = {"files": str(len(files))} if len(files) > 1 else {}
    return {"format": "Parquet"} | files_read | ({"times": f"{', '.join(zoned)} in UTC"} if zoned else {})


def _findings(left_out: Sequence[str]) -> tuple[Finding, ...]:
    if not left_out:
        return ()
    done = f"left out: {', '.join(left_out)}"
    return (Finding("DQ020", "Columns of a kind that cannot be segmented on", len(left_out), done),)
