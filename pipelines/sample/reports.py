"""Who reported which month when: most within ten days of its end, some late, two prefectures not at all."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.sample.settings import (
    AS_OF,
    LATE_DAY,
    LATE_MONTH,
    LATE_PREFECTURE,
    MONTHS,
    REPORTS,
    month_end,
    silent_months,
    stream,
)
from pipelines.sample.world import PROVINCE, World

__all__ = ["LABELS", "PROVINCE", "of_debt", "rows", "sorted_rows"]

SOURCES = ("failures", "petitions")
LABELS = {
    "failures": "政务失信记录",
    "petitions": "信访事项",
    "debt_balance": "债务余额",
    "debt_year": "债务年报",
}
LATE_SHARE = 0.04  # more than 15 days after the end of the month


def rows(world: World, seed: int) -> pl.DataFrame:
    """One row per source, month and reporting office (16 prefectures and 530000) of failures and petitions.

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
                    if (source, office, (year, month)) == ("petitions", LATE_PREFECTURE, LATE_MONTH):
                        day = LATE_DAY
                    found.append((source, office, f"{year}-{month:02d}", day))
    return pl.DataFrame(found, schema=["source", "office", "month", "reported_at"], orient="row")


def of_debt(balances: pl.DataFrame, years: pl.DataFrame) -> pl.DataFrame:
    """The same of the debt sources, from their rows: quarters by their last month, years by December."""
    quarter = pl.col("period").str.slice(5).cast(pl.Int64) * 3
    months = {
        "debt_balance": balances.with_columns(
            month=pl.format("{}-{}", pl.col("period").str.slice(0, 4), quarter.cast(pl.String).str.zfill(2))
        ),
        "debt_year": years.with_columns(month=pl.format("{}-12", "year")),
    }
    parts = [
        frame.group_by("office", "month").agg(
            reported_at=pl.col("recorded_at").first(), source=pl.lit(source)
        )
        for source, frame in months.items()
    ]
    return pl.concat(parts).select("source", "office", "month", "reported_at")


def sorted_rows(*parts: pl.DataFrame) -> pl.DataFrame:
    """All registrations in the order in which they were made, each complete."""
    frame = pl.concat(parts).sort("reported_at", "source", "month", "office")
    return frame.with_columns(complete=pl.lit("是"))
