"""Frames of 首页: the tiles of the prefectures, the key figures of the province and their spread."""

from typing import Any

import polars as pl

from dashboard.queries.windows import PROVINCE

FIRST_CHOICE, SECOND_CHOICE = "failure_rate", "failure_events"


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
