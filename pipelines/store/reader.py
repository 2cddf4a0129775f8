"""What the store knows on a day: the current rows of each source, and what each batch's file gave.

`current_relation` serves the small sources whole; `pipelines/cells.py` asks for some months only, and
for `month_inputs`, which says when a month has to be counted anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from pathlib import Path

import duckdb

from pipelines.contracts import CONTRACTS, Contract
from pipelines.sqltext import parquet, quoted
from pipelines.store import layout
from pipelines.store.layout import BatchInfo
from pipelines.workspace import Workspace

__all__ = [
    "BatchInfo",
    "batch_columns",
    "batches",
    "current_relation",
    "known_batches",
    "latest_recorded_at",
    "month_inputs",
    "stored_columns",
]

_BOOKKEEPING = {
    "id": "VARCHAR",
    "period_date": "DATE",
    "period_precision": "VARCHAR",
    "row_hash": "UBIGINT",
    "row": "BIGINT",
}


def stored_columns(contract: Contract) -> dict[str, str]:
    """The columns of a source in the store and their types."""
    return {column.stored_name: column.sql_type for column in contract.columns} | _BOOKKEEPING


def batches(ws: Workspace) -> list[BatchInfo]:
    """Every batch of the store, by source and id."""
    return [layout.read_info(path) for source in CONTRACTS for path in layout.batch_paths(ws.store, source)]


def known_batches(ws: Workspace, as_of: date) -> list[BatchInfo]:
    """The batches with a row recorded by `as_of`, or that withdrew one by then, by source and id."""
    return [info for info in batches(ws) if info.known_from is not None and info.known_from <= as_of]


def latest_recorded_at(ws: Workspace) -> date | None:
    """The latest day any accepted row was recorded, None for an empty store."""
    days = [info.last_recorded_at for info in batches(ws) if info.last_recorded_at]
    return max(days, default=None)


def current_relation(
    con: duckdb.DuckDBPyConnection,
    ws: Workspace,
    source: str,
    as_of: date,
    months: Collection[str] | None = None,
    batches: Collection[str] | None = None,
) -> None:
    """Create the view `src.<source>`: the rows recorded by `as_of` that nothing known by then supersedes.

    `months` ("2024-03", "undated") limits it to rows kept under them, `batches` to a store that never had
    any others. Columns are those of `stored_columns`, `batch`, and `row_month`, the first day of the month a
    row is kept under (null for "undated"); a source without rows gives an empty relation.
    """
    con.execute("create schema if not exists src")
    columns = stored_columns(CONTRACTS[source])
    found = _sources(ws, source, months, batches)
    # Millions of rows are grouped by batch: one byte each instead of 64.
    kind = "varchar" if months is None else _batch_type(con, source, found)
    lost = _superseded(con, ws, source, as_of, months, batches)
    selects = []
    for infos in _alike(found):
        whole = [
            file for info, by_month in infos for month in by_month.keys() - lost for file in by_month[month]
        ]
        thinned = [
            file for info, by_month in infos for month in by_month.keys() & lost for file in by_month[month]
        ]
        late = any((info.last_recorded_at or as_of) > as_of for info, _ in infos)
        if whole:
            selects.append(_rows(con, sorted(whole), columns, kind, as_of if late else None))
        if thinned:
            rows = _rows(con, sorted(thinned), columns, kind, as_of if late else None)
            selects.append(f"select * from ({rows}) anti join src.superseded_{source} using (id, batch)")
    if not selects:
        empty = ", ".join(f"cast(null as {kind}) as {name}" for name, kind in columns.items())
        bare = f"cast(null as {kind}) as batch, cast(null as date) as row_month"
        selects = [f"select {empty}, {bare} where false"]
    con.execute(f"create or replace view src.{source} as {' union all '.join(selects)}")


def month_inputs(
    con: duckdb.DuckDBPyConnection, ws: Workspace, source: str, as_of: date
) -> dict[str, list[object]]:
    """Everything the current rows of each month follow from, as plain values: the key of a count kept.

    A month is named "2024-03" or "undated"; the day is part of it only where a batch has later rows.
    """
    _superseded(con, ws, source, as_of, None)
    lost = dict(
        con.execute(
            f"""select month, concat_ws(',', count(*), sum(hash(id, batch)::hugeint))
            from src.superseded_{source} group by month"""
        ).fetchall()
    )
    found: dict[str, list[object]] = {}
    for info, by_month in _sources(ws, source, None):
        if info.first_recorded_at is None or info.first_recorded_at > as_of:
            continue
        late = info.last_recorded_at is not None and info.last_recorded_at > as_of
        for month, files in by_month.items():
            said = [info.batch, info.contract, info.received.isoformat(), as_of.isoformat() if late else ""]
            found.setdefault(month, [lost.get(month, "")]).append([*said, [Path(f).name for f in files]])
    return found


def batch_columns(con: duckdb.DuckDBPyConnection, ws: Workspace, as_of: date) -> None:
    """Create `src.batch_column` (source, batch, column_name): what each file known by `as_of` really gave."""
    con.execute("create schema if not exists src")
    con.execute(
        "create or replace table src.batch_column (source varchar, batch varchar, column_name varchar)"
    )
    rows = [(info.source, info.batch, name) for info in known_batches(ws, as_of) for name in info.columns]
    if rows:
        values = ", ".join(f"({', '.join(map(quoted, row))})" for row in rows)
        con.execute(f"insert into src.batch_column values {values}")


def _sources(
    ws: Workspace, source: str, months: Collection[str] | None, batches: Collection[str] | None = None
) -> list[tuple[BatchInfo, dict[str, list[str]]]]:
    """Each batch of a source with its files by month (all under "undated" where it is not kept by month)."""
    found = []
    for path in _paths(ws, source, batches):
        by_month = layout.files_by_month(path)
        if months is not None:
            by_month = {month: files for month, files in by_month.items() if month in months}
        found.append((layout.read_info(path), by_month))
    return found


def _alike(
    found: Iterable[tuple[BatchInfo, dict[str, list[str]]]],
) -> Iterable[list[tuple[BatchInfo, dict[str, list[str]]]]]:
    """Batches written by one version of the contract: their files have the same columns."""
    groups: dict[str, list[tuple[BatchInfo, dict[str, list[str]]]]] = {}
    for info, by_month in found:
        if by_month:
            groups.setdefault(info.contract, []).append((info, by_month))
    return groups.values()


def _batch_type(
    con: duckdb.DuckDBPyConnection, source: str, found: Iterable[tuple[BatchInfo, dict[str, list[str]]]]
) -> str:
    """Create the type of a source's batch ids; its name."""
    con.execute(f"drop view if exists src.{source}")
    con.execute(f"drop type if exists src.batch_of_{source}")
    names = sorted({info.batch for info, _ in found}) or [""]
    con.execute(f"create type src.batch_of_{source} as enum ({', '.join(map(quoted, names))})")
    return f"src.batch_of_{source}"


