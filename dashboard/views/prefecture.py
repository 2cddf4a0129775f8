"""州(市): score and warnings of a prefecture, its counties on map, in pictures and by score, its figures."""

import streamlit as st

from dashboard import cards, pick, state
from dashboard.here import here
from dashboard.markup import escape
from dashboard.wording import prefecture
from dashboard.wording import prefecture_counties as counties
from dashboard.wording import prefecture_score as standing
from dashboard.wording.warning_words import TABLES

at = here()
text = at.text


def opened(points: cards.Points) -> None:
    """Open the county clicked on the map or in the pictures, with the indicator clicked in the matrix."""
    if points:
        area, *more = points[0].get("customdata") or [points[0]["location"]]
        state.go("county", area=area, **({"indicator": more[0]} if more else {}))


def indicator_box() -> None:
    """The choice of the indicator on the map and in the pictures."""
    options = cards.kept(at, "indicators", lambda: counties.choices(at))

    def choose(code: str | None) -> None:
        state.select(indicator=None if code == counties.FIRST else code)

    with st.container(key="controls", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(f'<p class="zx-label">{escape(text("prefecture.pick"))}</p>', width="content")
        pick.box(
            at, "indicator", text("prefecture.pick"), options, counties.indicator(at)["indicator_id"], choose
        )


scored = at.has("mart.ranking")
if scored and all(at.has(table) for table in TABLES):
    left, right = st.columns([42, 58], gap="small")
    with left:
        cards.show(at, "score", standing.score)
    with right:
        cards.show(at, "course", prefecture.course, height="content")
        cards.show(at, "warnings", prefecture.listed)
    cards.show(at, "standing", standing.counties)
else:
    cards.empty(text, text("ranking.no_tables"), text("ranking.no_tables_do"))
indicator_box()
left, right = st.columns(2, gap="small")
with left:
    cards.show(at, "counties", counties.county_map, select=opened, height="content")
    if scored:
        cards.show(at, "matrix", counties.matrix, select=opened)
with right:
    cards.show(at, "pictures", counties.pictures, select=opened, height="content")
    cards.show(at, "figures", prefecture.figures)
