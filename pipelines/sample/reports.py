"""Who reported which month when: most within ten days of its end, some late, two prefectures not at all."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.sample.settings import AS_OF, MONTHS, REPORTS, month_end, silent_months, stream
from pipelines.sample.world import PROVINCE, World

__all__ = ["LABELS", "PROVINCE", "in_year", "rows"]

SOURCES = ("failures", "petitions")
LABELS = {"failures": "政务失信记录", "petitions": "信访事项"}
LATE_SHARE = 0.04  # more than 15 days after the end of the month


def rows(world: World, seed: int) -> pl.DataFrame:
    """One row per source, month and reporting office (16 prefectures and 530000), sorted by reported_at.

    The last month is reported on its last day, the day of the data, because nothing later can be known.
    """
    rng = stream(seed, REPORTS)
    offices = sorted(set(world.prefecture))
    found = []
    for source in SOURCES:
        for year, month in MONTHS:
            days = np.where(
                rng.random(len(offices)) < LATE_SHARE,
                rng.integers(16, 45, len(offices)),
                rng.integers(2, 11, len(offices)),
            )
            for office, delay in zip(offices, days.tolist(), strict=True):
                if (year, month) not in silent_months(source, office):
                    day = min(month_end(year, month) + delay, AS_OF)
                    found.append((source, office, f"{year}-{month:02d}", day))
    frame = pl.DataFrame(found, schema=["source", "office", "month", "reported_at"], orient="row")
    return frame.sort("reported_at", "source", "month", "office").with_columns(complete=pl.lit("是"))


def in_year(frame: pl.DataFrame, first: int, last: int) -> pl.DataFrame:
    """What arrived from day `first` to day `last`."""
    return frame.filter(pl.col("reported_at").is_between(first, last))
