"""预警中心: what is late, the sentence, the level filter, lanes or list; or one warning by itself (`w`)."""

from functools import partial

import streamlit as st

from dashboard import cards, tabs
from dashboard import warning_filter as controls
from dashboard.here import here
from dashboard.markup import escape
from dashboard.wording import warning_detail as detail
from dashboard.wording import warning_grounds, warning_lane, warning_list, warning_reason
from dashboard.wording import warnings as wording
from dashboard.wording.warning_words import TABLES

at = here()
text, levels, tab, w = at.text, at.selection.levels, at.selection.tab, at.selection.warning


def one(w: str) -> None:
    """One warning: its sentence; trend, excess, records left; sources, checks, peers, facts right."""
    row = detail.one(at, w)
    channel, month = at.selection.channel or row["lead_channel"], at.selection.month or row["period"]
    by = (w, channel, month, tab, levels)
    under, beside = warning_grounds.columns(at, w, channel, month)
    cards.write(cards.kept(at, "late one", lambda: detail.late(at, w), w))
    st.html(detail.back(at) + cards.kept(at, "sentence", lambda: warning_reason.sentence(at, w), w))
    left, right = st.columns([54, 46], gap="small")
    with left:
        for name, make in under.items():
            cards.show(at, name, make, *by, select=controls.month_picked)
    with right:
        for name, make in beside.items():
            cards.show(at, name, make, *by)
        cards.show(at, "facts", partial(detail.facts, w=w), *by, export=False)


def many() -> None:
    """All that is in sight: the sentence, the filter, lanes or list."""
    cards.write(cards.kept(at, "late", lambda: wording.late(at, at.area, *at.months)))
    st.html(cards.kept(at, "lede", lambda: wording.lede(at, levels), levels))
    controls.levels(at)
    chosen, place = tabs.choose(at, {"lanes": text("warning.tab_lanes"), "list": text("warning.tab_list")})
    with place:
        if chosen == "list":
            cards.show(at, "list", partial(warning_list.listed, levels=levels), levels, tab)
        else:
            if warning_lane.has(at):
                cards.show(at, "lane", warning_lane.lane, at.selection.channel, levels)
            controls.lanes_by(at)
            lanes = partial(wording.lanes, levels=levels)
            cards.show(at, "lanes", lanes, levels, select=controls.opened(at), drill=at.level)
            cards.show(at, "unassessed", wording.unassessed)


if not all(at.has(table) for table in TABLES):
    cards.empty(text, text("warning.absent"), text("warning.absent_do"))
else:
    (partial(one, w) if w else many)()
    st.html(f'<p class="zx-note">{escape(text("warning.caption"))}</p>')
