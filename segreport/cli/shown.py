"""How an inspection looks: a page for people, a hundred columns wide, and the same as JSON for machines."""

from __future__ import annotations

import io
import json
import re
import shutil
import sys
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from segreport.domain import CATEGORY_ROLES, Column, Finding, Role
from segreport.formatting import Formats, decimals_of
from segreport.inspection import Inspection, Outline
from segreport.roles.values import is_counted, rounded

WIDTH = 100
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
"""Characters that move the cursor or turn the writing round; cells may hold them."""
_LONGEST_VALUE = 18
_RATIOS = (24, 42, None, 21)
_METHODS = {"kmeans": "k-means"}
_SHOWN_VALUES = 3
_CODES = ("invoice", "product", "product-category")
_PRIVATE = ("id", "near-unique", "text")
"""Roles whose values are not printed: they tell who somebody is."""


def page_of(seen: Inspection) -> str:
    """Everything: how it was read, every column, the ledger, the findings, what is missing, and the plan."""
    return _rendered([_head(seen), _columns(seen), *_cleaning(seen), *_gaps(seen), *_plan(seen)])


def plan_of(seen: Inspection) -> str:
    """The reading, the ledger and what a run would do."""
    return _rendered([_head(seen), _ledger(seen), *_plan(seen)])


def json_of(seen: Inspection) -> str:
    """The same facts as JSON."""
    facts = {
        "source": asdict(seen.source),
        "rejects": seen.rejects,
        "columns": [_column_facts(seen.columns[name], role) for name, role in seen.roles.items()],
        "cleaning": [asdict(step) for step in seen.ledger],
        "findings": [_finding_facts(finding, seen.formats) for finding in seen.findings],
        "lacks": [asdict(lack) for lack in seen.lacks],
        "as_of": seen.as_of,
        "as_of_why": seen.as_of_why,
        "period": seen.period,
        "plan": asdict(seen.outline) if seen.outline else None,
        "notes": list(seen.notes),
        "refused": _refusal_facts(seen),
    }
    return json.dumps(facts, ensure_ascii=False, indent=1)


def _rendered(parts: Iterable[RenderableType]) -> str:
    """The page as text; colours only on a terminal."""
    terminal = sys.stdout.isatty()
    width = min(WIDTH, shutil.get_terminal_size().columns) if terminal else WIDTH
    page = io.StringIO()
    console = Console(file=page, width=width, force_terminal=terminal, highlight=False, markup=False, emoji=False)
    for part in parts:
        console.print(part)
    lines = (line.rstrip() for line in page.getvalue().splitlines())
    encoding = sys.stdout.encoding or "utf-8"
    return "\n".join(lines).strip("\n").encode(encoding, "replace").decode(encoding)


def _head(seen: Inspection) -> RenderableType:
    count, source = seen.formats.count, seen.source
    lines = _facts([("Read as", source.how), ("Rows", count(source.rows)), ("Columns", count(source.columns))])
    if seen.rejects:
        lines.add_row("Rejected", f"{count(seen.rejects)}, listed in rejects.csv with their line numbers")
    return _section(source.file, lines)


def _columns(seen: Inspection) -> RenderableType:
    """Two lines a column: its name above its label, its role above the reason."""
    table = _table("Column, label in print", "Role, and why", "Missing", "Holds")
    table.expand = True
    for column_shown, ratio in zip(table.columns, _RATIOS, strict=True):
        column_shown.ratio = ratio
    table.columns[2].width, table.columns[2].justify = 7, "right"
    for name, role in seen.roles.items():
        column, write = seen.columns[name], seen.formats
        title = _above(name, "" if role.label == name else role.label, "bold")
        meaning = _above(_role(role), role.why)
        missing = write.count(column.missing) if column.missing else ""
        table.add_row(title, meaning, missing, _holds(column, role, write))
    return _section("Columns", table)


def _above(first: str, second: str, style: str = "") -> RenderableType:
    """A text with another below it, which is set in."""
    title = Text(_clean(first), style=style)
    return Group(title, Padding(Text(_clean(second), style="dim"), (0, 0, 0, 2))) if second else title


def _cleaning(seen: Inspection) -> list[RenderableType]:
    table = _table("Code", "Found", "", "What is done")
    table.columns[2].justify = "right"
    for finding in seen.findings:
        facts = _finding_facts(finding, seen.formats)
        table.add_row(facts["code"], _clean(facts["text"]), facts["shown"], _clean(facts["done"]))
    found = [_section("Findings", table)] if seen.findings else []
    return [_ledger(seen), *found]


def _ledger(seen: Inspection) -> RenderableType:
    table = _table("Rule", "Rows", "")
    table.columns[1].justify = "right"
    for step in seen.ledger:
        table.add_row(_clean(step.rule), seen.formats.count(step.rows), _clean(step.note))
    return _section("Cleaning", table)


