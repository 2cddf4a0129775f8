"""The warning model whole: no look-ahead, hardly any cases, one shock, a campaign, gaps; METHOD 6."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.warning import bench
from models.warning.config import MONTHLY, WEEKLY
from models.warning.gate import NO_LEVEL
from models.warning.model import Memo, judge
from models.warning.verdict import Kinds, verdict

REGIONS, STEPS, LAST = 60, 54, 53
MEANS = np.array([12.0, 3.0, 0.15])
RING = sum(np.roll(np.eye(REGIONS), by, axis=1) for by in (-2, -1, 1, 2))


def quiet(seed: int = 0, last: float = 1.0) -> np.ndarray:
    """Sources × regions × steps, nothing unusual but a factor for all at the last; source 2 is sparse."""
    rng = np.random.default_rng(seed)
    season = 1 + 0.3 * np.cos(2 * np.pi * np.arange(STEPS) / 12)
    season[LAST] *= last
    size = rng.lognormal(0, 0.4, (3, REGIONS, 1))
    return rng.poisson(MEANS[:, None, None] * size * season * rng.gamma(8, 1 / 8, (3, REGIONS, STEPS))) * 1.0


COUNTS = quiet()


@pytest.fixture(scope="module")
def memo() -> Memo:
    return {}


def test_what_comes_later_has_no_say(memo: Memo) -> None:
    for step in (40, 47, LAST):
        whole = judge(COUNTS, step, RING, MONTHLY, memo)
        cut = judge(COUNTS[:, :, : step + 1].copy(), step, RING, MONTHLY)
        for name in ("best", "together", "neighbours", "p"):
            for kind in ("order", "alarm"):
                there = getattr(getattr(whole, kind), name)
                assert there == pytest.approx(getattr(getattr(cut, kind), name), rel=1e-9, abs=0)
    later = COUNTS.copy()
    later[:, :, 48:] = 999
    assert np.array_equal(
        judge(later, 47, RING, MONTHLY).order.p, judge(COUNTS, 47, RING, MONTHLY, memo).order.p
    )


def test_single_series_have_no_look_ahead_and_stand_alone() -> None:
    rng = np.random.default_rng(1)
    weeks = rng.poisson([[8.0], [0.3], [60.0]], (3, 330))
    found = bench.series(weeks, 52, range(318, 330))
    assert found["p"].shape == found["alarm"].shape == (3, 12)
    cut = bench.series(weeks[:, :323], 52, range(318, 323))
    assert cut["p"] == pytest.approx(found["p"][:, :5], rel=1e-9, abs=0)
    alone = bench.series(weeks[:1], 52, [329])["p"]
    assert alone == pytest.approx(found["p"][:1, -1:], rel=1e-6, abs=0)
    weeks[0, 329] += 40
    assert bench.series(weeks, 52, [329])["alarm"].tolist() == [[True], [False], [False]]
    with pytest.raises(ValueError, match="52 steps a year"):
        bench.series(weeks, 12, [329])


@settings(max_examples=12, deadline=None)
@given(now=st.integers(0, 2), source=st.integers(0, 2), region=st.integers(0, REGIONS - 1))
def test_one_case_or_two_on_a_past_without_any_raise_nothing(now: int, source: int, region: int) -> None:
    counts = np.zeros_like(COUNTS)
    counts[source, region, LAST] = now
    counts[source, region, LAST - 1] = 2 - now
    judged = judge(counts, LAST, RING, MONTHLY)
    assert not judged.open.any() and not bench.alarms(judged, MONTHLY).any()
    assert judged.sources[source].p[region] >= MONTHLY.sparse_p


def test_three_cases_at_once_on_a_past_without_any_do_raise() -> None:
    counts = COUNTS.copy()
    counts[2, 7, :LAST] = 0
    counts[2, 7, LAST] = 5
    assert bench.alarms(judge(counts, LAST, RING, MONTHLY), MONTHLY)[7]


@pytest.mark.parametrize("source", [0, 1, 2])
def test_one_shock_does_not_raise_the_next_ordinary_month(source: int, memo: Memo) -> None:
    region = 11
    usual = np.array([s.mean[region] for s in judge(COUNTS, LAST, RING, MONTHLY, memo).sources])
    counts = COUNTS.copy()
    counts[:, region, LAST] = np.floor(usual)
    counts[source, region, LAST - 1] += np.ceil(20 * np.sqrt(2 * MEANS[source]))
    assert bench.alarms(judge(counts, LAST - 1, RING, MONTHLY), MONTHLY)[region]
    judged = judge(counts, LAST, RING, MONTHLY)
    assert not judged.open[region]
    # Order keeps in mind what alarms cap.
    assert judged.order.p[region] < judged.alarm.p[region]


def test_a_campaign_in_all_regions_is_nobodys_anomaly(memo: Memo) -> None:
    before = bench.alarms(judge(COUNTS, LAST, RING, MONTHLY, memo), MONTHLY)
    counts = quiet(last=2.0)
    judged = judge(counts, LAST, RING, MONTHLY)
    assert bench.alarms(judged, MONTHLY).sum() <= before.sum() + 1
    assert judged.sources[0].mean.sum() == pytest.approx(counts[0, :, LAST].sum(), rel=0.1)


def test_what_was_not_reported_is_not_assessable_and_hurts_nobody_else(memo: Memo) -> None:
    counts = COUNTS.copy()
    counts[:, 5, :40] = np.nan
    counts[:, 6, LAST] = np.nan
    counts[1, 8, LAST] = np.nan
    counts[0, 9, LAST - 1] = np.nan
    counts[:, :, 30] = np.nan
    judged = judge(counts, LAST, RING, MONTHLY)
    assert np.flatnonzero(np.isnan(judged.order.p)).tolist() == [5, 6]
    assert not judged.open[[5, 6]].any()
    whole = judge(COUNTS, LAST, RING, MONTHLY, memo)
    others = np.arange(20, REGIONS - 10)
    assert np.abs(np.log(judged.order.p[others] / whole.order.p[others])).max() < 1.0


def test_no_p_is_zero_and_a_larger_count_never_has_a_larger_one() -> None:
    last = np.inf
    for more in (0, 5, 50, 5_000, 500_000):
        counts = COUNTS.copy()
        counts[1, 3, LAST] += more
        p = judge(counts, LAST, RING, MONTHLY).order.p
        assert (p > 0).all() and p[3] <= last
        last = p[3]


def test_the_panel_reads_what_was_on_file() -> None:
    data = {"Y": COUNTS.transpose(1, 0, 2), "A": RING > 0, "test": [LAST - 1, LAST], "truth": None}
    found = bench.panel(data)
    assert found["score"].shape == found["alarm"].shape == (REGIONS, 2)
    later = data | {"Y": data["Y"] * 0, "asof": {t: data["Y"][:, :, : t + 1] for t in data["test"]}}
    assert bench.panel(later)["score"] == pytest.approx(found["score"], rel=1e-9, abs=0)


def test_half_of_a_month_on_file_everywhere_is_no_fall_and_its_return_no_rise(memo: Memo) -> None:
    counts = COUNTS.copy()
    counts[:, :, LAST] = np.random.default_rng(4).binomial(COUNTS[:, :, LAST].astype(int), 0.5)
    judged = judge(counts, LAST, RING, MONTHLY)
    whole = judge(COUNTS, LAST, RING, MONTHLY, memo)
    assert judged.sources[0].mean.sum() == pytest.approx(whole.sources[0].mean.sum() / 2, rel=0.1)


def test_weeks_and_months_differ_in_numbers_only() -> None:
    assert WEEKLY.steps_a_year == 52 and WEEKLY.guard == 8 and MONTHLY.guard == 2
    assert not WEEKLY.peers and MONTHLY.peers


def shocked(source: int, by: float) -> np.ndarray:
    counts = COUNTS.copy()
    counts[source, 20, LAST] += by
    return counts


def test_volume_alone_is_at_most_level_four_and_leads_only_where_nothing_else_does() -> None:
    kinds = Kinds(np.arange(3), np.array([True, False, False]))
    plain = Kinds(np.arange(3), np.zeros(3, dtype=bool))
    none = np.zeros(3, dtype=bool)
    loud, other = (judge(shocked(source, 60), LAST, RING, MONTHLY) for source in (0, 1))
    found = verdict(loud, RING, kinds, none, MONTHLY)
    assert (found.level[20], found.lead[20], found.volume_only[20]) == (4, 0, True)
    assert verdict(loud, RING, plain, none, MONTHLY).level[20] == 2
    found = verdict(other, RING, kinds, none, MONTHLY)
    assert (found.level[20], found.lead[20], found.volume_only[20]) == (2, 1, False)
    assert verdict(other, RING, kinds, ~none, MONTHLY).level[20] == 3
    quiet_ones = found.level == NO_LEVEL
    assert (found.lead[quiet_ones] == -1).all() and not found.volume_only[quiet_ones].any()


def test_two_months_running_are_level_one() -> None:
    counts = shocked(1, 30)
    counts[1, 20, LAST - 1] += 30
    kinds = Kinds(np.arange(3), np.array([True, False, False]))
    found = verdict(judge(counts, LAST, RING, MONTHLY), RING, kinds, np.zeros(3, dtype=bool), MONTHLY)
    assert found.level[20] == 1 and found.lead[20] == 1
