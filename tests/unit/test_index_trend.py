"""Words of change and reliability: by hand, never without cause, and rarely when nothing changed."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from models.index import Method, rank_draws, reliability, shrink_binomial, trend

NAN = np.nan


def test_only_near_certainty_has_a_word() -> None:
    draws = np.arange(1000.0)[:, None]
    then = np.full((1000, 6), 500.0)
    then[:, 5] = NAN
    # In the columns 975, 974, 25 and 26 of 1,000 draws are better than before; the fifth is always a tie.
    now = np.hstack([draws + 475, draws + 474, draws - 475, draws - 474, draws * 0 + 500, draws]) + 0.5
    now[:, 4] -= 0.5
    found = trend(then, now)
    assert found.probability[:5] == pytest.approx([0.975, 0.974, 0.025, 0.026, 0.5])
    assert found.word.tolist() == ["improved", "steady", "worsened", "steady", "steady", "unknown"]


def test_false_words_are_rare_when_nothing_changed() -> None:
    """The same true shares, counted in two years: at most one region in twenty has a word."""
    rng = np.random.default_rng(3)
    method = Method.of([{"name": "index"}, {"name": "share", "parent": "index"}])
    truth, trials = rng.beta(8, 2, 1500), rng.integers(1, 80, 1500)
    then, now = (
        rank_draws({"share": shrink_binomial(rng.binomial(trials, truth), trials)}, method, 400, seed).index
        for seed in (1, 2)
    )
    false = (trend(then, now).word != "steady").mean()
    assert false <= 0.05
    # And a change of half the scale is found in most.
    lower = shrink_binomial(rng.binomial(trials, truth / 2), trials)
    worse = trend(then, rank_draws({"share": lower}, method, 400, 4).index).word
    assert (worse == "worsened").mean() > 0.5 and (worse == "improved").sum() == 0


def test_reliability_is_the_signal_s_share() -> None:
    # Variance of the means 100, mean squared error 25.
    assert reliability([50.0, 60.0, 70.0, NAN], [5.0, 5.0, 5.0, 1.0]) == pytest.approx(0.8)
    assert reliability([50.0, 60.0], [0.0, 0.0]) == 1.0
    assert reliability([50.0, 50.0], [3.0, 1.0]) == 0.0
    assert np.isnan(reliability([50.0, NAN], [3.0, 1.0])) and np.isnan(reliability([5.0, 5.0], [0.0, 0.0]))


def test_reliability_is_the_squared_correlation_with_the_truth() -> None:
    rng = np.random.default_rng(6)
    truth, trials = rng.beta(8, 2, 4000), rng.integers(1, 40, 4000)
    found = shrink_binomial(rng.binomial(trials, truth), trials)
    squared = np.corrcoef(found.estimate, truth)[0, 1] ** 2
    assert reliability(found.estimate, found.deviation) == pytest.approx(squared, abs=4 / sqrt(4000))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: trend(np.zeros((3, 2)), np.zeros((3, 1))), "the same regions"),
        (lambda: trend(np.zeros(3), np.zeros(3)), "the same regions"),
        (lambda: trend(np.zeros((3, 2)), np.zeros((3, 2)), certain=0.4), "above one half"),
        (lambda: reliability([1.0], [1.0, 2.0]), "two equal rows"),
        (lambda: reliability([1.0], [-1.0]), "not negative"),
    ],
)
def test_what_cannot_be_compared_is_named(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()  # type: ignore[operator]
