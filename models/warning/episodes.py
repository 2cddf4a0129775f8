"""From the warnings of months to one open warning a region, and what decisions do to the past (METHOD 6.10).

A warning goes on while months follow each other closely; a graver month is told at once, an equal one only
after a pause. Confirmed months leave the baseline; after enough of them in a row the level has shifted, and
they return. A decision counts from its own day on. Next: `ledger.py`, which gives episodes lasting ids.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

import numpy as np
import numpy.typing as npt
import polars as pl

Array = npt.NDArray[np.float64]
NEW, AGAIN, GRAVER, REMINDER, GOES_ON = "new", "again", "graver", "reminder", "goes_on"
SCHEMA = pl.Schema(
    {
        "region_id": pl.String,
        "period": pl.Date,
        "level": pl.Int32,
        "first_period": pl.Date,
        "months_seen": pl.Int32,
        "gravest": pl.Int32,
        "again": pl.Boolean,
        "notice": pl.String,
    }
)


@dataclass(frozen=True)
class Policy:
    """Months: without a warning that end an episode, between equal notices, to be one seen again (再次预警),
    confirmed in a row that are a shift, and without comparison after a split."""

    quiet: int = 3
    pause: int = 3
    again: int = 6
    shift: int = 6
    split: int = 24

    @classmethod
    def of(cls, parameters: pl.DataFrame) -> Self:
        """The policy in the one row of ref.warning_parameter."""
        names = {"quiet": "quiet_months", "pause": "pause_months", "again": "seen_again_months"}
        return cls(**{name: int(parameters[column][0]) for name, column in names.items()})


NO_DECISIONS = pl.DataFrame(schema={"region_id": pl.String, "period": pl.Date, "decided_on": pl.Date})


def undecided(warnings: pl.DataFrame, parameters: pl.DataFrame) -> pl.DataFrame:
    """The episodes of mart.warning where nobody has decided anything; `parameters` ref.warning_parameter."""
    return episodes(warnings, NO_DECISIONS, Policy.of(parameters))


def episodes(warnings: pl.DataFrame, closed: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """Every warning (region_id, period, level) with the episode it belongs to; see SCHEMA.

    `closed`: region_id, period, decided_on: the episode seen in that month was decided on that day, so that
    a later month begins another one. `months_seen` and `gravest` are those of the episode up to the month;
    `again`: it began within `policy.again` months after another of the region ended.
    """
    decided: dict[str, list[tuple[date, date]]] = {}
    for region, period, day in closed.select("region_id", "period", "decided_on").iter_rows():
        decided.setdefault(region, []).append((period, day))
    rows: list[tuple[object, ...]] = []
    for (region,), mine in warnings.sort("region_id", "period").group_by("region_id", maintain_order=True):
        rows += _of_region(str(region), mine, decided.get(str(region), []), policy)
    return pl.DataFrame(rows, SCHEMA, orient="row")


def _of_region(
    region: str, mine: pl.DataFrame, decided: list[tuple[date, date]], policy: Policy
) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    first: date | None = None
    last: date | None = None
    told: date | None = None
    seen, gravest, again = 0, 9, False
    for period, level in mine.select("period", "level").iter_rows():
        # A decision made before the month ended was known when the month was judged.
        if (
            first is None
            or last is None
            or months_between(last, period) > policy.quiet
            or any(first <= of <= last and day < _next(period) for of, day in decided)
        ):
            again = last is not None and months_between(last, period) <= policy.again
            notice = AGAIN if again else NEW
            first, told, seen, gravest = period, period, 0, level
        elif level < gravest:
            notice, told = GRAVER, period
        elif told is not None and months_between(told, period) >= policy.pause:
            notice, told = REMINDER, period
        else:
            notice = GOES_ON
        seen, gravest, last = seen + 1, min(gravest, level), period
        rows.append((region, period, level, first, seen, gravest, again, notice))
    return rows


def without_confirmed(
    counts: Array, decided: Array, step: int, guard: int, policy: Policy
) -> tuple[Array, npt.NDArray[np.bool_]]:
    """Counts (sources × regions × steps) to judge `step` by, and the regions whose level has shifted.

    `decided` (regions × steps) is the step in which a month was confirmed, NaN for none; decisions after
    `step` are not used. Confirmed months of the baseline, which ends `guard` steps before `step`, are NaN;
    runs of at least `policy.shift` return.
    """
    known = np.nan_to_num(decided, nan=np.inf) <= step
    long_runs = np.zeros_like(known)
    for row in range(len(known)):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], known[row].astype(int), [0]])))
        for begin, end in zip(edges[::2], edges[1::2], strict=True):
            long_runs[row, begin:end] = end - begin >= policy.shift
    leaves = known & ~long_runs
    leaves[:, max(step - guard, 0) :] = False
    return np.where(leaves[np.newaxis], np.nan, counts), np.asarray(long_runs.any(axis=1))


@dataclass(frozen=True)
class Change:
    """From `step` on the regions `old` are the regions `new` (places): one new is a merger, more a split."""

    step: int
    old: tuple[int, ...]
    new: tuple[int, ...]


def followed(counts: Array, changes: Sequence[Change]) -> Array:
    """Counts (sources × regions × steps) with the history of merged regions summed.

    A merged region's past is known where all its parts' is; what it was made from has no counts of its own.
    A split region has no past before the split.
    """
    made = counts.copy()
    for change in sorted(changes, key=lambda one: one.step):
        past = np.s_[: change.step]
        together = made[:, list(change.old), past].sum(axis=1)
        for place in {*change.old, *change.new}:
            made[:, place, past] = np.nan
        if len(change.new) == 1:
            made[:, change.new[0], past] = together
        for place in {*change.old} - {*change.new}:
            made[:, place, change.step :] = np.nan
    return made


def comparable(regions: int, changes: Sequence[Change], step: int, policy: Policy) -> npt.NDArray[np.bool_]:
    """Regions that may be held against their past at `step`: not those split too short a time ago."""
    fine = np.ones(regions, dtype=np.bool_)
    for change in changes:
        if len(change.new) > 1 and change.step <= step < change.step + policy.split:
            fine[list(change.new)] = False
    return fine


def months_between(one: date, other: date) -> int:
    """Months from one to the other."""
    return (other.year - one.year) * 12 + other.month - one.month


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
