"""首页, one screen: the sentence, map, warnings by level, what needs attention, key figures, who moved."""

import streamlit as st

from dashboard import cards, state, tabs
from dashboard.here import Here, here
from dashboard.markup import escape, fold
from dashboard.queries import overview
from dashboard.wording import missing, overview_figures, overview_news
from dashboard.wording import overview as wording

at = here()


def figures(at: Here) -> cards.Card:
    """The key figures of the area; the twin holds all indicators of all prefectures."""
    text, window, indicators = at.text, at.window(), at.frame("ref.indicator")
    mine = overview.key_figures(window, indicators, at.area_id)
    title = overview_figures.figures_title(mine, at.area_name, text)
    spread = overview.spread(window, indicators, at.regions)
    return cards.Card(
        title=title,
        period=at.label,
        areas=at.area_name,
        body=overview_figures.short_table(at, mine, title),
        table=overview_figures.spread_table(spread, text("figures.twin"), text),
        note=text("figures.note_short") + overview_figures.like_note(at),
    )


def folds(at: Here) -> str:
    """All indicators with their spread, and all that is missing, folded."""
    text, indicators, window = at.text, at.frame("ref.indicator"), at.window()
    mine = overview.key_figures(window, indicators, at.area_id)
    spread = overview.spread(window, indicators, at.regions)
    note = text("figures.note") + (text("figures.note_r12") if at.kind == "r12" else "")
    every = overview_figures.figures_table(mine, spread, at.area_name, text)
    every += f'<p class="zx-note">{escape(note)}</p>'
    head, body = missing.whole(at, mine)
    return (
        f'<div class="zx-folds" id="missing">{fold(head, body)}'
        f"{fold(text('figures.all', n=mine.height), every)}</div>"
    )


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
    cards.show(at, "figures", figures)
    if at.has("mart.ranking"):
        cards.show(at, "movers", overview_news.movers)
st.html(cards.kept(at, "folds", lambda: folds(at)))
