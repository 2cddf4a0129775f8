"""Frames of the lanes of totals: mart.warning_lane, one row a region, month and channel."""

from collections.abc import Sequence
from datetime import date

import polars as pl


def least_probable(own: pl.DataFrame, first: date, last: date, aside: Sequence[str]) -> str:
    """Return the channel with the smallest p in the months, of a region's rows; `aside` are not asked."""
    inside = own.filter(pl.col("period").is_between(first, last), ~pl.col("channel").is_in(list(aside)))
    return str(inside.sort("p_value", "channel", nulls_last=True)["channel"][0])


def months_out(own: pl.DataFrame, first: date, last: date) -> dict[str, int]:
    """Return by channel in how many of the months a region's total stands out."""
    out = own.filter(pl.col("level").is_not_null(), pl.col("period").is_between(first, last))
    return {str(channel): int(n) for channel, n in out.group_by("channel").len().iter_rows()}


def series(own: pl.DataFrame, complete: pl.DataFrame, share: float) -> pl.DataFrame:
    """Return one channel of a region for charts/trend.py: value, provisional (less than `share` on file)."""
    return (
        own.join(complete, on="period", how="left")
        .with_columns(
            pl.col("observed").alias("value"), (pl.col("completeness") < share).alias("provisional")
        )
        .sort("period")
    )


def prefectures_out(lanes: pl.DataFrame, first: date, last: date) -> pl.DataFrame:
    """Return region_id and `months` of the prefectures whose total stands out, most months first."""
    out = lanes.filter(pl.col("level").is_not_null(), pl.col("period").is_between(first, last))
    found = (
        out.sort("period").group_by("region_id", maintain_order=True).agg(pl.col("period").alias("months"))
    )
    return found.sort(pl.col("months").list.len(), "region_id", descending=[True, False])
