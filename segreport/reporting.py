"""Profile -> Report: the story told, the tables and charts drawn, for data just read or saved earlier."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib.metadata import version

from segreport.charts import draw_charts
from segreport.config import RunConfig
from segreport.domain import (
    SCHEMA_VERSION,
    CleaningStep,
    CleanTable,
    Exploration,
    Finding,
    Note,
    Profile,
    Report,
    ReportInfo,
    Role,
    Segmentation,
    Source,
)
from segreport.formatting import Formats
from segreport.lacks import lacks_of
from segreport.narrate import Telling, narrate
from segreport.narrate.playbook import Playbook
from segreport.narrate.quality import rank_findings


@dataclass(frozen=True)
class Basis:
    """What a report says of its data, whether just read or saved earlier."""

    source: Source
    ledger: tuple[CleaningStep, ...]
    findings: tuple[Finding, ...]
    roles: dict[str, Role]
    as_of: str | None
    period: str
    currency: str | None = None
    currency_named: bool = False
    notes: tuple[Note, ...] = ()
    exploration: Exploration | None = None


def basis_of(cleaned: CleanTable, exploration: Exploration | None = None) -> Basis:
    """What a table just cleaned says of itself."""
    return Basis(
        cleaned.source,
        cleaned.ledger,
        cleaned.findings,
        dict(cleaned.roles),
        cleaned.as_of,
        cleaned.period,
        cleaned.currency,
        cleaned.currency is not None,
        (*_rejected(len(cleaned.rejects)), *_in_doubt(cleaned.findings)),
        exploration,
    )


def saved_basis_of(report: Report) -> Basis:
    """What a saved report says of its data."""
    info = report.report
    return Basis(
        report.source,
        report.cleaning,
        report.findings,
        dict(report.roles),
        info.as_of,
        info.period,
        info.currency,
        info.currency_named,
        tuple(note for note in report.warnings if note.code.startswith(("SRC", "DQ"))),
        report.exploration,
    )


def tell_report(
    config: RunConfig, basis: Basis, profile: Profile, segmentation: Segmentation, notes: list[str], playbook: Playbook
) -> Report:
    """The report: the story told, the tables and charts drawn."""
    named = bool(config.report.currency) or basis.currency_named
    formats = Formats(config.report.locale, config.report.currency or basis.currency or config.currency)
    telling = Telling(
        formats,
        playbook,
        basis.source,
        basis.ledger,
        basis.roles,
        basis.as_of,
        config.names,
        named,
        basis.findings,
        lacks_of(basis.roles),
        basis.exploration,
    )
    story, tables = narrate(profile, segmentation, telling)
    info = ReportInfo(
        config.name,
        config.title,
        basis.period,
        basis.as_of,
        formats.currency,
        config.report.locale,
        f"segreport {version('segreport')}",
        named,
    )
    warnings = (*basis.notes, *story.warnings, *(Note("TPL001", text) for text in notes))
    return Report(
        schema_version=SCHEMA_VERSION,
        report=info,
        source=basis.source,
        cleaning=basis.ledger,
        findings=rank_findings(basis.findings),
        roles=basis.roles,
        segmentation=segmentation,
        segments=story.segments,
        rfm=None,
        facts=story.facts,
        story=story.sentences,
        charts=draw_charts(profile, segmentation, story, tables, formats, basis.exploration),
        tables=tables,
        comparison=None,
        warnings=warnings,
        profile=replace(profile, segments=()),
        exploration=basis.exploration,
    )


def _rejected(lines: int) -> tuple[Note, ...]:
    text = f"{lines} line{'s do' if lines != 1 else ' does'} not fit the table; see rejects.csv"
    return (Note("SRC001", text),) if lines else ()


def _in_doubt(findings: tuple[Finding, ...]) -> tuple[Note, ...]:
    """What was read in one of two possible ways, or not read at all: whoever made the table should look at it."""
    doubtful = {"DQ016", "DQ021", "DQ022", "DQ023", "DQ024", "DQ026", "DQ027"}
    found = [f for f in findings if f.code in doubtful or (f.code == "DQ010" and f.amount == 1)]
    return tuple(Note(finding.code, f"{finding.text}: {finding.done}") for finding in found)
