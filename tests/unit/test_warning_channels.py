"""One channel: what is expected, how unusual, how complete; nothing of a later month has a say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from models.warning import tail
from models.warning.assess import LEAST_P, SCHEMA, assess, assess_channels
from models.warning.completeness import completeness, shares
from models.warning.expect import earlier, expected, window_sum
from models.warning.settings import Settings
from pipelines import registry, relations

PARAMETERS, CHANNELS = registry.warning_parameters(), registry.channels()
SET = Settings.of(PARAMETERS)
NAN = np.nan


def context(last: date) -> pl.DataFrame:
    return pl.DataFrame({"last_month": [last]})


def flat(count: float, months: int = 60) -> np.ndarray:
    return np.full((1, months), count)


def test_a_window_ends_so_many_months_before() -> None:
    ones = np.arange(1.0, 7.0)[np.newaxis]
    assert window_sum(ones, 2, 1).tolist() == [[0, 1, 3, 5, 7, 9]]
    assert window_sum(ones, 3, 0).tolist() == [[1, 3, 6, 9, 12, 15]]
    assert earlier(ones, 2)[0, 2:].tolist() == [1, 2, 3, 4] and np.isnan(earlier(ones, 9)).all()


def test_the_mean_leaves_the_last_two_months_out() -> None:
    counts = flat(4.0)
    counts[0, 57:59] = 100
    assert expected(counts, np.ones(60), SET)[0, 59] == 4.0


def test_the_season_counts_where_it_is_higher() -> None:
    counts = flat(2.0)
    # July and its neighbours hold eight each year; the mean of 24 months is (18 × 2 + 6 × 8) / 24 = 3.5.
    counts[0, [month for month in range(60) if month % 12 in (5, 6, 7)]] = 8
    assert expected(counts, np.ones(60), SET)[0, 54] == 8.0
    assert expected(counts, np.ones(60), SET)[0, 51] == 3.5


def test_a_young_month_is_held_against_its_part() -> None:
    share = np.ones(60)
    share[-1], share[-4] = 0.4, 0.5
    counts = flat(10.0)
    counts[0, -4] = 5
    # The month four back is half on file: 23 × 10 + 5 cases in 23.5 months' worth are ten a month.
    assert expected(counts, share, SET)[0, -1] == pytest.approx(4.0)


def test_months_not_reported_are_not_zero() -> None:
    counts = flat(6.0)
    counts[0, 40:50] = NAN
    assert expected(counts, np.ones(60), SET)[0, -1] == 6.0
    counts[0, 20:57] = NAN
    assert np.isnan(expected(counts, np.ones(60), SET)[0, -1])


def test_a_past_without_a_case_expects_a_fraction_of_one() -> None:
    assert expected(flat(0.0), np.ones(60), SET)[0, -1] == pytest.approx(0.5 / 24)


def test_dispersion_by_moments() -> None:
    draw = np.random.default_rng(1)
    k, mean = 3.0, 5.0
    counts = draw.negative_binomial(k, k / (k + mean), size=(400, 60)).astype(float)
    found = tail.dispersion(counts, np.full(counts.shape, mean), SET)
    assert np.isnan(found[:3]).all() and found[-1] == pytest.approx(k, rel=0.1)
    poisson = draw.poisson(mean, size=(400, 60)).astype(float)
    assert tail.dispersion(poisson, np.full(poisson.shape, mean), SET)[-1] > 50
    assert tail.dispersion(np.full((400, 60), mean), np.full((400, 60), mean), SET)[-1] == SET.largest_k


def test_dispersion_needs_enough_cells() -> None:
    counts = np.full((16, 20), 3.0)
    # Sixteen regions give a hundred cells in seven months, two of guard before the month tested.
    found = tail.dispersion(counts, counts, SET)
    assert np.isnan(found[:9]).all() and not np.isnan(found[9:]).any()


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


def test_few_cases_in_two_years_are_never_unusual() -> None:
    counts = np.zeros((129, 60))
    counts[0, -1] = 2
    counts[1, -1] = 3
    counts[2:, :] = np.random.default_rng(3).poisson(0.3, size=(127, 60))
    found = assess(counts, np.ones(60), SET)
    assert found["p_value"][0, -1] >= 0.5 and found["sparse"][0, -1] == 1
    assert LEAST_P <= found["p_value"][1, -1] < 0.01 and found["sparse"][1, -1] == 0


COUNTS = hnp.arrays(float, (8, 50), elements=st.one_of(st.just(NAN), st.integers(0, 30).map(float)))


@settings(max_examples=50)
@given(COUNTS, st.integers(1, 49), hnp.arrays(float, 50, elements=st.floats(0.3, 1.0)))
def test_no_later_month_has_a_say(counts: np.ndarray, cut: int, share: np.ndarray) -> None:
    few = replace(SET, least_dispersion_cells=20)
    whole, part = assess(counts, share, few), assess(counts[:, :cut], share[:cut], few)
    for name, values in part.items():
        np.testing.assert_array_equal(whole[name][:, :cut], values, name)


def frame(values: list[float | None], channel: str = "petitions_repeated") -> pl.DataFrame:
    """core.channel_month of one county, from 2020 on."""
    months = [relations.add_months(date(2020, 1, 1), number) for number in range(len(values))]
    return pl.DataFrame(
        {"period": months, "observed": values}, schema_overrides={"observed": pl.Float64}
    ).with_columns(
        pl.lit(channel).alias("channel"),
        pl.lit("530102").alias("region_id"),
        pl.lit("county").alias("region_level"),
    )


def test_every_row_says_whether_it_was_tested_and_why_not() -> None:
    few = PARAMETERS.with_columns(pl.lit(10.0).alias("least_dispersion_cells"))
    table = completeness(ARRIVAL, CHANNELS, context(date(2024, 12, 1)), PARAMETERS)
    found = assess_channels(frame([4.0] * 40 + [None] + [4.0] * 19), table, context(date(2024, 12, 1)), few)
    assert found.schema == SCHEMA and found.height == 60
    by_month = dict(zip(found["period"], found.iter_rows(named=True), strict=True))
    assert by_month[date(2020, 6, 1)]["reason"] == "history_short"
    silent = by_month[date(2023, 5, 1)]
    assert (silent["tested"], silent["reason"], silent["p_value"], silent["excess"]) == (
        False,
        "not_reported",
        None,
        None,
    )
    last = by_month[date(2024, 12, 1)]
    assert (last["tested"], last["reason"], last["expected"], last["excess"]) == (True, None, 4.0, 0.0)
    quiet = assess_channels(frame([0.0] * 60), table, context(date(2024, 12, 1)), few)[-1]
    assert quiet.select("tested", "reason").rows() == [(False, "sparse")] and quiet["p_value"][0] >= 0.5


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


def test_a_missing_setting_is_an_error() -> None:
    with pytest.raises(KeyError, match="gate_p"):
        Settings.of(PARAMETERS.drop("gate_p"))
