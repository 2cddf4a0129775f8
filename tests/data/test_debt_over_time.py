"""Debt over time: corrections, days in the past, builds with and without their history."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import polars as pl

from pipelines import api
from pipelines.build import build
from pipelines.ingest import ingest_file
from pipelines.workspace import Workspace

RECEIVED = date(2025, 3, 31)
BALANCE = (
    "地区,所属季度,口径,一般债务余额,专项债务余额,一般债务限额,专项债务限额,批准日期,公开日期,数据记录日期\n"
)
YEAR = (
    "地区,年度,口径,综合财力,一般债务付息支出,专项债务付息支出,"
    "一般公共预算支出,政府性基金预算支出,逾期债务,数据记录日期\n"
)
FILES = {
    "reports": """报送内容,地区,报送月份,报送日期
失信,昆明市,2023-12,2024-01-05
""",
    "balance": BALANCE
    + """香格里拉市,2022年第四季度,全辖,100,50,200,100,2023-01-10,2023-01-20,2023-02-01
香格里拉市,2023Q4,全辖,200,100,300,100,2024-01-10,2024-03-20,2024-04-01
""",
    "year": YEAR
    + """香格里拉市,2022年,全辖,100,3,1,100,100,0,2023-05-01
香格里拉市,2023年,全辖,100,4,2,100,100,3,2024-05-01
""",
    # The balance of 2023 is corrected in the autumn, the year 2024 comes in spring.
    "correction": BALANCE
    + """香格里拉市,2023Q4,全辖,220,100,300,100,2024-01-10,2024-03-20,2024-10-01
香格里拉市,2024Q4,全辖,240,100,300,100,2025-01-10,2025-01-20,2025-02-01
""",
    "next year": YEAR
    + """香格里拉市,2024年,全辖,170,4,2,100,100,0,2025-03-01
""",
}
EARLY, LATE = ("reports", "balance", "year"), ("correction", "next year")


def store(folder: Path, *names: str) -> Workspace:
    """A workspace with some of the files taken in."""
    ws = Workspace.open(folder)
    for name in names:
        take(ws, name)
    return ws


def take(ws: Workspace, name: str) -> None:
    path = ws.home.parent / f"{name}.csv"
    path.write_text(FILES[name], encoding="utf-8")
    report = ingest_file(ws, path, received=RECEIVED)
    assert report.rows_rejected == 0 and report.rows_accepted


def ratios(ws: Workspace, snapshot_id: str) -> dict[date, float | None]:
    """The debt ratio of 香格里拉市 at the end of every year."""
    values = api.open_snapshot(ws.home, snapshot_id).frame("mart.indicator_value")
    mine = values.filter(region_id="533401", indicator_id="debt_ratio", window_kind="year")
    return dict(mine.select("period", "value").iter_rows())


def test_a_correction_replaces_and_a_day_before_it_does_not_know_it(tmp_path: Path) -> None:
    ws = store(tmp_path / "home", *EARLY, *LATE)
    now = build(ws, as_of=RECEIVED)
    assert ratios(ws, now.snapshot_id) == {date(2023, 12, 1): 320.0, date(2024, 12, 1): 200.0}
    before = build(ws, as_of=date(2024, 9, 30))
    assert ratios(ws, before.snapshot_id) == {date(2023, 12, 1): 300.0}
    alone = store(tmp_path / "alone", *EARLY)
    assert build(alone, as_of=date(2024, 9, 30)).snapshot_id == before.snapshot_id


def test_history_kept_or_not_and_any_order_of_arrival_seal_the_same(tmp_path: Path) -> None:
    grown = store(tmp_path / "grown", "reports", "next year", "year")
    build(grown, as_of=RECEIVED)
    for name in ("correction", "balance"):
        take(grown, name)
        last = build(grown, as_of=RECEIVED)
    fresh = store(tmp_path / "fresh", *FILES)
    # Priors are an input of their own, made at the first build from what was there then.
    shutil.copytree(grown.priors, fresh.priors, dirs_exist_ok=True)
    assert build(fresh, as_of=RECEIVED).snapshot_id == last.snapshot_id


def test_passing_the_last_day_to_report_changes_not_due_to_not_reported(tmp_path: Path) -> None:
    """A build that keeps the windows of earlier years must see that a day has passed."""
    ws = store(tmp_path / "home", *EARLY)
    reasons = []
    for as_of in (date(2025, 6, 30), date(2025, 7, 31)):
        build(ws, as_of=as_of)
        values = api.open_snapshot(ws.home).frame("mart.indicator_value")
        cell = values.filter(
            pl.col("region_id") == "533401",
            pl.col("indicator_id") == "interest_burden",
            pl.col("window_kind") == "year",
            pl.col("period") == date(2024, 12, 1),
        )
        reasons.append(cell["missing_reason"].to_list())
    assert reasons == [["not_due"], ["not_reported"]]
