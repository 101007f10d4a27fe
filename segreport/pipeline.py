"""The stages in order: from a file of customers to a folder of documents, and from a saved report to new ones."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from segreport.charts import draw_charts
from segreport.clean import clean
from segreport.config import RunConfig
from segreport.customers import rename_segments, write_customers
from segreport.domain import (
    SCHEMA_VERSION,
    CleaningStep,
    CleanTable,
    Delivery,
    Finding,
    Note,
    Profile,
    Reject,
    Report,
    ReportInfo,
    Role,
    Segmentation,
    Source,
)
from segreport.errors import InputError
from segreport.features import build_features
from segreport.formatting import Formats
from segreport.narrate import Telling, narrate, retell
from segreport.narrate.playbook import load_playbook
from segreport.paths import templates_folder
from segreport.profile import build_profile
from segreport.publish import Entry, Manifest, describe_run, publish, read_manifest, work_folder
from segreport.render import FORMATS
from segreport.render.processes import Renderers
from segreport.results import dump_report, load_report
from segreport.roles import detect_roles
from segreport.segment import Plan, segment
from segreport.sources import read

Progress = Callable[[str], None]
RESULTS, CUSTOMERS, REJECTS = "results.json", "customers.parquet", "rejects.csv"
STAGES = ("reading", "cleaning", "segmenting", "describing", "writing")
TEMPLATES = {"brief": "pdf", "deck": "pptx", "workbook": "xlsx", "playbook": "", "brand": ""}
"""The format that a template of the user's own is for; nothing where it is for all of them."""


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


def run(config: RunConfig, renderers: Renderers, progress: Progress = lambda stage: None) -> Delivery:
    """Read, clean, segment, describe, tell, render and publish."""
    progress("reading")
    playbook = load_playbook(config.templates.playbook or templates_folder() / "playbook" / "default.toml")
    options = config.input
    table = read(config.source, delimiter=options.delimiter, encoding=options.encoding, sheet=options.sheet)
    typed = detect_roles(table, id_column=options.id, overrides=config.roles)
    progress("cleaning")
    cleaned = clean(typed, as_of=options.as_of)
    features = build_features(cleaned, asked=config.segment.features)
    notes = renderers.check(map(str, cleaned.frame.columns))
    progress("segmenting")
    segmentation, assignment = segment(features, _plan(config))
    progress("describing")
    profile = build_profile(features, segmentation, assignment)
    report = _tell(config, _basis(cleaned), profile, segmentation, notes, playbook)
    progress("writing")
    folder = config.folder or config.outputs.folder / config.name / report.report.period
    with work_folder(folder) as work:
        (work / RESULTS).write_bytes(dump_report(report))
        customers = _customers(renderers, work)
        if customers:
            write_customers(cleaned, report.segments, assignment, customers)
        _write_rejects(cleaned.rejects, work)
        renderers.render(work, customers=customers)
        files = publish(work, folder, describe_run(report, settings_of(config)))
    return Delivery(str(folder), files, report)


def render_again(
    saved: Path, config: RunConfig, renderers: Renderers, progress: Progress = lambda stage: None
) -> Delivery:
    """New documents from a saved results.json: other templates, brand, locale or names, and no new fit.

    In the folder of the saved run, what is not made again stays; another folder gets only what is made.
    """
    progress("reading")
    playbook = load_playbook(config.templates.playbook or templates_folder() / "playbook" / "default.toml")
    manifest, old = read_manifest(saved), load_report(saved / RESULTS)
    folder = config.folder or saved
    kept = _kept(manifest, config, saved) if folder.resolve() == saved.resolve() else ()
    notes = sorted([*renderers.check(old.roles), *_kept_notes(old, kept)], key=lambda text: text.partition(":")[0])
    rows = saved / CUSTOMERS
    if renderers.wants_rows and not rows.is_file():
        raise InputError(
            f"{saved} has no {CUSTOMERS}, which the workbook's list of customers is made from",
            "run again, or leave xlsx out with --formats",
        )
    progress("describing")
    report = _tell(config, _saved_basis(old), retell(old), old.segmentation, notes, playbook)
    missed = (*_missed_templates(manifest, config), *_outdated(report, old, kept))
    report = replace(report, warnings=(*report.warnings, *missed))
    progress("writing")
    with work_folder(folder) as work:
        (work / RESULTS).write_bytes(dump_report(report))
        customers = _customers(renderers, work)
        if customers:
            rename_segments(rows, report.segments, customers)
        renderers.render(work, customers=customers)
        settings = _with_kept(settings_of(config), settings_of(manifest.config), kept)
        files = publish(work, folder, describe_run(report, settings), kept=kept)
    return Delivery(str(folder), files, report)


def settings_of(config: RunConfig) -> dict[str, Any]:
    """The settings that shaped the report, without any path."""
    settings = config.model_dump(mode="json", exclude={"templates"})
    settings["outputs"].pop("folder")
    own = {key: Path(path).name for key, path in config.templates.model_dump().items() if path}
    return settings | {"templates": own}


