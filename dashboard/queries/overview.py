"""Frames of 首页: warnings of the last months, who moved, the tiles of the prefectures, the key figures."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from dashboard.queries import warnings as queries
from dashboard.queries.windows import PROVINCE

FIRST_CHOICE, SECOND_CHOICE = "failure_rate", "failure_events"
# What the first screen shows of the registry; all of it is one fold away.
KEY_FIGURES = (
    "failure_events",
    "failure_rate",
    "rectified_on_time",
    "petition_volume",
    "petition_closed_on_time",
    "petition_satisfied",
    "petition_repeat",
    "debt_balance",
    "debt_ratio",
    "limit_use",
)
# What needs attention: how many months back, and how many warnings and gaps at the most.
ATTENTION_MONTHS, ATTENTION, ATTENTION_GAPS = 3, 5, 2
MOVERS, LEAST_MOVE = 3, 1.0


@dataclass(frozen=True)
class News:
    """The warnings of one month that leaders see, how many rest on volume alone, and changes.

    `previous` and `year_ago` are differences of the number, None where that month was not tested.
    `unassessed` of `regions` could not be assessed that month.
    """

    chosen: pl.DataFrame
    volume: int
    unassessed: int
    regions: int
    previous: int | None
    year_ago: int | None


def led(warnings: pl.DataFrame) -> pl.DataFrame:
    """Return the warnings without those carried by petition volume alone (METHOD 6.7)."""
    return warnings.filter(~pl.col("volume_only"))


def news(
    warnings: pl.DataFrame, channels: pl.DataFrame, regions: pl.DataFrame, area: str, month: date
) -> News:
    """Return what is new in a month in an area and all inside it."""
    found = queries.in_sight(warnings, regions, area, month, month)
    chosen = led(found)

    def change(back: int) -> int | None:
        earlier = queries.shifted(month, -back)
        if not channels.filter(pl.col("tested") & (pl.col("period") == earlier)).height:
            return None
        return chosen.height - led(queries.in_sight(warnings, regions, area, earlier, earlier)).height

    state = queries.states(channels, month, month, 0)
    mine = state.filter(pl.col("region_id").is_in(queries.inside(regions, area)))
    unassessed = mine.filter(pl.col("state") != "quiet").height
    return News(chosen, found.height - chosen.height, unassessed, mine.height, change(1), change(12))


def first_tested(channels: pl.DataFrame) -> date | None:
    """Return the first month in which anything could be tested, None where nothing could."""
    first: Any = channels.filter("tested")["period"].min()
    return first


def by_month(warnings: pl.DataFrame, state: pl.DataFrame) -> pl.DataFrame:
    """Return warnings by month and level for charts/levels.py: a month without one has a null level.

    `state` (`queries.warnings.states`) names the months and which are provisional.
    """
    months = state.group_by("period").agg(pl.col("provisional").any())
    counts = warnings.group_by("period", "level").agg(pl.len().cast(pl.Int64).alias("count"))
    return months.join(counts, on="period", how="left").sort("period", "level")


def attention(warnings: pl.DataFrame, last: date) -> pl.DataFrame:
    """Return the warnings of the last months that leaders see, gravest first; `warnings` as `in_sight`."""
    first = queries.shifted(last, 1 - ATTENTION_MONTHS)
    return led(warnings.filter(pl.col("period").is_between(first, last) & (pl.col("level") <= 3)))


def movers(ranking: pl.DataFrame, shares: pl.DataFrame, regions: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Return the prefectures whose score moved most against a year ago, largest first, and how many cannot
    be compared: not ranked, or an indicator without data in either window.

    `ranking` is mart.ranking of the window, `shares` mart.dimension_score of it and of the one a year
    before. At most `MOVERS` up and as many down, none that moved less than `LEAST_MOVE` points.
    """
    mine = ranking.filter(pl.col("region_level") == "prefecture")
    partly = shares.filter(pl.col("available_share") < 1)["region_id"].unique()
    known = mine.filter(pl.col("score_change").is_not_null() & ~pl.col("region_id").is_in(partly.to_list()))
    moved = known.filter(pl.col("score_change").abs() >= LEAST_MOVE).drop("region_level")
    ordered = moved.join(regions, on="region_id").sort("score_change", "region_id", descending=[True, False])
    up, down = ordered.filter(pl.col("score_change") > 0), ordered.filter(pl.col("score_change") < 0)
    return pl.concat([up.head(MOVERS), down.tail(MOVERS)]), mine.height - known.height


