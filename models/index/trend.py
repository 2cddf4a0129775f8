"""What can be said in words: whether a region improved, and how much of a score's spread is signal.

`trend` compares draws of two windows that do not overlap, under the same method and the later year's priors;
only a near-certain change has a word of its own (method section 5, rule 8). `reliability` is the signal's
share of the variance, as in a random effects model (Snijders and Bosker 2012, Multilevel Analysis, section
3.5). Before: `draws.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.index.rank import DIGITS

Array = npt.NDArray[np.float64]
CERTAIN = 0.975


@dataclass(frozen=True)
class Trend:
    """P(better than before) of every region, NaN where unknown, and its word.

    Words are `improved`, `worsened`, `steady`, and `unknown`, where one of the two windows has no index.
    """

    probability: Array
    word: npt.NDArray[np.str_]


def trend(previous: npt.ArrayLike, current: npt.ArrayLike, *, certain: float = CERTAIN) -> Trend:
    """The word of every region from draws of its index then and now, each draws × regions.

    A tie counts half: a region that scores the same in every draw has P = ½. Raises ValueError for shapes
    that differ and a certainty not above one half.
    """
    then, now = (np.asarray(values, dtype=np.float64) for values in (previous, current))
    if then.ndim != 2 or then.shape != now.shape:
        raise ValueError(f"draws of shape {then.shape} and {now.shape} must be draws × the same regions")
    if not 0.5 < certain <= 1:
        raise ValueError("certain is a probability above one half")
    change = np.round(now - then, DIGITS)
    known = ~np.isnan(change).any(axis=0)
    better = (change > 0).mean(axis=0) + (change == 0).mean(axis=0) / 2
    probability = np.where(known, better, np.nan)
    word = np.select(
        [~known, probability >= certain, probability <= 1 - certain],
        ["unknown", "improved", "worsened"],
        "steady",
    )
    return Trend(probability, word)


def reliability(estimates: npt.ArrayLike, standard_errors: npt.ArrayLike) -> float:
    """The share of the variance between regions that is signal, from 0 to 1, from posterior means and errors.

    By the law of total variance the truth varies as the means do plus the mean squared error about them, so
    the share is Var(mean) / (Var(mean) + mean error²). Regions without an estimate are left out; NaN with
    fewer than two, and where nothing varies. Raises ValueError for shapes that differ and negative errors.
    """
    mean = np.asarray(estimates, dtype=np.float64)
    error = np.asarray(standard_errors, dtype=np.float64)
    if mean.ndim != 1 or mean.shape != error.shape:
        raise ValueError(f"estimates {mean.shape} and standard errors {error.shape} must be two equal rows")
    if (error < 0).any():
        raise ValueError("a standard error is not negative")
    known = ~np.isnan(mean + error)
    if known.sum() < 2:
        return float("nan")
    signal, noise = mean[known].var(ddof=1), (error[known] ** 2).mean()
    return float(signal / (signal + noise)) if signal + noise > 0 else float("nan")
