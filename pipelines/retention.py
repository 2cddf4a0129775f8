"""Which snapshots a workspace holds, and which may go: listing and removing old ones.

Reading one is in `pipelines/snapshot.py`. A snapshot being removed is renamed first: whoever is killed in
between leaves a temporary folder, which the next build or removal clears, and never half a snapshot.
"""

from __future__ import annotations

import logging
import shutil
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipelines import snapshot
from pipelines.errors import UserError
from pipelines.workspace import Workspace, fsync_folder

log = logging.getLogger("zhengxin.snapshots")


@dataclass(frozen=True)
class Entry:
    """One snapshot of the list: what it shows, when it was made, its size in bytes, whether it is served.

    `as_of`, `built_at` and `synthetic` are null where the manifest cannot be read (`readable` is false then).
    """

    id: str
    path: Path
    as_of: str | None
    built_at: datetime | None
    bytes: int
    served: bool
    synthetic: bool | None

    @property
    def readable(self) -> bool:
        """Whether its manifest could be read; `zhengxin verify` says what is wrong otherwise."""
        return self.as_of is not None


def entries(ws: Workspace) -> list[Entry]:
    """Every snapshot of the workspace, the one built last first; unreadable ones at the end."""
    served = _served(ws)
    folders = [path for path in ws.snapshots.iterdir() if path.is_dir()]
    found = [_entry(path, served) for path in folders if not path.name.startswith(snapshot.TEMPORARY)]
    oldest = datetime.min.replace(tzinfo=UTC)
    return sorted(found, key=lambda entry: (entry.built_at or oldest, entry.id), reverse=True)


def prune(ws: Workspace, keep: int) -> list[Entry]:
    """Remove all snapshots but the `keep` built last and the one served; what was removed, oldest first.

    Damaged ones are neither counted nor removed. Raises UserError while a build is running.
    """
    with ws.exclusive("build"), ws.exclusive("current"):
        snapshot.clear_temporary(ws)
        readable = [entry for entry in entries(ws) if entry.readable]
        doomed = [entry for entry in reversed(readable[keep:]) if not entry.served]
        for entry in doomed:
            _remove(entry.path)
            log.info("snapshot %s removed", entry.id)
    return doomed


def _remove(path: Path) -> None:
    """Take the snapshot away in one step, then delete its files."""
    aside = path.with_name(f"{snapshot.TEMPORARY}removed-{uuid.uuid4().hex}")
    path.rename(aside)
    fsync_folder(path.parent)
    shutil.rmtree(aside)


def _served(ws: Workspace) -> str | None:
    try:
        return snapshot.current_id(ws)
    except UserError:
        return None


def _entry(path: Path, served: str | None) -> Entry:
    size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    try:
        manifest = snapshot.read_manifest(path)
        built_at = _built_at(path, manifest.get("times", {}).get("built_at"))
        as_of, synthetic = str(manifest["as_of"]), bool(manifest.get("synthetic"))
    except (UserError, KeyError, AttributeError, ValueError):
        return Entry(path.name, path, None, None, size, path.name == served, None)
    return Entry(path.name, path, as_of, built_at, size, path.name == served, synthetic)


def _built_at(path: Path, said: str | None) -> datetime:
    """When the snapshot was built: as its manifest says, else when the manifest was written."""
    if said:
        return datetime.fromisoformat(said).astimezone()
    return datetime.fromtimestamp((path / snapshot.MANIFEST).stat().st_mtime, tz=UTC).astimezone()
