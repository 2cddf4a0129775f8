"""Tiers: the ranks a region may hold given how sure the estimates are, and whether two regions differ.

Every pair is tested by its studentised difference; whoever is surely better or worse narrows a region's ranks
from one side (Mogstad, Romano, Shaikh and Wilhelm 2023, Inference for Ranks, Review of Economic Studies,
doi 10.1093/restud/rdad006; two-sided, single step; method section 5). Lists of regions need the
simultaneous intervals, one region looked up by itself the marginal one, a pair that is picked `pair_test`.
Estimates are taken as independent and normal. Before: `draws.py`, which gives them with their errors.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from models.index.rank import DIGITS, rank_min

Array = npt.NDArray[np.float64]
# Draws of the largest difference of all pairs; their noise moves its quantile by some 0.02.
DRAWS = 10_000
# So many standard errors are told apart in the marginal quantile; of more, neighbours share one.
SPREADS = 200
# The integral over one normal variable: from 0, by symmetry, to where nothing is left.
NODES = np.linspace(0.0, 6.6, 45)
# The tail is nearly a straight line on a log scale, so few secants find the quantile.
SECANTS = 6
ROWS_AT_ONCE = 256


@dataclass(frozen=True)
class Tiers:
    """The rank of every region and its intervals, at one confidence; NaN where there is no estimate.

    `lower` is the best rank it may hold, `upper` the worst: for one region by itself, and `simultaneous_…`
    for all at once. `critical` and `simultaneous_critical` are how many standard errors tell a pair apart,
    and `separated` is the share of pairs that the simultaneous test tells apart.
    """

    rank: Array
    lower: Array
    upper: Array
    simultaneous_lower: Array
    simultaneous_upper: Array
    critical: Array
    simultaneous_critical: float
    separated: float


@dataclass(frozen=True)
class PairTest:
    """First less second, in points and in standard errors, the two-sided p, and the claim at the level.

    `claim` is 1 (the first is better), −1 (the second is) or 0 (they cannot be told apart).
    """

    difference: Array
    statistic: Array
    p_value: Array
    claim: npt.NDArray[np.int64]


def rank_tiers(
    estimates: npt.ArrayLike,
    standard_errors: npt.ArrayLike,
    level: float,
    seed: int,
    *,
    draws: int = DRAWS,
) -> Tiers:
    """The ranks each region may hold with confidence `level`, such as .90; the highest estimate ranks 1st.

    The marginal quantiles are integrals and do not depend on the seed; the simultaneous one is simulated.
    Cost grows with regions × draws for that and with regions² for the comparison. Raises ValueError for a
    level that is no confidence, for shapes that differ, and for negative or unknown errors of estimates.
    """
    _check_level(level)
    value, error = _known(estimates, standard_errors)
    there = ~np.isnan(value)
    x, sd = value[there], error[there]
    critical = marginal_quantiles(sd, level)
    joint = simultaneous_quantile(sd, level, seed, draws)
    better, worse = _counts(x, sd, critical)
    all_better, all_worse = _counts(x, sd, np.full(x.size, joint))

    def whole(values: Array) -> Array:
        full = np.full(value.shape, np.nan)
        full[there] = values
        return full

    return Tiers(
        rank=rank_min(value),
        lower=whole(1 + better),
        upper=whole(x.size - worse),
        simultaneous_lower=whole(1 + all_better),
        simultaneous_upper=whole(x.size - all_worse),
        critical=whole(critical),
        simultaneous_critical=joint,
        separated=float(all_better.sum() / (x.size * (x.size - 1) / 2)) if x.size > 1 else 0.0,
    )


def tier_numbers(estimates: npt.ArrayLike, standard_errors: npt.ArrayLike, critical: float) -> Array:
    """The tier (梯队) of every region, 1 for the first; NaN where there is no estimate.

    First are those whom nobody is surely better than; each further tier lies one below the last among those
    surely better. So whoever is in a later tier is surely worse than somebody in the one before, though not
    than everybody. `critical` standard errors tell a pair apart, as in `Tiers.simultaneous_critical`.
    """
    value, error = _known(estimates, standard_errors)
    there = ~np.isnan(value)
    x, sd = value[there], error[there]
    own = np.ones(x.size)
    for place in np.argsort(-x, kind="stable"):
        above = _studentised(x[place] - x, np.hypot(sd[place], sd)) < -critical
        own[place] = 1 + own[above].max(initial=0)
    tiers = np.full(value.shape, np.nan)
    tiers[there] = own
    return tiers


def pair_test(
    first: npt.ArrayLike,
    first_error: npt.ArrayLike,
    second: npt.ArrayLike,
    second_error: npt.ArrayLike,
    level: float,
) -> PairTest:
    """Whether the first is better than the second, each pair by its own test at confidence `level`.

    Estimates and standard errors are numbers or rows of them. Unknown ones are told apart from nothing.
    Raises ValueError for a level that is no confidence.
    """
    _check_level(level)
    a, b, sa, sb = (np.asarray(v, dtype=np.float64) for v in (first, second, first_error, second_error))
    statistic = _studentised(a - b, np.hypot(sa, sb))
    p_value = 2 * ndtr(-np.abs(statistic))
    claim = np.where(p_value < 1 - level, np.sign(np.nan_to_num(statistic)), 0).astype(np.int64)
    return PairTest(np.asarray(a - b), statistic, np.asarray(p_value), claim)


def marginal_quantiles(errors: Array, level: float) -> Array:
    """For each region the `level` quantile of its largest studentised difference to any other one.

    P(max ≤ c) is the integral, over the region's own error, of the product of what is left to each other one;
    exact for up to SPREADS different standard errors, of more neighbouring ones share their mean square.
    """
    if errors.size < 2:
        return np.full(errors.size, float(ndtri((1 + level) / 2)))
    order = np.argsort(errors, kind="stable")
    parts = np.array_split(order, min(SPREADS, errors.size))
    largest = errors.max() if errors.max() > 0 else 1.0
    # A certain region is told apart by the others' errors alone; no division by zero.
    sd = np.array([max(np.sqrt((errors[part] ** 2).mean()), 1e-9 * largest) for part in parts])
    others = np.array([part.size for part in parts]) - np.eye(len(parts))
    density = np.exp(-(NODES**2) / 2)
    density[[0, -1]] /= 2
    density /= density.sum()
    both = np.hypot(sd[:, np.newaxis], sd)

    def log_tail(c: Array) -> Array:
        own = (sd[:, np.newaxis, np.newaxis] * NODES) / sd[:, np.newaxis]
        reach = (c[:, np.newaxis] * both / sd)[:, :, np.newaxis]
        left = np.maximum(ndtr(own + reach) - ndtr(own - reach), 1e-300)
        within = np.exp((others[:, np.newaxis, :] @ np.log(left))[:, 0, :]) @ density
        return np.asarray(np.log(np.maximum(1 - within, 1e-300)))

    # One comparison needs less, and as many independent ones would need more.
    low = np.full(sd.size, float(ndtri((1 + level) / 2)))
    high = np.full(sd.size, float(ndtri(1 - (1 - level) / 2 / (errors.size - 1))))
    aim = np.log(1 - level)
    before, now = low, high
    tail_before, tail_now = log_tail(before), log_tail(now)
    for _ in range(SECANTS):
        slope = tail_now - tail_before
        step = np.divide((aim - tail_now) * (now - before), slope, out=np.zeros(sd.size), where=slope != 0)
        before, tail_before = now, tail_now
        now = np.clip(now + step, low, high)
        tail_now = log_tail(now)
    quantiles = np.empty(errors.size)
    for part, c in zip(parts, now, strict=True):
        quantiles[part] = c
    return quantiles


def simultaneous_quantile(errors: Array, level: float, seed: int, draws: int) -> float:
    """The `level` quantile of the largest studentised difference of any pair, simulated.

    The pair with the largest one consists of a region that nobody of the same or less error is above, and
    one that nobody of the same or less error is below; only these few are compared.
    """
    if errors.size < 2 or errors.max() == 0:
        return float(ndtri((1 + level) / 2))
    rng = np.random.default_rng(seed)
    sd = np.sort(errors)
    largest = np.empty(draws)
    for start in range(0, draws, ROWS_AT_ONCE):
        noise = sd * rng.standard_normal((min(ROWS_AT_ONCE, draws - start), sd.size))
        tops = noise >= np.maximum.accumulate(noise, axis=1)
        bottoms = noise <= np.minimum.accumulate(noise, axis=1)
        for row, values in enumerate(noise):
            up, down = np.flatnonzero(tops[row]), np.flatnonzero(bottoms[row])
            gap = values[up][:, np.newaxis] - values[down]
            largest[start + row] = _studentised(gap, np.hypot(sd[up][:, np.newaxis], sd[down])).max()
    return float(np.quantile(largest, level))


def _counts(x: Array, sd: Array, critical: Array) -> tuple[Array, Array]:
    """How many are surely better and how many surely worse than each, by its own critical value."""
    better, worse = np.zeros(x.size), np.zeros(x.size)
    for start in range(0, x.size, ROWS_AT_ONCE):
        mine = slice(start, start + ROWS_AT_ONCE)
        gap = _studentised(x[mine, np.newaxis] - x, np.hypot(sd[mine, np.newaxis], sd))
        better[mine] = (gap < -critical[mine, np.newaxis]).sum(axis=1)
        worse[mine] = (gap > critical[mine, np.newaxis]).sum(axis=1)
    return better, worse


def _studentised(difference: Array, error: Array) -> Array:
    """The difference in standard errors; without error any difference is beyond doubt, none is none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        quotient = difference / error
    return np.where(np.abs(difference) > 0, quotient, 0.0 * difference)


def _known(estimates: npt.ArrayLike, standard_errors: npt.ArrayLike) -> tuple[Array, Array]:
    """Both as rows, checked."""
    # Rounded like ranks, or the interval of a tie could lie beside its rank.
    value: Array = np.asarray(estimates, dtype=np.float64)
    value = value.round(DIGITS)
    error = np.asarray(standard_errors, dtype=np.float64)
    if value.ndim != 1 or value.shape != error.shape:
        raise ValueError(f"estimates {value.shape} and standard errors {error.shape} must be two equal rows")
    own = error[~np.isnan(value)]
    if not np.isfinite(own).all() or (own < 0).any():
        raise ValueError("every estimate needs a standard error that is not negative")
    return value, error


def _check_level(level: float) -> None:
    if not 0.5 < level < 1:
        raise ValueError(f"level is a confidence between .5 and 1, such as .90, not {level}")
