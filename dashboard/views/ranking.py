"""区域排名: the index of a level as chart, table and change; who is not ranked; a region's key facts."""

import streamlit as st

from dashboard import cards, pick, state, tabs
from dashboard.here import here
from dashboard.markup import escape
from dashboard.wording import ranking_cards as ranking

at = here()
text = at.text


def mark(points: cards.Points) -> None:
    """Mark the region whose row was clicked."""
    if points:
        state.select(area=points[0]["customdata"][0])


def controls(tab: str | None) -> None:
    """The second way to mark a region, and the order of the rows."""
    chosen, key = ranking.board(at).chosen, f"order_{text.lang}"
    st.session_state[key] = at.selection.order
    words = {"score": "change"} if tab == "change" else {}
    with st.container(key="controls", horizontal=True, vertical_alignment="center", gap="small"):
        pick.box(
            at,
            "region",
            text("ranking.pick"),
            cards.kept(at, "choices", lambda: ranking.choices(at)),
            chosen["region_id"] if chosen else None,
            lambda code: state.select(area=code),
            none=text("ranking.pick_none"),
        )
        st.segmented_control(
            text("ranking.order"),
            state.ORDERS,
            format_func=lambda order: text(f"ranking.order_{words.get(order, order)}"),
            key=key,
            on_change=lambda: state.select(order=st.session_state[key]),
            label_visibility="collapsed",
            required=True,
        )
        st.html(f'<p class="zx-caution">{escape(text("ranking.caution"))}</p>', width="content")


if at.has("mart.ranking"):
    sentence = cards.kept(at, "lede", lambda: ranking.lede(at))
    st.html(f'<p class="zx-lede">{escape(sentence)}</p>')
    controls(at.selection.tab)
    order = at.selection.order
    labels = {name: text(f"ranking.tab_{name}") for name in ("chart", "table", "change")}
    chosen, place = tabs.choose(at, labels)
    with place:
        if chosen == "table":
            cards.show(at, "board", ranking.table, order)
        elif chosen == "change" and at.level == "prefecture":
            left, right = st.columns(2, gap="small")
            with left:
                cards.show(at, "bump", ranking.bump, select=mark)
            with right:
                cards.show(at, "movers", ranking.movers, order, select=mark)
        else:
            left, right = st.columns([62, 38], gap="small")
            name, make = ("places", ranking.places) if chosen == "chart" else ("movers", ranking.movers)
            with left:
                cards.show(at, name, make, order, select=mark)
            with right:
                cards.show(at, "facts", ranking.facts, height="content")
                cards.show(at, "apart", ranking.apart)
    if chosen == "table" or (chosen == "change" and at.level == "prefecture"):
        cards.show(at, "apart", ranking.apart)
else:
    cards.empty(text, text("ranking.no_tables"), text("ranking.no_tables_do"))
