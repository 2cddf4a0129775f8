"""The store: immutable batches, supersession by id in any order of arrival, the current set of any day."""

from __future__ import annotations

import itertools
import json
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from pipelines.ingest import IngestReport, ingest_file
from pipelines.store import layout, reader
from pipelines.workspace import Workspace

RECEIVED = date(2024, 12, 31)
HEADER = "case_id,region,registered_date,case_type,category,recorded_at"


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    return Workspace.open(tmp_path / "home")


def take(
    ws: Workspace, *rows: str, header: str = HEADER, name: str = "file.csv", **options: Any
) -> IngestReport:
    """Ingest a file of these rows."""
    path = ws.home.parent / name
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return ingest_file(ws, path, received=options.pop("received", RECEIVED), **options)


def current(
    ws: Workspace, as_of: date = RECEIVED, columns: str = "id, region_id, category"
) -> list[tuple[Any, ...]]:
    """The current petitions of a day."""
    con = duckdb.connect()
    reader.current_relation(con, ws, "petitions", as_of)
    return con.execute(f"select {columns} from src.petitions order by all").fetchall()


def test_a_batch_lies_by_month_and_says_what_it_is(ws: Workspace) -> None:
    report = take(
        ws, "P1,五华区,2024-01-05,,a,2024-02-01", "P2,芒市,2024-03-05,,b,2024-04-01", "P3,火星,2024-03-05,,,"
    )
    folder = layout.batch_path(ws.store, "petitions", report.batch)
    assert len(report.batch) == 64
    assert sorted(p.name for p in folder.iterdir()) == [
        "batch.json",
        "ids.parquet",
        "month=2024-01",
        "month=2024-03",
        "sums.json",
        "superseded.parquet",
    ]
    info = layout.read_info(folder)
    assert (info.rows_read, info.rows_accepted, info.rows_rejected) == (3, 2, 1)
    assert info.months == ("2024-01", "2024-03") and not info.synthetic
    assert (info.first_recorded_at, info.last_recorded_at) == (date(2024, 2, 1), date(2024, 4, 1))
    assert set(info.columns) == {*HEADER.split(",")}
    assert reader.batches(ws) == [info] and reader.latest_recorded_at(ws) == date(2024, 4, 1)
    ids = pl.read_parquet(folder / "ids.parquet")
    assert ids["id_hash"].is_sorted() and ids["month"].sort().to_list() == ["2024-01", "2024-03"]
    rejected = pl.read_parquet(ws.rejects / report.batch / "rows.parquet")
    assert rejected.select("row", "c_case_id", "c_region").rows() == [(4, "P3", "火星")]
    problems = pl.read_parquet(ws.rejects / report.batch / "problems.parquet")
    assert problems.select("row", "column", "rule").rows() == [(4, "region", "region_unknown")]


def test_the_columns_of_the_store(ws: Workspace) -> None:
    take(ws, "P1,五华区,2024-01-05,,,")
    for source in ("petitions", "failures", "exposure", "reports"):
        con = duckdb.connect()
        reader.current_relation(con, ws, source, RECEIVED)
        described = con.execute(f"describe src.{source}").fetchall()
        wanted = reader.stored_columns(reader.CONTRACTS[source]) | {"batch": "VARCHAR", "row_month": "DATE"}
        assert {row[0]: row[1] for row in described} == wanted
    columns = "recorded_at, period_date, period_precision, row, batch is not null, row_month"
    assert current(ws, columns=columns) == [(RECEIVED, date(2024, 1, 5), "day", 2, True, date(2024, 1, 1))]


def test_the_same_file_changes_nothing_and_the_name_does_not_matter(ws: Workspace) -> None:
    rows = ("P1,五华区,2024-01-05,,a,2024-02-01", "P2,火星,2024-01-05,,,2024-02-01")
    first = take(ws, *rows)
    before = sorted(str(path) for path in ws.store.rglob("*"))
    again = take(ws, *rows, name="other.csv", received=date(2025, 1, 31))
    assert again.already_present and again.batch == first.batch
    assert [p.rule for p in again.problems] == [p.rule for p in first.problems] == ["region_unknown"]
    assert sorted(str(path) for path in ws.store.rglob("*")) == before


def test_a_correction_moves_a_record_to_another_county_and_month(ws: Workspace) -> None:
    take(ws, "P1,五华区,2024-01-05,,old,2024-02-01", "P2,五华区,2024-01-06,,stays,2024-02-01")
    take(ws, "P1,芒市,2024-03-05,,new,2024-05-01", name="later.csv")
    assert current(ws) == [("P1", "533103", "new"), ("P2", "530102", "stays")]
    assert current(ws, date(2024, 4, 30)) == [("P1", "530102", "old"), ("P2", "530102", "stays")]
    assert current(ws, date(2024, 1, 31)) == []


VERSIONS = (
    "P1,五华区,2024-01-05,,first,2024-02-01",
    "P1,盘龙区,2024-01-05,,second,2024-03-01",
    "P1,芒市,2024-02-05,,tie one,2024-04-01",
    "P1,瑞丽市,2024-02-05,,tie two,2024-04-01",
)


def test_the_order_of_arrival_does_not_matter(tmp_path: Path) -> None:
    seen = set()
    for number, order in enumerate(itertools.permutations(VERSIONS)):
        ws = Workspace.open(tmp_path / str(number) / "home")
        for row in order:
            take(ws, row)
        days = (date(2024, 2, 15), date(2024, 3, 15), date(2024, 4, 15))
        seen.add(json.dumps([current(ws, day) for day in days]))
    assert len(seen) == 1
    first, second, last = json.loads(seen.pop())
    assert (first[0][2], second[0][2], len(last)) == ("first", "second", 1)