def _kept(manifest: Manifest, config: RunConfig, saved: Path) -> tuple[Entry, ...]:
    """The files of the saved run that this one does not make."""
    made = {RESULTS, *(FORMATS[name].file for name in config.outputs.formats)}
    if any(FORMATS[name].rows for name in config.outputs.formats):
        made.add(CUSTOMERS)
    return tuple(entry for entry in manifest.files if entry.name not in made and (saved / entry.name).is_file())


def _formats_of(files: tuple[Entry, ...]) -> list[str]:
    names = {entry.name for entry in files}
    return [name for name in FORMATS if FORMATS[name].file in names]


def _kept_notes(old: Report, files: tuple[Entry, ...]) -> list[str]:
    """What was noted of the templates of the documents kept; each note begins with its format."""
    texts = [note.text for note in old.warnings if note.code == "TPL001"]
    return [text for text in texts if text.partition(":")[0] in _formats_of(files)]


def _with_kept(settings: dict[str, Any], old: dict[str, Any], files: tuple[Entry, ...]) -> dict[str, Any]:
    """The settings, with the formats and templates of the documents kept."""
    kept = _formats_of(files)
    made = settings["outputs"]["formats"]
    formats = [name for name in FORMATS if name in made or name in kept]
    templates = {key: file for key, file in old["templates"].items() if TEMPLATES[key] in kept}
    return settings | {
        "outputs": settings["outputs"] | {"formats": formats},
        "templates": templates | settings["templates"],
    }


def _missed_templates(manifest: Manifest, config: RunConfig) -> tuple[Note, ...]:
    """The user's own templates of the saved run in whose place ours are used now."""
    formats = ("", *config.outputs.formats)
    old, now = manifest.config.templates.model_dump(), config.templates.model_dump()
    return tuple(
        Note("TPL002", f"the {key} is ours now; it was made with {Path(old[key]).name}; pass --{key} to use it again")
        for key, wanted in TEMPLATES.items()
        if wanted in formats and old[key] and not now[key]
    )


def _outdated(report: Report, old: Report, kept: tuple[Entry, ...]) -> tuple[Note, ...]:
    """The kept documents that say something else than the report now does."""
    changed = replace(report, warnings=()) != replace(old, warnings=())
    before = " ".join(note.text for note in old.warnings if note.code == "REN001")
    files = [FORMATS[name].file for name in _formats_of(kept)]
    files = [file for file in files if changed or file in before]
    verb = "was" if len(files) == 1 else "were"
    text = f"{' and '.join(files)} {verb} made before and not rendered again: names and figures in print may differ"
    return (Note("REN001", text),) if files else ()


def _plan(config: RunConfig) -> Plan:
    asked, low, high = config.k_range
    wanted = config.segment
    return Plan(
        k=asked,
        k_min=low,
        k_max=high,
        seed=wanted.seed,
        n_init=wanted.n_init,
        transform=wanted.transform,
        scale=wanted.scale,
    )


def _basis(cleaned: CleanTable) -> Basis:
    return Basis(
        cleaned.source,
        cleaned.ledger,
        cleaned.findings,
        dict(cleaned.roles),
        cleaned.as_of,
        cleaned.period,
        cleaned.currency,
        cleaned.currency is not None,
        _rejected(cleaned.rejects),
    )


def _saved_basis(report: Report) -> Basis:
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
        tuple(note for note in report.warnings if note.code.startswith("SRC")),
    )


def _tell(
    config: RunConfig, basis: Basis, profile: Profile, segmentation: Segmentation, notes: list[str], playbook: Any
) -> Report:
    """The report: the story told, the tables and charts drawn."""
    named = bool(config.report.currency) or basis.currency_named
    formats = Formats(config.report.locale, config.report.currency or basis.currency or config.currency)
    telling = Telling(
        formats, playbook, basis.source, basis.ledger, tuple(basis.roles), basis.as_of, config.names, named
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
        findings=basis.findings,
        roles=basis.roles,
        segmentation=segmentation,
        segments=story.segments,
        rfm=None,
        facts=story.facts,
        story=story.sentences,
        charts=draw_charts(profile, segmentation, story, tables, formats),
        tables=tables,
        comparison=None,
        warnings=warnings,
        profile=replace(profile, segments=()),
    )


def _rejected(rejects: tuple[Reject, ...]) -> tuple[Note, ...]:
    if not rejects:
        return ()
    return (Note("SRC001", f"{len(rejects)} lines do not fit the header; they are listed in {REJECTS}"),)


def _customers(renderers: Renderers, work: Path) -> Path | None:
    return work / CUSTOMERS if renderers.wants_rows else None


def _write_rejects(rejects: tuple[Reject, ...], work: Path) -> None:
    if not rejects:
        return
    with (work / REJECTS).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["line", "reason", "text"])
        writer.writerows((reject.line, reject.reason, _inert(reject.text)) for reject in rejects)


def _inert(text: str) -> str:
    """The text with a quote before what a spreadsheet would run."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text
