"""One workspace built from `sample_data/` by the real ingest, shared by all data tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipelines import api
from pipelines.build import BuildResult, build
from pipelines.cli.inputs import collect
from pipelines.ingest import IngestReport, ingest_file
from pipelines.store import reader
from pipelines.workspace import Workspace

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"


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


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """The sample, ingested and built once."""
    ws = Workspace.open(tmp_path_factory.mktemp("sample"))
    reports = take_in(ws)
    result = build(ws)
    return Sample(ws, reports, result, api.open_snapshot(ws.home))
