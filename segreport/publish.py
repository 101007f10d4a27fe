"""All files into place at the end, or none; until then the previous output stays as it was."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, Field, ValidationError

from segreport.config import RunConfig
from segreport.domain import Report
from segreport.errors import InputError, OutputError

MANIFEST = "manifest.json"
LIBRARIES = ("segreport", "pandas", "scikit-learn", "weasyprint", "matplotlib", "python-pptx", "lxml")
WORK, OLD, JOURNAL = ".segreport-", ".old", ".swap"


class Entry(BaseModel):
    """A published file."""

    name: Annotated[str, Field(pattern=r"^[^/\\]+$")]
    bytes: int
    sha256: str


class Published(BaseModel):
    """What a manifest says of the files beside it."""

    files: tuple[Entry, ...]


class SavedInput(BaseModel):
    """The table that a saved run read."""

    file: str


class SavedReport(BaseModel):
    """What a saved run was called."""

    name: str


class Manifest(Published):
    """What a saved run can be made again from."""

    report: SavedReport
    input: SavedInput
    config: RunConfig


_Kind = TypeVar("_Kind", bound=Published)


@contextmanager
def work_folder(folder: Path) -> Iterator[Path]:
    """A folder beside the results to write in; it is gone at the end, and so is an output folder it had to make.

    A publication that did not come to its end is undone. What killed runs left behind is cleared first.
    """
    made = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        work, held = _start_work(folder)
    except OSError as error:
        raise OutputError(f"{folder}: {error.strerror}", "name another folder with -o") from error
    try:
        yield work
    finally:
        _clear(work, folder)
        os.close(held)
        if made and not any(folder.iterdir()):
            folder.rmdir()


def check_folder(folder: Path) -> None:
    """Refuse an output folder that cannot be written, before any work is done."""
    nearest = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    if not nearest.is_dir():
        raise OutputError(f"{nearest} is a file, not a folder", "name another folder with -o")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise OutputError(f"{nearest} cannot be written", "name another folder with -o")


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a saved run; raises InputError where it is missing or not one."""
    return _read(folder, Manifest)


def publish(work: Path, folder: Path, manifest: Mapping[str, Any], *, kept: Iterable[Entry] = ()) -> tuple[str, ...]:
    """Move every file of the work folder into place, with the manifest over them and the files kept; gives the names.

    It is all of them or none: ``work_folder`` undoes what was begun. Files of an earlier run that are neither made nor
    kept are removed. Raises OutputError.
    """
    made = [_entry(path) for path in work.iterdir()]
    entries = sorted([*made, *kept], key=lambda entry: entry.name)
    listed = [entry.model_dump() for entry in entries]
    text = json.dumps({**manifest, "files": listed}, indent=1, ensure_ascii=False) + "\n"
    names = (*sorted(entry.name for entry in made), MANIFEST)
    stale = _published(folder) - {entry.name for entry in entries} - {MANIFEST}
    try:
        (work / MANIFEST).write_text(text, encoding="utf-8")
        _check_targets(folder, names)
        _swap(work, folder, names)
    except OSError as error:
        raise OutputError(
            f"{folder}: {error.strerror}", "free space or choose another folder with -o, and run again"
        ) from error
    for name in stale:
        with suppress(OSError):
            (folder / name).unlink()
    return names


def describe_run(report: Report, config: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest but for its files: input, versions, configuration, seed and warnings; no clock, host or path."""
    return {
        "schema_version": report.schema_version,
        "report": {"name": report.report.name, "period": report.report.period},
        "input": {"file": report.source.file, "sha256": report.source.sha256},
        "versions": {name: version(name) for name in LIBRARIES},
        "config": config,
        "seed": report.segmentation.seed,
        "warnings": [{"code": note.code, "text": note.text} for note in report.warnings],
    }


def _start_work(folder: Path) -> tuple[Path, int]:
    """An empty work folder and the open file that holds its lock; the kernel frees the lock however the run ends."""
    gate = os.open(folder, os.O_RDONLY)
    try:
        _lock(gate, wait=True)  # so that no other run takes the new folder for a dead one before it is locked
        for left in folder.glob(f"{WORK}*"):
            _clear_dead(left, folder)
        work = Path(tempfile.mkdtemp(prefix=WORK, dir=folder))
        held = os.open(work, os.O_RDONLY)
        _lock(held)
        return work, held
    finally:
        os.close(gate)


def _lock(file: int, *, wait: bool = False) -> bool:
    """Whether the lock was got; a file system without locks gives none."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        return False
    return True


def _clear_dead(left: Path, folder: Path) -> None:
    """Clear a work folder whose lock can be had: its run is dead."""
    try:
        held = os.open(left, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return
    try:
        if _lock(held):
            _clear(left, folder)
    finally:
        os.close(held)


def _clear(work: Path, folder: Path) -> None:
    """Remove a work folder; where a swap cannot be undone it stays, as the old files are in it."""
    with suppress(OSError):
        _undo(work, folder)
        shutil.rmtree(work, ignore_errors=True)


def _check_targets(folder: Path, names: Iterable[str]) -> None:
    for path in (folder / name for name in names):
        if path.is_dir() and not path.is_symlink():
            raise OutputError(f"{path} is a folder, where a file is to be", "move it away, or name another with -o")


def _swap(work: Path, folder: Path, names: Iterable[str]) -> None:
    """Put what is there aside, then the new in its place; the journal is there until all of it is done."""
    for name in names:
        _flush(work / name)
    (work / JOURNAL).write_text("\n".join(names), encoding="utf-8")
    (work / OLD).mkdir()
    for name in names:
        if os.path.lexists(folder / name):
            os.replace(folder / name, work / OLD / name)
    for name in names:
        os.replace(work / name, folder / name)
    (work / JOURNAL).unlink()


def _undo(work: Path, folder: Path) -> None:
    """Everything as it was before a swap that did not end; may itself be cut off and done again."""
    if not ((work / JOURNAL).is_file() and (work / OLD).is_dir()):
        return
    for name in (work / JOURNAL).read_text(encoding="utf-8").splitlines():
        if not os.path.lexists(work / name):
            os.replace(folder / name, work / name)
        if os.path.lexists(work / OLD / name):
            os.replace(work / OLD / name, folder / name)
    (work / JOURNAL).unlink()


def _entry(path: Path) -> Entry:
    data = path.read_bytes()
    return Entry(name=path.name, bytes=len(data), sha256=hashlib.sha256(data).hexdigest())


def _published(folder: Path) -> set[str]:
    """The files that the last run of this folder wrote, by its manifest; without one there are none."""
    with suppress(InputError):
        return {entry.name for entry in _read(folder, Published).files}
    return set()


def _read(folder: Path, kind: type[_Kind]) -> _Kind:
    hint = "name a folder that segreport run has written"
    try:
        return kind.model_validate_json((folder / MANIFEST).read_bytes())
    except OSError as error:
        raise InputError(f"{folder} has no readable {MANIFEST}", hint) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        at = f" at {where}" if where else ""
        raise InputError(f"{folder} has no readable {MANIFEST}: it is damaged{at}: {first['msg']}", hint) from error


def _flush(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
