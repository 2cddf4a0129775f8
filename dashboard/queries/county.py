"""Frames of the area profile: what a county's score is made of, the course of one indicator or channel, its
warnings.

Grain of what comes in: mart.indicator_score and mart.dimension_score one row a region and indicator (or
dimension) of a window, mart.indicator_value the same with values, mart.warning_channel one row a month of a
region's channel, mart.warning one row a region and month. `codes` are the regions it is compared with.
"""

from datetime import date
from typing import Any

import polars as pl

MONTHS = 36
# Windows that have scores; a county seen by another is scored on the 12 months that end with it.
SCORED = ("r12", "year")
# Windows of which there is one a month: those a course is drawn of.
MONTHLY = ("r12", "month", "ytd")
_SCORE = ("code", "score", "state", "weight", "lost", "estimate", "raw_score")
_VALUE = (
    "numerator",
    "denominator",
    "value",
    "partial_value",
    "status",
    "missing_reason",
    "months_due",
    "months_missing",
    "provisional",
    "change_previous",
    "change_year_ago",
)


def scored_kind(kind: str) -> str:
    """Return the kind of window whose scores are shown beside values of `kind`."""
    return kind if kind in SCORED else "r12"


def course_kind(kind: str) -> str:
    """Return the kind of window that an indicator's course is drawn of."""
    return kind if kind in MONTHLY else "r12"


