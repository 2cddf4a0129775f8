"""A build that keeps what did not change seals what a build from nothing seals, and does less.

Histories of batches — new months, corrections, moved records, replaced files — are drawn at random; after
each step the snapshot made with what earlier builds kept is compared with one made without.
"""

from __future__ import annotations

import logging
import random
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from pipelines import snapshot
from pipelines.build import build
from pipelines.ingest import ingest_file
from pipelines.shelf import Shelf, key_of
from pipelines.store import layout
from pipelines.workspace import Workspace

REGIONS = ("530102", "530103", "532301", "533103")
HEADER = "case_id,region,case_type,registered_date,transferred_date,repeat_flag,recorded_at"
FAILURES = """record_id,region,source,severity,event_date,entered_date,recorded_at
F1,530102,违约失信,严重,2022-10-05,2022-10-20,2022-10-31
F2,530103,违约失信,一般,2023-03-05,2023-03-20,2023-03-31
"""


def take(ws: Workspace, name: str, text: str, **options: object) -> str:
    """Ingest a text as a file; the id of its batch."""
    path = ws.home.parent / name
    path.write_text(text, encoding="utf-8")
    report = ingest_file(ws, path, received=date(2024, 12, 31), **options)  # type: ignore[arg-type]
    assert report.rows_rejected == 0, report.problems
    return report.batch


def petitions(draw: random.Random, ids: list[str], year: int) -> str:
    rows = [HEADER]
    for identity in ids:
        day = date(year, draw.randint(1, 12), draw.randint(1, 28))
        later = min(day + timedelta(draw.randint(0, 200)), date(2024, 12, 31))
        flag = draw.choice(("初件", "重件"))
        rows.append(f"{identity},{draw.choice(REGIONS)},申诉求决,{day},{day},{flag},{later}")
    return "\n".join(rows) + "\n"


def made_from_nothing(ws: Workspace, as_of: date | None = None) -> str:
    """The id of the same store built without anything kept."""
    bare = Workspace.open(ws.home.parent / "bare")
    shutil.rmtree(bare.home)
    shutil.copytree(ws.home, bare.home, ignore=shutil.ignore_patterns("cache", "snapshots", "CURRENT"))
    return build(Workspace.open(bare.home), as_of=as_of).snapshot_id


@pytest.mark.parametrize("seed", [1])
def test_what_is_kept_never_changes_a_snapshot(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    ws = Workspace.open(tmp_path / "home")
    take(ws, "f.csv", FAILURES)
    ids = [f"P{number}" for number in range(12)]
    batches = []
    for step in range(3):
        chosen = [*draw.sample(ids, 7), f"N{step}"]
        replaced = [draw.choice(batches)] if batches and draw.random() < 0.5 else []
        text = petitions(draw, chosen, draw.randint(2023, 2024))
        batches.append(take(ws, f"p{step}.csv", text, replaces=replaced))
        assert build(ws).snapshot_id == made_from_nothing(ws)
        past = date(draw.randint(2023, 2024), draw.randint(1, 12), 1)
        assert build(ws, as_of=past).snapshot_id == made_from_nothing(ws, past)


def counted(caplog: pytest.LogCaptureFixture, ws: Workspace) -> tuple[str, set[str]]:
    """Build; what the log says of the cells, and the relations whose windows were made."""
    caplog.clear()
    with caplog.at_level(logging.DEBUG, "zhengxin.build"):
        build(ws)
    lines = [record.getMessage() for record in caplog.records]
    cells = next(line for line in lines if line.startswith("cell.petition"))
    return cells, {line.split(" ")[0] for line in lines if " in " in line}


def test_only_what_changed_is_made(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    ws = Workspace.open(tmp_path / "home")
    take(ws, "f.csv", FAILURES)
    rows = [f"P{m},530102,申诉求决,2023-{m:02d}-05,,初件,2023-{m:02d}-28" for m in range(1, 13)]
    take(ws, "p.csv", "\n".join([HEADER, *rows]) + "\n")
    cells, made = counted(caplog, ws)
    assert cells == "cell.petition: 12 of 12 months counted" and "mart.indicator_value" in made
    cells, made = counted(caplog, ws)
    assert cells == "cell.petition: 0 of 12 months counted" and "mart.indicator_value" not in made
    take(ws, "q.csv", f"{HEADER}\nQ,530103,申诉求决,2023-12-09,,初件,2023-12-30\n")
    cells, made = counted(caplog, ws)
    assert cells == "cell.petition: 1 of 12 months counted" and "mart.indicator_value" in made
    years = {
        path.name for path in (ws.snapshots / snapshot.current_id(ws) / "mart.indicator_value").iterdir()
    }
    assert years == {f"{year}.parquet" for year in (2022, 2023)}


def test_a_damaged_piece_is_made_again(tmp_path: Path) -> None:
    ws = Workspace.open(tmp_path / "home")
    take(ws, "f.csv", FAILURES)
    take(ws, "p.csv", petitions(random.Random(1), ["P1", "P2", "P3"], 2023))
    first = build(ws).snapshot_id
    pieces = sorted(ws.cache.rglob("*.parquet"))
    assert len(pieces) > 5
    for path in pieces:
        path.write_bytes(path.read_bytes()[:-9] + b"damaged!!")
    shutil.rmtree(ws.snapshots)
    assert build(ws).snapshot_id == first and not snapshot.verify(ws.snapshots / first)
    shutil.rmtree(ws.cache)
    assert build(ws).snapshot_id == first


def test_the_shelf_forgets_what_is_long_unused(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "x")
    for number in range(9):
        shelf.put(key_of(number), lambda path, number=number: path.write_bytes(bytes([number])))
    assert shelf.find(key_of(0)) is not None
    shelf.prune({key_of(0), key_of(8)})
    assert sorted(path.read_bytes()[0] for path in shelf.folder.iterdir()) == [0, 2, 3, 4, 5, 6, 7, 8]
    shelf.prune({key_of(8)})
    assert len(list(shelf.folder.iterdir())) == 4 and shelf.find(key_of(1)) is None


def test_a_replacement_withdraws_what_it_omits_from_the_day_it_came(tmp_path: Path) -> None:
    ws = Workspace.open(tmp_path / "home")
    first = take(
        ws,
        "a.csv",
        f"{HEADER}\nP1,530102,申诉求决,2024-01-05,,,2024-02-01\nP2,530103,申诉求决,2024-01-06,,,2024-02-01\n",
    )
    before = build(ws, as_of=date(2024, 2, 29)).snapshot_id
    second = take(
        ws, "b.csv", f"{HEADER}\nP1,530111,申诉求决,2024-01-05,,,2024-01-31\n", replaces=[first[:8]]
    )
    info = layout.read_info(layout.batch_path(ws.store, "petitions", second))
    assert (info.replaces, info.withdrawn) == ((first,), 1)

    def volume(as_of: date) -> dict[str, float]:
        path = build(ws, as_of=as_of).path
        rows = snapshot.Snapshot(path).frame("core.measure").filter(measure="petition_volume")
        return {r["region_id"]: r["value"] for r in rows.iter_rows(named=True) if r["value"]}

    # The new row is older than the one it replaces and wins all the same; P2 stands until the file came.
    assert volume(date(2024, 3, 31)) == {"530111": 1.0, "530103": 1.0}
    assert volume(date(2024, 12, 31)) == {"530111": 1.0}
    assert before != build(ws, as_of=date(2024, 2, 29)).snapshot_id
