"""What a file truly is, told by its first bytes and never by its name; whatever holds no table is refused by name."""

from __future__ import annotations

import errno
import stat
from enum import StrEnum
from pathlib import Path

from segreport.errors import InputError
from segreport.sources.archives import ZIP, kind_of_zip
from segreport.sources.folders import MAGIC, files_of
from segreport.sources.foreign import HEAD, foreign
from segreport.sources.ole import OLE, kind_of_ole


class Kind(StrEnum):
    """The kinds of input that can be read, or unpacked and then read."""

    TEXT = "text"
    WORKBOOK = "workbook"
    PARQUET = "parquet"
    SAV = "sav"
    ZSAV = "zsav"
    GZIP = "gzip"
    ZIP = "zip"
    SQLITE = "sqlite"
    DUCKDB = "duckdb"


_SIGNATURES = (
    (0, MAGIC, Kind.PARQUET),
    (0, b"$FL2", Kind.SAV),
    (0, b"$FL3", Kind.ZSAV),
    (0, b"\x1f\x8b", Kind.GZIP),
    (0, b"SQLite format 3\0", Kind.SQLITE),
    (8, b"DUCK", Kind.DUCKDB),
)
_UNREADABLE = {
    errno.ENOENT: ("there is no file {}", "check the path"),
    errno.ENOTDIR: ("there is no file {}", "check the path"),
    errno.EACCES: ("{} may not be read", "ask for the permission to read it, or copy it to a folder of yours"),
    errno.EPERM: ("{} may not be read", "ask for the permission to read it, or copy it to a folder of yours"),
    errno.ELOOP: ("{} is a link that leads to itself", "name the file itself"),
    errno.ENAMETOOLONG: ("{} is too long for a path", "check the path"),
}
_NO_FILES = (
    (stat.S_ISFIFO, "{} is a pipe, not a file", "send the table through standard input, and name it as -"),
    (stat.S_ISSOCK, "{} is a socket, not a file", "copy the table to a file first"),
    (stat.S_ISCHR, "{} is a device, not a file", "copy the table to a file first"),
    (stat.S_ISBLK, "{} is a device, not a file", "copy the table to a file first"),
)


def recognise(path: Path, name: str = "") -> Kind:
    """The kind of a regular file or of a folder of Parquet files; ``name`` is what refusals call it.

    Raises InputError, with the true kind and the remedy, for what holds no table.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            return _folder(path)
        for is_kind, cause, hint in _NO_FILES:
            if is_kind(mode):
                raise InputError(cause.format(path), hint)
        return _file(path, name or path.name)
    except OSError as error:
        raise _unreadable(path, error) from error


def _folder(path: Path) -> Kind:
    if not files_of(path):
        raise InputError(f"{path} is a folder without Parquet files", "name the file in it that holds the table")
    return Kind.PARQUET


def _file(path: Path, name: str) -> Kind:
    with path.open("rb") as file:
        head = file.read(HEAD)
        if not head.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe") and not file.read(1):
            raise InputError(f"{name} is empty", "export the table again")
    return _kind(path, head, name)


def _kind(path: Path, head: bytes, name: str) -> Kind:
    for place, mark, kind in _SIGNATURES:
        if head.startswith(mark, place):
            return kind
    if head.startswith(ZIP):
        return Kind(kind_of_zip(path, name))
    if head.startswith(OLE):
        return Kind(kind_of_ole(path, name))
    if stranger := foreign(head):
        raise InputError(f"{name} is {stranger.what}", stranger.hint)
    return Kind.TEXT


def _unreadable(path: Path, error: OSError) -> InputError:
    if error.errno == errno.ENOENT and path.is_symlink():
        return InputError(f"{path} is a link to a file that is not there", "name the file itself")
    cause, hint = _UNREADABLE.get(error.errno or 0, (f"{{}}: {error.strerror or error}", "check the path and the disk"))
    return InputError(cause.format(path), hint)
