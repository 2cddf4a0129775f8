"""The planted events are as `truth/` says, really in the rows of the files, and the only change they make."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from pipelines.regions import frame as regions
from pipelines.sample import failures, petitions, planted_rows
from pipelines.sample.planted import (
    EVENTS,
    FAILURES,
    NEIGHBOURS,
    OVERDUE,
    RAMP,
    REPEAT,
    SEVERAL,
    SPIKE,
    VOLUME,
    Event,
    plan,
)
from pipelines.sample.settings import AS_OF, DEFAULT_SEED, MONTHS, NONE, SILENT
from pipelines.sample.world import World, build_world

Counts = Counter[tuple[int, int]]  # by unit and month


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(DEFAULT_SEED)


@pytest.fixture(scope="module")
def events(world: World) -> tuple[Event, ...]:
    return plan(world, DEFAULT_SEED)


@pytest.fixture(scope="module")
def with_planted(world: World, events: tuple[Event, ...]) -> pl.DataFrame:
    return _all_cases(world, events)


@pytest.fixture(scope="module")
def without(world: World) -> pl.DataFrame:
    return _all_cases(world, ())


def _all_cases(world: World, events: tuple[Event, ...]) -> pl.DataFrame:
    cases = [
        planted_rows.month_cases(world, events, DEFAULT_SEED, index).pipe(petitions.known_at, AS_OF)
        for index in range(len(MONTHS))
    ]
    return pl.concat(cases)


def by_month(frame: pl.DataFrame, column: str, shift: int = 0) -> Counts:
    """Rows by unit and month index of a day, moved by some days."""
    day = (pl.col(column) + shift).cast(pl.Int32).cast(pl.Date)
    keys = frame.select("unit", month=(day.dt.year().cast(pl.Int64) - 2020) * 12 + day.dt.month() - 1)
    return Counter(keys.iter_rows())


def added(events: tuple[Event, ...], *channels: str) -> Counts:
    found: Counts = Counter()
    for event in events:
        for cell in event.cells:
            if cell.channel in channels:
                found[cell.unit, cell.month] += cell.added
    return found


def counted(cases: pl.DataFrame) -> pl.DataFrame:
    return cases.filter(~pl.col("case_type").is_in([petitions.ACCUSATION, petitions.OTHER]))


def overdue(cases: pl.DataFrame) -> pl.DataFrame:
    """Claims under art. 31(6) not closed within 60 (90) days, by the method's rules but for holidays."""
    limit = pl.when(pl.col("extended") == "是").then(90).otherwise(60)
    late = (pl.col("closed_date") == NONE) | (pl.col("closed_date") > pl.col("accepted_date") + limit + 10)
    claims = counted(cases).filter((pl.col("procedure") == "6") & (pl.col("accepted_date") != NONE))
    return claims.filter(late, pl.col("accepted_date") + limit <= AS_OF).with_columns(
        due=pl.col("accepted_date") + limit
    )


def test_there_are_forty_events_of_four_kinds_in_three_years(events: tuple[Event, ...]) -> None:
    assert [event.event_id for event in events] == [f"P{number:02d}" for number in range(1, 41)]
    kinds = Counter(event.kind for event in events)
    assert kinds == {SPIKE: 12, SEVERAL: 10, NEIGHBOURS: 8, RAMP: 10}
    assert sum(count for _, _, count in EVENTS) == 40
    years = Counter(MONTHS[event.months[0]][0] for event in events)
    assert set(years) == {2023, 2024, 2025}
    assert min(years.values()) >= 12
    assert max(event.months[1] for event in events) == MONTHS.index((2025, 12))


def test_no_county_has_two_events_and_none_is_in_a_silent_prefecture(
    world: World, events: tuple[Event, ...]
) -> None:
    units = [unit for event in events for unit in event.units]
    assert len(units) == len(set(units))
    assert {world.prefecture[unit] for unit in units}.isdisjoint({prefecture for _, prefecture in SILENT})
    assert {world.level[unit] for unit in units} == {"county"}


def test_kinds_are_what_they_are_called(world: World, events: tuple[Event, ...]) -> None:
    pairs = set(regions.neighbours().iter_rows())
    for event in events:
        first, last = event.months
        if event.kind == NEIGHBOURS:
            middle, *others = (world.unit[unit] for unit in event.units)
            assert len(others) >= 2
            assert all((middle, other) in pairs for other in others)
        else:
            assert len(event.units) == 1
        assert (len(event.channels) > 1) == (event.kind == SEVERAL)
        if event.kind == RAMP:
            sizes = [cell.added for cell in event.cells]
            assert last - first >= 5
            assert sizes[-1] > 0.8 * max(sizes)  # the season is in the standard deviation
            assert sizes[-1] > 1.9 * sizes[0]
        else:
            assert last - first <= 2


