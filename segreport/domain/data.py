"""What travels before segments are described: tables, roles, features, and the cut itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from segreport.domain.terms import RoleName, Unit, Verdict

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True)
class Source:
    """Where the rows came from and how they were read."""

    file: str
    sha256: str
    rows: int
    columns: int
    dialect: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reject:
    """A line that does not fit the table; it is never shifted into it."""

    line: int
    reason: str
    text: str


@dataclass(frozen=True)
class SourceTable:
    """The input as read: every cell still text (missing cells are null), and what it was read from."""

    frame: pd.DataFrame
    source: Source
    rejects: tuple[Reject, ...] = ()


@dataclass(frozen=True)
class Role:
    """What a column means, why segreport thinks so, and how it is called in print."""

    role: RoleName
    why: str
    label: str
    topic: str = ""


@dataclass(frozen=True)
class TypedTable:
    """Columns with their types and roles; text has become numbers and dates where the whole column says so."""

    frame: pd.DataFrame
    roles: Mapping[str, Role]
    source: Source
    rejects: tuple[Reject, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class CleaningStep:
    """One line of the cleaning ledger; the rows of all lines but the last sum to the last."""

    rule: str
    rows: int
    note: str = ""


@dataclass(frozen=True)
class Finding:
    """Something noticed in the data: a code, what, how much, and what was done about it.

    ``done`` holds a ``{0}`` for each of its ``values``, which are formatted when the story is told.
    """

    code: str
    text: str
    amount: float
    done: str
    unit: Unit = "count"
    values: tuple[tuple[float, Unit], ...] = ()


@dataclass(frozen=True)
class CleanTable:
    """The rows that are used, the ledger of those that are not, and the reference date."""

    frame: pd.DataFrame
    roles: Mapping[str, Role]
    source: Source
    ledger: tuple[CleaningStep, ...]
    findings: tuple[Finding, ...]
    as_of: str | None
    period: str
    rejects: tuple[Reject, ...] = ()
    currency: str | None = None


def columns_with(roles: Mapping[str, Role], *names: RoleName) -> list[str]:
    """The columns that have one of the roles, in the order of the table."""
    return [column for column, role in roles.items() if role.role in names]


@dataclass(frozen=True)
class Measure:
    """A number per customer that is described for every segment; the order of measures is the order in print."""

    column: str
    label: str
    group: str
    unit: Unit
    role: RoleName
    topic: str = ""
    derived: bool = False


@dataclass(frozen=True)
class Features:
    """One row per customer: measures (float), categories (text), and which measures the segments are made from."""

    frame: pd.DataFrame
    ids: pd.Series
    measures: tuple[Measure, ...]
    categories: tuple[str, ...]
    chosen: tuple[str, ...]
    value: str | None
    left_out: Mapping[str, str]
    clean: CleanTable


@dataclass(frozen=True)
class KScore:
    """How well the data separate into k groups, by every index that is shown."""

    k: int
    wcss: float
    silhouette: float
    centroid_silhouette: float
    calinski_harabasz: float
    davies_bouldin: float
    excess: float
    min_jaccard: float | None
    null_low: float
    null_high: float


@dataclass(frozen=True)
class Segmentation:
    """The chosen cut, how it was made, and how far it can be trusted."""

    method: str
    k: int
    seed: int
    n_init: int
    features: tuple[str, ...]
    transforms: Mapping[str, str]
    verdict: Verdict
    reason: str
    scores: tuple[KScore, ...]
    rows_fitted: int
    rows_assigned: int
    k_asked: bool
    agreement: float
    jaccard: tuple[float, ...] = ()
    jaccard_min: tuple[float, ...] = ()
    resamples: int = 0
    explained: float = 0.0


@dataclass(frozen=True)
class Assignment:
    """Row-level result: segment 1..k and distance to its centre per customer, and two axes to draw them on."""

    segment: np.ndarray
    distance: np.ndarray
    plane: np.ndarray
    prepared: np.ndarray