def _paths(ws: Workspace, source: str, batches: Collection[str] | None) -> list[Path]:
    """The folders of a source's batches, of all or of some."""
    wanted = None if batches is None else {layout.batch_path(ws.store, source, batch) for batch in batches}
    return [path for path in layout.batch_paths(ws.store, source) if wanted is None or path in wanted]


def _superseded(
    con: duckdb.DuckDBPyConnection,
    ws: Workspace,
    source: str,
    as_of: date,
    months: Collection[str] | None,
    batches: Collection[str] | None = None,
) -> set[str]:
    """Make `src.superseded_<source>` (id, batch, month), what had given way by `as_of`; its months."""
    con.execute("create schema if not exists src")
    paths = _paths(ws, source, batches)
    entries = [p / layout.SUPERSEDED for p in paths if (p / layout.SUPERSEDED).is_file()]
    gone = "select cast(null as varchar) as id, cast(null as varchar) as batch, '' as month where false"
    if entries and months != set():
        gone = f"""select distinct id, batch, month from {parquet(entries)}
            where winner_recorded_at <= {_day(as_of)}"""
        if months is not None:
            gone += f" and month in ({', '.join(map(quoted, sorted(months)))})"
    con.execute(f"create or replace table src.superseded_{source} as {gone}")
    return {row[0] for row in con.execute(f"select distinct month from src.superseded_{source}").fetchall()}


def _rows(
    con: duckdb.DuckDBPyConnection,
    files: Sequence[str],
    columns: dict[str, str],
    batch_type: str,
    as_of: date | None,
) -> str:
    """Rows of files alike with the columns of today's contract, whatever version they were written by."""
    described = con.execute(f"describe select * from {parquet(files[:1])}")
    there = {row[0] for row in described.fetchall()}
    picked = [name if name in there else f"cast(null as {kind}) as {name}" for name, kind in columns.items()]
    where = f" where recorded_at <= {_day(as_of)}" if as_of else ""
    batch = f"cast(regexp_extract(filename, 'batch=([0-9a-f]+)', 1) as {batch_type})"
    # Said by the path: the same for all rows of a file, so next to nothing to compute or to group by.
    month = "try_cast(regexp_extract(filename, 'month=([0-9-]+)', 1) || '-01' as date)"
    return f"""select {", ".join(picked)}, {batch} as batch, {month} as row_month
        from {parquet(files, "filename = true")}{where}"""


def _day(day: date) -> str:
    return f"date '{day.isoformat()}'"
