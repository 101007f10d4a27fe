"""The exploration counts what is there, relates what goes together, and is silent where nothing does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from segreport.domain import CleanTable, Exploration, Features, Measure, RoleName, Unit
from segreport.explore import explore
from segreport.explore.spread import describe_spread

ROWS = 600
RNG = np.random.default_rng(11)
A, B, C, D = (RNG.normal(50, 10, ROWS) for _ in range(4))


def measure(column: str, role: RoleName = "number", unit: Unit = "number", *, derived: bool = False) -> Measure:
    return Measure(column, column.capitalize(), "Behaviour", unit, role, derived=derived)


def features(
    columns: dict[str, Any], measures: Sequence[Measure] | None = None, categories: Sequence[str] = ()
) -> Features:
    frame = pd.DataFrame(columns)
    told = tuple(measures or (measure(column) for column in columns if column not in categories))
    chosen = tuple(m.column for m in told)
    ids = pd.Series(range(len(frame))).astype(str)
    return Features(frame, ids, told, tuple(categories), chosen, None, {}, cast(CleanTable, None))


def explored(columns: dict[str, Any], **options: Any) -> Exploration:
    return explore(features(columns, **options))


def test_the_figures_of_a_distribution_are_those_of_numpy() -> None:
    values = np.append(A, [np.nan, np.nan])
    spread = describe_spread("a", values)
    assert (spread.n, spread.missing) == (ROWS, 2)
    assert (spread.mean, spread.sd) == (pytest.approx(A.mean()), pytest.approx(A.std()))
    assert [spread.q1, spread.median, spread.q3] == pytest.approx(np.percentile(A, [25, 50, 75]).tolist())
    assert (spread.low, spread.high) == (A.min(), A.max())
    assert spread.skewness == pytest.approx(((A - A.mean()) ** 3).mean() / A.std() ** 3)
    assert sum(spread.counts) == ROWS - spread.far


def test_one_income_of_666_666_is_far_out_and_not_in_the_bars() -> None:
    spread = describe_spread("income", np.append(A * 1000, 666_666.0))
    assert (spread.far, spread.farthest, spread.high) == (1, 666_666.0, 666_666.0)
    assert spread.near[1] == spread.edges[-1] == pytest.approx((A * 1000).max())
    assert sum(spread.counts) == ROWS


def test_outliers_below_are_counted_too() -> None:
    spread = describe_spread("a", np.append(A, -900.0))
    assert (spread.far, spread.farthest) == (1, -900.0)


def test_nothing_is_an_outlier_where_half_of_all_customers_share_one_value() -> None:
    spread = describe_spread("a", np.array([0.0] * 90 + [5.0] * 10))
    assert (spread.outliers, spread.far, spread.farthest) == (0, 0, None)


def test_whole_numbers_are_binned_in_whole_steps() -> None:
    few = describe_spread("a", np.array([0.0, 1, 1, 2, 2, 2, 3]))
    assert few.counts == (1, 2, 3, 1)
    many = describe_spread("a", np.arange(100.0))
    assert set(many.counts) == {5}


@pytest.mark.parametrize("values", [[], [np.nan, np.nan], [3.0], [3.0, 3.0]])
def test_columns_with_nothing_to_describe_are_described_as_that(values: list[float]) -> None:
    spread = describe_spread("a", np.array(values, "float64"))
    assert spread.n == sum(not np.isnan(v) for v in values)
    assert spread.sd == spread.skewness == 0.0


def test_correlations_are_ranks_among_those_who_have_both_values() -> None:
    gappy = np.where(np.arange(ROWS) % 7 == 0, np.nan, A + B)
    found = explored({"a": A, "b": np.exp(A / 10), "c": gappy}).correlations
    expected = pd.DataFrame({"a": A, "b": np.exp(A / 10), "c": gappy}).corr(method="spearman")
    for x, row in zip(found.columns, found.rho, strict=True):
        for y, rho in zip(found.columns, row, strict=True):
            assert rho == pytest.approx(expected.loc[x, y])
    assert expected.loc["a", "b"] == pytest.approx(1.0)


def test_the_closest_pair_comes_first_with_its_size() -> None:
    found = explored({"a": A, "b": A + 0.3 * B, "c": -A + 2 * C, "d": D})
    first = found.relations[0]
    assert (first.kind, {first.first, first.second}, first.n) == ("rho", {"a", "b"}, ROWS)
    assert found.strongest == first


def test_a_pair_where_one_falls_as_the_other_rises_is_always_named() -> None:
    found = explored({"a": A, "b": A + 0.3 * B, "c": -A + 2 * C})
    assert any(relation.effect < 0 for relation in found.relations)


def test_nothing_is_called_related_where_nothing_is() -> None:
    found = explored({"a": A, "b": B, "c": C, "d": D, "city": RNG.choice(list("xyz"), ROWS)}, categories=["city"])
    assert found.relations == ()
    assert found.strongest is not None
    assert found.strongest.strength < 0.15


def test_a_handful_of_customers_is_not_enough_for_a_relation() -> None:
    assert explored({"a": A[:12], "b": A[:12] + 2 * B[:12]}).relations == ()


def test_sums_of_other_measures_are_left_out_and_sums_of_nothing_shown_are_not() -> None:
    total = measure("spending", "value", "money", derived=True)
    parts = [measure("wine", "spend", "money"), measure("meat", "spend", "money")]
    columns = {"spending": A + B, "wine": A, "meat": B}
    assert "spending" not in explored(columns, measures=[total, *parts]).correlations.columns
    assert "spending" in explored({"spending": A + B, "c": A}, measures=[total, measure("c")]).correlations.columns


def test_related_columns_stand_together() -> None:
    columns = explored({"a": A, "b": B, "a2": A + 0.2 * C, "b2": B + 0.2 * D}).correlations.columns
    assert abs(columns.index("a") - columns.index("a2")) == abs(columns.index("b") - columns.index("b2")) == 1


def test_a_category_is_related_by_its_means_and_small_ones_are_not_named() -> None:
    groups = np.array(["low"] * 290 + ["high"] * 290 + ["rare"] * 20)
    values = A + np.where(groups == "high", 12, 0) + np.where(groups == "rare", 90, 0)
    (relation,) = explored({"a": values, "group": groups}, categories=["group"]).relations
    assert (relation.kind, relation.first, relation.second) == ("eta2", "group", "a")
    assert [name for name, _ in relation.means] == ["low", "high"]
    between = sum(len(own) * (own.mean() - values.mean()) ** 2 for own in (values[groups == g] for g in set(groups)))
    assert relation.effect == pytest.approx(between / (values.var() * ROWS))


def test_two_categories_are_related_by_cramers_v_without_its_bias() -> None:
    first = RNG.choice(list("xy"), ROWS)
    second = np.where(RNG.random(ROWS) < 0.8, first, RNG.choice(list("xy"), ROWS))
    (relation,) = explored({"a": A, "f": first, "s": second}, categories=["f", "s"]).relations
    assert relation.kind == "v"
    assert 0.7 < relation.effect < 0.9


def test_a_category_that_names_what_another_holds_is_not_related_to_it() -> None:
    city = RNG.choice(["Rome", "Milan", "Paris", "Lyon"], ROWS)
    country = np.where(np.isin(city, ["Rome", "Milan"]), "Italy", "France")
    assert explored({"a": A, "city": city, "country": country}, categories=["city", "country"]).relations == ()


def test_columns_that_are_empty_for_the_same_customers_are_one_gap() -> None:
    a, b = A.copy(), B.copy()
    a[:40] = b[:40] = np.nan
    (gap,) = explored({"a": a, "b": b, "c": C}).gaps
    assert (gap.columns, gap.customers, gap.differs_in) == (("a", "b"), 40, None)


def test_customers_with_a_gap_are_compared_only_where_they_differ() -> None:
    a = np.where(np.percentile(B, 85) < B, np.nan, A)
    (gap,) = explored({"a": a, "b": B, "c": C}).gaps
    assert gap.differs_in == "b"
    assert gap.means is not None
    assert gap.means[0] > gap.means[1] + 10


def test_neither_the_order_of_rows_nor_of_columns_changes_what_is_found() -> None:
    columns = {"a": A, "b": A + 0.3 * B, "c": -A + 2 * C, "d": D, "group": np.where(A + D > 100, "x", "y")}
    turned = {name: columns[name][::-1] for name in ("group", "d", "c", "b", "a")}
    one, other = (explored(table, categories=["group"]) for table in (columns, turned))
    assert [{r.first, r.second} for r in one.relations] == [{r.first, r.second} for r in other.relations]
    assert [r.effect for r in one.relations] == pytest.approx([r.effect for r in other.relations])


@pytest.mark.parametrize("columns", [{"a": A}, {"a": A, "b": np.full(ROWS, 3.0)}, {"a": np.full(ROWS, np.nan), "b": B}])
def test_a_table_with_one_column_that_varies_has_no_pairs(columns: dict[str, np.ndarray]) -> None:
    found = explored(columns)
    assert found.relations == ()
    assert found.strongest is None
    assert len(found.correlations.columns) == 1


def test_the_farthest_reaching_measure_of_every_group_is_shown_first() -> None:
    spread = {f"m{n}": A + n for n in range(12)} | {"wild": np.append(A[1:], 5000.0)}
    found = explored(spread)
    assert len(found.shown) == 8
    assert "wild" in found.shown
    assert set(found.distributions) == set(spread)


def test_parts_of_a_sum_and_flags_of_gaps_are_not_related_to_what_they_come_from() -> None:
    kids = replace(measure("kids", "children", "count"), aside=True)
    told = [measure("home", "children", "count", derived=True), kids, measure("gap", "flag", "share", derived=True)]
    found = explored({"home": A + B, "kids": A, "gap": A > 50, "c": C}, measures=[*told, measure("c")])
    assert set(found.correlations.columns) == {"home", "c"}
    assert found.relations == ()
