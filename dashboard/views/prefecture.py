"""州(市): score and warnings of a prefecture, its counties on map, in pictures and by score, its figures."""

import streamlit as st

from dashboard import cards, pick, state
from dashboard.here import here
from dashboard.markup import escape
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
    """Open the county that was clicked in the pictures, with the indicator that was clicked in the matrix."""
    if points:
        area, *more = points[0]["customdata"]
        state.go("county", area=area, **({"indicator": more[0]} if more else {}))


def indicator_box() -> None:
    """The choice of the indicator on the map and in the pictures."""
    row = counties.indicator(at)
    options = cards.kept(at, "indicators", lambda: counties.choices(at))

    def choose(code: str | None) -> None:
        state.select(indicator=None if code == counties.FIRST else code)

    with st.container(key="controls", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(f'<p class="zx-label">{escape(text("prefecture.pick"))}</p>', width="content")
        pick.box(at, "indicator", text("prefecture.pick"), options, row["indicator_id"], choose)


scored, warned = at.has("mart.ranking"), all(at.has(table) for table in TABLES)
if scored and warned:
    left, right = st.columns([42, 58], gap="small")
    with left:
        cards.show(at, "score", prefecture.score)
    with right:
        cards.show(at, "course", prefecture.course, height="content")
        cards.show(at, "warnings", prefecture.listed)
else:
    cards.empty(text, text("ranking.no_tables"), text("ranking.no_tables_do"))
indicator_box()
left, right = st.columns(2, gap="small")
with left:
    cards.show(at, "counties", counties.county_map, select=on_map, height="content")
    if scored:
        cards.show(at, "matrix", counties.matrix, select=on_mark)
with right:
    cards.show(at, "pictures", counties.pictures, select=on_mark, height="content")
    cards.show(at, "figures", prefecture.figures)
