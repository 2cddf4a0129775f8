"""What the dashboard may import of the pipelines: open a snapshot, ask which one is served.

Everything a page shows comes from one `Snapshot` (its tables, geometry, method and manifest); how it
is made is told in `pipelines/snapshot.py`.
"""

from __future__ import annotations

from pathlib import Path

from pipelines import snapshot
from pipelines.errors import UserError
from pipelines.snapshot import Snapshot
from pipelines.workspace import Workspace

__all__ = ["Snapshot", "UserError", "current_id", "open_snapshot"]


def open_snapshot(home: Path | None = None, snapshot_id: str | None = None) -> Snapshot:
    """The snapshot `snapshot_id` (or the one served) of the workspace at `home`, ZHENGXIN_HOME or ./data.

    Raises UserError (exit code 4) when there is none.
    """
    return snapshot.open_snapshot(Workspace.at(home), snapshot_id)


def current_id(home: Path | None = None) -> str:
    """Id of the snapshot being served. Raises UserError (exit code 4) when nothing has been built."""
    return snapshot.current_id(Workspace.at(home))
