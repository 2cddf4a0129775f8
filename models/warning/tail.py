"""How unusual a count is: the upper tail of a negative binomial and its interval.

Counts of a region and month scatter more than Poisson ones; k says how much (variance = mean + mean²/k). The
tail is the mid-p: P(Y > y) + ½ P(Y = y), which for small counts is right on average where P(Y ≥ y) would be
too large. Used by `variance.py` and `monthly.py`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

Array = npt.NDArray[np.float64]
# So many whole numbers on the way to a quantile.
_STEPS = 6


def mid_p(counts: Array, mean: Array, k: Array) -> Array:
    """P(Y > y) + ½ P(Y = y) of a negative binomial with this mean and k, NaN where anything is unknown."""
    share = mean / (k + mean)
    above = special.betainc(counts + 1, k, share)
    log_pmf = (
        special.gammaln(counts + k)
        - special.gammaln(k)
        - special.gammaln(counts + 1)
        + k * np.log1p(-share)
        + special.xlogy(counts, share)
    )
    return np.asarray(above + 0.5 * np.exp(log_pmf))


def interval(mean: Array, k: Array, interval_pct: float) -> tuple[Array, Array]:
    """The counts between which so many per cent of months lie where nothing is unusual; NaN where unknown."""
    side = (1 - interval_pct / 100) / 2
    chance = k / (k + mean)
    return _quantile(side, k, chance), _quantile(1 - side, k, chance)


def _quantile(side: float, k: Array, chance: Array) -> Array:
    """The least count that so much of a negative binomial does not exceed, NaN where anything is unknown.

    From the count that mean, variance and skewness suggest (Cornish–Fisher) to the count itself, one by one;
    the few that lie further off are solved for. scipy.stats has the quantile too, but its import alone takes
    longer than all the rest of a month's warnings.
    """
    shape = chance.shape
    k, chance = np.broadcast_to(k, shape).ravel(), chance.ravel()
    mean = k * (1 - chance) / chance
    with np.errstate(divide="ignore", invalid="ignore"):
        z, deviation = special.ndtri(side), np.sqrt(mean / chance)
        bend = (z * z - 1) / 6 * (2 - chance) / np.sqrt(k * (1 - chance))
        count = np.where(mean > 0, np.floor(np.maximum(mean + deviation * (z + bend), 0)), mean)
    open_ = np.arange(count.size)
    for _ in range(_STEPS):
        step = _towards(side, count[open_], k[open_], chance[open_])
        count[open_] += step
        open_ = open_[step != 0]
    if open_.size:
        count[open_] = np.maximum(np.ceil(special.btdtrib(k[open_], side, chance[open_]) - 1), 0)
        # The inverse is solved to some digits only: it may miss the whole number by one.
        count[open_] += _towards(side, count[open_], k[open_], chance[open_])
    return np.asarray(count.reshape(shape))


def _towards(side: float, count: Array, k: Array, chance: Array) -> Array:
    """-1, 0 or 1: which way the quantile lies from each count."""
    up = special.betainc(k, count + 1, chance) < side
    down = ~up & (count > 0)
    down[down] = special.betainc(k[down], count[down], chance[down]) >= side
    return np.asarray(up.astype(np.float64) - down)
