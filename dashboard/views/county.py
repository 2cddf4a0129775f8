"""县(市、区): who the county is, what its score is made of, its course, the records behind a month."""

from datetime import date
from functools import partial

import streamlit as st

from dashboard import cards, county_boxes
from dashboard.here import here
from dashboard.wording import county, county_peers, county_score, county_spine, records
from dashboard.wording import county_course as course
from dashboard.wording import county_warnings as warnings

at = here()


def over_months(indicator: str, channel: str, month: date | None) -> None:
    """The course of the chosen indicator over that of the chosen channel."""
    county_boxes.indicator(at, indicator)
    one = partial(course.indicator, code=indicator, month=month)
    clicked = county_boxes.month_clicked(at, channel)
    cards.show(at, "indicator", one, indicator, month, height="content", select=clicked)
    county_boxes.channel(at, channel)
    band = partial(course.channel, code=channel, month=month)
    cards.show(at, "channel", band, channel, month, select=clicked)


def behind(channel: str, month: date | None) -> None:
    """The records of the chosen month, or how to choose one."""
    county_boxes.month(at, channel, month)
    if month:
        one = partial(records.card, channel=channel, region_id=at.area_id, month=month)
        cards.show(at, "records", one, channel, month)
        return
    with st.container(border=True, key="card_no_records"):
        cards.empty(at.text, at.text("county.no_month"), at.text("county.no_month_do"))


if not all(at.has(table) for table in county_boxes.TABLES):
    cards.empty(at.text, at.text("county.no_tables"), at.text("county.no_tables_do"))
else:
    indicator, channel, month = county_boxes.chosen(at)
    cards.show(at, "identity", county.identity)
    left, right = st.columns([52, 48], gap="small")
    with left:
        spine, clicked = partial(county_spine.profile, indicator=indicator), county_boxes.row_clicked(at)
        cards.show(at, "profile", spine, indicator, month, select=clicked)
    with right:
        over_months(indicator, channel, month)
    behind(channel, month)
    makeup = partial(county_score.makeup, indicator=indicator, month=month)
    cards.show(at, "makeup", makeup, indicator, month)
    left, right = st.columns([52, 48], gap="small")
    with left:
        cards.show(at, "near", county_peers.near)
        cards.show(at, "timeline", warnings.timeline)
    with right:
        for name, make in county_peers.beside(at).items():
            cards.show(at, name, make, height="content")
        cards.show(at, "warnings", warnings.listed)
