"""What a segment is like: numbers first, words later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from segreport.domain.data import Measure
from segreport.domain.terms import Stability


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
