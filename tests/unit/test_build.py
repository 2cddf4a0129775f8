"""Builds on a tiny store: same id at any thread count, nothing sealed on wrong data, kills survived."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipelines import snapshot
from pipelines.build import SQL_ROOT, BuildResult, build
from pipelines.errors import EXIT_DATA_TEST, EXIT_WORKSPACE, UserError
from pipelines.graph import GraphError
from pipelines.ingest import ingest_file
from pipelines.workspace import Workspace

ROOT = Path(__file__).parents[2]
RECEIVED = date(2024, 7, 1)
FILES = {
    "failures.csv": """
record_id,region,source,recognised_as_breach,body_name,severity,event_date,recognised_date,entered_date,recorded_at
F1,530102,司法判决,是,某区交通运输局,严重,2024-01-05,2024-01-20,2024-02-01,2024-02-01
F2,530103,违约失信,是,某区财政局,一般,2024-03-05,2024-03-06,2024-03-07,2024-03-07
F3,532301,拖欠账款,是,某市水务局,轻微,2024-05-05,2024-05-20,2024-06-21,2024-06-21
""",
    "petitions.csv": """
case_id,region,case_type,registered_date,transferred_date,evaluable,eval_unit,repeat_flag,recorded_at
P1,530102,申诉求决,2024-01-03,2024-01-10,是,满意,初件,2024-01-31
P2,530102,申诉求决,2024-02-03,2024-03-10,是,不满意,重件,2024-03-31
P3,532301,建议意见,2024-05-03,2024-05-10,是,未评价,初件,2024-05-31
""",
    "exposure.csv": """
region,year,gov_bodies,population
530102,2023,90,800000
530103,2023,80,700000
532301,2023,70,600000
""",
}
LATE = """
case_id,region,case_type,registered_date,recorded_at
P9,530103,申诉求决,2024-04-03,2024-04-30
"""
AFTER = """
case_id,region,case_type,registered_date,closed_date,recorded_at
P1,530103,申诉求决,2024-01-03,2024-08-03,2024-08-31
P8,530103,申诉求决,2024-08-03,,2024-08-31
"""


def fill(
    ws: Workspace, folder: Path, texts: dict[str, str] = FILES, prefix: str = "", received: date = RECEIVED
) -> None:
    """Ingest the files of `texts`, written to `folder`."""
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        path = folder / f"{prefix}{name}"
        path.write_text(text.lstrip(), encoding="utf-8")
        report = ingest_file(ws, path, received=received)
        assert (report.rows_rejected, list(report.problems)) == (0, []), report.problems


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the tiny store and one snapshot; tests copy it."""
    folder = tmp_path_factory.mktemp("filled")
    ws = Workspace.open(folder / "home")
    fill(ws, folder / "files")
    build(ws)
    return ws.home


@pytest.fixture
def ws(filled: Path, tmp_path: Path) -> Workspace:
    shutil.copytree(filled, tmp_path / "home")
    return Workspace.open(tmp_path / "home")


def sealed(ws: Workspace) -> list[str]:
    """What stands in the snapshots folder, temporary things included."""
    return sorted(path.name for path in ws.snapshots.iterdir())


def with_sql(tmp_path: Path, name: str, text: str) -> Path:
    """The project's SQL with one file added or replaced."""
    root = tmp_path / "sql"
    shutil.copytree(SQL_ROOT, root)
    (root / name).write_text(text, encoding="utf-8")
    return root


def refused(ws: Workspace, **options: object) -> UserError:
    before = (sealed(ws), snapshot.current_id(ws))
    with pytest.raises(UserError) as caught:
        build(ws, **options)  # type: ignore[arg-type]
    assert (sealed(ws), snapshot.current_id(ws)) == before
    return caught.value


def test_same_id_at_any_thread_count(ws: Workspace) -> None:
    results = [build(ws, threads=threads) for threads in (1, 2, 4)]
    assert {result.snapshot_id for result in results} == {snapshot.current_id(ws)}
    assert sealed(ws) == [results[0].snapshot_id]
    assert snapshot.verify(results[0].path) == []


