"""Tiers: quantiles against simulation and brute force, intervals hold the rank, cover, and name certainty."""

from __future__ import annotations

from math import erfc, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.index import pair_test, rank_tiers
from models.index.tiers import marginal_quantiles, simultaneous_quantile

NAN = np.nan
FEW = settings(max_examples=30, deadline=None)
REGIONS = st.lists(
    st.tuples(st.integers(0, 30).map(float), st.sampled_from([0.0, 0.5, 1.0, 4.0, 12.0])),
    min_size=1,
    max_size=9,
)


def largest(errors: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """The largest studentised difference of each region in each draw, by all pairs."""
    scaled = noise * errors
    gap = np.abs(scaled[:, :, None] - scaled[:, None, :]) / np.hypot(errors[:, None], errors)
    return gap.max(axis=2)


def test_marginal_quantiles_agree_with_simulation() -> None:
    errors = np.array([0.1, 1.0, 1.5, 2.0, 3.0, 3.0, 9.0])
    drawn = largest(errors, np.random.default_rng(1).standard_normal((60_000, 7)))
    assert marginal_quantiles(errors, 0.9) == pytest.approx(np.quantile(drawn, 0.9, axis=0), abs=0.03)
    # Two regions are one comparison.
    assert marginal_quantiles(np.array([1.0, 3.0]), 0.95) == pytest.approx([1.959964] * 2, abs=1e-4)


def test_many_different_errors_share_quantiles_of_neighbours() -> None:
    errors = np.linspace(1, 5, 230)
    whole = marginal_quantiles(np.linspace(1, 5, 200), 0.9)
    assert marginal_quantiles(errors, 0.9)[[0, -1]] == pytest.approx(whole[[0, -1]], abs=0.05)


def test_the_simultaneous_quantile_is_that_of_all_pairs() -> None:
    errors = np.array([4.0, 0.1, 1.0, 1.5, 2.0, 3.0, 3.0, 9.0])
    noise = np.random.default_rng(5).standard_normal((200, 8))
    brute = np.quantile(largest(np.sort(errors), noise).max(axis=1), 0.9)
    assert simultaneous_quantile(errors, 0.9, 5, 200) == pytest.approx(brute, rel=1e-12)


@FEW
@given(REGIONS, st.floats(0.55, 0.99))
def test_tier_intervals_contain_the_rank(regions: list[tuple[float, float]], level: float) -> None:
    value, error = (np.array(side) for side in zip(*regions, strict=True))
    found = rank_tiers(value, error, level, 3, draws=300)
    assert (found.lower >= 1).all() and (found.upper <= value.size).all()
    assert (found.lower <= found.rank).all() and (found.rank <= found.upper).all()
    assert (found.simultaneous_lower <= found.rank).all() and (found.rank <= found.simultaneous_upper).all()


def test_the_simultaneous_interval_is_the_wider_one() -> None:
    rng = np.random.default_rng(2)
    found = rank_tiers(rng.normal(60, 10, 40), rng.uniform(1, 5, 40), 0.9, 1, draws=2_000)
    assert (found.simultaneous_lower <= found.lower).all() and (found.upper <= found.simultaneous_upper).all()
    assert found.simultaneous_critical > found.critical.max()
    pairs = (found.simultaneous_lower - 1).sum()
    assert found.separated == pytest.approx(pairs / 780) and pairs == (40 - found.simultaneous_upper).sum()


def test_certain_estimates_have_one_rank_and_hopeless_ones_all() -> None:
    sure = rank_tiers([3.0, 1.0, NAN, 3.0 + 1e-12, 2.0], [0.0] * 5, 0.9, 1)
    assert (
        sure.rank.tolist()[:2] == [1.0, 4.0]
        and np.isnan([sure.rank[2], sure.lower[2], sure.critical[2]]).all()
    )
    # Equal ones cannot be told apart: either may be first or second.
    assert sure.lower[[0, 1, 3, 4]].tolist() == [1, 4, 1, 3] and sure.upper[[0, 1, 3, 4]].tolist() == [
        2,
        4,
        2,
        3,
    ]
    lost = rank_tiers([3.0, 1.0, 2.0], [1e6] * 3, 0.9, 1, draws=100)
    assert lost.lower.tolist() == [1] * 3 and lost.upper.tolist() == [3] * 3 and lost.separated == 0
    assert rank_tiers([5.0], [1.0], 0.9, 1).upper.tolist() == [1.0]


def test_intervals_cover_the_true_ranks() -> None:
    rng = np.random.default_rng(11)
    truth, error = np.array([1.0, 2, 2.5, 4, 7, 7.1, 9, 12]), rng.uniform(0.5, 2, 8)
    rank = 1 + (truth[:, None] < truth).sum(axis=1)
    every, single, repeats = 0, 0.0, 200
    for seed in range(repeats):
        found = rank_tiers(truth + error * rng.standard_normal(8), error, 0.9, seed, draws=300)
        every += ((found.simultaneous_lower <= rank) & (rank <= found.simultaneous_upper)).all()
        single += ((found.lower <= rank) & (rank <= found.upper)).mean()
    # Four standard errors of the repeats below the confidence at most.
    least = 0.9 - 4 * sqrt(0.9 * 0.1 / repeats)
    assert every / repeats >= least and single / repeats >= least


def test_same_seed_same_tiers() -> None:
    rng = np.random.default_rng(4)
    value, error = rng.normal(size=30), rng.uniform(1, 2, 30)
    one, two = (rank_tiers(value, error, 0.9, 8, draws=500) for _ in range(2))
    assert one.simultaneous_critical == two.simultaneous_critical
    assert one.simultaneous_critical != rank_tiers(value, error, 0.9, 9, draws=500).simultaneous_critical


def test_a_pair_by_its_own_test() -> None:
    found = pair_test([70.0, 60.0, 50.0, NAN], [3.0, 3.0, 0.0, 1.0], 60.0, [4.0, 4.0, 0.0, 1.0], 0.9)
    assert found.difference.tolist()[:3] == [10.0, 0.0, -10.0]
    assert found.statistic.tolist()[:3] == [2.0, 0.0, -np.inf]
    # P(|Z| > 2) by the complementary error function.
    assert found.p_value[:3] == pytest.approx([erfc(2 / sqrt(2)), 1.0, 0.0])
    assert found.claim.tolist() == [1, 0, -1, 0]
    assert pair_test(70.0, 3.0, 60.0, 4.0, 0.96).claim == 0


@pytest.mark.parametrize("level", [0.05, 0.5, 1.0, 95])
def test_a_level_is_a_confidence(level: float) -> None:
    with pytest.raises(ValueError, match="confidence"):
        rank_tiers([1.0], [1.0], level, 1)
    with pytest.raises(ValueError, match="confidence"):
        pair_test(1.0, 1.0, 2.0, 1.0, level)


@pytest.mark.parametrize(
    ("errors", "message"), [([1.0], "two equal rows"), ([1.0, NAN], "needs"), ([1.0, -1.0], "needs")]
)
def test_every_estimate_needs_its_error(errors: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        rank_tiers([1.0, 2.0], errors, 0.9, 1)
