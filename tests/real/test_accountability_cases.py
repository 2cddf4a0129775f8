"""Accountability cases 2013–2016 through a mapping file: counted in full, rates say what is missing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipelines import api
from pipelines.build import build
from pipelines.ingest import ingest_file
from pipelines.store import reader
from pipelines.workspace import Workspace

pytestmark = pytest.mark.shared
RECEIVED = date(2017, 1, 31)
MAPPING = """
source = "failures"
region_when_empty = "省本级"
[columns]
"案件编号" = "record_id"
"州市" = "prefecture"
"县（市、区）" = "county"
"年份" = "event_year"
"月份" = "event_month"
[constants]
source = "问责处理"
"""


def test_every_row_is_accepted_counted_and_explained(shared_dir: Path, tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(MAPPING, encoding="utf-8")
    ws = Workspace.open(tmp_path / "home")
    file = shared_dir / "real" / "云南问责案件_2011_2016.csv"
    report = ingest_file(ws, file, mapping=mapping, received=RECEIVED)
    assert (report.rows_read, report.rows_accepted, report.rows_rejected) == (896, 896, 0)
    assert report.undated == 105
    with duckdb.connect() as con:
        reader.current_relation(con, ws, "failures", RECEIVED)
        rows = con.sql("select region_id, period_date, period_precision from src.failures").pl()
    dated = rows.filter(pl.col("period_date").is_not_null())
    assert (dated["period_date"].min(), dated["period_date"].max()) == (date(2013, 3, 1), date(2016, 8, 1))
    assert dated["period_precision"].unique().to_list() == ["month"]
    assert rows.filter(pl.col("region_id").str.starts_with("5333")).height == 28
    assert rows.filter(pl.col("region_id") == "530000L").height == 98
    assert rows.filter(pl.col("region_id").str.ends_with("L")).height == 98 + 185
    assert rows.filter(pl.col("region_id").str.len_chars() == 6).height == 613

    result = build(ws)
    assert result.as_of == RECEIVED
    snapshot = api.open_snapshot(ws.home)
    assert not snapshot.manifest["synthetic"]
    values = snapshot.frame("mart.indicator_value").filter(pl.col("region_id") == "530000")
    last = values.filter(pl.col("window_kind") == "r12", pl.col("period") == date(2016, 8, 1))
    reasons = dict(last.select("indicator_id", "missing_reason").iter_rows())
    assert reasons["failure_rate"] == "no_exposure"
    assert reasons["reason_on_time"] == "not_provided"
    assert reasons["petition_repeat"] == "source_absent"
    months = values.filter(pl.col("window_kind") == "month", pl.col("indicator_id") == "failure_events")
    assert months["numerator"].sum() == 896 - 105
    left_out = snapshot.frame("mart.left_out").filter(pl.col("region_id") == "530000")
    assert dict(left_out.select("reason", "records").iter_rows()) == {"not_recognised": 896}
    undated = snapshot.frame("mart.undated").filter(pl.col("region_id") == "530000")
    assert undated["records"].to_list() == [105]
