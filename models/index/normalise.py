"""Normalisation: values of one indicator onto a common scale, higher is better where a direction is given.

`normalise(values, method, **params)` takes and returns NumPy; NaN stays NaN and counts in nothing.
The product scores by fixed goalposts, so that no region's score depends on another's; the other methods
are there for comparison (OECD/JRC 2008, Handbook on Constructing Composite Indicators, step 5; the
choice of methods follows COINr's `Normalise`). Next: `score.py`, which applies the registry's goalposts.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]
Knots = Sequence[tuple[float, float]]


def normalise(values: npt.ArrayLike, method: str, **params: Any) -> Values:
    """The normalised values, in the order given, by one of `METHODS` with its own parameters.

    Raises ValueError for an unknown method, parameters it does not have, infinite values, and
    whatever the method itself cannot work with (told in its docstring).
    """
    if method not in METHODS:
        raise ValueError(f"unknown method “{method}”; there are: {', '.join(METHODS)}")
    given = np.asarray(values, dtype=np.float64)
    if given.ndim != 1:
        raise ValueError(f"values must be one row of numbers, not {given.ndim}-dimensional")
    if np.isinf(given).any():
        raise ValueError("values must be finite or NaN")
    function = METHODS[method]
    try:
        inspect.signature(function).bind(given, **params)
    except TypeError as error:
        raise ValueError(f"{method}: {error}") from error
    return function(given, **params)


def goalposts(values: Values, *, knots: Knots, log: bool = False, clip: bool = True) -> Values:
    """Piecewise linear between fixed knots (value, score), as the Human Development Index does with two.

    With `log` the values are compared by their logarithm (HDI: income). Beyond the outer knots the
    score stays at theirs, or with `clip=False` goes on along the outer segment. Raises ValueError for
    fewer than two knots, equal values, scores that go up and down, and with `log` for knots (or, unclipped,
    values) not above zero.
    """
    at, score = _knots(knots)
    x = values
    if log:
        if at[0] <= 0:
            raise ValueError("goalposts on a log scale must be above zero")
        if not clip and (values <= 0).any():
            raise ValueError("values on a log scale must be above zero; or clip them")
        at = np.log(at)
        x = np.log(np.where(values > 0, values, np.exp(at[0])))
        x = np.where(np.isnan(values), np.nan, x)
    found: Values = np.interp(x, at, score)
    if not clip:
        slope = np.diff(score) / np.diff(at)
        found = np.where(x < at[0], score[0] + slope[0] * (x - at[0]), found)
        found = np.where(x > at[-1], score[-1] + slope[-1] * (x - at[-1]), found)
    return found


def minmax(values: Values, *, direction: int = 1, low: float = 0.0, high: float = 100.0) -> Values:
    """The worst value present becomes `low`, the best `high`. Raises ValueError where all are equal."""
    better = _directed(values, direction)
    least, most = _present(better).min(), _present(better).max()
    if least == most:
        raise ValueError("minmax needs two different values")
    share = (better - least) / (most - least)
    # The two ends exactly, whatever the rounding between them.
    return np.where(share == 1, high, low + (high - low) * share)


def zscore(values: Values, *, direction: int = 1) -> Values:
    """Distance from the mean of the values present in their standard deviations (of the population).

    Raises ValueError where all values are equal.
    """
    better = _directed(values, direction)
    present = _present(better)
    deviation = present.std()
    if present.min() == present.max() or deviation == 0:
        raise ValueError("zscore needs two different values")
    return np.asarray((better - present.mean()) / deviation)


def rank(values: Values, *, direction: int = 1) -> Values:
    """Place among the values present, the worst 1, the best n; equal ones share the mean of their places."""
    better = _directed(values, direction)
    ordered = np.sort(_present(better))
    below = np.searchsorted(ordered, better, side="left")
    up_to = np.searchsorted(ordered, better, side="right")
    return np.where(np.isnan(better), np.nan, (below + 1 + up_to) / 2)


def percentile_rank(values: Values, *, direction: int = 1) -> Values:
    """Place as a percentage, the worst 0, the best 100 (COINr `n_prank`). Raises ValueError for one value."""
    places = rank(values, direction=direction)
    number = _present(places).size
    if number < 2:
        raise ValueError("percentile_rank needs two values")
    return np.asarray((places - 1) / (number - 1) * 100)


def distance_to_target(values: Values, *, target: float, worst: float, clip: bool = True) -> Values:
    """How much of the way from `worst` to `target` is done, in % (COINr `n_dist2targ`, with a fixed worst).

    With `clip` nothing falls below 0 or goes above 100. Raises ValueError where the two ends are equal.
    """
    if not (np.isfinite(target) and np.isfinite(worst)) or target == worst:
        raise ValueError("distance_to_target needs a target and a worst value that differ")
    done = (values - worst) / (target - worst) * 100
    return np.clip(done, 0.0, 100.0) if clip else done


METHODS: dict[str, Callable[..., Values]] = {
    "goalposts": goalposts,
    "minmax": minmax,
    "zscore": zscore,
    "rank": rank,
    "percentile_rank": percentile_rank,
    "distance_to_target": distance_to_target,
}


def _knots(knots: Knots) -> tuple[Values, Values]:
    """Values and scores of the knots by ascending value."""
    pairs = np.asarray(sorted(tuple(knot) for knot in knots), dtype=np.float64)
    if pairs.ndim != 2 or pairs.shape[0] < 2 or pairs.shape[1] != 2 or not np.isfinite(pairs).all():
        raise ValueError("goalposts need at least two knots of a finite value and a finite score")
    at, score = pairs[:, 0], pairs[:, 1]
    if (np.diff(at) == 0).any():
        raise ValueError("two goalposts have the same value")
    steps = np.diff(score)
    if not ((steps >= 0).all() or (steps <= 0).all()):
        raise ValueError("the scores of goalposts must rise or fall all the way")
    return at, score


def _directed(values: Values, direction: int) -> Values:
    """The values so that higher is better."""
    if direction not in (1, -1):
        raise ValueError("direction is 1 (higher is better) or -1 (lower is better)")
    return values * direction


def _present(values: Values) -> Values:
    """The values that are there. Raises ValueError for none."""
    present = values[~np.isnan(values)]
    if present.size == 0:
        raise ValueError("there is no value to normalise")
    return present
