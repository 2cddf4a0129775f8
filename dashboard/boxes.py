"""The boxes of the frame: area, kind and end of the window, level, comparator; and what they start from.

`window`, `area` and `comparator` read the selection against what snapshot and page have; `draw` shows the
boxes of a page. Labels change with the language, so every widget has one key a language.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import streamlit as st

from dashboard import cache, state
from dashboard.here import VALUES, Here, area_name
from dashboard.i18n import Text
from dashboard.menu import Entry
from dashboard.queries import windows
from pipelines.api import Snapshot

Periods = dict[str, list[date]]
Rows = Mapping[str, dict[str, Any]]


def periods(snapshot: Snapshot, entry: Entry) -> Periods:
    """Return the last months of the windows a page can show, newest first, by kind in the page's order."""
    found = _every_period(snapshot)
    return {kind: found[kind] for kind in entry.kinds if kind in found}


def _every_period(snapshot: Snapshot) -> Periods:
    return cache.kept(snapshot.id, lambda: windows.periods(snapshot.frame(VALUES)), "periods")


def window(snapshot: Snapshot, text: Text, entry: Entry) -> tuple[str, date, str]:
    """Return kind and last month of the window to show, and what is said when it is not the one asked for.

    A window that the snapshot does not hold is rejected. One that only this page cannot show stays selected
    for the others; the page shows its own kind, ending no later.
    """
    found, selection = periods(snapshot, entry), state.current()
    own = next(iter(found))
    if selection.period is None:
        return own, found[own][0], ""
    if selection.period in found.get(selection.kind, []):
        return selection.kind, selection.period, ""
    earlier = [month for month in found[own] if month <= selection.period]
    if selection.period not in _every_period(snapshot).get(selection.kind, []) or not earlier:
        state.reject("p", selection.query()["p"], kind="r12", period=None)
        return own, found[own][0], ""
    asked, shown = text.period(selection.kind, selection.period), text.period(own, earlier[0])
    return own, earlier[0], text("frame.window_instead", asked=asked, shown=shown)


def area(regions: Rows, levels: tuple[str, ...]) -> dict[str, Any]:
    """Return the region the page shows: the selected one, or its prefecture, or its first county.

    A code the snapshot does not know is rejected. The selection keeps the code that led here.
    """
    wanted = state.current().area
    choice = choices(regions, levels)
    if wanted and (wanted not in regions or regions[wanted]["region_level"] not in windows.LEVELS):
        state.reject("a", wanted, area=None)
        wanted = None
    if wanted in choice:
        return regions[str(wanted)]
    above = regions[wanted]["parent_id"] if wanted else None
    if above in choice:
        return regions[str(above)]
    inside = [code for code in choice if wanted and regions[code]["parent_id"] == wanted]
    return regions[(inside or choice)[0]]


def choices(regions: Rows, levels: tuple[str, ...]) -> list[str]:
    """Return the codes of the areas of some levels, in display order."""
    return [code for code, row in regions.items() if row["region_level"] in levels]


def comparators(entry: Entry, level: str) -> tuple[str, ...]:
    """Return what the page compares with; a prefecture lies in no prefecture."""
    if "level" in entry.boxes and level == "prefecture":
        return tuple(code for code in entry.comparators if code != "prefecture")
    return entry.comparators


def comparator(entry: Entry, selection: state.Selection) -> str:
    """Return the comparator the page shows; one it does not have stays selected for the others."""
    codes = comparators(entry, selection.level)
    return selection.comparator if selection.comparator in codes else codes[0]


def draw(at: Here, entry: Entry) -> None:
    """Draw the boxes of a page."""
    for name in entry.boxes:
        _DRAWN[name](at, entry)


def _area_box(at: Here, entry: Entry) -> None:
    """One box for the area; the province leaves the address empty."""
    codes = cache.kept(
        at.snapshot.id,
        lambda: choices(cache.rows(at.regions, at.snapshot.id, at.coded), entry.areas),
        "areas",
        entry.areas,
    )

    def name(code: str) -> str:
        row = at.region(code)
        if row["region_level"] != "county":
            return area_name(row, at.text)
        return at.text("frame.county", name=area_name(row, at.text), prefecture=_above(at, row))

    key = f"area_{at.text.lang}"
    st.session_state[key] = at.area_id

    def choose() -> None:
        code = st.session_state[key]
        state.select(area=None if code == windows.PROVINCE else code, **_NO_LOCAL)

    labels = cache.kept(
        at.snapshot.id,
        lambda: {code: name(code) for code in codes},
        "area names",
        entry.areas,
        at.text.lang,
        at.coded,
    )
    st.selectbox(
        at.text("frame.area"),
        codes,
        format_func=labels.__getitem__,
        key=key,
        on_change=choose,
        label_visibility="collapsed",
        width=200 if "county" in entry.areas else 150,
    )


def _above(at: Here, row: dict[str, Any]) -> str:
    return at.text.place(at.region(row["parent_id"])).removesuffix("州")


# What belongs to the area shown goes with it.
_NO_LOCAL: dict[str, Any] = {"warning": None, "month": None}


def _period_boxes(at: Here, entry: Entry) -> None:
    """Two boxes, kind of window and its end."""
    found, text = periods(at.snapshot, entry), at.text
    kind_key, period_key = f"kind_{text.lang}", f"period_{text.lang}_{at.kind}"
    st.session_state[kind_key], st.session_state[period_key] = at.kind, at.period

    def choose_kind() -> None:
        kind = st.session_state[kind_key]
        earlier = [month for month in found[kind] if month <= at.period]
        _choose(found, kind, earlier[0] if earlier else found[kind][0])

    def choose_period() -> None:
        _choose(found, at.kind, st.session_state[period_key])

    st.selectbox(
        text("frame.kind"),
        list(found),
        format_func=lambda kind: text(f"kind.{kind}"),
        key=kind_key,
        on_change=choose_kind,
        label_visibility="collapsed",
        width=150,
    )
    labels = {month: text.period(at.kind, month) for month in found[at.kind]}
    st.selectbox(
        text("frame.period"),
        found[at.kind],
        format_func=labels.__getitem__,
        key=period_key,
        on_change=choose_period,
        label_visibility="collapsed",
        width=230,
    )


def _choose(found: Periods, kind: str, period: date) -> None:
    """Select a window; the page's own newest one leaves the address empty."""
    own = next(iter(found))
    default = kind == own and period == found[own][0]
    state.select(**({"kind": "r12", "period": None} if default else {"kind": kind, "period": period}))


def _level_box(at: Here, entry: Entry) -> None:
    key = f"level_{at.text.lang}"
    st.session_state[key] = at.level
    st.segmented_control(
        at.text("frame.level"),
        tuple(state.LEVELS.values()),
        format_func=lambda level: at.text(f"level.{level}"),
        key=key,
        on_change=lambda: state.select(level=st.session_state[key]),
        label_visibility="collapsed",
        required=True,
    )


def _comparator_box(at: Here, entry: Entry) -> None:
    codes = comparators(entry, at.level)
    if len(codes) < 2:
        return
    key = f"comparator_{at.text.lang}"
    st.session_state[key] = at.comparator
    st.selectbox(
        at.text("frame.comparator"),
        codes,
        format_func=lambda code: at.text(f"comparator.{code}"),
        key=key,
        on_change=lambda: state.select(comparator=st.session_state[key]),
        label_visibility="collapsed",
        width=150,
    )


_DRAWN = {
    "area": _area_box,
    "period": _period_boxes,
    "level": _level_box,
    "comparator": _comparator_box,
}
