"""One step of all regions, put together: expected, how unusual, and what it comes to (METHOD 6).

`judge` is the door: the build and the benchmark call it alike. It reads steps up to the one judged and no
other; with `memo` a run over many steps of the same data fits each of them once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.warning import variance
from models.warning.channels import Joined, join
from models.warning.config import Config
from models.warning.gate import explains
from models.warning.memory import evidence, memory_tail, remembered, steadied
from models.warning.onestep import OneStep, one_step

Array = npt.NDArray[np.float64]
Memo = dict[tuple[int, int], OneStep]


@dataclass(frozen=True)
class Source:
    """One source at one step, by region: count, mean, variance, p now and before; a, b, inflation."""

    count: Array
    mean: Array
    spread: Array
    p: Array
    before: Array
    a: float
    b: float
    inflation: float
    memory_inflation: float


@dataclass(frozen=True)
class Judged:
    """A step: its sources, their capped evidence, p for the order of lists and for alarms, and the gate."""

    sources: list[Source]
    capped: Array
    order: Joined
    alarm: Joined
    explains: npt.NDArray[np.bool_]

    @property
    def open(self) -> npt.NDArray[np.bool_]:
        """Regions with at least one source that may explain a warning."""
        return np.asarray(self.explains.any(axis=0))


def judge(
    counts: Array, step: int, neighbour: Array | None, config: Config, memo: Memo | None = None
) -> Judged:
    """The regions at `step`. `counts`: sources × regions × steps, NaN where there is no report.

    `neighbour` is regions × regions, 1 where two touch. `memo` belongs to one array of counts.
    """
    memo = {} if memo is None else memo
    sources = [judge_source(counts[k], k, step, config, memo) for k in range(len(counts))]
    plain, held = (np.stack([total(s, config, capped) for s in sources]) for capped in (False, True))
    order, alarm = join(plain, neighbour, config, False), join(held, neighbour, config, True)
    p = np.stack([s.p for s in sources])
    count, mean = np.stack([s.count for s in sources]), np.stack([s.mean for s in sources])
    return Judged(sources, held, order, alarm, explains(p, count, mean, config))


def total(source: Source, config: Config, capped: bool) -> Array:
    """Remembered evidence of a source by region; see `memory.remembered`."""
    held = remembered(evidence(source.p), evidence(source.before), config, capped)
    return steadied(held, source.memory_inflation)


def judge_source(counts: Array, k: int, step: int, config: Config, memo: Memo) -> Source:
    """One source (regions × steps) at `step`: what it was expected to hold and how unusual it is."""
    early = max(step - (config.backtest_first if config.peers else 1), 0)
    for s in range(early, step + 1):
        if (k, s) not in memo:
            memo[k, s] = one_step(counts, s, config)
    tested = [memo[k, s] for s in range(early, max(step - config.backtest_last + 1, early))]
    a, b, by, again = 1.0, 0.0, 1.0, 1.0
    if config.peers and tested:
        count, mean, error = (np.stack([getattr(t, x) for t in tested]) for x in ("count", "mean", "error"))
        a, b = variance.linear_quadratic(count, mean, error, config)
        back = np.stack([_p(counts, found, early + i, a, b, config) for i, found in enumerate(tested)])
        by = variance.inflation(back, config)
        e = evidence(variance.inflate(back, by))
        again = variance.inflation(memory_tail(remembered(e[1:], e[:-1], config, capped=False)), config)
    now = memo[k, step]
    p = variance.inflate(_p(counts, now, step, a, b, config), by)
    before = np.full(p.shape, np.nan)
    if step > 0:
        before = variance.inflate(_p(counts, memo[k, step - 1], step - 1, a, b, config), by)
    spread = variance.variance(now.mean, now.phi, now.error, a, b)
    return Source(now.count, now.mean, spread, p, before, a, b, by, again)


def _p(counts: Array, found: OneStep, step: int, a: float, b: float, config: Config) -> Array:
    spread = variance.variance(found.mean, found.phi, found.error, a, b)
    p = variance.upper_p(found.count, found.mean, spread)
    window = counts[:, max(0, step - config.sparse_window + 1) : step + 1]
    return variance.hold_sparse(p, np.nansum(window, axis=1), config)
