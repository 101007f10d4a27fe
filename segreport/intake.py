"""From the inputs to features: reading, typing, roles and cleaning in their order, for whoever needs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from segreport.clean import clean
from segreport.config import RunConfig
from segreport.domain import CleanTable, Features, RoledTable, SourceTable, TypedTable
from segreport.engine import Session, open_session
from segreport.errors import ConfigError
from segreport.features import build_features
from segreport.roles import detect_roles
from segreport.sources import read, refuse_changed, stamps_of
from segreport.sources.delimited import settle
from segreport.typed import type_columns
from segreport.typed.derived import derive_columns

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Intake:
    """What each stage gave, up to the rows that are used."""

    typed: TypedTable
    roled: RoledTable
    cleaned: CleanTable


@contextmanager
def take_in(
    config: RunConfig,
    progress: Progress = lambda stage: None,
    *,
    data: object = None,
    memory_bytes: int | None = None,
) -> Iterator[Intake]:
    """The inputs of the configuration, or the data frame given, read and cleaned; the tables last as long as this.

    ``memory_bytes`` is what the engine may take before it spills to disk. Raises InputError or ConfigError with the
    cause and the remedy.
    """
    with open_session(memory_bytes) as session:
        stamps = stamps_of(config.sources)
        progress("reading")
        table = _read(config, session, data)
        typed = _typed(table, config, session)
        refuse_changed(stamps)
        session.seal()
        progress("cleaning")
        typed = derive_columns(typed, config.derive, session)
        roled = detect_roles(typed, id_column=config.input.id, overrides=config.roles)
        yield Intake(typed, roled, clean(roled, config.clean, session, as_of=config.input.as_of))


def features_of(intake: Intake, config: RunConfig) -> Features:
    """What the segments are made from; raises ConfigError where the configuration names what is not among it."""
    features = build_features(intake.cleaned, asked=config.segment.features)
    for column in config.clean.cap:
        if column not in features.chosen:
            cause = f"[clean] cap: {column!r} is not one of the columns that form segments"
            raise ConfigError(cause, f"these are {', '.join(features.chosen)}")
    return features


def _typed(table: SourceTable, config: RunConfig, session: Session) -> TypedTable:
    """The table typed; a text that was scanned in the belief that it is regular is confirmed, or read with care."""
    _, typed = settle(table, lambda source: type_columns(source, config.input, session))
    return typed


def _read(config: RunConfig, session: Session, data: object) -> SourceTable:
    if data is None:
        return read(config.sources, config.input, session)
    from segreport.sources.frames import read_frame

    return read_frame(data, session)
