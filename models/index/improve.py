"""What would move a region: the least improvement of one indicator alone that brings a better tier (梯队).

`improvements` bisects along the way from a region's figure to the best one there is, through posterior mean,
goalposts and tree as the build takes them. Everything else stays, the standard error too. Who is in the first
tier already is told what it takes to be surely better than one more region. Before: `interval.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from models.index.estimate import posteriors, posteriors_by_indicator, with_priors
from models.index.normalise import normalise
from models.index.tree import Method, evaluate, leaf_scores, registered

Array = npt.NDArray[np.float64]
DIGITS = 9
SCHEMA = pl.Schema(
    {
        "region_id": pl.String,
        "indicator_id": pl.String,
        "region_level": pl.String,
        "period": pl.Date,
        "aim": pl.String,
        "target_score": pl.Float64,
        "state": pl.String,
        "outcome": pl.String,
        "numerator": pl.Float64,
        "denominator": pl.Float64,
        "value": pl.Float64,
        "needed": pl.Float64,
        "change": pl.Float64,
        "cases": pl.Float64,
        "index_reached": pl.Float64,
    }
)
HALVINGS = 50
# Scores are compared rounded: strictly more is so much more.
LEAST = 10.0**-DIGITS


def improvements(
    cells: pl.DataFrame,
    sure: pl.DataFrame,
    priors: pl.DataFrame,
    indicators: pl.DataFrame,
    dimensions: pl.DataFrame,
    parameters: pl.DataFrame,
    shrinkage: pl.DataFrame,
) -> pl.DataFrame:
    """Of every ranked region and scored indicator the least improvement that is enough; see SCHEMA.

    `cells` is core.interval_cell, `sure` core.certainty of the same, the rest are ref relations. `aim` is
    `tier` (a better one) or `apart` (surely better than one more, from the first tier); who is surely better
    than all others has no row. `outcome`: `enough`, `not_enough` (`index_reached` is then what the best
    figure gives), `no_case` (there is nothing to improve). `needed` is the indicator's own value that is just
    enough, `change` from the value now, in its unit; `cases` by how much the numerator changes at the same
    denominator: whole cases of shares, weighted ones of weighted counts. What is missing needs to be reported
    with that value.
    """
    method = registered(indicators, dimensions, parameters)
    joined = with_priors(cells.filter(side="now"), priors, indicators).filter(pl.col("left_out").is_null())
    parts = [SCHEMA.to_frame()]
    for level in sorted(joined["region_level"].unique()):
        mine = joined.filter(region_level=level).sort("region_id", "indicator_id")
        places = sure.filter(region_level=level, node=method.root).sort("region_id")
        parts.append(_level(mine, places, method, shrinkage))
    return pl.concat(parts).sort("region_id", "indicator_id")


def targets(score: Array, error: Array, tier: Array, critical: float) -> tuple[Array, npt.NDArray[np.bool_]]:
    """The index from which on each region has a better tier, or in the first is surely better than one more.

    Also which of them are in the first. All four are of ranked regions, `critical` as in `Tiers`. A tier
    hangs on those above alone, so a region that rises changes none that it is measured by. Infinite where
    nobody is left to be told apart from.
    """
    reach = critical * np.hypot(error[:, np.newaxis], error)
    gap = score[:, np.newaxis] - score
    first = tier == 1
    # Those one tier up that are surely better must no longer be so.
    holding = (gap < -reach) & (tier == tier[:, np.newaxis] - 1)
    level = np.where(holding, score - reach, -np.inf).max(axis=1, initial=-np.inf)
    open_ones = ~(gap > reach)
    np.fill_diagonal(open_ones, False)
    above = np.where(open_ones, score + reach, np.inf).min(axis=1, initial=np.inf) + LEAST
    return np.where(first, above, level), first


@dataclass(frozen=True)
class _Ways:
    """One row for every region and indicator that can be improved: figures on the way to the best one."""

    rows: pl.DataFrame
    leaf: npt.NDArray[np.int64]
    base: Array
    known: npt.NDArray[np.bool_]
    best: Array
    worst: Array
    method: Method
    shrinkage: pl.DataFrame

    def figures(self, share: Array) -> pl.DataFrame:
        """The rows so much of the way from the figure now (0) to the best one (1)."""
        count, below, value = (_numbers(self.rows, name) for name in ("numerator", "denominator", "value"))
        start = np.minimum(count, below)
        shares = self.rows["model"].to_numpy() == "BB"
        counted = np.where(shares, start, count)
        most = np.where(self.best > self.worst, below, 0.0)
        # Who is beyond the best goalpost has no better figure.
        further = np.where(self.best > self.worst, self.best > value, self.best < value)
        missing = np.isnan(value)
        at = np.where(missing, self.worst, value)
        end = np.where(missing | further, self.best, at)
        return self.rows.with_columns(
            pl.Series("numerator", counted + share * (most - counted)),
            pl.Series("value", at + share * (end - at)),
        )

    def index(self, share: Array) -> Array:
        """The index of each row's region with that row's indicator so much improved."""
        rows = self.figures(share)
        score = self.base.copy()
        estimate = np.full(rows.height, np.nan)
        models, states = rows["model"].to_numpy(), rows["status"].to_numpy()
        for model in np.unique(models):
            mine = (models == model) & (states == "value")
            estimate[mine] = posteriors(rows.filter(mine), model, self.shrinkage).estimate
        # What is missing would be reported: nobody knows of how many cases, so it is taken at its word.
        silent = states == "missing"
        estimate[silent] = rows["value"].to_numpy()[silent]
        for place, leaf in enumerate(self.method.leaves):
            mine = self.leaf == place
            if mine.any():
                own = normalise(estimate[mine].round(DIGITS), "goalposts", knots=leaf.knots)
                score[mine, place] = own
        found: Array = evaluate(score, self.method, known=self.known)[self.method.root]
        return found.round(DIGITS)


def _level(
    cells: pl.DataFrame, places: pl.DataFrame, method: Method, shrinkage: pl.DataFrame
) -> pl.DataFrame:
    """The rows of one level."""
    regions = cells["region_id"].unique(maintain_order=True).to_list()
    ranked = places.filter(pl.col("score").is_not_null())
    if ranked.is_empty():
        return SCHEMA.to_frame()
    score, error, tier = (_numbers(ranked, name) for name in ("score", "standard_error", "tier"))
    target, first = targets(score, error, tier, float(ranked["critical"][0]))
    known = posteriors_by_indicator(cells, shrinkage)
    # Scores of all regions, so that an indicator only unranked ones report is not taken for left out.
    base, there = leaf_scores({name: one.estimate.round(DIGITS) for name, one in known.items()}, method)
    aims = ranked.select(
        "region_id",
        pl.Series("target_score", target),
        pl.Series("aim", np.where(first, "apart", "tier").tolist(), pl.String),
    ).filter(pl.col("target_score").is_finite())
    rows = cells.join(aims, on="region_id", how="inner", maintain_order="left")
    open_ones = rows.filter(pl.col("status") != "not_applicable")
    held = [regions.index(region) for region in open_ones["region_id"]]
    leaves = [leaf.name for leaf in method.leaves]
    leaf = np.array([leaves.index(name) for name in open_ones["indicator_id"]], dtype=np.int64)
    posts = [sorted(method.leaves[place].knots, key=lambda knot: knot[1]) for place in leaf]
    worst, best = (np.array([post[side][0] for post in posts], dtype=np.float64) for side in (0, -1))
    reported = there[held]
    reported[np.arange(leaf.size), leaf] = True
    ways = _Ways(open_ones, leaf, base[held], reported, best, worst, method, shrinkage)
    aim = _numbers(open_ones, "target_score")
    share, reached = _bisect(ways.index, aim)
    return _told(rows, ways, share, reached)


def _bisect(index: Callable[[Array], Array], target: Array) -> tuple[Array, Array]:
    """The least share of the way that reaches each row's target, NaN where all of it does not; the index."""
    low, high = np.zeros(target.size), np.ones(target.size)
    enough = index(high) >= target
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        reaches = index(middle) >= target
        low, high = np.where(reaches, low, middle), np.where(reaches, middle, high)
    high = np.where(enough, high, 1.0)
    return np.where(enough, high, np.nan), index(high)


