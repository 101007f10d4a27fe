"""A saved report -> new documents: other templates, brand, locale or names, and no new fit."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from segreport.beside import CUSTOMERS, REJECTS, RESULTS, customers_in, playbook_of, settings_of
from segreport.config import RunConfig
from segreport.customers import rename_segments
from segreport.domain import Delivery, Note, Report
from segreport.errors import InputError
from segreport.narrate import retell
from segreport.narrate.playbook import load_playbook
from segreport.publish import Entry, Manifest, describe_run, publish, read_manifest, work_folder
from segreport.render import FORMATS
from segreport.render.processes import Renderers
from segreport.reporting import saved_basis_of, tell_report
from segreport.results import dump_report, load_report

TEMPLATES = {"brief": "pdf", "deck": "pptx", "workbook": "xlsx", "playbook": "", "brand": ""}
"""The format that a template of the user's own is for; nothing where it is for all of them."""


def render_again(
    saved: Path,
    config: RunConfig,
    renderers: Renderers,
    progress: Callable[[str], None] = lambda stage: None,
    *,
    rejects: bool = False,
) -> Delivery:
    """New documents from a saved results.json: other templates, brand, locale or names, and no new fit.

    In the folder of the saved run, what is not made again stays; another folder gets only what is made, and the
    rejected lines where they are asked for.
    """
    progress("reading")
    playbook = load_playbook(playbook_of(config))
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
    report = tell_report(config, saved_basis_of(old), retell(old), old.segmentation, notes, playbook)
    missed = (*_missed_templates(manifest, config), *_outdated(report, old, kept))
    report = replace(report, warnings=(*report.warnings, *missed))
    progress("writing")
    with work_folder(folder) as work:
        (work / RESULTS).write_bytes(dump_report(report))
        customers = customers_in(work, renderers)
        if customers:
            rename_segments(rows, report.segments, customers)
        if rejects and (saved / REJECTS).is_file():
            shutil.copyfile(saved / REJECTS, work / REJECTS)
        renderers.render(work, customers=customers)
        settings = _with_kept(settings_of(config), settings_of(manifest.config), kept)
        files = publish(work, folder, describe_run(report, settings), kept=kept)
    return Delivery(str(folder), files, report)


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
