"""Scores: every value of a scored indicator between its goalposts, from 1 (worst) to 100 (best).

One value, one score: fixed knots, so no other region and no other month moves it. What is missing or not
applicable has no score here; what that means for the index is decided where indicators are put together.
Before: `normalise.py`.
"""

from __future__ import annotations

import json

import polars as pl

from models.index.normalise import normalise

SCHEMA = pl.Schema(
    {
        "region_id": pl.String,
        "window_kind": pl.String,
        "period": pl.Date,
        "indicator_id": pl.String,
        "score": pl.Float64,
    }
)
DIGITS = 9


def score_indicators(values: pl.DataFrame, indicators: pl.DataFrame) -> pl.DataFrame:
    """The score of every value: region_id, window_kind, period, indicator_id, score; sorted by these.

    `values` is mart.indicator_value (region_id, window_kind, period, indicator_id, status, value),
    `indicators` is ref.indicator (indicator_id, scored, goalposts as JSON [[value, score], …]). Scores are
    rounded to 9 digits. Raises ValueError for a scored indicator without goalposts.
    """
    keys = [name for name in SCHEMA if name != "score"]
    valued = values.filter(pl.col("status") == "value").select(*keys, "value")
    scored = [SCHEMA.to_frame()]
    for indicator_id, knots in indicators.filter("scored").select("indicator_id", "goalposts").iter_rows():
        if knots is None:
            raise ValueError(f"{indicator_id} is scored but has no goalposts")
        mine = valued.filter(pl.col("indicator_id") == indicator_id)
        score = normalise(mine["value"].to_numpy(), "goalposts", knots=json.loads(knots))
        scored.append(mine.select(*keys, pl.Series("score", score, pl.Float64).round(DIGITS)))
    return pl.concat(scored).sort(keys)
