"""What the data look like before anyone cuts them: spreads, relations, gaps, and what is not there at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

RelationKind = Literal["rho", "eta2", "v"]
CORRELATION_STEPS = (0.1, 0.3, 0.5)
"""Small, middling and large correlations (Cohen 1988)."""


@dataclass(frozen=True)
class Distribution:
    """How one measure spreads, in the units of the data.

    ``outliers`` lie beyond Tukey's inner fences (1.5 interquartile ranges from the quartiles), ``far`` of them beyond
    the outer ones (3); ``farthest`` is the value of those that lies farthest out. None of the three is counted where
    half of all customers share one value, since every other value would be an outlier. ``near`` holds the lowest and
    the highest value that is not far out; ``counts`` are the customers between them, by ``edges``.
    """

    column: str
    n: int
    missing: int
    mean: float
    median: float
    sd: float
    low: float
    high: float
    q1: float
    q3: float
    skewness: float
    outliers: int
    far: int
    farthest: float | None
    near: tuple[float, float]
    edges: tuple[float, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True)
class Correlations:
    """Spearman's rank correlations, related columns beside each other; None where nothing can be said."""

    columns: tuple[str, ...]
    rho: tuple[tuple[float | None, ...], ...]


@dataclass(frozen=True)
class Relation:
    """Two columns that go together: Spearman's rho, eta squared, or Cramer's V (Bergsma 2013), among ``n`` customers.

    For eta squared ``first`` is the category and ``means`` holds the mean of the measure for its lowest and its
    highest value.
    """

    kind: RelationKind
    first: str
    second: str
    effect: float
    n: int
    strength: float
    means: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Gap:
    """Columns that are empty for the same customers, and the measure in which these differ most, if they differ.

    ``means`` are of the customers with the gap and of the others.
    """

    columns: tuple[str, ...]
    customers: int
    differs_in: str | None = None
    means: tuple[float, float] | None = None


@dataclass(frozen=True)
class Exploration:
    """Distributions of every measure, how columns hang together, and which cells are empty.

    ``shown`` names the measures whose distributions say most, those that form the segments first; ``strongest`` is
    the closest pair of measures even where it is too weak to be called a relation.
    """

    distributions: Mapping[str, Distribution]
    shown: tuple[str, ...]
    correlations: Correlations
    relations: tuple[Relation, ...]
    strongest: Relation | None
    gaps: tuple[Gap, ...]


@dataclass(frozen=True)
class Lack:
    """Something that is not in the data, and the decision that cannot be made without it."""

    what: str
    blocks: str
