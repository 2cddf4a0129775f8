"""Whose doing is the variance: Sobol indices of groups of inputs by two samples and their mixtures.

First order: how much of the variance goes if the group is fixed; total: how much stays if all else is.
Estimators: Saltelli et al. 2010, Variance based sensitivity analysis of model output, Computer Physics
Communications 181, 259–270, with the total of Jansen 1999. Used by `sensitivity.py` (method section 5).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def samples(columns: int, draws: int, seed: int) -> tuple[Array, Array]:
    """Two independent samples of draws × columns between 0 and 1: in each column one in every n-th part."""
    rng = np.random.default_rng(seed)
    both = []
    for _ in range(2):
        strata = rng.permuted(np.tile(np.arange(draws), (columns, 1)), axis=1).T
        both.append((strata + rng.random((draws, columns))) / draws)
    return both[0], both[1]


def mixed(base: Array, second: Array, columns: Sequence[int]) -> Array:
    """The base sample with the columns of one group from the second."""
    swapped = base.copy()
    swapped[:, list(columns)] = second[:, list(columns)]
    return swapped


def indices(base: Array, second: Array, swapped: Array) -> tuple[Array, Array]:
    """First order and total index of each group, from outputs of both samples and of groups × draws mixtures.

    Estimates of a few hundred draws scatter by some hundredths and may fall below 0. All are 0 where the
    output does not vary.
    """
    both = np.concatenate([base, second])
    variance = both.var()
    if variance == 0:
        return np.zeros(len(swapped)), np.zeros(len(swapped))
    middle = both.mean()
    first = ((second - middle) * (swapped - base)).mean(axis=1) / variance
    total = ((base - swapped) ** 2).mean(axis=1) / (2 * variance)
    return np.asarray(first), np.asarray(total)
