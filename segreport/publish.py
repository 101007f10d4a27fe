"""All files into place at the end, the manifest last; until then the previous output stays as it was."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from segreport.domain import Report
from segreport.errors import OutputError

MANIFEST = "manifest.json"
LIBRARIES = ("segreport", "pandas", "scikit-learn", "weasyprint", "matplotlib", "python-pptx", "lxml")


@contextmanager
def work_folder(folder: Path) -> Iterator[Path]:
    """A folder beside the results to write in; it is gone at the end, and so is an output folder it had to make."""
    made = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=".segreport-", dir=folder))
    except OSError as error:
        raise OutputError(f"{folder}: {error.strerror}", "name another folder with -o") from error
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
        if made and not any(folder.iterdir()):
            folder.rmdir()


def check_folder(folder: Path) -> None:
    """Refuse an output folder that cannot be written, before any work is done."""
    nearest = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    if not nearest.is_dir():
        raise OutputError(f"{nearest} is a file, not a folder", "name another folder with -o")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise OutputError(f"{nearest} cannot be written", "name another folder with -o")


def publish(work: Path, folder: Path, manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """Move every file of the work folder into place and write the manifest over them; gives the names.

    Files of an earlier run that this one did not make are removed. Raises OutputError.
    """
    names = sorted(path.name for path in work.iterdir())
    listed = [_entry(work / name) for name in names]
    text = json.dumps({**manifest, "files": listed}, indent=1, ensure_ascii=False) + "\n"
    (work / MANIFEST).write_text(text, encoding="utf-8")
    try:
        stale = _published(folder) - set(names)
        for name in (*names, MANIFEST):
            _flush(work / name)
            os.replace(work / name, folder / name)
        for name in stale:
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(
            f"{folder}: {error.strerror}", "free space or choose another folder with -o, and run again"
        ) from error
    return (*names, MANIFEST)


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


def _entry(path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    return {"name": path.name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def _published(folder: Path) -> set[str]:
    """The files that the last run of this folder wrote, by its manifest."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return {str(entry["name"]) for entry in manifest["files"] if "/" not in str(entry["name"])}
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def _flush(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