def comparable(changes: pl.DataFrame) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the like-for-like changes of a window by indicator and basis (previous, year_ago)."""
    return {(row["indicator_id"], row["basis"]): row for row in changes.to_dicts()}


def map_indicator(window: pl.DataFrame) -> str:
    """Return the indicator the tile map shows: the rate, or the count where nothing of a rate is known."""
    rates = window.filter((pl.col("region_level") == "prefecture") & (pl.col("indicator_id") == FIRST_CHOICE))
    known = rates["value"].count() + rates["partial_value"].count()
    return FIRST_CHOICE if known or rates.is_empty() else SECOND_CHOICE


def tiles(
    window: pl.DataFrame, regions: pl.DataFrame, grid: pl.DataFrame, indicators: pl.DataFrame, indicator: str
) -> pl.DataFrame:
    """Return one row per prefecture in code order: names, place on the grid, value, status, reason, unit."""
    return (
        regions.filter(pl.col("region_level") == "prefecture")
        .join(grid, on="region_id")
        .join(
            window.filter(pl.col("indicator_id") == indicator).drop("region_level"),
            on="region_id",
            how="left",
        )
        .join(indicators.select("indicator_id", "kind", "unit_zh", "unit_en"), on="indicator_id", how="left")
        .sort("region_id")
    )


def breaks(values: pl.Series, classes: int = 5) -> list[float]:
    """Return the inner class limits (at most `classes` − 1, ascending) that part the values evenly.

    Limits are rounded as they are printed, so that a printed value always lies in the class it is drawn in;
    limits that fall together are merged, and a limit not above the smallest value is dropped.
    """
    present = values.drop_nulls().drop_nans().sort()
    if present.n_unique() < 2:
        return []
    whole = bool((present == present.round(0)).all())
    cuts = {
        round(float(present.quantile(step / classes, interpolation="linear") or 0.0), 0 if whole else 1)
        for step in range(1, classes)
    }
    low, high = float(present.min()), float(present.max())  # type: ignore[arg-type]
    return sorted(cut for cut in cuts if low < cut <= high)


def decimals(indicator: str) -> int:
    """Return how many decimals the map prints of an indicator's values and limits."""
    return 0 if indicator == SECOND_CHOICE else 1


def classify(tile: pl.DataFrame, limits: list[float], decimals: int) -> pl.DataFrame:
    """Return the tiles with `class_no`: 0 for the lightest, up to len(limits); null without a value."""
    rounded = pl.col("value").round(decimals)
    number = pl.sum_horizontal([(rounded >= limit).cast(pl.Int32) for limit in limits] or [pl.lit(0)])
    return tile.with_columns(pl.when(pl.col("value").is_not_null()).then(number).alias("class_no"))


def key_figures(window: pl.DataFrame, indicators: pl.DataFrame, region_id: str = PROVINCE) -> pl.DataFrame:
    """Return one row per indicator in registry order: its words, and the region's value in this window."""
    return (
        _words(indicators)
        .join(window.filter(pl.col("region_id") == region_id), on="indicator_id", how="left")
        .sort("sort_order")
    )


def _words(indicators: pl.DataFrame) -> pl.DataFrame:
    """The registry without the names of its measures: values have their own `numerator` and `denominator`."""
    return indicators.drop("numerator", "denominator")


def one(figures: pl.DataFrame, indicator: str) -> dict[str, Any]:
    """Return the row of one indicator of the key figures."""
    return figures.row(by_predicate=pl.col("indicator_id") == indicator, named=True)


def spread(window: pl.DataFrame, indicators: pl.DataFrame, regions: pl.DataFrame) -> pl.DataFrame:
    """Return every indicator of every prefecture in code and registry order: `name_*` is the region's name,
    `indicator_*` the indicator's."""
    words = indicators.select(
        "indicator_id",
        "kind",
        "unit_zh",
        pl.col("sort_order").alias("indicator_order"),
        pl.col("name_zh").alias("indicator_zh"),
        pl.col("name_en").alias("indicator_en"),
    )
    return (
        regions.filter(pl.col("region_level") == "prefecture")
        .join(window.drop("region_level"), on="region_id")
        .join(words, on="indicator_id")
        .sort("region_id", "indicator_order")
    )
