"""Damage to a workspace: every kind is found, named with its place, and all of it at once."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipelines import retention, snapshot, verify
from pipelines.build import build
from pipelines.ingest import ingest_file
from pipelines.sqltext import parquet
from pipelines.store import layout
from pipelines.workspace import Workspace

FIRST = """record_id,region,source,event_date,entered_date,recorded_at
F1,530102,司法判决,2024-01-05,2024-02-01,2024-02-01
F2,530103,违约失信,2024-03-05,2024-03-07,2024-03-07
F3,不存在的地方,违约失信,2024-03-05,2024-03-07,2024-03-07
"""
CORRECTED = """record_id,region,source,event_date,entered_date,recorded_at
F1,530102,司法判决,2024-02-05,2024-02-01,2024-04-01
"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with two batches, one correcting the other, and a snapshot; tests copy it."""
    folder = tmp_path_factory.mktemp("whole")
    ws = Workspace.open(folder / "home")
    for name, text in (("first.csv", FIRST), ("corrected.csv", CORRECTED)):
        (folder / name).write_text(text, encoding="utf-8")
        ingest_file(ws, folder / name, received=date(2024, 7, 1))
    build(ws)
    return ws.home


@pytest.fixture
def ws(whole: Path, tmp_path: Path) -> Workspace:
    shutil.copytree(whole, tmp_path / "home")
    return Workspace.open(tmp_path / "home")


def problems(ws: Workspace) -> list[verify.Problem]:
    """Everything that is wrong with the workspace."""

    def silent(stage: str, done: int, total: int) -> None:
        assert stage == "verify" and 0 <= done < total

    folders = [entry.path for entry in retention.entries(ws)]
    found = [*verify.check_pointer(ws), *verify.check_snapshots(folders, silent)]
    return found + verify.check_store(ws, silent)[1]


def batch(ws: Workspace, file: str) -> Path:
    """The folder of the batch a file became."""
    (path,) = [p for p in layout.batch_paths(ws.store, "failures") if layout.read_info(p).file == file]
    return path


