"""A workspace: settings, folders, space, locks, leftovers, inbox, store, snapshot served, its calendar."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pipelines import calendar, snapshot
from pipelines.doctor.finding import Finding, State
from pipelines.errors import UserError
from pipelines.store import layout, reader
from pipelines.store.layout import BatchInfo
from pipelines.workspace import STORE_FORMAT, Workspace, sha256_of

# A query may spill up to 10 GB (pipelines/build.py); below the smaller figure not even a snapshot fits.
_ENOUGH_BYTES, _TOO_FEW_BYTES = 12e9, 1e9


def findings(home: Path | None, waiting: Callable[[Path], Iterable[Path]]) -> Iterator[Finding]:
    """All that can be said of the workspace at `home`; `waiting` lists the files of its inbox."""
    try:
        ws = Workspace.at(home)
    except UserError as error:
        yield Finding("settings", "fail", error.zh, error.en)
        return
    said = ", ".join(f"{name} = {value}" for name, value in ws.settings.items())
    yield Finding("settings", "ok", f"设置:{said or '默认'}。", f"Settings: {said or 'defaults'}.")
    if not ws.home.is_dir():
        yield Finding(
            "workspace",
            "warn",
            f"还没有工作区 {ws.home};第一次导入时会建立。",
            f"There is no workspace at {ws.home} yet; the first ingest makes it.",
        )
        return
    yield _writable(ws)
    yield _space(ws)
    yield _format(ws)
    held = _held(ws)
    yield _locks(held)
    yield _leftovers(ws, held)
    try:
        batches = reader.batches(ws)
    except (OSError, ValueError, KeyError, TypeError):
        damaged = "存储有损坏;请运行 zhengxin verify。", "The store is damaged; run zhengxin verify."
        yield Finding("store", "fail", *damaged)
        return
    yield _inbox(ws, waiting, batches)
    yield from _contents(ws, batches)


def _inbox(ws: Workspace, waiting: Callable[[Path], Iterable[Path]], batches: Sequence[BatchInfo]) -> Finding:
    """Whether every file of the inbox is in some batch; files are told apart by their bytes."""
    known = {batch.sha256 for batch in batches}
    try:
        names = [path.name for path in waiting(ws.inbox) if sha256_of(path) not in known]
    except UserError as error:
        return Finding("inbox", "fail", error.zh, error.en)
    if not names:
        return Finding("inbox", "ok", "收件箱里没有待导入的文件。", "Nothing is waiting in the inbox.")
    shown = ", ".join(names[:3]) + (" …" if len(names) > 3 else "")
    return Finding(
        "inbox",
        "warn",
        f"收件箱里有 {len(names)} 个文件没有导入({shown});请运行 zhengxin ingest {ws.inbox}。",
        f"{len(names)} files in the inbox are not ingested ({shown}); run zhengxin ingest {ws.inbox}.",
    )


def _writable(ws: Workspace) -> Finding:
    try:
        with tempfile.TemporaryFile(dir=ws.home):
            pass
    except OSError as error:
        return Finding(
            "workspace",
            "fail",
            f"工作区 {ws.home} 不能写入({error.strerror});请检查权限。",
            f"The workspace {ws.home} cannot be written to ({error.strerror}); check permissions.",
        )
    return Finding("workspace", "ok", f"工作区 {ws.home} 可以写入。", f"The workspace {ws.home} is writable.")


def _space(ws: Workspace) -> Finding:
    free = shutil.disk_usage(ws.home).free
    state: State = "ok" if free >= _ENOUGH_BYTES else "warn" if free >= _TOO_FEW_BYTES else "fail"
    advice = {
        "ok": ("", ""),
        "warn": (";大数据量时可能不够,请留意", "; that may be too little for much data"),
        "fail": (
            ";请腾出空间,如 zhengxin snapshots --keep 3",
            "; make room, e.g. zhengxin snapshots --keep 3",
        ),
    }[state]
    return Finding(
        "space",
        state,
        f"磁盘剩余 {free / 1e9:.1f} GB{advice[0]}。",
        f"{free / 1e9:.1f} GB of disk are free{advice[1]}.",
    )


def _format(ws: Workspace) -> Finding:
    path = ws.store / "FORMAT"
    if not any(ws.store.glob("*")):
        return Finding("format", "ok", "还没有存储。", "There is no store yet.")
    found = path.read_text(encoding="utf-8", errors="replace").strip() if path.is_file() else ""
    if found == STORE_FORMAT:
        return Finding("format", "ok", f"存储格式 {found}。", f"Store format {found}.")
    return Finding(
        "format",
        "fail",
        f"存储格式是“{found}”,本版本认“{STORE_FORMAT}”;请用写入它的版本,或从备份恢复 {path}。",
        f"The store's format is “{found}”, this version knows “{STORE_FORMAT}”; use the version that wrote it"
        f" or restore {path} from a backup.",
    )


def _held(ws: Workspace) -> list[str]:
    """Names of the locks that some process holds now."""
    held = []
    for path in sorted(ws.lock.glob("*")):
        try:
            with ws.exclusive(path.name, wait_seconds=0):
                pass
        except UserError:
            held.append(path.name)
    return held


def _locks(held: list[str]) -> Finding:
    if not held:
        return Finding("locks", "ok", "没有正在进行的导入或生成。", "No ingest and no build is running.")
    names = ", ".join(held)
    return Finding(
        "locks",
        "warn",
        f"另一个进程正在使用工作区({names});请等它结束。",
        f"Another process is using the workspace ({names}); wait for its end.",
    )


def _leftovers(ws: Workspace, held: list[str]) -> Finding:
    """Temporary folders whose owner is gone; the next ingest or build removes them."""
    places = ((ws.store, layout.TEMPORARY, "ingest"), (ws.snapshots, snapshot.TEMPORARY, "build"))
    left = [
        f"{folder.name}/{path.name}"
        for folder, prefix, lock in places
        if lock not in held
        for path in sorted(folder.glob(f"{prefix}*"))
    ]
    if not left:
        return Finding("leftovers", "ok", "没有残留的临时文件夹。", "No temporary folders are left.")
    shown = ", ".join(left[:3])
    return Finding(
        "leftovers",
        "warn",
        f"有 {len(left)} 个残留的临时文件夹({shown});下一次导入或生成时会清除。",
        f"{len(left)} temporary folders are left ({shown}); the next ingest or build removes them.",
    )


def _contents(ws: Workspace, batches: Sequence[BatchInfo]) -> Iterator[Finding]:
    """What is stored, what is served, and whether the second follows from the first."""
    if not batches:
        empty = "还没有导入数据;请运行 zhengxin ingest。", "Nothing is ingested; run zhengxin ingest."
        yield Finding("store", "warn", *empty)
        return
    count, rows = len(batches), sum(batch.rows_accepted for batch in batches)
    yield Finding(
        "store", "ok", f"存储:{count} 个批次,{rows:,} 行。", f"Store: {count} batches, {rows:,} rows."
    )
    yield _kind(batches)
    as_of = max((batch.last_recorded_at for batch in batches if batch.last_recorded_at), default=None)
    if not ws.current.exists():
        none = "还没有快照;请运行 zhengxin build。", "There is no snapshot yet; run zhengxin build."
        yield Finding("served", "warn", *none)
    else:
        try:
            manifest = snapshot.open_snapshot(ws).manifest
        except UserError as error:
            yield Finding("served", "fail", error.zh, error.en)
        else:
            as_of = date.fromisoformat(manifest["as_of"])
            yield _served(manifest, batches)
    if as_of:
        yield _holidays(as_of.year)


def _served(manifest: dict[str, Any], batches: Sequence[BatchInfo]) -> Finding:
    used = {batch["batch"] for batch in manifest["batches"]}
    newer = [batch for batch in batches if batch.rows_accepted and batch.batch not in used]
    said = f"{str(manifest['id'])[:12]}", manifest["as_of"]
    if newer:
        return Finding(
            "served",
            "warn",
            f"当前快照 {said[0]}(截至 {said[1]})没有用到 {len(newer)} 个批次;请运行 zhengxin build。",
            f"Snapshot {said[0]} (as of {said[1]}) does not use {len(newer)} batches; run zhengxin build.",
        )
    return Finding(
        "served",
        "ok",
        f"当前快照 {said[0]},截至 {said[1]}。",
        f"Snapshot {said[0]} is served, as of {said[1]}.",
    )


def _kind(batches: Sequence[BatchInfo]) -> Finding:
    invented = [batch.file for batch in batches if batch.synthetic]
    if not invented:
        return Finding("kind", "ok", "数据都不是演示数据。", "None of the data are sample data.")
    if len(invented) == len(batches):
        return Finding(
            "kind",
            "ok",
            "数据是演示数据(虚构),严禁引用。",
            "The data are sample data (invented), never to be quoted.",
        )
    return Finding(
        "kind",
        "warn",
        f"真实数据和演示数据(虚构,{len(invented)} 个文件,如 {invented[0]})混在一起;请为真实数据另建工作区。",
        f"Real and sample data (invented, {len(invented)} files such as {invented[0]}) are mixed; give the"
        " real ones a workspace of their own.",
    )


def _holidays(year: int) -> Finding:
    """Public holidays move deadlines; they are published a year at a time."""
    if not calendar.is_working_day(date(year, 10, 8))[1]:
        return Finding("holidays", "ok", f"节假日表覆盖 {year} 年。", f"The holiday table covers {year}.")
    return Finding(
        "holidays",
        "warn",
        f"节假日表没有 {year} 年,期限只按周末顺延;请更新程序库 chinesecalendar。",
        f"The holiday table lacks {year}, deadlines know weekends only; update the library chinesecalendar.",
    )
