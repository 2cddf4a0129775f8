"""What the store knows on a day: the current rows of each source, and what each batch's file gave."""

from __future__ import annotations

from datetime import date

import duckdb

from pipelines.contracts import CONTRACTS, Contract
from pipelines.sqltext import parquet
from pipelines.store import layout
from pipelines.store.layout import BatchInfo
from pipelines.workspace import Workspace

__all__ = [
    "BatchInfo",
    "batch_columns",
    "batches",
    "current_relation",
    "latest_recorded_at",
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


def latest_recorded_at(ws: Workspace) -> date | None:
    """The latest day any accepted row was recorded, None for an empty store."""
    days = [info.last_recorded_at for info in batches(ws) if info.last_recorded_at]
    return max(days, default=None)


def current_relation(con: duckdb.DuckDBPyConnection, ws: Workspace, source: str, as_of: date) -> None:
    """Create `src.<source>`: the rows recorded by `as_of` that nothing known by then supersedes.

    Columns are those of `stored_columns` and `batch`; a source without rows gives an empty relation.
    """
    con.execute("create schema if not exists src")
    columns = stored_columns(CONTRACTS[source])
    paths = layout.batch_paths(ws.store, source)
    selects = []
    for path in paths:
        if files := layout.row_files(path):
            selects.append(_batch_rows(con, path.name.removeprefix("batch="), files, columns, as_of))
    if not selects:
        empty = ", ".join(f"cast(null as {kind}) as {name}" for name, kind in columns.items())
        selects = [f"select {empty}, cast(null as varchar) as batch where false"]
    rows = " union all ".join(selects)
    if entries := [p / layout.SUPERSEDED for p in paths if (p / layout.SUPERSEDED).is_file()]:
        gone = f"""select distinct id, batch from {parquet(entries)}
            where winner_recorded_at <= {_day(as_of)}"""
        if con.execute(f"select 1 from ({gone}) limit 1").fetchall():
            con.execute(f"create or replace table src.superseded_{source} as {gone}")
            rows = f"select * from ({rows}) anti join src.superseded_{source} using (id, batch)"
    con.execute(f"create or replace view src.{source} as {rows}")


def batch_columns(con: duckdb.DuckDBPyConnection, ws: Workspace) -> None:
    """Create `src.batch_column` (source, batch, column_name): what each batch's file really gave."""
    con.execute("create schema if not exists src")
    con.execute(
        "create or replace table src.batch_column (source varchar, batch varchar, column_name varchar)"
    )
    rows = [(info.source, info.batch, name) for info in batches(ws) for name in info.columns]
    if rows:
        con.executemany("insert into src.batch_column values (?, ?, ?)", rows)


def _batch_rows(
    con: duckdb.DuckDBPyConnection, batch: str, files: list[str], columns: dict[str, str], as_of: date
) -> str:
    """One batch's rows with the columns of today's contract, whatever version it was written by."""
    described = con.execute(f"describe select * from {parquet(files[:1])}")
    there = {row[0] for row in described.fetchall()}
    picked = [name if name in there else f"cast(null as {kind}) as {name}" for name, kind in columns.items()]
    return f"""select {", ".join(picked)}, '{batch}' as batch
        from {parquet(files)}
        where recorded_at <= {_day(as_of)}"""


def _day(day: date) -> str:
    return f"date '{day.isoformat()}'"
