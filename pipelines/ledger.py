"""The ledger of issued warnings in the workspace: a declared input of builds, added to and never rewritten.

A build reads what was noted by its day (run.ledger_event), notes what its warnings change
(`models/warning/ledger.py`, mart.warning_ledger_event) and, once its snapshot is served, stores the events
in the workspace's `ledger/`. Noting the same again adds nothing, so the same store and ledger give the same
bytes.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import polars as pl

from models.warning.ledger import EVENTS
from pipelines import registry
from pipelines.errors import EXIT_WORKSPACE, UserError
from pipelines.workspace import Workspace, write_atomically

_DATES = [name for name, kind in EVENTS.items() if kind == pl.Date]
_FILE = pl.Schema({name: pl.String if name in _DATES else kind for name, kind in EVENTS.items()})


def path_of(ws: Workspace) -> Path:
    """The file of the method in force: another method raises other warnings."""
    return ws.ledger / f"{registry.method()['id']}.jsonl"


def read(ws: Workspace) -> pl.DataFrame:
    """All events noted so far (EVENTS), none where there is no file. Raises UserError for a damaged one."""
    path = path_of(ws)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        rows = pl.DataFrame([json.loads(line) for line in lines], _FILE)
        return rows.with_columns(pl.col(_DATES).str.to_date("%Y-%m-%d"))
    except FileNotFoundError:
        return EVENTS.to_frame()
    except (OSError, ValueError, TypeError, pl.exceptions.PolarsError) as error:
        raise UserError(
            f"预警台账 {path} 无法读取({error}),请从备份恢复;删除它则所有预警重新编号。",
            f"The ledger of warnings {path} cannot be read ({error}); restore it from a backup. Deleting it"
            " gives every warning a new id.",
            EXIT_WORKSPACE,
        ) from error


def store(ws: Workspace, events: pl.DataFrame, as_of: date) -> None:
    """Keep the events of a build that is served; a look back at an earlier day leaves the ledger alone."""
    before = read(ws)
    latest = before["noted_on"].max()
    if events.height == before.height or (isinstance(latest, date) and latest > as_of):
        return
    ordered = events.sort("noted_on", "warning_id", "number")
    lines = [json.dumps(row, default=date.isoformat) for row in ordered.iter_rows(named=True)]
    write_atomically(path_of(ws), "".join(f"{line}\n" for line in lines).encode())
