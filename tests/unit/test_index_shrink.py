"""Shrinkage: Marshall's moments by hand, the published form of the binomial, groups, frozen priors, draws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.index import Limits, exact, priors_binomial, priors_poisson, shrink_binomial, shrink_poisson

NAN = np.nan
LIMITS = Limits(0.5, 0.1, 1e-6, (0.5, 1e4), 10.0)
UNITS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 60)), min_size=2, max_size=12)
FEW = settings(max_examples=40, deadline=None)


def test_poisson_by_hand() -> None:
    # b = 18/60 = .3; rates 0, .3, .4; s² = (10 × .09 + 20 × 0 + 30 × .01) / 60 = .02; a = .02 − .3/20 = .005.
    # Weights a/(a + b/E): .005/.035 = 1/7, .005/.02 = 1/4, .005/.015 = 1/3.
    found = shrink_poisson([0, 6, 12], [10, 20, 30])
    assert found.estimate == pytest.approx([0.3 - 0.3 / 7, 0.3, 0.3 + 0.1 / 3])
    # Prior shape b²/a = 18, rate b/a = 60.
    assert found.first == pytest.approx([18, 24, 30]) and found.second == pytest.approx([70, 80, 90])
    assert found.deviation == pytest.approx(np.sqrt([18, 24, 30]) / [70, 80, 90])


@FEW
@given(UNITS)
def test_binomial_is_the_published_form(units: list[tuple[int, int]]) -> None:
    """Marshall's weight as spdep writes it: (N s² − N/N̄ q) / ((N − 1) s² + (N̄ − N)/N̄ q), q = b(1 − b)."""
    n, trials = (np.array([f(u) for u in units], dtype=float) for f in (min, lambda u: max(u) + 2))
    mean, b = trials.mean(), n.sum() / trials.sum()
    q, s2 = b * (1 - b), (trials * (n / trials - b) ** 2).sum() / trials.sum()
    found = shrink_binomial(n, trials)
    if s2 - q / mean < 1e-9:
        assert found.estimate == pytest.approx(np.full(n.size, b), abs=1e-6)
        return
    rho = (trials * s2 - trials / mean * q) / ((trials - 1) * s2 + (mean - trials) / mean * q)
    assert found.estimate == pytest.approx(rho * n / trials + (1 - rho) * b, rel=1e-6)


@FEW
@given(UNITS)
def test_an_estimate_lies_between_the_own_rate_and_the_level_s(units: list[tuple[int, int]]) -> None:
    n, e = (np.array([f(u) for u in units], dtype=float) for f in (min, lambda u: max(u) + 1))
    for found in (shrink_poisson(n, e), shrink_binomial(n, e), shrink_binomial(n, e, limits=LIMITS)):
        b, own = found.centre, n / e
        low, high = np.minimum(b, own) - 1e-9, np.maximum(b, own) + 1e-9
        assert ((low <= found.estimate) & (found.estimate <= high)).all()


def test_no_more_spread_than_chance_draws_all_to_the_mean() -> None:
    found = shrink_poisson([2, 2, 2], [10, 10, 10])
    assert found.estimate.tolist() == [0.2] * 3 and found.deviation.tolist() == [0.0] * 3
    assert shrink_binomial([1, 0, 1], [1, 1, 1]).estimate == pytest.approx([2 / 3] * 3)
    assert shrink_poisson([0, 0], [5, 1]).estimate.tolist() == [0.0, 0.0]


def test_no_exposure_has_the_prior_and_no_report_has_nothing() -> None:
    for shrink in (shrink_poisson, shrink_binomial):
        found = shrink([0, 6, 12, 0, NAN, 3], [10, 20, 30, 0, 10, NAN])
        alone = shrink([0, 6, 12], [10, 20, 30])
        assert found.estimate[:3].tolist() == alone.estimate.tolist()
        assert found.estimate[3] == pytest.approx(0.3) and np.isnan(found.estimate[4:]).all()
    # Shares of 0 and 1 only are not shrunk at all; who has no trial still has the mean.
    assert shrink_binomial([2, 0, 0], [2, 2, 0]).estimate.tolist() == [1.0, 0.0, 0.5]


