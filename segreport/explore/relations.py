"""Which columns go together, and how closely: ranks for measures, means by category, counts of categories."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segreport.domain import Correlations, Features, Measure, Relation

RELATED_FROM = 0.1
"""Below this strength nothing is called a relation, however many customers there are."""
SURE = 3.7
"""What is called a relation lies this many standard deviations beyond chance: about one in ten thousand."""
MOST_COLUMNS, MOST_VALUES = 12, 30
PAIRS, OF_CATEGORIES, BOTH_CATEGORIES = 4, 2, 1
NAMED_FROM = 30
"""Customers that a category needs before its mean is named."""
EXACT_ROWS = 20_000
"""Up to so many customers, ranks are taken anew for each pair among those who have both values."""
PARTS = {"value": "spend", "orders": "channel"}


def relate(features: Features) -> tuple[Correlations, tuple[Relation, ...], Relation | None]:
    """The correlations shown, the strongest relations of all kinds, and the closest pair of measures."""
    frame = features.frame[[m.column for m in _comparable(features)]]
    rough = frame.rank().corr().to_numpy("float64", copy=True)
    ranked = _pairs(frame, rough)
    spoken = _varied([r for r in ranked if _is_related(r.strength, r.effect**2 * (r.n - 1), 1)])
    shown = _shown(features, frame, rough, spoken)
    places = [list(frame.columns).index(column) for column in shown]
    correlations = _correlations(frame[shown], rough[np.ix_(places, places)])
    strongest = _settled(ranked[:1], correlations)
    categories = _coded(features)
    relations = [*_settled(spoken, correlations), *_by_category(features, categories), *_across(categories)]
    relations.sort(key=lambda relation: -relation.strength)
    return correlations, tuple(relations), strongest[0] if strongest else None


def _comparable(features: Features) -> list[Measure]:
    """The measures without those that go together because one was made from the other: sums, their parts, gaps."""
    roles = {m.role for m in features.measures}
    made = [m for m in features.measures if m.aside or (m.derived and (m.role == "flag" or PARTS.get(m.role) in roles))]
    return [m for m in features.measures if m not in made and features.frame[m.column].nunique() > 1]


def _pairs(frame: pd.DataFrame, rho: np.ndarray) -> list[Relation]:
    """Every pair of measures, the closest first."""
    columns = list(frame.columns)
    present = [np.packbits(frame[column].notna().to_numpy()) for column in columns]
    found = []
    for a, b in zip(*np.triu_indices(len(columns), 1), strict=True):
        effect, both = float(rho[a, b]), int(np.bitwise_count(present[a] & present[b]).sum())
        if math.isfinite(effect):
            found.append(Relation("rho", columns[a], columns[b], effect, both, abs(effect)))
    return sorted(found, key=lambda relation: (-round(relation.strength, 9), relation.first, relation.second))


def _is_related(strength: float, statistic: float, freedom: int) -> bool:
    """Strong enough to matter, and too strong for chance: ``statistic`` is chi-squared where there is no relation."""
    if strength < RELATED_FROM or freedom < 1:
        return False
    spread = 2 / (9 * freedom)  # Wilson and Hilferty (1931): its cube root is close to normal
    return bool(((statistic / freedom) ** (1 / 3) - (1 - spread)) / math.sqrt(spread) >= SURE)


def _varied(pairs: list[Relation]) -> list[Relation]:
    """The closest pairs, each column named once, and the closest of those where one falls as the other rises."""
    kept: list[Relation] = []
    for pair in pairs:
        named = {column for other in kept for column in (other.first, other.second)}
        if len(kept) < PAIRS and not named & {pair.first, pair.second}:
            kept.append(pair)
    falling = next((pair for pair in pairs if pair.effect < 0), None)
    return kept if falling is None or falling in kept else [*kept, falling]


def _shown(features: Features, frame: pd.DataFrame, rho: np.ndarray, spoken: list[Relation]) -> list[str]:
    """The columns of the picture: those that sentences name, then what forms the segments, then the most related."""
    strength = np.nanmax(np.abs(np.where(np.eye(len(rho), dtype=bool), np.nan, rho)), axis=1) if len(rho) > 1 else [0.0]
    by_strength = [str(frame.columns[place]) for place in np.argsort(-np.nan_to_num(strength), kind="stable")]
    named = [column for pair in spoken for column in (pair.first, pair.second)]
    forming = [column for column in by_strength if column in features.chosen]
    wanted = list(dict.fromkeys([*named, *forming, *by_strength]))[:MOST_COLUMNS]
    return [column for column in frame.columns if column in wanted]


def _correlations(frame: pd.DataFrame, rough: np.ndarray) -> Correlations:
    rho = frame.corr(method="spearman").to_numpy("float64") if len(frame) <= EXACT_ROWS else rough
    order = _side_by_side(np.nan_to_num(rho))
    rows = tuple(tuple(float(rho[a, b]) if math.isfinite(rho[a, b]) else None for b in order) for a in order)
    return Correlations(tuple(str(frame.columns[place]) for place in order), rows)


def _side_by_side(rho: np.ndarray) -> list[int]:
    """Related columns beside each other: runs of columns are joined at their closest ends, the closest runs first."""
    runs = [[place] for place in range(len(rho))]
    while len(runs) > 1:
        pairs = [(a, b) for a in range(len(runs)) for b in range(a + 1, len(runs))]
        a, b = max(pairs, key=lambda pair: round(float(rho[np.ix_(runs[pair[0]], runs[pair[1]])].mean()), 9))
        ways = [(one, other) for one in (runs[a], runs[a][::-1]) for other in (runs[b], runs[b][::-1])]
        first, second = max(ways, key=lambda way: round(float(rho[way[0][-1], way[1][0]]), 9))
        runs = [run for place, run in enumerate(runs) if place not in (a, b)] + [first + second]
    order = runs[0] if runs else []
    return order if not order or order.index(0) <= len(order) / 2 else order[::-1]


def _settled(pairs: list[Relation], correlations: Correlations) -> list[Relation]:
    """The pairs with the figure that the picture shows."""
    found = []
    for pair in pairs:
        a, b = (correlations.columns.index(column) for column in (pair.first, pair.second))
        rho = correlations.rho[a][b] or 0.0
        found.append(Relation("rho", pair.first, pair.second, rho, pair.n, abs(rho)))
    return found


@dataclass(frozen=True)
class _Coded:
    """A category as numbers: the place of its value for every customer, -1 where there is none."""

    column: str
    codes: np.ndarray
    names: tuple[str, ...]


def _coded(features: Features) -> list[_Coded]:
    """The categories whose values are few enough to compare."""
    found = []
    for column in features.categories:
        codes, names = pd.factorize(features.frame[column], sort=True)
        if 2 <= len(names) <= MOST_VALUES:
            found.append(_Coded(column, codes, tuple(map(str, names))))
    return found


def _by_category(features: Features, categories: list[_Coded]) -> list[Relation]:
    """The measures whose means differ most between the values of a category, each column named once."""
    measures = [m.column for m in _comparable(features) if m.unit != "share"]
    numbers = {column: features.frame[column].to_numpy("float64") for column in measures} if categories else {}
    found = [_means(category, column, numbers[column]) for category in categories for column in numbers]
    ranked = sorted((r for r in found if r), key=lambda r: (-round(r.strength, 9), r.first, r.second))
    kept: list[Relation] = []
    for relation in ranked:
        if len(kept) < OF_CATEGORIES and not any({relation.first, relation.second} & {r.first, r.second} for r in kept):
            kept.append(relation)
    return kept


def _means(category: _Coded, column: str, numbers: np.ndarray) -> Relation | None:
    both = (category.codes >= 0) & ~np.isnan(numbers)
    values, codes = numbers[both], category.codes[both]
    sizes = np.bincount(codes, minlength=len(category.names))
    groups = int((sizes > 0).sum())
    total = float(values.var() * len(values)) if len(values) > groups > 1 else 0.0
    named = [place for place, size in enumerate(sizes) if size >= NAMED_FROM]
    if not total or len(named) < 2:
        return None
    means = np.bincount(codes, values, minlength=len(sizes)) / np.maximum(sizes, 1)
    eta2 = float((sizes * (means - values.mean()) ** 2).sum()) / total
    fair = max(0.0, 1 - (1 - eta2) * (len(values) - 1) / (len(values) - groups))
    if not _is_related(math.sqrt(fair), eta2 * (len(values) - 1), groups - 1):
        return None
    ends = (min(named, key=lambda place: means[place]), max(named, key=lambda place: means[place]))
    told = tuple((category.names[place], float(means[place])) for place in ends)
    return Relation("eta2", category.column, column, eta2, len(values), math.sqrt(fair), told)


def _across(categories: list[_Coded]) -> list[Relation]:
    """The categories that go together most closely."""
    pairs = [(a, b) for place, a in enumerate(categories) for b in categories[place + 1 :]]
    found = [relation for a, b in pairs if (relation := _counts(a, b))]
    return sorted(found, key=lambda r: (-round(r.strength, 9), r.first, r.second))[:BOTH_CATEGORIES]


def _counts(first: _Coded, second: _Coded) -> Relation | None:
    """Cramer's V without its bias (Bergsma 2013); nothing where one says what the other is."""
    table = _cross(first, second)
    n, (rows, columns) = table.sum(), table.shape
    if n < 2 or min(rows, columns) < 2 or any(((table > 0).sum(axis=axis) == 1).all() for axis in (0, 1)):
        return None
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / n
    chi2, freedom = float(((table - expected) ** 2 / expected).sum()), (rows - 1) * (columns - 1)
    fair_rows, fair_columns = (count - (count - 1) ** 2 / (n - 1) for count in (rows, columns))
    v = math.sqrt(max(0.0, chi2 / n - freedom / (n - 1)) / (min(fair_rows, fair_columns) - 1))
    return Relation("v", first.column, second.column, v, int(n), v) if _is_related(v, chi2, freedom) else None


def _cross(first: _Coded, second: _Coded) -> np.ndarray:
    """How many customers have each pair of values, among those who have both; no empty row or column."""
    both = (first.codes >= 0) & (second.codes >= 0)
    places = first.codes[both] * len(second.names) + second.codes[both]
    table = np.bincount(places, minlength=len(first.names) * len(second.names)).reshape(len(first.names), -1)
    return table[table.any(axis=1)][:, table.any(axis=0)].astype("float64")
