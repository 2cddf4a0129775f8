"""A consistent copy of a workspace while others use it: one tar file, or a folder.

Batches and snapshots never change once they are there, so a moment's list of them is enough: the lock of the
store is held while the list is made, not while files are copied. A build or an ingest that ends meanwhile is
simply not part of the copy. The copy is a workspace: once it is unpacked, `zhengxin build` gives the same id.

In it: settings, store, rejects, priors, ledger, CURRENT and the snapshot it names (or all), the casebook. Not
in it: the inbox (departments have those files), cache, logs and locks, which are made anew.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tarfile
import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from pipelines import retention, verify
from pipelines.contracts import CONTRACTS
from pipelines.errors import EXIT_WORKSPACE, UserError
from pipelines.store import layout
from pipelines.workspace import Workspace, fsync_folder

CASEBOOK = "casebook.sqlite"
SETTINGS = "zhengxin.toml"
_SUFFIX = ".tar"
_TEMPORARY = ".tmp-"

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Copy:
    """What a backup holds: where it is, its files and their bytes, and what of the workspace is in it."""

    path: Path
    files: int
    bytes: int
    batches: int
    snapshots: tuple[str, ...]
    casebook: bool


@dataclass(frozen=True)
class _Plan:
    """What to copy: each file with its name inside the copy, and what CURRENT says."""

    files: tuple[tuple[Path, str], ...]
    current: str | None
    batches: int
    snapshots: tuple[str, ...]


def backup(ws: Workspace, target: Path, *, every_snapshot: bool, progress: Progress) -> Copy:
    """Copy the workspace to `target`, a tar file where its name ends in .tar, else a folder.

    Nothing stands at `target` before the copy is whole. Raises UserError when something is there already,
    when it cannot be written, or when a snapshot was removed while it was copied.
    """
    if target.exists() or target.is_symlink():
        raise UserError(
            f"{target} 已经存在,备份不覆盖任何文件;请另取名字。",
            f"{target} exists already, and a backup overwrites nothing; choose another name.",
            EXIT_WORKSPACE,
        )
    temporary = target.with_name(f"{_TEMPORARY}{target.name}-{uuid.uuid4().hex}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=_TEMPORARY, dir=target.parent) as scratch:
            plan = _plan(ws, every_snapshot)
            made = _made(ws, plan, Path(scratch))
            members = [*plan.files, *made]
            write = _write_tar if target.suffix == _SUFFIX else _write_folder
            write(temporary, members, progress)
        os.rename(temporary, target)
        fsync_folder(target.parent)
    except FileNotFoundError as error:
        raise UserError(
            f"备份时 {error.filename} 不见了(可能有快照刚被删除),请再试一次。",
            f"{error.filename} went away during the backup (perhaps a snapshot just removed); try again.",
            EXIT_WORKSPACE,
        ) from error
    except OSError as error:
        raise UserError(
            f"备份不能写到 {target}({error.strerror}),请检查权限和磁盘空间。",
            f"The backup cannot be written to {target} ({error.strerror}); check permissions and space.",
            EXIT_WORKSPACE,
        ) from error
    finally:
        _discard(temporary)
    size = sum(path.stat().st_size for path in _files(target))
    casebook = any(name == CASEBOOK for _, name in made)
    return Copy(target, len(members), size, plan.batches, plan.snapshots, casebook)


def problems(copy: Path, progress: Progress) -> list[verify.Problem]:
    """What is damaged in a backup: a tar file is unpacked beside itself, a folder checked where it is."""
    with tempfile.TemporaryDirectory(prefix=_TEMPORARY, dir=copy.parent) as name:
        home = copy
        if copy.is_file():
            home = Path(name)
            with tarfile.open(copy) as archive:
                archive.extractall(home, filter="data")
        # Opening a folder adds the empty ones of a workspace to it, as the first use of the copy would.
        ws = Workspace.open(home)
        folders = [entry.path for entry in retention.entries(ws)]
        found = [*verify.check_pointer(ws), *verify.check_snapshots(folders, progress)]
        return found + verify.check_store(ws, progress)[1]


def _plan(ws: Workspace, every_snapshot: bool) -> _Plan:
    # Read before the batches are listed: a snapshot's batches are always there before it is.
    current = ws.current.read_text(encoding="utf-8").strip() if ws.current.exists() else None
    with ws.exclusive("store"):
        batches = [path for source in CONTRACTS for path in layout.batch_paths(ws.store, source)]
    folders = [*batches, *(ws.rejects / path.name.removeprefix("batch=") for path in batches)]
    wanted = [entry.id for entry in retention.entries(ws) if every_snapshot or entry.id == current]
    folders += [ws.snapshots / snapshot_id for snapshot_id in wanted]
    single = [path for path in (ws.home / SETTINGS, ws.store / "FORMAT") if path.is_file()]
    single += [*sorted(ws.priors.glob("*.json")), *sorted(ws.ledger.glob("*.jsonl"))]
    files = [*single, *(file for folder in folders for file in _files(folder))]
    named = tuple((path, path.relative_to(ws.home).as_posix()) for path in files)
    return _Plan(named, current, len(batches), tuple(wanted))


def _made(ws: Workspace, plan: _Plan, scratch: Path) -> list[tuple[Path, str]]:
    """Files whose content is taken at one moment: CURRENT, and the casebook, which others may write to."""
    made = []
    if plan.current is not None:
        (scratch / ws.current.name).write_text(f"{plan.current}\n", encoding="utf-8")
        made.append((scratch / ws.current.name, ws.current.name))
    if (ws.home / CASEBOOK).is_file():
        _copy_database(ws.home / CASEBOOK, scratch / CASEBOOK)
        made.append((scratch / CASEBOOK, CASEBOOK))
    return made


def _copy_database(source: Path, target: Path) -> None:
    """A consistent copy of a database in use, with what its write-ahead log holds."""
    try:
        with (
            closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True)) as old,
            closing(sqlite3.connect(target)) as new,
        ):
            old.backup(new)
    except sqlite3.Error as error:
        raise UserError(
            f"{source} 读不出({error}),没有备份;请检查该文件。",
            f"{source} cannot be read ({error}), so nothing was backed up; check that file.",
            EXIT_WORKSPACE,
        ) from error


def _files(path: Path) -> Iterator[Path]:
    """The file itself, or every file below a folder, in order."""
    if path.is_file():
        yield path
    else:
        yield from sorted(file for file in path.rglob("*") if file.is_file())


def _write_tar(target: Path, members: Iterable[tuple[Path, str]], progress: Progress) -> None:
    """Uncompressed: nearly all of it is compressed already."""
    listed = list(members)
    with open(target, "wb") as handle:
        with tarfile.open(fileobj=handle, mode="w", format=tarfile.PAX_FORMAT) as archive:
            for done, (path, name) in enumerate(listed):
                progress("backup", done, len(listed))
                archive.add(path, name, recursive=False, filter=_anonymous)
        handle.flush()
        os.fsync(handle.fileno())


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Who made the copy, and on which machine, is nobody's business."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def _write_folder(target: Path, members: Iterable[tuple[Path, str]], progress: Progress) -> None:
    listed = list(members)
    target.mkdir()
    for done, (path, name) in enumerate(listed):
        progress("backup", done, len(listed))
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target / name)


def _discard(path: Path) -> None:
    """Remove what a failed backup wrote."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    elif path.is_file():
        path.unlink()
