"""Every warning of the sample explained: exact sums, the records behind, and sets that silence it.

What is said to silence a warning is tried on the whole model: counts are lowered and the month is judged as
a build would.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from models.warning.completeness import month_number
from models.warning.config import Config
from models.warning.gate import NO_LEVEL
from models.warning.model import Memo, judge
from models.warning.monthly import Panel, panel_of
from models.warning.verdict import verdict
from pipelines import api
from tests.sample import Sample

DIGITS = Decimal("0.000000001")


def exact(value: float) -> Decimal:
    return Decimal(repr(value)).quantize(DIGITS)


@pytest.fixture(scope="module")
def explained(built: Sample) -> pl.DataFrame:
    """Every count that explains a warning."""
    warnings = built.snapshot.frame("mart.warning").select("region_id", "period")
    rows = built.snapshot.frame("mart.warning_channel").filter("explains")
    return rows.join(warnings, on=["region_id", "period"])


def test_contributions_sum_to_the_excess_exactly(built: Sample, explained: pl.DataFrame) -> None:
    shares = built.snapshot.frame("mart.warning_share")
    found = {
        key: (sum(map(exact, rows["excess"]), Decimal(0)), rows["observed"].sum())
        for key, rows in shares.group_by("region_id", "period", "channel", "attribute")
    }
    attributes = {"failures": 4, "repeats": 4, "overdue": 4, "volume": 4}
    channels = built.snapshot.frame("ref.channel").select("channel", "family").rows()
    families = dict(channels)
    assert len(found) == sum(attributes[families[channel]] for channel in explained["channel"])
    for region, period, channel, observed, excess in explained.select(
        "region_id", "period", "channel", "observed", "excess"
    ).iter_rows():
        mine = [value for key, value in found.items() if key[:3] == (region, period, channel)]
        assert mine == [(exact(excess), observed)] * 4, (region, period, channel)


def test_the_records_behind_are_as_many_as_observed(built: Sample, explained: pl.DataFrame) -> None:
    for region, period, channel, observed in explained.select(
        "region_id", "period", "channel", "observed"
    ).iter_rows():
        source = "failures" if channel.startswith("failure") else "petitions"
        rows = api.records(built.snapshot, source, region, period, period, channel=channel)
        assert rows.height == observed, (region, period, channel)


class Levels:
    """The level of a region and month without some records, by the whole model."""

    def __init__(self, sample: Sample, level: str) -> None:
        frame = sample.snapshot.frame
        counts = frame("mart.warning_channel").filter(region_level=level)
        last = month_number(frame("mart.warning_channel")["period"].max())  # type: ignore[arg-type]
        self.panel: Panel = panel_of(
            counts, frame("mart.completeness"), frame("ref.channel"), frame("ref.neighbour"), last
        )
        self.config = Config.of(frame("ref.warning_parameter"))
        self.memo: Memo = {}

    def without(self, region: str, period: date, taken: dict[str, int]) -> int:
        panel, step = self.panel, self.panel.months.index(period)
        counts = panel.counts.copy()
        for channels, records in taken.items():
            for channel in channels.split(","):
                counts[panel.channels.index(channel), panel.regions.index(region), step] -= records
        # Months before read nothing of this one, whose own counts have changed.
        if (0, step) not in self.memo:
            judge(panel.counts, step, panel.neighbour, self.config, self.memo, panel.kinds.family)
        before = {key: value for key, value in self.memo.items() if key[1] < step}
        judged = judge(counts, step, panel.neighbour, self.config, before, panel.kinds.family)
        found = verdict(judged, panel.neighbour, panel.kinds, panel.young(step, self.config), self.config)
        return int(found.level[panel.regions.index(region)])


@pytest.mark.parametrize("region_level", ["county", "prefecture"])
def test_without_its_evidence_a_warning_is_silent_and_without_less_it_is_not(
    built: Sample, region_level: str
) -> None:
    levels = Levels(built, region_level)
    warnings = built.snapshot.frame("mart.warning").filter(region_level=region_level)
    rows = built.snapshot.frame("mart.warning_evidence").filter(
        pl.col("region_id").is_in(warnings["region_id"].to_list())
    )
    sets = {
        key: (dict(part.select("channels", "records").iter_rows()), part["level_after"][0])
        for key, part in rows.group_by("region_id", "period", "goal")
    }
    assert len(sets) == 2 * warnings.height
    for region, period, level in warnings.select("region_id", "period", "level").iter_rows():
        silent, after = sets[region, period, "silent"]
        assert after is None and levels.without(region, period, silent) == NO_LEVEL, (region, period)
        lower, after = sets[region, period, "lower"]
        assert (after or NO_LEVEL) == levels.without(region, period, lower) > level, (region, period)
        for part in silent:
            fewer = silent | {part: silent[part] - 1}
            assert levels.without(region, period, fewer) < NO_LEVEL, (region, period)
