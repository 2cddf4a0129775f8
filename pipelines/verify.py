"""Is everything a workspace keeps still as it was written: snapshots and batches by hash, and the whole.

`check_snapshots` reads every file of a snapshot again and compares hashes with its manifest (`pipelines/
snapshot.py`). `check_store` does so for every batch and its rejected rows (`pipelines/store/layout.py`), and
then asks what hashes cannot tell: whether counts agree, whether every batch that another or a snapshot speaks
of is there. All problems are found, none is mended; each says what to do.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines import snapshot
from pipelines.contracts import CONTRACTS
from pipelines.errors import UserError
from pipelines.sqltext import parquet
from pipelines.store import layout
from pipelines.workspace import Workspace

Progress = Callable[[str, int, int], None]
_FORMAT_FILE = "FORMAT"
# What a file that cannot be read or understood raises.
_UNREADABLE = (OSError, ValueError, KeyError, TypeError, AttributeError)
_RESTORE = (
    "请从备份恢复该文件夹;没有备份时移走它,再导入原文件",
    "restore the folder from a backup, or move it away and ingest the file again",
)
_SAID = {
    "missing": ("文件不见了", "the file is missing"),
    "altered": ("内容与写入时的校验值不符", "its hash is not the one it was written with"),
    "foreign": ("不属于这个批次", "it is no part of the batch"),
}


@dataclass(frozen=True)
class Problem:
    """One thing that is damaged: where in the workspace, and a sentence in Chinese and English."""

    place: str
    zh: str
    en: str


def check_snapshots(folders: Collection[Path], progress: Progress) -> list[Problem]:
    """What is damaged in the snapshots of these folders; one removed meanwhile is not damaged."""
    problems: list[Problem] = []
    for done, folder in enumerate(folders):
        progress("verify", done, len(folders))
        found = [_snapshot_problem(folder, name) for name in snapshot.verify(folder)]
        problems += found if folder.is_dir() else []
    return problems


def check_pointer(ws: Workspace) -> list[Problem]:
    """Whether CURRENT names a snapshot that is there; a workspace without CURRENT has none yet."""
    if not ws.current.exists():
        return []
    named = snapshot.current_id(ws)
    if (ws.snapshots / named / snapshot.MANIFEST).is_file():
        return []
    return [
        Problem(
            ws.current.name,
            f"CURRENT 所指的快照“{named[:12]}”不存在;请运行 zhengxin build。",
            f"CURRENT names the snapshot “{named[:12]}”, which is not there; run zhengxin build.",
        )
    ]


def check_store(ws: Workspace, progress: Progress) -> tuple[int, list[Problem]]:
    """How many batches the store holds, and everything that is damaged among them."""
    # A batch never changes once it is there; only the list must not change while it is made.
    with ws.exclusive("store"):
        folders = {source: layout.batch_paths(ws.store, source) for source in CONTRACTS}
        problems = [_foreign(path) for path in sorted(ws.store.iterdir()) if _is_foreign(path)]
    present = {source: {_id(path) for path in paths} for source, paths in folders.items()}
    problems += _lost_batches(ws, present)
    paths = [(source, path) for source, found in folders.items() for path in found]
    with duckdb.connect(":memory:", config={"threads": int(ws.settings.get("threads", 0)) or 2}) as con:
        for done, (source, path) in enumerate(paths):
            progress("verify", done, len(paths))
            problems += _Batch(con, ws, source, path).problems(present[source])
    return len(paths), problems


def _snapshot_problem(folder: Path, name: str) -> Problem:
    place = f"{folder.parent.name}/{folder.name}/{name}"
    advice = ("请运行 zhengxin build 重新生成", "run zhengxin build again")
    if name == snapshot.MANIFEST:
        return _problem(place, "清单读不出,或与快照编号不符", "it cannot be read or is not the id's", advice)
    if not (folder / name).is_file():
        return _problem(place, "文件不见了", "the file is missing", advice)
    if name not in snapshot.expected_files(snapshot.read_manifest(folder)):
        return _problem(place, "不属于这个快照", "it is no part of the snapshot", ("请移走", "move it away"))
    return _problem(place, "内容与清单中的校验值不符", "its hash is not the manifest's", advice)


def _problem(place: str, zh: str, en: str, advice: tuple[str, str] = _RESTORE) -> Problem:
    return Problem(place, f"{place}:{zh};{advice[0]}。", f"{place}: {en}; {advice[1]}.")


def _id(path: Path) -> str:
    return path.name.removeprefix("batch=")


def _is_foreign(path: Path) -> bool:
    """What is neither a source's folder, the format's number nor an ingest that is running."""
    return path.name not in {*CONTRACTS, _FORMAT_FILE} and not path.name.startswith(layout.TEMPORARY)


def _foreign(path: Path) -> Problem:
    place = f"{path.parent.name}/{path.name}"
    return _problem(
        place, "不是本版本认得的来源", "it is no source of this version", ("请移走", "move it away")
    )


def _lost_batches(ws: Workspace, present: dict[str, set[str]]) -> Iterator[Problem]:
    """Batches that a snapshot was made from and that the store does not hold any more."""
    lost: dict[tuple[str, str], str] = {}
    for path in sorted(ws.snapshots.glob(f"*/{snapshot.MANIFEST}")):
        try:
            batches = snapshot.read_manifest(path.parent)["batches"]
            named = {(batch["source"], batch["batch"]): str(batch.get("file", "")) for batch in batches}
        except (UserError, *_UNREADABLE):
            # The snapshot's own problem, and found there.
            continue
        lost |= {key: file for key, file in named.items() if key[1] not in present.get(key[0], ())}
    for (source, batch), file in sorted(lost.items()):
        place = f"store/{source}/batch={batch}"
        yield _problem(
            place, f"快照用过的批次(文件 {file})不见了", f"the batch of {file}, in a snapshot, is gone"
        )


@dataclass(frozen=True)
class _Batch:
    """One batch being read again."""

    con: duckdb.DuckDBPyConnection
    ws: Workspace
    source: str
    path: Path

    def problems(self, batches: Collection[str]) -> Iterator[Problem]:
        """Everything that is wrong with it; `batches` are the ids of its source."""
        try:
            damaged = layout.damaged_files(self.path, self.ws.rejects / _id(self.path))
        except _UNREADABLE as error:
            yield self._say(f"{layout.SUMS} 读不出({error})", f"{layout.SUMS} cannot be read ({error})")
            return
        yield from (_problem(self._place(name), *_SAID[state]) for name, state in damaged.items())
        if layout.FACTS not in damaged:
            yield from self._facts(rows_intact=not any(name.endswith(".parquet") for name in damaged))
        if layout.SUPERSEDED not in damaged and (self.path / layout.SUPERSEDED).is_file():
            yield from self._superseded(batches)

    def _facts(self, rows_intact: bool) -> Iterator[Problem]:
        """What the batch says about itself, against its name and its rows."""
        try:
            info = layout.read_info(self.path)
        except _UNREADABLE as error:
            yield self._say(f"{layout.FACTS} 读不出({error})", f"{layout.FACTS} cannot be read ({error})")
            return
        if (info.source, info.batch) != (self.source, _id(self.path)):
            yield self._say(f"{layout.FACTS} 写的是另一个批次", f"{layout.FACTS} speaks of another batch")
            return
        rejects = [self.ws.rejects / info.batch / "rows.parquet"]
        kinds = (
            ("收录", "accepted", layout.row_files(self.path), info.rows_accepted),
            ("退回", "rejected", rejects, info.rows_rejected),
        )
        for zh, en, files, count in kinds if rows_intact else ():
            if (found := self._count(files)) != count:
                yield self._say(
                    f"{zh}的有 {found:,} 行,应有 {count:,} 行",
                    f"there are {found:,} {en} rows, not {count:,}",
                )

    def _superseded(self, batches: Collection[str]) -> Iterator[Problem]:
        """Whether what it replaces, or is replaced by, points to batches that are there."""
        entries = parquet([self.path / layout.SUPERSEDED])
        named = self.con.execute(f"select distinct batch from {entries} order by batch").fetchall()
        if gone := [name[:12] for (name,) in named if name not in batches]:
            shown = ", ".join(gone)
            yield self._say(
                f"{layout.SUPERSEDED} 指向不存在的批次 {shown}",
                f"{layout.SUPERSEDED} points to batches not there: {shown}",
            )

    def _count(self, files: Iterable[object]) -> int:
        if not (listed := list(files)):
            return 0
        return int(self.con.execute(f"select count(*) from {parquet(listed)}").fetchall()[0][0])

    def _place(self, name: str = "") -> str:
        """Where a file of the batch, or the batch, lies in the workspace."""
        rejects = f"{layout.REJECTS}/"
        if name.startswith(rejects):
            return f"{self.ws.rejects.name}/{_id(self.path)}/{name.removeprefix(rejects)}"
        return (self.path / name).relative_to(self.ws.home).as_posix()

    def _say(self, zh: str, en: str) -> Problem:
        return _problem(self._place(), zh, en)
