"""The first stage of a build: counts of each month of the store, made once and kept.

A month is counted again only when its files, the rows that gave way in it, the SQL or a reference table
changed (or, where it holds rows later than the day asked for, the day). The months to be counted are read
in one pass, whatever their number. Next: `pipelines/build.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path

import duckdb

from pipelines.graph import SqlFile
from pipelines.shelf import Shelf, digest, key_of
from pipelines.sqltext import parquet, quoted
from pipelines.store import reader
from pipelines.store.layout import PARQUET, UNDATED
from pipelines.workspace import Workspace


def make(
    con: duckdb.DuckDBPyConnection, ws: Workspace, file: SqlFile, source: str, as_of: date
) -> tuple[int, int]:
    """Create the table of a cell over every month of `source`; how many months, how many counted anew."""
    shelf = Shelf(ws.cache / file.name)
    inputs = reader.month_inputs(con, ws, source, as_of)
    fixed = [file.text, duckdb.__version__, _reference(con, file)]
    keys = {month: key_of(*fixed, month, said) for month, said in sorted(inputs.items())}
    pieces = {month: shelf.find(key) for month, key in keys.items()}
    if missing := [month for month, piece in pieces.items() if piece is None]:
        reader.current_relation(con, ws, source, as_of, missing)
        # In the order of the months, so that writing one passes over the others.
        con.execute(f"create or replace temp table counted as from ({file.text}\n) order by row_month")
        for month in missing:
            pieces[month] = shelf.put(keys[month], partial(_write, con, file, month))
        con.execute("drop table counted")
    # What stays visible is no current relation: it holds the months just counted.
    con.execute(f"drop view if exists src.{source}")
    shelf.prune(set(keys.values()))
    _read(con, ws, file, source, as_of, [piece for piece in pieces.values() if piece])
    return len(keys), len(missing)


def _reference(con: duckdb.DuckDBPyConnection, file: SqlFile) -> list[str]:
    """What the ref relations a cell reads hold, as a few digits each."""
    return [digest(con, name) for name in sorted(file.inputs) if name.startswith("ref.")]


def _write(con: duckdb.DuckDBPyConnection, file: SqlFile, month: str, path: Path) -> None:
    where = "row_month is null" if month == UNDATED else f"row_month = date {quoted(f'{month}-01')}"
    rows = f"from counted where {where} order by {', '.join(file.grain)}"
    con.execute(f"copy ({rows}) to {quoted(str(path))} ({PARQUET})")


def _read(
    con: duckdb.DuckDBPyConnection,
    ws: Workspace,
    file: SqlFile,
    source: str,
    as_of: date,
    pieces: Sequence[Path],
) -> None:
    """The cell as a table over its pieces; over no rows where the source has no month."""
    query = f"select * from {parquet(pieces)}" if pieces else file.text
    if not pieces:
        reader.current_relation(con, ws, source, as_of, [])
    con.execute("create schema if not exists cell")
    con.execute(f"create table {file.name} as {query}")
