"""What the user sees while a command works, and at its end; talk goes to standard error, data to standard output."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

from segreport.domain import Delivery, Source
from segreport.errors import OutputError

STAGES = ("reading", "cleaning", "segmenting", "describing", "writing")
VERDICTS = {
    "clear": "clear structure",
    "weak": "weak structure",
    "none": "no segments found; the cut is a practical one",
}


class Talk:
    """Follows the stages: a bar on a terminal, seconds in a log, or nothing."""

    def __init__(self, bar: Progress | None, log: Path | None) -> None:
        self._bar, self._log = bar, log
        self._task = bar.add_task("starting", total=len(STAGES)) if bar else None
        self._stage, self._since = "starting", time.perf_counter()
        self._lines: list[str] = []

    def __call__(self, stage: str) -> None:
        """A stage begins."""
        self._end_stage()
        self._stage, self._since = stage, time.perf_counter()
        if self._bar and self._task is not None:
            done = STAGES.index(stage) if stage in STAGES else 0
            self._bar.update(self._task, description=stage, completed=done)

    def close(self) -> None:
        """The last stage has ended; write the log."""
        self._end_stage()
        if self._log:
            try:
                self._log.write_text("\n".join(self._lines) + "\n", encoding="utf-8")
            except OSError as error:
                raise OutputError(f"{self._log}: {error.strerror}", "name another file with --log") from error

    def _end_stage(self) -> None:
        seconds = round(time.perf_counter() - self._since, 3)
        self._lines.append(json.dumps({"stage": self._stage, "seconds": seconds}))


@contextmanager
def talking(*, quiet: bool, log: Path | None) -> Iterator[Talk]:
    """A talk for the length of a command; raises OutputError before it where the log cannot be written."""
    if log:
        _check_log(log)
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        talk = Talk(None, log)
        yield talk
    else:
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn())
        with Progress(*columns, console=console, transient=True) as bar:
            talk = Talk(bar, log)
            yield talk
    talk.close()


def _check_log(log: Path) -> None:
    folder = log.absolute().parent
    if log.is_dir() or not folder.is_dir() or not os.access(log if log.exists() else folder, os.W_OK):
        raise OutputError(f"{log} cannot be written", "name another file with --log, in a folder that exists")


def summarise(delivery: Delivery, *, as_json: bool, quiet: bool) -> None:
    """Name the segments and the files: for people on standard error, for machines on standard output."""
    if as_json:
        click.echo(json.dumps(_facts(delivery), ensure_ascii=False, indent=1))
    if quiet:
        return
    report, facts = delivery.report, delivery.report.facts
    click.echo(describe_source(report.source), err=True)
    click.echo(
        f"{report.report.title}: {facts['all.size']} customers, {VERDICTS[report.segmentation.verdict]}", err=True
    )
    for segment in report.segments:
        value = facts.get(f"segment.{segment.id}.value.share")
        worth = f", {value} of {_value_name(delivery)}" if value else ""
        share = facts[f"segment.{segment.id}.share"]
        click.echo(f"  {segment.id} {segment.name}: {facts[f'segment.{segment.id}.size']} ({share}){worth}", err=True)
    for note in report.warnings:
        click.echo(f"note {note.code}: {note.text}", err=True)
    click.echo(f"written to {delivery.folder}: {', '.join(delivery.files)}", err=True)


def describe_source(source: Source) -> str:
    """How the input was read, in one line."""
    return f"read {source.file}: {source.rows:,} rows, {source.columns} columns; {source.how}"


def _value_name(delivery: Delivery) -> str:
    return next((s.text for s in delivery.report.story if s.section == "value_name"), "value")


def _facts(delivery: Delivery) -> dict[str, object]:
    report = delivery.report
    return {
        "folder": delivery.folder,
        "files": list(delivery.files),
        "rows": report.source.rows,
        "read": dict(report.source.dialect),
        "verdict": report.segmentation.verdict,
        "k": report.segmentation.k,
        "segments": [
            {"id": s.id, "name": s.name, "size": s.size, "share": s.share, "value_share": s.value_share}
            for s in report.segments
        ],
        "warnings": [{"code": note.code, "text": note.text} for note in report.warnings],
    }
