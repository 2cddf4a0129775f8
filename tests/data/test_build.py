"""The whole build: the same snapshot id at any number of threads; a moved record leaves its old county."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines import api
from pipelines.build import build
from pipelines.ingest import ingest_file
from pipelines.workspace import Workspace
from tests.sample import Sample


@pytest.mark.parametrize("threads", [1, 4])
def test_the_id_does_not_depend_on_threads(sample: Sample, threads: int, tmp_path: Path) -> None:
    """Every build starts without what an earlier one kept: a kept piece would hide the difference."""
    left_out = shutil.ignore_patterns("cache", "snapshots", "CURRENT")
    home = shutil.copytree(sample.ws.home, tmp_path / "home", ignore=left_out)
    assert build(Workspace.open(home), threads=threads).snapshot_id == sample.result.snapshot_id


def test_every_row_is_accepted_or_rejected(sample: Sample) -> None:
    for report in sample.reports:
        assert report.rows_read == report.rows_accepted + report.rows_rejected
        assert report.rows_accepted > 0
    assert sum(report.rows_rejected for report in sample.reports) > 0


def test_a_file_taken_in_again_changes_nothing(sample: Sample) -> None:
    first = sample.reports[0]
    again = ingest_file(sample.ws, first.file, received=date(2026, 1, 1))
    assert again.already_present
    assert build(sample.ws).snapshot_id == sample.result.snapshot_id


HEADER = "record_id,region,source,severity,event_date,entered_date,recorded_at\n"


def write(folder: Path, name: str, rows: str) -> Path:
    path = folder / name
    path.write_text(HEADER + rows, encoding="utf-8")
    return path


def counts(ws: Workspace) -> dict[tuple[str, date], float]:
    build(ws, as_of=date(2024, 5, 31))
    values = api.open_snapshot(ws.home).frame("mart.indicator_value")
    events = values.filter(
        pl.col("indicator_id") == "failure_events",
        pl.col("window_kind") == "month",
        pl.col("region_level") == "county",
        pl.col("numerator") > 0,
    )
    return {(row["region_id"], row["period"]): row["numerator"] for row in events.iter_rows(named=True)}


def test_a_record_corrected_into_another_county_and_month_leaves_the_old_one_exactly(tmp_path: Path) -> None:
    ws = Workspace.open(tmp_path / "home")
    rest = "r2,530103,违约失信,一般,2024-03-05,2024-03-06,2024-03-07\n"
    first = write(tmp_path, "a.csv", "r1,530102,违约失信,严重,2024-03-05,2024-03-06,2024-03-07\n" + rest)
    second = write(tmp_path, "b.csv", "r1,530111,违约失信,严重,2024-04-05,2024-04-06,2024-05-31\n")
    received = date(2024, 5, 31)
    ingest_file(ws, first, received=received)
    assert counts(ws) == {("530102", date(2024, 3, 1)): 1, ("530103", date(2024, 3, 1)): 1}
    ingest_file(ws, second, received=received)
    assert counts(ws) == {("530111", date(2024, 4, 1)): 1, ("530103", date(2024, 3, 1)): 1}


def test_the_order_of_arrival_does_not_matter(tmp_path: Path) -> None:
    old = write(tmp_path, "a.csv", "r1,530102,违约失信,严重,2024-03-05,2024-03-06,2024-03-07\n")
    new = write(tmp_path, "b.csv", "r1,530111,违约失信,严重,2024-04-05,2024-04-06,2024-05-31\n")
    found = []
    for order in ((old, new), (new, old)):
        ws = Workspace.open(tmp_path / f"home-{order[0].stem}")
        for path in order:
            ingest_file(ws, path, received=date(2024, 5, 31))
        found.append((counts(ws), api.current_id(ws.home)))
    assert found[0] == found[1]
