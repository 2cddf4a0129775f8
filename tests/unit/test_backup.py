"""Backups: whole, consistent while others write, and a workspace that builds the same snapshot again."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from pipelines import backup, retention, snapshot, verify
from pipelines.build import build
from pipelines.errors import EXIT_WORKSPACE, UserError
from pipelines.ingest import ingest_file
from pipelines.workspace import Workspace

ROOT = Path(__file__).parents[2]
TEXT = """record_id,region,source,event_date,entered_date,recorded_at
F{n},530102,司法判决,2024-01-05,2024-02-01,2024-0{n}-02
F{n}x,不存在的地方,司法判决,2024-01-05,2024-02-01,2024-0{n}-02
"""


def take(ws: Workspace, number: int) -> None:
    """Ingest one more file: a record and a rejected row."""
    path = ws.home.parent / f"file{number}.csv"
    path.write_text(TEXT.replace("{n}", str(number)), encoding="utf-8")
    ingest_file(ws, path, received=date(2024, 12, 1))


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with two batches and two snapshots, settings and a file in its inbox; tests copy it."""
    folder = tmp_path_factory.mktemp("source")
    ws = Workspace.open(folder / "home")
    for number in (2, 3):
        take(ws, number)
        build(ws)
    (ws.home / "zhengxin.toml").write_text("threads = 1\n")
    (ws.inbox / "new.csv").write_text("x\n")
    return ws.home


@pytest.fixture
def ws(source: Path, tmp_path: Path) -> Workspace:
    shutil.copytree(source, tmp_path / "home")
    return Workspace.open(tmp_path / "home")


def silent(stage: str, done: int, total: int) -> None:
    """No progress is shown."""


def restored(copy: Path, into: Path) -> Workspace:
    """The workspace a backup becomes when it is unpacked the way a person would."""
    if copy.is_file():
        subprocess.run(["tar", "-xf", copy, "-C", into], check=True)
    else:
        shutil.copytree(copy, into, dirs_exist_ok=True)
    return Workspace.open(into)


def left_over(folder: Path) -> Iterator[str]:
    return (path.name for path in folder.iterdir() if path.name.startswith(".tmp-"))


@pytest.mark.parametrize("name", ["copy.tar", "copy"])
def test_a_restored_copy_is_intact_and_builds_the_same_snapshot(
    ws: Workspace, tmp_path: Path, name: str
) -> None:
    served = snapshot.current_id(ws)
    made = backup.backup(ws, tmp_path / name, every_snapshot=False, progress=silent)
    assert (made.batches, made.snapshots, made.casebook) == (2, (served,), False)
    assert backup.problems(made.path, silent) == []
    (tmp_path / "restored").mkdir()
    again = restored(made.path, tmp_path / "restored")
    assert snapshot.current_id(again) == served
    assert again.settings == {"threads": 1}
    assert [entry.id for entry in retention.entries(again)] == [served]
    shutil.rmtree(again.snapshots / served)
    assert build(again).snapshot_id == served
    # What every restored file says is what the original says; the casebook aside, nothing else is there.
    files = {p.relative_to(again.home) for p in again.rejects.rglob("*") if p.is_file()}
    assert files and all((again.home / f).read_bytes() == (ws.home / f).read_bytes() for f in files)
    assert not any(again.inbox.iterdir())
    assert list(left_over(tmp_path)) == []


def test_all_snapshots_if_asked(ws: Workspace, tmp_path: Path) -> None:
    made = backup.backup(ws, tmp_path / "copy.tar", every_snapshot=True, progress=silent)
    assert set(made.snapshots) == {entry.id for entry in retention.entries(ws)} and len(made.snapshots) == 2
    assert backup.problems(made.path, silent) == []


def test_a_new_workspace_can_be_backed_up(tmp_path: Path) -> None:
    made = backup.backup(
        Workspace.open(tmp_path / "home"), tmp_path / "copy.tar", every_snapshot=False, progress=silent
    )
    assert (made.batches, made.snapshots) == (0, ())
    assert backup.problems(made.path, silent) == []


def test_the_archive_does_not_say_who_made_it(ws: Workspace, tmp_path: Path) -> None:
    backup.backup(ws, tmp_path / "copy.tar", every_snapshot=False, progress=silent)
    with tarfile.open(tmp_path / "copy.tar") as archive:
        members = archive.getmembers()
    assert {(m.uid, m.gid, m.uname, m.gname) for m in members} == {(0, 0, "", "")}
    assert not any(m.name.startswith(("/", "..", "inbox", "cache", "logs", "locks")) for m in members)