def _gaps(seen: Inspection) -> list[RenderableType]:
    if not seen.lacks:
        return []
    table = _table("Missing", "What cannot be decided without it")
    for lack in seen.lacks:
        table.add_row(_clean(lack.what), _clean(lack.blocks))
    return [_section("What the data lacks", table)]


def _plan(seen: Inspection) -> list[RenderableType]:
    lines = _facts([("Reference date", f"{_day(seen)}{seen.as_of_why}")])
    for label, text in _outline(seen.outline) if seen.outline else ():
        lines.add_row(label, Text(_clean(text)))
    for note in seen.notes:
        lines.add_row("Note", Text(_clean(note)))
    if seen.refusal:
        lines.add_row("Refused", Text(_clean(seen.refusal.message), style="bold"))
    return [_section("What a run would do", lines)]


def _outline(outline: Outline) -> list[tuple[str, str]]:
    segments = str(outline.k) if outline.k else f"chosen from {outline.k_low} to {outline.k_high}"
    left_out = outline.left_out.items()
    return [
        ("Segment on", ", ".join(outline.features)),
        *((("" if place else "Leave out"), f"{name}: it {why}") for place, (name, why) in enumerate(left_out)),
        ("Segments", f"{segments}; {_METHODS.get(outline.method, outline.method)}, seed {outline.seed}"),
        ("Templates", ", ".join(outline.templates) or "ours"),
        ("Write", ", ".join(outline.files)),
        ("In", outline.folder),
    ]


def _section(title: str, body: RenderableType) -> RenderableType:
    return Group(Text(_clean(title), style="bold"), body, "")


def _facts(pairs: Iterable[tuple[str, str]]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", max_width=32, overflow="fold")
    table.add_column(overflow="fold")
    for label, text in pairs:
        table.add_row(label, Text(_clean(text)))
    return table


def _table(*heads: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0), pad_edge=False, header_style="dim")
    for head in heads:
        table.add_column(head, overflow="fold")
    return table


def _day(seen: Inspection) -> str:
    if seen.as_of is None:
        return ""
    time = seen.as_of[10:].replace("T", " ")
    return f"{seen.formats.day(date.fromisoformat(seen.as_of[:10]))}{time}: "


def _role(role: Role) -> str:
    return f"{role.role}: {role.topic}" if role.role in ("spend", "channel") and role.topic else role.role


def _holds(column: Column, role: Role, formats: Formats) -> str:
    """The range of numbers and dates, the commonest values of text; of what is private only how many there are."""
    if not column.present:
        return ""
    if role.role in _PRIVATE:
        return f"{_count(column.distinct, column, formats)} values"
    if column.kind == "date":
        return f"{(column.first or '')[:10]} to {(column.last or '')[:10]}"
    if column.kind == "number" and role.role not in (*CATEGORY_ROLES, *_CODES):
        return _range(column, role, formats)
    shown = ", ".join(_short(value) for value, _ in column.common[:_SHOWN_VALUES])
    others = column.distinct - _SHOWN_VALUES
    return f"{shown} and {_count(others, column, formats)} more" if others > 0 else shown


def _count(values: int, column: Column, formats: Formats) -> str:
    return formats.count(values) if is_counted(column) else f"about {formats.count(rounded(values))}"


def _range(column: Column, role: Role, formats: Formats) -> str:
    low, high = column.low or 0.0, column.high or 0.0
    if role.role == "birth-year":
        return f"{low:.0f} to {high:.0f}"
    decimals = 0 if column.whole else max(1, decimals_of("number", max(abs(low), abs(high))))
    write = formats.share if column.reading == "per cent" else lambda value: formats.number(value, decimals)
    return write(low) if low == high else f"{write(low)} to {write(high)}"


def _short(value: str) -> str:
    shown = _clean(value)
    return shown if len(shown) <= _LONGEST_VALUE else shown[: _LONGEST_VALUE - 1] + "…"


def _clean(text: str) -> str:
    return _UNSEEN.sub(" ", text)


def _column_facts(column: Column, role: Role) -> dict[str, Any]:
    private = role.role in _PRIVATE
    return {
        "name": column.name,
        "role": role.role,
        "topic": role.topic,
        "label": role.label,
        "why": role.why,
        "kind": column.kind,
        "rows": column.rows,
        "missing": column.missing,
        "distinct": column.distinct,
        "low": None if private else column.low,
        "high": None if private else column.high,
        "first": column.first,
        "last": column.last,
        "common": [] if private else [list(pair) for pair in column.common[:_SHOWN_VALUES]],
    }


def _finding_facts(finding: Finding, formats: Formats) -> dict[str, Any]:
    done = finding.done
    for place, (value, unit) in enumerate(finding.values):
        done = done.replace(f"{{{place}}}", formats.write(value, unit))
    shown = formats.write(finding.amount, finding.unit)
    return {"code": finding.code, "text": finding.text, "amount": finding.amount, "shown": shown, "done": done}


def _refusal_facts(seen: Inspection) -> dict[str, Any] | None:
    error = seen.refusal
    return {"exit_code": int(error.exit_code), "message": error.message, "hint": error.hint} if error else None
