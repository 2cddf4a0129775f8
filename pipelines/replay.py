"""Warnings as they would have been raised: month by month on what was on file at each month's end.

`replay` takes the store back to every month's last day and judges the months that a build tests again then;
`run` holds what it finds, and the snapshot served today, against known events (`models/warning/backtest.py`)
and writes the figures into the workspace's `backtest/`, which 方法说明 shows. Used by `zhengxin backtest`.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from models.warning.backtest import Scored, score, weak_kinds
from models.warning.completeness import month_number
from models.warning.config import Config
from models.warning.gate import NO_LEVEL
from models.warning.model import Memo, judge
from models.warning.monthly import LEVELS, Panel, panel_of
from models.warning.verdict import verdict
from pipelines import calibration, engine, model_steps, registry, relations
from pipelines.errors import EXIT_INPUT, UserError
from pipelines.snapshot import Snapshot
from pipelines.workspace import Workspace, write_atomically

# Months that a build tests again: the month just ended and so many before it.
TESTED_AGAIN = 6
PREVALENCES = (0.001, 0.005, 0.01, 0.02, 0.05)
WEAK = 0.5
_NEEDED = ("core.channel_month", "mart.completeness")
_GIVEN = ("ref.channel", "ref.neighbour", "run.context", "ref.warning_parameter")
_TRUTH = ("event_id", "kind", "region_ids", "first_month", "last_month")


@dataclass(frozen=True)
class Raised:
    """Warnings (region_id, period, level, seen) and the months that were tested (… region_level, period)."""

    warnings: pl.DataFrame
    tested: pl.DataFrame


def path_of(ws: Workspace) -> Path:
    """The file of the figures of the method in force."""
    return ws.home / "backtest" / f"{registry.method()['id']}.json"


def read(ws: Workspace) -> dict[str, Any] | None:
    """The figures written last, None where there are none."""
    try:
        found: dict[str, Any] = json.loads(path_of(ws).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return found


def events_of(path: Path) -> pl.DataFrame:
    """Known events from a CSV: event_id, kind, region_ids (joined by ;), first_month, last_month (2024-05).

    One row for each region. Raises UserError where the file lacks a column, a month or any event.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = [
                (row["event_id"], row["kind"], region, _month(row["first_month"]), _month(row["last_month"]))
                for row in csv.DictReader(stream)
                for region in row["region_ids"].split(";")
            ]
    except (OSError, KeyError, ValueError) as error:
        raise UserError(
            f"事件文件 {path} 无法读取({error}),需要的列:{'、'.join(_TRUTH)},月份写作 2024-05。",
            f"The events in {path} cannot be read ({error}); columns needed: {', '.join(_TRUTH)}, months"
            " like 2024-05.",
            EXIT_INPUT,
        ) from error
    columns = ("event_id", "kind", "region_id", "first_period", "last_period")
    return pl.DataFrame(rows, columns, orient="row")


def run(
    ws: Workspace, snapshot: Snapshot, truth: Path, months: int, progress: Callable[[str, int, int], None]
) -> dict[str, Any]:
    """The figures of the snapshot and of a replay of its last `months`; written into the workspace too."""
    events = events_of(truth)
    regions = snapshot.frame("ref.region")
    parents = regions.select("region_id", "parent_id").drop_nulls()
    last = snapshot.frame("mart.warning_test")["period"].max()
    assert isinstance(last, date)
    first = relations.add_months(last, 1 - months)
    figures: dict[str, Any] = {
        "method": registry.method()["id"],
        "as_of": snapshot.manifest["as_of"],
        "snapshot": snapshot.id,
        "first_month": first.isoformat(),
        "last_month": last.isoformat(),
    }
    sides = {"today": of_snapshot(snapshot, first), "replay": replay(ws, first, last, progress)}
    for name, raised in sides.items():
        found = score(raised.warnings, raised.tested, events, parents, PREVALENCES)
        figures[name] = _figures(found)
    write = path_of(ws)
    write.parent.mkdir(exist_ok=True)
    text = json.dumps(figures, ensure_ascii=False, indent=1, default=date.isoformat)
    write_atomically(write, f"{text}\n".encode())
    return figures


