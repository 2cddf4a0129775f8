"""Keeping snapshots: the newest and the served one stay, damaged ones are left alone, kills leave no half."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines import retention, seal, snapshot
from pipelines.errors import EXIT_WORKSPACE, UserError
from pipelines.workspace import Workspace

ROOT = Path(__file__).parents[2]


def make(ws: Workspace, day: int, built_at: str | None = "", synthetic: bool = False) -> str:
    """Seal a snapshot as of that day of 2025, built a day later unless said otherwise; its id."""
    con = duckdb.connect(":memory:")
    con.execute(
        f"create schema mart; create table mart.top as select i as a, {day} as b from range(50) as r(i)"
    )
    facts: dict[str, Any] = {"as_of": f"2025-01-{day:02}", "batches": [], "synthetic": synthetic}
    times = {"built_at": f"2025-02-{day:02}T08:00:00+08:00" if built_at == "" else built_at}
    return seal.seal(ws, con, {"mart.top": ("a",)}, {}, {}, facts, times, lambda stage, done, total: None)


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    return Workspace.open(tmp_path / "home")


def left(ws: Workspace) -> set[str]:
    return {path.name for path in ws.snapshots.iterdir()}


def ids(found: Sequence[retention.Entry]) -> list[str]:
    return [entry.id for entry in found]


def test_the_list_is_newest_first_and_says_what_each_is(ws: Workspace) -> None:
    first, second = make(ws, 1), make(ws, 2, synthetic=True)
    # Without a time of its own, the day its manifest was written: today, after all the others.
    undated = make(ws, 3, built_at=None)
    snapshot.publish(ws, first)
    found = retention.entries(ws)
    assert ids(found) == [undated, second, first]
    assert [(e.as_of, e.served, e.synthetic) for e in found] == [
        ("2025-01-03", False, False),
        ("2025-01-02", False, True),
        ("2025-01-01", True, False),
    ]
    assert all(e.bytes == sum(f.stat().st_size for f in e.path.iterdir()) for e in found)


def test_an_empty_workspace_has_none(ws: Workspace) -> None:
    assert retention.entries(ws) == [] == retention.prune(ws, 1)


@pytest.mark.parametrize(
    ("keep", "served", "stays"),
    [(1, 5, "5"), (2, 5, "45"), (1, 1, "15"), (2, 2, "245"), (5, 3, "12345"), (9, 3, "12345")],
)
def test_the_newest_and_the_served_one_stay(ws: Workspace, keep: int, served: int, stays: str) -> None:
    # Made in another order than they say they were built.
    made = {day: make(ws, day) for day in (3, 1, 5, 2, 4)}
    snapshot.publish(ws, made[served])
    removed = retention.prune(ws, keep)
    assert ids(removed) == [made[day] for day in sorted(made) if str(day) not in stays]
    assert left(ws) == {made[int(day)] for day in stays}
    assert snapshot.current_id(ws) == made[served]
    assert all(snapshot.verify(ws.snapshots / name) == [] for name in left(ws))


def test_times_with_different_offsets_are_compared_as_moments(ws: Workspace) -> None:
    early, late = make(ws, 1, "2025-02-01T09:00:00+08:00"), make(ws, 2, "2025-02-01T02:00:00+00:00")
    assert ids(retention.entries(ws)) == [late, early]


@pytest.mark.parametrize("content", ["[]", "{", '{"as_of": "2025-01-01", "times": {"built_at": "noon"}}'])
def test_damaged_ones_are_neither_counted_nor_removed(ws: Workspace, content: str) -> None:
    broken, old, new = make(ws, 1), make(ws, 2), make(ws, 3)
    (ws.snapshots / broken / snapshot.MANIFEST).write_text(content)
    assert [e.readable for e in retention.entries(ws)] == [True, True, False]
    assert ids(retention.prune(ws, 1)) == [old]
    assert left(ws) == {broken, new}


def test_nothing_is_removed_during_a_build(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    made = {make(ws, 1), make(ws, 2)}
    monkeypatch.setattr("pipelines.workspace.time.monotonic", iter(range(0, 1000, 20)).__next__)
    with ws.exclusive("build"), pytest.raises(UserError) as caught:
        retention.prune(ws, 1)
    assert caught.value.exit_code == EXIT_WORKSPACE
    assert left(ws) == made


WORKER = """
import sys, time
from pathlib import Path
from pipelines import retention
from pipelines.workspace import Workspace
def slowly(path):
    for file in Path(path).iterdir():
        print(file.name, flush=True)
        file.unlink()
        time.sleep(60)
retention.shutil.rmtree = slowly
retention.prune(Workspace.open(Path(sys.argv[1])), 1)
"""


def test_killed_while_removing_no_half_is_left_under_an_id(ws: Workspace) -> None:
    old, new = make(ws, 1), make(ws, 2)
    snapshot.publish(ws, new)
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(ws.home)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert worker.stdout is not None and worker.stdout.readline()
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    worker.stdout.close()
    (half,) = left(ws) - {new}
    assert old != half and half.startswith(snapshot.TEMPORARY)
    assert ids(retention.entries(ws)) == [new]
    assert retention.prune(ws, 1) == []
    assert left(ws) == {new}
    assert snapshot.verify(ws.snapshots / new) == []
