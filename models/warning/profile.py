"""The peer profile: what moves all regions of a source alike (METHOD 6.1).

F of a step = robust sum of counts / robust sum of levels. It carries season, trend, campaigns, holidays and
common delay, so that none of these is a region's anomaly. `anscombe` says how little a high count has to say.
Before: `config.py`; next: `fit.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.warning.config import Config

Array = npt.NDArray[np.float64]
TINY = 1e-12
_ROUNDS = 2


def anscombe(power: Array, mean: Array, phi: Array | float, limit: float) -> Array:
    """Weights ≤ 1 of counts against their mean: (limit / residual)² beyond the limit (METHOD 6.2).

    `power` is count^(2/3), worked out once by the caller; only counts above their mean are ever made light.
    """
    root = np.cbrt(mean)
    residual = 1.5 * (power - root * root) / np.sqrt(root * phi)
    return np.asarray(np.minimum(1.0, limit / np.maximum(residual, limit)) ** 2)


def ratio(counts: Array, mean: Array, weight: Array, cases: float) -> Array:
    """F of each step against the means of its regions, held towards 1 by so many `cases`."""
    return np.asarray(((weight * counts).sum(axis=0) + cases) / ((weight * mean).sum(axis=0) + cases))


def scatter(counts: Array, mean: Array, weight: Array) -> float:
    """One φ for all cells of a source, floor 1."""
    squares = weight * (counts - mean) ** 2 / mean
    return max(1.0, float(squares.sum() / max(float(weight.sum()), 1.0)))


@dataclass(frozen=True)
class Turn:
    """One turn of the first profile: each region's level, and φ of all cells (NaN in the last turn)."""

    level: Array
    phi: float


def first_profile(
    counts: Array, known: Array, power: Array, base: int, config: Config
) -> tuple[Array, Array, list[Turn]]:
    """F of every step, the robust weights, and the turns, from each region's level in the first `base` steps.

    Arrays are regions × steps; `known` is 1 where there is a report, and `counts` 0 where there is none. The
    turns read the first `base` steps only: with them `column_weight` weighs any later step by itself.
    """
    weight, profile = known, np.ones(counts.shape[1])
    turns: list[Turn] = []
    for turn in range(_ROUNDS + 1):
        exposure = (weight[:, :base] * profile[:base]).sum(axis=1)
        usual = float(counts[:, :base].sum() / max(float(known[:, :base].sum()), 1.0))
        cases = (weight[:, :base] * counts[:, :base]).sum(axis=1)
        level = (cases + config.profile_cases) / (exposure + config.profile_cases / max(usual, TINY))
        profile = ratio(counts, level[:, np.newaxis], weight, config.profile_cases)
        mean = np.maximum(level[:, np.newaxis] * profile, TINY)
        phi = np.nan
        if turn < _ROUNDS:
            inner = np.s_[:, :base]
            phi = scatter(counts[inner], mean[inner], weight[inner])
            weight = known * anscombe(power, mean, phi, config.anscombe_limit)
        turns.append(Turn(level, phi))
    return profile, weight, turns


def column_weight(counts: Array, known: Array, power: Array, turns: list[Turn], config: Config) -> Array:
    """The robust weights of one step outside the base; arrays are by region."""
    weight = known
    for turn in turns[:_ROUNDS]:
        profile = ratio(counts, turn.level, weight, config.profile_cases)
        mean = np.maximum(turn.level * profile, TINY)
        weight = known * anscombe(power, mean, turn.phi, config.anscombe_limit)
    return weight
