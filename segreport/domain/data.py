"""What travels before segments are described: tables, roles, features, and the cut itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from segreport.domain.terms import ColumnKind, RoleName, Unit, Verdict

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

    @property
    def how(self) -> str:
        """How it was read, in one line: delimited text, delimiter tab, encoding utf-8."""
        plain = ("format", "header")
        return ", ".join(value if key in plain else f"{key} {value}" for key, value in self.dialect.items())


@dataclass(frozen=True)
class Reject:
    """A line that does not fit the table; it is never shifted into it."""

    line: int
    reason: str
    text: str


class Rows(Protocol):
    """A table that stays in the engine until its cells are asked for."""

    @property
    def name(self) -> str:
        """What the engine calls it."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, in order."""

    @property
    def types(self) -> Mapping[str, str]:
        """Every column's type in the engine; VARCHAR is text."""

    def count(self) -> int:
        """How many rows there are."""

    def frame(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """The rows in their order: numbers as float64, dates as datetime64, all else as text or None."""


@dataclass(frozen=True)
class SourceTable:
    """The input as read, and what it was read from.

    A column is text as it stands in the file (null where the cell is empty), or it has the type that a typed source
    gave it. ``labels`` are what columns are called in print, where the source says so.
    """

    rows: Rows
    source: Source
    rejects: tuple[Reject, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Column:
    """What a column holds, from the whole of it.

    ``reading`` says how its text was read (``DMY``, ``per cent``, nothing). ``distinct`` is exact up to 200,000 rows
    and about right above. ``low`` and ``high`` are bounds of numbers, ``first`` and ``last`` of dates (ISO).
    ``whole`` tells that all numbers are whole ones, ``ambiguous`` the share of dates that allow another order,
    ``unreal`` how many cells cannot be real and are missing now, ``numeric_looking`` that a text looks like numbers.
    ``common`` holds the most common values as text with their counts, most common first; ``mean_length`` is the mean
    number of characters of the text.
    """

    name: str
    kind: ColumnKind
    rows: int
    missing: int
    distinct: int
    low: float | None = None
    high: float | None = None
    first: str | None = None
    last: str | None = None
    whole: bool = False
    reading: str = ""
    ambiguous: float = 0.0
    unreal: int = 0
    numeric_looking: bool = False
    mean_length: float = 0.0
    common: tuple[tuple[str, int], ...] = ()

    @property
    def present(self) -> int:
        """How many cells are not missing."""
        return self.rows - self.missing


@dataclass(frozen=True)
class Role:
    """What a column means, why segreport thinks so, and how it is called in print; its unit where the cells say it."""

    role: RoleName
    why: str
    label: str
    topic: str = ""
    unit: Unit | None = None


@dataclass(frozen=True)
class TypedTable:
    """Columns with their types: text has become numbers and dates where the whole column says so.

    ``repeated`` rows are equal in every column to one above; about so many above 200,000 rows.
    """

    rows: Rows
    columns: Mapping[str, Column]
    source: Source
    rejects: tuple[Reject, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    repeated: int = 0

    def count(self) -> int:
        """How many rows there are."""
        return self.rows.count()


@dataclass(frozen=True)
class RoledTable:
    """A typed table, and what each of its columns means."""

    table: TypedTable
    roles: Mapping[str, Role]
    findings: tuple[Finding, ...] = ()


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
    """The rows that are used, the ledger of those that are not, and the reference date.

    ``repeats`` tells that a customer has more than one row: a log of purchases.
    """

    rows: Rows
    roles: Mapping[str, Role]
    source: Source
    ledger: tuple[CleaningStep, ...]
    findings: tuple[Finding, ...]
    as_of: str | None
    period: str
    rejects: tuple[Reject, ...] = ()
    currency: str | None = None
    repeats: bool = False

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The rows, fetched once: numbers as float64, dates as datetime64, all else as text or None."""
        return self.rows.frame()


def columns_with(roles: Mapping[str, Role], *names: RoleName) -> list[str]:
    """The columns that have one of the roles, in the order of the table."""
    return [column for column, role in roles.items() if role.role in names]


@dataclass(frozen=True)
class Measure:
    """A number per customer that is described for every segment; the order of measures is the order in print.

    ``derived`` measures are not columns of the table. One that stands ``aside`` is shown and not spoken of: it is added
    up in another measure, or tells that one is missing.
    """

    column: str
    label: str
    group: str
    unit: Unit
    role: RoleName
    topic: str = ""
    derived: bool = False
    aside: bool = False


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
