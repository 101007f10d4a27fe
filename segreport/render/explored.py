"""What templates see of the data before they are cut: how they were read, how they spread, what goes together."""

from __future__ import annotations

from datetime import date

from segreport.domain import CORRELATION_STEPS, Fact, Report
from segreport.formatting import Formats, decimals_of
from segreport.render.views import HEAT, View


def rho_step(rho: float) -> int:
    """The step of the heat scale that a correlation takes."""
    step = sum(round(abs(rho), 6) >= edge for edge in CORRELATION_STEPS)
    return step if rho > 0 else -step


def reading_of(report: Report, formats: Formats) -> list[View]:
    """How the file was read, which stands in no sentence: the same table in another dialect is the same report."""
    source, day = report.source, report.report.as_of
    reference = formats.day(date.fromisoformat(day[:10])) if day else "none: no dates in the data"
    told = [(key.replace("_", " ").capitalize(), text) for key, text in source.dialect.items()]
    pairs = [("File", source.file), *told, ("Columns", formats.count(source.columns)), ("Reference date", reference)]
    return [View(label=label, text=text) for label, text in pairs]


def spreads_of(report: Report, formats: Formats) -> list[View]:
    """The measures that have a picture, in figures of one precision a row."""
    if report.exploration is None:
        return []
    found = []
    for measure in [m for m in report.profile.measures if m.column in report.exploration.shown]:
        d = report.exploration.distributions[measure.column]
        decimals = decimals_of(measure.unit, d.mean)
        own = [formats.write(value, measure.unit, decimals, d.mean) for value in (d.mean, d.median, d.sd)]
        own += [report.facts[f"all.{measure.column}.{end}"].text for end in ("lowest", "highest")]
        cells = [*own, formats.number(d.skewness, 1), formats.count(d.outliers), formats.count(d.far)]
        found.append(View(label=measure.label, cells=cells))
    return found


def correlations_of(report: Report, formats: Formats) -> list[View]:
    """The map of correlations in rows, with the colours of its steps; nothing on the diagonal."""
    found = []
    for place, row in enumerate(next((t.rows for t in report.tables if t.name == "correlations"), ())):
        cells = [_rho(None if other == place else value, formats) for other, value in enumerate(row[1:])]
        found.append(View(label=row[0], cells=cells))
    return found


def _rho(value: object, formats: Formats) -> View:
    if not isinstance(value, float):
        return View(fact=None, text="", color=HEAT[0], strong=False)
    step, text = rho_step(value), formats.number(value, 2)
    return View(fact=Fact("", value, "score", text), text=text, color=HEAT[step], strong=abs(step) == 3)
