"""One file per kind of input; ``read`` opens a path with the reader its first bytes ask for."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path

from segreport.domain import SourceTable
from segreport.errors import InputError

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read(
    path: Path, *, delimiter: str | None = None, encoding: str | None = None, sheet: str | None = None
) -> SourceTable:
    """The table in the file, every cell as text; raises InputError with the cause and the remedy."""
    data = _read_bytes(path)
    if data.startswith(_OLE):
        raise InputError(
            f"{path.name} is an old or password-protected Office file", "save it as .xlsx without a password"
        )
    if data.startswith(_ZIP):
        from segreport.sources.excel import read_excel

        table = read_excel(path, data, sheet=sheet)
    else:
        from segreport.sources.delimited import read_delimited

        table = read_delimited(path, data, delimiter=delimiter, encoding=encoding)
    if table.frame.empty:
        raise InputError(f"{path.name} has a header but no rows", "export the table again, with its rows")
    return table


def digest(data: bytes) -> str:
    """The sha256 of the input, as recorded in the report."""
    return hashlib.sha256(data).hexdigest()


def _read_bytes(path: Path) -> bytes:
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise InputError(f"{path} is a folder", "name a file in it")
        if not stat.S_ISREG(mode):
            raise InputError(f"{path} is not a regular file", "copy its content to a file first")
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}", "check the path and its permissions") from error
    if not data.strip():
        raise InputError(f"{path.name} is empty", "export the table again")
    return data
