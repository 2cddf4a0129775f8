"""What is made once and kept for all sessions: tables split by key, and whatever a page makes from them.

A warm rerun draws from here alone. Everything is keyed by the snapshot's id, and a snapshot never changes;
what is kept is shared, so nobody may change it.
"""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import polars as pl
import streamlit as st

from dashboard.export import codenames
from pipelines.api import Snapshot

Made = TypeVar("Made")
Row = dict[str, Any]


def kept(snapshot_id: str, make: Callable[[], Made], *key: Hashable) -> Made:
    """Return `make()`, made once per snapshot and key; the key names the thing and all it depends on.

    Texts, numbers, days and tuples of them make a key: equal ones are those that are written alike.
    """
    # Streamlit hashes one text much faster than a tuple piece by piece, and a page asks some eighty times.
    made: Made = _kept(f"{snapshot_id} {key!r}", make)
    return made


@st.cache_resource(max_entries=768, show_spinner=False)
def _kept(key: str, _make: Callable[[], Any]) -> Any:
    return _make()


def part(snapshot: Snapshot, table: str, **where: object) -> pl.DataFrame:
    """Return the rows of a table whose columns have these values, empty when there are none."""
    names = tuple(sorted(where))
    split = _split(f"{snapshot.id} {table} {names!r}", table, names, snapshot)
    found = split.get(tuple(where[name] for name in names))
    return snapshot.frame(table).clear() if found is None else found


@st.cache_resource(max_entries=64, show_spinner=False)
def _split(
    key: str, _table: str, _names: tuple[str, ...], _snapshot: Snapshot
) -> dict[tuple[object, ...], pl.DataFrame]:
    return _snapshot.frame(_table).partition_by(_names, as_dict=True, maintain_order=True)


def regions(snapshot: Snapshot, coded: bool) -> pl.DataFrame:
    """Return ref.region of a snapshot in display order, with its own names or with code names."""
    return kept(snapshot.id, lambda: codenames.named(snapshot.frame("ref.region"), coded), "regions", coded)


def rows(frame: pl.DataFrame, snapshot_id: str, coded: bool) -> dict[str, Row]:
    """Return the rows of `regions` by code."""
    return kept(snapshot_id, lambda: {row["region_id"]: row for row in frame.to_dicts()}, "rows", coded)
