"""Why a warning fired: the fewest records of its month without which it would not have (METHOD 6, last part).

Every answer is a recomputation: counts are lowered and the month is judged again by the same functions. What
the month's own counts do not touch is held (`Situation`), so that one answer costs a millisecond. A record
may be counted by several sources (`Pattern`): it leaves all of them. Before: `model.py`, `verdict.py`;
beside: `shares.py`, which splits the excess.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations_with_replacement

import numpy as np
import numpy.typing as npt

from models.warning.config import Config
from models.warning.gate import NO_LEVEL
from models.warning.model import Calibration, Judged, Memo, calibrated, put_together, source_at
from models.warning.onestep import OneStep, tested
from models.warning.verdict import Kinds, Verdict, verdict

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
# Up to so many records every set is tried, beyond it those with the largest excess.
EXACT_RECORDS = 4


@dataclass(frozen=True)
class Situation:
    """A step of all regions as it was judged, and all that judging it again with other counts needs."""

    known: list[Calibration]
    steps: list[OneStep]
    judged: Judged
    verdict: Verdict
    neighbour: Array | None
    kinds: Kinds
    young: Flags
    config: Config


def situation(
    counts: Array,
    step: int,
    neighbour: Array | None,
    kinds: Kinds,
    young: Flags,
    config: Config,
    memo: Memo | None = None,
) -> Situation:
    """The regions at `step`; arguments are those of `model.judge` and `verdict.verdict`."""
    memo = {} if memo is None else memo
    known = [calibrated(counts[k], k, step, config, memo) for k in range(len(counts))]
    steps = [memo[k, step] for k in range(len(counts))]
    sources = [source_at(one, now, config) for one, now in zip(known, steps, strict=True)]
    judged = put_together(sources, neighbour, config, kinds.family)
    found = verdict(judged, neighbour, kinds, young, config)
    return Situation(known, steps, judged, found, neighbour, kinds, young, config)


def level_with(held: Situation, region: int, column: Array) -> int:
    """The level of a region (5: none) had its counts of the step been `column` (by source).

    The profile, and with it every other region, is worked out anew: the region has a say in it.
    """
    config = held.config
    sources = list(held.judged.sources)
    for k, step in enumerate(held.steps):
        if column[k] != step.count[region] and not np.isnan(step.count[region]):
            changed = step.count.copy()
            changed[region] = column[k]
            sources[k] = source_at(held.known[k], tested(step.base, changed, config), config)
    judged = put_together(sources, held.neighbour, config, held.kinds.family)
    return int(verdict(judged, held.neighbour, held.kinds, held.young, config).level[region])


@dataclass(frozen=True)
class Pattern:
    """So many records of the month that the same sources count (places of `sources`)."""

    sources: tuple[int, ...]
    records: int


@dataclass(frozen=True)
class Evidence:
    """Records by pattern whose absence leaves `level` (5: no warning); fewer do not.

    `exact`: no fewer records of any patterns would do. Else they were taken by largest excess first and those
    not needed put back: with any one of them back it would not do.
    """

    level: int
    records: tuple[int, ...]
    exact: bool


@dataclass(frozen=True)
class Grounds:
    """What silences a warning, and what would lower it by a level at least."""

    silent: Evidence
    lower: Evidence


def grounds(held: Situation, region: int, patterns: Sequence[Pattern]) -> Grounds:
    """The fewest records that silence the warning of `region`, and the fewest that lower it.

    Raises ValueError where the region has no warning, or where it stays although every record of a source
    that explains it is taken away: then the patterns leave out some.
    """
    now = int(held.verdict.level[region])
    if now == NO_LEVEL:
        raise ValueError("there is no warning to explain")
    order = by_excess(held, region, patterns)
    column = np.array([step.count[region] for step in held.steps])
    found: dict[tuple[int, ...], int] = {}

    def level(taken: Sequence[int]) -> int:
        key = tuple(int(n) for n in np.bincount(taken, minlength=len(patterns)))
        if key not in found:
            left = column.copy()
            for pattern, records in zip(patterns, key, strict=True):
                left[list(pattern.sources)] -= records
            found[key] = level_with(held, region, np.maximum(left, 0.0))
        return found[key]

    def fewest(reaches: Callable[[int], bool]) -> Evidence:
        size = _first(lambda taken: reaches(level(order[:taken])), len(order))
        small = (taken for taken in _sets(order, patterns, size) if reaches(level(taken)))
        taken = next(small, None) or _needed(order[:size], lambda left: reaches(level(left)))
        exact = len(taken) <= EXACT_RECORDS + 1
        return Evidence(level(taken), tuple(np.bincount(taken, minlength=len(patterns)).tolist()), exact)

    return Grounds(fewest(lambda after: after == NO_LEVEL), fewest(lambda after: after > now))


def by_excess(held: Situation, region: int, patterns: Sequence[Pattern]) -> list[int]:
    """The order in which records are taken away: places of `patterns`, one for each record.

    Always from the pattern with the largest excess left among the sources that explain the warning. Those
    that touch none of these sources come last.
    """
    explains = held.judged.explains[:, region]
    above = np.array([source.count[region] - source.mean[region] for source in held.judged.sources])
    above = np.where(explains, above, 0.0)
    left = np.array([pattern.records for pattern in patterns])
    touches = np.array([bool(explains[list(pattern.sources)].any()) for pattern in patterns])
    order: list[int] = []
    while left.any():
        excess = np.array([np.maximum(above[list(pattern.sources)], 0.0).sum() for pattern in patterns])
        place = int(np.where(left > 0, excess + touches, -1.0).argmax())
        order.append(place)
        left[place] -= 1
        above[list(patterns[place].sources)] -= 1.0
    return order


def _sets(order: Sequence[int], patterns: Sequence[Pattern], below: int) -> Iterator[tuple[int, ...]]:
    """Every set of fewer than `below` and at most `EXACT_RECORDS` records, as places; small ones first."""
    places = list(dict.fromkeys(order))
    for size in range(1, min(below, EXACT_RECORDS + 1)):
        for taken in combinations_with_replacement(places, size):
            if all(taken.count(place) <= patterns[place].records for place in {*taken}):
                yield taken


def _needed(taken: Sequence[int], holds: Callable[[Sequence[int]], bool]) -> Sequence[int]:
    """`taken` without what may be put back while it holds, the last ones first."""
    changed = True
    while changed:
        changed = False
        for place in reversed(list(dict.fromkeys(taken))):
            while place in taken and holds(fewer := _less(taken, place)):
                taken, changed = fewer, True
    return taken


def _less(taken: Sequence[int], place: int) -> Sequence[int]:
    """`taken` without the last record of a pattern."""
    left = list(taken)
    del left[len(left) - 1 - left[::-1].index(place)]
    return left


def _first(holds: Callable[[int], bool], most: int) -> int:
    """The least number up to `most` that holds, where what holds for a number holds for larger ones.

    Evidence is mostly small: doubling finds its size, halving the number.
    """
    low, high = 0, 1
    while high < most and not holds(high):
        low, high = high, 2 * high
    high = min(high, most)
    if not holds(high):
        raise ValueError("the records given do not silence the warning")
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def parameter_digest(config: Config) -> str:
    """Twelve digits that change with any number of the model: a frozen fact of every warning."""
    said = json.dumps(asdict(config), sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:12]
