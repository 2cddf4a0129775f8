"""One p of a region and step out of its sources and its neighbours (METHOD 6.5).

Best source (Bonferroni), all sources (Fisher), neighbours (own + ½ their mean); Cauchy combination. All
three stay in the answer: they are the explanation. Before: `memory.py`; next: `gate.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from models.warning.config import Config
from models.warning.memory import MEMORY, memory_tail, total_of
from models.warning.variance import LEAST_P

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Joined:
    """p of each region by channel and of all three together, NaN where no source is known."""

    best: Array
    together: Array
    neighbours: Array
    p: Array


def join(total: Array, neighbour: Array | None, config: Config, capped: bool) -> Joined:
    """`total` is remembered evidence, sources × regions; `neighbour` 1 where two regions touch, or None."""
    known = ~np.isnan(total)
    sources = known.sum(axis=0)
    some = sources > 0
    filled = np.where(known, total, 0.0)
    best = np.minimum(1.0, sources * memory_tail(np.maximum(filled.max(axis=0), 0.0)))
    w = MEMORY
    mean, spread = (1.0 + w) * sources, (1.0 + w * w) * sources
    together = gamma_tail(filled.sum(axis=0), mean, spread)
    if neighbour is None:
        near, parts, weights = np.full(best.shape, np.nan), [best, together], [1.0, 1.0]
    else:
        near = _near(filled, known, neighbour, config, capped)
        parts, weights = [best, together, near], [1.0, 1.0, config.neighbour_weight]
    p = cauchy(np.stack(parts), np.array(weights))
    return Joined(*(np.where(some, value, np.nan) for value in (best, together, near, p)))


def by_family(total: Array, family: npt.NDArray[np.int64]) -> Array:
    """Evidence by family of sources, in the order of their codes: its best source, Bonferroni.

    Sources of a family see the same cases: Fisher's sum would count these twice.
    """
    kinds = np.unique(family)
    if kinds.size == family.size:
        return total
    joined = np.full((kinds.size, total.shape[1]), np.nan)
    for place, kind in enumerate(kinds):
        mine = total[family == kind]
        sources = (~np.isnan(mine)).sum(axis=0)
        best = np.where(sources > 0, np.nan_to_num(mine).max(axis=0), np.nan)
        joined[place] = total_of(np.minimum(1.0, sources * memory_tail(best)))
    return joined


def _near(
    filled: Array, known: npt.NDArray[np.bool_], neighbour: Array, config: Config, capped: bool
) -> Array:
    """Each source with ½ the mean of its neighbours' evidence; the best of them, Bonferroni."""
    w, share = MEMORY, config.neighbour_share
    theirs = filled if not capped else np.minimum(filled, -np.log(config.neighbour_cap_p))
    count = known.astype(np.float64) @ neighbour.T
    total = filled + share * (theirs @ neighbour.T) / np.maximum(count, 1.0)
    scale = share * (1.0 + w * w) / (1.0 + w) / np.maximum(count, 1.0)
    shape = np.where(count > 0, share * (1.0 + w) / scale, 0.0)
    p = np.where(known, own_and_more(total, shape, scale, w), 1.0)
    return np.asarray(np.minimum(1.0, known.sum(axis=0) * p.min(axis=0)))


def own_and_more(total: Array, shape: Array, scale: Array, w: float) -> Array:
    """P(e + w e′ + G > total) for a gamma G whose part is small; its scale must be below w.

    The own part alone makes the tail, so a gamma for the sum would be far too light: the two exponentials
    are averaged over G (its moment generating function), exact beyond the reach of G. Where the formula
    would turn down again the total is ordinary anyway.
    """
    first, second = (-shape * np.log1p(-np.minimum(scale / x, 0.99)) for x in (1.0, w))
    x = np.maximum(total, (second - first) * w / (1.0 - w))
    return np.asarray(np.minimum(1.0, (np.exp(first - x) - w * np.exp(second - x / w)) / (1.0 - w)))


def gamma_tail(total: Array, mean: Array, spread: Array) -> Array:
    """P(gamma > total) of the gamma with this mean and variance."""
    safe = np.maximum(mean, 1e-9)
    return np.asarray(
        special.gammaincc(safe**2 / np.maximum(spread, 1e-9), total * safe / np.maximum(spread, 1e-9))
    )


def cauchy(p: Array, weights: Array) -> Array:
    """Cauchy combination of p along the first axis: valid in the tail whatever their dependence."""
    held = np.clip(p, LEAST_P, 1.0 - 1e-6)
    # 1/tan(πp) = 1/(πp) to all digits for small p, and does not overflow.
    score = np.tensordot(weights / weights.sum(), 1.0 / np.tan(np.pi * held), axes=1)
    small = 1.0 / (np.pi * np.maximum(score, 1.0))
    return np.where(score > 1e6, small, 0.5 - np.arctan(score) / np.pi)