def _told(rows: pl.DataFrame, ways: _Ways, share: Array, reached: Array) -> pl.DataFrame:
    """The answer of every row."""
    figures = ways.figures(np.nan_to_num(share, nan=1.0))
    enough, shares = ~np.isnan(share), figures["model"].to_numpy() == "BB"
    counted, before = _numbers(figures, "numerator"), _numbers(ways.rows, "numerator")
    administrative = (figures["model"].to_numpy() == "X") | (figures["status"].to_numpy() == "missing")
    scale, below = _numbers(figures, "scale"), _numbers(figures, "denominator")
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = scale * counted / below
    needed = np.where(enough, np.where(administrative, _numbers(figures, "value"), rate), np.nan)
    step = counted - before
    whole = np.sign(step) * np.ceil(np.abs(step).round(DIGITS))
    cases = np.where(administrative | ~enough, np.nan, np.where(shares, whole, step))
    told = ways.rows.select("region_id", "indicator_id").with_columns(
        pl.Series("outcome", np.where(enough, "enough", "not_enough").tolist(), pl.String),
        pl.Series("needed", needed.round(DIGITS)).fill_nan(None),
        pl.Series("cases", cases.round(DIGITS)).fill_nan(None),
        pl.Series("index_reached", reached),
    )
    joined = rows.join(told, on=["region_id", "indicator_id"], how="left", maintain_order="left")
    return (
        joined.rename({"status": "state"})
        .with_columns(
            pl.col("outcome").fill_null("no_case"),
            pl.col("target_score").round(DIGITS),
            (pl.col("needed") - pl.col("value")).round(DIGITS).alias("change"),
        )
        .select(list(SCHEMA))
        .cast(SCHEMA)
    )


def _numbers(rows: pl.DataFrame, column: str) -> Array:
    """A column as numbers, NaN for null."""
    return rows[column].cast(pl.Float64).to_numpy().astype(np.float64)
