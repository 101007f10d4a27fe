"""The rendering processes seen from the run: started early, asked to check, asked to render, ended with the run."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from segreport.errors import KINDS, TemplateError
from segreport.render import FORMATS, template_of

TIME_LIMIT = 60.0
"""Seconds that a document may take, by the clock and, inside its process, of processor time."""


class RenderBug(Exception):
    """A renderer failed in a way it should not; the message is its traceback."""


@dataclass(frozen=True)
class Templates:
    """The user's own templates by format, and brand; what is not there is ours."""

    own: Mapping[str, Path | None]
    brand: Path | None = None


class Renderers:
    """One process per format. They import their libraries while the customers are still being read."""

    def __init__(self, formats: Iterable[str], templates: Templates, *, seconds: float = TIME_LIMIT) -> None:
        self._templates = templates
        self._seconds = seconds
        self._processes = {name: _start(name) for name in formats}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes.values():
            process.kill()
            process.wait()
            for pipe in filter(None, (process.stdin, process.stdout)):
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()

    @property
    def wants_rows(self) -> bool:
        """Whether any of the formats holds row-level data."""
        return any(FORMATS[name].rows for name in self._processes)

    def check(self, columns: Iterable[str]) -> list[str]:
        """Check the brand, and every template against the names there are; gives warnings, raises TemplateError."""
        asked = {"do": "check", "columns": list(columns), "brand": self._brand()}
        requests = {name: asked | {"template": str(self._template(name))} for name in self._processes}
        return [f"{name}: {text}" for name, texts in self._ask(requests).items() for text in texts]

    def render(self, work: Path, *, customers: Path | None) -> list[str]:
        """Write every document into the work folder, from its results.json; gives the files' names."""
        requests = {}
        for name in self._processes:
            rows = customers if FORMATS[name].rows else None
            requests[name] = {
                "do": "render",
                "report": str(work / "results.json"),
                "template": str(self._template(name)),
                "out": str(work / FORMATS[name].file),
                "brand": self._brand(),
                "customers": str(rows) if rows else None,
            }
        self._ask(requests)
        return [FORMATS[name].file for name in self._processes]

    def _template(self, name: str) -> Path:
        return template_of(name, self._templates.own.get(name)).resolve()

    def _brand(self) -> str | None:
        return str(self._templates.brand) if self._templates.brand else None

    def _ask(self, requests: Mapping[str, dict[str, Any]]) -> dict[str, list[str]]:
        """Send all requests, then gather all replies, so that the processes work side by side."""
        for name, request in requests.items():
            pipe = self._processes[name].stdin
            if pipe is None:
                continue
            try:
                pipe.write(json.dumps(request | {"seconds": self._seconds}).encode() + b"\n")
                pipe.flush()
            except BrokenPipeError as error:
                raise self._gone(name) from error
        deadline = time.monotonic() + self._seconds
        return {name: self._reply(name, deadline) for name in requests}

    def _reply(self, name: str, deadline: float) -> list[str]:
        pipe = self._processes[name].stdout
        if pipe is None:
            raise self._gone(name)
        with selectors.DefaultSelector() as selector:
            selector.register(pipe, selectors.EVENT_READ)
            if not selector.select(max(0.0, deadline - time.monotonic())):
                raise _too_long(name, self._seconds)
        line = pipe.readline()
        if not line:
            raise self._gone(name)
        reply = json.loads(line)
        if "bug" in reply:
            raise RenderBug(reply["bug"])
        if "kind" in reply:
            raise KINDS[reply["kind"]](reply["message"], reply["hint"])
        return list(reply["ok"])

    def _gone(self, name: str) -> TemplateError:
        """Why a process ended before its reply: its time was up, or something it could not say."""
        if self._processes[name].wait() == -getattr(signal, "SIGXCPU", 0):
            return _too_long(name, self._seconds)
        return TemplateError(
            f"the process that makes the {name} ended before it was done",
            "it may have run out of memory; try fewer formats at once",
        )


def _start(name: str) -> subprocess.Popen[bytes]:
    """The process, in a session of its own: Ctrl-C is for the run, which then ends it."""
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "segreport.render.worker", name]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, start_new_session=True
    )


def _too_long(name: str, seconds: float) -> TemplateError:
    return TemplateError(f"the {name} took longer than {seconds:g} seconds", "look for an endless loop in its template")
