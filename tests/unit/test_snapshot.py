"""Sealed snapshots: content ids, the pointer's rule, damage found, and kills that leave no half."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines import api, seal, snapshot
from pipelines.errors import EXIT_WORKSPACE, UserError
from pipelines.workspace import Workspace

ROOT = Path(__file__).parents[2]
METHOD = b'name = "core"\n'
GEOMETRY = b'{"type": "FeatureCollection", "features": []}'
TABLES = {"mart.top": ("a", "b"), "ref.region": ("region_id",)}


def make(ws: Workspace, *, batches: tuple[str, ...] = ("aa",), rows: int = 1000, threads: int = 2) -> str:
    """Seal a small snapshot resting on `batches`; its id."""
    con = duckdb.connect(":memory:", config={"threads": threads})
    con.execute("create schema mart; create schema ref")
    con.execute(
        f"create table mart.top as select i % 7 as a, i as b, (i % 13) / 7.0 as c, 'x' || i % 3 as d"
        f" from range({rows}) as r(i) order by hash(i)"
    )
    con.execute("create table ref.region as select '530000' as region_id, '云南省' as name_zh")
    return seal.seal(
        ws,
        con,
        TABLES,
        {},
        {snapshot.METHOD: METHOD, snapshot.geometry_file("county"): GEOMETRY},
        facts(batches),
        {"seconds": random.random()},
        lambda stage, done, total: None,
    )


def facts(batches: tuple[str, ...]) -> Mapping[str, Any]:
    return {
        "as_of": "2025-12-31",
        "batches": [{"source": "failures", "batch": b, "file": f"{b}.csv"} for b in batches],
    }


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    return Workspace.open(tmp_path / "home")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_sealed_twice_is_the_same_snapshot(ws: Workspace) -> None:
    first = make(ws)
    written = (ws.snapshots / first / snapshot.MANIFEST).stat().st_mtime_ns
    assert make(ws) == first
    assert names(ws.snapshots) == [first]
    assert (ws.snapshots / first / snapshot.MANIFEST).stat().st_mtime_ns == written
    assert snapshot.verify(ws.snapshots / first) == []


def test_bytes_do_not_depend_on_threads(ws: Workspace) -> None:
    # More rows than a row group, so that several threads would have something to share out.
    assert len({make(ws, rows=300_000, threads=threads) for threads in (1, 2, 4)}) == 1


def test_id_leaves_out_times_and_file_names_only(ws: Workspace) -> None:
    manifest = snapshot.read_manifest(ws.snapshots / make(ws))
    same = {**manifest, "times": {"seconds": 9}, "id": "x"}
    same["batches"] = [{**manifest["batches"][0], "file": "renamed.csv"}]
    assert snapshot.identity(same) == manifest["id"]
    assert snapshot.identity({**manifest, "as_of": "2025-12-30"}) != manifest["id"]
    assert snapshot.identity({**manifest, "batches": []}) != manifest["id"]


def test_reading_back(ws: Workspace) -> None:
    snapshot.publish(ws, made := make(ws))
    opened = api.open_snapshot(ws.home)
    assert opened.id == made == api.current_id(ws.home)
    frame = opened.frame("mart.top")
    assert frame is opened.frame("mart.top")
    assert frame.height == 1000 and frame.equals(frame.sort("a", "b"))
    assert opened.geometry("county") == GEOMETRY
    assert opened.method == {"name": "core"}
    assert api.open_snapshot(ws.home, made[:8]).id == made
    for missing in (lambda: opened.frame("mart.none"), lambda: opened.geometry("village")):
        with pytest.raises(KeyError):
            missing()


@pytest.mark.parametrize("wanted", [None, "abcdef12", "0" * 64, "../../etc"])
def test_no_such_snapshot_is_one_sentence(ws: Workspace, wanted: str | None) -> None:
    with pytest.raises(UserError) as caught:
        api.open_snapshot(ws.home, wanted)
    assert caught.value.exit_code == EXIT_WORKSPACE


def test_current_moves_only_to_a_superset_of_batches(ws: Workspace) -> None:
    small, large, other = (make(ws, batches=batches) for batches in (("aa",), ("aa", "bb"), ("aa", "cc")))
    assert snapshot.publish(ws, small) is None
    assert snapshot.publish(ws, large) is None
    for behind in (small, other):
        kept = snapshot.publish(ws, behind)
        assert kept is not None and behind[:12] in kept[0] and behind[:12] in kept[1]
        assert snapshot.current_id(ws) == large
    assert snapshot.publish(ws, large) is None


def test_a_pointer_to_nothing_is_replaced(ws: Workspace) -> None:
    ws.current.write_text("0" * 64)
    assert snapshot.publish(ws, made := make(ws)) is None
    assert snapshot.current_id(ws) == made


@pytest.mark.parametrize("damage", ["flip", "remove", "foreign", "manifest", "garbage"])
def test_damage_is_found_and_mended_by_the_next_seal(ws: Workspace, damage: str) -> None:
    made = make(ws)
    folder = ws.snapshots / made
    table, manifest = folder / "mart.top.parquet", folder / snapshot.MANIFEST
    if damage == "flip":
        content = bytearray(table.read_bytes())
        content[len(content) // 2] ^= 1
        table.write_bytes(content)
    elif damage == "remove":
        table.unlink()
    elif damage == "foreign":
        (folder / "note.txt").write_text("")
    elif damage == "manifest":
        manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "as_of": "2020-01-01"}))
    else:
        manifest.write_text("[]")
    expected = {"flip": table.name, "remove": table.name, "foreign": "note.txt"}.get(
        damage, snapshot.MANIFEST
    )
    assert snapshot.verify(folder) == [expected]
    assert make(ws) == made
    assert snapshot.verify(folder) == []
    snapshot.clear_temporary(ws)
    assert names(ws.snapshots) == [made]


WORKER = """
import sys, time
from pathlib import Path
from tests.unit import test_snapshot as helper
from pipelines import snapshot
from pipelines.workspace import Workspace
ws = Workspace.open(Path(sys.argv[1]))
print("ready", flush=True)
for n in range(2, 100):
    snapshot.publish(ws, helper.make(ws, batches=tuple(f"{i:02}" for i in range(n)), rows=20_000))
"""


def test_killed_at_random_moments_current_is_always_valid(ws: Workspace) -> None:
    snapshot.publish(ws, make(ws, batches=("00",)))
    generator = random.Random(20251231)
    for _ in range(6):
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(ws.home)],
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert worker.stdout is not None and worker.stdout.readline() == b"ready\n"
        time.sleep(generator.uniform(0.05, 0.6))
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
        worker.stdout.close()
        assert snapshot.verify(ws.snapshots / snapshot.current_id(ws)) == []
        finished = [name for name in names(ws.snapshots) if not name.startswith(snapshot.TEMPORARY)]
        assert all(snapshot.verify(ws.snapshots / name) == [] for name in finished)
    snapshot.clear_temporary(ws)
    assert not [name for name in names(ws.snapshots) if name.startswith(snapshot.TEMPORARY)]
    assert snapshot.publish(ws, made := make(ws, batches=tuple(f"{i:02}" for i in range(200)))) is None
    assert snapshot.current_id(ws) == made
