"""Does the method decide the rank? Weights, mean, goalposts, shrinkage and dimensions are varied at once.

`sensitivity` draws methods about the declared one and ranks all regions by each (method section 5, product c;
Saisana, Saltelli and Tarantola 2005, Uncertainty and sensitivity analysis techniques as tools for the quality
assessment of composite indicators, JRSS A 168, 307–323). Before: `tree.py`; next: `sobol.py`, which splits
the variance of the mean rank shift among the choices.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from models.index.draws import CELLS_AT_ONCE, ranks
from models.index.sobol import indices, mixed, samples
from models.index.tree import Method, Node, column, evaluate, leaf_scores

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Ranges:
    """How far the choices are varied: weights and goalposts by such shares, and the mean at the root."""

    weights: float = 0.25
    goalposts: float = 0.10
    means: tuple[str, str] = ("arithmetic", "geometric")


@dataclass(frozen=True)
class Sensitivity:
    """Ranks under other choices, and which choice moves them.

    `rank` is by the declared method; `lower_rank` (the better), `median_rank` and `upper_rank` hold the given
    share of the draws; `shift` is the mean absolute rank shift of each draw. `first` and `total` are the
    Sobol indices of the shift by `factors`. Per region, NaN for those not ranked.
    """

    rank: Array
    lower_rank: Array
    median_rank: Array
    upper_rank: Array
    shift: Array
    factors: tuple[str, ...]
    first: Array
    total: Array


def sensitivity(
    frame: pl.DataFrame,
    method: Method,
    draws: int,
    seed: int,
    *,
    raw: pl.DataFrame | None = None,
    ranges: Ranges | None = None,
    level: float = 0.9,
) -> Sensitivity:
    """Ranks of the regions of `frame` (see `composite`) under so many other methods near the declared one.

    Every weight varies by itself, the goalposts of every indicator stretch about their best end, the root is
    joined by either mean, and one child of the root, or none, is left out. `raw` has the values before
    shrinkage in the same rows; without it that choice is not varied. `draws` methods give the ranks, and
    draws × (factors + 2) the Sobol indices; a draw that leaves a region without a score does not count for
    it. Raises ValueError where fewer than two regions are ranked, and for
    fewer than two draws.
    """
    values = _values(frame, method)
    other = values if raw is None else _values(raw, method)
    if other.keys() != values.keys() or any(other[name].shape != values[name].shape for name in values):
        raise ValueError("the values before shrinkage are of the same indicators and regions")
    scores, known = leaf_scores(values, method)
    index = evaluate(scores, method, known=known)[method.root]
    ranked = ~np.isnan(index)
    if ranked.sum() < 2 or draws < 2:
        raise ValueError("sensitivity needs two ranked regions and two draws")
    reference = ranks(index[np.newaxis])[0]
    variants = _Variants(method, values, other, ranges or Ranges(), ranked)
    groups = variants.groups(varies_shrinkage=raw is not None)
    base, second = samples(variants.columns, draws, seed)
    by_draw = variants.ranks(base)

    def shift(drawn: Array) -> Array:
        return np.asarray(np.nanmean(np.abs(drawn - reference)[:, ranked], axis=1))

    mixtures = (mixed(base, second, columns) for columns in groups.values())
    swapped = np.array([shift(variants.ranks(unit)) for unit in mixtures])
    first, total = indices(shift(by_draw), shift(variants.ranks(second)), swapped)
    side = [(1 - level) / 2, 0.5, (1 + level) / 2]
    spread = np.full((3, ranked.size), np.nan)
    spread[:, ranked] = np.nanquantile(by_draw[:, ranked], side, axis=0, method="inverted_cdf")
    lower, median, upper = spread
    return Sensitivity(reference, lower, median, upper, shift(by_draw), tuple(groups), first, total)


@dataclass(frozen=True)
class _Variants:
    """The methods near the declared one, each a row of numbers from 0 to 1, and the ranks they give."""

    method: Method
    shrunk: Mapping[str, Array]
    plain: Mapping[str, Array]
    range: Ranges
    ranked: npt.NDArray[np.bool_]

    @property
    def weighted(self) -> list[Node]:
        return [node for node in self.method.nodes if node.parent is not None]

    @property
    def stretched(self) -> list[Node]:
        return [leaf for leaf in self.method.leaves if leaf.knots and leaf.name in self.shrunk]

    @property
    def columns(self) -> int:
        return len(self.weighted) + len(self.stretched) + 3

    def groups(self, *, varies_shrinkage: bool) -> dict[str, list[int]]:
        """The columns of each choice; one that cannot be made is left out."""
        weights, posts = len(self.weighted), len(self.stretched)
        found = {
            "weights": list(range(weights)),
            "goalposts": list(range(weights, weights + posts)),
            "mean": [weights + posts],
            "shrinkage": [weights + posts + 1] if varies_shrinkage else [],
            "dimension": [weights + posts + 2] if len(self.method.children[self.method.root]) > 1 else [],
        }
        return {name: columns for name, columns in found.items() if columns}

    def ranks(self, unit: Array) -> Array:
        """The ranks by each of the methods in the rows of `unit`: rows × regions.

        Whom the declared method does not rank takes no place by another one.
        """
        regions = self.ranked.size
        index = np.empty((unit.shape[0], regions))
        step = max(1, CELLS_AT_ONCE // (regions * len(self.method.leaves)))
        other_mean = unit[:, -3] >= 0.5
        for half, mean in enumerate(self.range.means):
            rows = np.flatnonzero(other_mean == half)
            for start in range(0, rows.size, step):
                mine = rows[start : start + step]
                index[mine] = self._index(unit[mine], mean)
        return ranks(np.where(self.ranked, index, np.nan))

    def _index(self, unit: Array, mean: str) -> Array:
        """The index by methods that share a mean at the root."""
        regions = self.ranked.size
        weights = len(self.weighted)
        factor = 1 + self.range.goalposts * (2 * unit[:, weights:-3] - 1)
        raw = unit[:, [-2]] >= 0.5
        stretch = {leaf.name: factor[:, [i]] for i, leaf in enumerate(self.stretched)}
        values = {}
        for leaf in self.method.leaves:
            if leaf.name in self.shrunk:
                both = np.where(raw, self.plain[leaf.name], self.shrunk[leaf.name])
                values[leaf.name] = _stretch(both, leaf, stretch.get(leaf.name)).ravel()
        near = 1 + self.range.weights * (2 * unit[:, :weights] - 1)
        top = self.method.children[self.method.root]
        # As many choices as there are children, and none.
        dropped = (
            np.floor(unit[:, -1] * (len(top) + 1)).astype(int) - 1 if len(top) > 1 else np.full(len(unit), -1)
        )
        weight = {}
        for i, node in enumerate(self.weighted):
            own = node.weight * near[:, i]
            if node in top:
                own = np.where(dropped == top.index(node), 0.0, own)
            weight[node.name] = np.repeat(own, regions)
        scores, known = leaf_scores(values, self.method)
        found = evaluate(scores, self.method, known=known, weights=weight, root_mean=mean)
        return found[self.method.root].reshape(-1, regions)


def _stretch(values: Array, leaf: Node, factor: Array | None) -> Array:
    """Values moved towards the best goalpost as stretching the goalposts away from it would leave them."""
    if factor is None:
        return values
    best = max(leaf.knots, key=lambda knot: knot[1])[0]
    if not leaf.log:
        return np.asarray(best + (values - best) / factor)
    # What is not above zero stays so: it lies beyond the lowest goalpost, wherever that is.
    ratio = np.where(values > 0, values, best) / best
    return np.where(values > 0, best * ratio ** (1 / factor), values)


def _values(frame: pl.DataFrame, method: Method) -> dict[str, Array]:
    """The values of the leaves that the frame has, but for those nobody has."""
    found = {leaf.name: column(frame, leaf.name) for leaf in method.leaves if leaf.name in frame.columns}
    return {name: values for name, values in found.items() if not np.isnan(values).all()}
