"""The filter of 预警中心 and what a click on its lanes opens; all of it stands in the address.

Chips for the levels (`lv`), a switch for what has a lane (`lvl`). A click has its second path: the links of
the list and of the lanes' table, and the box of areas.
"""

from collections.abc import Callable
from datetime import date

import polars as pl
import streamlit as st

from dashboard import cards, state
from dashboard.charts.marks import MARKS
from dashboard.here import Here
from dashboard.queries import warnings as queries
from dashboard.queries.windows import PROVINCE
from dashboard.wording import warnings as wording


def levels(at: Here) -> None:
    """Draw the chips of the levels with their counts; none chosen means all."""
    text, key = at.text, f"chips_{at.text.lang}"
    counts = queries.by_level(wording.sight(at, ()).every)
    st.session_state[key] = list(at.selection.levels)

    def word(level: int) -> str:
        mark = MARKS[level]
        short = text(f"charts.short_level_{level}")
        return text("warning.chip", mark=f"{mark.glyph}{mark.numeral}", level=short, n=counts[level])

    st.pills(
        text("warning.chips"),
        list(MARKS),
        selection_mode="multi",
        format_func=word,
        key=key,
        on_change=lambda: _choose(st.session_state[key]),
        label_visibility="collapsed",
    )


def _choose(chosen: list[int]) -> None:
    state.select(levels=() if len(chosen) == len(MARKS) else tuple(sorted(chosen)))


def lanes_by(at: Here) -> None:
    """Draw the switch of the province's lanes, prefectures or counties; other areas have one kind of lane."""
    if at.area_id != PROVINCE:
        return
    text, key = at.text, f"lanes_{at.text.lang}"
    st.session_state[key] = at.level
    st.segmented_control(
        text("warning.lanes_by"),
        tuple(state.LEVELS.values()),
        format_func=lambda level: text(f"level.{level}"),
        key=key,
        on_change=lambda: state.select(level=st.session_state[key]),
        label_visibility="collapsed",
        required=True,
    )


def month_picked(points: cards.Points) -> None:
    """Show the records of the month clicked in the trend."""
    if points:
        state.select(month=date.fromisoformat(f"{points[0]['customdata'][0]}-01"))


def opened(at: Here) -> Callable[[cards.Points], None]:
    """Return what a click on the lanes does: open a warning, the counties of a prefecture, a month's list."""
    chosen = at.selection.levels or tuple(MARKS)

    def select(points: cards.Points) -> None:
        if not points:
            return
        code, month = points[0]["customdata"]
        w = f"{code}-{month}"
        found = at.frame("mart.warning").filter(pl.col("warning_id") == w)
        if found.height and found["level"][0] in chosen:
            state.select(warning=w)
        elif code == PROVINCE or code == at.area_id:
            state.select(kind="month", period=date.fromisoformat(f"{month}-01"), tab="list")
        elif at.region(code)["region_level"] == "prefecture":
            state.select(area=code)

    return select
