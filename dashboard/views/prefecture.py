"""州(市): score and warnings of a prefecture, its counties on map, in pictures and by score, its figures."""

import streamlit as st

from dashboard import cards, pick, state
from dashboard.here import here
from dashboard.wording import prefecture
from dashboard.wording import prefecture_counties as counties
from dashboard.wording.warning_words import TABLES

at = here()
text = at.text


def on_map(points: cards.Points) -> None:
    """Open the county that was clicked on the map."""
    if points:
        state.go("county", area=points[0]["location"])


def on_mark(points: cards.Points) -> None:
    """Open the county that was clicked in the pictures, or the county and indicator of the matrix."""
    if points:
        area, *more = points[0]["customdata"]
        state.go("county", area=area, **({"indicator": more[0]} if more else {}))


def choose_indicator(code: str | None) -> None:
    """Show another indicator on the map and in the pictures."""
    state.select(indicator=None if code == counties.FIRST else code)


scored, warned = at.has("mart.ranking"), all(at.has(table) for table in TABLES)
if scored or warned:
    left, right = st.columns([42, 58], gap="small")
    with left:
        if scored:
            cards.show(at, "score", prefecture.score)
    with right:
        if warned:
            cards.show(at, "course", prefecture.course)
row = counties.indicator(at)
options = cards.kept(at, "indicators", lambda: counties.choices(at))
pick.box(at, "indicator", text("prefecture.pick"), options, row["indicator_id"], choose_indicator)
left, right = st.columns(2, gap="small")
with left:
    cards.show(at, "counties", counties.county_map, select=on_map)
with right:
    cards.show(at, "pictures", counties.pictures, select=on_mark)
left, right = st.columns(2, gap="small")
with left:
    if scored:
        cards.show(at, "matrix", counties.matrix, select=on_mark)
with right:
    if warned:
        cards.show(at, "warnings", prefecture.listed)
cards.show(at, "figures", prefecture.figures)
if not scored:
    cards.empty(text, text("ranking.no_tables"), text("ranking.no_tables_do"))
