"""Empty cells: which columns have them, and whether the customers they belong to are like the others."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from segreport.domain import Features, Gap

ENOUGH = 10
"""Fewer customers with a gap than this say nothing about who has gaps."""
NOTABLE, CONFIDENT = 0.3, 4.0
"""They differ where the means lie this many standard deviations apart, and this many standard errors."""


def find_gaps(features: Features) -> tuple[Gap, ...]:
    """The gaps, the largest first; columns that are empty for the same customers are one gap."""
    columns = [*(m.column for m in features.measures), *features.categories]
    empty = {column: features.frame[column].isna().to_numpy() for column in columns}
    together: dict[bytes, list[str]] = {}
    for column in columns:
        if empty[column].any():
            together.setdefault(np.packbits(empty[column]).tobytes(), []).append(column)
    told = [m.column for m in features.measures if m.role != "flag" or not m.derived]
    numbers = {column: features.frame[column].to_numpy("float64") for column in told} if together else {}
    found = [_gap(tuple(names), empty[names[0]], numbers) for names in together.values()]
    return tuple(sorted(found, key=lambda gap: -gap.customers))


def _gap(columns: tuple[str, ...], empty: np.ndarray, numbers: Mapping[str, np.ndarray]) -> Gap:
    size, largest, differs, means = int(empty.sum()), 0.0, None, None
    for column, values in numbers.items() if size >= ENOUGH else ():
        known = ~np.isnan(values)
        own, others = values[empty & known], values[~empty & known]
        distance = abs(_distance(own, others))
        if column not in columns and distance > largest:
            largest, differs, means = distance, column, (float(own.mean()), float(others.mean()))
    return Gap(columns, size, differs, means)


def _distance(own: np.ndarray, others: np.ndarray) -> float:
    """How far the means lie apart in standard deviations of the others; 0 where that may be chance."""
    spread = float(others.std()) if min(len(own), len(others)) >= ENOUGH else 0.0
    if not spread:
        return 0.0
    distance = float(own.mean() - others.mean()) / spread
    errors = abs(distance) / math.sqrt(1 / len(own) + 1 / len(others))
    return distance if abs(distance) >= NOTABLE and errors >= CONFIDENT else 0.0
