"""Segmentation -> Profile: what every segment is like, in the units of the data, beside all customers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from segreport.domain import (
    PATTERN_FROM,
    STABLE_FROM,
    Assignment,
    ColumnStats,
    Features,
    Histogram,
    Plane,
    Profile,
    Segment,
    Segmentation,
    Stability,
)
from segreport.profile.variance import analyse_variance, eta_squared

TINY_CUSTOMERS, TINY_SHARE = 30, 0.01
BINS = 12
POINTS = 1_200
MOST_CATEGORIES = 12


def build_profile(features: Features, segmentation: Segmentation, assignment: Assignment) -> Profile:
    """Means, medians, spreads, effect sizes, shares and distances of every segment and of all customers."""
    labels = assignment.segment
    frame = features.frame
    overall = {m.column: _stats(frame[m.column]) for m in features.measures}
    eta = {m.column: eta_squared(frame[m.column], labels) for m in features.measures}
    total = _shareable(frame[features.value], labels) if features.value else None
    segments = tuple(
        _segment(features, frame[labels == number], number, overall, eta, total, segmentation)
        for number in range(1, segmentation.k + 1)
    )
    return Profile(
        measures=features.measures,
        value=features.value if total is not None else None,
        overall=overall,
        overall_categories={c: _shares(frame[c], frame[c]) for c in features.categories},
        segments=segments,
        histograms={m.column: _histogram(frame[m.column], labels, segmentation.k) for m in features.measures},
        plane=_plane(assignment, segmentation),
        anova=analyse_variance(assignment.prepared, segmentation.features, labels),
        distances=_distances(assignment.prepared, labels, segmentation.k),
        missing={m.column: int(frame[m.column].isna().sum()) for m in features.measures},
    )


def _shareable(value: pd.Series, labels: np.ndarray) -> float | None:
    """The total value where it can be shared out: a sum that no segment takes away from; else None."""
    sums = value.groupby(labels).sum()
    return float(sums.sum()) if len(sums) and sums.min() >= 0 and sums.sum() > 0 else None


def _segment(
    features: Features,
    own: pd.DataFrame,
    number: int,
    overall: Mapping[str, ColumnStats],
    eta: Mapping[str, float],
    total: float | None,
    segmentation: Segmentation,
) -> Segment:
    everyone = len(features.frame)
    value = float(own[features.value].sum()) if features.value and total is not None else None
    jaccard = segmentation.jaccard[number - 1]
    return Segment(
        id=number,
        size=len(own),
        share=len(own) / everyone,
        value=value,
        value_share=value / total if value is not None and total else None,
        jaccard=jaccard,
        stability=stability_of(len(own), len(own) / everyone, jaccard),
        columns={m.column: _stats(own[m.column], overall[m.column], eta[m.column]) for m in features.measures},
        categories={c: _shares(own[c], features.frame[c]) for c in features.categories},
    )


def stability_of(size: int, share: float, jaccard: float) -> Stability:
    """The state of a segment by the cuts of Hennig (2007); below 30 customers or 1 % it is tiny."""
    if size < TINY_CUSTOMERS or share < TINY_SHARE:
        return "tiny"
    return "stable" if jaccard >= STABLE_FROM else "pattern" if jaccard >= PATTERN_FROM else "unstable"


def _stats(values: pd.Series, overall: ColumnStats | None = None, eta2: float | None = None) -> ColumnStats:
    present = values.dropna()
    if present.empty:
        return ColumnStats(0.0, 0.0, 0.0, 0)
    mean, sd = float(present.mean()), float(present.std(ddof=0))
    if overall is None:
        return ColumnStats(mean, float(present.median()), sd, len(present))
    return ColumnStats(
        mean=mean,
        median=float(present.median()),
        sd=sd,
        n=len(present),
        index=100 * mean / overall.mean if overall.mean > 0 else None,
        z=(mean - overall.mean) / overall.sd if overall.sd else 0.0,
        eta2=eta2,
    )


def _shares(own: pd.Series, everyone: pd.Series) -> dict[str, float]:
    """The share of each of the commonest values among the cells that are not empty; the rest as ``other``."""
    order = everyone.value_counts()
    order = order.sort_index(kind="stable").sort_values(ascending=False, kind="stable")
    names = list(order.index[:MOST_CATEGORIES])
    counts = own.value_counts()
    present = max(1, int(own.notna().sum()))
    shares = {str(name): float(counts.get(name, 0)) / present for name in names}
    if len(order) > len(names):
        shares[f"other ({len(order) - len(names)})"] = max(0.0, 1.0 - sum(shares.values()))
    return shares


def _histogram(values: pd.Series, labels: np.ndarray, k: int) -> Histogram:
    """Equal bins from the 1st to the 99th percentile; what lies beyond is counted in the first and the last."""
    present = values.notna().to_numpy()
    numbers, groups = values.to_numpy("float64")[present], labels[present]
    low, high = np.percentile(numbers, [1, 99]) if len(numbers) else (0.0, 1.0)
    edges = np.linspace(low, high if high > low else low + 1.0, BINS + 1)
    clipped = np.clip(numbers, edges[0], edges[-1])
    own = [_bin_shares(clipped[groups == number], edges) for number in range(1, k + 1)]
    return Histogram(tuple(map(float, edges)), _bin_shares(clipped, edges), tuple(own))


def _bin_shares(values: np.ndarray, edges: np.ndarray) -> tuple[float, ...]:
    counts, _ = np.histogram(values, edges)
    return tuple(float(count) / max(1, len(values)) for count in counts)


def _plane(assignment: Assignment, segmentation: Segmentation) -> Plane:
    """A random sample of customers on the two principal axes, drawn by position in the plane and not in the file."""
    order = np.lexsort((assignment.plane[:, 1], assignment.plane[:, 0]))
    rng = np.random.default_rng(segmentation.seed)
    drawn = np.sort(rng.choice(len(order), POINTS, replace=False)) if len(order) > POINTS else np.arange(len(order))
    points, groups = assignment.plane[order][drawn], assignment.segment[order][drawn]
    numbers = range(1, segmentation.k + 1)
    xs = tuple(tuple(round(float(x), 3) for x in points[groups == n, 0]) for n in numbers)
    ys = tuple(tuple(round(float(y), 3) for y in points[groups == n, 1]) for n in numbers)
    return Plane(segmentation.explained, xs, ys)


def _distances(prepared: np.ndarray, labels: np.ndarray, k: int) -> tuple[tuple[float, ...], ...]:
    centres = np.array([prepared[labels == number].mean(axis=0) for number in range(1, k + 1)])
    between = np.sqrt(((centres[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2))
    return tuple(tuple(map(float, row)) for row in between)
