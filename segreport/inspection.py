"""What is in the inputs and what a run would do with them: the stages up to the fit, the templates, the folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from segreport.beside import REJECTS, RESULTS, playbook_of
from segreport.config import RunConfig
from segreport.domain import (
    CleaningStep,
    CleanTable,
    Column,
    Features,
    Finding,
    Lack,
    Role,
    RoledTable,
    Source,
    columns_with,
)
from segreport.errors import InputError, SegreportError
from segreport.formatting import Formats
from segreport.intake import Intake, features_of, take_in
from segreport.lacks import lacks_of
from segreport.narrate.playbook import load_playbook
from segreport.publish import MANIFEST, check_folder
from segreport.render import FORMATS
from segreport.render.processes import Renderers


@dataclass(frozen=True)
class Outline:
    """What a run would do: the columns that form segments and those that do not, how many segments, which files."""

    features: tuple[str, ...]
    left_out: Mapping[str, str]
    method: str
    k: int | None
    k_low: int
    k_high: int
    seed: int
    templates: tuple[str, ...]
    folder: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class Inspection:
    """What was read, what it means, what cleaning did, what is missing, and what a run would do.

    ``refusal`` is what a run would end with; ``outline`` is missing where it would end before its plan is made.
    """

    source: Source
    rejects: int
    columns: Mapping[str, Column]
    roles: Mapping[str, Role]
    ledger: tuple[CleaningStep, ...]
    findings: tuple[Finding, ...]
    lacks: tuple[Lack, ...]
    as_of: str | None
    as_of_why: str
    period: str
    formats: Formats
    outline: Outline | None = None
    notes: tuple[str, ...] = ()
    refusal: SegreportError | None = None


def inspect(config: RunConfig, renderers: Renderers | None = None) -> Inspection:
    """Read, clean and check as a run does, without a fit and without writing.

    Templates are checked where there are ``renderers``. Raises what a run raises where the inputs cannot be read or
    the configuration is wrong; what a run would refuse later is part of what is given.
    """
    load_playbook(playbook_of(config))
    with take_in(config) as intake:
        outline: Outline | None = None
        notes: tuple[str, ...] = ()
        refusal: SegreportError | None = None
        try:
            features = features_of(intake, config)
            outline = _outline(features, config)
            notes = tuple(renderers.check(intake.cleaned.rows.columns)) if renderers else ()
            check_folder(Path(outline.folder))
            _check_customers(features, config)
        except SegreportError as error:
            refusal = error
        return _inspection(intake, config, outline, notes, refusal)


def _inspection(
    intake: Intake, config: RunConfig, outline: Outline | None, notes: tuple[str, ...], refusal: SegreportError | None
) -> Inspection:
    cleaned = intake.cleaned
    return Inspection(
        source=cleaned.source,
        rejects=len(cleaned.rejects),
        columns=intake.typed.columns,
        roles=cleaned.roles,
        ledger=cleaned.ledger,
        findings=cleaned.findings,
        lacks=lacks_of(cleaned.roles),
        as_of=cleaned.as_of,
        as_of_why=_why_as_of(cleaned, intake.roled, config),
        period=cleaned.period,
        formats=Formats(config.report.locale, config.report.currency or cleaned.currency or config.currency),
        outline=outline,
        notes=notes,
        refusal=refusal,
    )


def _outline(features: Features, config: RunConfig) -> Outline:
    asked, low, high = config.k_range
    documents = tuple(FORMATS[name].file for name in config.outputs.formats)
    rejected = (REJECTS,) if features.clean.rejects else ()
    return Outline(
        features.chosen,
        features.left_out,
        config.segment.method,
        asked,
        low,
        high,
        config.segment.seed,
        tuple(Path(own).name for own in config.templates.model_dump().values() if own),
        str(config.folder or config.outputs.folder / config.name / features.clean.period),
        (*documents, RESULTS, MANIFEST, *rejected),
    )


def _check_customers(features: Features, config: RunConfig) -> None:
    """Refuse fewer different customers than segments, as the fit would."""
    asked, low, _ = config.k_range
    distinct, least = len(features.frame[list(features.chosen)].drop_duplicates()), asked or low
    if distinct <= least:
        what = f"{distinct} different customer{'s' if distinct != 1 else ''}"
        raise InputError(
            f"{what} cannot be parted into {least} segments that mean anything",
            "add customers, or ask for fewer segments with --k",
        )


def _why_as_of(cleaned: CleanTable, roled: RoledTable, config: RunConfig) -> str:
    """Where the reference date comes from."""
    if config.input.as_of:
        return "as set by --as-of, or as_of under [input]"
    if cleaned.as_of is None:
        return "there is no date in the data: ages and recency are computed only with --as-of"
    last = (date.fromisoformat(cleaned.as_of[:10]) - timedelta(days=1)).isoformat()
    ends = {name: roled.table.columns[name].last or "" for name in columns_with(cleaned.roles, "date")}
    latest = next((name for name, end in ends.items() if end[:10] == last), None)
    return "the day after the last date in the data" + (f", which is in {latest}" if latest else "")
