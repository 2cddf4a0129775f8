"""Forty unusual events that a warning should find: where, when, in which source, and how large.

Kinds: a spike of one source, several sources at once, adjoining counties together, a slow ramp. No county has
two, none lies in a prefecture that was silent or late. Sizes go by the standard deviation of the ordinary
month, so that some events are easy and some hard. `plan` chooses them, `planted_rows` draws their rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pipelines.regions import frame as regions
from pipelines.sample.petitions import APPEAL_SHARE, expected_cases
from pipelines.sample.settings import LATE_PREFECTURE, MONTHS, PLANTED, SILENT, Floats, stream
from pipelines.sample.world import MOOD_SHAPE, World, campaign_factor

FAILURES, VOLUME, REPEAT, OVERDUE = "failures", "petition_volume", "petition_repeat", "petition_overdue"
CHANNELS = (FAILURES, VOLUME, REPEAT, OVERDUE)
SPIKE, SEVERAL, NEIGHBOURS, RAMP = "spike", "several", "neighbours", "ramp"
FIRST_MONTH = MONTHS.index((2023, 1))
# Of a failure of the last quarter too little would be on file by the day of the data.
LAST_MONTH = {FAILURES: MONTHS.index((2025, 9))}
LOOK_BACK = 3  # months before an overdue case falls due in which it may have been registered
# Sources, then how many events have them. The order within a kind goes with the size: each kind's sizes run
# from hard to easy in equal steps, dealt out at random.
EVENTS: tuple[tuple[str, tuple[str, ...], int], ...] = (
    (NEIGHBOURS, (FAILURES,), 3),
    (NEIGHBOURS, (REPEAT,), 3),
    (NEIGHBOURS, (OVERDUE,), 2),
    (SPIKE, (FAILURES,), 5),
    (SPIKE, (REPEAT,), 3),
    (SPIKE, (OVERDUE,), 2),
    (SPIKE, (VOLUME,), 2),
    (SEVERAL, (FAILURES, REPEAT), 4),
    (SEVERAL, (REPEAT, OVERDUE), 3),
    (SEVERAL, (FAILURES, REPEAT, OVERDUE), 3),
    (RAMP, (FAILURES,), 4),
    (RAMP, (REPEAT,), 3),
    (RAMP, (OVERDUE,), 1),
    (RAMP, (VOLUME,), 2),
)
# Cases a month, source and county: a few, that sparse sources need, and so many standard deviations on top.
FEW = {SPIKE: 2, SEVERAL: 1, NEIGHBOURS: 1, RAMP: 2}
SIZES = {SPIKE: (2.0, 7.0), SEVERAL: (1.5, 3.5), NEIGHBOURS: (1.5, 3.5), RAMP: (1.5, 4.0)}
DURATIONS = {SPIKE: (1, 2), SEVERAL: (1, 3), NEIGHBOURS: (1, 2), RAMP: (6, 8)}  # months, ends included
CLUSTER = (3, 4)  # counties


@dataclass(frozen=True)
class Cell:
    """What an event adds to one source, unit and month (indexes); `sd` is the ordinary standard deviation."""

    channel: str
    unit: int
    month: int
    added: int
    sd: float


@dataclass(frozen=True)
class Event:
    """One event; its cells say exactly what was added."""

    event_id: str
    kind: str
    channels: tuple[str, ...]
    units: tuple[int, ...]
    cells: tuple[Cell, ...]

    @property
    def months(self) -> tuple[int, int]:
        """First and last month (indexes)."""
        found = [cell.month for cell in self.cells]
        return min(found), max(found)

    @property
    def planned_sd(self) -> float:
        """The strongest month of a source and county, in ordinary standard deviations."""
        return max(cell.added / cell.sd for cell in self.cells)


def plan(world: World, seed: int, scale: float = 1.0) -> tuple[Event, ...]:
    """The events of a seed, by first month. The scale changes their sizes, not where and when they are."""
    rng = stream(seed, PLANTED)
    free = _eligible(world)
    ordinary = {channel: _mean_and_sd(world, channel, scale) for channel in CHANNELS}
    steps = _steps(rng)
    found: list[Event] = []
    for kind, channels, count in EVENTS:
        for _ in range(count):
            units = _place(rng, world, kind, free)
            free -= set(units)
            months = _when(rng, kind, channels, len(found) % 3)
            size = next(steps[kind])
            cells = tuple(_cells(kind, channels, units, months, size, ordinary))
            found.append(Event("", kind, channels, units, cells))
    found.sort(key=lambda event: (event.months, event.units))
    return tuple(
        Event(f"P{number:02d}", event.kind, event.channels, event.units, event.cells)
        for number, event in enumerate(found, start=1)
    )


def _eligible(world: World) -> set[int]:
    silent = {prefecture for _, prefecture in SILENT} | {LATE_PREFECTURE}
    return {
        number
        for number, (level, prefecture) in enumerate(zip(world.level, world.prefecture, strict=True))
        if level == "county" and prefecture not in silent
    }


def _steps(rng: np.random.Generator) -> dict[str, Iterator[float]]:
    """The sizes of each kind, in an order drawn at random."""
    counts = {kind: sum(count for other, _, count in EVENTS if other == kind) for kind in SIZES}
    return {kind: iter(rng.permutation(np.linspace(*SIZES[kind], counts[kind])).tolist()) for kind in SIZES}


def _place(rng: np.random.Generator, world: World, kind: str, free: set[int]) -> tuple[int, ...]:
    """A free county; for neighbours one with enough free ones around it, and these."""
    if kind != NEIGHBOURS:
        return (int(rng.choice(sorted(free))),)
    number = {unit: place for place, unit in enumerate(world.unit)}
    around: dict[int, list[int]] = {place: [] for place in sorted(free)}
    for one, other in regions.neighbours().iter_rows():
        if number.get(one) in free and number.get(other) in free:
            around[number[one]].append(number[other])
    size = int(rng.integers(CLUSTER[0], CLUSTER[1] + 1))
    middle = int(rng.choice([place for place, others in around.items() if len(others) >= size - 1]))
    others = rng.choice(around[middle], size - 1, replace=False)
    return (middle, *sorted(others.tolist()))


def _when(rng: np.random.Generator, kind: str, channels: tuple[str, ...], year: int) -> range:
    """Months that begin in the given one of the three years."""
    low, high = DURATIONS[kind]
    length = int(rng.integers(low, high + 1))
    last = min(LAST_MONTH.get(channel, len(MONTHS) - 1) for channel in channels)
    start = FIRST_MONTH + 12 * year
    first = int(rng.integers(start, min(start + 12, last - length + 2)))
    return range(first, first + length)


def _cells(
    kind: str,
    channels: tuple[str, ...],
    units: tuple[int, ...],
    months: range,
    size: float,
    ordinary: dict[str, Floats],
) -> Iterator[Cell]:
    """A few cases and `size` standard deviations a month and source; a ramp climbs to them in equal steps."""
    for channel in channels:
        for unit in units:
            for number, month in enumerate(months, start=1):
                sd = float(ordinary[channel][unit, month])
                part = number / len(months) if kind == RAMP else 1.0
                added = max(1, round((FEW[kind] + size * sd) * part))
                yield Cell(channel, unit, month, added, sd)


def _mean_and_sd(world: World, channel: str, scale: float) -> Floats:
    """The standard deviation of an ordinary month (units × months): negative binomial around its mean."""
    if channel == FAILURES:
        mean = world.failure_mean.mean(axis=1)[:, None] * campaign_factor()
        shape = np.full(len(world.unit), MOOD_SHAPE)
    else:
        cases = np.stack([expected_cases(world, month) for month in range(len(MONTHS))], axis=1)
        shape = world.petition_shape
        share = {
            VOLUME: np.ones(len(world.unit)),
            REPEAT: world.rate["repeat"],
            OVERDUE: APPEAL_SHARE * (1 - world.rate["closed"]),
        }[channel]
        mean = cases * share[:, None]
    mean = mean * scale
    sd: Floats = np.sqrt(mean + mean**2 / shape[:, None])
    return sd
