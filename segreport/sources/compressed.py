"""Compressed tables, .gz and .zip of one file: unpacked piece by piece into the scratch folder; a bomb is stopped."""

from __future__ import annotations

import errno
import gzip
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedIOBase
from pathlib import Path, PurePosixPath
from typing import IO

from segreport.errors import InputError
from segreport.sources.archives import DAMAGE, RATIO, RATIO_FROM, is_damage, refuse_bomb
from segreport.sources.kinds import Kind, recognise
from segreport.sources.place import Place

_CHUNK = 1 << 20
_NAMED = 5
"""Of many files in an archive, how many a refusal names."""


def unpack(place: Place, kind: str) -> Place:
    """The file inside, in the scratch folder and under its own name; raises InputError with the remedy."""
    with _refusing(place):
        inner = _unpack_zip(place) if kind == Kind.ZIP else _unpack_gzip(place)
    if recognise(inner.path, inner.name) in (Kind.GZIP, Kind.ZIP):
        raise InputError(f"{place.name} holds another archive, {inner.name}", "unpack it, and name the table in it")
    return inner


def _unpack_gzip(place: Place) -> Place:
    name = place.name[:-3] if place.name.lower().endswith(".gz") and len(place.name) > 3 else place.name
    with gzip.open(place.path) as packed:
        return Place(_copy(packed, place, place.path.stat().st_size), name, place.scratch)


def _unpack_zip(place: Place) -> Place:
    with zipfile.ZipFile(place.path) as archive:
        member = _only_member(archive, place)
        if member.flag_bits & 1:
            raise InputError(f"{place.name} is a zip archive with a password", "unpack it, and name the table in it")
        refuse_bomb(archive.infolist(), place.path.stat().st_size, place.name)
        with archive.open(member) as packed:
            return Place(_copy(packed, place, member.compress_size), _name(member), place.scratch)


def _only_member(archive: zipfile.ZipFile, place: Place) -> zipfile.ZipInfo:
    members = [one for one in archive.infolist() if not one.is_dir() and not _is_aside(one)]
    if not members:
        raise InputError(f"{place.name} is a zip archive without a file", "pack the table again")
    if len(members) > 1:
        names = ", ".join(map(_name, members[:_NAMED])) + (", ..." if len(members) > _NAMED else "")
        cause = f"{place.name} is a zip archive of {len(members):,} files: {names}"
        raise InputError(cause, "unpack it, and name the table in it")
    return members[0]


def _is_aside(member: zipfile.ZipInfo) -> bool:
    """What systems add to an archive by themselves."""
    return member.filename.startswith("__MACOSX/") or _name(member).startswith(".") or _name(member) == "Thumbs.db"


def _name(member: zipfile.ZipInfo) -> str:
    """The file's own name, without folders and without characters that would disturb a line of print."""
    name = PurePosixPath(member.filename.replace("\\", "/")).name
    return "".join(letter for letter in name if letter.isprintable()) or "unnamed"


def _copy(packed: BufferedIOBase | IO[bytes], place: Place, size: int) -> Path:
    """What comes out is measured against what went in, whatever the archive says of itself."""
    written = 0
    with tempfile.NamedTemporaryFile(dir=place.scratch, prefix="unpacked-", delete=False) as file:
        while chunk := packed.read(_CHUNK):
            written += len(chunk)
            if written > RATIO_FROM and written > RATIO * size:
                cause = f"{place.name} unpacks to more than {RATIO} times its {size / 1e6:,.1f} MB, as a bomb does"
                raise InputError(cause, "compress the table again, or name it uncompressed")
            file.write(chunk)
    return Path(file.name)


@contextmanager
def _refusing(place: Place) -> Iterator[None]:
    try:
        yield
    except NotImplementedError as error:
        cause = f"{place.name} is packed in a way that only newer programs know"
        raise InputError(cause, "unpack it, and name the table in it") from error
    except (*DAMAGE, OSError) as error:
        if not isinstance(error, OSError) or is_damage(error):
            cause = f"{place.name} is compressed, and damaged or cut off"
            raise InputError(cause, "copy or compress it again") from error
        if error.errno != errno.ENOSPC:
            raise
        cause = f"{place.name} does not fit unpacked on the disk of {place.scratch}"
        raise InputError(cause, "make room there, or set TMPDIR to a folder with more") from error
