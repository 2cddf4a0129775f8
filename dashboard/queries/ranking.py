"""Frames of 区域排名: the board of a level, why a region is not ranked, the summary, the course of places.

Grain of what comes in: mart.ranking (region, window), mart.dimension_score (× dimension),
mart.indicator_score and mart.indicator_value (× indicator). Scores are 1 to 100, null for who is not ranked.
"""

from collections.abc import Collection
from datetime import date
from typing import Any

import polars as pl

from dashboard.queries import peers

# Rank ties are decided on rounded scores (METHOD 5.7).
TIE_DIGITS = 9
MOVERS = 12


def board(
    ranking: pl.DataFrame,
    dimensions: pl.DataFrame,
    regions: pl.DataFrame,
    level: str,
    comparator: str,
    nearest: Collection[str] = (),
) -> pl.DataFrame:
    """Return one row a region of the level in code order: its names, its ranking, its score by dimension.

    `score_<dimension>` is null where the dimension is missing. `group` is what the region shares with those
    it is compared with; `benchmark` their median index, `group_rank` its place among the `group_count` of
    them that are ranked. Regions in `nearest` are a group of their own: a region and its peers.
    """
    wide = dimensions.pivot("dimension", index="region_id", values="score", sort_columns=True)
    scores = pl.col("index_score")
    return (
        regions.filter(pl.col("region_level") == level)
        .join(ranking.drop("region_level"), on="region_id")
        .join(wide.rename(lambda name: name if name == "region_id" else f"score_{name}"), on="region_id")
        .join(peers.keys(regions, level, comparator), on="region_id")
        .with_columns(
            group=pl.when(pl.col("region_id").is_in(list(nearest)))
            .then(pl.lit(peers.NEAREST))
            .otherwise("group")
        )
        .with_columns(
            benchmark=scores.median().over("group"),
            group_rank=scores.round(TIE_DIGITS).rank("min", descending=True).over("group").cast(pl.Int32),
            group_count=scores.count().over("group"),
        )
        .sort("region_id")
    )


def reasons(
    board: pl.DataFrame, scores: pl.DataFrame, window: pl.DataFrame
) -> dict[str, list[dict[str, Any]]]:
    """Return why each region is not ranked: a row a missing dimension and reason, by region.

    Each holds dimension, missing_reason (codes), months_due and months_missing (the most of its indicators).
    """
    states = pl.col("score_state")
    apart = board.filter(pl.col("state") == "not_ranked").select(
        "region_id", dimension=pl.col("missing_dimensions").str.split(",")
    )
    found = (
        apart.explode("dimension")
        .join(scores.filter(states.is_in(["missing", "left_out"])), on=["region_id", "dimension"], how="left")
        # What nobody reports is the reason only where nothing else is missing.
        .filter((states == "missing") | ~(states == "missing").any().over("region_id", "dimension"))
        .join(window, on=["region_id", "indicator_id"], how="left")
        .group_by("region_id", "dimension", "missing_reason")
        .agg(pl.col("months_due", "months_missing").max())
        .sort("region_id", "dimension", "missing_reason")
    )
    parts = found.partition_by("region_id", as_dict=True, maintain_order=True)
    return {str(code): part.to_dicts() for (code,), part in parts.items()}


def left_out(scores: pl.DataFrame, board: pl.DataFrame, indicators: pl.DataFrame) -> list[dict[str, Any]]:
    """Return the indicators that no unit of the level reports: the index of this window goes without them."""
    codes = scores.join(board.select("region_id"), on="region_id").filter(pl.col("score_state") == "left_out")
    return (
        indicators.join(codes.select("indicator_id").unique(), on="indicator_id")
        .sort("sort_order")
        .to_dicts()
    )


def summary(board: pl.DataFrame) -> dict[str, Any]:
    """Return n, ranked, apart, and of the ranked low, high, median (null without any) and bands (band, n)."""
    scores = board["index_score"].drop_nulls()
    bands = board.filter(pl.col("band").is_not_null()).group_by("band").len().sort("band")
    return {
        "n": board.height,
        "ranked": len(scores),
        "apart": board.height - len(scores),
        "low": scores.min(),
        "high": scores.max(),
        "median": scores.median(),
        "bands": list(bands.iter_rows()),
    }


def course(ranking: pl.DataFrame, level: str, last: date, count: int) -> pl.DataFrame:
    """Return places and scores of a level in its last `count` windows of one kind that end by `last`.

    `ranking` holds one kind of window; windows in which nobody was ranked are left out.
    """
    known = ranking.filter(
        (pl.col("region_level") == level) & (pl.col("period") <= last) & (pl.col("ranked_count") > 0)
    )
    return known.filter(pl.col("period").is_in(known["period"].unique().sort().tail(count).implode())).sort(
        "region_id", "period"
    )


def movers(board: pl.DataFrame, keep: str | None, count: int = MOVERS) -> pl.DataFrame:
    """Return the regions whose score rose most and fell most, `count` each, and the one to `keep`.

    A fall is not in the list of rises, nor a rise in that of falls; ties go by code.
    """
    known = board.filter(pl.col("score_change").is_not_null()).sort("score_change", "region_id")
    falls = known.filter(pl.col("score_change") < 0).head(count)["region_id"]
    rises = known.filter(pl.col("score_change") > 0).tail(count)["region_id"]
    return board.filter(pl.col("region_id").is_in([*falls, *rises, keep or ""]))


def significant(board: pl.DataFrame, keep: str | None) -> pl.DataFrame:
    """Return the regions that surely improved or worsened (mart.rank_interval), and the one to `keep`."""
    return board.filter(
        pl.col("trend").is_in(["improved", "worsened"])
        | ((pl.col("region_id") == (keep or "")) & pl.col("score_change").is_not_null())
    )


def chosen(
    board: pl.DataFrame, area: dict[str, Any], level: str, comparator: str
) -> tuple[str | None, str | None]:
    """Return the code of the chosen region of the level, and the key of the group to show alone.

    A county chosen while prefectures are shown stands for its prefecture. A prefecture chosen while counties
    are shown is none of them, but says whose counties to show. Without either everybody is shown.
    """
    above = (level, area["region_level"]) == ("prefecture", "county")
    code = area["parent_id"] if above else area["region_id"]
    rows = board.filter(pl.col("region_id") == code)
    code = code if rows.height else None
    if comparator == "province":
        return code, None
    if code:
        return code, rows["group"].item()
    inside = comparator == "prefecture" and area["region_level"] == "prefecture"
    return None, area["region_id"] if inside else None
