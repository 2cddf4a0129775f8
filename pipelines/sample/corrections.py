"""Files that come later: a prefecture's month that arrives half a year late, and corrections of earlier rows.

A correction has the id of an earlier row and other values; one kind moves it to another county, another to
another month. Only rows that do not change any more are corrected, and none of a county with a planted event,
so that a later file does not bring the old values back and the planted sizes stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from pipelines.sample import failures, petitions
from pipelines.sample.naming import body_texts
from pipelines.sample.settings import EPOCH, LATE_DAY, MONTHS, NONE, day, year_end
from pipelines.sample.world import World

LATE_FILE = "petitions_2024_11_late.csv"
OLD_FAILURES, NEW_FAILURES = "failures_2024.csv", "failures_2025_corrections.xlsx"
OLD_PETITIONS, NEW_PETITIONS = "petitions_2024.csv", "petitions_2025_corrections.xlsx"
FAILURES_DAY, PETITIONS_DAY = day(date(2025, 9, 10)), day(date(2025, 3, 14))
RECEIVED = {
    LATE_FILE: EPOCH + timedelta(LATE_DAY),
    NEW_FAILURES: EPOCH + timedelta(FAILURES_DAY),
    NEW_PETITIONS: EPOCH + timedelta(PETITIONS_DAY),
}
PETITION_MONTH = MONTHS.index((2024, 5))  # the month whose cases are corrected
COUNTY, MONTH, VALUE = "county", "month", "value"
KINDS = (COUNTY, MONTH, VALUE, VALUE, VALUE, COUNTY, VALUE, VALUE)  # what happens to the rows picked, in turn
LAST_OF_OLD = year_end(2024)
Row = dict[str, Any]


@dataclass(frozen=True)
class Correction:
    """One cell that a later file changes; regions as ids, days as 2024-05-06."""

    source: str
    record: str
    change: str
    column: str
    old: str
    new: str
    old_file: str
    new_file: str


def of_failures(
    world: World, rows: pl.DataFrame, spared: Set[int], sent_again: Iterable[str]
) -> tuple[pl.DataFrame, list[Correction]]:
    """The rows of the correcting file and what they change; records sent again unchanged are left alone."""
    known = failures.known_at(rows, FAILURES_DAY).with_columns(
        recorded_at=pl.lit(FAILURES_DAY, dtype=pl.Int64)
    )
    day_of_old = pl.col("recognised_date").cast(pl.Int32).cast(pl.Date)
    picked = known.filter(
        pl.max_horizontal(*failures.CHANGES) <= LAST_OF_OLD,
        pl.col("rectified_date") != NONE,  # so that no deadline passes between the two files
        (day_of_old.dt.year() == 2024) & (day_of_old.dt.month() > 2),
        (pl.col("event_id") == "") & (pl.col("relapse_of") == "") & (pl.col("body") >= 0),
        ~pl.col("record_id").is_in(list(sent_again)),
    )
    files = (OLD_FAILURES, NEW_FAILURES)
    return _corrected(world, picked, spared, "failures", "record_id", files, _failure_cells)


def of_petitions(
    world: World, cases: pl.DataFrame, spared: Set[int]
) -> tuple[pl.DataFrame, list[Correction]]:
    """The same of the cases of PETITION_MONTH."""
    known = petitions.known_at(cases, PETITIONS_DAY)
    picked = known.filter(
        pl.max_horizontal(*petitions.DATES, *petitions.HIDDEN) <= LAST_OF_OLD,
        pl.col("closed_date") != NONE,
        pl.col("case_type") == petitions.APPEAL,
    )
    files = (OLD_PETITIONS, NEW_PETITIONS)
    return _corrected(world, picked, spared, "petitions", "case_id", files, _petition_cells)


def _corrected(
    world: World,
    picked: pl.DataFrame,
    spared: Set[int],
    source: str,
    key: str,
    files: tuple[str, str],
    cells: Callable[[World, Row, str], Row],
) -> tuple[pl.DataFrame, list[Correction]]:
    free = {number for number, level in enumerate(world.level) if level == "county" and number not in spared}
    mine = picked.filter(pl.col("unit").is_in(sorted(free)))
    every = max(mine.height // len(KINDS), 1)
    chosen = mine.gather_every(every).head(len(KINDS))
    rows, found = [], []
    for row, kind in zip(chosen.iter_rows(named=True), KINDS, strict=False):
        given = _moved(world, row, free) if kind == COUNTY else cells(world, row, kind)
        for column, new in given.items():
            if new == row[column]:
                continue
            texts = (_text(world, column, row[column]), _text(world, column, new))
            name = "region" if column == "unit" else column
            found.append(Correction(source, row[key], kind, name, *texts, *files))
        rows.append(row | given)
    return pl.DataFrame(rows, schema=picked.schema), found


def _moved(world: World, row: Row, free: Set[int]) -> Row:
    """The next free county of the prefecture, and with it the body where the source names one."""
    unit = row["unit"]
    others = sorted(place for place in free if world.prefecture[place] == world.prefecture[unit])
    target = next((place for place in others if place > unit), others[0])
    if "body" not in row:
        return {"unit": target}
    name, code, level = body_texts(world, target, row["body"])
    return {"unit": target, "body_name": name, "body_uscc": code, "body_level": level}


def _failure_cells(world: World, row: Row, kind: str) -> Row:
    if kind == MONTH:
        return {name: row[name] - 31 for name in ("event_date", "recognised_date")}
    if row["amount"] == row["amount"]:  # not NaN: a point was in the wrong place
        return {"amount": round(row["amount"] / 10, 2)}
    return {"severity": "严重" if row["severity"] == "一般" else "一般"}


def _petition_cells(world: World, row: Row, kind: str) -> Row:
    if kind == MONTH:
        return {"registered_date": row["registered_date"] - 31}
    if row["eval_unit"] == "不满意":
        return {"eval_unit": "基本满意"}
    return {"repeat_flag": "重件" if row["repeat_flag"] == "初件" else "初件"}


def _text(world: World, column: str, value: Any) -> str:
    if column == "unit":
        return str(world.unit[value])
    return str(EPOCH + timedelta(value)) if column.endswith("_date") else str(value)
