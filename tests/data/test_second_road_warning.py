"""Warnings of the sample by a second road: counts, tails, what is joined and what that comes to.

What a month was expected to hold has no short second road: tests/unit/test_warning_parts.py holds its parts.
"""

from __future__ import annotations

import math
from datetime import date

import polars as pl
import pytest
from scipy import stats

from tests.data.second_road import add_months
from tests.sample import Sample


def counts(sample: Sample, plus: str, less: str | None, level: str) -> dict[str, dict[date, float]]:
    """The count of every region and month, months not wholly reported left out."""
    regions = sample.snapshot.frame("ref.region").filter(region_level=level)["region_id"].to_list()
    rollup = sample.snapshot.frame("ref.rollup")
    measures = sample.snapshot.frame("core.measure").filter(
        pl.col("measure").is_in([name for name in (plus, less) if name])
    )
    source = "failures" if plus.startswith("failure") else "petitions"
    coverage = sample.snapshot.frame("core.coverage").filter(source=source)
    state = {
        (unit, month): what for unit, month, what in coverage.select("unit_id", "month", "state").iter_rows()
    }
    value = {
        row[:3]: row[3] for row in measures.select("region_id", "period", "measure", "value").iter_rows()
    }
    units = {region: rollup.filter(region_id=region)["unit_id"].to_list() for region in regions}
    months = sorted({month for _, month in state})
    found: dict[str, dict[date, float]] = {region: {} for region in regions}
    for region in regions:
        for month in months:
            if all(state[unit, month] in ("on_time", "late") for unit in units[region]):
                found[region][month] = sum(
                    value[unit, month, plus] - (value[unit, month, less] if less else 0.0)
                    for unit in units[region]
                )
    return found


COUNTED = {
    "failure_events": ("failure_events", None),
    "failure_entries": ("failure_entries", None),
    "petitions_repeated": ("petitions_repeated", None),
    "petition_closings_overdue": ("petition_closings_due", "petition_closings_on_time"),
    "petition_volume": ("petition_volume", None),
}
VOLUME = "petition_volume"


@pytest.mark.parametrize("level", ["county", "prefecture"])
@pytest.mark.parametrize("channel", list(COUNTED))
def test_counts_tails_and_intervals_agree(sample: Sample, channel: str, level: str) -> None:
    plus, less = COUNTED[channel]
    series = counts(sample, plus, less, level)
    rows = sample.snapshot.frame("mart.warning_channel").filter(channel=channel, region_level=level)
    tested = 0
    for row in rows.iter_rows(named=True):
        own = series[row["region_id"]]
        assert row["observed"] == own.get(row["period"])
        if row["observed"] is None or row["expected"] is None:
            assert row["reason"] == ("not_reported" if row["observed"] is None else "history_short")
            assert row["p_value"] is None
            continue
        mean, spread, y = row["expected"], row["variance"], row["observed"]
        before = add_months(row["period"], -1)
        few = y + own.get(before, 0.0) < 3
        assert (row["reason"], row["tested"]) == (("sparse", False) if few else (None, True))
        if row["period"].year < 2024:
            continue
        k = min(mean**2 / max(spread - mean, 1e-9), 1e7)
        p = stats.nbinom.sf(y, k, k / (k + mean)) + 0.5 * stats.nbinom.pmf(y, k, k / (k + mean))
        p = max(p, 0.5) if few else p
        if row["inflation"] > 1:
            p = stats.norm.sf(stats.norm.isf(p) / row["inflation"])
        assert row["p_value"] == pytest.approx(p, rel=1e-3, abs=1e-6)
        assert row["upper"] == pytest.approx(stats.nbinom.ppf(0.95, k, k / (k + mean)), abs=1)
        assert row["excess"] == pytest.approx(y - mean, abs=1e-8)
        tested += 1
    assert tested > 100


