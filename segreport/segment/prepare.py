"""Features -> an array that distances make sense in: filled, less skewed, scaled, drawn in; for clustering only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segreport.domain import Features

SKEWED = 1.0
DRAWN_IN = 3.0
"""Prepared values beyond this many standard deviations are drawn in to it, so that no single record forms a segment."""


@dataclass(frozen=True)
class Prepared:
    """The prepared array (customers x features, float64), how each column got there, and an order that
    does not depend on the order of the rows."""

    values: np.ndarray
    columns: tuple[str, ...]
    transforms: Mapping[str, str]
    order: np.ndarray


def prepare(
    features: Features,
    *,
    transform: str = "auto",
    scale: str = "zscore",
    winsorise: bool = True,
    cap: Mapping[str, float] | None = None,
) -> Prepared:
    """The chosen features, ready for k-means.

    With ``transform="none"`` the columns keep their order and the rows theirs, and nothing is drawn in; otherwise
    columns are taken by name and rows by their values, so that neither order changes a segment. ``cap`` draws chosen
    columns in to a quantile of theirs.
    """
    raw = transform == "none"
    columns = features.chosen if raw else tuple(sorted(features.chosen))
    values = _fill_missing(features.frame[list(columns)])
    names = dict.fromkeys(columns, "as is")
    for column, quantile in (cap or {}).items():
        _draw_in(values[:, columns.index(column)], quantile)
    if not raw:
        for place, column in enumerate(columns):
            values[:, place], names[column] = _least_skewed(values[:, place])
    if scale == "zscore":
        values = _standardise(values)
        values = values if raw or not winsorise else np.clip(values, -DRAWN_IN, DRAWN_IN)
        names = {column: f"{name}, z-score" for column, name in names.items()}
    order = np.arange(len(values)) if raw else np.lexsort(values.T[::-1])
    return Prepared(values, columns, names, order)


def _fill_missing(frame: pd.DataFrame) -> np.ndarray:
    """Missing cells at the median of their column."""
    return frame.fillna(frame.median()).to_numpy("float64", copy=True)


def _draw_in(values: np.ndarray, quantile: float) -> None:
    """Values above the quantile are brought down to it, in place."""
    np.minimum(values, np.quantile(values, quantile), out=values)


def _least_skewed(values: np.ndarray) -> tuple[np.ndarray, str]:
    """The column as it is, or its logarithm where it is non-negative, skewed, and less so in logarithms."""
    if values.min() < 0 or _skew(values) <= SKEWED:
        return values, "as is"
    positive = values[values > 0]
    logarithm = np.log1p(values / np.median(positive))
    return (logarithm, "log") if abs(_skew(logarithm)) < abs(_skew(values)) else (values, "as is")


def _skew(values: np.ndarray) -> float:
    centred = values - values.mean()
    spread = np.sqrt((centred**2).mean())
    return float((centred**3).mean() / spread**3) if spread else 0.0


def _standardise(values: np.ndarray) -> np.ndarray:
    spread = values.std(axis=0)
    scaled: np.ndarray = (values - values.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    return scaled
