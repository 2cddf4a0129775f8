"""One step of all regions, put together: expected, how unusual, and what it comes to (METHOD 6).

`judge` is the door: the build and the benchmark call it alike. It reads steps up to the one judged and no
other; with `memo` a run over many steps of the same data fits each of them once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.warning import variance
from models.warning.channels import Joined, by_family, join
from models.warning.config import Config
from models.warning.gate import explains
from models.warning.memory import evidence, memory_tail, remembered, steadied
from models.warning.onestep import OneStep, one_step

Array = npt.NDArray[np.float64]
Levels = npt.NDArray[np.int64]
Memo = dict[tuple[int, int], OneStep]


@dataclass(frozen=True)
class Calibration:
    """How a source is judged at a step; nothing in it reads the step's own counts.

    a and b of the variance, inflation of p and of the memory, p of the step before by region, and the cases
    of the sparse window before the step.
    """

    a: float
    b: float
    inflation: float
    memory_inflation: float
    before: Array
    earlier: Array


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
    counts: Array,
    step: int,
    neighbour: Array | None,
    config: Config,
    memo: Memo | None = None,
    family: Levels | None = None,
) -> Judged:
    """The regions at `step`. `counts`: sources × regions × steps, NaN where there is no report.

    `neighbour` is regions × regions, 1 where two touch. `memo` belongs to one array of counts. `family` says
    which sources see the same cases; without it none do.
    """
    memo = {} if memo is None else memo
    sources = [judge_source(counts[k], k, step, config, memo) for k in range(len(counts))]
    return put_together(sources, neighbour, config, family)


def put_together(
    sources: list[Source], neighbour: Array | None, config: Config, family: Levels | None = None
) -> Judged:
    """The step that these sources make."""
    family = np.arange(len(sources)) if family is None else family
    plain, held = (np.stack([total(s, config, capped) for s in sources]) for capped in (False, True))
    order = join(by_family(plain, family), neighbour, config, capped=False)
    alarm = join(by_family(held, family), neighbour, config, capped=True)
    p = np.stack([s.p for s in sources])
    count, mean = np.stack([s.count for s in sources]), np.stack([s.mean for s in sources])
    return Judged(sources, held, order, alarm, explains(p, count, mean, config))


def total(source: Source, config: Config, capped: bool) -> Array:
    """Remembered evidence of a source by region; see `memory.remembered`."""
    held = remembered(evidence(source.p), evidence(source.before), config, capped)
    return steadied(held, source.memory_inflation)


def judge_source(counts: Array, k: int, step: int, config: Config, memo: Memo) -> Source:
    """One source (regions × steps) at `step`: what it was expected to hold and how unusual it is."""
    return source_at(calibrated(counts, k, step, config, memo), memo[k, step], config)


def calibrated(counts: Array, k: int, step: int, config: Config, memo: Memo) -> Calibration:
    """How a source is judged at `step`, from the steps before; `memo` holds the step itself afterwards."""
    early = max(step - (config.backtest_first if config.peers else 1), 0)
    for s in range(early, step + 1):
        if (k, s) not in memo:
            memo[k, s] = one_step(counts, s, config)
    back = [memo[k, s] for s in range(early, max(step - config.backtest_last + 1, early))]
    a, b, by, again = 1.0, 0.0, 1.0, 1.0
    if config.peers and back:
        count, mean, error = (np.stack([getattr(t, x) for t in back]) for x in ("count", "mean", "error"))
        a, b = variance.linear_quadratic(count, mean, error, config)
        cases = [variance.cases_in_window(counts, early + i, config) for i in range(len(back))]
        p = np.stack([_p(found, sum_, a, b, config) for found, sum_ in zip(back, cases, strict=True)])
        by = variance.inflation(p, config)
        e = evidence(variance.inflate(p, by))
        again = variance.inflation(memory_tail(remembered(e[1:], e[:-1], config, capped=False)), config)
    before = np.full(len(counts), np.nan)
    if step > 0:
        before = variance.inflate(
            _p(memo[k, step - 1], variance.cases_in_window(counts, step - 1, config), a, b, config), by
        )
    earlier = variance.cases_in_window(counts, step, config) - np.nan_to_num(counts[:, step])
    return Calibration(a, b, by, again, before, earlier)


def source_at(known: Calibration, now: OneStep, config: Config) -> Source:
    """A source whose step is `now`, judged by what is known from the steps before."""
    cases = known.earlier + np.nan_to_num(now.count)
    p = variance.inflate(_p(now, cases, known.a, known.b, config), known.inflation)
    spread = variance.variance(now.mean, now.phi, now.error, known.a, known.b)
    return Source(
        *(now.count, now.mean, spread, p, known.before),
        *(known.a, known.b, known.inflation, known.memory_inflation),
    )


def _p(found: OneStep, cases: Array, a: float, b: float, config: Config) -> Array:
    spread = variance.variance(found.mean, found.phi, found.error, a, b)
    p = variance.upper_p(found.count, found.mean, spread)
    return variance.hold_sparse(p, cases, config)