def of_snapshot(snapshot: Snapshot, first: date) -> Raised:
    """What a snapshot raises from `first` on, each month seen in itself."""
    recent = pl.col("period") >= first
    warnings = snapshot.frame("mart.warning").filter(recent).select("region_id", "period", "level")
    tested = snapshot.frame("mart.warning_test").filter(recent & (pl.col("state") != "not_assessable"))
    return Raised(warnings.with_columns(seen="period"), tested.select("region_id", "region_level", "period"))


def replay(ws: Workspace, first: date, last: date, progress: Callable[[str, int, int], None]) -> Raised:
    """What builds at the end of each month from `first` to `last` would have raised."""
    months = pl.date_range(first, last, "1mo", eager=True).to_list()
    warnings, tested = [], []
    for done, month in enumerate(months):
        progress("replay", done, len(months))
        for raised in _as_known(ws, month, first):
            warnings.append(raised.warnings)
            tested.append(raised.tested)
    progress("replay", len(months), len(months))
    return Raised(pl.concat(warnings), pl.concat(tested).unique(maintain_order=True))


def _as_known(ws: Workspace, month: date, first: date) -> Iterator[Raised]:
    """What the build at the end of `month` raises in the months from `first` on that it tests again."""
    as_of = relations.add_months(month, 1) - timedelta(1)
    with engine.connection(ws, name="spill-replay") as con:
        try:
            calibration.take_inputs(con, ws, as_of)
        except UserError:
            # Nothing was on file yet.
            return
        files, stages = calibration.files_and_stages()
        needed = calibration.ancestors(files, _NEEDED)
        for name in stages.months:
            if name in needed:
                con.execute(f"create schema if not exists {name.split('.')[0]}")
                model_steps.create(con, files[name])
        counts, complete, channels, neighbours, context, parameters = (
            con.sql(f"select * from {name}").pl() for name in (*_NEEDED, *_GIVEN)
        )
    number, config = month_number(context["last_month"][0]), Config.of(parameters)
    for level in LEVELS:
        rows = counts.filter(region_level=level)
        if rows.is_empty():
            continue
        panel = panel_of(rows, complete, channels, neighbours, number)
        yield _tested_again(panel, level, month, first, config)


def _tested_again(panel: Panel, level: str, seen: date, first: date, config: Config) -> Raised:
    """The youngest months of a panel, judged on what it holds."""
    memo: Memo = {}
    warned, tested = [], []
    for step in range(max(0, len(panel.months) - 1 - TESTED_AGAIN), len(panel.months)):
        if panel.months[step] < first:
            continue
        judged = judge(panel.counts, step, panel.neighbour, config, memo, panel.kinds.family)
        found = verdict(judged, panel.neighbour, panel.kinds, panel.young(step, config), config)
        month = pl.DataFrame(
            {"region_id": panel.regions, "level": found.level, "known": judged.alarm.p}
        ).with_columns(region_level=pl.lit(level), period=pl.lit(panel.months[step]), seen=pl.lit(seen))
        warned.append(month.filter(pl.col("level") < NO_LEVEL))
        tested.append(month.filter(pl.col("known").is_not_nan()))
    raised, known = pl.concat(warned), pl.concat(tested)
    return Raised(
        raised.select("region_id", "period", "level", "seen"),
        known.select("region_id", "region_level", "period"),
    )


def _figures(found: Scored) -> dict[str, Any]:
    return {
        "kinds": found.kinds.to_dicts(),
        "price": found.price.to_dicts(),
        "prevalence": found.prevalence.to_dicts(),
        "weak": weak_kinds(found.kinds, WEAK).select("kind", "events", "found", "recall").to_dicts(),
    }


def _month(text: str) -> date:
    return date.fromisoformat(f"{text}-01")
