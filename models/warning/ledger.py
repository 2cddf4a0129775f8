"""The ledger of issued warnings: what was raised when, under ids that stay when data are corrected.

Append-only events. Each build notes what its warnings (`episodes.py`) change in what was noted before:
raised, graver or lighter, longer or shorter, withdrawn, restored, run together with another. Noting the same
again adds nothing. An id is made once, from region and first month, and never given to another warning.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import polars as pl

RAISED, LEVEL, MONTHS, WITHDRAWN, RESTORED, MERGED = (
    *("raised", "level", "months", "withdrawn"),
    *("restored", "merged"),
)
EVENTS = pl.Schema(
    {
        "warning_id": pl.String,
        "region_id": pl.String,
        "noted_on": pl.Date,
        "number": pl.Int32,
        "event": pl.String,
        "level": pl.Int32,
        "first_period": pl.Date,
        "last_period": pl.Date,
        "merged_into": pl.String,
    }
)
ENTRIES = pl.Schema(
    {
        "warning_id": pl.String,
        "region_id": pl.String,
        "raised_on": pl.Date,
        "first_period": pl.Date,
        "last_period": pl.Date,
        "level": pl.Int32,
        "gravest": pl.Int32,
        "levels": pl.String,
        "withdrawn_on": pl.Date,
        "merged_into": pl.String,
    }
)


@dataclass(frozen=True)
class Entry:
    """A warning as it stands in the ledger; `levels` is its history, each with the day it was noted."""

    warning_id: str
    region_id: str
    raised_on: date
    first_period: date
    last_period: date
    level: int
    levels: tuple[tuple[date, int], ...]
    withdrawn_on: date | None = None
    merged_into: str | None = None
    number: int = 0


def note(before: pl.DataFrame, episodes: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The events known on `as_of` with those that today's episodes add; see EVENTS.

    `before` may hold later events, which are not used. `episodes`: region_id, first_period, last_period and
    level, the gravest; those of a region do not overlap.
    """
    known = before.filter(pl.col("noted_on") <= as_of)
    entries = _entries(known)
    by_region: dict[str, list[Entry]] = {}
    for entry in entries.values():
        by_region.setdefault(entry.region_id, []).append(entry)
    rows: list[tuple[object, ...]] = []
    taken = set(entries)
    current: dict[str, list[tuple[date, date, int]]] = {}
    columns = ("region_id", "first_period", "last_period", "level")
    for region, first, last, level in episodes.select(columns).sort(columns[:2]).iter_rows():
        current.setdefault(region, []).append((first, last, level))
    for region in sorted({*by_region, *current}):
        rows += _region(region, by_region.get(region, []), current.get(region, []), taken, as_of)
    return pl.concat([known.cast(EVENTS), pl.DataFrame(rows, EVENTS, orient="row")])


def noted(before: pl.DataFrame, episodes: pl.DataFrame, context: pl.DataFrame) -> pl.DataFrame:
    """`note` of a build: `episodes` is mart.warning_episode, `context` run.context."""
    whole = episodes.group_by("region_id", "first_period").agg(
        pl.max("period").alias("last_period"), pl.min("level").alias("level")
    )
    return note(before, whole, context["as_of"][0])


def entries(events: pl.DataFrame) -> pl.DataFrame:
    """One row for each id, as it stands after all events; see ENTRIES.

    `levels` is the history of the level, each with the day it was noted: 2024-05-31:3 2024-06-30:2.
    """
    rows = [
        (
            *(e.warning_id, e.region_id, e.raised_on, e.first_period, e.last_period, e.level),
            *(min(level for _, level in e.levels), " ".join(f"{day}:{level}" for day, level in e.levels)),
            *(e.withdrawn_on, e.merged_into),
        )
        for e in _entries(events).values()
    ]
    return pl.DataFrame(rows, ENTRIES, orient="row").sort("warning_id")


def _entries(events: pl.DataFrame) -> dict[str, Entry]:
    """Every id with what its events come to."""
    found: dict[str, Entry] = {}
    for row in events.sort("noted_on", "warning_id", "number").iter_rows(named=True):
        key, day, level = row["warning_id"], row["noted_on"], row["level"]
        if row["event"] == RAISED:
            months = (row["first_period"], row["last_period"])
            found[key] = Entry(key, row["region_id"], day, *months, level, ((day, level),))
            continue
        entry = replace(found[key], number=row["number"])
        if row["event"] in (WITHDRAWN, MERGED):
            entry = replace(entry, withdrawn_on=day, merged_into=row["merged_into"])
        else:
            entry = replace(entry, first_period=row["first_period"], last_period=row["last_period"])
        if row["event"] == RESTORED:
            entry = replace(entry, withdrawn_on=None, merged_into=None)
        if level != entry.level:
            entry = replace(entry, level=level, levels=(*entry.levels, (day, level)))
        found[key] = entry
    return found


def _region(
    region: str, known: list[Entry], current: list[tuple[date, date, int]], taken: set[str], as_of: date
) -> list[tuple[object, ...]]:
    """The events that a region's episodes add to its entries."""
    partner = _matched(known, current)
    rows: list[tuple[object, ...]] = []

    def add(entry: Entry, event: str, months: tuple[date, date], level: int, into: str | None = None) -> None:
        number = entry.number + 1 if event != RAISED else 0
        rows.append((entry.warning_id, region, as_of, number, event, level, *months, into))

    ids: dict[int, str] = {}
    for place, (first, last, level) in enumerate(current):
        entry = partner.get(place)
        if entry is None:
            ids[place] = _new_id(region, first, taken)
            add(Entry(ids[place], region, as_of, first, last, level, ()), RAISED, (first, last), level)
            continue
        ids[place] = entry.warning_id
        moved = (entry.first_period, entry.last_period) != (first, last)
        event = RESTORED if entry.withdrawn_on else LEVEL if level != entry.level else MONTHS
        if event != MONTHS or moved:
            add(entry, event, (first, last), level)
    kept = {entry.warning_id for entry in partner.values()}
    for entry in known:
        if entry.warning_id in kept or entry.withdrawn_on:
            continue
        into = next((ids[n] for n, one in enumerate(current) if _overlap(entry, one) > 0), None)
        months = (entry.first_period, entry.last_period)
        add(entry, MERGED if into else WITHDRAWN, months, entry.level, into)
    return rows


def _matched(known: list[Entry], current: list[tuple[date, date, int]]) -> dict[int, Entry]:
    """Each episode's entry: most months in common first, then one that stands, then the oldest."""
    pairs = sorted(
        (
            (-overlap, entry.withdrawn_on is not None, entry.raised_on, entry.warning_id, place)
            for entry in known
            for place, one in enumerate(current)
            if (overlap := _overlap(entry, one)) > 0
        ),
    )
    by_id = {entry.warning_id: entry for entry in known}
    partner: dict[int, Entry] = {}
    used: set[str] = set()
    for *_, warning_id, place in pairs:
        if place not in partner and warning_id not in used:
            partner[place] = by_id[warning_id]
            used.add(warning_id)
    return partner


def _overlap(entry: Entry, one: tuple[date, date, int]) -> int:
    """Months that an entry and an episode have in common."""
    first, last = max(entry.first_period, one[0]), min(entry.last_period, one[1])
    return max(0, (last.year - first.year) * 12 + last.month - first.month + 1)


def _new_id(region: str, first: date, taken: set[str]) -> str:
    """Region and first month, with a number where that id was given before."""
    name = f"{region}-{first:%Y-%m}"
    number = 2
    found = name
    while found in taken:
        found, number = f"{name}-{number}", number + 1
    taken.add(found)
    return found
