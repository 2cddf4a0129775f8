"""Places: the best score is 1st, equal ones share the better place, and the next place is skipped."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

# Two scores that differ by rounding alone are equal.
DIGITS = 9


def rank_min(scores: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """The place of every score, 1 for the highest; NaN has none (NaN) and takes none.

    Scores are compared after rounding to 9 digits; of equal ones each has the number of better ones + 1.
    Raises ValueError unless `scores` is one row.
    """
    given = np.round(np.asarray(scores, dtype=np.float64), DIGITS)
    if given.ndim != 1:
        raise ValueError(f"scores must be one row of numbers, not {given.ndim}-dimensional")
    ordered = np.sort(given[~np.isnan(given)])
    better = ordered.size - np.searchsorted(ordered, given, side="right")
    return np.where(np.isnan(given), np.nan, better + 1.0)
