"""Scores: every scored indicator of a region between its goalposts, from 1 (worst) to 100 (best).

An estimate has the score of its own fixed goalposts, and priors stay the same through a year, so no other
region moves it. Reported without a case (not applicable) scores as the prior mean does; due and missing
scores lowest, so that withholding never pays; what the whole level lacks is left out. Before: `estimate.py`;
next: `composite.py`.
"""

from __future__ import annotations

import json

import numpy as np
import polars as pl

from models.index.normalise import normalise

KEYS = ("region_id", "window_kind", "period", "indicator_id")
SCHEMA = pl.Schema(
    {
        "region_id": pl.String,
        "region_level": pl.String,
        "window_kind": pl.String,
        "period": pl.Date,
        "indicator_id": pl.String,
        "dimension": pl.String,
        "estimate": pl.Float64,
        "score": pl.Float64,
        "raw_score": pl.Float64,
        "score_state": pl.String,
        "weight": pl.Float64,
        "lost": pl.Float64,
    }
)
DIGITS = 9
BEST = 100.0


def score_indicators(cells: pl.DataFrame, indicators: pl.DataFrame, parameters: pl.DataFrame) -> pl.DataFrame:
    """The score, state, weight and loss of every scored indicator of every region and window; see SCHEMA.

    `cells` is core.index_estimate (region_id, region_level, window_kind, period, indicator_id, status,
    estimate, raw, left_out), `indicators` is ref.indicator, `parameters` is ref.index_parameter. `raw_score`
    is that of the value before shrinkage. Weights are shares of the dimension among what is not left out.
    Raises ValueError for an indicator without goalposts.
    """
    scored = indicators.filter("scored").select(
        "indicator_id", "dimension", "goalposts", pl.col("weight").alias("share")
    )
    if lacking := scored.filter(pl.col("goalposts").is_null())["indicator_id"].to_list():
        raise ValueError(f"{', '.join(lacking)}: scored, but no goalposts")
    rows = cells.join(scored, on="indicator_id", how="inner").sort(KEYS)
    state = pl.when(pl.col("left_out").is_not_null()).then(pl.lit("left_out")).otherwise(pl.col("status"))
    rows = rows.with_columns(state.alias("score_state"))
    missing = float(parameters["missing_score"][0])
    rows = rows.with_columns(
        _scores(rows, "estimate", scored, missing).alias("score"),
        _scores(rows, "raw", scored, missing).alias("raw_score"),
    )
    held = pl.when(pl.col("score_state") == "left_out").then(0.0).otherwise("share")
    total = held.sum().over("region_id", "window_kind", "period", "dimension")
    weight = pl.when(total > 0).then(held / total).otherwise(0.0)
    lost = (weight * (BEST - pl.col("score"))).fill_null(0.0).round(DIGITS)
    return rows.with_columns(weight.alias("weight"), lost.alias("lost")).select(list(SCHEMA)).cast(SCHEMA)


def _scores(rows: pl.DataFrame, column: str, scored: pl.DataFrame, missing: float) -> pl.Series:
    """The score of each row by a column of values, null where it is left out."""
    states, shown = rows["score_state"].to_numpy(), rows[column].to_numpy()
    ids = rows["indicator_id"].to_numpy()
    score = np.full(rows.height, np.nan)
    for indicator_id, knots in scored.select("indicator_id", "goalposts").iter_rows():
        mine = (ids == indicator_id) & np.isin(states, ("value", "not_applicable"))
        score[mine] = normalise(shown[mine], "goalposts", knots=json.loads(knots))
    score[states == "missing"] = missing
    return pl.Series("score", np.round(score, DIGITS)).fill_nan(None)
