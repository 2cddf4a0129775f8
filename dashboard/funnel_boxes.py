"""波动判别图, a tab of the ranking page: a box of indicators, the funnel, and who is beyond its limits."""

import streamlit as st

from dashboard import cards, pick, ranking_boxes, state
from dashboard.here import Here
from dashboard.wording import ranking_funnel as funnel


def draw(at: Here) -> None:
    """Draw the tab; an indicator without a funnel stays in the box, and the card says why."""
    words, chosen = cards.kept(at, "funnel indicators", lambda: funnel.choices(at)), funnel.chosen(at)
    first = next(iter(words))
    pick.box(
        at,
        "funnel",
        at.text("funnel.pick"),
        words if chosen in words else {**words, chosen: funnel.name(at, chosen)},
        chosen,
        lambda code: state.select(indicator=None if code == first else code),
    )
    order = at.selection.order
    if not funnel.fits(at):
        cards.show(at, "funnel", funnel.card, order, export=False)
        return
    left, right = st.columns([62, 38], gap="small")
    with left:
        cards.show(at, "funnel", funnel.card, order, select=ranking_boxes.mark)
    with right:
        cards.show(at, "outside", funnel.outside, order)
