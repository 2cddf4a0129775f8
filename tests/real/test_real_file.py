"""The real file of 896 public cases (2011–2016), read as `failures` through a mapping file."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.ingest import check_file, ingest_file
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


@pytest.fixture
def real_file(shared_dir: Path) -> Path:
    return shared_dir / "real" / "云南问责案件_2011_2016.csv"


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    path = tmp_path / "mapping.toml"
    path.write_text(MAPPING, encoding="utf-8")
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
