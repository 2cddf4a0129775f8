"""The sample's files: which there are, how each looks, and `write`, which makes them all.

Next: `world` (what regions are like), `petitions`, `failures` and `debt_rows` (rows), `planted` (events to be
found), `corrections` (what comes later), `faults` (rows that must be rejected), `files`, `dress`, `workbook`
(how files look), `truth` (what was planted, as tables). A file of year Y holds what was new or changed in Y,
as it stood on 31 December.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from pipelines.sample import (
    corrections,
    debt_rows,
    exposure,
    failures,
    petitions,
    planted_rows,
    reports,
    truth,
)
from pipelines.sample.debt import build_debt
from pipelines.sample.dress import Places, Sheet
from pipelines.sample.faults import faults_of
from pipelines.sample.files import COLUMNS, file_of, source_of, style_of
from pipelines.sample.planted import Event, plan
from pipelines.sample.readme import readme
from pipelines.sample.settings import (
    AS_OF,
    DEFAULT_SEED,
    LATE_DAY,
    LATE_MONTH,
    LATE_PREFECTURE,
    MONTHS,
    YEARS,
    month_start,
    year_end,
)
from pipelines.sample.workbook import WorkbookSheet
from pipelines.sample.world import World, build_world

__all__ = ["DEFAULT_SEED", "write"]

REPEATING = "failures_2023.csv"
REPEATED_IN_FILE = 2  # its first rows stand once more at its end
REPEATED_IN_NEXT = 3  # rows of failures_2024.csv sent once more, unchanged, in failures_2025.csv
TRUTH = ("faults", "planted", "planted_cells", "campaigns", "debt", "corrections")
FAULT_COLUMNS = ("file", "row", "column", "rule")


class _Folder:
    """The folder being written: opens sheets, plants faults, counts rows."""

    def __init__(self, path: Path, world: World) -> None:
        self.path, self.places = path, Places(world)
        self.rows: dict[str, int] = {}
        self.faults: list[tuple[str, int, str, str]] = []
        self.corrections: list[corrections.Correction] = []

    def sheet(self, name: str) -> Sheet:
        """A new file in its style."""
        source = source_of(name)
        kind = WorkbookSheet if name.endswith(".xlsx") else Sheet
        return kind(self.path / name, source, style_of(name), COLUMNS[source], self.places)

    def plant(self, name: str, sheet: Sheet) -> None:
        """Writes the faults of a file at the place reached."""
        for fault, cells in faults_of(name):
            self.faults.append((name, sheet.append_cells(cells), fault.column, fault.rule))

    def correct(self, name: str, rows: pl.DataFrame, changes: list[corrections.Correction]) -> None:
        """Writes a file of corrections; a very small sample has none."""
        if changes:
            self.whole(name, rows)
            self.corrections += changes

    def whole(self, name: str, frame: pl.DataFrame) -> None:
        """Writes a file that fits in memory, its faults in the middle."""
        with self.sheet(name) as sheet:
            half = frame.height // 2
            sheet.append(frame.slice(0, half))
            self.plant(name, sheet)
            sheet.append(frame.slice(half))
            self.rows[name] = sheet.rows


def write(folder: Path, *, seed: int = DEFAULT_SEED, scale: float = 1.0) -> dict[str, int]:
    """Writes the sample into `folder` (made if absent) and gives the data rows of each file.

    The same seed and scale give the same bytes. `scale` multiplies cases and records; petitions are made a
    month at a time, so that memory does not grow with the number of years. OSError when it cannot be written.
    """
    (folder / "truth").mkdir(parents=True, exist_ok=True)
    (folder / "SYNTHETIC").write_bytes(
        "本文件夹的数据均为虚构。All data in this folder are invented.\n".encode()
    )
    world = build_world(seed)
    target = _Folder(folder, world)
    _write_exposure(target, world)
    _write_reports(target, world, seed, _write_debt(target, world, seed))
    events = plan(world, seed, scale)
    _write_failures(target, world, planted_rows.records(world, events, seed, scale), _spared(events))
    _write_petitions(target, world, events, seed, scale)
    _write_truth(target, world, events)
    (folder / "ingest.toml").write_bytes(_received().encode())
    if seed == DEFAULT_SEED and scale == 1.0:
        (folder / "README.md").write_bytes(readme(target.rows, len(target.faults)).encode())
    return target.rows


def _write_exposure(target: _Folder, world: World) -> None:
    for year in YEARS:
        target.whole(file_of(f"exposure_{year}"), exposure.rows(world, year))


def _write_debt(target: _Folder, world: World, seed: int) -> pl.DataFrame:
    """A file of year Y holds what was recorded in Y: the balances of four quarters and last year's report.
    Gives who reported what when."""
    debt, names = build_debt(world, seed), target.places.names()
    balances, years = debt_rows.balance_rows(world, debt, seed), debt_rows.year_rows(world, debt, seed)
    for source, rows in (("debt_balance", balances), ("debt_year", years)):
        named = rows.with_columns(region=pl.col("region").replace_strict(names))
        for year in YEARS:
            name = file_of(f"{source}_{year}")
            frame = named if style_of(name).region == "full" else rows
            target.whole(name, _recorded_in(frame, "recorded_at", year))
    return reports.of_debt(balances, years)


def _write_reports(target: _Folder, world: World, seed: int, of_debt: pl.DataFrame) -> None:
    rows = reports.sorted_rows(reports.rows(world, seed), of_debt)
    names = target.places.names()
    labels = pl.col("source").replace_strict(reports.LABELS)
    offices = pl.col("office").replace_strict({**names, reports.PROVINCE: "省本级"})
    rows = rows.with_columns(source=labels, region=offices)
    for year in YEARS:
        target.whole(f"reports_{year}.csv", _recorded_in(rows, "reported_at", year))


def _recorded_in(frame: pl.DataFrame, column: str, year: int) -> pl.DataFrame:
    """The rows whose day `column` lies in the year."""
    return frame.filter(pl.col(column).is_between(month_start(year, 1), year_end(year)))


def _write_failures(target: _Folder, world: World, rows: pl.DataFrame, spared: Set[int]) -> None:
    unchanged = pl.DataFrame()
    for year in YEARS:
        first, last = month_start(year, 1), year_end(year)
        part = failures.known_at(failures.changed_between(rows, first, last), last)
        name = f"failures_{year}.csv"
        if name == REPEATING:
            part = pl.concat([part, part.head(REPEATED_IN_FILE)])
        if year == 2025:
            part = pl.concat([part, unchanged])
            again = unchanged["record_id"]
            target.correct(corrections.NEW_FAILURES, *corrections.of_failures(world, rows, spared, again))
        settled = pl.max_horizontal(*failures.CHANGES) <= last
        same = failures.changed_between(rows, first, last).filter(settled).head(REPEATED_IN_NEXT)
        unchanged = failures.known_at(same, last)
        target.whole(name, part)
        if name == REPEATING:
            last = target.rows[name] + 1
            target.faults += [
                (name, last - back, "record_id", "duplicate_id") for back in range(REPEATED_IN_FILE)
            ]


def _write_petitions(
    target: _Folder, world: World, events: tuple[Event, ...], seed: int, scale: float
) -> None:
    """A month's new cases go to their year's file, and again to each later year in which they changed."""
    late = np.array([prefecture == LATE_PREFECTURE for prefecture in world.prefecture])
    with ExitStack() as stack:
        sheets = {year: stack.enter_context(target.sheet(f"petitions_{year}.csv")) for year in YEARS}
        for index, (year, month) in enumerate(MONTHS):
            cases = planted_rows.month_cases(world, events, seed, index, scale)
            if (year, month) == LATE_MONTH:
                held_back = pl.Series(late[cases["unit"].to_numpy()])
                if held_back.any():
                    _write_late(target, sheets[YEARS[-1]], cases.filter(held_back))
                cases = cases.filter(~held_back)
            for later_year, rows in _petition_versions(cases, year):
                sheets[later_year].append(rows)
            if month == 6:
                target.plant(f"petitions_{year}.csv", sheets[year])
            if index == corrections.PETITION_MONTH:
                changed = corrections.of_petitions(world, cases, _spared(events))
                target.correct(corrections.NEW_PETITIONS, *changed)
    target.rows.update({f"petitions_{year}.csv": sheet.rows for year, sheet in sheets.items()})


def _write_late(target: _Folder, sheet: Sheet, cases: pl.DataFrame) -> None:
    """The late prefecture's cases of the month to their own file, and what changed after it to `sheet`."""
    target.whole(corrections.LATE_FILE, petitions.known_at(cases, LATE_DAY))
    changed = petitions.changed_between(cases, LATE_DAY + 1, AS_OF)
    sheet.append(petitions.known_at(changed, AS_OF))


