"""县(市、区): who the county is, what its score is made of, its course, the records behind a month."""

from datetime import date
from functools import partial

import streamlit as st

from dashboard import cards, county_boxes
from dashboard.here import here
from dashboard.wording import county, county_score, records
from dashboard.wording import county_course as course
from dashboard.wording import county_warnings as warnings

at = here()
text = at.text


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
        make = partial(records.card, channel=channel, region_id=at.area_id, month=month)
        cards.show(at, "records", make, channel, month)
        return
    with st.container(border=True, key="card_no_records"):
        cards.empty(text, text("county.no_month"), text("county.no_month_do"))


if not all(at.has(table) for table in county_boxes.TABLES):
    cards.empty(text, text("county.no_tables"), text("county.no_tables_do"))
else:
    indicator, channel, month = county_boxes.chosen(at)
    cards.show(at, "identity", county.identity)
    left, right = st.columns([45, 55], gap="small")
    with left:
        scores = partial(county_score.profile, indicator=indicator)
        cards.show(at, "profile", scores, indicator, select=county_boxes.row_clicked(at))
    with right:
        over_months(indicator, channel, month)
    behind(channel, month)
    left, right = st.columns([45, 55], gap="small")
    with left:
        cards.show(at, "timeline", warnings.timeline)
    with right:
        cards.show(at, "warnings", warnings.listed)
    lost = partial(county_score.makeup, indicator=indicator, month=month)
    cards.show(at, "makeup", lost, indicator, month)
