"""How far a count may lie from its mean, and how unusual it is: variance, mid-p, inflation (METHOD 6.3).

variance = max(φ mean, a mean + b mean²) + error of the mean; a, b and the inflation are those of the source's
own back-test, refitted at every step. Before: `onestep.py`; next: `memory.py`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

from models.warning.config import Config
from models.warning.tail import mid_p

Array = npt.NDArray[np.float64]
# No p is ever zero, and none is 1 (its evidence would be nothing at all).
LEAST_P, MOST_P = 1e-250, 1 - 1e-12
_LARGEST_K = 1e7
_MOST_CASES = 8
_TURNS = 12
_HALVINGS = 30


def linear_quadratic(count: Array, mean: Array, error: Array, config: Config) -> tuple[float, float]:
    """a and b of the back-test cells of one source; a ≥ 1, 0 ≤ b ≤ `largest_b`.

    A source with a mean of at least `sparse_mean`: weighted least squares (weights 1/variance²) of squares
    capped at 3 sd. A sparser one: a = 1, and b such that as many cells with two cases or more are expected
    as there were, so that a burst counts once.
    """
    known = ~(np.isnan(count) | np.isnan(mean))
    y, m, e = count[known], mean[known], error[known]
    if not y.size:
        return 1.0, 0.0
    if m.mean() < config.sparse_mean:
        return 1.0, _sparse_b(y, m, config.largest_b)
    a, b = 1.0, 0.0
    cap = config.square_cap_sd**2
    for _ in range(_TURNS):
        v = a * m + b * m * m + e
        square = np.minimum((y - m) ** 2, cap * v) - e
        w = 1.0 / v**2
        xx, xz, zz = (w * m**2).sum(), (w * m**3).sum(), (w * m**4).sum()
        xs, zs = (w * m * square).sum(), (w * m**2 * square).sum()
        determinant = xx * zz - xz * xz
        if determinant > 1e-9 * xx * zz:
            a, b = (zz * xs - xz * zs) / determinant, (xx * zs - xz * xs) / determinant
        else:
            a, b = xs / xx, 0.0
        if b < 0:
            a, b = xs / xx, 0.0
        if a < 1:
            a, b = 1.0, (zs - xz) / zz
        a, b = float(max(a, 1.0)), float(min(max(b, 0.0), config.largest_b))
    return a, b


def _sparse_b(count: Array, mean: Array, largest: float) -> float:
    """b at which the expected number of cells with so many cases is the observed one, by halving.

    So many is two, or the least number that more scatter always makes more frequent: where two cases are
    common, more scatter makes them rarer again and would tell nothing.
    """

    def expected(b: float, cases: int) -> float:
        k = 1.0 / max(b, 1.0 / _LARGEST_K)
        return float(special.betainc(cases, k, mean / (k + mean)).sum())

    def rises(cases: int) -> bool:
        shares = [expected(largest * part, cases) for part in (0.25, 0.5, 0.75, 1.0)]
        return shares == sorted(shares)

    least = next((cases for cases in range(2, _MOST_CASES) if rises(cases)), _MOST_CASES)
    seen = float((count >= least).sum())
    low, high = 0.0, largest
    if expected(low, least) >= seen:
        return low
    if expected(high, least) <= seen:
        return high
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if expected(middle, least) < seen else (low, middle)
    return (low + high) / 2


def variance(mean: Array, phi: Array, error: Array, a: float, b: float) -> Array:
    """The variance of each count about its mean."""
    return np.maximum(phi * mean, a * mean + b * mean**2) + error


def upper_p(count: Array, mean: Array, spread: Array) -> Array:
    """mid-p of a negative binomial with this mean and variance; NaN where either is unknown."""
    return np.clip(mid_p(count, mean, dispersion(mean, spread)), LEAST_P, MOST_P)


def dispersion(mean: Array, spread: Array) -> Array:
    """k of the negative binomial with this mean and variance (variance = mean + mean²/k)."""
    return np.minimum(mean**2 / np.maximum(spread - mean, mean**2 / _LARGEST_K), _LARGEST_K)


def inflation(p: Array, config: Config) -> float:
    """By how much the back-test's 90 % quantile lies beyond that of the normal, floor 1."""
    known = p[~np.isnan(p)]
    if not known.size:
        return 1.0
    side = 1.0 - config.inflation_quantile
    found = float(np.quantile(known, side))
    return max(1.0, float(special.ndtri(found) / special.ndtri(side)))


def inflate(p: Array, by: float) -> Array:
    """p whose normal score is so many times smaller."""
    return p if by <= 1.0 else np.clip(special.ndtr(special.ndtri(p) / by), LEAST_P, MOST_P)


def cases_in_window(counts: Array, step: int, config: Config) -> Array:
    """Cases of each series in the sparse window that ends at `step`; a month without a report has none."""
    return np.asarray(np.nansum(counts[:, max(0, step - config.sparse_window + 1) : step + 1], axis=1))


def hold_sparse(p: Array, cases: Array, config: Config) -> Array:
    """p of at least `sparse_p` where the window that ends at the step holds hardly any case."""
    return np.where(cases < config.sparse_cases, np.maximum(p, config.sparse_p), p)
