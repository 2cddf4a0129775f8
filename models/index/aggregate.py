"""Aggregation: several scores of a region become one, by a weighted mean of three kinds.

`aggregate(scores, weights, method)` takes regions × indicators and returns one number a region. The
arithmetic mean lets a good score buy off a bad one, the geometric one hardly, the harmonic one least
(OECD/JRC 2008, Handbook on Constructing Composite Indicators, step 6). Next: `composite.py`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
# Shares of weights are sums of fractions: two thirds must count as two thirds.
TOLERANCE = 1e-9


def aggregate(
    scores: npt.ArrayLike,
    weights: npt.ArrayLike,
    method: str,
    *,
    least_share: float = 0.0,
    available: npt.ArrayLike | None = None,
) -> Array:
    """The weighted mean of each row of `scores` (regions × indicators), by one of `METHODS`.

    NaN scores are left out and the weights of the others renormalised. `weights` is one row for all regions
    or of the shape of `scores`; none may be negative. A row whose available share of the weight is below
    `least_share` gives NaN, as does one without any weight; `available` says which scores count for that
    share (default: those that are not NaN). Raises ValueError for an unknown method, shapes that do not fit,
    negative or infinite weights, and negative scores where the mean is not arithmetic.
    """
    if method not in METHODS:
        raise ValueError(f"unknown method “{method}”; there are: {', '.join(METHODS)}")
    table = np.asarray(scores, dtype=np.float64)
    if table.ndim != 2:
        raise ValueError(f"scores must be regions × indicators, not {table.ndim}-dimensional")
    weight = np.asarray(weights, dtype=np.float64)
    if weight.shape not in (table.shape, table.shape[1:]):
        raise ValueError(f"weights of shape {weight.shape} do not fit scores of shape {table.shape}")
    if not np.isfinite(weight).all() or (weight < 0).any():
        raise ValueError("weights must be finite and not negative")
    if method != "arithmetic" and (table < 0).any():
        raise ValueError(f"the {method} mean needs scores that are not negative")
    share = available_share(table, weight, available)
    held = np.where(np.isnan(table), 0.0, np.broadcast_to(weight, table.shape))
    total = held.sum(axis=1)
    usable = (total > 0) & (share >= least_share - TOLERANCE)
    unit = held / np.where(total > 0, total, 1.0)[:, np.newaxis]
    mean = METHODS[method](np.nan_to_num(table), unit)
    return np.where(usable, mean, np.nan)


def available_share(scores: Array, weights: Array, available: npt.ArrayLike | None = None) -> Array:
    """How much of each row's weight is available, from 0 to 1; 0 for a row without weight."""
    there = ~np.isnan(scores) if available is None else np.asarray(available, dtype=bool)
    if there.shape != scores.shape:
        raise ValueError(f"available of shape {there.shape} does not fit scores of shape {scores.shape}")
    weight = np.broadcast_to(weights, scores.shape)
    total = weight.sum(axis=1)
    return np.asarray((weight * there).sum(axis=1) / np.where(total > 0, total, 1.0))


def _arithmetic(scores: Array, weights: Array) -> Array:
    return np.asarray((scores * weights).sum(axis=1))


def _geometric(scores: Array, weights: Array) -> Array:
    """The product of powers; one score of zero that has any weight makes it zero."""
    counted = weights > 0
    zero = (counted & (scores == 0)).any(axis=1)
    logs = np.log(np.where(counted & (scores > 0), scores, 1.0))
    return np.where(zero, 0.0, np.exp((weights * logs).sum(axis=1)))


def _harmonic(scores: Array, weights: Array) -> Array:
    """One over the mean of the inverses; one score of zero that has any weight makes it zero."""
    counted = weights > 0
    zero = (counted & (scores == 0)).any(axis=1)
    inverse = (weights / np.where(counted & (scores > 0), scores, 1.0)).sum(axis=1)
    return np.where(zero, 0.0, 1.0 / np.where(inverse > 0, inverse, 1.0))


METHODS: dict[str, Callable[[Array, Array], Array]] = {
    "arithmetic": _arithmetic,
    "geometric": _geometric,
    "harmonic": _harmonic,
}