def test_a_group_of_ten_has_its_own_prior_and_a_smaller_one_that_of_all() -> None:
    count, exposure = list(range(19)), [50.0] * 19
    group = ["区"] * 10 + ["县"] * 9
    found = priors_poisson(count, exposure, group)
    assert found["区"].mean == pytest.approx(4.5 / 50) and found["县"] == found[None]
    assert priors_poisson(count, exposure, group, least_group=9)["县"].mean == pytest.approx(14 / 50)
    # Five units in two years each are five units.
    rows = ([1, 2] * 5 + [5, 5], [9, 5] * 5 + [9, 9], ["县"] * 10 + ["区"] * 2)
    assert priors_binomial(*rows, least_group=6)["县"] != priors_binomial(*rows)[None]
    yearly = priors_binomial(*rows, least_group=6, units=[1, 2, 3, 4, 5] * 2 + [6, 7])
    assert yearly["县"] == yearly[None]
    shrunk = shrink_poisson(count, exposure, group)
    assert shrunk.centre.tolist() == [found["区"].mean] * 10 + [found[None].mean] * 9


@FEW
@given(UNITS, st.tuples(st.integers(0, 40), st.integers(0, 60)))
def test_with_frozen_priors_another_region_changes_no_other(
    units: list[tuple[int, int]], more: tuple[int, int]
) -> None:
    n, e = [min(u) for u in units], [max(u) + 1 for u in units]
    for priors, shrink in ((priors_poisson, shrink_poisson), (priors_binomial, shrink_binomial)):
        frozen = priors(n, e, limits=LIMITS)
        before = shrink(n, e, priors=frozen).estimate
        after = shrink([*n, min(more)], [*e, max(more) + 1], priors=frozen).estimate
        assert after[:-1].tolist() == before.tolist()


def test_limits_keep_a_prior_from_certainty() -> None:
    poisson = priors_poisson([0, 0], [10, 30], limits=LIMITS)[None]
    assert (poisson.mean, poisson.between) == (0.5 / 40, pytest.approx((0.1 * 0.5 / 40) ** 2))
    nobody = priors_binomial([0, 0], [10, 29], limits=LIMITS)[None]
    assert nobody.mean == pytest.approx(0.5 / 40) and nobody.strength == pytest.approx(1e4)
    assert priors_binomial([10, 29], [10, 29], limits=LIMITS)[None].mean == pytest.approx(1 - 0.5 / 40)
    assert priors_binomial([9, 0], [9, 9], limits=LIMITS)[None].strength == 0.5
    assert priors_binomial([1, 0], [1, 1], limits=LIMITS)[None].strength == 10.0


def test_draws_have_the_moments_of_the_posterior() -> None:
    rng = np.random.default_rng(7)
    made = (
        shrink_poisson([0, 6, 15, NAN], [10, 20, 30, 1]),
        shrink_binomial([1, 6, 28, NAN], [10, 20, 30, 1]).scaled(100),
        exact([50.0, 0.0, 200.0, NAN], 0.03),
    )
    for posterior in made:
        drawn = posterior.draw(rng, 40_000)
        assert drawn.shape == (40_000, 4) and np.isnan(drawn[:, 3]).all()
        error = posterior.deviation[:3] / 200
        assert (np.abs(drawn.mean(axis=0)[:3] - posterior.estimate[:3]) <= 5 * error).all()
        assert drawn.std(axis=0)[:3] == pytest.approx(posterior.deviation[:3], rel=0.03)
    assert (shrink_poisson([2, 2], [10, 10]).draw(rng, 3) == 0.2).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: shrink_poisson([1, 2], [1]), "two equal rows"),
        (lambda: shrink_poisson([-1], [1]), "not negative"),
        (lambda: shrink_poisson([1, 1], [0, 1]), "no exposure"),
        (lambda: shrink_binomial([2], [1]), "more cases than trials"),
        (lambda: shrink_poisson([0], [0]), "no prior"),
        (lambda: shrink_poisson([1, 1], [1, 1], ["a"]), "1 groups for 2"),
        (lambda: shrink_poisson([1], [1], ["b"], priors=priors_poisson([1], [1])), "no prior for b"),
        (lambda: exact([1.0], -0.1), "not negative"),
    ],
)
def test_what_cannot_be_shrunk_is_named(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()  # type: ignore[operator]
