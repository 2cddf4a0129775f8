"""The lane of totals on top of 预警中心: its numbers are mart.warning_lane's, in both languages."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.i18n import LANGUAGES, Text
from dashboard.wording import warning_lane
from tests.app.test_warning_reason import at
from tests.sample import Sample

YEAR = (date(2025, 1, 1), date(2025, 12, 1))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("area", ["530000", "530100"])
def test_lane_holds_the_totals_of_its_source(built: Sample, lang: str, area: str) -> None:
    here, text = at(built, lang), Text(lang)
    rows = built.snapshot.frame("mart.warning_lane").filter(pl.col("period").is_between(*YEAR))
    mine = rows.filter(pl.col("region_id") == area)
    place = here.regions.row(by_predicate=pl.col("region_id") == area, named=True)
    for channel in mine["channel"].unique().sort():
        chosen = replace(here.selection, channel=channel, area=None if area == "530000" else area)
        there = replace(here, selection=chosen, area=place)
        card = warning_lane.lane(there)
        own = mine.filter(pl.col("channel") == channel).sort("period")
        assert card.table and card.chart is not None
        lines = card.table.rows
        assert [line[0].value for line in lines] == own["period"].to_list()
        for column, name in ((1, "observed"), (2, "expected"), (3, "lower"), (4, "upper"), (5, "excess")):
            assert [line[column].value for line in lines] == own[name].to_list(), (channel, name)
        out = own.drop_nulls("level")["period"]
        assert all(text.month(month) in card.title for month in out)
        missing = own["observed"].null_count()
        assert (text("warning.lane_missing", n=missing) in card.title) is (missing > 0)
        inside = rows.filter(pl.col("region_level") == "prefecture", pl.col("channel") == channel)
        loud = inside.drop_nulls("level")["region_id"].n_unique() if area == "530000" else 0
        assert (text("warning.lane_inside", n=loud) in card.below) is (loud > 0)


def test_lane_stands_over_the_swimlane_and_counties_have_none(
    run: Callable[..., AppTest], built: Sample
) -> None:
    said = "".join(element.proto.body for element in run("warnings", "sample", ch="failure_entries").html)
    assert "失信事项(按归集月)合计" in said
    county = "".join(element.proto.body for element in run("warnings", "sample", a="530102").html)
    assert Text("zh")("warning.lane_reading") not in county
