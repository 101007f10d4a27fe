"""Tables taken in for tests: from a file, or from columns of cells as they would stand in one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa

from segreport.clean import clean
from segreport.config import RunConfig, load_config
from segreport.domain import CleanTable, Features, Source, SourceTable
from segreport.engine import open_session
from segreport.features import build_features
from segreport.intake import Intake, take_in
from segreport.roles import detect_roles
from segreport.typed import type_columns
from segreport.typed.derived import derive_columns

Cells = Mapping[str, Sequence[str | None]]


@contextmanager
def intake_of(source: Path | Cells, **settings: Any) -> Iterator[Intake]:
    """The stages up to the clean table, of a file or of columns; ``settings`` as ``input__id="x"``."""
    flags = {key.replace("__", "."): value for key, value in settings.items()}
    config = load_config([source] if isinstance(source, Path) else [], flags=flags)
    if isinstance(source, Path):
        with take_in(config) as intake:
            yield intake
        return
    with open_session() as session:
        rows = session.load(pa.table({name: pa.array(cells, type=pa.string()) for name, cells in source.items()}))
        table = SourceTable(rows, Source("t.csv", "", rows.count(), len(source)))
        yield _cleaned(table, config, session)


def clean_of(source: Path | Cells, **settings: Any) -> CleanTable:
    """The clean table with its rows fetched."""
    with intake_of(source, **settings) as intake:
        assert len(intake.cleaned.frame) == intake.cleaned.ledger[-1].rows
        return intake.cleaned


def features_of(source: Path | Cells, *, asked: tuple[str, ...] = (), **settings: Any) -> Features:
    """What the segments of a file or of columns would be made from."""
    return build_features(clean_of(source, **settings), asked=asked)


def _cleaned(table: SourceTable, config: RunConfig, session: Any) -> Intake:
    typed = derive_columns(type_columns(table, config.input, session), config.derive, session)
    roled = detect_roles(typed, id_column=config.input.id, overrides=config.roles)
    return Intake(typed, roled, clean(roled, config.clean, session, as_of=config.input.as_of))
