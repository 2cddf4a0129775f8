"""What places hang on: ranks by methods near the declared one, and by a reader's own weights of dimensions.

Grain: a row a ranked region, in order of code. Inputs are the tables of one window; method section 5,
products a and c. Random streams are the build's: the method's weights give the ranges of mart.rank_interval.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from models.index import Method, Node, registered, sensitivity
from models.index.draws import rank_range, ranks
from models.index.estimate import posteriors_by_indicator, with_priors
from models.index.interval import window_draws
from models.index.rank import DIGITS
from models.index.tree import evaluate

Array = npt.NDArray[np.float64]
Frames = Mapping[str, pl.DataFrame]
DRAWS = 500


@dataclass(frozen=True)
class Robust:
    """Ranks under `DRAWS` other methods, and which choice moves them.

    `places`: region_id, rank (by the method), lower (the better) and upper, which hold nine draws in ten.
    `choices`: choice, first and total (Sobol indices of the mean shift of ranks, 0 to 1). `shift` is the mean
    shift of a rank over all draws.
    """

    places: pl.DataFrame
    choices: pl.DataFrame
    shift: float


@dataclass(frozen=True)
class Parts:
    """The dimensions of a level's regions: scores (regions), and draws × regions where there are some."""

    regions: tuple[str, ...]
    scores: dict[str, Array]
    draws: dict[str, Array]
    method: Method
    level: float


def method(frames: Frames) -> Method:
    """Return the method of the snapshot; its leaves stand in the registry's order, as in the build."""
    return registered(
        frames["ref.indicator"].sort("sort_order"), frames["ref.dimension"], frames["ref.index_parameter"]
    )


def robust(values: pl.DataFrame, scores: pl.DataFrame, level: str, frames: Frames) -> Robust | None:
    """Return how ranks of a level move with the method; None where fewer than two regions are ranked.

    `values` and `scores` are mart.indicator_value and mart.indicator_score of a window.
    """
    cells = scores.join(
        values.filter(region_level=level).select("region_id", "indicator_id", "status", "value"),
        on=["region_id", "indicator_id"],
    ).with_columns(raw=pl.when(pl.col("status") == "value").then("value").otherwise("estimate"))
    used = cells.filter(pl.col("score_state") != "left_out").sort("region_id")
    if used.is_empty():
        return None
    estimate, raw = (
        used.pivot("indicator_id", index="region_id", values=name) for name in ("estimate", "raw")
    )
    seed = int(frames["ref.uncertainty_parameter"]["seed"][0])
    try:
        found = sensitivity(estimate, method(frames), DRAWS, seed, raw=raw)
    except ValueError:
        return None
    places = pl.DataFrame(
        {
            "region_id": estimate["region_id"],
            "rank": found.rank,
            "lower": found.lower_rank,
            "upper": found.upper_rank,
        }
    )
    choices = {"choice": found.factors, "first": found.first, "total": found.total}
    return Robust(_whole(places), pl.DataFrame(choices), float(found.shift.mean()))


def parts(
    dimensions: pl.DataFrame, cells: pl.DataFrame | None, regions: list[str], month: date, frames: Frames
) -> Parts:
    """Return the dimensions of a level's regions: `dimensions` is mart.dimension_score of a window.

    `cells` is `interval_cells` of it, None for a window without intervals.
    """
    tree = method(frames)
    order = pl.DataFrame({"region_id": sorted(regions)})
    scores = {}
    for (name,), mine in dimensions.group_by("dimension"):
        scores[str(name)] = _numbers(order.join(mine, on="region_id", how="left", maintain_order="left"))
    uncertainty = frames["ref.uncertainty_parameter"].row(0, named=True)
    draws: dict[str, Array] = {}
    if cells is not None:
        known = posteriors_by_indicator(cells, frames["ref.shrinkage_parameter"])
        draws = window_draws(known, month, tree, uncertainty).nodes
    level = uncertainty["index_interval_pct"] / 100
    return Parts(tuple(order["region_id"]), scores, draws, tree, level)


def interval_cells(
    values: pl.DataFrame, scores: pl.DataFrame, regions: pl.DataFrame, month: date, frames: Frames
) -> pl.DataFrame:
    """Return the cells of a level as core.interval_cell has them with their priors, but for what is left out.

    `regions` are the level's rows of ref.region.
    """
    groups = regions.select("region_id", "type").join(frames["ref.prior_group"], on="type")
    used = scores.filter(pl.col("score_state") != "left_out").select("region_id", "indicator_id")
    cells = (
        values.join(used, on=["region_id", "indicator_id"], how="semi")
        .join(groups.drop("type"), on="region_id")
        .with_columns(prior_year=pl.lit(month.year, pl.Int32), left_out=pl.lit(None, pl.String))
        .sort("region_id", "indicator_id")
    )
    return with_priors(cells, frames["ref.prior"], frames["ref.indicator"])


def reweighted(parts: Parts, weights: Mapping[str, float]) -> pl.DataFrame:
    """Return score, rank and its range (lower the better, null without draws) by these weights of dimensions.

    A dimension of weight 0 need not be there. Regions without a score are left out.
    """
    score = _joined(parts, parts.scores, weights)
    found = pl.DataFrame({"region_id": parts.regions, "score": score, "rank": ranks(score[np.newaxis])[0]})
    lower = upper = np.full(score.size, np.nan)
    if parts.draws:
        flat = {name: drawn.ravel() for name, drawn in parts.draws.items()}
        lower, upper = rank_range(ranks(_joined(parts, flat, weights).reshape(-1, score.size)), parts.level)
    return _whole(found.with_columns(lower=lower, upper=upper))


def _joined(parts: Parts, scores: Mapping[str, Array], weights: Mapping[str, float]) -> Array:
    """The index of every row, from its dimensions alone."""
    top = parts.method.children[parts.method.root]
    root = next(node for node in parts.method.nodes if node.name == parts.method.root)
    leaves = [Node(node.name, root.name, node.weight, required=node.required) for node in top]
    reduced = Method((root, *leaves))
    rows = next(iter(scores.values())).size
    table = np.column_stack([scores.get(node.name, np.full(rows, np.nan)) for node in leaves])
    return np.round(evaluate(table, reduced, weights=weights)[root.name], DIGITS)


def _whole(frame: pl.DataFrame) -> pl.DataFrame:
    """Ranks as whole numbers, null for none; only regions that have one."""
    places = pl.col("rank", "lower", "upper").fill_nan(None).cast(pl.Int32)
    return frame.with_columns(places).drop_nulls("rank")


def _numbers(frame: pl.DataFrame) -> Array:
    return frame["score"].cast(pl.Float64).to_numpy().astype(np.float64)
