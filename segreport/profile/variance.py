"""How much of a measure the segments explain: analysis of variance and eta squared."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import fdtrc

from segreport.domain import Anova


def analyse_variance(values: np.ndarray, columns: tuple[str, ...], labels: np.ndarray) -> tuple[Anova, ...]:
    """One-way ANOVA of every column (rows x columns) between the segments; p is the upper tail of F(k - 1, n - k)."""
    return tuple(_one_way(values[:, place], column, labels) for place, column in enumerate(columns))


def eta_squared(values: pd.Series, labels: np.ndarray) -> float:
    """The share of the variance of the present values that lies between the segments (Fisher 1925), 0 to 1."""
    present = values.notna().to_numpy()
    between, within, _, _ = _squares(values.to_numpy("float64")[present], labels[present])
    total = between + within
    return float(between / total) if total > 0 else 0.0


def _one_way(values: np.ndarray, column: str, labels: np.ndarray) -> Anova:
    between, within, k, n = _squares(values, labels)
    cluster, error = between / max(1, k - 1), within / max(1, n - k)
    f = cluster / error if error > 0 else float("inf")
    p = float(fdtrc(k - 1, n - k, f)) if np.isfinite(f) else 0.0
    return Anova(column, cluster, k - 1, error, n - k, f if np.isfinite(f) else 0.0, p)


def _squares(values: np.ndarray, labels: np.ndarray) -> tuple[float, float, int, int]:
    """Sums of squares between and within, number of groups, number of values."""
    groups = [values[labels == label] for label in np.unique(labels)]
    centre = values.mean() if len(values) else 0.0
    between = sum(len(group) * (group.mean() - centre) ** 2 for group in groups)
    within = sum(float(((group - group.mean()) ** 2).sum()) for group in groups)
    return float(between), float(within), len(groups), len(values)
