"""How sure each place is: intervals from draws, the ranks a list allows, and whether a region improved.

`certainty` carries the posteriors of all indicators through the tree (`draws.py`), tests every pair
(`tiers.py`) and compares with the twelve months before (`trend.py`); method section 5, products a and b and
rule 8. `level_certainty` says of a level how much of the spread is signal. Before: core.interval_cell.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from models.index.draws import RankDraws, rank_draws
from models.index.estimate import posteriors_by_indicator, with_priors
from models.index.posterior import Posterior
from models.index.rank import DIGITS, rank_min
from models.index.tiers import rank_tiers, tier_numbers
from models.index.tree import Method, evaluate, leaf_scores, registered
from models.index.trend import reliability, trend

Array = npt.NDArray[np.float64]
SCHEMA = pl.Schema(
    {
        "region_id": pl.String,
        "node": pl.String,
        "region_level": pl.String,
        "period": pl.Date,
        "score": pl.Float64,
        "mean": pl.Float64,
        "standard_error": pl.Float64,
        "lower": pl.Float64,
        "upper": pl.Float64,
        "rank": pl.Int32,
        "rank_lower": pl.Int32,
        "rank_upper": pl.Int32,
        "tier_lower": pl.Int32,
        "tier_upper": pl.Int32,
        "tier": pl.Int32,
        "own_lower": pl.Int32,
        "own_upper": pl.Int32,
        "critical": pl.Float64,
        "separated": pl.Float64,
        "better_probability": pl.Float64,
        "trend": pl.String,
    }
)
LEVEL_SCHEMA = pl.Schema(
    {
        "region_level": pl.String,
        "node": pl.String,
        "period": pl.Date,
        "ranked_count": pl.Int32,
        "reliability": pl.Float64,
        "critical": pl.Float64,
        "separated": pl.Float64,
    }
)
ROOT = "index"


def certainty(
    cells: pl.DataFrame,
    priors: pl.DataFrame,
    indicators: pl.DataFrame,
    dimensions: pl.DataFrame,
    parameters: pl.DataFrame,
    shrinkage: pl.DataFrame,
    uncertainty: pl.DataFrame,
) -> pl.DataFrame:
    """The index and each dimension of every region of every level, and how sure they are; see SCHEMA.

    `cells` is core.interval_cell: rows like core.index_cell of one window and of the one a year before
    (`side` now or year_ago), every region of a level with the same indicators; the rest are ref relations.
    Ranks, intervals and the trend are of the index; `tier_…` hold for a list of all, `tier` counts 梯队 from
    the first, `own_…` hold for one region by itself. Null where there is no index, and in a level with
    too few units to be ranked. Draws of a window depend on the seed and its month only.
    """
    method = registered(indicators, dimensions, parameters)
    joined = with_priors(cells, priors, indicators).filter(pl.col("left_out").is_null())
    number = uncertainty.row(0, named=True) | {"least_ranked": float(parameters["least_ranked"][0])}
    parts = [SCHEMA.to_frame()]
    for level in sorted(joined["region_level"].unique()):
        mine = joined.filter(region_level=level).sort("region_id", "indicator_id")
        parts.append(_level(mine, method, shrinkage, number))
    return pl.concat(parts).sort("region_id", "node")


def level_certainty(frame: pl.DataFrame) -> pl.DataFrame:
    """Of every level and node of `certainty` the share of its spread that is signal; see LEVEL_SCHEMA.

    `separated` is the share of pairs that a list tells apart, `critical` how many standard errors that takes;
    both are of the index.
    """
    rows = []
    for (level, node), mine in frame.group_by("region_level", "node", maintain_order=True):
        mean, error = mine["mean"].to_numpy(), mine["standard_error"].to_numpy()
        share = reliability(mean.astype(np.float64), error.astype(np.float64))
        rows.append(
            {
                "region_level": level,
                "node": node,
                "period": mine["period"][0],
                "ranked_count": int(mine["score"].count()),
                "reliability": None if np.isnan(share) else round(share, DIGITS),
                "critical": mine["critical"].drop_nulls().first() if mine["critical"].count() else None,
                "separated": mine["separated"].drop_nulls().first() if mine["separated"].count() else None,
            }
        )
    return pl.DataFrame(rows, LEVEL_SCHEMA).sort("region_level", "node")


def _level(
    cells: pl.DataFrame, method: Method, shrinkage: pl.DataFrame, number: dict[str, float]
) -> pl.DataFrame:
    """The rows of one level."""
    now = cells.filter(side="now")
    regions = now["region_id"].unique(maintain_order=True)
    known = posteriors_by_indicator(now, shrinkage)
    drawn = window_draws(known, now["period"][0], method, number)
    values = {name: posterior.estimate.round(DIGITS) for name, posterior in known.items()}
    scores, there = leaf_scores(values, method)
    points = evaluate(scores, method, known=there)
    index = points[ROOT].round(DIGITS)
    if (~np.isnan(index)).sum() < number["least_ranked"]:
        index, drawn = np.full(index.size, np.nan), _unranked(drawn)
    tiers = rank_tiers(index, drawn.standard_error, number["tier_pct"] / 100, int(number["seed"]))
    change = _trend(cells, regions, drawn, method, shrinkage, number)
    fixed = pl.DataFrame(
        {"region_id": regions, "region_level": now["region_level"][0], "period": now["period"][0]}
    )
    has = ~np.isnan(index)
    top = fixed.with_columns(
        pl.lit(ROOT).alias("node"),
        *_floats(
            score=index,
            mean=drawn.mean,
            standard_error=drawn.standard_error,
            lower=drawn.lower,
            upper=drawn.upper,
            rank=rank_min(index),
            rank_lower=drawn.lower_rank,
            rank_upper=drawn.upper_rank,
            tier_lower=tiers.simultaneous_lower,
            tier_upper=tiers.simultaneous_upper,
            tier=tier_numbers(index, drawn.standard_error, tiers.simultaneous_critical),
            own_lower=tiers.lower,
            own_upper=tiers.upper,
            critical=np.where(has, tiers.simultaneous_critical, np.nan),
            separated=np.where(has, tiers.separated, np.nan),
        ),
        *change,
    )
    below = [
        fixed.with_columns(
            pl.lit(node).alias("node"),
            *_floats(score=points[node], mean=mean, standard_error=drawn.node_error[node]),
        )
        for node, mean in drawn.node_mean.items()
    ]
    empty = SCHEMA.to_frame()
    return pl.concat(
        [empty, *(part.cast({n: SCHEMA[n] for n in part.columns}) for part in [top, *below])], how="diagonal"
    )


def _unranked(drawn: RankDraws) -> RankDraws:
    """The draws without index and ranks; dimensions keep theirs."""
    none = np.full(drawn.mean.size, np.nan)
    every = np.full(drawn.index.shape, np.nan)
    return replace(
        drawn,
        index=every,
        rank=every,
        lower=none,
        upper=none,
        lower_rank=none,
        upper_rank=none,
        mean=none,
        standard_error=none,
    )


def _trend(
    cells: pl.DataFrame,
    regions: pl.Series,
    drawn: RankDraws,
    method: Method,
    shrinkage: pl.DataFrame,
    number: dict[str, float],
) -> list[pl.Series]:
    """P(better than a year before) and the word of every region; unknown where the windows do not compare."""
    then = cells.filter(side="year_ago")
    if then.is_empty() or not then["comparable"].all():
        words = pl.Series("trend", ["unknown"] * regions.len())
        return [pl.Series("better_probability", [None] * regions.len(), pl.Float64), words]
    before = window_draws(posteriors_by_indicator(then, shrinkage), then["period"][0], method, number)
    found = trend(before.index, drawn.index, certain=number["trend_certain"])
    return [*_floats(better_probability=found.probability), pl.Series("trend", found.word.tolist())]


def window_draws(
    known: dict[str, Posterior], month: date, method: Method, number: dict[str, float]
) -> RankDraws:
    """The draws of the window that ends with `month`, from the posterior of every indicator.

    `number` is the row of ref.uncertainty_parameter. Another month has another seed, so that two windows are
    independent.
    """
    seed = int(number["seed"]) + 12 * month.year + month.month
    return rank_draws(known, method, int(number["draws"]), seed, level=number["index_interval_pct"] / 100)


def _floats(**columns: Array) -> list[pl.Series]:
    """Columns rounded, null for NaN."""
    return [pl.Series(name, np.round(values, DIGITS)).fill_nan(None) for name, values in columns.items()]
