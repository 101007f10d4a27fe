"""How one measure spreads: its moments, its quartiles, what lies far beyond them, and a histogram."""

from __future__ import annotations

import math

import numpy as np

from segreport.domain import Distribution

INNER, OUTER = 1.5, 3.0
"""Tukey's fences (Tukey 1977), in interquartile ranges from the quartiles."""
BINS = 20


def describe_spread(column: str, values: np.ndarray, *, has_tails: bool = True) -> Distribution:
    """The distribution of the values (NaN: missing); without ``has_tails`` nothing is called an outlier."""
    present = np.sort(values[~np.isnan(values)])
    missing = len(values) - len(present)
    if not len(present):
        nothing = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        return Distribution(column, 0, missing, *nothing, 0, 0, None, (0.0, 0.0), (0.0, 1.0), (0,))
    q1, median, q3 = np.percentile(present, [25, 50, 75])
    reach = q3 - q1 if has_tails else 0.0
    far = _beyond(present, q1 - OUTER * reach, q3 + OUTER * reach) if reach else present[:0]
    near = present if not reach else present[(present >= q1 - OUTER * reach) & (present <= q3 + OUTER * reach)]
    edges = _edges(near)
    mean, sd = float(present.mean()), float(present.std())
    return Distribution(
        column=column,
        n=len(present),
        missing=missing,
        mean=mean,
        median=float(median),
        sd=sd,
        low=float(present[0]),
        high=float(present[-1]),
        q1=float(q1),
        q3=float(q3),
        skewness=float(((present - mean) ** 3).mean() / sd**3) if sd else 0.0,
        outliers=len(_beyond(present, q1 - INNER * reach, q3 + INNER * reach)) if reach else 0,
        far=len(far),
        farthest=float(max(far, key=lambda value: abs(value - median))) if len(far) else None,
        near=(float(near[0]), float(near[-1])),
        edges=tuple(map(float, edges)),
        counts=tuple(map(int, np.histogram(near, edges)[0])),
    )


def _beyond(values: np.ndarray, low: float, high: float) -> np.ndarray:
    return values[(values < low) | (values > high)]


def _edges(values: np.ndarray) -> np.ndarray:
    """At most 20 bins between the ends; whole numbers get bins of whole width, so that no bin holds more of them."""
    low, high = float(values[0]), float(values[-1])
    if np.array_equal(values, np.round(values)):
        width = max(1, math.ceil((high - low + 1) / BINS))
        bins = math.ceil((high - low + 1) / width)
        return low - 0.5 + width * np.arange(bins + 1)
    return np.linspace(low, high, BINS + 1)
