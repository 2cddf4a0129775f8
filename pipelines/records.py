"""The records behind a count: what a page shows when somebody asks which cases a number is made of.

They come from the store, through the batches and the day of the snapshot on screen, so that their number is
the number plotted, whatever was ingested since. Counts are those of ref.channel. Before: `pipelines/api.py`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import duckdb
import polars as pl

from pipelines import graph, relations
from pipelines.errors import EXIT_WORKSPACE, RecordsUnavailable
from pipelines.snapshot import Snapshot
from pipelines.store import layout, reader
from pipelines.workspace import Workspace

MOST_ROWS = 5_000
# What each source counts where no channel is named.
DEFAULT_CHANNEL: Mapping[str, str] = MappingProxyType(
    {"failures": "failure_events", "petitions": "petition_volume"}
)
_SQL = Path(__file__).parent / "sql"
_LIMITS: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "1GB",
    "temp_directory": tempfile.gettempdir(),
    "max_temp_directory_size": "2GB",
    "threads": 2,
}
_REFERENCE = ("severity", "parameter", "calendar", "rollup", "indicator_need")
_MADE = ("core.failure_record", "core.failure_event", "core.provision")

# One row an event: its speaking record, and how many records it has.
_EVENTS = """
    select
        cast(date_trunc('month', {day}) as date) as period,
        event.event_id,
        event.record_id,
        counted.records,
        event.region_id,
        failures.source,
        failures.field,
        failures.severity,
        failures.body_name,
        failures.body_level,
        failures.amount_fen,
        failures.event_date,
        failures.recognised_date,
        failures.entered_date,
        failures.rectify_due,
        failures.rectified_date,
        failures.rectification,
        failures.standing,
        failures.objection,
        failures.doc_no,
        event.scored
    from core.failure_event as event
    inner join src.failures as failures on event.record_id = failures.record_id
    inner join (select event_id, count(*) as records from core.failure_record group by event_id) as counted
        on event.event_id = counted.event_id
    where {day} >= ? and {day} < ? and {where}"""
# Accusations (检举控告) have no more than an id, a region, a date and a type: nothing else was ever stored.
_CASES = """
    select
        cast(date_trunc('month', {day}) as date) as period,
        petitions.case_id,
        petitions.region_id,
        petitions.registered_date,
        petitions.case_type,
        petitions.channel,
        petitions.field,
        petitions.category,
        petitions.repeat_flag,
        petitions.accepted_date,
        closing.due_day as closing_due,
        petitions.closed_date,
        petitions.eval_unit
    from src.petitions as petitions
    cross join ref.parameter as parameter
    left join ref.calendar as closing
        on petitions.accepted_date
        + parameter.close_days
        + case when petitions.extended then parameter.close_extension_days else 0 end
        = closing.day
        and petitions.procedure = 6
    where {day} >= ? and {day} < ? and {where}"""
_COUNTED = "coalesce(petitions.case_type, '') not in ('检举控告', '其他')"
_CLOSING_GIVEN = """petitions.batch in (
    select batch from core.provision where indicator_id = 'petition_closed_on_time' and provided)"""


# By source and channel. The conditions are those of core.failure_flow and cell.petition; tests hold the two
# against each other.
_QUERIES: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("failures", "failure_events"): _EVENTS.format(day="event.period_date", where="true"),
        ("failures", "failure_entries"): _EVENTS.format(day="event.entered_date", where="event.scored"),
        ("petitions", "petition_volume"): _CASES.format(day="petitions.registered_date", where="true"),
        ("petitions", "petitions_repeated"): _CASES.format(
            day="petitions.registered_date", where=f"{_COUNTED} and petitions.repeat_flag = '重件'"
        ),
        ("petitions", "petition_closings_overdue"): _CASES.format(
            day="closing.due_day",
            where=f"{_COUNTED} and {_CLOSING_GIVEN}"
            " and (petitions.closed_date is null or petitions.closed_date > closing.due_day)",
        ),
    }
)


def records(
    snapshot: Snapshot, source: str, region_id: str, first: date, last: date, channel: str | None = None
) -> pl.DataFrame:
    """The records counted for a region in the months from `first` to `last`, the latest first.

    `source` is "failures" (a row per event: its speaking record, and how many `records` it has) or
    "petitions" (a row per case); `channel` is one of ref.channel, by default failure_events or
    petition_volume. At most `MOST_ROWS` rows, each with the true `total`; `period` is the month a row is
    counted in, amounts are in fen. Raises RecordsUnavailable where the store lacks what the snapshot was made
    from, ValueError for an unknown source, channel or region.
    """
    query = _QUERIES.get((source, channel or DEFAULT_CHANNEL.get(source, "")))
    if query is None:
        raise ValueError(f"no records of source {source!r} and channel {channel!r}")
    if region_id not in snapshot.frame("ref.rollup")["region_id"]:
        raise ValueError(f"no region {region_id!r} in snapshot {snapshot.id}")
    counted = f"""
        select found.*, cast(count(*) over () as integer) as total
        from ({query}) as found
        inner join ref.rollup as rollup on found.region_id = rollup.unit_id and rollup.region_id = ?
        order by found.period desc, {"found.case_id" if source == "petitions" else "found.event_id"}
        limit {MOST_ROWS}"""
    given = [first.replace(day=1), relations.add_months(last, 1), region_id]
    try:
        # A cursor of its own for each call: pages of many sessions ask at once.
        found: pl.DataFrame = _engine(snapshot.path).cursor().sql(counted, params=given).pl()
    except duckdb.IOException as error:
        raise _unavailable(snapshot.id) from error
    return found


@lru_cache(maxsize=2)
def _engine(path: Path) -> duckdb.DuckDBPyConnection:
    """An engine in memory with the rows of the snapshot in the folder `path` as views over the store."""
    snapshot = Snapshot(path)
    ws = Workspace.at(path.parent.parent)
    as_of = date.fromisoformat(snapshot.manifest["as_of"])
    batches = {(batch["source"], batch["batch"]) for batch in snapshot.manifest["batches"]}
    if not all((layout.batch_path(ws.store, *batch) / layout.FACTS).is_file() for batch in batches):
        raise _unavailable(snapshot.id)
    con = duckdb.connect(":memory:", config=_LIMITS)
    for schema in ("ref", "core"):
        con.execute(f"create schema {schema}")
    for source in DEFAULT_CHANNEL:
        known = {batch for name, batch in batches if name == source}
        reader.current_relation(con, ws, source, as_of, batches=known)
    reader.batch_columns(con, ws, as_of)
    for name in _REFERENCE:
        relations.put(con, f"ref.{name}", snapshot.frame(f"ref.{name}"))
    files = graph.load(_SQL)
    for name in _MADE:
        con.execute(f"create table {name} as {files[name].text}")
    return con


def _unavailable(snapshot_id: str) -> RecordsUnavailable:
    return RecordsUnavailable(
        f"快照 {snapshot_id[:12]} 所用的原始记录不在本机的存储中,只能查看汇总数;"
        "需要明细时请在生成快照的机器上打开。",
        f"The records behind snapshot {snapshot_id[:12]} are not in the store of this machine, only its"
        " counts are; open it where it was built to see them.",
        EXIT_WORKSPACE,
    )