def test_the_casebook_is_copied_with_what_its_log_holds(ws: Workspace, tmp_path: Path) -> None:
    with closing(sqlite3.connect(ws.home / backup.CASEBOOK)) as con:
        con.execute("pragma journal_mode = wal")
        con.execute("create table event (n integer)")
        con.executemany("insert into event values (?)", [(n,) for n in range(100)])
        con.commit()
        assert Path(f"{ws.home / backup.CASEBOOK}-wal").stat().st_size > 0
        # A transaction that is open meanwhile is not part of the copy.
        con.execute("insert into event values (100)")
        made = backup.backup(ws, tmp_path / "copy", every_snapshot=False, progress=silent)
    assert made.casebook
    with closing(sqlite3.connect(tmp_path / "copy" / backup.CASEBOOK)) as con:
        assert con.execute("select count(*), max(n) from event").fetchall() == [(100, 99)]
    assert not list((tmp_path / "copy").glob("*-wal"))


def test_a_casebook_that_is_none_is_one_sentence(ws: Workspace, tmp_path: Path) -> None:
    (ws.home / backup.CASEBOOK).write_bytes(b"no database at all" * 100)
    with pytest.raises(UserError, match=backup.CASEBOOK):
        backup.backup(ws, tmp_path / "copy.tar", every_snapshot=False, progress=silent)
    assert not (tmp_path / "copy.tar").exists() and list(left_over(tmp_path)) == []


@pytest.mark.parametrize("name", ["copy.tar", "copy"])
def test_nothing_is_overwritten(ws: Workspace, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(UserError) as caught:
        backup.backup(ws, tmp_path / name, every_snapshot=False, progress=silent)
    assert caught.value.exit_code == EXIT_WORKSPACE and (tmp_path / name).read_text() == "mine"


def test_a_place_that_cannot_be_written_to(ws: Workspace, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError) as caught:
        backup.backup(ws, tmp_path / "file" / "copy.tar", every_snapshot=False, progress=silent)
    assert caught.value.exit_code == EXIT_WORKSPACE


def test_a_batch_and_a_build_that_come_meanwhile_are_not_part_of_it(ws: Workspace, tmp_path: Path) -> None:
    served = snapshot.current_id(ws)

    def busy(stage: str, done: int, total: int) -> None:
        if done == 1:
            take(ws, 4)
            build(ws)

    made = backup.backup(ws, tmp_path / "copy", every_snapshot=False, progress=busy)
    assert snapshot.current_id(ws) != served
    assert (made.batches, made.snapshots) == (2, (served,))
    assert backup.problems(made.path, silent) == []


@pytest.mark.parametrize("name", ["copy.tar", "copy"])
def test_a_snapshot_removed_meanwhile_is_one_sentence(ws: Workspace, tmp_path: Path, name: str) -> None:
    def remove(stage: str, done: int, total: int) -> None:
        if done == 1:
            assert retention.prune(ws, 1)

    with pytest.raises(UserError) as caught:
        backup.backup(ws, tmp_path / name, every_snapshot=True, progress=remove)
    assert caught.value.exit_code == EXIT_WORKSPACE
    assert not (tmp_path / name).exists() and list(left_over(tmp_path)) == []


def test_damage_to_the_copy_is_found(ws: Workspace, tmp_path: Path) -> None:
    made = backup.backup(ws, tmp_path / "copy", every_snapshot=False, progress=silent)
    (made.path / "snapshots" / made.snapshots[0] / "method.toml").write_text("")
    (problem,) = backup.problems(made.path, silent)
    assert isinstance(problem, verify.Problem) and "method.toml" in problem.place


WORKER = """
import sys, time
from pathlib import Path
from pipelines import backup
from pipelines.workspace import Workspace
def slowly(stage, done, total):
    if done == 2:
        print("copying", flush=True)
        time.sleep(60)
backup.backup(Workspace.open(Path(sys.argv[1])), Path(sys.argv[2]), every_snapshot=False, progress=slowly)
"""


def test_killed_in_the_middle_nothing_stands_under_the_name_and_nothing_is_held(
    ws: Workspace, tmp_path: Path
) -> None:
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, ws.home, tmp_path / "copy.tar"],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert worker.stdout is not None and worker.stdout.readline() == b"copying\n"
    # Others go on while files are copied.
    take(ws, 4)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    worker.stdout.close()
    assert not (tmp_path / "copy.tar").exists()
    made = backup.backup(ws, tmp_path / "copy.tar", every_snapshot=False, progress=silent)
    assert made.batches == 3 and backup.problems(made.path, silent) == []
