"""Where the reader is: the snapshot, the words, the names and the selection a page works with.

`frame.py` makes one `Here` per run; a page asks `here()` for it. A `Here` needs no session, so what it is
handed to (cards, and the files made from them later) works outside a run too.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl
import streamlit as st

from dashboard import cache
from dashboard.i18n import Text
from dashboard.markup import link
from dashboard.queries import windows
from dashboard.state import Selection
from pipelines.api import Snapshot

VALUES = "mart.indicator_value"


@dataclass(frozen=True)
class Here:
    """The snapshot, the words, the page, and the window, area, level and comparator on screen.

    `regions` is ref.region with the names to show (code names where the server is set so, then `coded`).
    """

    snapshot: Snapshot
    text: Text
    page: str
    selection: Selection
    kind: str
    period: date
    area: dict[str, Any]
    level: str
    comparator: str
    regions: pl.DataFrame
    coded: bool

    @property
    def synthetic(self) -> bool:
        """Whether the snapshot holds invented data."""
        return bool(self.snapshot.manifest["synthetic"])

    @property
    def months(self) -> tuple[date, date]:
        """The first and the last month of the window."""
        return windows.first_month(self.kind, self.period), self.period

    @property
    def area_id(self) -> str:
        """The code of the area: the province, a prefecture or a county."""
        return str(self.area["region_id"])

    @property
    def area_name(self) -> str:
        """The area in words."""
        return area_name(self.area, self.text)

    @property
    def label(self) -> str:
        """The window in words."""
        return self.text.period(self.kind, self.period)

    def has(self, table: str) -> bool:
        """Say whether the snapshot holds a table (older ones lack newer tables)."""
        return table in self.snapshot.tables

    def frame(self, table: str) -> pl.DataFrame:
        """Return a whole table of the snapshot; raises KeyError for one it does not hold."""
        return self.snapshot.frame(table)

    def part(self, table: str, **where: object) -> pl.DataFrame:
        """Return the rows of a table with these values, from a split made once a snapshot.

        Meant for keys such as `region_id`, or `window_kind` and `period`, whose values pages move between.
        """
        return cache.part(self.snapshot, table, **where)

    def window(self) -> pl.DataFrame:
        """Return all indicator values of the window."""
        return self.part(VALUES, window_kind=self.kind, period=self.period)

    def region(self, code: str) -> dict[str, Any]:
        """Return a region's row of `regions`; raises KeyError for an unknown code."""
        return cache.rows(self.regions, self.snapshot.id, self.coded)[code]

    def with_code_names(self) -> "Here":
        """Return the same with code names: what exports of a synthetic snapshot see."""
        coded = cache.regions(self.snapshot, True)
        area = cache.rows(coded, self.snapshot.id, True)[self.area_id]
        return replace(self, regions=coded, area=area, coded=True)

    def address(self, page: str, **changes: object) -> str:
        """Return the relative address of a page that keeps the selection, with some fields changed."""
        return self.selection.address(page, **changes)

    def link(self, words: str, page: str, **changes: object) -> str:
        """Return an HTML link to `address(page, **changes)`; it opens without a reload."""
        return link(words, self.address(page, **changes))


def area_name(region: dict[str, Any], text: Text) -> str:
    """Return an area as boxes and titles call it."""
    return text("frame.province") if region["region_id"] == windows.PROVINCE else text.place(region)


def here() -> Here:
    """Return where the reader is; valid while a page runs."""
    at: Here = st.session_state["here"]
    return at
