"""Draws of the index: known distributions, what does not vary, ranks by draw, coverage, the same bytes."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from models.index import Method, exact, rank_draws, rank_min, shrink_binomial, shrink_poisson
from models.index import draws as module
from models.index.draws import ranks

NAN = np.nan
TWO = Method.of(
    [
        {"name": "index", "mean": "geometric"},
        {"name": "x", "parent": "index"},
        {"name": "y", "parent": "index"},
        {"name": "rate", "parent": "x", "knots": ((1, 1), (0, 100))},
        {"name": "share", "parent": "x", "knots": ((50, 1), (100, 100))},
        {"name": "debt", "parent": "y"},
    ],
    missing_score=1.0,
)
COUNT, EXPOSURE = [1, 5, 9, 2, 0], [10, 20, 12, 30, 0]
POSTERIORS = {
    "rate": shrink_poisson(COUNT, EXPOSURE),
    "share": shrink_binomial([30, 25, NAN, 9, 3], [40, 30, NAN, 10, 4]).scaled(100),
    "debt": exact([80.0, 70.0, 60.0, 50.0, 40.0], 0.03),
}


def test_one_normal_indicator_has_its_own_interval() -> None:
    plain = Method.of([{"name": "index"}, {"name": "debt", "parent": "index"}])
    found = rank_draws({"debt": exact([80.0, 70.0, 20.0], 0.03)}, plain, 40_000, 1)
    assert found.mean == pytest.approx([80, 70, 20], rel=2e-3)
    assert found.standard_error == pytest.approx([2.4, 2.1, 0.6], rel=0.03)
    assert found.lower[0] == pytest.approx(80 - 1.6449 * 2.4, abs=0.1)
    assert found.upper[0] == pytest.approx(80 + 1.6449 * 2.4, abs=0.1)
    assert found.lower_rank.tolist() == [1, 2, 3] and found.upper_rank.tolist() == [1, 2, 3]


def test_what_is_missing_does_not_vary_and_what_is_left_out_counts_nowhere() -> None:
    found = rank_draws(POSTERIORS, TWO, 400, 1)
    silent = rank_draws({"share": POSTERIORS["share"], "debt": exact([50.0] * 5)}, TWO, 400, 1)
    # Only the share is left in x: region 2, which did not report it, scores 1 in every draw.
    assert silent.index[:, 2] == pytest.approx(np.full(400, sqrt(1 * 50)))
    assert set(found.node_mean) == {"x", "y"} and (found.node_error["x"] > 0).all()
    strict = replace(
        TWO,
        nodes=tuple(replace(n, least_share=1.0, required=True) if n.name == "x" else n for n in TWO.nodes),
    )
    unranked = rank_draws(POSTERIORS, strict, 50, 1)
    assert (
        np.isnan(unranked.index[:, 2]).all() and np.isnan([unranked.lower[2], unranked.upper_rank[2]]).all()
    )
    assert sorted(unranked.rank[0][[0, 1, 3, 4]].tolist()) == [1, 2, 3, 4]


@settings(max_examples=40, deadline=None)
@given(hnp.arrays(float, (3, 6), elements=st.one_of(st.integers(0, 4).map(float), st.just(NAN))))
def test_ranks_of_draws_are_minimum_tie_ranks(scores: np.ndarray) -> None:
    by_row = np.array([rank_min(row) for row in scores])
    assert np.array_equal(ranks(scores), by_row, equal_nan=True)


def test_same_seed_same_bytes_whatever_is_held_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    one = rank_draws(POSTERIORS, TWO, 300, 5)
    monkeypatch.setattr(module, "CELLS_AT_ONCE", 100)
    two = rank_draws(POSTERIORS, TWO, 300, 5)
    assert one.index.tobytes() == two.index.tobytes() and one.rank.tobytes() == two.rank.tobytes()
    assert one.index.tobytes() != rank_draws(POSTERIORS, TWO, 300, 6).index.tobytes()
    # Another indicator less, the same draws of the others.
    less = rank_draws({name: POSTERIORS[name] for name in ("share", "debt")}, TWO, 300, 5)
    assert less.node_mean["y"].tolist() == one.node_mean["y"].tolist()


def test_intervals_cover_the_index_of_true_rates() -> None:
    """Rates from the prior, counts from the rates: nine in ten intervals hold the true index."""
    rng = np.random.default_rng(9)
    method = Method.of([{"name": "index"}, {"name": "rate", "parent": "index", "knots": ((2, 1), (0, 100))}])
    truth = rng.gamma(4, 0.1, 600)
    exposure = rng.uniform(1, 60, 600)
    found = rank_draws({"rate": shrink_poisson(rng.poisson(truth * exposure), exposure)}, method, 400, 1)
    index = 1 + 99 * (2 - truth) / 2
    covered = ((found.lower <= index) & (index <= found.upper)).mean()
    assert abs(covered - 0.9) <= 4 * sqrt(0.9 * 0.1 / 600)


@pytest.mark.parametrize(
    ("posteriors", "draws", "message"),
    [
        ({}, 10, "same regions"),
        ({"rate": POSTERIORS["rate"], "debt": exact([1.0])}, 10, "same regions"),
        (POSTERIORS | {"other": exact([1.0] * 5)}, 10, "the method's indicators"),
        (POSTERIORS, 1, "two draws"),
    ],
)
def test_what_cannot_be_drawn_is_named(posteriors: dict, draws: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        rank_draws(posteriors, TWO, draws, 1)
