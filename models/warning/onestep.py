"""What a step was expected to hold: profile × level × trend and season (METHOD 6.1, 6.2).

Before: `profile.py`, `fit.py`; next: `variance.py`, which says how far a count may lie from it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.warning.config import Config
from models.warning.fit import fit, predict
from models.warning.profile import TINY, first_profile, ratio

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class OneStep:
    """Of each series at one step: count, expected mean, quasi-Poisson φ, and variance of the mean itself."""

    count: Array
    mean: Array
    phi: Array
    error: Array


def one_step(counts: Array, step: int, config: Config) -> OneStep:
    """The last of the steps 0 … `step` of series × steps, NaN where there is no report.

    Nothing after `step` is read. A series with fewer than `least_history` reports in its baseline has a NaN
    mean: it is not assessable.
    """
    first = max(0, step - config.guard - config.history)
    window = counts[:, first : step + 1]
    base = max(window.shape[1] - 1 - config.guard, 0)
    known = (~np.isnan(window)).astype(np.float64)
    long_enough = known[:, :base].sum(axis=1) >= config.least_history
    if not long_enough.any():
        nothing = np.full(len(counts), np.nan)
        return OneStep(window[:, -1], nothing, nothing, nothing)
    y = np.nan_to_num(window)
    power = np.cbrt(y) ** 2
    steps = np.arange(1.0 - window.shape[1], 1.0)
    inner = (y[:, :base], known[:, :base], power[:, :base])
    profile, shaky = np.ones(window.shape[1]), 0.0
    if config.peers:
        profile, weight = first_profile(y, known, power, base, config)
    fitted = fit(*inner, np.log(profile[:base]), steps[:base], config)
    if config.peers:
        plain = predict(fitted, steps, config)[0]
        weight = np.concatenate([fitted.weight, weight[:, base:]], axis=1)
        profile = ratio(y, plain, weight * (known > 0), config.profile_cases)
        fitted = fit(*inner, np.log(profile[:base]), steps[:base], config, fitted)
        now = weight[:, -1] * plain[:, -1]
        shaky = float(
            (weight[:, -1] * now * fitted.phi).sum() / max(float(now.sum()), TINY) ** 2 / profile[-1]
        )
    plain, spread = predict(fitted, steps[-1:], config)
    mean = np.where(long_enough, plain[:, 0] * profile[-1], np.nan)
    return OneStep(window[:, -1], mean, fitted.phi, mean**2 * (spread[:, 0] + shaky))
