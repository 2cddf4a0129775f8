"""What a step was expected to hold: profile × level × trend and season (METHOD 6.1, 6.2).

In two parts, so that a step can be tested again with other counts of its own: `baseline` reads what came
before, `tested` the step. Before: `profile.py`, `fit.py`; next: `variance.py`, which says how far a count may
lie from it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.warning.config import Config
from models.warning.fit import fit, predict
from models.warning.profile import TINY, Turn, column_weight, first_profile, ratio

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Baseline:
    """What each series of a step is held against; nothing in it reads the step's own counts.

    `rough` and `mean` are the expected counts for a profile of 1 before and after the second regression,
    `spread` the relative variance that its coefficients leave. All NaN where no series is `assessable`.
    """

    assessable: npt.NDArray[np.bool_]
    turns: list[Turn]
    rough: Array
    mean: Array
    phi: Array
    spread: Array


@dataclass(frozen=True)
class OneStep:
    """Of each series at one step: count, expected mean, quasi-Poisson φ, and variance of the mean itself."""

    count: Array
    mean: Array
    phi: Array
    error: Array
    base: Baseline


def one_step(counts: Array, step: int, config: Config) -> OneStep:
    """The last of the steps 0 … `step` of series × steps, NaN where there is no report.

    Nothing after `step` is read. A series with fewer than `least_history` reports in its baseline has a NaN
    mean: it is not assessable.
    """
    return tested(baseline(counts, step, config), counts[:, step], config)


def baseline(counts: Array, step: int, config: Config) -> Baseline:
    """What `step` is held against, from the steps up to `guard` before it."""
    first = max(0, step - config.guard - config.history)
    window = counts[:, first : max(step - config.guard, first)]
    known = (~np.isnan(window)).astype(np.float64)
    assessable = np.asarray(known.sum(axis=1) >= config.least_history)
    if not assessable.any():
        nothing = np.full(len(counts), np.nan)
        return Baseline(assessable, [], nothing, nothing, nothing, nothing)
    y = np.nan_to_num(window)
    power = np.cbrt(y) ** 2
    base = window.shape[1]
    steps = np.arange(base, dtype=np.float64) - (step - first)
    here = np.zeros(1)
    if not config.peers:
        fitted = fit(y, known, power, np.zeros(base), steps, config)
        mean, spread = predict(fitted, here, config)
        return Baseline(assessable, [], mean[:, 0], mean[:, 0], fitted.phi, spread[:, 0])
    profile, _, turns = first_profile(y, known, power, base, config)
    fitted = fit(y, known, power, np.log(profile), steps, config)
    plain = predict(fitted, np.append(steps, 0.0), config)[0]
    profile = ratio(y, plain[:, :-1], fitted.weight * (known > 0), config.profile_cases)
    fitted = fit(y, known, power, np.log(profile), steps, config, fitted)
    mean, spread = predict(fitted, here, config)
    return Baseline(assessable, turns, plain[:, -1], mean[:, 0], fitted.phi, spread[:, 0])


def tested(base: Baseline, column: Array, config: Config) -> OneStep:
    """A step whose counts are `column` (by series) against its baseline."""
    if not base.assessable.any():
        return OneStep(column, base.mean, base.phi, base.spread, base)
    profile, shaky = 1.0, 0.0
    if config.peers:
        known, y = (~np.isnan(column)).astype(np.float64), np.nan_to_num(column)
        weight = column_weight(y, known, np.cbrt(y) ** 2, base.turns, config)
        profile = float(ratio(y, base.rough, weight, config.profile_cases))
        now = weight * base.rough
        shaky = float((weight * now * base.phi).sum() / max(float(now.sum()), TINY) ** 2 / profile)
    mean = np.where(base.assessable, base.mean * profile, np.nan)
    return OneStep(column, mean, base.phi, mean**2 * (base.spread + shaky), base)
