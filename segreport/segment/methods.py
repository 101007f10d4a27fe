"""k-means with many starts, on one thread, and what belongs to a fitted cut."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits

ONE_THREAD_BELOW = 200_000


@dataclass(frozen=True)
class Fit:
    """A cut: centres (k x features), a label 0..k-1 per row, and the within-cluster sum of squares."""

    centres: np.ndarray
    labels: np.ndarray
    wcss: float


def fit_kmeans(values: np.ndarray, k: int, *, seed: int, n_init: int) -> Fit:
    """The best of ``n_init`` starts of k-means (Lloyd 1982, k-means++ starts)."""
    with _on_few_threads(len(values)), warnings.catch_warnings():
        # a resample may hold fewer different rows than segments; the overlap of the empty ones is then nought
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = KMeans(k, n_init=n_init, random_state=seed).fit(values)
    return Fit(model.cluster_centers_, model.labels_.astype(np.int64), float(model.inertia_))


@contextmanager
def _on_few_threads(rows: int) -> Iterator[None]:
    """One thread for a small fit: it is faster, and its sums are added in one order.

    Unless OMP_NUM_THREADS is set, scikit-learn asks the machine for its physical cores at every fit, and complains
    where there is no lscpu to ask.
    """
    unset = "OMP_NUM_THREADS" not in os.environ
    if unset:
        os.environ["OMP_NUM_THREADS"] = "1" if rows < ONE_THREAD_BELOW else str(os.cpu_count() or 1)
    try:
        with threadpool_limits(1 if rows < ONE_THREAD_BELOW else None):
            yield
    finally:
        if unset:
            del os.environ["OMP_NUM_THREADS"]


def distances_to(values: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Euclidean distance of every row to every centre (rows x k)."""
    squares = (values**2).sum(axis=1)[:, None] - 2 * values @ centres.T + (centres**2).sum(axis=1)
    roots: np.ndarray = np.sqrt(np.maximum(squares, 0.0))
    return roots
