"""False warnings where cases are few, and whether a burst is seen; run by itself with PYTHONPATH=.

A panel of 129 regions in which nothing is unusual: petitions 25 or 5 a month (k 5), failures .13–.17 (k .8),
repeated petitions 3 (k 4), each also with a year in which everything triples. Printed: the share of
region-months alarmed at p < .005, months with a level 2, warnings a month by level, and of 48 bursts of four
cases in the sparse source how many reach level 3. The bounds stand beside; a figure beyond one ends with 1.
"""

from __future__ import annotations

import argparse
import itertools
import sys

import numpy as np
import numpy.typing as npt

from models.warning.bench import alarms
from models.warning.config import MONTHLY
from models.warning.model import Memo, judge
from models.warning.verdict import Kinds, verdict

Array = npt.NDArray[np.float64]
REGIONS, MONTHS, TESTED = 129, 72, 48
SPREAD = np.array([5.0, 0.8, 4.0])[:, np.newaxis, np.newaxis]
KINDS = Kinds(np.arange(3), np.zeros(3, dtype=np.bool_))
FIRM = np.zeros(3, dtype=np.bool_)
ALARMS_EACH, ALARMS_POOLED, MONTHS_EACH, MONTHS_POOLED, SEEN = 0.0075, 0.0065, 0.25, 0.20, 0.65


def neighbours(rng: np.random.Generator) -> Array:
    """1 where one of two regions is among the five nearest of the other."""
    place = rng.uniform(size=(REGIONS, 2))
    near = np.argsort(((place[:, None] - place) ** 2).sum(axis=2), axis=1)[:, 1:6]
    touch = np.zeros((REGIONS, REGIONS))
    touch[np.arange(REGIONS)[:, None], near] = 1
    return np.maximum(touch, touch.T)


def panel(seed: int, petitions: float, campaign: bool) -> tuple[Array, Array]:
    """Counts (sources × regions × months) and who touches whom."""
    rng = np.random.default_rng([6, seed, int(petitions), int(campaign)])
    mean = np.array([petitions, (0.13, 0.15, 0.17)[seed % 3], 3.0])[:, np.newaxis, np.newaxis]
    turn = np.arange(MONTHS) - rng.uniform(0, 12, (3, 1, 1))
    size = rng.lognormal(0, 0.4, (3, REGIONS, 1))
    mean = mean * size / size.mean(axis=1, keepdims=True) * (1 + 0.2 * np.cos(2 * np.pi * turn / 12))
    if campaign:
        first = rng.integers(12, MONTHS - 12)
        mean[:, :, first : first + 12] *= 3
    return rng.poisson(mean * rng.gamma(SPREAD, 1 / SPREAD, mean.shape)) * 1.0, neighbours(rng)


def empty(seeds: range) -> bool:
    """Prints the figures of the empty panels; whether all keep their bounds."""
    pooled, kept, months = [], True, 0
    by_level = np.zeros(6)
    for petitions, campaign in itertools.product((25.0, 5.0), (False, True)):
        found = []
        for seed in seeds:
            counts, touch = panel(seed, petitions, campaign)
            memo: Memo = {}
            for step in range(TESTED, MONTHS):
                judged = judge(counts, step, touch, MONTHLY, memo)
                level = verdict(judged, touch, KINDS, FIRM, MONTHLY).level
                by_level += np.bincount(level, minlength=6)
                found.append((alarms(judged, MONTHLY).mean(), bool((level <= 2).any())))
                months += 1
        share, with_two = np.mean(found, axis=0)
        kept &= share <= ALARMS_EACH and with_two <= MONTHS_EACH
        name = f"petitions {petitions:g}{', campaign' if campaign else ''}"
        said(name, share, ALARMS_EACH, with_two, MONTHS_EACH)
        pooled += found
    share, with_two = np.mean(pooled, axis=0)
    said("pooled", share, ALARMS_POOLED, with_two, MONTHS_POOLED)
    print("false warnings a month, levels 1 to 4:", *(f"{n:.2f}" for n in by_level[1:5] / months))
    return bool(kept and share <= ALARMS_POOLED and with_two <= MONTHS_POOLED)


def said(name: str, alarmed: float, most: float, months: float, most_months: float) -> None:
    """Print one line: two shares, each with its bound."""
    print(f"{name}: alarms {alarmed:.5f} (≤ {most}), months with level 2 {months:.3f} (≤ {most_months})")


def bursts(panels: int = 6, each: int = 8) -> bool:
    """Prints how many bursts of four cases in the sparse source reach level 3; whether enough."""
    seen = []
    for seed in range(100, 100 + panels):
        counts, touch = panel(seed, 25.0, False)
        rng = np.random.default_rng(seed)
        for region, step in zip(
            rng.integers(REGIONS, size=each), rng.integers(TESTED, MONTHS, size=each), strict=True
        ):
            more = counts.copy()
            more[1, region, step] += 4
            judged = judge(more, int(step), touch, MONTHLY)
            seen.append(verdict(judged, touch, KINDS, FIRM, MONTHLY).level[region] <= 3)
    print(f"bursts of four cases at level 3: {np.mean(seen):.3f} of {len(seen)} (≥ {SEEN})")
    return bool(np.mean(seen) >= SEEN)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--first", type=int, default=0)
    given = parser.parse_args()
    kept = [empty(range(given.first, given.first + given.seeds)), bursts()]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
