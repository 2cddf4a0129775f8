"""Frames of the spine chart: where a region lies among others on every indicator, and how sure that is.

Grain of what comes in: facts have one row a region and code (an indicator's value, a dimension's score);
cells are mart.indicator_value with what names their prior. Missing values are null and stay so.
"""

from typing import Any

import numpy as np
import polars as pl

from models.index import trend
from models.index.estimate import posteriors, with_priors

# The middle of the compared regions is drawn up to these quantiles; who lies beyond stands at the end.
ENDS, BOX = (0.05, 0.95), (0.25, 0.75)


def facts(
    window: pl.DataFrame, dimension_scores: pl.DataFrame, indicators: pl.DataFrame, dimensions: pl.DataFrame
) -> pl.DataFrame:
    """Return region_id, code, value and direction (−1 where less is better) of indicators and dimensions."""
    directions = indicators.select(code="indicator_id", direction=pl.col("direction").cast(pl.Int64))
    better = dimensions.select(code="dimension", direction=pl.lit(1, pl.Int64))
    values = window.select("region_id", "value", code="indicator_id")
    scores = dimension_scores.select("region_id", code="dimension", value="score")
    columns = ("region_id", "code", "value", "direction")
    pairs = ((scores, better), (values, directions))
    return pl.concat([numbers.join(ways, on="code").select(columns) for numbers, ways in pairs])


def spread(known: pl.DataFrame, region_id: str, codes: list[str], peers: list[str]) -> pl.DataFrame:
    """Return where the region lies on each code: one row a code of `known`.

    `median` is that of the compared regions `codes`; `left`, `box_left`, `box_right`, `right`, `dot` and
    `peer_dot` are places from −1 (worse) over 0 (the median) to 1 (better), so that nine tenths of the
    compared regions lie within. `peer_median` is that of `peers`, `place` that among them and itself (ties
    share the better one) of `place_count` with a value.
    """
    value, sign = pl.col("value"), pl.col("direction").replace(0, 1)
    compared = known.filter(pl.col("region_id").is_in(codes))
    quantiles = {"low": ENDS[0], "box_low": BOX[0], "box_high": BOX[1], "high": ENDS[1]}
    groups = compared.group_by("code", "direction").agg(
        value.median().alias("median"),
        *(value.quantile(share, "linear").alias(name) for name, share in quantiles.items()),
    )
    near = known.filter(pl.col("region_id").is_in([*peers, region_id]))
    placed = near.with_columns(
        place=(value * sign).rank("min", descending=True).over("code").cast(pl.Int64),
        place_count=value.count().over("code"),
    ).filter(pl.col("region_id") == region_id)
    medians = (
        near.filter(pl.col("region_id") != region_id)
        .group_by("code")
        .agg(value.median().alias("peer_median"))
    )
    found = groups.join(placed.select("code", "value", "place", "place_count"), on="code", how="left").join(
        medians, on="code", how="left"
    )
    reach = pl.max_horizontal(
        (pl.col("high") - pl.col("median")).abs(), (pl.col("low") - pl.col("median")).abs()
    )

    def at(column: str) -> pl.Expr:
        gap = sign * (pl.col(column) - pl.col("median"))
        return pl.when(reach > 0).then((gap / reach).clip(-1, 1)).otherwise(gap.sign())

    return found.with_columns(
        left=pl.min_horizontal(at("low"), at("high")),
        right=pl.max_horizontal(at("low"), at("high")),
        box_left=pl.min_horizontal(at("box_low"), at("box_high")),
        box_right=pl.max_horizontal(at("box_low"), at("box_high")),
        dot=at("value"),
        peer_dot=at("peer_median"),
    ).select(
        "code", "median", "peer_median", "place", "place_count",
        "left", "box_left", "box_right", "right", "dot", "peer_dot",
    )  # fmt: skip


def usual(scores: pl.DataFrame, codes: list[str]) -> dict[str, float | None]:
    """Return the compared regions' median estimate of each indicator, among those that have a value."""
    valued = scores.filter(pl.col("region_id").is_in(codes) & (pl.col("score_state") == "value"))
    return dict(valued.group_by("indicator_id").agg(pl.col("estimate").median()).iter_rows())


