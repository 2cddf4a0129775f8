"""What the reader chooses on the ranking page, and how: a region by click or box, the order of the rows."""

import streamlit as st

from dashboard import cards, frame, pick, state
from dashboard.here import Here
from dashboard.markup import escape
from dashboard.wording import ranking_cards as ranking
from dashboard.wording import ranking_pair as pair


def mark(points: cards.Points) -> None:
    """Mark the region whose row was clicked."""
    if points:
        state.select(area=points[0]["customdata"][0])


def draw(at: Here) -> None:
    """Draw the box that marks a region, the order of the rows, and the caution beside them."""
    text = at.text
    chosen, key = ranking.board(at).chosen, f"order_{text.lang}"
    st.session_state[key] = at.selection.order
    words = {"score": "change"} if at.selection.tab == "change" else {}
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
        st.html(f'<p class="zx-caution">{escape(ranking.caution(at))}</p>', width="content")


def compare(at: Here) -> None:
    """Draw the box of the region to compare with, and the card that answers."""
    chosen, text = ranking.board(at).chosen, at.text
    words = cards.kept(at, "others", lambda: pair.choices(at))
    other = at.selection.other
    if other and other not in words:
        frame.refuse("b", other, other=None)
        other = None
    if chosen and words:
        pick.box(
            at,
            "other",
            text("ranking.pair_pick"),
            words,
            other,
            lambda code: state.select(other=code),
            none=text("ranking.pair_none"),
        )
    cards.show(at, "pair", pair.card, other, height="content")