def test_the_manifest_says_what_it_rests_on(ws: Workspace) -> None:
    manifest = snapshot.open_snapshot(ws).manifest
    assert manifest["as_of"] == "2024-07-01"
    assert manifest["synthetic"] is False
    assert [(batch["source"], batch["file"], batch["rows_accepted"]) for batch in manifest["batches"]] == [
        ("exposure", "exposure.csv", 3),
        ("failures", "failures.csv", 3),
        ("petitions", "petitions.csv", 3),
    ]
    assert manifest["coverage"]["failures"]["inferred"] is True
    assert set(manifest["hashes"]) == {"registry", "method", "sql"}
    assert {"mart.indicator_value", "core.measure", "core.coverage", "ref.region", "ref.rule"} <= set(
        manifest["tables"]
    )
    assert "src.failures" not in manifest["tables"]


def test_the_name_a_file_came_under_does_not_matter(ws: Workspace, tmp_path: Path) -> None:
    other = Workspace.open(tmp_path / "other")
    fill(other, tmp_path / "files", dict(reversed(FILES.items())), prefix="renamed_")
    assert build(other).snapshot_id == snapshot.current_id(ws)


def test_a_synthetic_batch_marks_the_snapshot(tmp_path: Path) -> None:
    ws = Workspace.open(tmp_path / "home")
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "SYNTHETIC").write_text("")
    fill(ws, tmp_path / "files")
    build(ws)
    assert snapshot.open_snapshot(ws).manifest["synthetic"] is True


def test_an_empty_store_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="ingest") as caught:
        build(Workspace.open(tmp_path))
    assert caught.value.exit_code == EXIT_WORKSPACE


def test_a_second_build_at_once_is_one_sentence(ws: Workspace) -> None:
    with ws.exclusive("build"):
        assert refused(ws, wait_seconds=0.1).exit_code == EXIT_WORKSPACE


def test_wrong_rows_stop_the_build(ws: Workspace, tmp_path: Path) -> None:
    check = "-- Wrong ones.\nselect region_id from ref.region where region_level = 'prefecture'"
    error = refused(ws, sql_root=with_sql(tmp_path, "check/no_prefecture.sql", check))
    assert error.exit_code == EXIT_DATA_TEST
    for text in (error.zh, error.en):
        assert "check.no_prefecture" in text and "16" in text and "region_id=530100" in text


def test_a_grain_that_repeats_stops_the_build(ws: Workspace, tmp_path: Path) -> None:
    table = "-- One per level?\n-- grain: region_level\nselect region_level, region_id from ref.region"
    error = refused(ws, sql_root=with_sql(tmp_path, "mart/level.sql", table))
    assert error.exit_code == EXIT_DATA_TEST
    assert "grain of mart.level" in error.en and "region_level=county, times=129" in error.en


def test_a_faulty_file_is_named(ws: Workspace, tmp_path: Path) -> None:
    text = "-- No numbers.\n-- grain: a\nselect cast(name_zh as integer) as a from ref.region"
    with pytest.raises(duckdb.Error) as caught:
        build(ws, sql_root=with_sql(tmp_path, "mart/faulty.sql", text))
    assert caught.value.__notes__ == ["in sql/mart/faulty.sql"]
    assert sealed(ws) == [snapshot.current_id(ws)]


def test_a_check_that_reads_nothing_known_is_named(ws: Workspace, tmp_path: Path) -> None:
    text = "-- Reads a table that is not there.\nselect a from mart.nowhere"
    with pytest.raises(GraphError, match=r"check/lost.sql:2: reads mart.nowhere"):
        build(ws, sql_root=with_sql(tmp_path, "check/lost.sql", text))


def test_a_file_ingested_during_the_build_waits_for_the_next(ws: Workspace, tmp_path: Path) -> None:
    before = snapshot.current_id(ws)

    def ingest_once(stage: str, done: int, total: int) -> None:
        if (stage, done) == ("sql", 0):
            fill(ws, tmp_path / "late", {"late.csv": LATE})

    assert build(ws, progress=ingest_once).snapshot_id == before
    after = build(ws)
    assert after.snapshot_id == snapshot.current_id(ws) != before


