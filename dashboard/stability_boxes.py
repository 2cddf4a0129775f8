"""The tab 排名稳定性: its cards, and the boxes in which a reader sets weights of his own."""

import streamlit as st

from dashboard import cards, frame, markup, state
from dashboard.here import Here
from dashboard.ranking_boxes import mark
from dashboard.wording import ranking_stability as stability
from dashboard.wording import ranking_weights as weights


def draw(at: Here) -> None:
    """Draw the tab, or what to do where the snapshot is too old for it."""
    text, order = at.text, at.selection.order
    if not stability.ready(at):
        cards.empty(text, text("ranking.no_tables"), text("ranking.no_tables_do"))
        return
    left, right = st.columns([62, 38], gap="small")
    with left:
        cards.show(at, "stability", stability.places, order, select=mark)
    with right:
        cards.show(at, "decides", stability.choices, height="content")
        cards.show(at, "signal", stability.signal, height="content")
    _boxes(at)
    cards.show(at, "weights", weights.card, order, at.selection.weights, select=mark)


def _boxes(at: Here) -> None:
    """A number for each dimension, what they come to, and the way back to the method's own."""
    text, own = at.text, weights.default(at)
    if not weights.valid(at):
        frame.refuse("wt", at.selection.query()["wt"], weights=())
    given = weights.given(at)
    keys = {code: f"weight_{code}_{text.lang}" for code in own}

    def change() -> None:
        chosen = {code: int(st.session_state[key]) for code, key in keys.items()}
        state.select(weights=() if chosen == own else tuple(chosen.items()))

    with st.container(border=True, key="card_own", gap="small"):
        head = f'<h2 class="zx-finding">{markup.escape(text("weights.heading"))}</h2>'
        st.html(head + markup.paragraph(text("weights.whose"), "zx-meta"))
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            for row in at.frame("ref.dimension").sort("sort_order").to_dicts():
                code = row["dimension"]
                st.session_state[keys[code]] = given[code]
                label = text("weights.label", name=text.of(row, "name"), own=own[code])
                st.number_input(label, 0, 100, step=5, key=keys[code], on_change=change, width=270)
            st.button(
                text("weights.reset"),
                key=f"weights_reset_{text.lang}",
                disabled=given == own,
                on_click=lambda: state.select(weights=()),
            )
        st.html(markup.paragraph(text("weights.now", weights=weights.said(at)), "zx-note"))
