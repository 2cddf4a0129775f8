"""Normalisation: the knots are hit, better is never lower, what must not matter does not, NaN stays NaN."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from models.index.normalise import METHODS, normalise

FINITE = st.floats(-1e6, 1e6, allow_nan=False)
ROWS = st.lists(st.one_of(FINITE, st.just(np.nan)), min_size=2, max_size=30)
DEBT_RATIO = [(500, 1), (300, 40), (200, 60), (120, 80), (0, 100)]
PARAMS = {
    "goalposts": {"knots": DEBT_RATIO},
    "distance_to_target": {"target": 100.0, "worst": 20.0},
}


@st.composite
def knots(draw: st.DrawFn, least: float = -1e4) -> list[tuple[float, float]]:
    """Two to six knots whose scores rise or fall all the way."""
    number = draw(st.integers(2, 6))
    at = draw(
        st.lists(
            st.floats(least, 1e4).map(lambda x: round(x, 3)), min_size=number, max_size=number, unique=True
        )
    )
    scores = sorted(draw(st.lists(st.floats(1, 100), min_size=number, max_size=number)))
    if draw(st.booleans()):
        scores.reverse()
    made = list(zip(sorted(at), scores, strict=True))
    return draw(st.permutations(made))


@given(knots(), st.booleans())
def test_knots_are_hit_exactly(posts: list[tuple[float, float]], clip: bool) -> None:
    at, score = zip(*posts, strict=True)
    assert normalise(at, "goalposts", knots=posts, clip=clip).tolist() == list(score)


@given(knots(least=0.001))
def test_knots_are_hit_on_a_log_scale(posts: list[tuple[float, float]]) -> None:
    at, score = zip(*posts, strict=True)
    assert normalise(at, "goalposts", knots=posts, log=True) == pytest.approx(score, rel=1e-9)


@given(knots(), ROWS)
def test_scores_are_monotone_and_clipped(posts: list[tuple[float, float]], values: list[float]) -> None:
    rising = [score for _, score in sorted(posts)]
    found = normalise(values, "goalposts", knots=posts)
    present = ~np.isnan(values)
    assert (np.isnan(found) == ~present).all()
    in_order = found[present][np.argsort(np.asarray(values)[present])]
    steps = np.diff(in_order) * (1 if rising[-1] >= rising[0] else -1)
    assert (steps >= -1e-9).all()
    if present.any():
        assert min(rising) <= found[present].min() and found[present].max() <= max(rising)


def test_debt_ratio_between_its_knots() -> None:
    values = [0, 60, 120, 160, 212, 250, 400, 500, 900, np.nan]
    # 212 lies 12 of 100 beyond 200: 60 − 0.12 × 20 = 57.6; 160 halfway from 120 to 200: 70; 400: 20.5.
    expected = [100, 90, 80, 70, 57.6, 50, 20.5, 1, 1]
    found = normalise(values, "goalposts", knots=DEBT_RATIO)
    assert found[:-1] == pytest.approx(expected) and np.isnan(found[-1])


def test_beyond_the_knots_unclipped_and_on_a_log_scale() -> None:
    assert normalise([-1, 3], "goalposts", knots=[(0, 0), (1, 10), (2, 40)], clip=False).tolist() == [-10, 70]
    log = normalise([0, 1, 10, 100, 1000, np.nan], "goalposts", knots=[(1, 0), (100, 100)], log=True)
    assert log[:-1] == pytest.approx([0, 0, 50, 100, 100]) and np.isnan(log[-1])


@given(ROWS, st.floats(0.01, 100), FINITE)
def test_scale_and_origin_do_not_matter(values: list[float], factor: float, shift: float) -> None:
    present = np.asarray(values)[~np.isnan(values)]
    assume(present.size > 1 and np.ptp(present) > 1e-3 * (1 + np.abs(present).max() + abs(shift)))
    moved = np.asarray(values) * factor + shift
    for method in ("minmax", "zscore"):
        assert normalise(moved, method) == pytest.approx(normalise(values, method), abs=1e-6, nan_ok=True)


@given(st.lists(st.one_of(st.integers(-50, 50), st.just(np.nan)), min_size=2, max_size=30))
def test_ranks_know_only_the_order(values: list[float]) -> None:
    assume((~np.isnan(values)).sum() > 1)
    bent = np.exp(np.asarray(values) / 10)
    number = (~np.isnan(values)).sum()
    for method in ("rank", "percentile_rank"):
        assert normalise(bent, method) == pytest.approx(normalise(values, method), nan_ok=True)
    places = normalise(values, "rank")
    assert np.nansum(places) == pytest.approx(number * (number + 1) / 2)
    assert places + normalise(values, "rank", direction=-1) == pytest.approx(
        np.where(np.isnan(values), np.nan, number + 1), nan_ok=True
    )


@given(ROWS, st.randoms())
def test_the_order_of_regions_does_not_matter(values: list[float], random: object) -> None:
    present = np.asarray(values)[~np.isnan(values)]
    assume(present.size > 1 and np.ptp(present) > 1e-6)
    order = np.random.default_rng(random.randint(0, 2**31)).permutation(len(values))  # type: ignore[attr-defined]
    for method in METHODS:
        params = PARAMS.get(method, {})
        found = normalise(values, method, **params)
        again = normalise(np.asarray(values)[order], method, **params)
        assert again == pytest.approx(found[order], rel=1e-9, abs=1e-9, nan_ok=True)
        assert (np.isnan(found) == np.isnan(values)).all()


@settings(max_examples=50)
@given(ROWS)
def test_both_ends_and_direction(values: list[float]) -> None:
    present = np.asarray(values)[~np.isnan(values)]
    assume(present.size > 1 and np.ptp(present) > 1e-6)
    for method in ("minmax", "percentile_rank"):
        up, down = normalise(values, method), normalise(values, method, direction=-1)
        assert up + down == pytest.approx(np.where(np.isnan(values), np.nan, 100.0), nan_ok=True)
    found = normalise(values, "minmax", low=1, high=10)
    assert (np.nanmin(found), np.nanmax(found)) == (1, 10)


def test_worked_examples() -> None:
    values = [2.0, 4.0, 4.0, 10.0, np.nan]
    assert normalise(values, "minmax")[:-1].tolist() == [0, 25, 25, 100]
    assert normalise(values, "rank")[:-1].tolist() == [1, 2.5, 2.5, 4]
    assert normalise(values, "percentile_rank")[:-1].tolist() == [0, 50, 50, 100]
    # mean 5, deviations −3 −1 −1 5, variance 36 / 4
    assert normalise(values, "zscore")[:-1].tolist() == pytest.approx([-1, -1 / 3, -1 / 3, 5 / 3])
    assert normalise([0, 20, 60, 120], "distance_to_target", target=100, worst=20).tolist() == [0, 0, 50, 100]
    assert normalise([120], "distance_to_target", target=100, worst=20, clip=False).tolist() == [125]
    assert normalise([30], "distance_to_target", target=20, worst=40).tolist() == [50]


@pytest.mark.parametrize(
    ("values", "method", "params", "said"),
    [
        ([1, 2], "median", {}, "unknown method"),
        ([1, np.inf], "minmax", {}, "finite"),
        ([[1, 2]], "minmax", {}, "one row"),
        ([1, 2], "minmax", {"knots": []}, "knots"),
        ([1, 2], "goalposts", {}, "knots"),
        ([1, 2], "goalposts", {"knots": [(0, 1)]}, "two knots"),
        ([1, 2], "goalposts", {"knots": [(0, 1), (0, 100)]}, "same value"),
        ([1, 2], "goalposts", {"knots": [(0, 1), (1, 100), (2, 50)]}, "rise or fall"),
        ([1, 2], "goalposts", {"knots": [(0, 1), (1, 100)], "log": True}, "above zero"),
        ([0, 2], "goalposts", {"knots": [(1, 1), (2, 100)], "log": True, "clip": False}, "above zero"),
        ([1, 1], "minmax", {}, "different"),
        ([1, 1], "zscore", {}, "different"),
        ([1, np.nan], "percentile_rank", {}, "two values"),
        ([np.nan], "rank", {}, "no value"),
        ([1, 2], "rank", {"direction": 0}, "direction"),
        ([1, 2], "distance_to_target", {"target": 3, "worst": 3}, "differ"),
    ],
)
def test_what_cannot_be_normalised_is_said(
    values: list[float], method: str, params: dict[str, object], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        normalise(values, method, **params)
