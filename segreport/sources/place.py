"""Where the bytes of an input lie, and what it is called in print."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

_CHUNK = 1 << 20


@dataclass(frozen=True)
class Place:
    """A regular file to read: the input itself, or a temporary copy of what was compressed or came through a pipe.

    ``scratch`` is a folder for temporary files that is removed at the end of the run.
    """

    path: Path
    name: str
    scratch: Path


def digest(path: Path) -> str:
    """The sha256 of a file, read in pieces."""
    total = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            total.update(chunk)
    return total.hexdigest()
