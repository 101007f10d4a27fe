"""Standard input, kept in a file, so that it can be looked at more than once."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from segreport.errors import InputError

NAME, REPORT_NAME = "standard input", "input"
"""What it is called in print, and what its report is called by default."""

_CHUNK = 1 << 20
_HINT = "send a table to it, as in: segreport run - < customers.csv"


def spool(stream: BinaryIO, scratch: Path) -> Path:
    """The file in the scratch folder that holds all of the stream; raises InputError where nothing comes."""
    if stream.isatty():
        raise InputError("nothing is piped in: standard input is the keyboard", _HINT)
    path = scratch / "standard-input"
    try:
        with path.open("wb") as file:
            while chunk := stream.read(_CHUNK):
                file.write(chunk)
    except OSError as error:
        cause = f"{NAME} cannot be kept: {error.strerror or error}"
        raise InputError(cause, "free space in the temporary folder") from error
    if not path.stat().st_size:
        raise InputError(f"{NAME} is empty", "check the program before the pipe")
    return path
