"""Is everything a workspace keeps still as it was written: its snapshots by hash, its store by count.

`check_snapshots` reads every file of a snapshot again and compares hashes with its manifest (`pipelines/
snapshot.py`). `check_store` reads every row of every batch and compares with what the batch says about itself
(`pipelines/store/layout.py`): counts, the index of ids, entries of what it replaces, the rejected rows kept
beside it. All problems are found, none is mended; each says what to do.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
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
# Over a relation named w: makes the engine open every page of every column, which a count does not.
_EVERY_PAGE = "bit_xor(hash(w))"
_RESTORE = (
    "请从备份恢复该文件夹;没有备份时移走它,再导入原文件",
    "restore the folder from a backup, or move it away and ingest the file again",
)


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
            info = layout.read_info(self.path)
            is_this = (info.source, info.batch) == (self.source, _id(self.path))
        except _UNREADABLE as error:
            yield self._say(f"{layout.FACTS} 读不出({error})", f"{layout.FACTS} cannot be read ({error})")
            return
        if not is_this:
            yield self._say(f"{layout.FACTS} 写的是另一个批次", f"{layout.FACTS} speaks of another batch")
            return
        yield from self._rows(info)
        yield from self._superseded(batches)
        yield from self._rejects(info)

    def _rows(self, info: layout.BatchInfo) -> Iterator[Problem]:
        """Rows against the count and the index of ids, months against the list of them."""
        there = {folder.name.removeprefix("month=") for folder in self.path.glob("month=*")}
        if missing := sorted(set(info.months) - there):
            yield self._say(f"缺少月份 {'、'.join(missing)}", f"months are missing: {', '.join(missing)}")
        files = list(map(Path, layout.row_files(self.path)))
        index = self.path / layout.IDS
        rows = [self._read(file, "hash(id)") for file in files]
        ids = self._read(index, "id_hash")
        yield from (
            self._unreadable(f) for f, read in zip([*files, index], [*rows, ids], strict=True) if not read
        )
        if missing or ids is None or None in rows:
            return
        count = sum(read[0] for read in rows if read)
        if count != info.rows_accepted:
            yield self._say(
                f"有 {count:,} 行,应有 {info.rows_accepted:,} 行",
                f"there are {count:,} rows, {info.rows_accepted:,} were accepted",
            )
        mark = 0
        for read in rows:
            mark ^= read[1] if read else 0
        # Another engine hashes otherwise; then only the number of ids can be compared.
        same_hash = info.hash_probe == layout.hash_probe(self.con)
        if ids[0] != count or (same_hash and ids[1] != mark):
            yield self._say("编号索引与各行不符", "the index of ids is not that of its rows")

    def _superseded(self, batches: Collection[str]) -> Iterator[Problem]:
        """Whether what it replaces, or is replaced by, points to batches that are there."""
        file = self.path / layout.SUPERSEDED
        if not file.is_file():
            return
        query = f"select batch, {_EVERY_PAGE} from {parquet([file])} as w group by batch order by batch"
        try:
            named = self.con.execute(query).fetchall()
        except duckdb.Error:
            yield self._unreadable(file)
            return
        if gone := [name for name, _ in named if name not in batches]:
            shown = ", ".join(name[:12] for name in gone)
            yield self._say(
                f"{file.name} 指向不存在的批次 {shown}", f"{file.name} points to batches not there: {shown}"
            )

    def _rejects(self, info: layout.BatchInfo) -> Iterator[Problem]:
        """Whether the rows it refused are still kept with their reasons."""
        for name, count in (("rows", info.rows_rejected), ("problems", None)):
            file = self.ws.rejects / info.batch / f"{name}.parquet"
            read = self._read(file, "row")
            if read is None:
                yield self._unreadable(file)
            elif count is not None and read[0] != count:
                place = self._place(file)
                yield _problem(
                    place,
                    f"有 {read[0]:,} 行退回记录,应有 {count:,} 行",
                    f"there are {read[0]:,} rejected rows, {count:,} were rejected",
                )

    def _read(self, file: Path, mark: str) -> tuple[int, int] | None:
        """Number of rows and one number over all their `mark`s; None for a file that cannot be read whole."""
        query = f"select count(*), bit_xor({mark}::ubigint), {_EVERY_PAGE} from {parquet([file])} as w"
        try:
            count, number, _ = self.con.execute(query).fetchall()[0]
        except duckdb.Error:
            return None
        return int(count), int(number or 0)

    def _place(self, file: Path) -> str:
        return file.relative_to(self.ws.home).as_posix()

    def _unreadable(self, file: Path) -> Problem:
        said = ("读不出", "it cannot be read") if file.is_file() else ("文件不见了", "the file is missing")
        return _problem(self._place(file), *said)

    def _say(self, zh: str, en: str) -> Problem:
        return _problem(self._place(self.path), zh, en)
