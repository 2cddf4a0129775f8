"""Evidence of this step and half that of the one before (METHOD 6.4).

e = −log p is exponential where nothing is unusual; e now + ½ e before has an exact tail. Before:
`variance.py`; next: `channels.py`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.warning.config import Config

Array = npt.NDArray[np.float64]


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
    return now + config.memory_weight * earlier


def memory_tail(total: Array, config: Config) -> Array:
    """P(e + w e′ > total) of two independent exponentials; 2 exp(−x) − exp(−2x) for w = ½."""
    w = config.memory_weight
    return np.asarray((np.exp(-total) - w * np.exp(-total / w)) / (1.0 - w))
