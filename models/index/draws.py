"""How sure the index is: draws of the true rates, each carried through goalposts and tree to a rank.

`rank_draws` gives the interval of the index (method section 5, product a): its truth is the index of true
rates. What is not reported scores the same in every draw, so that silence does not widen anything. The
standard errors go to `tiers.py`, the draws themselves to `trend.py`. Before: `shrink.py`, `posterior.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.index.normalise import normalise
from models.index.posterior import Posterior
from models.index.rank import DIGITS
from models.index.tree import Method, evaluate

Array = npt.NDArray[np.float64]
# Draws × regions × indicators held at once; the draws do not depend on it.
CELLS_AT_ONCE = 4_000_000


@dataclass(frozen=True)
class RankDraws:
    """The index and the rank of every region in every draw (draws × regions), and what they amount to.

    `lower` and `upper` hold the index with the confidence asked for, `lower_rank` (the better one) and
    `upper_rank` the rank; `mean` and `standard_error` are of the index, `node_mean` and `node_error` of the
    nodes below it, by name, and `nodes` these nodes in every draw. NaN for a region that is not ranked.
    """

    index: Array
    rank: Array
    lower: Array
    upper: Array
    lower_rank: Array
    upper_rank: Array
    mean: Array
    standard_error: Array
    node_mean: dict[str, Array]
    node_error: dict[str, Array]
    nodes: dict[str, Array]


def rank_draws(
    posteriors: Mapping[str, Posterior],
    method: Method,
    draws: int,
    seed: int,
    *,
    level: float = 0.9,
) -> RankDraws:
    """The index in so many draws of the true rates, from one posterior for each leaf of `method`.

    All posteriors are of the same regions in the same order, NaN where a region did not report; a leaf
    without a posterior is left out of all. Every leaf has its own stream of random numbers, by its place in
    the method, so that another indicator changes none of the others' draws. Raises ValueError for posteriors
    of different lengths or of no leaf, and for fewer than two draws.
    """
    mine = {leaf.name: posteriors[leaf.name] for leaf in method.leaves if leaf.name in posteriors}
    regions = {posterior.estimate.size for posterior in mine.values()}
    if len(regions) != 1 or len(mine) != len(posteriors):
        raise ValueError("posteriors are of the method's indicators, all for the same regions")
    if draws < 2:
        raise ValueError("an interval needs two draws at least")
    number = regions.pop()
    streams = {leaf.name: np.random.default_rng([seed, i]) for i, leaf in enumerate(method.leaves)}
    below = {node.name: np.empty((draws, number)) for node in method.order}
    step = max(1, CELLS_AT_ONCE // max(1, number * len(method.leaves)))
    for start in range(0, draws, step):
        size = min(step, draws - start)
        for name, values in _nodes(mine, method, streams, size).items():
            below[name][start : start + size] = values
    index = below.pop(method.root)
    rank = ranks(index)
    lower, upper = np.quantile(index, [(1 - level) / 2, (1 + level) / 2], axis=0)
    best, worst = rank_range(rank, level)
    return RankDraws(
        index=index,
        rank=rank,
        lower=lower,
        upper=upper,
        lower_rank=best,
        upper_rank=worst,
        mean=index.mean(axis=0),
        standard_error=index.std(axis=0, ddof=1),
        node_mean={name: values.mean(axis=0) for name, values in below.items()},
        node_error={name: values.std(axis=0, ddof=1) for name, values in below.items()},
        nodes=below,
    )


def rank_range(rank: Array, level: float) -> tuple[Array, Array]:
    """The better and the worse rank of every region that hold `level` of its draws (draws × regions).

    A rank is a whole number, so both are ranks that were drawn.
    """
    best = np.quantile(rank, (1 - level) / 2, axis=0, method="inverted_cdf")
    return best, np.quantile(rank, (1 + level) / 2, axis=0, method="inverted_cdf")


def ranks(scores: Array) -> Array:
    """Minimum-tie ranks within every row, as `rank_min` gives them; NaN has none."""
    rounded = np.round(scores, DIGITS)
    ordered = np.sort(rounded, axis=1)
    known = (~np.isnan(rounded)).sum(axis=1)
    better = [
        number - np.searchsorted(row[:number], mine, side="right")
        for row, mine, number in zip(ordered, rounded, known, strict=True)
    ]
    return np.where(np.isnan(rounded), np.nan, np.array(better, dtype=np.float64).reshape(scores.shape) + 1)


def _nodes(
    posteriors: Mapping[str, Posterior],
    method: Method,
    streams: Mapping[str, np.random.Generator],
    size: int,
) -> dict[str, Array]:
    """The nodes above the leaves in so many further draws, each draws × regions."""
    number = next(iter(posteriors.values())).estimate.size
    scores = np.full((size * number, len(method.leaves)), np.nan)
    known = np.zeros(scores.shape, dtype=bool)
    for place, leaf in enumerate(method.leaves):
        posterior = posteriors.get(leaf.name)
        if posterior is None or np.isnan(posterior.estimate).all():
            continue
        drawn = posterior.draw(streams[leaf.name], size).ravel()
        own = normalise(drawn, "goalposts", knots=leaf.knots, log=leaf.log) if leaf.knots else drawn
        known[:, place] = ~np.isnan(own)
        scores[:, place] = (
            own if method.missing_score is None else np.nan_to_num(own, nan=method.missing_score)
        )
    found = evaluate(scores, method, known=known)
    return {name: values.reshape(size, number) for name, values in found.items()}
