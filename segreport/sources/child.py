"""Parsing in a child process: it has limits of memory and time, and whatever becomes of it, the run gets an answer."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segreport.domain import Source, SourceTable
from segreport.errors import InputError
from segreport.machine import memory_share
from segreport.sources.parsing import Request, Told

if TYPE_CHECKING:
    from segreport.engine import Relation, Session
    from segreport.sources.place import Place

LEAST_MEMORY = 2 * 2**30
MEMORY_PER_BYTE = 60
"""A packed byte of a workbook may become ten of XML, and those six times as much in cells."""
_AS_CSV = "export the table as CSV, which has no such limits"


class ParserBug(Exception):
    """A parser failed in a way it should not; the message is its traceback."""


def parse(
    parser: str, place: Place, options: Mapping[str, Any], session: Session, *, seconds: int, memory: int | None = None
) -> SourceTable:
    """The table that a parser finds in a file; raises InputError where it refuses, fails or exceeds its limits."""
    handle, out = tempfile.mkstemp(dir=place.scratch, prefix="parsed-")
    os.close(handle)
    limit = memory or memory_limit(place.path.stat().st_size)
    request = Request(parser, str(place.path.resolve()), place.name, out, options, limit, seconds)
    try:
        told = _ask(request)
        return SourceTable(
            _load(Path(out), session),
            Source(place.name, "", told.rows, told.columns, told.dialect),
            told.rejects,
            told.labels,
            told.findings,
        )
    finally:
        Path(out).unlink(missing_ok=True)


def memory_limit(size: int) -> int:
    """What parsing a file of that many bytes may take: a bomb stays small, a large honest file gets its room."""
    return min(memory_share(), max(LEAST_MEMORY, MEMORY_PER_BYTE * size))


def _ask(request: Request) -> Told:
    """Start the process, in a session of its own so that Ctrl-C is for the run, which then ends it."""
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "segreport.sources.parsing"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
    ) as process:
        try:
            asked = json.dumps(asdict(request)).encode() + b"\n"
            reply, _ = process.communicate(asked, timeout=request.seconds)
        except subprocess.TimeoutExpired as error:
            raise _too_long(request) from error
        finally:
            process.kill()
    return _understood(reply, process.returncode, request)


def _understood(reply: bytes, code: int, request: Request) -> Told:
    said = json.loads(reply) if reply.endswith(b"\n") else {}
    if "told" in said:
        return Told.from_json(said["told"])
    if "bug" in said:
        raise ParserBug(said["bug"])
    if "message" in said:
        raise InputError(said["message"], said["hint"])
    if code == -getattr(signal, "SIGXCPU", 0):
        raise _too_long(request)
    if "memory" in said or code in (-signal.SIGABRT, -signal.SIGKILL):
        cause = f"{request.name} needs more than the {request.memory / 2**30:.1f} GB of memory it may take"
        raise InputError(cause, _AS_CSV)
    raise InputError(f"{request.name} brought the program down that reads it (it ended with {code})", _AS_CSV)


def _too_long(request: Request) -> InputError:
    return InputError(f"{request.name} took longer than {request.seconds} seconds to read", _AS_CSV)


def _load(out: Path, session: Session) -> Relation:
    import pyarrow as pa

    with pa.memory_map(str(out)) as file, pa.ipc.open_stream(file) as batches:
        return session.load(batches)
