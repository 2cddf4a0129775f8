"""The product in the same places: `ingest_file`, and the cells of petitions as a build makes them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from pipelines import cells, graph, registry
from pipelines.build import SQL_ROOT
from pipelines.calendar import calendar
from pipelines.ingest import ingest_file
from pipelines.relations import put
from pipelines.sqltext import quoted
from pipelines.workspace import Workspace

CELL = "cell.petition"


def ingest(path: Path, home: Path, received: date) -> None:
    """Take a file of petitions into the empty workspace `home`."""
    ingest_file(Workspace.open(home), path, received=received)


def measures(home: Path, target: Path) -> None:
    """Write region_id, period, measure, amount of the petitions of the workspace to one file."""
    ws = Workspace.open(home)
    with duckdb.connect() as con:
        con.execute("create schema ref")
        put(con, "ref.calendar", calendar())
        put(con, "ref.parameter", registry.parameters())
        cells.make(con, ws, graph.load(SQL_ROOT / "cell")[CELL], "petitions", date.max)
        con.execute(
            f"""copy (
                select region_id, period, measure, sum(amount) as amount from {CELL}
                where period is not null group by region_id, period, measure
            ) to {quoted(str(target))} (format parquet)"""
        )
