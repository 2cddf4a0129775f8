"""The index: indicators to dimensions by an arithmetic mean, dimensions to one score by a geometric one.

The geometric mean keeps a hundred in one dimension from buying off a one in another. Whoever lacks a required
dimension is not ranked, and is told which. Before: `score.py`, `aggregate.py`; next: mart.ranking.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from models.index.aggregate import aggregate, available_share
from models.index.estimate import estimates
from models.index.rank import rank_min
from models.index.score import score_indicators

DIGITS = 9
WINDOW = ("region_id", "region_level", "window_kind", "period")
DIMENSION_SCHEMA = pl.Schema(
    {
        "region_id": pl.String,
        "region_level": pl.String,
        "window_kind": pl.String,
        "period": pl.Date,
        "dimension": pl.String,
        "weight": pl.Float64,
        "score": pl.Float64,
        "available_share": pl.Float64,
        "state": pl.String,
    }
)
# Stands among the missing dimensions where the level has too few units with an index.
TOO_FEW = "too_few"
INDEX_SCHEMA = pl.Schema(
    {
        "region_id": pl.String,
        "region_level": pl.String,
        "window_kind": pl.String,
        "period": pl.Date,
        "index_score": pl.Float64,
        "rank": pl.Int32,
        "ranked_count": pl.Int32,
        "band": pl.Int32,
        "state": pl.String,
        "missing_dimensions": pl.String,
        "index_without_debt": pl.Float64,
        "rank_without_debt": pl.Int32,
    }
)
Array = npt.NDArray[np.float64]


def dimension_scores(
    scores: pl.DataFrame, dimensions: pl.DataFrame, parameters: pl.DataFrame
) -> pl.DataFrame:
    """Every dimension of every region and window; see DIMENSION_SCHEMA.

    `scores` is core.indicator_score, `dimensions` ref.dimension, `parameters` ref.index_parameter. A
    dimension is missing, without a score, where values and not applicable cover less than the least share
    of its weight.
    """
    least = float(parameters["least_share_pct"][0]) / 100
    parts = [DIMENSION_SCHEMA.to_frame()]
    for dimension, weight in dimensions.sort("sort_order").select("dimension", "weight").iter_rows():
        mine = scores.filter(pl.col("dimension") == dimension)
        windows, (score, share, there) = _matrices(mine)
        known = available_share(score, share, there)
        mean = aggregate(score, share, "arithmetic", least_share=least, available=there)
        parts.append(
            windows.with_columns(
                pl.lit(dimension).alias("dimension"),
                pl.lit(weight, pl.Float64).alias("weight"),
                pl.Series("score", np.round(mean, DIGITS)).fill_nan(None),
                pl.Series("available_share", np.round(known, DIGITS)),
                pl.Series("state", np.where(np.isnan(mean), "missing", "value").tolist(), pl.String),
            ).cast(DIMENSION_SCHEMA)
        )
    return pl.concat(parts).sort("region_id", "window_kind", "period", "dimension")


def index_scores(
    dimension_score: pl.DataFrame, dimensions: pl.DataFrame, bands: pl.DataFrame, parameters: pl.DataFrame
) -> pl.DataFrame:
    """The index, its place within region level and window, and its band; see INDEX_SCHEMA.

    `dimension_score` is core.dimension_score, `dimensions` ref.dimension, `bands` ref.band, `parameters`
    ref.index_parameter. The index without debt is made the same way of the dimensions that are not set aside.
    Whoever has no index has no place. With fewer units than `least_ranked` in a level and window none of them
    is ranked, which `missing_dimensions` calls too_few.
    """
    ordered = dimensions.sort("sort_order")
    codes = ordered["dimension"].to_list()
    if dimension_score.is_empty():
        return INDEX_SCHEMA.to_frame()
    wide = dimension_score.pivot(on="dimension", index=list(WINDOW), values="score").sort(
        "region_id", "window_kind", "period"
    )
    score = wide.select(codes).to_numpy().astype(np.float64)
    weight = ordered["weight"].to_numpy()
    required = ordered["required"].to_numpy()
    inside = ~ordered["set_aside"].to_numpy()
    lacking = np.isnan(score) & required
    index: Array = np.where(lacking.any(axis=1), np.nan, aggregate(score, weight, "geometric"))
    index = index.round(DIGITS)
    few = _too_few(wide, index, int(parameters["least_ranked"][0]))
    index = np.where(few, np.nan, index)
    rest = aggregate(score[:, inside], weight[inside], "geometric")
    without = np.where(lacking[:, inside].any(axis=1) | few, np.nan, rest)
    named = pl.concat_str(
        [pl.when(pl.col(code)).then(pl.lit(code)) for code in (*codes, TOO_FEW)],
        separator=",",
        ignore_nulls=True,
    )
    reasons = pl.DataFrame(lacking, schema=codes).with_columns(pl.Series(TOO_FEW, few))
    missing = reasons.select(named.alias("missing_dimensions")).to_series()
    found = wide.select(WINDOW).with_columns(
        pl.Series("index_score", index).fill_nan(None),
        pl.Series("band", _bands(index, bands)).fill_nan(None).cast(pl.Int32),
        pl.Series("state", np.where(np.isnan(index), "not_ranked", "ranked").tolist(), pl.String),
        missing,
        pl.Series("index_without_debt", np.round(without, DIGITS)).fill_nan(None),
    )
    groups = ("region_level", "window_kind", "period")
    found = found.with_columns(
        _place("index_score").over(groups).alias("rank"),
        pl.col("index_score").count().over(groups).alias("ranked_count"),
        _place("index_without_debt").over(groups).alias("rank_without_debt"),
    )
    return found.select(list(INDEX_SCHEMA)).cast(INDEX_SCHEMA)


def index_from_cells(
    cells: pl.DataFrame,
    priors: pl.DataFrame,
    indicators: pl.DataFrame,
    shrinkage: pl.DataFrame,
    parameters: pl.DataFrame,
    dimensions: pl.DataFrame,
    bands: pl.DataFrame,
) -> pl.DataFrame:
    """The four steps in one: from cells like core.index_cell to INDEX_SCHEMA."""
    scores = score_indicators(estimates(cells, priors, indicators, shrinkage), indicators, parameters)
    return index_scores(dimension_scores(scores, dimensions, parameters), dimensions, bands, parameters)


def raw_index_scores(
    scores: pl.DataFrame, dimensions: pl.DataFrame, parameters: pl.DataFrame, bands: pl.DataFrame
) -> pl.DataFrame:
    """The index before shrinkage, from core.indicator_score to INDEX_SCHEMA."""
    raw = scores.with_columns(pl.col("raw_score").alias("score"))
    return index_scores(dimension_scores(raw, dimensions, parameters), dimensions, bands, parameters)


def _too_few(windows: pl.DataFrame, index: Array, least: int) -> npt.NDArray[np.bool_]:
    """Rows that have an index in a level and window in which fewer than `least` units have one."""
    with_index = pl.Series("there", ~np.isnan(index))
    number = pl.col("there").sum().over("region_level", "window_kind", "period")
    found = windows.with_columns(with_index).select(pl.col("there") & (number < least))
    return np.asarray(found.to_series().to_numpy(), dtype=np.bool_)


def _matrices(scores: pl.DataFrame) -> tuple[pl.DataFrame, tuple[Array, Array, npt.NDArray[np.bool_]]]:
    """Regions and windows, and their scores, weights and what is available as regions × indicators."""
    ordered = scores.sort(*WINDOW, "indicator_id")
    windows = ordered.select(WINDOW).unique(maintain_order=True)
    shape = (windows.height, ordered["indicator_id"].n_unique())
    if ordered.height != shape[0] * shape[1]:
        raise ValueError("every region and window needs every indicator of the dimension once")
    score = ordered["score"].to_numpy().astype(np.float64).reshape(shape)
    weight = ordered["weight"].to_numpy().astype(np.float64).reshape(shape)
    there = ordered["score_state"].is_in(["value", "not_applicable"]).to_numpy().reshape(shape)
    return windows, (score, weight, there)


def _bands(score: Array, bands: pl.DataFrame) -> Array:
    """The band of each score: the first whose lower limit it reaches; NaN without a score."""
    ordered = bands.sort("lower")
    limits, numbers = ordered["lower"].to_numpy(), ordered["band"].to_numpy().astype(np.float64)
    place = np.clip(np.searchsorted(limits, score, side="right") - 1, 0, None)
    return np.where(np.isnan(score), np.nan, numbers[np.clip(place, 0, numbers.size - 1)])


def _place(column: str) -> pl.Expr:
    """The place of a score among those of its group."""
    return pl.col(column).map_batches(
        lambda scores: pl.Series(rank_min(scores.to_numpy())).fill_nan(None),
        return_dtype=pl.Float64,
    )