def test_some_are_easy_and_some_hard(events: tuple[Event, ...]) -> None:
    sizes = [event.planned_sd for event in events]
    assert min(sizes) < 3
    assert sum(size < 5 for size in sizes) >= 6
    assert sum(size > 8 for size in sizes) >= 6


def test_what_was_added_is_in_the_petitions(
    events: tuple[Event, ...], with_planted: pl.DataFrame, without: pl.DataFrame
) -> None:
    def more(select: object, column: str) -> Counts:
        frames = (select(with_planted), select(without))  # type: ignore[operator]
        return by_month(frames[0], column) - by_month(frames[1], column)

    repeated = more(lambda cases: counted(cases).filter(pl.col("repeat_flag") == "重件"), "registered_date")
    planted = added(events, REPEAT)
    # Cases planted for another reason are now and then repeat petitions or late like any other.
    assert planted <= repeated
    assert sum(repeated.values()) <= 1.25 * sum(planted.values())
    late = more(overdue, "due")
    planted = added(events, OVERDUE)
    assert planted <= late
    assert sum(late.values()) <= 1.8 * sum(planted.values())
    volume = more(lambda cases: cases, "registered_date")
    assert added(events, VOLUME, REPEAT) <= volume
    assert sum(volume.values()) == sum(added(events, VOLUME, REPEAT, OVERDUE).values())


def test_what_was_added_is_in_the_failures(world: World, events: tuple[Event, ...]) -> None:
    ordinary = failures.records(world, DEFAULT_SEED)
    both = planted_rows.records(world, events, DEFAULT_SEED)
    first = {"keep": "first", "maintain_order": True}
    more = by_month(both.unique("event", **first), "day") - by_month(ordinary.unique("event", **first), "day")  # type: ignore[arg-type]
    assert more == added(events, FAILURES)
    assert both.filter(pl.col("entered_date") > AS_OF).is_empty()


def test_ordinary_rows_stay_as_they_were(
    world: World, events: tuple[Event, ...], with_planted: pl.DataFrame, without: pl.DataFrame
) -> None:
    kept = with_planted.filter(pl.col("case_id").is_in(without["case_id"].implode()))
    assert kept.equals(without)
    ordinary = failures.records(world, DEFAULT_SEED)
    both = planted_rows.records(world, events, DEFAULT_SEED)
    assert both.filter(pl.col("record_id").is_in(ordinary["record_id"].implode())).equals(ordinary)
    assert both["record_id"].n_unique() == both.height


def test_the_scale_changes_sizes_only(world: World, events: tuple[Event, ...]) -> None:
    large = plan(world, DEFAULT_SEED, 25.0)
    assert [(event.kind, event.units, event.months[1]) for event in large] == [
        (event.kind, event.units, event.months[1]) for event in events
    ]
    assert sum(cell.added for event in large for cell in event.cells) > 5 * sum(
        cell.added for event in events for cell in event.cells
    )


def test_another_seed_has_other_events(events: tuple[Event, ...]) -> None:
    other = plan(build_world(7), 7)
    assert len(other) == 40
    assert {event.units for event in other} != {event.units for event in events}


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "truth" / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_truth_files_say_what_was_planned(
    repository: Path, world: World, events: tuple[Event, ...]
) -> None:
    folder = repository / "sample_data"
    planted = rows(folder, "planted.csv")
    cells = rows(folder, "planted_cells.csv")
    assert [row["event_id"] for row in planted] == [event.event_id for event in events]
    for row, event in zip(planted, events, strict=True):
        mine = [cell for cell in cells if cell["event_id"] == event.event_id]
        assert row["region_ids"].split(";") == [world.unit[unit] for unit in event.units]
        assert row["sources"].split(";") == list(event.channels)
        assert int(row["size"]) == sum(int(cell["added"]) for cell in mine)
        assert row["first_month"] == min(cell["month"] for cell in mine)
        assert row["last_month"] == max(cell["month"] for cell in mine)
        strongest = max(int(cell["added"]) / float(cell["sd"]) for cell in mine)
        assert float(row["planned_sd"]) == pytest.approx(strongest, abs=0.06)
    campaigns = rows(folder, "campaigns.csv")
    assert [(row["region_ids"], row["first_month"], row["last_month"]) for row in campaigns] == [
        ("530000", "2022-03", "2022-11"),
        ("530000", "2024-04", "2024-10"),
    ]


def test_an_overdue_case_falls_due_well_inside_its_month(
    with_planted: pl.DataFrame, without: pl.DataFrame, events: tuple[Event, ...]
) -> None:
    """So that rolling a due day off a holiday leaves it in the month."""
    new = overdue(with_planted).filter(~pl.col("case_id").is_in(without["case_id"].implode()))
    cells = added(events, OVERDUE)
    inside = new.filter(pl.col("due").cast(pl.Int32).cast(pl.Date).dt.day().is_between(5, 20))
    assert cells <= by_month(inside, "due")
