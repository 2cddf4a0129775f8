"""Means of scores: worked examples, what is known of every mean, and places with ties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from models.index.aggregate import METHODS, aggregate
from models.index.rank import rank_min

NAN = np.nan
SCORE = st.floats(1.0, 100.0)


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("arithmetic", (0.5 * 100 + 0.25 * 50 + 0.25 * 1)),
        ("geometric", 100**0.5 * 50**0.25 * 1**0.25),
        ("harmonic", 1 / (0.5 / 100 + 0.25 / 50 + 0.25 / 1)),
    ],
)
def test_worked_examples(method: str, expected: float) -> None:
    assert aggregate([[100.0, 50.0, 1.0]], [2, 1, 1], method) == pytest.approx([expected])


@pytest.mark.parametrize("method", METHODS)
def test_what_is_missing_gives_its_weight_to_the_others(method: str) -> None:
    with_gap = aggregate([[40.0, NAN, 90.0], [NAN, NAN, NAN]], [0.2, 0.6, 0.2], method)
    assert with_gap[0] == pytest.approx(aggregate([[40.0, 90.0]], [1, 1], method)[0])
    assert np.isnan(with_gap[1])


def test_two_thirds_are_enough_and_less_is_not() -> None:
    thirds = [1 / 3, 1 / 3, 1 / 3]
    scores = [[10.0, 20.0, NAN], [10.0, NAN, NAN]]
    found = aggregate(scores, thirds, "arithmetic", least_share=2 / 3)
    assert found[0] == pytest.approx(15.0) and np.isnan(found[1])
    just_short = aggregate([[10.0, NAN]], [0.6666, 0.3334], "arithmetic", least_share=2 / 3)
    assert np.isnan(just_short[0])


def test_a_lowest_score_can_stand_for_what_is_not_available() -> None:
    available = [[True, True, False], [True, False, False]]
    found = aggregate(
        [[70.0, 70.0, 1.0]] * 2, [1, 1, 1], "arithmetic", least_share=2 / 3, available=available
    )
    assert found[0] == pytest.approx(47.0) and np.isnan(found[1])


def test_weights_may_differ_by_region_and_a_row_without_weight_has_no_mean() -> None:
    found = aggregate([[10.0, 90.0]] * 3, [[1, 0], [0, 1], [0, 0]], "geometric")
    assert found[:2] == pytest.approx([10.0, 90.0]) and np.isnan(found[2])


@pytest.mark.parametrize("method", ["geometric", "harmonic"])
def test_a_zero_with_weight_makes_zero_and_one_without_does_not(method: str) -> None:
    assert aggregate([[0.0, 80.0]], [1, 1], method) == pytest.approx([0.0])
    assert aggregate([[0.0, 80.0]], [0, 1], method) == pytest.approx([80.0])


@pytest.mark.parametrize(
    ("scores", "weights", "method", "message"),
    [
        ([[1.0]], [1], "median", "unknown method"),
        ([1.0], [1], "arithmetic", "regions × indicators"),
        ([[1.0, 2.0]], [1], "arithmetic", "do not fit"),
        ([[1.0]], [-1], "arithmetic", "not negative"),
        ([[1.0]], [NAN], "arithmetic", "finite"),
        ([[-1.0]], [1], "geometric", "not negative"),
        ([[-1.0]], [1], "harmonic", "not negative"),
    ],
)
def test_what_cannot_be_aggregated_is_named(scores: list, weights: list, method: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        aggregate(scores, weights, method)


@given(hnp.arrays(float, (4, 3), elements=SCORE), hnp.arrays(float, 3, elements=st.floats(0.01, 1)))
def test_means_lie_in_order_and_between_the_scores(scores: np.ndarray, weights: np.ndarray) -> None:
    high, middle, low = (aggregate(scores, weights, m) for m in ("arithmetic", "geometric", "harmonic"))
    near = 1e-9
    assert (high >= middle - near).all() and (middle >= low - near).all()
    assert (low >= scores.min(axis=1) - near).all() and (high <= scores.max(axis=1) + near).all()


@given(hnp.arrays(float, (1, 3), elements=SCORE), st.integers(0, 2), st.sampled_from(sorted(METHODS)))
def test_a_better_score_never_lowers_a_mean(scores: np.ndarray, which: int, method: str) -> None:
    better = scores.copy()
    better[0, which] += 1
    assert aggregate(better, [3, 2, 1], method)[0] >= aggregate(scores, [3, 2, 1], method)[0]


def test_equal_scores_share_the_better_place() -> None:
    places = rank_min([70.0, 90.0, NAN, 70.0, 50.0, 70.0 + 1e-12])
    assert places.tolist()[:2] + places.tolist()[3:] == [2.0, 1.0, 2.0, 5.0, 2.0] and np.isnan(places[2])
    assert rank_min([]).size == 0
    with pytest.raises(ValueError, match="one row"):
        rank_min([[1.0]])


@given(st.lists(st.integers(0, 9), min_size=1, max_size=30))
def test_a_place_is_one_more_than_the_number_of_better_ones(scores: list[int]) -> None:
    assert rank_min(scores).tolist() == [1 + sum(other > mine for other in scores) for mine in scores]