def cells(
    window: pl.DataFrame, region: dict[str, Any], groups: pl.DataFrame, scores: pl.DataFrame, year: int
) -> pl.DataFrame:
    """Return a region's cells of a window as `models.index.estimate` takes them, by the priors of `year`."""
    group = groups.filter(pl.col("type") == region["type"])["prior_group"].item()
    left_out = scores.filter(
        (pl.col("region_id") == region["region_id"]) & (pl.col("score_state") == "left_out")
    )
    out = pl.col("indicator_id").is_in(left_out["indicator_id"].implode())
    return (
        window.filter(pl.col("region_id") == region["region_id"])
        .select("region_id", "region_level", "indicator_id", "status", "value", "numerator", "denominator")
        .with_columns(
            prior_group=pl.lit(group),
            prior_year=pl.lit(year, pl.Int32),
            left_out=pl.when(out).then(pl.lit("left_out")),
        )
    )


def certain(
    now: pl.DataFrame,
    then: pl.DataFrame,
    benchmarks: dict[str, float | None],
    priors: pl.DataFrame,
    indicators: pl.DataFrame,
    shrinkage: pl.DataFrame,
    uncertainty: dict[str, float],
) -> dict[str, dict[str, str]]:
    """Return of each scored indicator with a value `against` (above, below, near) and `trend` (its word).

    `now` and `then` are `cells` of one region, `benchmarks` is `usual`. `against` it only where the posterior
    is as sure as tiers are; a trend only where it is as sure as the index must be (method section 5, rule 8).
    """
    rng = np.random.default_rng(int(uncertainty["seed"]))
    earlier = _drawn(then, priors, indicators, shrinkage, uncertainty, rng)
    directions = dict(indicators.select("indicator_id", "direction").iter_rows())
    tail = (1 - uncertainty["tier_pct"] / 100) / 2
    found = {}
    usual_here = _own_prior(now, priors, indicators)
    for code, draws in _drawn(now, priors, indicators, shrinkage, uncertainty, rng).items():
        sign, benchmark = directions[code], benchmarks.get(code)
        against = "near"
        if benchmark is not None:
            # Sure against its own prior too: what a few cases leave to the prior is no news of the region.
            marks = [benchmark, *([usual_here[code]] if code in usual_here else [])]
            better, worse = (
                min(float((way * sign * (draws - mark) > 0).mean()) for mark in marks) for way in (1, -1)
            )
            against = "above" if better >= 1 - tail else "below" if worse >= 1 - tail else "near"
        word = "unknown"
        if code in earlier:
            pair = (sign * one.reshape(-1, 1) for one in (earlier[code], draws))
            word = str(trend(*pair, certain=uncertainty["trend_certain"]).word[0])
        found[code] = {"against": against, "trend": word}
    return found


def _own_prior(frame: pl.DataFrame, priors: pl.DataFrame, indicators: pl.DataFrame) -> dict[str, float]:
    """What is usual for the region's type, of every indicator that is drawn to it."""
    rows = with_priors(frame, priors, indicators).filter(pl.col("model") != "X")
    return dict(rows.select("indicator_id", pl.col("mean") * pl.col("scale")).drop_nulls().iter_rows())


def _drawn(
    frame: pl.DataFrame,
    priors: pl.DataFrame,
    indicators: pl.DataFrame,
    shrinkage: pl.DataFrame,
    uncertainty: dict[str, float],
    rng: np.random.Generator,
) -> dict[str, np.ndarray]:
    """Draws of every scored indicator that has a value."""
    rows = with_priors(frame, priors, indicators).filter(
        pl.col("left_out").is_null() & (pl.col("status") == "value")
    )
    drawn = {}
    for (model,), mine in rows.group_by("model", maintain_order=True):
        values = posteriors(mine, str(model), shrinkage).draw(rng, int(uncertainty["draws"]))
        drawn.update(zip(mine["indicator_id"], values.T, strict=True))
    return drawn
