"""What stands behind one month of a channel: its records from the store, and the value the chart plots.

Before: mart.warning_channel (region_id, period, channel) and `pipelines.api.records`. After: the card that
shows both, wording/records.py.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from dashboard.here import Here
from pipelines.api import RecordsUnavailable, records

CHANNELS = "mart.warning_channel"


@dataclass(frozen=True)
class Behind:
    """The records of one region, channel and month, and the plotted value to hold them against.

    `channel` is the row of ref.channel, `rows` the first records (at most 5,000) and `total` how many there
    are; `unavailable` is why there are none, where the store lacks them. `plotted` is the value of
    mart.warning_channel (None: not reported), `on_chart` says whether it has such a month at all.
    """

    source: str
    channel: dict[str, Any]
    rows: pl.DataFrame
    total: int
    plotted: int | None
    on_chart: bool
    provisional: bool
    unavailable: RecordsUnavailable | None = None


def channels(at: Here) -> dict[str, dict[str, Any]]:
    """Return the rows of ref.channel by code in their order, each with its `source`; empty without any."""
    if not at.has("ref.channel"):
        return {}
    sources = at.frame("ref.measure").select("measure", "source")
    found = at.frame("ref.channel").join(sources, on="measure", how="left").sort("sort_order")
    return {row["channel"]: row for row in found.iter_rows(named=True)}


def provisional_below(at: Here) -> float:
    """Return the share on file under which a month is provisional (METHOD 6)."""
    return float(at.frame("ref.warning_parameter")["provisional_share"][0])


def behind(at: Here, channel: str, region_id: str, month: date) -> Behind:
    """Return what stands behind a month of a channel; raises KeyError for an unknown channel."""
    row = channels(at)[channel]
    months = at.part(CHANNELS, region_id=region_id, channel=channel).filter(pl.col("period") == month)
    known = months.row(0, named=True) if months.height else None
    unavailable = None
    try:
        rows = records(at.snapshot, row["source"], region_id, month, month, channel)
    except RecordsUnavailable as error:
        rows, unavailable = pl.DataFrame(), error
    return Behind(
        source=row["source"],
        channel=row,
        rows=rows,
        total=int(rows["total"][0]) if rows.height else 0,
        plotted=None if known is None or known["observed"] is None else round(known["observed"]),
        on_chart=known is not None,
        provisional=known is not None and known["completeness"] < provisional_below(at),
        unavailable=unavailable,
    )


def makeup(rows: pl.DataFrame, column: str) -> list[tuple[str | None, int]]:
    """Return how many rows have each value of a column, the most frequent first; None where it is empty."""
    counted = rows.group_by(column).len().sort(["len", column], descending=[True, False], nulls_last=True)
    return [(value, int(n)) for value, n in counted.iter_rows()]
