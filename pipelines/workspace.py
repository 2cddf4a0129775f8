"""The workspace: the folder where one installation keeps everything it receives and makes.

Folders are named here and nowhere else. The store is described in `pipelines/store`, snapshots
in `pipelines/snapshot.py`; settings of an installation stand in `zhengxin.toml` in the folder.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pipelines.errors import EXIT_WORKSPACE, UserError

STORE_FORMAT = "1"
HOME_VARIABLE = "ZHENGXIN_HOME"
DEFAULT_HOME = Path("data")
SETTINGS: Mapping[str, type] = MappingProxyType({"threads": int, "memory_limit": str, "max_temp_size": str})
_POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Workspace:
    """The paths of one workspace and the settings found in it."""

    home: Path
    settings: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def inbox(self) -> Path:
        """Folder where departments' files may be dropped before they are ingested."""
        return self.home / "inbox"

    @property
    def store(self) -> Path:
        """Folder of accepted records, one immutable folder per batch."""
        return self.home / "store"

    @property
    def rejects(self) -> Path:
        """Folder of rejected rows with their reasons, one folder per batch."""
        return self.home / "rejects"

    @property
    def cache(self) -> Path:
        """Folder of cells that can be computed again; safe to delete."""
        return self.home / "cache"

    @property
    def priors(self) -> Path:
        """Folder of the priors, one file per method and year; declared inputs, not to be computed again."""
        return self.home / "priors"

    @property
    def ledger(self) -> Path:
        """Folder of the ledger of issued warnings, one file per method; a declared input, only added to."""
        return self.home / "ledger"

    @property
    def snapshots(self) -> Path:
        """Folder of sealed snapshots, one folder per id."""
        return self.home / "snapshots"

    @property
    def current(self) -> Path:
        """File that holds the id of the snapshot being served."""
        return self.home / "CURRENT"

    @property
    def logs(self) -> Path:
        """Folder of rotating logs."""
        return self.home / "logs"

    @property
    def lock(self) -> Path:
        """Folder of lock files (the files stay; only the system's lock on them counts)."""
        return self.home / "locks"

    @classmethod
    def open(cls, home: Path | None = None) -> Workspace:
        """The workspace at `home`, else at ZHENGXIN_HOME, else at ./data; folders are made.

        Raises UserError when the folder cannot be made, its settings cannot be read, or its store
        was written in a format this version does not know.
        """
        ws = cls.at(home)
        kept = (ws.store, ws.rejects, ws.priors, ws.ledger, ws.snapshots)
        folders = (ws.home, ws.inbox, *kept, ws.cache, ws.logs, ws.lock)
        try:
            for folder in folders:
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(
                f"无法在 {ws.home} 建立工作区({error.strerror}),请检查权限或用 --home 另选文件夹。",
                f"Cannot make the workspace at {ws.home} ({error.strerror}); check permissions or use another"
                " folder with --home.",
                EXIT_WORKSPACE,
            ) from error
        _check_format(ws.store / "FORMAT")
        return ws

    @classmethod
    def at(cls, home: Path | None = None) -> Workspace:
        """The same workspace without making or checking anything (for readers)."""
        path = Path(home or os.environ.get(HOME_VARIABLE) or DEFAULT_HOME).expanduser().absolute()
        return cls(path, _read_settings(path / "zhengxin.toml"))

    @contextmanager
    def exclusive(self, name: str, wait_seconds: float = 10.0) -> Iterator[None]:
        """Hold the lock `name` of this workspace; nobody else holds it meanwhile.

        The system drops the lock when the process ends, however it ends. Raises UserError when
        somebody else still holds it after `wait_seconds`.
        """
        self.lock.mkdir(parents=True, exist_ok=True)
        deadline = time.monotonic() + wait_seconds
        with open(self.lock / name, "a+b") as handle:
            while not _try_lock(handle.fileno()):
                if time.monotonic() >= deadline:
                    raise UserError(
                        f"工作区 {self.home} 的“{name}”正被另一个进程使用,请等它结束后重试。",
                        f"Another process is using “{name}” of the workspace {self.home}; try again later.",
                        EXIT_WORKSPACE,
                    )
                time.sleep(_POLL_SECONDS)
            try:
                yield
            finally:
                _unlock(handle.fileno())


def sha256_of(path: Path) -> str:
    """sha256 of a file, in hexadecimal digits. Raises OSError when it cannot be read."""
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def fsync_folder(folder: Path) -> None:
    """Make the names inside `folder` durable (a no-op where folders cannot be opened)."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_atomically(path: Path, content: bytes) -> None:
    """Write `content` to `path` so that a reader sees the old bytes or the new ones, never half."""
    temporary = path.with_name(f".tmp-{path.name}-{os.getpid()}-{time.monotonic_ns()}")
    with open(temporary, "wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    os.replace(temporary, path)
    fsync_folder(path.parent)


def _check_format(path: Path) -> None:
    """Write the store's format number if there is none; refuse one this version does not know."""
    if not path.exists():
        write_atomically(path, f"{STORE_FORMAT}\n".encode())
        return
    found = path.read_text(encoding="utf-8").strip()
    if found != STORE_FORMAT:
        raise UserError(
            f"{path} 写的存储格式是“{found}”,本版本只认“{STORE_FORMAT}”,请使用写入它的版本或新建工作区。",
            f"{path} says store format “{found}”, this version knows “{STORE_FORMAT}” only; use the version"
            " that wrote it or a new workspace.",
            EXIT_WORKSPACE,
        )


def _read_settings(path: Path) -> Mapping[str, Any]:
    """The settings of `zhengxin.toml` (empty when there is none), each of a known name and type."""
    if not path.is_file():
        return MappingProxyType({})
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(
            f"{path} 不是有效的 TOML 文件({error}),请改正。",
            f"{path} is not valid TOML ({error}); correct it.",
            EXIT_WORKSPACE,
        ) from error
    for name, value in settings.items():
        if type(value) is not SETTINGS.get(name):
            known = ", ".join(f"{key} ({kind.__name__})" for key, kind in SETTINGS.items())
            raise UserError(
                f"{path} 中的 {name} = {value!r} 不是已知的设置,可用的是:{known}。",
                f"{name} = {value!r} in {path} is not a known setting; there are: {known}.",
                EXIT_WORKSPACE,
            )
    return MappingProxyType(settings)


if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> bool:
        """Lock the first byte without waiting; whether it worked."""
        os.lseek(descriptor, 0, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(descriptor: int) -> None:
        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        """Lock the file without waiting; whether it worked."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
