"""The sample as the real ingest and build make it: fixture `built` of conftest.py, once for the whole run."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from pipelines import api
from pipelines.build import BuildResult, build
from pipelines.cli.inputs import collect
from pipelines.ingest import IngestReport, ingest_file
from pipelines.store import reader
from pipelines.workspace import Workspace

SAMPLE = Path(__file__).resolve().parents[1] / "sample_data"


@dataclass(frozen=True)
class Sample:
    """The sample taken in and built: its workspace, what ingest said, and the snapshot."""

    ws: Workspace
    reports: tuple[IngestReport, ...]
    result: BuildResult
    snapshot: api.Snapshot

    def rows(self, source: str) -> pl.DataFrame:
        """The accepted rows of a source as known on the snapshot's day."""
        with duckdb.connect() as con:
            con.execute("create schema src")
            reader.current_relation(con, self.ws, source, self.result.as_of)
            return con.sql(f"select * from src.{source}").pl()


def take_in(ws: Workspace) -> tuple[IngestReport, ...]:
    """Ingest every file of the sample into a workspace."""
    return tuple(
        ingest_file(ws, item.path, mapping=item.mapping, received=item.received or date(2025, 12, 31))
        for item in collect([SAMPLE])
    )


def make(home: Path) -> Sample:
    """The sample ingested and built in a workspace at `home`, by the first process that asks for it."""
    ws = Workspace.open(home)
    said = home.with_name(home.name + "-said")
    with ws.exclusive("made by the tests", wait_seconds=600):
        if not said.exists():
            said.write_bytes(pickle.dumps((take_in(ws), build(ws))))
    reports, result = pickle.loads(said.read_bytes())
    return Sample(ws, reports, result, api.open_snapshot(ws.home))
