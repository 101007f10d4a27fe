"""Numbers of a segment equal those that pandas and scipy give."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from taken import features_of

from segreport.domain import Profile
from segreport.profile import build_profile, stability_of
from segreport.profile.variance import analyse_variance, eta_squared
from segreport.segment import Plan, segment


def test_anova_equals_scipys(sample: Path) -> None:
    rng = np.random.default_rng(0)
    values, labels = rng.normal(size=(300, 2)), rng.integers(1, 4, 300)
    values[:, 0] += labels
    for place, row in enumerate(analyse_variance(values, ("a", "b"), labels)):
        expected = stats.f_oneway(*(values[labels == g, place] for g in (1, 2, 3)))
        assert (row.f, row.p) == pytest.approx((expected.statistic, expected.pvalue))
        assert (row.cluster_df, row.error_df) == (2, 297)


def test_means_shares_and_values_are_the_real_ones(sample: Path) -> None:
    features = features_of(sample)
    segmentation, assignment = segment(features, Plan())
    profile = build_profile(features, segmentation, assignment)
    assert sum(s.size for s in profile.segments) == len(features.frame)
    assert sum(s.value_share or 0 for s in profile.segments) == pytest.approx(1.0)
    own = features.frame[assignment.segment == 2]["Spend_Tea"]
    found = profile.segments[1].columns["Spend_Tea"]
    everyone = features.frame["Spend_Tea"]
    assert (found.mean, found.median, found.n) == pytest.approx((own.mean(), own.median(), len(own)))
    assert found.z == pytest.approx((own.mean() - everyone.mean()) / everyone.std(ddof=0))
    assert found.index == pytest.approx(100 * own.mean() / everyone.mean())
    assert found.eta2 == pytest.approx(eta_squared(everyone, assignment.segment))
    for histogram in profile.histograms.values():
        assert sum(histogram.all) == pytest.approx(1.0)


def profile_of(text: str) -> Profile:
    """The profile of a small table given as text."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        path.write_text(text, encoding="utf-8")
        features = features_of(path)
    segmentation, assignment = segment(features, Plan(k=2))
    return build_profile(features, segmentation, assignment)


@pytest.mark.parametrize(
    ("size", "share", "jaccard", "state"),
    [
        (22, 0.01, 0.99, "tiny"),
        (50, 0.005, 0.99, "tiny"),
        (50, 0.1, 0.8, "stable"),
        (50, 0.1, 0.7, "pattern"),
        (50, 0.1, 0.5, "unstable"),
    ],
)
def test_a_segments_state_follows_the_cuts(size: int, share: float, jaccard: float, state: str) -> None:
    assert stability_of(size, share, jaccard) == state


def test_money_that_is_partly_negative_is_not_shared_out() -> None:
    rng = np.random.default_rng(5)
    source = "".join(f"{n},{n % 2 * 90 - 60 + n % 7},{rng.integers(0, 40)}\n" for n in range(200))
    profile = profile_of("id,revenue,visits\n" + source)
    assert profile.value is None
    assert all(s.value_share is None for s in profile.segments)
