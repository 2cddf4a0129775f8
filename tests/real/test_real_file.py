"""The real file of 896 public cases (2011–2016), read as `failures` through a mapping file."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from pipelines import api
from pipelines.build import build
from pipelines.ingest import check_file, ingest_file
from pipelines.store import reader
from pipelines.workspace import Workspace

pytestmark = pytest.mark.shared

RECEIVED = date(2017, 1, 31)


@pytest.fixture
def mapping(tmp_path: Path, real_mapping: str) -> Path:
    path = tmp_path / "mapping.toml"
    path.write_text(real_mapping, encoding="utf-8")
    return path


def test_all_cases_are_taken_and_placed(real_file: Path, mapping: Path, tmp_path: Path) -> None:
    ws = Workspace.open(tmp_path / "home")
    report = ingest_file(ws, real_file, mapping=mapping, received=RECEIVED)
    assert (report.rows_read, report.rows_accepted, report.rows_rejected) == (896, 896, 0)
    assert report.undated == 105 and report.problems == ()
    assert report.unmapped_headers == ("事由",)
    con = duckdb.connect()
    reader.current_relation(con, ws, "failures", RECEIVED)

    def count(where: str) -> Any:
        return con.execute(f"select count(*) from src.failures where {where}").fetchall()[0][0]

    assert count("true") == 896
    assert count("left(region_id, 4) = '5333'") == 28  # 怒江
    assert count("period_date is null") == 105
    assert count("period_precision = 'month'") == 896 - 105
    assert count("length(region_id) = 6") == 613  # county named
    assert count("region_id like '%L' and region_id <> '530000L'") == 185  # prefecture only
    assert count("region_id = '530000L'") == 98  # no region: 省本级 as the mapping says
    assert count("source = '问责处理' and recognised_as_breach is null") == 896
    assert con.execute("select min(period_date), max(period_date) from src.failures").fetchall() == [
        (date(2013, 3, 1), date(2016, 8, 1))
    ]


def test_rates_say_what_is_missing_and_counts_show(real_file: Path, mapping: Path, tmp_path: Path) -> None:
    ws = Workspace.open(tmp_path / "home")
    ingest_file(ws, real_file, mapping=mapping, received=RECEIVED)
    assert build(ws).as_of == RECEIVED
    snapshot = api.open_snapshot(ws.home)
    assert not snapshot.manifest["synthetic"]

    def province(table: str) -> pl.DataFrame:
        return snapshot.frame(table).filter(pl.col("region_id") == "530000")

    values = province("mart.indicator_value")
    last = values.filter(pl.col("window_kind") == "r12", pl.col("period") == date(2016, 8, 1))
    reasons = dict(last.select("indicator_id", "missing_reason").iter_rows())
    assert reasons["failure_rate"] == "no_exposure"
    assert reasons["reason_on_time"] == "not_provided"
    assert reasons["petition_repeat"] == "source_absent"
    months = values.filter(pl.col("window_kind") == "month", pl.col("indicator_id") == "failure_events")
    assert months["numerator"].sum() == 896 - 105
    left_out = province("mart.left_out").select("reason", "records")
    assert dict(left_out.iter_rows()) == {"not_recognised": 896}
    assert province("mart.undated")["records"].to_list() == [105]


def test_the_same_file_again_changes_nothing(real_file: Path, mapping: Path, tmp_path: Path) -> None:
    ws = Workspace.open(tmp_path / "home")
    first = ingest_file(ws, real_file, mapping=mapping, received=RECEIVED)
    before = {path: path.stat().st_mtime_ns for path in ws.store.rglob("*")}
    again = ingest_file(ws, real_file, mapping=mapping, received=date(2018, 1, 31))
    assert again.already_present and again.batch == first.batch
    assert {p: t for p, t in before.items() if p != ws.store} == {
        path: path.stat().st_mtime_ns for path in ws.store.rglob("*")
    }


def test_without_the_mapping_the_file_is_refused(real_file: Path) -> None:
    report = check_file(real_file, received=RECEIVED)
    assert {problem.rule for problem in report.problems} & {"source_unknown", "header_missing"}
    assert report.rows_read == 0
