"""Evidence of this step and half that of the one before (METHOD 6.4).

e = −log p is exponential where nothing is unusual; e now + ½ e before has an exact tail. Before:
`variance.py`; next: `channels.py`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.warning.config import Config
from models.warning.variance import LEAST_P, MOST_P, inflate

Array = npt.NDArray[np.float64]
# The weight of the step before; the tail below is that of this one.
MEMORY = 0.5


def evidence(p: Array) -> Array:
    """−log p; NaN where p is."""
    return -np.log(p)


def remembered(now: Array, before: Array, config: Config, capped: bool) -> Array:
    """Evidence with its memory. Where the step before is unknown it counts as its mean, 1.

    `capped`: last step's evidence counts for at most that of `memory_cap_p`, so that one shock does not raise
    the next, ordinary step; levels, alarms and false discovery are judged by it, the order is not.
    """
    earlier = np.where(np.isnan(before), 1.0, before)
    if capped:
        earlier = np.minimum(earlier, -np.log(config.memory_cap_p))
    return now + MEMORY * earlier


def memory_tail(total: Array) -> Array:
    """P(e + ½ e′ > total) of two independent exponentials: 2 exp(−x) − exp(−2x)."""
    return np.asarray(np.exp(-total) * (2.0 - np.exp(-total)))


def total_of(p: Array) -> Array:
    """The total whose tail is p: the inverse of `memory_tail`."""
    return np.asarray(-np.log(p / (1.0 + np.sqrt(1.0 - p))))


def steadied(total: Array, by: float) -> Array:
    """Totals whose normal score is so many times smaller: where levels drift, steps lean one way."""
    if by <= 1.0:
        return total
    return total_of(inflate(np.clip(memory_tail(total), LEAST_P, MOST_P), by))
