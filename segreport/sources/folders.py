"""Folders of Parquet files that are one table."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from segreport.errors import InputError

MAGIC = b"PAR1"
MOST_FILES = 20_000
"""Entries of a folder that are looked at; beyond that it is no folder of one table."""

_LOGS = {"_delta_log": "a Delta Lake", ".hoodie": "a Hudi"}


def files_of(folder: Path) -> list[Path]:
    """The Parquet files below a folder, in the order of their paths; hidden files and a writer's own are passed by."""
    found: list[Path] = []
    seen = 0
    for parent, folders, names in os.walk(folder, onerror=_raise):
        _refuse_table_with_a_log(folder, Path(parent), folders)
        folders[:] = [name for name in folders if not _is_aside(name)]
        seen += len(folders) + len(names)
        if seen > MOST_FILES:
            raise InputError(f"{folder} holds more than {MOST_FILES:,} files", "name a folder with one table's files")
        found += [path for name in names if not _is_aside(name) and _is_parquet(path := Path(parent, name))]
    return sorted(found)


def _raise(error: OSError) -> None:
    raise error


def _is_aside(name: str) -> bool:
    return name.startswith((".", "_")) and "=" not in name


def _is_parquet(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        if file.read(len(MAGIC)) == MAGIC:
            return True
    if path.suffix.lower() == ".parquet":
        raise InputError(f"{path} is named as a Parquet file, but is none", "write it again, or take it out")
    return False


def _refuse_table_with_a_log(folder: Path, parent: Path, folders: Sequence[str]) -> None:
    """Of such a table some files are out of date, and only its log says which."""
    names = {text for mark, text in _LOGS.items() if mark in folders}
    if "metadata" in folders and any((parent / "metadata").glob("*.metadata.json")):
        names.add("an Iceberg")
    if names:
        raise InputError(f"{folder} is {names.pop()} table", "write the table as plain Parquet first")
