"""Segments that are there are found, segments that are not there are denied, and no order changes either."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import taken

from segreport.domain import Features
from segreport.errors import InputError
from segreport.segment import Plan, segment


def features_of(path: Path, *asked: str) -> Features:
    return taken.features_of(path, asked=asked)


def features_from(frame: pd.DataFrame, *asked: str) -> Features:
    return taken.features_of({str(name): frame[name].astype(str).tolist() for name in frame}, asked=asked)


def test_the_four_kinds_of_the_sample_are_found_and_called_clear(sample: Path) -> None:
    result, assignment = segment(features_of(sample), Plan())
    assert (result.k, result.verdict) == (4, "clear")
    assert sorted(np.bincount(assignment.segment)[1:], reverse=True) == list(np.bincount(assignment.segment)[1:])
    assert min(result.jaccard) > 0.95


def test_the_mall_has_its_five_known_groups(shared: Path) -> None:
    result, assignment = segment(
        features_of(shared / "Mall_Customers.csv", "annual_income_thousands", "spending_score"), Plan()
    )
    assert list(np.bincount(assignment.segment)[1:]) == [81, 39, 35, 23, 22]
    assert result.verdict != "none"


def test_noise_is_called_noise(shared: Path) -> None:
    result, _ = segment(
        features_of(shared / "customer_segmentation_1000.csv", "income", "spending_score", "purchase_frequency"), Plan()
    )
    assert result.verdict == "none"


def test_neither_the_order_of_rows_nor_of_columns_changes_a_segment(sample: Path) -> None:
    features = features_of(sample)
    first = segment(features, Plan())[1].segment
    order = np.random.default_rng(1).permutation(len(features.frame))
    shuffled = replace(
        features,
        frame=features.frame.iloc[order][list(features.frame)[::-1]].reset_index(drop=True),
        chosen=features.chosen[::-1],
    )
    assert (segment(shuffled, Plan())[1].segment == first[order]).all()


def test_the_unit_of_a_column_changes_no_segment(sample: Path) -> None:
    features = features_of(sample)
    scaled = features.frame.assign(Income=features.frame["Income"] / 1000)
    assert (segment(replace(features, frame=scaled), Plan())[1].segment == segment(features, Plan())[1].segment).all()


def test_where_there_is_nothing_the_practical_cut_is_the_smallest(shared: Path) -> None:
    noise = features_of(shared / "customer_segmentation_1000.csv", "income", "spending_score", "purchase_frequency")
    assert segment(noise, Plan())[0].k == 2
    assert segment(noise, Plan(k_min=3, k_max=6))[0].k == 3


def test_a_wanted_k_wins_and_the_verdict_stands(shared: Path) -> None:
    noise = features_of(shared / "customer_segmentation_1000.csv", "income", "spending_score", "purchase_frequency")
    result, _ = segment(noise, Plan(k=3))
    assert (result.k, result.k_asked, result.verdict) == (3, True, "none")


def test_a_published_result_is_reproduced_exactly(shared: Path) -> None:
    """z-scores, ten starts, seed 0, rows in the order of the file: the sizes that scikit-learn gives."""
    features = features_of(shared / "customer_segmentation_1000.csv", "income", "spending_score", "purchase_frequency")
    _, assignment = segment(features, Plan(k=3, seed=0, n_init=10, transform="none"))
    assert list(np.bincount(assignment.segment)[1:]) == [337, 334, 329]


def test_one_absurd_income_forms_no_segment_of_its_own(campaign: Path) -> None:
    _, assignment = segment(features_of(campaign), Plan(k=5))
    assert np.bincount(assignment.segment)[1:].min() > 30


def test_fewer_customers_than_segments_are_refused() -> None:
    few = features_from(pd.DataFrame({"spend": [1, 2, 3, 1], "orders": [3, 1, 2, 3]}))
    with pytest.raises(InputError, match="3 different customers cannot be parted into 4 segments"):
        segment(few, Plan(k=4))
    with pytest.raises(InputError, match="1 different customer cannot"):
        segment(
            features_from(pd.DataFrame({"age": [30, 30, 31], "x": [1, 1, 1]})).__class__(
                **{**few.__dict__, "frame": few.frame * 0}
            ),
            Plan(),
        )


def test_a_cap_draws_a_column_in_to_form_segments_and_changes_no_figure(sample: Path) -> None:
    features = features_of(sample)
    column = features.chosen[0]
    before = features.frame[column].copy()
    plain, _ = segment(features, Plan(k=3))
    capped, _ = segment(features, Plan(k=3, cap={column: 0.6}))
    assert capped.scores[1].wcss != plain.scores[1].wcss
    assert features.frame[column].equals(before)
