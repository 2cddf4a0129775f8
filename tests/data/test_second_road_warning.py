"""Tested counts of the sample by a second road: plain Python over measures and rows, SciPy's tail."""

from __future__ import annotations

import statistics
from datetime import date

import polars as pl
import pytest
from scipy import stats

from tests.data import second_road
from tests.data.second_road import add_months, month_number
from tests.sample import Sample

LAST = date(2025, 12, 1)


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


def share_on_file(sample: Sample) -> dict[int, float]:
    """How much of a month's failures is on file by age, from months at least 24 months old."""
    delays = []
    for row in second_road.events(second_road.standing_failures(sample.rows("failures"))):
        month, entered = row["period_date"], row["entered_date"]
        if month is None or entered is None or month < date(2020, 1, 1):
            continue
        if month_number(LAST) - month_number(month) >= 24:
            delays.append(max(0, month_number(entered) - month_number(month)))
    known = [delay for delay in delays if delay <= 24]
    return {age: (sum(d <= age for d in known) + 0.5) / (len(known) + 0.5) for age in range(25)}


def mean_of(series: dict[date, float], month: date, share: dict[int, float]) -> float | None:
    """What a month was expected to hold."""

    def part(of: date) -> float:
        return share.get(month_number(LAST) - month_number(of), 1.0)

    past = [add_months(month, -lag) for lag in range(3, 27)]
    known = [m for m in past if m in series]
    if len(known) < 12:
        return None
    level = max(sum(series[m] for m in known), 0.5) / sum(part(m) for m in known)
    lags = [12 * year + beside for year in (1, 2, 3) for beside in (-1, 0, 1)]
    same = [series[m] / part(m) for m in (add_months(month, -lag) for lag in lags) if m in series]
    if len(same) >= 3:
        level = max(level, statistics.median(same))
    return level * part(month)


@pytest.mark.parametrize(
    ("channel", "plus", "less", "level", "month"),
    [
        ("petitions_repeated", "petitions_repeated", None, "county", date(2024, 7, 1)),
        (
            "petition_closings_overdue",
            "petition_closings_due",
            "petition_closings_on_time",
            "county",
            date(2025, 9, 1),
        ),
        ("failure_events", "failure_events", None, "county", date(2025, 12, 1)),
        ("failure_events", "failure_events", None, "prefecture", date(2024, 5, 1)),
        ("petition_volume", "petition_volume", None, "prefecture", date(2025, 11, 1)),
    ],
)
def test_expected_and_p_agree(
    sample: Sample, channel: str, plus: str, less: str | None, level: str, month: date
) -> None:
    share = share_on_file(sample) if channel == "failure_events" else {}
    series = counts(sample, plus, less, level)
    square = beyond = 0.0
    for own in series.values():
        for of in (add_months(month, -lag) for lag in range(3, 27)):
            mean = mean_of(own, of, share)
            if mean is not None and of in own:
                square += mean**2
                beyond += (own[of] - mean) ** 2 - mean
    k = min(10_000.0, square / beyond) if beyond > 0 else 10_000.0
    rows = sample.snapshot.frame("mart.warning_channel").filter(
        channel=channel, region_level=level, period=month
    )
    assert rows.height == len(series)
    tested = 0
    for row in rows.iter_rows(named=True):
        own = series[row["region_id"]]
        mean = mean_of(own, month, share)
        assert row["observed"] == own.get(month)
        if month not in own or mean is None:
            assert row["reason"] in ("not_reported", "history_short") and row["p_value"] is None
            continue
        chance = k / (k + mean)
        p = stats.nbinom.sf(own[month], k, chance) + 0.5 * stats.nbinom.pmf(own[month], k, chance)
        cases = sum(own.get(add_months(month, -lag), 0.0) for lag in range(24))
        p = max(p, 0.5) if cases < 3 else p
        assert row["expected"] == pytest.approx(mean, abs=1e-8)
        assert row["p_value"] == pytest.approx(max(p, 1e-9), abs=1e-8)
        assert (row["lower"], row["upper"]) == (
            stats.nbinom.ppf(0.05, k, chance),
            stats.nbinom.ppf(0.95, k, chance),
        )
        tested += row["tested"]
    assert tested > 10


def test_every_warning_is_what_its_channels_say(sample: Sample) -> None:
    """Level 4 and 3 by hand for every county and month: the smallest p outside volume, times the channels."""
    channels = sample.snapshot.frame("mart.warning_channel").filter(region_level="county")
    raised = {row["warning_id"]: row for row in sample.snapshot.frame("mart.warning").iter_rows(named=True)}
    seen = 0
    for (region, period), group in channels.group_by("region_id", "period"):
        cells = [row for row in group.iter_rows(named=True) if row["p_value"] is not None]
        above = [row for row in cells if row["excess"] > 0 and row["p_value"] < 0.1]
        best = {
            volume: min(
                (
                    row["p_value"] * len(cells)
                    for row in above
                    if (row["channel"] == "petition_volume") == volume
                ),
                default=1.0,
            )
            for volume in (False, True)
        }
        row = raised.get(f"{region}-{period:%Y-%m}")
        assert (row is not None) == (min(best.values()) < 0.02), (region, period)
        if row is None:
            continue
        seen += 1
        assert (row["level"] <= 3) == (best[False] < 0.005)
        assert row["volume_only"] == (best[False] >= 0.02)
        assert row["level"] > 2 or best[False] < 0.001
        assert set(row["channels"].split(",")) == {cell["channel"] for cell in above}
    assert seen > 100
