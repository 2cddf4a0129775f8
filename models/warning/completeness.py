"""Completeness by age: how much of a month is on file so many months after it, by how older months came in.

A young month holds only a part of its failures: what it comes to is provisional.
Petitions and overdue duties are known once the month is reported: their share is 1. Next: `monthly.py`.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

DIGITS = 9
# The only counts that go on growing after their month has been reported.
GROWING = "failure_events"
SCHEMA = pl.Schema({"channel": pl.String, "age_months": pl.Int32, "share": pl.Float64})
Array = npt.NDArray[np.float64]


def completeness(
    arrival: pl.DataFrame, channels: pl.DataFrame, context: pl.DataFrame, parameters: pl.DataFrame
) -> pl.DataFrame:
    """The share on file by channel and age in months (0: at the month's own end); see SCHEMA.

    `arrival` is core.arrival, `channels` ref.channel, `context` run.context, `parameters`
    ref.warning_parameter. Only months older than the horizon speak, so none that is tested as young. With
    too few events nothing is known of delay, and the share is 1: nothing is expected to be missing.
    """
    horizon = int(parameters["horizon_months"][0])
    last = month_number(context["last_month"][0])
    ages = np.arange(horizon + 1)
    numbers = np.array([month_number(month) for month in arrival["period"]], dtype=np.int64)
    within = arrival["delay_months"].to_numpy() <= horizon
    spoken = arrival.filter((last - numbers >= horizon) & within)
    delays, events = spoken["delay_months"].to_numpy(), spoken["events"].to_numpy()
    total = float(events.sum())
    share = np.ones(ages.size)
    if total >= float(parameters["least_arrivals"][0]):
        arrived = np.bincount(delays, weights=events, minlength=ages.size).cumsum()
        # Half an event keeps the first share above zero; the last one is 1.
        share = (arrived + 0.5) / (total + 0.5)
    parts = [
        pl.DataFrame(
            {
                "channel": [channel] * ages.size,
                "age_months": ages,
                "share": share.round(DIGITS) if channel == GROWING else np.ones(ages.size),
            }
        ).cast(SCHEMA)
        for channel in channels.sort("sort_order")["channel"]
    ]
    return pl.concat([SCHEMA.to_frame(), *parts])


def shares(table: pl.DataFrame, channel: str, ages: npt.NDArray[np.int64]) -> Array:
    """The share of `channel` at each age; 1 for ages beyond the table."""
    mine = table.filter(pl.col("channel") == channel).sort("age_months")["share"].to_numpy()
    known = np.append(mine, 1.0)
    return known[np.clip(ages, 0, mine.size)]


def month_number(month: date) -> int:
    """Months counted through the years."""
    return month.year * 12 + month.month - 1
