"""Dates, day arithmetic and random streams shared by the sample generator; see `world` next.

Days are integers since 1970-01-01 (polars' own count), `NONE` where there is no date.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt

Days = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

DEFAULT_SEED = 20251231
YEARS = tuple(range(2020, 2026))
MONTHS = tuple((year, month) for year in YEARS for month in range(1, 13))
NONE = -(10**6)
EPOCH = date(1970, 1, 1)

# The feast moves between late January and mid February; petitions fall around it.
SPRING_FESTIVAL = (
    date(2020, 1, 25),
    date(2021, 2, 12),
    date(2022, 2, 1),
    date(2023, 1, 22),
    date(2024, 2, 10),
    date(2025, 1, 29),
    date(2026, 2, 17),
)

# Numbers of the random streams: each part of the sample has its own, so that a change in one part
# leaves the bytes of every other file as they were.
WORLD, EXPOSURE, REPORTS, PETITIONS, FAILURES, DEBT, DEBT_DAYS, PLANTED = range(1, 9)

# Prefectures that did not report, by source and month. Their rows of these months do not exist either.
SILENT: dict[tuple[str, str], tuple[tuple[int, int], ...]] = {
    ("failures", "533300"): ((2025, 8), (2025, 9), (2025, 10)),
    ("petitions", "533300"): ((2025, 8), (2025, 9), (2025, 10)),
    ("petitions", "530900"): ((2025, 5), (2025, 6), (2025, 10), (2025, 11)),
}

# A prefecture that sent its petitions of one month long after it; LATE_DAY is the day they came.
LATE_PREFECTURE, LATE_MONTH = "530700", (2024, 11)


def day(value: date) -> int:
    """Days since 1970-01-01."""
    return (value - EPOCH).days


def year_end(year: int) -> int:
    """The day number of 31 December: a year's file knows nothing later."""
    return day(date(year, 12, 31))


AS_OF = year_end(YEARS[-1])
LATE_DAY = day(date(2025, 6, 18))
FIRST_DAY = day(date(YEARS[0], 1, 1))


def month_start(year: int, month: int) -> int:
    """The day number of the first of a month."""
    return day(date(year, month, 1))


def month_end(year: int, month: int) -> int:
    """The day number of the last of a month."""
    return (month_start(year, month + 1) if month < 12 else month_start(year + 1, 1)) - 1


def stream(seed: int, *keys: int) -> np.random.Generator:
    """The random stream of one part (and month) of the sample; equal keys give equal draws."""
    return np.random.default_rng([seed, *keys])


def lognormal_days(rng: np.random.Generator, median: Floats | float, sd: float, size: int) -> Days:
    """Whole days of a lognormal delay (median in days, sd of its logarithm)."""
    delay = np.asarray(median) * np.exp(sd * rng.standard_normal(size))
    days: Days = np.minimum(np.floor(delay), 20_000).astype(np.int64)
    return days


def silent_months(source: str, prefecture: str) -> frozenset[tuple[int, int]]:
    """(year, month) pairs in which the prefecture sent nothing of the source."""
    return frozenset(SILENT.get((source, prefecture), ()))
