"""Features -> Segmentation: prepare, try every k, choose one, and see whether it comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from segreport.domain import PATTERN_FROM, Assignment, Features, KScore, Segmentation, Verdict
from segreport.errors import InputError
from segreport.segment.choose import Candidates, score_candidates, verdict_of
from segreport.segment.methods import Fit, distances_to
from segreport.segment.prepare import Prepared, prepare
from segreport.segment.stability import Repeatability, resample

SMALLEST_MEAN_SIZE = 10
"""No more segments are tried than leave this many customers in each on average."""
TRIED = 3
"""How many of the best k are resampled before one is chosen."""


@dataclass(frozen=True)
class Plan:
    """How to segment: the wanted k (None: choose), its bounds, the seed and the starts.

    ``winsorise`` draws far values in, and ``cap`` draws the columns named in to a quantile; for clustering only.
    """

    k: int | None = None
    k_min: int = 2
    k_max: int = 10
    seed: int = 42
    n_init: int = 10
    transform: str = "auto"
    scale: str = "zscore"
    winsorise: bool = True
    cap: Mapping[str, float] = field(default_factory=dict)


def segment(features: Features, plan: Plan) -> tuple[Segmentation, Assignment]:
    """The cut of the customers, with its verdict, and every customer's place in it.

    Segments are numbered from 1, the largest first. Raises InputError where there are fewer different customers
    than segments.
    """
    prepared = prepare(features, transform=plan.transform, scale=plan.scale, winsorise=plan.winsorise, cap=plan.cap)
    values = prepared.values[prepared.order]
    ks = _range_of_k(plan, values)
    candidates = score_candidates(values, ks, seed=plan.seed, n_init=plan.n_init)
    k, repeats = _choose(values, candidates, plan)
    fit, repeat = _largest_first(candidates.fits[k], repeats[k])
    scores = tuple(replace(s, min_jaccard=_lowest(repeats.get(s.k))) for s in candidates.scores)
    plane, explained = _two_axes(values)
    result = Segmentation(
        method="kmeans",
        k=k,
        seed=plan.seed,
        n_init=plan.n_init,
        features=features.chosen,
        transforms={column: prepared.transforms[column] for column in features.chosen},
        verdict=_verdict(plan, k, scores, repeat),
        reason=_reason(plan, k, scores),
        scores=scores,
        rows_fitted=len(values),
        rows_assigned=len(values),
        k_asked=plan.k is not None,
        agreement=repeat.agreement,
        jaccard=tuple(map(float, repeat.mean)),
        jaccard_min=tuple(map(float, repeat.lowest)),
        resamples=repeat.resamples,
        explained=explained,
    )
    return result, _assign(prepared, features.chosen, fit, plane)


def _range_of_k(plan: Plan, values: np.ndarray) -> range:
    distinct = len(np.unique(values, axis=0))
    lowest = plan.k or plan.k_min
    if distinct <= lowest:
        what = f"{distinct} different customer{'s' if distinct != 1 else ''}"
        raise InputError(
            f"{what} cannot be parted into {lowest} segments that mean anything",
            "add customers, or ask for fewer segments with --k",
        )
    roomy = max(lowest, len(values) // SMALLEST_MEAN_SIZE)
    highest = max(min(plan.k_max, roomy), plan.k or 0)
    return range(min(2, lowest), min(highest, distinct - 1) + 1)


def _choose(values: np.ndarray, candidates: Candidates, plan: Plan) -> tuple[int, dict[int, Repeatability]]:
    """The wanted k; else, of the k with the largest excess, the first whose segments all come back.

    Where nothing stands above data without structure, the smallest k: a practical cut and no more.
    """
    allowed = [s for s in candidates.scores if plan.k_min <= s.k <= plan.k_max]
    ranked = sorted(allowed, key=lambda s: (-s.excess, s.k))
    if plan.k is not None or verdict_of(ranked[0].excess) == "none":
        k = plan.k or min(s.k for s in allowed)
        return k, {k: resample(values, candidates.fits[k], seed=plan.seed)}
    repeats: dict[int, Repeatability] = {}
    for score in ranked[:TRIED]:
        repeats[score.k] = resample(values, candidates.fits[score.k], seed=plan.seed)
        if repeats[score.k].mean.min() >= PATTERN_FROM:
            return score.k, repeats
    return ranked[0].k, repeats


def _lowest(repeat: Repeatability | None) -> float | None:
    return None if repeat is None else float(repeat.mean.min())


def _verdict(plan: Plan, k: int, scores: tuple[KScore, ...], repeat: Repeatability) -> Verdict:
    """What the data hold at their best: a wanted k does not change it, segments that do not come back make it weak."""
    if plan.k is not None:
        return verdict_of(max(s.excess for s in scores))
    verdict = verdict_of(next(s.excess for s in scores if s.k == k))
    return "weak" if verdict == "clear" and repeat.mean.min() < PATTERN_FROM else verdict


def _reason(plan: Plan, k: int, scores: tuple[KScore, ...]) -> str:
    if plan.k is not None:
        return "asked"
    best = max(scores, key=lambda s: s.silhouette)
    return "both" if best.k == k else "excess"


def _largest_first(fit: Fit, repeat: Repeatability) -> tuple[Fit, Repeatability]:
    sizes = np.bincount(fit.labels, minlength=len(fit.centres))
    order = np.lexsort((*fit.centres.T[::-1], -sizes))
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    again = replace(repeat, mean=repeat.mean[order], lowest=repeat.lowest[order])
    return Fit(fit.centres[order], rank[fit.labels], fit.wcss), again


def _two_axes(values: np.ndarray) -> tuple[np.ndarray, float]:
    """Customers on the first two principal axes, signs fixed by the largest loading, and their share of variance."""
    centred = values - values.mean(axis=0)
    _, spread, axes = np.linalg.svd(centred, full_matrices=False)
    signs = np.sign(axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)])
    shares = spread**2 / (spread**2).sum()
    plane = centred @ (axes * signs[:, None])[:2].T
    if plane.shape[1] < 2:
        plane = np.column_stack([plane, np.zeros(len(plane))])
    return plane, float(shares[:2].sum())


def _assign(prepared: Prepared, columns: tuple[str, ...], fit: Fit, plane: np.ndarray) -> Assignment:
    """Back from the order of fitting to the order of the rows and columns."""
    values = prepared.values[prepared.order]
    own = distances_to(values, fit.centres)[np.arange(len(values)), fit.labels]
    back = np.empty_like(prepared.order)
    back[prepared.order] = np.arange(len(back))
    places = [prepared.columns.index(column) for column in columns]
    return Assignment(fit.labels[back] + 1, own[back], plane[back], prepared.values[:, places])
