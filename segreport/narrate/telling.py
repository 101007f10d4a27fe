"""What a story is told with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from segreport.domain import CleaningStep, Exploration, Finding, Lack, Role, Source
from segreport.formatting import Formats
from segreport.narrate.playbook import Playbook


@dataclass(frozen=True)
class Telling:
    """What the story is told with: formats, playbook, the user's own names, and what is known of the source."""

    formats: Formats
    playbook: Playbook
    source: Source
    ledger: tuple[CleaningStep, ...]
    roles: Mapping[str, Role]
    as_of: str | None = None
    names: Mapping[int, str] = field(default_factory=dict)
    currency_known: bool = False
    findings: tuple[Finding, ...] = ()
    lacks: tuple[Lack, ...] = ()
    exploration: Exploration | None = None