def remembered(p: float, before: float | None, by: float) -> float:
    """Evidence of a month and half that of the one before, capped; its tail inflated on the normal scale."""
    total = -math.log(p) + 0.5 * min(1.0 if before is None else -math.log(before), -math.log(0.01))
    tail = 2 * math.exp(-total) - math.exp(-2 * total)
    return float(stats.norm.sf(stats.norm.isf(tail) / by)) if by > 1 else tail


def test_p_and_level_are_what_the_channels_say(sample: Sample) -> None:
    """Best, all together and the Benjamini–Hochberg rule by hand, for every county of a year."""
    families = dict(sample.snapshot.frame("ref.channel").select("channel", "family").iter_rows())
    year = pl.col("period").dt.year() == 2025
    channels = sample.snapshot.frame("mart.warning_channel").filter(year, region_level="county")
    joined = {
        (row["region_id"], row["period"]): row
        for row in sample.snapshot.frame("mart.warning_test").filter(year).iter_rows(named=True)
    }
    held = 0
    for key, group in channels.group_by("region_id", "period"):
        by_family: dict[str, list[float]] = {}
        for row in group.iter_rows(named=True):
            if row["p_value"] is not None:
                tail = remembered(row["p_value"], row["p_before"], row["memory_inflation"])
                by_family.setdefault(families[row["channel"]], []).append(tail)
        row = joined[key]
        if not by_family:
            assert (row["state"], row["alarm_p"]) == ("not_assessable", None)
            continue
        tails = [min(1.0, len(found) * min(found)) for found in by_family.values()]
        totals = [-math.log(p / (1 + math.sqrt(1 - p))) for p in tails]
        best = min(1.0, len(tails) * min(tails))
        shape, scale = 1.5**2 / 1.25 * len(tails), 1.25 / 1.5
        together = stats.gamma.sf(sum(totals), shape, scale=scale)
        assert row["best_p"] == pytest.approx(best, rel=1e-5)
        assert row["together_p"] == pytest.approx(together, rel=1e-5)
        parts = [(best, 1.0), (together, 1.0), (row["neighbours_p"], 0.5)]
        score = sum(weight / math.tan(math.pi * min(p, 1 - 1e-6)) for p, weight in parts) / 2.5
        assert row["alarm_p"] == pytest.approx(0.5 - math.atan(score) / math.pi, rel=1e-5)
        held += 1
    assert held > 1000
    for _, month in channels.group_by("period"):
        rows = [joined[r, p] for r, p in month.select("region_id", "period").unique().iter_rows()]
        known = sorted(row["alarm_p"] for row in rows if row["alarm_p"] is not None)
        passing = [p for place, p in enumerate(known, 1) if p <= 0.10 * place / len(known)]
        assert {row["region_id"] for row in rows if row["discovered"]} == {
            row["region_id"]
            for row in rows
            if row["alarm_p"] is not None and row["alarm_p"] <= max(passing, default=-1)
        }


def test_every_warning_keeps_the_rules_of_its_level(sample: Sample) -> None:
    tests = {
        (row["region_id"], row["period"]): row
        for row in sample.snapshot.frame("mart.warning_test").iter_rows(named=True)
    }
    channels = sample.snapshot.frame("mart.warning_channel")
    raised = sample.snapshot.frame("mart.warning")
    for row in raised.iter_rows(named=True):
        key = (row["region_id"], row["period"])
        own = channels.filter(region_id=key[0], period=key[1], explains=True)
        assert own.filter((pl.col("p_value") < 0.1) & (pl.col("excess") > 0)).height == own.height > 0
        assert set(row["channels"].split(",")) == set(own["channel"])
        assert tests[key]["gate_open"] and tests[key]["state"] == "raised"
        assert row["lead_channel"] in row["channels"].split(",")
        assert (row["lead_channel"] == VOLUME) == row["volume_only"]
        assert row["level"] == 4 or not row["volume_only"]
        assert row["level"] >= 3 or not row["provisional"]
    assert raised.height > 100 and set(raised["level"]) == {1, 2, 3, 4}
    assert raised.height == sum(row["state"] == "raised" for row in tests.values())
