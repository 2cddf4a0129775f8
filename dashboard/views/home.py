"""首页, one screen: the sentence, map, warnings by level, what needs attention, key figures, who moved."""

import streamlit as st

from dashboard import cards, state, tabs
from dashboard.here import here
from dashboard.wording import overview as wording
from dashboard.wording import overview_figures, overview_news, overview_watch

at = here()


def opened(points: cards.Points) -> None:
    """A click on the map opens the prefecture."""
    if points:
        state.go("prefecture", area=points[0].get("location") or points[0]["customdata"][0])


st.html(cards.kept(at, "lede", lambda: wording.lede(at)))
left, middle, right = st.columns([31, 36, 33], gap="small")
with left:
    shapes = {"tiles": at.text("home.tab_tiles"), "borders": at.text("home.tab_borders")}
    chosen, place = tabs.choose(at, shapes)
    with place:
        make = wording.tiles if chosen == "tiles" else wording.borders
        cards.show(at, "map", make, chosen, select=opened, drill=chosen)
with middle:
    if wording.has_warnings(at):
        cards.show(at, "levels", overview_news.levels, select=overview_news.bar)
    cards.show(at, "attention", overview_news.attention)
with right:
    cards.show(at, "figures", overview_figures.card)
    if at.has("mart.attention"):
        cards.show(at, "watch", overview_watch.card)
    elif at.has("mart.ranking"):
        cards.show(at, "movers", overview_news.movers)
st.html(cards.kept(at, "folds", lambda: overview_figures.folds(at)))
