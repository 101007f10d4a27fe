"""The rendering process: warms up one renderer, then checks and renders on request, inside its limits.

Requests and replies are JSON lines on standard input and output; a reply is ``{"ok": ...}``, a refusal with its kind,
or a bug with its traceback. The process ends with its standard input, and at the latest when a request has used up its
seconds of processor time.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import sys
import time
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any

from segreport.errors import SegreportError, TemplateError
from segreport.render import FORMATS

MEMORY_LIMIT = 3 * 2**30


def main(name: str) -> None:
    """Serve requests for one format until standard input ends."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    _limit_memory()
    module = _warm_up(name)
    for line in sys.stdin:
        request = json.loads(line)
        _limit_time(request["seconds"])
        reply = _answer(module, request)
        try:
            print(json.dumps(reply), file=replies, flush=True)
        except BrokenPipeError:  # the run has gone: nobody is left to tell
            os._exit(1)


def _warm_up(name: str) -> ModuleType | TemplateError:
    try:
        module = importlib.import_module(FORMATS[name].module)
        importlib.import_module("segreport.results")._adapter()
    except OSError as error:
        hint = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0, or leave pdf out with --formats"
        return TemplateError(f"the {name} cannot be made: {error}".splitlines()[0], hint)
    gc.freeze()
    return module


def _answer(module: ModuleType | TemplateError, request: dict[str, Any]) -> dict[str, Any]:
    try:
        if isinstance(module, TemplateError):
            raise module
        return {"ok": _check(module, request) if request["do"] == "check" else _render(module, request)}
    except SegreportError as error:
        return {"kind": type(error).__name__, "message": error.message, "hint": error.hint}
    except MemoryError:
        return {
            "kind": "TemplateError",
            "message": "the template needs more memory than is allowed",
            "hint": "look for an endless loop in it",
        }
    except Exception:  # the border of the process: whatever is left is a bug, and travels with its traceback
        return {"bug": traceback.format_exc()}


def _check(module: ModuleType, request: dict[str, Any]) -> list[str]:
    from segreport.render.brand import load_brand
    from segreport.render.names import known_names

    load_brand(Path(request["brand"]) if request["brand"] else None)
    return list(module.check(Path(request["template"]), known_names(request["columns"])))


def _render(module: ModuleType, request: dict[str, Any]) -> list[str]:
    from segreport.render.brand import load_brand
    from segreport.render.job import Job
    from segreport.results import load_report

    customers, brand = request["customers"], request["brand"]
    module.render(
        Job(
            report=load_report(Path(request["report"])),
            template=Path(request["template"]),
            out=Path(request["out"]),
            brand=load_brand(Path(brand) if brand else None),
            customers=Path(customers) if customers else None,
        )
    )
    return []


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_time(seconds: float) -> None:
    """Let the system end this process (SIGXCPU) where one request takes longer, even inside a library's own loop."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time() + seconds) + 1, hard))


if __name__ == "__main__":
    main(sys.argv[1])
