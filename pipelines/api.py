"""What the dashboard may import of the pipelines: open a snapshot, ask which one is served, see records.

Everything a page shows comes from one `Snapshot` (its tables, geometry, method and manifest); how it
is made is told in `pipelines/snapshot.py`. The records behind a count come from the store
(`pipelines/records.py`).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from pipelines import registry, snapshot
from pipelines.errors import RecordsUnavailable, UserError
from pipelines.snapshot import Snapshot
from pipelines.workspace import Workspace

__all__ = [
    "RecordsUnavailable",
    "Snapshot",
    "UserError",
    "backtest",
    "current_id",
    "method",
    "open_snapshot",
    "records",
]


def open_snapshot(home: Path | None = None, snapshot_id: str | None = None) -> Snapshot:
    """The snapshot `snapshot_id` (or the one served) of the workspace at `home`, ZHENGXIN_HOME or ./data.

    Raises UserError (exit code 4) when there is none.
    """
    return snapshot.open_snapshot(Workspace.at(home), snapshot_id)


def current_id(home: Path | None = None) -> str:
    """Id of the snapshot being served. Raises UserError (exit code 4) when nothing has been built."""
    return snapshot.current_id(Workspace.at(home))


def method() -> dict[str, Any]:
    """The method this version computes with, for words where there is no snapshot yet."""
    return registry.method()


def backtest(home: Path | None = None) -> dict[str, Any] | None:
    """The figures that `zhengxin backtest` wrote last (pipelines/replay.py), None where it never ran."""
    from pipelines.replay import read

    return read(Workspace.at(home))


def records(
    snapshot: Snapshot, source: str, region_id: str, first: date, last: date, channel: str | None = None
) -> pl.DataFrame:
    """The records counted for a region in the months from `first` to `last`; see pipelines/records.py.

    Raises RecordsUnavailable when the store does not hold what the snapshot was made from.
    """
    # Pages that show no records do not load the engine.
    from pipelines.records import records as found

    return found(snapshot, source, region_id, first, last, channel)
