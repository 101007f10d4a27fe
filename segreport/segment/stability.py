"""Whether the same segments come back when customers are drawn anew (Hennig 2007)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.metrics import adjusted_rand_score

from segreport.segment.methods import Fit, distances_to, fit_kmeans

RESAMPLES = 40
MOST_ROWS = 5_000


@dataclass(frozen=True)
class Repeatability:
    """Mean and smallest Jaccard overlap per segment over the resamples, and the mean adjusted Rand index."""

    mean: np.ndarray
    lowest: np.ndarray
    agreement: float
    resamples: int


def resample(values: np.ndarray, fit: Fit, *, seed: int) -> Repeatability:
    """Cut bootstrap samples into as many segments and find each segment's best match among the drawn customers."""
    rng = np.random.default_rng(seed)
    k, n = len(fit.centres), len(values)
    overlaps, agreements = [], []
    for _ in range(RESAMPLES):
        drawn = np.sort(rng.integers(0, n, min(n, MOST_ROWS)))
        again = fit_kmeans(values[drawn], k, seed=int(rng.integers(2**31)), n_init=2)
        unique = np.unique(drawn)
        ours, theirs = fit.labels[unique], distances_to(values[unique], again.centres).argmin(axis=1)
        overlaps.append(_best_overlap(ours, theirs, k))
        agreements.append(adjusted_rand_score(ours, theirs))
    table = np.array(overlaps)
    return Repeatability(table.mean(axis=0), table.min(axis=0), float(np.mean(agreements)), RESAMPLES)


def _best_overlap(ours: np.ndarray, theirs: np.ndarray, k: int) -> np.ndarray:
    together = np.zeros((k, k))
    np.add.at(together, (ours, theirs), 1.0)
    either = together.sum(axis=1)[:, None] + together.sum(axis=0) - together
    best: np.ndarray = (together / np.where(either > 0, either, 1.0)).max(axis=1)
    return best