def test_a_day_in_the_past_is_rebuilt_as_if_nothing_came_later(ws: Workspace, tmp_path: Path) -> None:
    before = snapshot.current_id(ws)
    fill(ws, tmp_path / "after", {"after.csv": AFTER}, received=date(2024, 9, 1))
    latest = build(ws)
    assert latest.as_of == date(2024, 8, 31) and latest.snapshot_id != before
    past = build(ws, as_of=date(2024, 7, 1))
    assert past.snapshot_id == before
    assert past.warnings and snapshot.current_id(ws) == latest.snapshot_id


def test_a_build_of_fewer_batches_is_sealed_but_not_served(ws: Workspace, tmp_path: Path) -> None:
    shutil.copytree(ws.store, tmp_path / "fewer")
    fill(ws, tmp_path / "late", {"late.csv": LATE})
    served = build(ws).snapshot_id
    shutil.rmtree(ws.store)
    (tmp_path / "fewer").rename(ws.store)
    behind: BuildResult = build(ws)
    assert behind.warnings and behind.snapshot_id[:12] in behind.warnings[0][1]
    assert snapshot.current_id(ws) == served != behind.snapshot_id
    assert snapshot.verify(behind.path) == []


WORKER = """
import sys
from datetime import date
from pathlib import Path
from pipelines.build import build
from pipelines.workspace import Workspace
ws = Workspace.open(Path(sys.argv[1]))
print("ready", flush=True)
done = build(ws, as_of=date.fromisoformat(sys.argv[2]), wait_seconds=60)
print(done.snapshot_id, flush=True)
"""
KILLS = 30


def worker(ws: Workspace, as_of: str) -> subprocess.Popen[bytes]:
    """A build in a process of its own, which has just begun."""
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(ws.home), as_of],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None and process.stdout.readline() == b"ready\n"
    return process


def ended(process: subprocess.Popen[bytes]) -> str:
    """What a build printed last, once it has ended well."""
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    return output.decode().strip()


def test_builds_killed_at_thirty_moments_leave_the_last_snapshot_served(ws: Workspace) -> None:
    generator = random.Random(7)
    finished = 0
    for attempt in range(KILLS):
        if attempt % 10 == 0:  # some builds have everything to count, some find it kept
            shutil.rmtree(ws.cache)
        process = worker(ws, f"2024-07-{2 + attempt % 27:02d}")
        time.sleep(generator.uniform(0.0, 1.2))
        os.kill(process.pid, signal.SIGKILL)
        output, _ = process.communicate()
        finished += bool(output)
        assert snapshot.verify(ws.snapshots / snapshot.current_id(ws)) == []
    assert finished < KILLS
    done = build(ws)
    assert snapshot.current_id(ws) == done.snapshot_id
    assert not [name for name in sealed(ws) if name.startswith(snapshot.TEMPORARY)]
    assert not (ws.cache / "spill").exists()
    assert all(snapshot.verify(ws.snapshots / name) == [] for name in sealed(ws))


def test_two_builds_at_once_both_end_and_one_is_served(ws: Workspace) -> None:
    first, second = worker(ws, "2024-07-08"), worker(ws, "2024-07-09")
    ids = {ended(first), ended(second)}
    assert len(ids) == 2 and snapshot.current_id(ws) in ids
    assert ids <= {*sealed(ws)} and all(snapshot.verify(ws.snapshots / name) == [] for name in sealed(ws))


def test_ingest_during_a_build_loses_nothing(ws: Workspace, tmp_path: Path) -> None:
    before = {row["batch"] for row in snapshot.open_snapshot(ws).manifest["batches"]}
    process = worker(ws, "2024-07-31")
    fill(ws, tmp_path / "late", {"late.csv": LATE})
    ended(process)
    after = build(ws)
    assert snapshot.current_id(ws) == after.snapshot_id
    batches = {row["batch"] for row in snapshot.open_snapshot(ws).manifest["batches"]}
    assert before < batches and len(batches) == len(before) + 1
