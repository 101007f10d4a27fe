"""The process that parses one workbook or .sav file within its limits, and hands its rows on as Arrow.

The request is a line of JSON on standard input. The reply is one on standard output: what there is to say of the
table, whose rows then lie in the file that the request names; or a refusal; or a bug with its traceback.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys
import traceback
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from segreport.domain import Finding, Reject
from segreport.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa

_PR_SET_PDEATHSIG = 1
PARSERS = {"workbook": "segreport.sources.workbook.sheets", "sav": "segreport.sources.spss"}


@dataclass(frozen=True)
class Request:
    """What to parse, how, where the rows go, and how much it may take."""

    parser: str
    path: str
    name: str
    out: str
    options: Mapping[str, Any]
    memory: int
    seconds: int


@dataclass(frozen=True)
class Told:
    """What a parser says of a table beside its rows."""

    rows: int
    columns: int
    dialect: Mapping[str, str]
    rejects: tuple[Reject, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> Self:
        """What was said, as it was before it went through JSON."""
        rejects = tuple(Reject(**one) for one in said.pop("rejects"))
        findings = tuple(
            Finding(**one | {"values": tuple((value, unit) for value, unit in one["values"])})
            for one in said.pop("findings")
        )
        return cls(**said, rejects=rejects, findings=findings)


class Rows:
    """Where a parser writes its rows, some at a time."""

    def __init__(self, out: Path) -> None:
        self._file = out.open("wb")
        self._writer: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._writer:
            self._writer.close()
        self._file.close()

    def write(self, batch: pa.RecordBatch) -> None:
        """Add rows; all batches have the columns of the first."""
        import pyarrow as pa

        if self._writer is None:
            self._writer = pa.ipc.new_stream(self._file, batch.schema)
        self._writer.write_batch(batch)


class _WithoutPandas(MetaPathFinder):
    """Arrow would load pandas, if there, though nothing here needs it: a tenth of a second of every run."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError("pandas is not wanted in this process", name=fullname)


def main() -> None:
    """Answer the one request, and end."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.meta_path.insert(0, _WithoutPandas())
    request = Request(**json.loads(sys.stdin.readline()))
    _limit(request)
    print(json.dumps(_answer(request)), file=replies, flush=True)


def _limit(request: Request) -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (request.memory, request.memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        _end_with_parent()
        resource.setrlimit(resource.RLIMIT_CPU, (request.seconds, request.seconds + 1))


def _end_with_parent() -> None:
    """A run that is killed takes this process with it, where the kernel can be asked to (Linux)."""
    import ctypes
    import signal

    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _answer(request: Request) -> dict[str, Any]:
    try:
        parser = importlib.import_module(PARSERS[request.parser])
        with Rows(Path(request.out)) as rows:
            return {"told": asdict(parser.parse(request, rows))}
    except InputError as error:
        return {"message": error.message, "hint": error.hint}
    except MemoryError:
        return {"memory": True}
    except Exception:  # the border of the process: whatever is left is a bug, and travels with its traceback
        return {"bug": traceback.format_exc()}


if __name__ == "__main__":
    main()
