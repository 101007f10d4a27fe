"""Every frozen thing that travels between stages, from the table that was read to the finished report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

SCHEMA_VERSION = "1.0"

Unit = Literal["count", "share", "money", "money_total", "number", "years", "days", "z", "score", "ratio", "text"]
Verdict = Literal["clear", "weak", "none"]
Stability = Literal["stable", "pattern", "unstable", "tiny"]
RoleName = Literal[
    "id",
    "date",
    "constant",
    "near-unique",
    "text",
    "category",
    "flag",
    "number",
    "missing",
    "income",
    "birth-year",
    "age",
    "children",
    "spend",
    "channel",
    "deals",
    "visits",
    "recency",
    "response",
    "complaint",
    "value",
    "orders",
    "score",
]


# ---------------------------------------------------------------- reading and cleaning


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


# ---------------------------------------------------------------- features and segments


@dataclass(frozen=True)
class Measure:
    """A number per customer that is described for every segment; the order of measures is the order in print."""

    column: str
    label: str
    group: str
    unit: Unit
    role: RoleName
    topic: str = ""


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


# ---------------------------------------------------------------- profile


@dataclass(frozen=True)
class ColumnStats:
    """A measure within one segment (or among all customers), in the units of the data.

    ``z`` is the distance of the mean from the mean of all customers in standard deviations of all customers,
    ``index`` the ratio of the two means times 100, ``eta2`` the share of the measure's variance that the
    segments explain.
    """

    mean: float
    median: float
    sd: float
    n: int
    index: float | None = None
    z: float | None = None
    eta2: float | None = None


@dataclass(frozen=True)
class Recommendation:
    """What to do for a segment, the facts that say why, what to watch and what to mind."""

    rule: str
    action: str
    because: str
    evidence: tuple[str, ...]
    kpi: str
    caution: str
    priority: float
    level: Literal["high", "medium", "low"] = "medium"


@dataclass(frozen=True)
class Trait:
    """Something that sets a segment apart, with the measure and the effect size that show it."""

    id: str
    text: str
    column: str
    z: float
    topic: str = ""


@dataclass(frozen=True)
class Segment:
    """One segment: its numbers, and (after the story is told) its words."""

    id: int
    size: int
    share: float
    value: float | None
    value_share: float | None
    jaccard: float
    stability: Stability
    columns: Mapping[str, ColumnStats]
    categories: Mapping[str, Mapping[str, float]]
    name: str = ""
    short: str = ""
    traits: tuple[Trait, ...] = ()
    persona: str = ""
    recommendations: tuple[Recommendation, ...] = ()


@dataclass(frozen=True)
class Histogram:
    """How a measure spreads: edges (n + 1), and the share of each group's customers in each bin."""

    edges: tuple[float, ...]
    all: tuple[float, ...]
    segments: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Plane:
    """A sample of customers on the two main axes of difference, per segment."""

    explained: float
    xs: tuple[tuple[float, ...], ...]
    ys: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Anova:
    """One-way analysis of variance of a z-scored measure between the segments."""

    column: str
    cluster_mean_square: float
    cluster_df: int
    error_mean_square: float
    error_df: int
    f: float
    p: float


@dataclass(frozen=True)
class Profile:
    """What each segment is like: numbers only, all of them real and unscaled but for ``z``."""

    measures: tuple[Measure, ...]
    value: str | None
    overall: Mapping[str, ColumnStats]
    overall_categories: Mapping[str, Mapping[str, float]]
    segments: tuple[Segment, ...]
    histograms: Mapping[str, Histogram]
    plane: Plane
    anova: tuple[Anova, ...]
    distances: tuple[tuple[float, ...], ...]
    missing: Mapping[str, int]


# ---------------------------------------------------------------- the report


@dataclass(frozen=True)
class Fact:
    """A number that may be printed: its id, its value, its unit, and the text it prints as everywhere."""

    id: str
    value: float | int | str
    unit: Unit
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Sentence:
    """A sentence of the story with the ids of the facts it states; ``lead`` is its opening, set in bold."""

    section: str
    text: str
    facts: tuple[str, ...] = ()
    lead: str = ""

    def __str__(self) -> str:
        return self.text

    @property
    def rest(self) -> str:
        """The text after the lead."""
        return self.text[len(self.lead) :].strip() if self.lead else self.text


@dataclass(frozen=True)
class Series:
    """Named values of a chart; ``xs`` only where the chart has a horizontal scale of its own."""

    name: str
    values: tuple[float | None, ...]
    xs: tuple[float, ...] = ()
    labels: tuple[str, ...] = ()
    segment: int | None = None


@dataclass(frozen=True)
class Chart:
    """A chart as data: what it shows, its message and unit, and what it says to those who cannot see it."""

    name: str
    kind: str
    title: str
    subtitle: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    alt: str
    unit: Unit = "number"
    highlight: str = ""
    groups: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A table as data: heads, rows of numbers and text, and the note printed beneath."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | float | int | None, ...], ...]
    notes: tuple[str, ...] = ()
    spanners: tuple[tuple[str, int], ...] = ()
    decimals: tuple[int | None, ...] = ()
    total_rows: int = 0


@dataclass(frozen=True)
class Note:
    """A warning with a code that does not change."""

    code: str
    text: str


@dataclass(frozen=True)
class ReportInfo:
    """What the report is called and how its figures are written."""

    name: str
    title: str
    period: str
    as_of: str | None
    currency: str
    locale: str
    engine: str


@dataclass(frozen=True)
class Story:
    """The words: named segments, sentences, the facts they state, and warnings."""

    segments: tuple[Segment, ...]
    facts: Mapping[str, Fact]
    sentences: tuple[Sentence, ...]
    warnings: tuple[Note, ...]


@dataclass(frozen=True)
class Report:
    """Everything the renderers need; results.json is this, key for key."""

    schema_version: str
    report: ReportInfo
    source: Source
    cleaning: tuple[CleaningStep, ...]
    findings: tuple[Finding, ...]
    roles: Mapping[str, Role]
    segmentation: Segmentation
    segments: tuple[Segment, ...]
    rfm: None
    facts: Mapping[str, Fact]
    story: tuple[Sentence, ...]
    charts: tuple[Chart, ...]
    tables: tuple[Table, ...]
    comparison: None
    warnings: tuple[Note, ...]
    profile: Profile


@dataclass(frozen=True)
class Customers:
    """Row-level data for the workbook and SPSS: the columns as read, and segment, name, distance."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | float | int | None, ...], ...]


@dataclass(frozen=True)
class Delivery:
    """What a run wrote and where, and the report it wrote from."""

    folder: str
    files: tuple[str, ...]
    report: Report