def flip(path: Path) -> None:
    """Change one bit in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_an_intact_workspace_has_no_problems(ws: Workspace) -> None:
    assert problems(ws) == []
    assert verify.check_store(ws, lambda stage, done, total: None)[0] == 2


def test_an_empty_workspace_has_no_problems(tmp_path: Path) -> None:
    assert problems(Workspace.open(tmp_path / "new")) == []


def first(ws: Workspace, name: str = "") -> Path:
    return batch(ws, "first.csv") / name


def corrected(ws: Workspace, name: str = "") -> Path:
    return batch(ws, "corrected.csv") / name


def march(ws: Workspace) -> Path:
    (path,) = first(ws, "month=2024-03").iterdir()
    return path


def rejects(ws: Workspace, name: str = "") -> Path:
    return ws.rejects / first(ws).name.removeprefix("batch=") / name


def sealed(ws: Workspace, name: str) -> Path:
    return ws.snapshots / snapshot.current_id(ws) / name


def state(ws: Workspace, **values: object) -> None:
    """Let the first batch say something else about itself, hashes included."""
    folder, refused = first(ws), rejects(ws)
    facts = json.loads((folder / layout.FACTS).read_text())
    (folder / layout.FACTS).write_text(json.dumps({**facts, **values}))
    layout.write_sums(folder, refused)


def point_to_nothing(ws: Workspace) -> None:
    """Let the correction speak of a batch that never was, hashes included."""
    path, batch_id = corrected(ws, layout.SUPERSEDED), corrected(ws).name.removeprefix("batch=")
    query = f"select * replace ('abc' as batch) from {parquet([path])}"
    duckdb.execute(f"copy ({query}) to '{path}.new' (format parquet)")
    Path(f"{path}.new").replace(path)
    layout.write_sums(path.parent, ws.rejects / batch_id)


BATCH = "store/failures/batch="
MARCH = "month=2024-03/part-"

# What is done to the workspace, where the problem is, and what is said of it.
DAMAGE: dict[str, tuple[Callable[[Workspace], object], str, str]] = {
    "snapshot: altered": (lambda ws: flip(sealed(ws, "method.toml")), "/method.toml", "its hash"),
    "snapshot: gone": (lambda ws: sealed(ws, "method.toml").unlink(), "/method.toml", "missing"),
    "snapshot: foreign": (lambda ws: sealed(ws, "x.txt").write_text(""), "/x.txt", "no part"),
    "manifest": (lambda ws: sealed(ws, "manifest.json").write_text("{"), "/manifest.json", "cannot be read"),
    "pointer": (lambda ws: ws.current.write_text("0" * 64), "CURRENT", "not there"),
    "facts: altered": (lambda ws: flip(first(ws, layout.FACTS)), "/batch.json", "its hash"),
    "facts: gone": (lambda ws: first(ws, layout.FACTS).unlink(), "/batch.json", "missing"),
    "facts: of another": (lambda ws: state(ws, batch="f" * 64), BATCH, "another batch"),
    "facts: unknown": (lambda ws: state(ws, colour="red"), BATCH, "cannot be read"),
    "rows: count": (lambda ws: state(ws, rows_accepted=3), BATCH, "there are 2 accepted rows, not 3"),
    "rows: altered": (lambda ws: flip(march(ws)), MARCH, "its hash"),
    "rows: gone": (lambda ws: shutil.rmtree(march(ws).parent), MARCH, "missing"),
    "rows: foreign": (lambda ws: shutil.copy(march(ws), first(ws, "part-9.parquet")), "part-9", "no part"),
    "index: altered": (lambda ws: flip(first(ws, layout.IDS)), "/ids.parquet", "its hash"),
    "sums: gone": (lambda ws: first(ws, layout.SUMS).unlink(), BATCH, "sums.json cannot be read"),
    "sums: unreadable": (
        lambda ws: first(ws, layout.SUMS).write_text("[]"),
        BATCH,
        "sums.json cannot be read",
    ),
    "entries: altered": (
        lambda ws: flip(corrected(ws, layout.SUPERSEDED)),
        "/superseded.parquet",
        "its hash",
    ),
    "entries: to nothing": (point_to_nothing, BATCH, "not there: abc"),
    "rejects: gone": (lambda ws: rejects(ws, "rows.parquet").unlink(), "/rows.parquet", "missing"),
    "rejects: altered": (lambda ws: flip(rejects(ws, "rows.parquet")), "/rows.parquet", "its hash"),
    "rejects: all gone": (lambda ws: shutil.rmtree(rejects(ws)), "/problems.parquet", "missing"),
    "rejects: count": (lambda ws: state(ws, rows_rejected=2), BATCH, "there are 1 rejected rows, not 2"),
    "source: foreign": (lambda ws: (ws.store / "weather").mkdir(), "store/weather", "no source"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_found_and_named(ws: Workspace, damage: str) -> None:
    harm, place, said = DAMAGE[damage]
    harm(ws)
    found = problems(ws)
    assert all(problem.place.startswith(("store/", "rejects/", "snapshots/", "CURRENT")) for problem in found)
    told = [place in problem.place and said in problem.en for problem in found]
    # A folder that is gone lacks each of its files.
    assert told == [True] if "all gone" not in damage else any(told) and len(told) == 2
    assert all(problem.zh.endswith("。") and problem.en.endswith(".") for problem in found)


def test_a_batch_a_snapshot_rests_on_is_missed(ws: Workspace) -> None:
    shutil.rmtree(first(ws))
    found = problems(ws)
    assert any("first.csv" in problem.en and "is gone" in problem.en for problem in found)
    # What corrected it points to it as well.
    assert any("not there" in problem.en for problem in found)


def test_all_damage_at_once(ws: Workspace) -> None:
    sealed(ws, "method.toml").unlink()
    sealed(ws, "x.txt").write_text("")
    march(ws).write_bytes(b"")
    corrected(ws, layout.FACTS).unlink()
    assert len(problems(ws)) == 4


def test_what_a_running_ingest_or_build_writes_is_no_damage(ws: Workspace) -> None:
    (ws.store / f"{layout.TEMPORARY}abc").mkdir()
    (ws.snapshots / f"{snapshot.TEMPORARY}abc").mkdir()
    assert problems(ws) == []