def test_the_same_row_in_two_files_counts_once(ws: Workspace) -> None:
    row = "P1,五华区,2024-01-05,,same,2024-02-01"
    take(ws, row)
    take(ws, row, "P2,五华区,2024-01-05,,other,2024-02-01", name="cumulative.csv")
    assert [r[0] for r in current(ws)] == ["P1", "P2"]


def test_a_rejected_correction_leaves_the_record(ws: Workspace) -> None:
    take(ws, "P1,五华区,2024-01-05,,good,2024-02-01")
    take(ws, "P1,火星,2024-01-05,,bad,2024-05-01", name="bad.csv")
    assert current(ws) == [("P1", "530102", "good")]


def test_an_index_of_another_hash_function_is_made_anew(ws: Workspace) -> None:
    report = take(ws, "P1,五华区,2024-01-05,,old,2024-02-01")
    folder = layout.batch_path(ws.store, "petitions", report.batch)
    facts = json.loads((folder / "batch.json").read_text())
    (folder / "batch.json").write_text(json.dumps(facts | {"hash_probe": "another"}))
    pl.DataFrame(
        {"id_hash": [1], "month": ["2024-01"]}, schema={"id_hash": pl.UInt64, "month": pl.String}
    ).write_parquet(folder / "ids.parquet")
    take(ws, "P1,芒市,2024-01-05,,new,2024-05-01", name="later.csv")
    assert current(ws) == [("P1", "533103", "new")]


def test_repeated_ids_in_one_file_keep_the_latest(ws: Workspace) -> None:
    report = take(
        ws,
        "P1,五华区,2024-01-05,,early,2024-02-01",
        "P1,芒市,2024-02-05,,late,2024-03-01",
        "P1,芒市,2024-02-05,,late,2024-03-01",
    )
    assert (report.rows_accepted, report.problem_counts) == (1, {"duplicate_id": 2})
    assert current(ws) == [("P1", "533103", "late")]
    assert pl.read_parquet(ws.rejects / report.batch / "rows.parquet")["row"].to_list() == [2, 4]


def test_reports_keep_the_prefecture_and_the_month(ws: Workspace) -> None:
    header = "报送内容,地区,报送月份,报送日期,是否完整"
    take(ws, "信访,昆明市,2024年1月,2024-02-05,是", "失信记录,530102,202401,2024-02-06,否", header=header)
    take(ws, "信访,530100,2024-01,2024-03-05,否", header=header, name="again.csv")
    con = duckdb.connect()
    reader.current_relation(con, ws, "reports", RECEIVED)
    rows = con.execute(
        "select source, region_id, month, complete, recorded_at from src.reports order by all"
    ).fetchall()
    assert rows == [
        ("failures", "530102", date(2024, 1, 1), False, date(2024, 2, 6)),
        ("petitions", "530100", date(2024, 1, 1), False, date(2024, 3, 5)),
    ]


def test_an_accusation_leaves_nothing_behind(ws: Workspace) -> None:
    report = take(
        ws,
        "P1,五华区,2024-01-05,检举控告,秘密内容,2024-02-01",
        "P2,火星,2024-01-05,检举控告,秘密内容,2024-02-01",
    )
    assert (report.rows_accepted, report.rows_rejected) == (1, 1)
    assert current(ws) == [("P1", "530102", None)]
    for path in (*ws.store.rglob("*.parquet"), *ws.rejects.rglob("*.parquet")):
        frame = pl.read_parquet(path, hive_partitioning=False)
        assert "秘密内容" not in str(frame.to_dicts()), path


def test_what_each_file_gave(ws: Workspace) -> None:
    report = take(ws, "P1,五华区,2024-01-05,,,")
    con = duckdb.connect()
    reader.batch_columns(con, ws, RECEIVED)
    given = con.execute("select source, batch, column_name from src.batch_column").fetchall()
    assert {row[:2] for row in given} == {("petitions", report.batch)}
    assert "registered_date" in {row[2] for row in given} and "closed_date" not in {row[2] for row in given}


def test_a_folder_marked_synthetic_makes_synthetic_batches(ws: Workspace) -> None:
    (ws.home.parent / "SYNTHETIC").write_text("")
    take(ws, "P1,五华区,2024-01-05,,,")
    assert reader.batches(ws)[0].synthetic


KILLED = """
import sys
from datetime import date
from pathlib import Path
from pipelines.ingest import ingest_file
from pipelines.workspace import Workspace
print("ready", flush=True)
ingest_file(Workspace.open(Path(sys.argv[1])), Path(sys.argv[2]), received=date(2024, 12, 31))
"""


def test_an_ingest_killed_at_any_moment_leaves_a_valid_store(ws: Workspace, repository: Path) -> None:
    take(ws, "P1,五华区,2024-01-05,,kept,2024-02-01")
    path = ws.home.parent / "big.csv"
    rows = (f"K{n},五华区,2024-0{n % 9 + 1}-05,,x,2024-11-01" for n in range(20_000))
    path.write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    for delay in (0.02, 0.2, 0.4, 0.6, 0.8, 1.0):
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(ws.home), str(path)], cwd=repository, stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert len(current(ws)) in (1, 20_001)
    report = ingest_file(ws, path, received=RECEIVED)
    assert report.rows_accepted == 20_000 and len(current(ws)) == 20_001
    assert not list(ws.store.glob(".tmp-*"))
