"""How unusual a count is: negative binomial, its dispersion by moments, its upper tail and interval.

Counts of a region and month scatter more than Poisson ones; k says how much (variance = mean + mean²/k),
estimated over all regions of a level. The tail is the mid-p: P(Y > y) + ½ P(Y = y), which for small counts
is right on average where P(Y ≥ y) would be too large. Before: `expect.py`; next: `assess.py`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

from models.warning.expect import window_sum
from models.warning.settings import Settings

Array = npt.NDArray[np.float64]


def dispersion(counts: Array, mean: Array, settings: Settings) -> Array:
    """k of every month by the method of moments over the regions' earlier months; NaN with too few of them.

    Both arrays are regions × months, NaN where unknown. The months are those of the expected mean, so a
    month never has a say in its own k.
    """
    known = ~np.isnan(counts) & ~np.isnan(mean)
    square = np.where(known, mean**2, 0.0).sum(axis=0)
    beyond = np.where(known, (counts - mean) ** 2 - mean, 0.0).sum(axis=0)
    lag = settings.guard_months + 1
    square, beyond, cells = (
        window_sum(values[np.newaxis, :], settings.mean_months, lag)[0]
        for values in (square, beyond, known.sum(axis=0).astype(np.float64))
    )
    k = np.where(beyond > 0, square / np.where(beyond > 0, beyond, 1.0), settings.largest_k)
    return np.where(cells >= settings.least_dispersion_cells, np.minimum(k, settings.largest_k), np.nan)


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

    scipy.stats has it too, but its import alone takes longer than all the rest of a month's warnings.
    """
    near = np.maximum(np.ceil(special.btdtrib(k, side, chance) - 1), 0)
    # The inverse is solved to some digits only: it may miss the whole number by one.
    below = np.maximum(near - 1, 0)
    near = np.where(special.betainc(k, below + 1, chance) >= side, below, near)
    return np.asarray(np.where(special.betainc(k, near + 1, chance) < side, near + 1, near))
