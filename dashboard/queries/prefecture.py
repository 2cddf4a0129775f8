"""Frames of 州(市): its counties on one indicator, over time and by all scores; its own key figures.

Grain of what comes in: mart.indicator_value and mart.indicator_score (region, window, indicator). Missing
values are null and stay so.
"""

from collections.abc import Sequence
from datetime import date

import polars as pl

# Counts are drawn as whole numbers, everything else with one decimal.
PLACES = {"count": 0}
# Months between two windows of the small pictures, and how many windows they show.
SERIES = {
    "month": (1, 24),
    "r12": (1, 24),
    "ytd": (1, 24),
    "quarter": (3, 12),
    "half": (6, 8),
    "year": (12, 6),
}


def counties(regions: pl.DataFrame, prefecture: str) -> pl.DataFrame:
    """Return the counties of a prefecture in code order."""
    inside = (pl.col("region_level") == "county") & (pl.col("parent_id") == prefecture)
    return regions.filter(inside).sort("region_id")


def on_indicator(
    window: pl.DataFrame, counties: pl.DataFrame, indicators: pl.DataFrame, indicator: str, ytd: pl.DataFrame
) -> pl.DataFrame:
    """Return one row a county: names, place on the map, its value with status, unit, changes.

    `ytd` is the window of the year so far with the same end; its value is `ytd_value` (and `ytd_status`).
    """
    columns = ("region_id", "value", "status", "denominator")
    so_far = ytd.filter(pl.col("indicator_id") == indicator).select(
        "region_id", *(pl.col(name).alias(f"ytd_{name}") for name in columns[1:])
    )
    return (
        counties.join(
            window.filter(pl.col("indicator_id") == indicator).drop("region_level"),
            on="region_id",
            how="left",
        )
        .join(so_far, on="region_id", how="left")
        .join(indicators.select("indicator_id", "kind", "unit_zh", "unit_en"), on="indicator_id", how="left")
        .sort("region_id")
    )


def figures(
    window: pl.DataFrame, indicators: pl.DataFrame, region: str, group: Sequence[str], ytd: pl.DataFrame
) -> pl.DataFrame:
    """Return one row an indicator in registry order: the region's value, changes, year so far.

    `benchmark` is the median of the regions of `group` that have a value.
    """
    medians = (
        window.filter(pl.col("region_id").is_in(list(group)))
        .group_by("indicator_id")
        .agg(benchmark=pl.col("value").median())
    )
    so_far = ytd.filter(pl.col("region_id") == region).select(
        "indicator_id", ytd_value="value", ytd_status="status", ytd_denominator="denominator"
    )
    return (
        indicators.drop("numerator", "denominator")
        .join(window.filter(pl.col("region_id") == region), on="indicator_id", how="left")
        .join(medians, on="indicator_id", how="left")
        .join(so_far, on="indicator_id", how="left")
        .sort("sort_order")
    )


def index_course(ranking: pl.DataFrame, last: date, count: int) -> pl.DataFrame:
    """Return a region's index in its last `count` windows of twelve months: period, value, rank, provisional.

    `ranking` is its part of mart.ranking; windows that the snapshot does not hold are left out.
    """
    rows = ranking.filter((pl.col("window_kind") == "r12") & (pl.col("period") <= last)).sort("period")
    return rows.tail(count).select("period", "rank", value="index_score", provisional=pl.lit(False))


def ends(kind: str, last: date) -> list[date]:
    """Return the last months of the windows of a kind on the small pictures, up to `last`, oldest first."""
    step, count = SERIES[kind]
    number = last.year * 12 + last.month - 1
    months = [number - step * back for back in range(count)]
    return [date(month // 12, month % 12 + 1, 1) for month in reversed(months)]


def series(windows: Sequence[pl.DataFrame], counties: Sequence[str], indicator: str) -> pl.DataFrame:
    """Return an indicator of all counties over some windows, a row a county and window.

    `benchmark` is the median of those that have a `value`. Windows the snapshot does not hold are empty.
    """
    chosen = pl.col("region_id").is_in(list(counties)) & (pl.col("indicator_id") == indicator)
    return (
        pl.concat([window.filter(chosen).select("region_id", "period", "value") for window in windows])
        .with_columns(benchmark=pl.col("value").median().over("period"))
        .sort("region_id", "period")
    )


def matrix(
    scores: pl.DataFrame, window: pl.DataFrame, counties: pl.DataFrame, indicators: pl.DataFrame
) -> pl.DataFrame:
    """Return a row a county and scored indicator, indicators in registry order: score, score_state, value.

    Indicators that nobody reports are left out.
    """
    words = indicators.select(
        "indicator_id", "sort_order", "name_zh", "name_en", "kind", "unit_zh", "unit_en"
    )
    values = window.select("region_id", "indicator_id", "value", "status", "missing_reason", "denominator")
    return (
        counties.select("region_id")
        .join(scores.select("region_id", "indicator_id", "score", "score_state"), on="region_id")
        .join(words, on="indicator_id")
        .join(values, on=["region_id", "indicator_id"], how="left")
        .filter((pl.col("score_state") != "left_out").any().over("indicator_id"))
        .sort("sort_order", "region_id")
    )


def monthly(warnings: pl.DataFrame, months: Sequence[date], states: pl.DataFrame) -> pl.DataFrame:
    """Return warnings by month and level for charts/levels.py; a month without any has no level.

    `states` says of each month how it could be tested (`warnings.states` of one region).
    """
    grid = pl.DataFrame({"period": months}, schema={"period": pl.Date})
    counted = warnings.group_by("period", "level").agg(count=pl.len().cast(pl.Int64))
    return (
        grid.join(counted, on="period", how="left")
        .join(states.select("period", "state", "provisional"), on="period", how="left")
        .with_columns(
            pl.col("count").fill_null(0),
            pl.col("provisional").fill_null(False),
            untested=(pl.col("state") != "quiet").fill_null(True),
        )
        .sort("period", "level")
    )
