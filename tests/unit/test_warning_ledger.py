"""The ledger in the workspace: ids outlive corrections, looks back leave it alone, damage is named."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from models.warning.ledger import EVENTS, entries, note
from pipelines import ledger
from pipelines.errors import UserError
from pipelines.workspace import Workspace

EARLY, LATE = date(2024, 1, 31), date(2024, 2, 29)


def told(*rows: tuple[str, date, date, int]) -> pl.DataFrame:
    columns = ("region_id", "first_period", "last_period", "level")
    return pl.DataFrame(rows, {name: EVENTS[name] for name in columns}, orient="row")


def test_what_is_stored_is_read_again_and_only_grows(tmp_path: Path) -> None:
    ws = Workspace.open(tmp_path / "home")
    assert ledger.read(ws).equals(EVENTS.to_frame())
    one = note(ledger.read(ws), told(("530102", date(2023, 11, 1), date(2023, 12, 1), 3)), EARLY)
    ledger.store(ws, one, EARLY)
    assert ledger.read(ws).equals(one)
    kept = ledger.path_of(ws).read_bytes()
    # The data were corrected: the warning begins a month later.
    two = note(ledger.read(ws), told(("530102", date(2023, 12, 1), date(2024, 1, 1), 2)), LATE)
    ledger.store(ws, two, LATE)
    assert ledger.path_of(ws).read_bytes().startswith(kept)
    found = entries(ledger.read(ws))
    assert found["warning_id"].to_list() == ["530102-2023-11"] and found["raised_on"].to_list() == [EARLY]
    # A look back at the first day neither sees what came later nor adds to it.
    back = note(ledger.read(ws), told(("530103", date(2023, 10, 1), date(2023, 10, 1), 4)), EARLY)
    ledger.store(ws, back, EARLY)
    assert ledger.read(ws).equals(two)


def test_a_damaged_ledger_is_named(tmp_path: Path) -> None:
    ws = Workspace.open(tmp_path / "home")
    ledger.path_of(ws).write_text("{", encoding="utf-8")
    with pytest.raises(UserError, match="cannot be read"):
        ledger.read(ws)
