"""Report -> the summary that a notebook shows: one block of HTML that needs no file, no script and no network."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from segreport.domain import Report
from segreport.formatting import Formats
from segreport.paths import templates_folder
from segreport.render.brand import load_brand
from segreport.render.context import build_context
from segreport.render.fill import make_environment, printable, render_text
from segreport.render.views import View

TEMPLATE = "notebook/summary.html"
MEASURES = 4
"""How many measures the table shows beside the value."""


def render_summary(report: Report, brand: Path | None = None) -> str:
    """The headline with its verdict, the key figures, and the segments at a glance; every text is escaped."""
    environment = make_environment(Formats(report.report.locale, report.report.currency), html=True)
    environment.finalize = lambda value: value if isinstance(value, Markup) else printable(value)
    source = (templates_folder() / TEMPLATE).read_text(encoding="utf-8")
    names = build_context(report, load_brand(brand))
    return render_text(environment, source, names | {"apart": _apart(report, names["overview"])}, TEMPLATE)


def _apart(report: Report, rows: list[View]) -> list[View]:
    """The measures that the segments differ in most, in the order of print; the value has columns of its own."""
    rows = [row for row in rows if row.column != report.profile.value]
    columns = report.segments[0].columns if report.segments else {}
    ranked = sorted(rows, key=lambda row: -(columns[row.column].eta2 or 0.0))[:MEASURES]
    return [row for row in rows if row in ranked]
