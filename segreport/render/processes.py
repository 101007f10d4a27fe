"""The rendering processes seen from the run: started early, asked to check, asked to render, ended with the run."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from segreport.errors import KINDS, TemplateError
from segreport.render import FORMATS, template_of

TIME_LIMIT = 300.0


class RenderBug(Exception):
    """A renderer failed in a way it should not; the message is its traceback."""


@dataclass(frozen=True)
class Templates:
    """The user's own templates by format, and brand; what is not there is ours."""

    own: Mapping[str, Path | None]
    brand: Path | None = None


class Renderers:
    """One process per format. They import their libraries while the customers are still being read."""

    def __init__(self, formats: Iterable[str], templates: Templates) -> None:
        self._templates = templates
        self._processes = {name: _start(name) for name in formats}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes.values():
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    pipe.close()

    @property
    def wants_rows(self) -> bool:
        """Whether any of the formats holds row-level data."""
        return any(FORMATS[name].rows for name in self._processes)

    def check(self, columns: Iterable[str]) -> list[str]:
        """Check every template against the names there are; gives warnings, raises TemplateError."""
        names = list(columns)
        requests = {
            name: {"do": "check", "template": str(self._template(name)), "columns": names} for name in self._processes
        }
        return [f"{name}: {text}" for name, texts in self._ask(requests).items() for text in texts]

    def render(self, work: Path, *, customers: Path | None) -> list[str]:
        """Write every document into the work folder, from its results.json; gives the files' names."""
        brand = str(self._templates.brand) if self._templates.brand else None
        requests = {}
        for name in self._processes:
            rows = customers if FORMATS[name].rows else None
            requests[name] = {
                "do": "render",
                "report": str(work / "results.json"),
                "template": str(self._template(name)),
                "out": str(work / FORMATS[name].file),
                "brand": brand,
                "customers": str(rows) if rows else None,
            }
        self._ask(requests)
        return [FORMATS[name].file for name in self._processes]

    def _template(self, name: str) -> Path:
        return template_of(name, self._templates.own.get(name)).resolve()

    def _ask(self, requests: Mapping[str, dict[str, Any]]) -> dict[str, list[str]]:
        """Send all requests, then gather all replies, so that the processes work side by side."""
        for name, request in requests.items():
            pipe = self._processes[name].stdin
            if pipe is None:
                continue
            try:
                pipe.write(json.dumps(request).encode() + b"\n")
                pipe.flush()
            except BrokenPipeError as error:
                raise _gone(name) from error
        deadline = time.monotonic() + TIME_LIMIT
        return {name: _reply(name, self._processes[name], deadline) for name in requests}


def _start(name: str) -> subprocess.Popen[bytes]:
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "segreport.render.worker", name]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)


def _reply(name: str, process: subprocess.Popen[bytes], deadline: float) -> list[str]:
    pipe = process.stdout
    if pipe is None:
        raise _gone(name)
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        if not selector.select(max(0.0, deadline - time.monotonic())):
            raise TemplateError(
                f"the {name} took longer than {TIME_LIMIT:.0f} seconds", "look for an endless loop in its template"
            )
    line = pipe.readline()
    if not line:
        raise _gone(name)
    reply = json.loads(line)
    if "bug" in reply:
        raise RenderBug(reply["bug"])
    if "kind" in reply:
        raise KINDS[reply["kind"]](reply["message"], reply["hint"])
    return list(reply["ok"])


def _gone(name: str) -> TemplateError:
    return TemplateError(
        f"the process that makes the {name} ended before it was done",
        "it may have run out of memory; try fewer formats at once",
    )
