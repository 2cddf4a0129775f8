"""Why a warning fired: every answer is held against the whole model, run anew on the counts it speaks of."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from models.warning.config import MONTHLY
from models.warning.explain import Pattern, Situation, grounds, level_with, parameter_digest, situation
from models.warning.gate import NO_LEVEL
from models.warning.model import judge
from models.warning.verdict import Kinds, verdict

REGIONS, STEPS, LAST = 60, 54, 53
MEANS = np.array([0.2, 0.6, 8.0])
RING = sum(np.roll(np.eye(REGIONS), by, axis=1) for by in (-2, -1, 1, 2))
# The second source is a part of the third, which is volume.
KINDS = Kinds(np.array([0, 1, 2]), np.array([False, False, True]))
SURE = np.zeros(3, dtype=bool)
BURSTS = {(0, 4): 5, (1, 9): 7, (0, 17): 4, (1, 17): 4, (2, 30): 25, (0, 41): 6, (1, 50): 9, (2, 50): 4}


def counts(seed: int = 3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    made = (
        rng.poisson(MEANS[:, None, None] * rng.lognormal(0, 0.3, (3, REGIONS, 1)), (3, REGIONS, STEPS)) * 1.0
    )
    for (source, region), more in BURSTS.items():
        made[source, region, LAST] += more
    made[2] += made[1]
    made[0, 7, 10:14] = made[1, 7, LAST] = np.nan
    return made


COUNTS = counts()


def level_of(changed: np.ndarray, region: int) -> int:
    """The level by the whole model, nothing held."""
    judged = judge(changed, LAST, RING, MONTHLY)
    return int(verdict(judged, RING, KINDS, SURE, MONTHLY).level[region])


def patterns_of(region: int) -> list[Pattern]:
    own, part, whole = (int(n) for n in np.nan_to_num(COUNTS[:, region, LAST]))
    return [Pattern((0,), own), Pattern((1, 2), part), Pattern((2,), whole - part)]


def without(region: int, patterns: list[Pattern], taken: tuple[int, ...]) -> np.ndarray:
    changed = COUNTS.copy()
    for pattern, records in zip(patterns, taken, strict=True):
        changed[list(pattern.sources), region, LAST] -= records
    return changed


@pytest.fixture(scope="module")
def held() -> Situation:
    return situation(COUNTS, LAST, RING, KINDS, SURE, MONTHLY)


def warned(held: Situation) -> list[int]:
    return np.flatnonzero(held.verdict.level < NO_LEVEL).tolist()


def test_the_bursts_are_warnings_and_a_month_judged_again_is_the_same(held: Situation) -> None:
    assert {region for _, region in BURSTS} <= {*warned(held)}
    for region in range(REGIONS):
        assert level_with(held, region, COUNTS[:, region, LAST]) == held.verdict.level[region]


@pytest.mark.parametrize(
    ("region", "source", "count"), [(4, 0, 1), (9, 1, 2), (30, 2, 20), (50, 1, 4), (3, 0, 9)]
)
def test_a_changed_count_is_judged_as_the_whole_model_does(
    held: Situation, region: int, source: int, count: int
) -> None:
    changed = COUNTS.copy()
    changed[source, region, LAST] = count
    assert level_with(held, region, changed[:, region, LAST]) == level_of(changed, region)


def test_the_fewest_records_silence_and_fewer_do_not(held: Situation) -> None:
    sizes = []
    for region in warned(held):
        patterns, now = patterns_of(region), int(held.verdict.level[region])
        found = grounds(held, region, patterns)
        assert level_of(without(region, patterns, found.silent.records), region) == NO_LEVEL
        assert now < found.lower.level == level_of(without(region, patterns, found.lower.records), region)
        assert all(n <= p.records for n, p in zip(found.silent.records, patterns, strict=True))
        sizes.append(sum(found.silent.records))
        if found.silent.exact and sizes[-1] > 1:
            fewer = (
                taken
                for taken in product(*(range(p.records + 1) for p in patterns))
                if sum(taken) == sizes[-1] - 1
            )
            assert all(level_of(without(region, patterns, taken), region) < NO_LEVEL for taken in fewer)
    assert len(sizes) >= 6 and min(sizes) <= 2 and max(sizes) >= 4


def test_a_record_leaves_every_source_that_counts_it(held: Situation) -> None:
    patterns = patterns_of(50)
    taken = grounds(held, 50, patterns).silent.records
    assert taken[1] > 0
    apart = [Pattern((k,), int(n)) for k, n in enumerate(COUNTS[:, 50, LAST])]
    assert sum(grounds(held, 50, apart).silent.records) >= sum(taken)


def test_what_cannot_be_explained_is_refused(held: Situation) -> None:
    quiet = int(np.flatnonzero(held.verdict.level == NO_LEVEL)[0])
    with pytest.raises(ValueError, match="no warning"):
        grounds(held, quiet, patterns_of(quiet))
    with pytest.raises(ValueError, match="do not silence"):
        grounds(held, 4, [Pattern((1,), 1)])


def test_the_digest_changes_with_every_number() -> None:
    assert parameter_digest(MONTHLY) == parameter_digest(replace(MONTHLY))
    assert parameter_digest(MONTHLY) != parameter_digest(replace(MONTHLY, gate_p=0.11))
