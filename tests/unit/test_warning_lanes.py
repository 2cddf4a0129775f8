"""Lanes of totals, and the second opinion: what they see, and that no later month has a say."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from models.warning.config import Config
from models.warning.forest import percentiles, second_opinion
from models.warning.lanes import expected, lane_config, lanes, working_days
from models.warning.monthly import JOINED
from pipelines import registry, relations
from pipelines.calendar import calendar

PARAMETERS, CHANNELS, CALENDAR = registry.warning_parameters(), registry.channels(), calendar()
CONFIG = lane_config(PARAMETERS)
DAYS = working_days(CALENDAR)
MONTHS = [relations.add_months(date(2019, 1, 1), number) for number in range(72)]
OPEN = np.array([DAYS[month] for month in MONTHS], dtype=float)
COMPLETE = pl.DataFrame(
    [(code, 0, 1.0) for code in CHANNELS["channel"]], ["channel", "age_months", "share"], orient="row"
)


def total(by_day: float = 6.0, rise: float = 1.0, seed: int = 5) -> np.ndarray:
    """Repeat petitions of the province that go with its working days; the last month by so much more."""
    mean = by_day * OPEN * (1 + 0.1 * np.cos(2 * np.pi * np.arange(72) / 12))
    mean[-1] *= rise
    return np.random.default_rng(seed).poisson(mean).astype(float)


def frame(counts: np.ndarray, channel: str = "petitions_repeated") -> pl.DataFrame:
    return pl.DataFrame({"period": MONTHS[: counts.size], "observed": counts}).with_columns(
        pl.lit(channel).alias("channel"),
        pl.lit("530000").alias("region_id"),
        pl.lit("province").alias("region_level"),
    )


def lane(counts: np.ndarray, channel: str = "petitions_repeated") -> pl.DataFrame:
    rows = frame(counts, channel)
    last = pl.DataFrame({"last_month": [rows["period"].max()]})
    return lanes(rows, COMPLETE, CHANNELS, CALENDAR, last, PARAMETERS)


def test_working_days_are_those_of_the_holiday_table() -> None:
    # February 2024: the festival from the 10th to the 17th, made up for on Sunday the 4th and the 18th.
    assert DAYS[date(2024, 2, 1)] == 18 and DAYS[date(2024, 10, 1)] == 19


def test_a_month_of_few_working_days_is_no_fall_and_a_rise_of_a_third_is_seen() -> None:
    mean, _ = expected(total()[np.newaxis], OPEN, CONFIG)
    short = MONTHS.index(date(2024, 2, 1))
    assert mean[0, short] < 0.9 * mean[0, short - 1]
    seen = [lane(total(20, rise=1.3, seed=seed))[-1, "level"] for seed in range(20)]
    assert sum(level is not None and level <= 3 for level in seen) >= 18
    quiet = [lane(total(20, seed=seed))[-1, "level"] for seed in range(20)]
    assert sum(level is not None for level in quiet) <= 2


def test_volume_is_a_hint_and_a_short_history_has_no_p() -> None:
    found = lane(total(rise=2.0), "petition_volume")
    assert found[-1, "level"] == Config.of(PARAMETERS).volume_level
    assert found["p_value"].is_null().sum() == CONFIG.least_history + CONFIG.guard
    assert found[-1, "excess"] == pytest.approx(found[-1, "observed"] - found[-1, "expected"], abs=1e-8)


def test_no_later_month_has_a_say_in_a_lane() -> None:
    counts = total(rise=1.3)
    counts[40] = np.nan
    whole = lane(counts)
    for cut in (30, 41, 55):
        assert whole[:cut].equals(lane(counts[:cut]), null_equal=True)


def judged(last_p: float, years: int = 3) -> pl.DataFrame:
    """core.judged of forty counties, ordinary but for the first in the last month."""
    rng = np.random.default_rng(2)
    rows = []
    for number in range(40):
        for month in MONTHS[: 12 * years]:
            for code in CHANNELS["channel"]:
                rows.append(
                    (f"53{number:04d}", "county", month, code, rng.uniform(0.01, 1), rng.uniform(0.01, 1))
                )
            rows.append((f"53{number:04d}", "county", month, JOINED, None, None))
    made = pl.DataFrame(
        rows, ["region_id", "region_level", "period", "channel", "p_value", "p_before"], orient="row"
    )
    first = (pl.col("region_id") == "530000") & (pl.col("period") == MONTHS[12 * years - 1])
    return made.with_columns(
        pl.when(first & (pl.col("channel") != JOINED)).then(last_p).otherwise("p_value").alias("p_value")
    )


def test_the_second_opinion_finds_what_is_rare_and_learns_from_earlier_years_only() -> None:
    few = PARAMETERS.with_columns(forest_least_months=pl.lit(400.0))
    rare = second_opinion(judged(1e-5), few)
    last = rare.filter(period=MONTHS[35]).sort("percentile")
    assert last[-1, "region_id"] == "530000" and last[-1, "flagged"] and last[-1, "percentile"] > 99
    assert rare["period"].min() == date(2020, 1, 1)
    earlier = second_opinion(judged(1e-5).filter(pl.col("period") < date(2021, 1, 1)), few)
    assert rare.filter(pl.col("period") < date(2021, 1, 1)).equals(earlier)
    before = np.random.default_rng(1).uniform(size=(500, 4))
    assert (percentiles(before, before[:9], 20, 1) == percentiles(before, before[:9], 20, 1)).all()
