"""Counts by month as the build judges them: how complete a month is, what is expected, what is raised."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from models.warning import tail
from models.warning.completeness import completeness, shares
from models.warning.config import MONTHLY, Config
from models.warning.model import put_together
from models.warning.monthly import JOINED, SCHEMA, judged_months, months, panel_of
from pipelines import registry, relations

PARAMETERS, CHANNELS = registry.warning_parameters(), registry.channels()
CODES = CHANNELS.sort("sort_order")["channel"].to_list()
REGIONS, MONTHS = 40, 48
NAMES = [f"53{number:04d}" for number in range(REGIONS)]
NEIGHBOURS = pl.DataFrame({"region_id": NAMES, "neighbour_id": NAMES[1:] + NAMES[:1]})
LEVELS = {"failure_events": 0.6, "failure_entries": 0.6, "petitions_repeated": 3.0}


def context(last: date) -> pl.DataFrame:
    return pl.DataFrame({"last_month": [last]})


def month(number: int) -> date:
    return relations.add_months(date(2021, 1, 1), number)


def drawn(seed: int = 1, **changes: dict[tuple[int, int], float]) -> pl.DataFrame:
    """core.channel_month of forty counties with nothing unusual, but for `changes` at (region, month)."""
    rng = np.random.default_rng(seed)
    parts = []
    for code in CODES:
        counts = rng.poisson(LEVELS.get(code, 5.0), (REGIONS, MONTHS)).astype(float)
        for where, value in changes.get(code, {}).items():
            counts[where] = value
        parts.append(frame(counts, code))
    return pl.concat(parts)


def frame(counts: np.ndarray, code: str) -> pl.DataFrame:
    regions, steps = np.meshgrid(np.arange(counts.shape[0]), np.arange(counts.shape[1]), indexing="ij")
    return pl.DataFrame(
        {
            "channel": code,
            "region_id": [NAMES[r] for r in regions.ravel()],
            "region_level": "county",
            "period": [month(m) for m in steps.ravel()],
            "observed": pl.Series(counts.ravel()).fill_nan(None),
        }
    )


def complete(young: float = 1.0) -> pl.DataFrame:
    """mart.completeness: failures by month of event have so much on file in their own month, else all."""
    rows = [
        (code, age, young if (code, age) == ("failure_events", 0) else 1.0)
        for code in CODES
        for age in (0, 1)
    ]
    return pl.DataFrame(rows, ["channel", "age_months", "share"], orient="row")


def judged(counts: pl.DataFrame, young: float = 1.0) -> pl.DataFrame:
    last = context(counts["period"].max())
    return judged_months(counts, complete(young), CHANNELS, NEIGHBOURS, last, PARAMETERS)


def raised(found: pl.DataFrame, region: int = 7, at: int = MONTHS - 1) -> tuple:
    """(level, lead, provisional, volume alone) of a region and month."""
    row = found.filter(region_id=NAMES[region], period=month(at), channel=JOINED)
    return row.select("level", "lead_channel", "provisional", "volume_only").row(0)


def test_the_method_s_numbers_are_those_the_model_is_measured_with() -> None:
    assert Config.of(PARAMETERS) == MONTHLY
    with pytest.raises(KeyError, match="gate_p"):
        Config.of(PARAMETERS.drop("gate_p"))


def test_data_cut_at_a_month_say_the_same_of_it() -> None:
    silent = {(3, 30): np.nan, (3, 31): np.nan, (9, 44): np.nan}
    counts = drawn(petitions_repeated=silent, failure_entries={(7, 40): 6.0, (7, 41): 5.0})
    whole = judged(counts)
    for cut in (24, 37, 41, 46):
        part = judged(counts.filter(pl.col("period") <= month(cut)))
        assert part.schema == SCHEMA
        both = whole.filter(pl.col("period") <= month(cut))
        assert both.equals(part, null_equal=True)


def test_every_count_and_region_has_its_row_and_no_other() -> None:
    counts = drawn().filter(pl.col("channel") != "petition_volume")
    found = judged(counts)
    assert found.filter(pl.col("channel") != JOINED).height == counts.height
    assert found.filter(channel=JOINED).height == REGIONS * MONTHS
    early = found.filter(period=month(MONTHLY.least_history + MONTHLY.guard - 1))
    assert early["expected"].null_count() == early.height and early["alarm_p"].null_count() == early.height
    first = found.filter(period=month(MONTHLY.least_history + MONTHLY.guard), channel=JOINED)
    assert first["alarm_p"].null_count() == 0


@pytest.mark.parametrize("cases", [1.0, 2.0])
def test_one_case_or_two_where_there_was_none_raise_nothing(cases: float) -> None:
    none = {(region, at): 0.0 for region in range(REGIONS) for at in range(MONTHS)}
    burst = {code: {**none, (7, MONTHS - 1): cases} for code in CODES}
    assert judged(drawn(**burst)).filter(channel=JOINED)["level"].null_count() == REGIONS * MONTHS


def test_a_burst_is_raised_with_its_lead_and_volume_is_a_hint() -> None:
    assert raised(judged(drawn(petitions_repeated={(7, MONTHS - 1): 25.0})))[:2] == (2, "petitions_repeated")
    assert raised(judged(drawn(petition_volume={(7, MONTHS - 1): 60.0}))) == (
        4,
        "petition_volume",
        False,
        True,
    )


def test_what_rests_on_an_incomplete_count_is_capped_and_a_complete_one_is_not() -> None:
    events = drawn(failure_events={(7, MONTHS - 1): 12.0})
    assert raised(judged(events))[0] == 2
    assert raised(judged(events, young=0.4)) == (3, "failure_events", True, False)
    both = drawn(failure_events={(7, MONTHS - 1): 12.0}, petitions_repeated={(7, MONTHS - 1): 25.0})
    level, lead, provisional, _ = raised(judged(both, young=0.4))
    assert (level <= 2, lead, provisional) == (True, "petitions_repeated", False)


def test_counts_of_the_same_cases_are_no_second_evidence() -> None:
    """Entries that repeat the events say no more than the best of two tries."""
    twice = drawn(failure_events={(7, MONTHS - 1): 5.0}, failure_entries={(7, MONTHS - 1): 5.0})
    panel = panel_of(twice, complete(), CHANNELS, NEIGHBOURS, 10**6)
    found = list(months(panel, MONTHLY))[-1].judged
    apart = put_together(found.sources, panel.neighbour, MONTHLY)
    assert found.alarm.together[7] > apart.alarm.together[7]
    assert found.sources[CODES.index("failure_events")].p[7] < found.alarm.best[7]


ARRIVAL = pl.DataFrame(
    {
        "period": [date(2021, 1, 1)] * 4 + [date(2024, 6, 1)],
        "delay_months": [0, 1, 24, 25, 0],
        "events": [40, 39, 20, 500, 9000],
    },
    schema_overrides={"delay_months": pl.Int32, "events": pl.Int32},
)


def test_completeness_is_what_older_months_had_on_file_by_that_age() -> None:
    enough = PARAMETERS.with_columns(pl.lit(99.0).alias("least_arrivals"))
    table = completeness(ARRIVAL, CHANNELS, context(date(2024, 12, 1)), enough)
    share = shares(table, "failure_events", np.arange(30))
    # Young months do not speak, and nobody waits longer than 24 months: 40, 79 and 99 of 99.
    assert share[[0, 1, 23, 24, 29]] == pytest.approx([40.5 / 99.5, 79.5 / 99.5, 79.5 / 99.5, 1, 1])
    for channel in CHANNELS["channel"]:
        if channel != "failure_events":
            assert (shares(table, channel, np.arange(3)) == 1).all()


def test_with_few_events_nothing_is_expected_to_be_missing() -> None:
    table = completeness(ARRIVAL, CHANNELS, context(date(2024, 12, 1)), PARAMETERS)
    assert table["share"].unique().to_list() == [1.0] and table.height == 25 * CHANNELS.height
    none = completeness(ARRIVAL.clear(), CHANNELS, context(date(2024, 12, 1)), PARAMETERS)
    assert none.equals(table)


@given(st.integers(0, 60), st.floats(0.02, 50), st.floats(0.1, 1e4))
def test_mid_p_and_interval_are_the_negative_binomial_s(count: int, mean: float, k: float) -> None:
    chance = k / (k + mean)
    plain = stats.nbinom.sf(count, k, chance) + 0.5 * stats.nbinom.pmf(count, k, chance)
    y, mu, size = (np.array([float(value)]) for value in (count, mean, k))
    assert tail.mid_p(y, mu, size)[0] == pytest.approx(plain, rel=1e-6, abs=1e-12)
    lower, upper = tail.interval(mu, size, 90.0)
    assert stats.nbinom.cdf(upper[0], k, chance) >= 0.95 - 1e-9
    assert stats.nbinom.cdf(lower[0] - 1, k, chance) < 0.05 + 1e-9


def test_quantiles_are_those_of_scipy() -> None:
    """From very sparse and scattered counts to thousands, and unknown where anything is."""
    draw = np.random.default_rng(1)
    mean, k = 10 ** draw.uniform(-3, 3.5, (200, 100)), 10 ** draw.uniform(-2, 4, 100)
    lower, upper = tail.interval(mean, np.broadcast_to(k, mean.shape), 90.0)
    chance = k / (k + mean)
    assert (lower == stats.nbinom.ppf(0.05, k, chance)).all()
    assert (upper == stats.nbinom.ppf(0.95, k, chance)).all()
    unknown = tail.interval(np.array([np.nan, 1.0, 0.0]), np.array([2.0, np.nan, 2.0]), 90.0)
    assert [np.isnan(side).tolist() for side in unknown] == [[True, True, False]] * 2
