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
    """Damage the bytes where a Parquet file's first page begins, behind its four letters."""
    content = bytearray(path.read_bytes())
    content[4:12] = bytes(byte ^ 0xFF for byte in content[4:12])
    path.write_bytes(content)


def rewrite(path: Path, query: str) -> None:
    """Replace a Parquet file by a query over it."""
    made = path.with_suffix(".new")
    duckdb.execute(f"copy ({query.format(parquet([path]))}) to '{made}' (format parquet)")
    made.replace(path)


def test_an_intact_workspace_has_no_problems(ws: Workspace) -> None:
    assert problems(ws) == []
    assert verify.check_store(ws, lambda stage, done, total: None)[0] == 2


def test_an_empty_workspace_has_no_problems(tmp_path: Path) -> None:
    assert problems(Workspace.open(tmp_path / "new")) == []


def first(ws: Workspace, name: str = "") -> Path:
    return batch(ws, "first.csv") / name


def corrected(ws: Workspace, name: str) -> Path:
    return batch(ws, "corrected.csv") / name


def march(ws: Workspace) -> Path:
    (path,) = first(ws, "month=2024-03").iterdir()
    return path


def rejects(ws: Workspace) -> Path:
    return ws.rejects / first(ws).name.removeprefix("batch=") / "rows.parquet"


def sealed(ws: Workspace, name: str) -> Path:
    return ws.snapshots / snapshot.current_id(ws) / name


def state(ws: Workspace, **values: object) -> None:
    """Let the first batch say something else about itself."""
    facts = json.loads(first(ws, layout.FACTS).read_text())
    first(ws, layout.FACTS).write_text(json.dumps({**facts, **values}))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


OTHER_ID = "select * replace ('F9' as id) from {}"
OTHER_BATCH = "select * replace ('abc' as batch) from {}"
BATCH = "store/failures/batch="
MARCH = "month=2024-03/part-"

# What is done to the workspace, where the problem is, and what is said of it.
DAMAGE: dict[str, tuple[Callable[[Workspace], object], str, str]] = {
    "snapshot: altered": (lambda ws: flip(sealed(ws, "method.toml")), "/method.toml", "its hash"),
    "snapshot: gone": (lambda ws: sealed(ws, "method.toml").unlink(), "/method.toml", "missing"),
    "snapshot: foreign": (lambda ws: sealed(ws, "x.txt").write_text(""), "/x.txt", "no part"),
    "manifest": (lambda ws: sealed(ws, "manifest.json").write_text("{"), "/manifest.json", "cannot be read"),
    "pointer": (lambda ws: ws.current.write_text("0" * 64), "CURRENT", "not there"),
    "facts: unreadable": (lambda ws: first(ws, layout.FACTS).write_text("{"), BATCH, "cannot be read"),
    "facts: gone": (lambda ws: first(ws, layout.FACTS).unlink(), BATCH, "cannot be read"),
    "facts: a key is gone": (lambda ws: first(ws, layout.FACTS).write_text("{}"), BATCH, "cannot be read"),
    "facts: of another": (lambda ws: state(ws, batch="f" * 64), BATCH, "another batch"),
    "rows: count": (lambda ws: state(ws, rows_accepted=3), BATCH, "there are 2 rows, 3 were accepted"),
    "rows: altered": (lambda ws: flip(march(ws)), MARCH, "cannot be read"),
    "rows: cut": (lambda ws: cut(march(ws)), MARCH, "cannot be read"),
    "rows: gone": (lambda ws: shutil.rmtree(march(ws).parent), BATCH, "months are missing: 2024-03"),
    "rows: of another id": (lambda ws: rewrite(march(ws), OTHER_ID), BATCH, "index of ids"),
    "index: altered": (lambda ws: flip(first(ws, layout.IDS)), layout.IDS, "cannot be read"),
    "index: gone": (lambda ws: first(ws, layout.IDS).unlink(), layout.IDS, "missing"),
    "entries: to nothing": (
        lambda ws: rewrite(corrected(ws, layout.SUPERSEDED), OTHER_BATCH),
        BATCH,
        "not there: abc",
    ),
    "entries: altered": (
        lambda ws: flip(corrected(ws, layout.SUPERSEDED)),
        layout.SUPERSEDED,
        "cannot be read",
    ),
    "rejects: gone": (lambda ws: rejects(ws).unlink(), "/rows.parquet", "missing"),
    "rejects: fewer": (
        lambda ws: rewrite(rejects(ws), "select * from {} limit 0"),
        "/rows.parquet",
        "there are 0 rejected rows, 1",
    ),
    "source: foreign": (lambda ws: (ws.store / "weather").mkdir(), "store/weather", "no source"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_found_and_named(ws: Workspace, damage: str) -> None:
    harm, place, said = DAMAGE[damage]
    harm(ws)
    found = problems(ws)
    assert [place in problem.place and said in problem.en for problem in found] == [True]
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
