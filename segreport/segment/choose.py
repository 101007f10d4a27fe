"""How many segments, and whether there are any: classic indices beside a comparison with data that have none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score, silhouette_score

from segreport.domain import CLEAR_FROM, WEAK_FROM, KScore, Verdict
from segreport.segment.methods import Fit, distances_to, fit_kmeans

PAIRWISE_ROWS = 2_000
NULL_ROWS = 1_000
NULL_SETS = 6
NULL_SETS_SMALL = 20


@dataclass(frozen=True)
class Candidates:
    """Every k that was tried: its fit and its scores."""

    fits: dict[int, Fit]
    scores: tuple[KScore, ...]


def score_candidates(values: np.ndarray, ks: range, *, seed: int, n_init: int) -> Candidates:
    """Fit every k and score it; ``excess`` is the centroid silhouette less that of the better of two nulls.

    The nulls, uniform in the box of the principal axes and one Gaussian of the same covariance, are what no
    structure looks like (Tibshirani et al. 2001 compare with the first of them).
    """
    fits = {k: fit_kmeans(values, k, seed=seed, n_init=n_init) for k in ks}
    rng = np.random.default_rng(seed)
    sample = (
        np.sort(rng.choice(len(values), PAIRWISE_ROWS, replace=False))
        if len(values) > PAIRWISE_ROWS
        else np.arange(len(values))
    )
    pairwise = distances_to(values[sample], values[sample])
    np.fill_diagonal(pairwise, 0.0)
    nulls = _null_silhouettes(values, ks, rng)
    scores = tuple(_score(values, k, fits[k], pairwise, sample, nulls[k]) for k in ks)
    return Candidates(fits, scores)


def verdict_of(excess: float) -> Verdict:
    """Clear, weak or none, by the excess over the nulls."""
    return "clear" if excess >= CLEAR_FROM else "weak" if excess >= WEAK_FROM else "none"


def centroid_silhouette(values: np.ndarray, fit: Fit) -> float:
    """Mean of (B - A) / max(A, B): A the distance to the own centre, B to the nearest other."""
    distances = distances_to(values, fit.centres)
    rows = np.arange(len(values))
    own = distances[rows, fit.labels]
    distances[rows, fit.labels] = np.inf
    other = distances.min(axis=1)
    larger = np.maximum(own, other)
    return float(np.mean(np.where(larger > 0, (other - own) / np.where(larger > 0, larger, 1.0), 0.0)))


def _score(values: np.ndarray, k: int, fit: Fit, pairwise: np.ndarray, sample: np.ndarray, nulls: np.ndarray) -> KScore:
    labels = fit.labels[sample]
    separable = 1 < len(np.unique(labels)) < len(labels)
    own = centroid_silhouette(values, fit)
    return KScore(
        k=k,
        wcss=fit.wcss,
        silhouette=float(silhouette_score(pairwise, labels, metric="precomputed")) if separable else 0.0,
        centroid_silhouette=own,
        calinski_harabasz=float(calinski_harabasz_score(values, fit.labels)),
        davies_bouldin=float(davies_bouldin_score(values, fit.labels)),
        excess=own - float(nulls.mean(axis=1).max()),
        min_jaccard=None,
        null_low=float(nulls.min()),
        null_high=float(nulls.max()),
    )


def _null_silhouettes(values: np.ndarray, ks: range, rng: np.random.Generator) -> dict[int, np.ndarray]:
    """Centroid silhouettes of k-means on data without segments: 2 kinds x sets, for every k."""
    rows = min(len(values), NULL_ROWS)
    sets = NULL_SETS if len(values) >= NULL_ROWS else NULL_SETS_SMALL
    centred = values - values.mean(axis=0)
    _, spread, axes = np.linalg.svd(centred, full_matrices=False)
    turned = centred @ axes.T
    low, high, sd = turned.min(axis=0), turned.max(axis=0), spread / np.sqrt(len(values))
    shape = (rows, len(spread))
    makers = (lambda: rng.uniform(low, high, shape), lambda: rng.normal(0.0, 1.0, shape) * sd)
    drawn = [[make() for _ in range(sets)] for make in makers]
    return {
        k: np.array([[centroid_silhouette(x, fit_kmeans(x, k, seed=0, n_init=2)) for x in kind] for kind in drawn])
        for k in ks
    }
