"""The tables of the exploration: every measure in figures, the correlations, the relations in words, the gaps."""

from __future__ import annotations

from collections.abc import Mapping

from segreport.domain import Distribution, Exploration, Measure, Role, Sentence, Table
from segreport.narrate.explore import label_of

EFFECTS = {"rho": "Spearman’s rho", "eta2": "Eta squared", "v": "Cramér’s V"}
SPREAD_HEADS = (
    "Measure", "Customers with a value", "Empty", "Mean", "Median", "sd", "Lowest", "Lower quartile", "Upper quartile",
    "Highest", "Skewness", "Outliers", "Far outliers", "Farthest outlier",
)  # fmt: skip


def build_exploration(
    x: Exploration | None, measures: tuple[Measure, ...], roles: Mapping[str, Role], told: list[Sentence]
) -> tuple[Table, ...]:
    """The tables; none for a report that was saved without an exploration."""
    if x is None:
        return ()
    by_column = {m.column: m for m in measures}
    return (
        _distributions(x, measures),
        _correlations(x, by_column),
        _relations(x, by_column, roles, told),
        _gaps(x, by_column, roles),
    )


def _distributions(x: Exploration, measures: tuple[Measure, ...]) -> Table:
    rows = tuple((m.label, *_figures(x.distributions[m.column])) for m in measures)
    notes = (
        "Outliers lie more than one and a half interquartile ranges beyond the quartiles, far ones more than three.",
        "None is counted where the quartiles coincide, as every other value would be one.",
    )
    ends = [x.distributions[m.column] for m in measures if x.distributions[m.column].n]
    fine = 0 if all(end == int(end) for d in ends for end in (d.low, d.high)) else 2
    decimals = (None, 0, 0, 2, 2, 2, fine, 2, 2, fine, 2, 0, 0, fine)
    return Table("distributions", "Every measure in figures", SPREAD_HEADS, rows, notes, (), decimals)


def _figures(d: Distribution) -> tuple[float | int | None, ...]:
    if not d.n:
        return (d.n, d.missing, *[None] * (len(SPREAD_HEADS) - 3))
    moments = (d.mean, d.median, d.sd, d.low, d.q1, d.q3, d.high, d.skewness)
    return (d.n, d.missing, *moments, d.outliers, d.far, d.farthest)


def _correlations(x: Exploration, measures: Mapping[str, Measure]) -> Table:
    labels = tuple(measures[column].label for column in x.correlations.columns)
    rows = tuple((label, *row) for label, row in zip(labels, x.correlations.rho, strict=True))
    note = "Spearman’s rho among the customers who have both values; sums of other measures are left out."
    return Table("correlations", "Correlations", ("Measure", *labels), rows, (note,), (), (None, *[2] * len(labels)))


def _relations(
    x: Exploration, measures: Mapping[str, Measure], roles: Mapping[str, Role], told: list[Sentence]
) -> Table:
    sentences = [sentence.text for sentence in told if sentence.section == "relations"]
    rows = tuple(
        (label_of(r.first, measures, roles), label_of(r.second, measures, roles), EFFECTS[r.kind], r.effect, r.n, text)
        for r, text in zip(x.relations, sentences, strict=True)
    )
    heads = ("One column", "The other", "Measured by", "Strength", "Customers", "In words")
    return Table("relations", "The strongest relations", heads, rows, decimals=(None, None, None, 2, 0, None))


def _gaps(x: Exploration, measures: Mapping[str, Measure], roles: Mapping[str, Role]) -> Table:
    """A row a column; what these customers differ in, where they do."""
    rows = []
    for gap in x.gaps:
        differs = measures[gap.differs_in].label if gap.differs_in else None
        means = gap.means or (None, None)
        rows += [(label_of(column, measures, roles), gap.customers, *means, differs) for column in gap.columns]
    heads = ("Column", "Customers without a value", "Their mean", "Mean of the others", "In which measure")
    return Table("missing", "Empty cells", heads, tuple(rows))
