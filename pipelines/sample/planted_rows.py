"""The rows of the planted events, added to the ordinary ones, which stay as they are.

A planted row looks like any other of its unit: only its number, its month and, for repeat and overdue
petitions, what makes it one are given. `planted` chooses the events.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from pipelines.sample import failures, petitions
from pipelines.sample.naming import named
from pipelines.sample.planted import CHANNELS, FAILURES, LOOK_BACK, OVERDUE, REPEAT, VOLUME, Cell, Event
from pipelines.sample.settings import (
    AS_OF,
    MONTHS,
    NONE,
    PLANTED,
    Days,
    lognormal_days,
    month_end,
    month_start,
    stream,
)
from pipelines.sample.world import World

COUNTED = ((petitions.APPEAL, 0.89), (petitions.ADVICE, 0.11))  # an accusation is in the volume only
LIMIT_DAYS = 60


def month_cases(
    world: World, plan: Sequence[Event], seed: int, index: int, scale: float = 1.0
) -> pl.DataFrame:
    """`petitions.month_cases` and the planted cases registered in that month, by day of registration."""
    ordinary = petitions.month_cases(world, seed, index, scale)
    first, last = month_start(*MONTHS[index]), month_end(*MONTHS[index])
    parts = [
        _cases(world, seed, cell).filter(pl.col("registered_date").is_between(first, last))
        for event in plan
        for cell in event.cells
        if cell.channel != FAILURES
        and 0 <= cell.month - index <= (LOOK_BACK if cell.channel == OVERDUE else 0)
    ]
    if not parts:
        return ordinary
    planted = pl.concat(parts)
    ids = petitions.case_ids(index, ordinary.height + 1, planted.height)
    both = pl.concat([ordinary, planted.select(ids, pl.all())])
    return both.sort("registered_date", maintain_order=True)


def records(world: World, plan: Sequence[Event], seed: int, scale: float = 1.0) -> pl.DataFrame:
    """`failures.records` and the planted ones, in the order of entry; each planted event is one record."""
    ordinary = failures.records(world, seed, scale)
    cells = [cell for event in plan for cell in event.cells if cell.channel == FAILURES]
    if not cells:
        return ordinary
    # Numbers that no ordinary event has.
    place = pl.int_range(pl.len(), dtype=pl.Int64)
    event, order = (pl.lit(ordinary[name].max()) + 1 + place for name in ("event", "order"))
    planted = pl.concat(_failures(world, seed, cell) for cell in cells).with_columns(event=event, order=order)
    planted = named(world, planted.sort("entered_date", "order"), ordinary.height + 1)
    return pl.concat([ordinary, planted]).sort("entered_date", "order")


def _stream(seed: int, cell: Cell) -> np.random.Generator:
    """Each cell has its own draws, so that one changed event leaves the others as they are."""
    return stream(seed, PLANTED, 1, CHANNELS.index(cell.channel), cell.unit, cell.month)


def _failures(world: World, seed: int, cell: Cell) -> pl.DataFrame:
    """The failure records of one cell, on file by the day of the data."""
    rng = _stream(seed, cell)
    first, last = month_start(*MONTHS[cell.month]), month_end(*MONTHS[cell.month])
    days = rng.integers(first, last + 1, cell.added)
    return failures.lives(rng, world, np.full(cell.added, cell.unit), days, chained=False, latest=AS_OF)


def _cases(world: World, seed: int, cell: Cell) -> pl.DataFrame:
    """The petitions of one cell."""
    rng = _stream(seed, cell)
    unit = np.full(cell.added, cell.unit)
    if cell.channel == OVERDUE:
        return _overdue(rng, world, unit, cell.month)
    days = np.sort(petitions.registration_days(rng, cell.month, cell.added))
    if cell.channel == VOLUME:
        return petitions.lives(rng, world, unit, days)
    cases = petitions.lives(rng, world, unit, days, COUNTED)
    return cases.with_columns(repeat_flag=pl.lit("重件")) if cell.channel == REPEAT else cases


def _overdue(rng: np.random.Generator, world: World, unit: Days, month: int) -> pl.DataFrame:
    """Claims under art. 31(6) whose 60 days end in the month, well before its last working day, and that are
    closed only later; transferred, informed and accepted in time."""
    due = month_start(*MONTHS[month]) + np.sort(rng.integers(4, 20, unit.size))
    accepted = due - LIMIT_DAYS
    wait = rng.integers(6, 25, unit.size)
    registered = accepted - wait
    transferred = registered + wait * 2 // 5
    closed = due + 12 + lognormal_days(rng, 25.0, 0.9, unit.size)
    cases = petitions.lives(rng, world, unit, registered, ((petitions.APPEAL, 1.0),))
    given = {
        "transferred_date": transferred,
        "unit_received_date": transferred + 1,
        "informed_date": accepted,
        "accepted_date": accepted,
        "closed_date": closed,
    }
    return cases.with_columns(
        *(pl.Series(name, days.astype(np.int64)) for name, days in given.items()),
        procedure=pl.lit("6"),
        **{
            name: pl.lit("")
            for name in ("not_accepted_reason", "returned", "extended", "recheck_result", "review_result")
        },
        **{name: pl.lit(NONE, dtype=pl.Int64) for name in petitions.HIDDEN},
    )