def _petition_versions(cases: pl.DataFrame, year: int) -> Iterator[tuple[int, pl.DataFrame]]:
    yield year, petitions.known_at(cases, year_end(year))
    for later in range(year + 1, YEARS[-1] + 1):
        first, last = month_start(later, 1), year_end(later)
        yield later, petitions.known_at(petitions.changed_between(cases, first, last), last)


def _spared(events: tuple[Event, ...]) -> set[int]:
    """The counties whose rows no correction may touch."""
    return {unit for event in events for unit in event.units}


def _write_truth(target: _Folder, world: World, events: tuple[Event, ...]) -> None:
    truth.write_table(target.path, "faults.csv", FAULT_COLUMNS, sorted(target.faults))
    truth.write_events(target.path, world, events)
    truth.write_debt(target.path)
    truth.write_corrections(target.path, target.corrections)


def _received() -> str:
    """ingest.toml: the day each file arrived; the base figures in spring, the rest at the end of its year."""
    lines = ["# The day each file was received (format: zhengxin ingest); truth/ is not data.", ""]
    skipped = ", ".join(f'"{name}.csv"' for name in TRUTH)
    lines += [f"skip = [{skipped}]", "", "[received]"]
    lines += [f'"{name}" = {day}' for name, day in corrections.RECEIVED.items()]
    lines += [f'"exposure_{year}.*" = {date(year, 3, 31)}' for year in YEARS]
    lines += [f'"*_{year}.*" = {date(year, 12, 31)}' for year in YEARS]
    return "\n".join(lines) + "\n"
