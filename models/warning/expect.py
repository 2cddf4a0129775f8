"""What a month was expected to hold, from the region's own earlier months alone.

The larger of two: the mean of two years that end some months before the one tested, so that a climb does not
become its own yardstick, and the median of the same time of year in earlier years. Next: `tail.py`.
"""

from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt

from models.warning.settings import Settings

Array = npt.NDArray[np.float64]
YEAR = 12


def expected(counts: Array, share: Array, settings: Settings) -> Array:
    """Expected counts of regions × months, NaN where fewer months are known than the settings ask for.

    `counts` has NaN for months not reported; `share` says how complete each month is. Earlier months are
    taken as complete as they are, and what they say is scaled to the month tested. A past without a case
    counts as a fraction of one, so that nothing is ever impossible. The months after one never matter.
    """
    lag = settings.guard_months + 1
    cases = window_sum(np.nan_to_num(counts), settings.mean_months, lag)
    known = window_sum((~np.isnan(counts)).astype(np.float64), settings.mean_months, lag)
    exposure = window_sum(np.where(np.isnan(counts), 0.0, share), settings.mean_months, lag)
    held = np.maximum(cases, settings.no_case_counts_as) / np.where(exposure > 0, exposure, 1.0)
    level = np.fmax(held, _season(counts / share, settings))
    return np.where(known >= settings.least_history_months, level * share, np.nan)


def window_sum(values: Array, months: int, lag: int) -> Array:
    """For every month the sum of so many months, the last of them `lag` months before it."""
    sums = np.concatenate([np.zeros((*values.shape[:-1], 1)), values.cumsum(axis=-1)], axis=-1)
    end = np.clip(np.arange(values.shape[-1]) - lag + 1, 0, None)
    return np.asarray(sums[..., end] - sums[..., np.clip(end - months, 0, None)])


def earlier(values: Array, lag: int) -> Array:
    """The values of so many months before, NaN before the first."""
    moved = np.full_like(values, np.nan)
    if lag < values.shape[-1]:
        moved[..., lag:] = values[..., : values.shape[-1] - lag]
    return moved


def _season(values: Array, settings: Settings) -> Array:
    """The median of the same calendar month and those beside it in earlier years, NaN where few are known."""
    spread = settings.season_spread_months
    lags = [
        YEAR * year + beside
        for year in range(1, settings.season_years + 1)
        for beside in range(-spread, spread + 1)
    ]
    same = np.stack([earlier(values, lag) for lag in lags])
    enough = (~np.isnan(same)).sum(axis=0) >= settings.least_season_months
    with warnings.catch_warnings():
        # A month with no year before it is a column of NaN, and says so as one.
        warnings.simplefilter("ignore", RuntimeWarning)
        median = np.nanmedian(same, axis=0)
    return np.where(enough, median, np.nan)