def run(last: date, count: int, first: date | None = None) -> list[date]:
    """Return `count` months up to `last`, none before `first`."""
    number = last.year * 12 + last.month - 1
    months = [date(n // 12, n % 12 + 1, 1) for n in range(number - count + 1, number + 1)]
    return [month for month in months if first is None or month >= first]


def breakdown(
    indicators: pl.DataFrame,
    dimensions: pl.DataFrame,
    scores: pl.DataFrame,
    dimension_scores: pl.DataFrame,
    window: pl.DataFrame,
    region_id: str,
    codes: list[str],
) -> pl.DataFrame:
    """Return one row a dimension and indicator, each dimension before its own, those without a score last.

    code, part (dimension, indicator, context), dimension and names; score, state, weight (of an indicator
    within its dimension), lost (points of its dimension), estimate and raw_score, and `benchmark`, the
    compared regions' median score among those that have a value; of indicators also mart.indicator_value's
    columns and `median`, the compared regions' median value.
    """
    peer = pl.col("region_id").is_in(codes)
    whole = _scored(
        dimension_scores.rename({"dimension": "code"}).with_columns(
            pl.lit(None, pl.Float64).alias(name) for name in ("lost", "estimate", "raw_score")
        ),
        region_id,
        peer,
    )
    parts = _scored(scores.rename({"indicator_id": "code", "score_state": "state"}), region_id, peer)
    medians = window.filter(peer).group_by("indicator_id").agg(pl.col("value").median().alias("median"))
    values = window.filter(pl.col("region_id") == region_id).select("indicator_id", *_VALUE)
    first = dimensions.select(
        "dimension",
        "name_zh",
        "name_en",
        code="dimension",
        part=pl.lit("dimension"),
        dimension_order="sort_order",
        sort_order=pl.lit(-1, pl.Int64),
    ).join(whole, on="code", how="left")
    order = dimensions.select("dimension", dimension_order="sort_order")
    rest = (
        indicators.drop("weight", "numerator", "denominator")
        .rename({"indicator_id": "code"})
        .join(order, on="dimension", how="left")
        .with_columns(part=pl.when(pl.col("scored")).then(pl.lit("indicator")).otherwise(pl.lit("context")))
        .join(parts, on="code", how="left")
        .join(values.rename({"indicator_id": "code"}), on="code", how="left")
        .join(medians.rename({"indicator_id": "code"}), on="code", how="left")
    )
    return pl.concat([first, rest], how="diagonal").sort("dimension_order", "sort_order", nulls_last=True)


def _scored(scores: pl.DataFrame, region_id: str, peer: pl.Expr) -> pl.DataFrame:
    """The region's scores with the compared regions' median of each."""
    valued = scores.filter(peer & (pl.col("state") == "value"))
    medians = valued.group_by("code").agg(pl.col("score").median().alias("benchmark"))
    mine = scores.filter(pl.col("region_id") == region_id).select(_SCORE)
    return mine.join(medians, on="code", how="left")


def with_priors(
    rows: pl.DataFrame, priors: pl.DataFrame, groups: pl.DataFrame, region: dict[str, Any], year: int
) -> pl.DataFrame:
    """Return `breakdown` with `prior`, what is usual for the region's type, in the indicator's unit."""
    group = groups.filter(pl.col("type") == region["type"])["prior_group"].item()
    mine = priors.filter(
        pl.col("year") == year,
        pl.col("region_level") == region["region_level"],
        pl.col("prior_group") == group,
    )
    means = mine.select("mean", code="indicator_id")
    return rows.join(means, on="code", how="left").with_columns(prior=pl.col("mean") * pl.col("scale"))


def indicator_course(values: pl.DataFrame, region_id: str, codes: list[str], last: date) -> pl.DataFrame:
    """Return an indicator's last windows, one row a month: the region's values and the peers' `benchmark`.

    `values` holds one indicator in these windows of all regions; months before the first are left out.
    """
    if values.is_empty():
        return values.with_columns(benchmark=pl.lit(None, pl.Float64))
    months = run(last, MONTHS, values["period"].min())  # type: ignore[arg-type]
    mine = values.filter(pl.col("region_id") == region_id).drop("region_id", "region_level")
    peers = values.filter(pl.col("region_id").is_in(codes))
    medians = peers.group_by("period").agg(pl.col("value").median().alias("benchmark"))
    return (
        pl.DataFrame({"period": months}, schema={"period": pl.Date})
        .join(mine, on="period", how="left")
        .join(medians, on="period", how="left")
        .with_columns(pl.col("provisional").fill_null(False))
        .sort("period")
    )


def channel_course(
    channel: pl.DataFrame, warnings: pl.DataFrame, code: str, last: date, below: float
) -> pl.DataFrame:
    """Return a channel's last 36 months: value, expected, lower, upper, provisional, level, warning_id.

    `channel` holds one region's channel `code`, `warnings` the region's; only warnings this channel leads are
    marked. A month is provisional when less than `below` of it is expected to be on file.
    """
    led = warnings.filter(pl.col("lead_channel") == code).select("period", "level", "warning_id")
    months = run(last, MONTHS)
    return (
        channel.filter(pl.col("period").is_between(months[0], last))
        .select(
            "period",
            "expected",
            "lower",
            "upper",
            "reason",
            "completeness",
            value="observed",
            provisional=pl.col("completeness") < below,
        )
        .join(led, on="period", how="left")
        .sort("period")
    )


def channel_of(channels: dict[str, dict[str, Any]], indicator: dict[str, Any]) -> str:
    """Return the channel shown beside an indicator: its own, one of its source, else the first."""
    own = [code for code, row in channels.items() if row["indicator_id"] == indicator["indicator_id"]]
    near = [code for code, row in channels.items() if row["source"] == indicator["source"]]
    return [*own, *near, *channels][0]


def warning_months(warnings: pl.DataFrame, channels: pl.DataFrame, last: date, below: float) -> pl.DataFrame:
    """Return how many warnings a region had, by month and level; a month without any is a row without level.

    `channels` holds the region's months of all channels: with them begins what could be tested, and a month
    is provisional when any of them is.
    """
    states = (
        channels.group_by("period")
        .agg(provisional=(pl.col("completeness") < below).any())
        .filter(pl.col("period").is_in(run(last, MONTHS)))
    )
    counts = warnings.group_by("period", "level").agg(pl.len().cast(pl.Int64).alias("count"))
    return states.join(counts, on="period", how="left").sort("period", "level")


def latest(warnings: pl.DataFrame, last: date) -> pl.DataFrame:
    """Return the warnings of the last 36 months, the newest first."""
    return warnings.filter(pl.col("period").is_in(run(last, MONTHS))).sort("period", descending=True)
