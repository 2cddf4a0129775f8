"""The parts of the warning model against independent sums: regression, variance, memory, channels, levels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import integrate, optimize, stats

from models.warning import variance
from models.warning.channels import cauchy, gamma_tail, join, own_and_more
from models.warning.config import MONTHLY, WEEKLY
from models.warning.fit import design, fit, predict, prior_precision
from models.warning.gate import NO_LEVEL, discoveries, explains, gravest, levels
from models.warning.memory import memory_tail, remembered, steadied, total_of
from models.warning.profile import anscombe, first_profile
from models.warning.variance import LEAST_P, inflate, inflation, linear_quadratic, upper_p


@given(st.floats(0.01, 200), st.floats(1.001, 8), st.integers(0, 300))
def test_mid_p_is_that_of_the_negative_binomial(mean: float, phi: float, count: int) -> None:
    k = mean / (phi - 1)
    true = stats.nbinom(k, k / (k + mean))
    found = upper_p(np.array(float(count)), np.array(mean), np.array(phi * mean))
    said = max(true.sf(count) + true.pmf(count) / 2, LEAST_P)
    assert float(found) == pytest.approx(said, rel=1e-6)


def test_the_regression_is_the_penalised_one() -> None:
    rng = np.random.default_rng(0)
    steps = np.arange(-50.0, -2.0)
    offset = rng.normal(0, 0.2, len(steps))
    counts = rng.poisson(np.exp(offset + np.array([[1.5], [-1.0], [3.0]]))) * 1.0
    known = np.ones_like(counts)
    known[1, 10:20] = 0
    found = fit(counts * known, known, np.cbrt(counts * known) ** 2, offset, steps, MONTHLY)
    terms, precision = design(steps, MONTHLY), prior_precision(MONTHLY)
    centre = np.log(((counts * known).sum() + 0.5) / ((known * np.exp(offset)).sum() + 0.5))
    for row in range(3):

        def loss(beta: np.ndarray, row: int = row) -> float:
            eta = terms @ beta + offset
            fitted = (found.weight[row] * (counts[row] * eta - np.exp(eta))).sum() / found.phi[row]
            return precision @ (beta - np.eye(4)[0] * centre) ** 2 / 2 - fitted

        best = optimize.minimize(loss, found.beta[row], method="BFGS", options={"gtol": 1e-9}).x
        # φ moves a little with the last turn, and the optimum with it.
        assert found.beta[row] == pytest.approx(best, abs=2e-3)
    mean, spread = predict(found, steps, MONTHLY)
    assert mean * np.exp(offset) == pytest.approx(found.mean)
    assert (spread > 0).all() and (found.phi >= 1).all()


def test_a_past_outbreak_does_not_raise_what_is_expected() -> None:
    rng = np.random.default_rng(1)
    steps = np.arange(-300.0, -8.0)
    counts = rng.poisson(10.0, (1, len(steps))) * 1.0
    spoiled = counts.copy()
    spoiled[0, 100:104] += 60
    ones, zero = np.ones_like(counts), np.zeros(len(steps))
    plain, other = (fit(c, ones, np.cbrt(c) ** 2, zero, steps, WEEKLY) for c in (counts, spoiled))
    now = np.zeros(1)
    assert predict(other, now, WEEKLY)[0] == pytest.approx(predict(plain, now, WEEKLY)[0], rel=0.05)
    assert other.weight[0, 100:104].max() < 0.2 and other.phi[0] < 1.6


def test_only_a_count_far_above_its_mean_is_made_light() -> None:
    mean = np.full(4, 9.0)
    weight = anscombe(np.cbrt(np.array([0.0, 9.0, 14.0, 40.0])) ** 2, mean, 1.0, 2.58)
    assert weight[:3].tolist() == [1, 1, 1] and weight[3] == pytest.approx(
        (2.58 / (1.5 * (40 ** (2 / 3) - 9 ** (2 / 3)) / 9 ** (1 / 6))) ** 2
    )


def test_the_profile_is_what_all_regions_share() -> None:
    shape = np.array([1.0, 2.0, 0.5, 1.0, 1.5, 1.0, 3.0])
    counts = 400 * np.outer([1.0, 2.0, 5.0, 3.0], shape)
    counts[1, 5] *= 30
    profile, weight, _ = first_profile(counts, np.ones_like(counts), np.cbrt(counts) ** 2, 5, MONTHLY)
    assert profile / profile[0] == pytest.approx(shape, rel=0.12)
    assert weight[1, 5] < 0.01


@pytest.mark.parametrize(("a", "b"), [(1.5, 0.0), (1.0, 0.2), (1.3, 0.05)])
def test_variance_is_found_again(a: float, b: float) -> None:
    rng = np.random.default_rng(2)
    mean = rng.lognormal(2, 1, 40_000)
    k = mean / (a - 1 + b * mean)
    count = rng.poisson(rng.gamma(k, mean / k)) * 1.0
    # Squares are capped at 3 sd: what is found may lie a little below the truth.
    found = linear_quadratic(count, mean, np.zeros_like(mean), MONTHLY)
    wide = np.array([2.0, 8.0, 30.0])
    assert found[0] * wide + found[1] * wide**2 == pytest.approx(a * wide + b * wide**2, rel=0.2)
    assert found[0] >= 1 and found[1] >= 0


@pytest.mark.parametrize("b", [0.0, 0.6, 1.25])
def test_a_sparse_source_counts_a_burst_once(b: float) -> None:
    rng = np.random.default_rng(3)
    mean = np.full(300_000, 0.15)
    count = rng.poisson(mean if b == 0 else rng.gamma(1 / b, b * mean)) * 1.0
    nothing = np.zeros_like(mean)
    assert linear_quadratic(count, mean, nothing, MONTHLY) == (1.0, pytest.approx(b, abs=0.15))
    burst = count.copy()
    burst[np.flatnonzero(count >= 2)[0]] = 90
    assert linear_quadratic(burst, mean, nothing, MONTHLY) == linear_quadratic(count, mean, nothing, MONTHLY)
    assert linear_quadratic(np.full(9, np.nan), mean[:9], nothing[:9], MONTHLY) == (1.0, 0.0)


def test_inflation_is_never_below_one_and_restores_the_quantile() -> None:
    z = np.random.default_rng(4).normal(size=20_000)
    p = stats.norm.sf(z * 1.3)
    by = inflation(p, MONTHLY)
    assert by == pytest.approx(1.3, abs=0.04)
    assert np.quantile(inflate(p, by), 0.1) == pytest.approx(0.1, rel=1e-6)
    assert inflation(stats.norm.sf(z * 0.7), MONTHLY) == 1.0
    assert inflate(np.array([1e-250]), by) > 1e-250
    assert np.isnan(inflate(np.array([np.nan]), 1.2)).all() and inflation(np.array([np.nan]), MONTHLY) == 1.0


@given(st.floats(0, 60))
def test_the_tail_of_memory_is_exact(total: float) -> None:
    inside = integrate.quad(lambda e: np.exp(-e) * np.exp(-2 * max(total - e, 0)), 0, total, epsabs=0)[0]
    assert float(memory_tail(np.array(total))) == pytest.approx(inside + np.exp(-total), rel=1e-6)


def test_a_total_comes_back_from_its_tail_and_is_steadied() -> None:
    totals = np.array([0.3, 4.0, 80.0])
    assert total_of(memory_tail(totals)) == pytest.approx(totals)
    assert steadied(totals, 1.0) is totals
    calm = steadied(totals, 1.1)
    assert stats.norm.isf(memory_tail(calm)) == pytest.approx(stats.norm.isf(memory_tail(totals)) / 1.1)


def test_memory_is_capped_for_alarms_alone() -> None:
    now, before = np.array([1.0, 1.0, 1.0]), np.array([50.0, 2.0, np.nan])
    assert remembered(now, before, MONTHLY, capped=False).tolist() == [26.0, 2.0, 1.5]
    assert remembered(now, before, MONTHLY, capped=True) == pytest.approx([1 - np.log(0.01) / 2, 2.0, 1.5])


def test_neighbours_add_little_and_the_tail_allows_for_it() -> None:
    rng = np.random.default_rng(5)
    e = rng.exponential(size=(12, 400_000))
    own = e[0] + 0.5 * e[1]
    theirs = (e[2:12:2] + 0.5 * e[3:12:2]).mean(axis=0)
    total = own + 0.5 * theirs
    scale = 0.5 * 1.25 / 1.5 / 5
    p = own_and_more(total, np.full(total.shape, 0.75 / scale), np.full(total.shape, scale), 0.5)
    for level in (0.1, 0.02, 0.005, 0.001):
        assert (p < level).mean() == pytest.approx(level, rel=0.12)
    alone = own_and_more(own, np.zeros(own.shape), np.full(own.shape, 0.1), 0.5)
    assert alone == pytest.approx(memory_tail(own))


def test_channels_join_to_one_p_that_holds() -> None:
    rng = np.random.default_rng(6)
    ring = np.roll(np.eye(200), 1, axis=1) + np.roll(np.eye(200), -1, axis=1)
    small = []
    for _ in range(200):
        joined = join(
            rng.exponential(size=(3, 200)) + 0.5 * rng.exponential(size=(3, 200)), ring, MONTHLY, False
        )
        small.append(np.stack([joined.best, joined.together, joined.neighbours, joined.p]) < 0.02)
    assert (np.mean(small, axis=(0, 2)) < 0.024).all() and np.mean(small, axis=(0, 2))[3] > 0.014
    total = np.array([[8.0, np.nan, np.nan], [1.0, 2.0, np.nan]])
    joined = join(total, None, MONTHLY, capped=False)
    assert joined.best[:2] == pytest.approx(memory_tail(np.array([8.0, 2.0])) * [2, 1])
    assert np.isnan(joined.p).tolist() == [False, False, True] and np.isnan(joined.neighbours).all()


def test_cauchy_and_gamma_say_what_they_should() -> None:
    assert cauchy(np.array([[1e-4, 1e-200], [1e-4, 0.3]]), np.ones(2)) == pytest.approx(
        [1e-4, 2e-200], rel=1e-3
    )
    assert cauchy(np.array([[0.2], [1.0]]), np.array([1.0, 0.0])) == pytest.approx([0.2])
    x = np.array([0.5, 6.0, 40.0])
    assert gamma_tail(x, np.full(3, 3.0), np.full(3, 3.0)) == pytest.approx(stats.gamma.sf(x, 3))


@settings(max_examples=50)
@given(hnp.arrays(np.float64, st.integers(50, 90), elements=st.floats(0, 1)))
def test_discoveries_are_those_of_benjamini_hochberg(p: np.ndarray) -> None:
    p = p**6
    assert discoveries(p, MONTHLY).tolist() == (stats.false_discovery_control(p) <= MONTHLY.bh_q).tolist()


def test_few_units_or_unknown_ones_are_no_family_of_tests() -> None:
    assert discoveries(np.array([0.5, np.nan, 0.9]), MONTHLY).tolist() == [True, False, True]


@settings(max_examples=50)
@given(hnp.arrays(np.float64, 60, elements=st.floats(1e-9, 1)), st.integers(0, 2**30))
def test_a_graver_level_asks_all_that_a_milder_one_asks(p: np.ndarray, seed: int) -> None:
    p = p**4
    rng = np.random.default_rng(seed)
    open_, grave, held, volume = rng.random((4, 60)) < np.array([[0.8], [0.5], [0.2], [0.2]])
    free = np.zeros(60, dtype=bool)
    plain = levels(p, open_, grave, free, free, MONTHLY)
    assert (p[plain <= 4] < 0.02).all() and (p[plain <= 3] < 0.005).all() and (p[plain <= 2] < 0.001).all()
    assert open_[plain < NO_LEVEL].all() and grave[plain == 1].all()
    assert (levels(p, open_, free, free, free, MONTHLY)[plain == 1] == 2).all()
    late = levels(p, open_, grave, held, volume, MONTHLY)
    assert ((late < NO_LEVEL) == (plain < NO_LEVEL)).all() and (late >= plain).all()
    assert (late[held] >= 3).all() and (late[volume] >= 4).all() and (late == plain)[~held & ~volume].all()


def test_level_one_asks_cases_and_repetition_or_two_families() -> None:
    def grave(one: list[float], before: list[float], count: list[float], family: list[int]) -> bool:
        columns = [np.array(x)[:, None] for x in (one, before, count)]
        return bool(gravest(*columns, np.ones((2, 1)), np.array(family), MONTHLY)[0])

    assert grave([0.001, 0.5], [0.001, 0.5], [7, 1], [0, 1])
    assert not grave([0.001, 0.5], [0.5, 0.001], [7, 1], [0, 1])
    assert grave([0.001, 0.001], [0.5, 0.5], [4, 4], [0, 1])
    # The same cases seen twice are neither two families nor twice the excess.
    assert not grave([0.001, 0.001], [0.5, 0.5], [7, 7], [0, 0])
    assert not grave([0.001, 0.5], [0.001, 0.5], [5, 5], [0, 0])


def test_the_gate_asks_for_more_than_expected() -> None:
    one, count = np.array([[0.05, 0.2, 0.05, np.nan]]), np.array([[3.0, 3.0, 0.0, 3.0]])
    assert explains(one, count, np.ones((1, 4)), MONTHLY).tolist() == [[True, False, False, False]]


def test_hardly_any_cases_hold_p_up() -> None:
    p = variance.hold_sparse(np.array([0.01, 0.01, 0.7]), np.array([2.0, 3.0, 0.0]), MONTHLY)
    assert p.tolist() == [0.5, 0.01, 0.7]
