"""Levels: thresholds, the gate, Benjamini–Hochberg, what level 1 asks, and the caps; one warning a month."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from models.warning import assess, levels
from models.warning.levels import NO_LEVEL, SCHEMA, Channels, discoveries, judge, raise_warnings
from models.warning.settings import Settings
from pipelines import registry

PARAMETERS = registry.warning_parameters()
SET = Settings.of(PARAMETERS)
CHANNELS = Channels.of(registry.channels())
NAN = np.nan
# In the order of the registry: events and entries of failures, repeats, overdue, volume.
EVENTS, ENTRIES, REPEATS, OVERDUE, VOLUME = range(5)
TWO = (date(2024, 11, 1), date(2024, 12, 1))


def one(
    now: dict[int, float], before: dict[int, float] | None = None, excess: float = 3.0, complete: float = 1.0
) -> tuple:
    """(level, lead) of a county whose channels have these p this month and the month before, else .5."""
    p = np.full((5, 1, 2), 0.5)
    for month, given_p in ((0, before or {}), (1, now)):
        for channel, value in given_p.items():
            p[channel, 0, month] = value
    share = np.ones(p.shape)
    share[EVENTS, 0, 1] = complete
    found = judge(p, np.where(p < 0.5, excess, -1.0), share, CHANNELS, SET)
    level = found.level[0, 1]
    return (level, found.lead[0, 1]) if level < NO_LEVEL else (NO_LEVEL, None)


@pytest.mark.parametrize(
    ("p", "level"),
    [(0.0041, 5), (0.0039, 4), (0.00101, 4), (0.00099, 3), (0.00021, 3), (0.00019, 2)],
)
def test_the_smallest_p_counts_times_the_five_channels(p: float, level: int) -> None:
    # .02, .005 and .001 over five.
    assert one({OVERDUE: p}) == (level, OVERDUE if level < 5 else None)


def test_a_channel_below_expectation_explains_nothing() -> None:
    assert one({OVERDUE: 1e-6}, excess=0.0)[0] == NO_LEVEL


def test_channels_not_tested_do_not_multiply() -> None:
    p = np.array([[[NAN]], [[NAN]], [[0.009]], [[0.5]], [[NAN]]])
    assert judge(p, np.ones(p.shape), np.ones(p.shape), CHANNELS, SET).level[0, 0] == 4
    nothing = np.full((5, 1, 1), NAN)
    assert judge(nothing, nothing, np.ones(p.shape), CHANNELS, SET).level[0, 0] == NO_LEVEL


@pytest.mark.parametrize(
    ("now", "before", "excess", "level"),
    [
        ({REPEATS: 1e-6}, {}, 9.0, 2),  # once, in one channel
        ({REPEATS: 1e-6}, {REPEATS: 0.009}, 9.0, 1),  # two months running
        ({REPEATS: 1e-6}, {OVERDUE: 0.009}, 9.0, 2),  # not of the same channel
        ({REPEATS: 1e-6, OVERDUE: 0.009}, {}, 3.0, 1),  # two families, six cases between them
        ({REPEATS: 1e-6, OVERDUE: 0.009}, {}, 2.4, 2),  # the same, too few cases
        ({EVENTS: 1e-6, ENTRIES: 1e-6}, {}, 9.0, 2),  # the same cases seen twice
        ({EVENTS: 1e-6, ENTRIES: 1e-6}, {EVENTS: 0.009}, 3.0, 2),  # and counted once
        ({REPEATS: 1e-6, VOLUME: 1e-6}, {VOLUME: 1e-6}, 9.0, 2),  # volume never makes it graver
    ],
)
def test_level_1_asks_for_size_and_for_repetition(now: dict, before: dict, excess: float, level: int) -> None:
    assert one(now, before, excess)[0] == level


def test_provisional_months_are_capped_and_firm_channels_beside_them_are_not() -> None:
    assert one({EVENTS: 1e-6}, {EVENTS: 1e-6}, 9.0) == (1, EVENTS)
    assert one({EVENTS: 1e-6}, {EVENTS: 1e-6}, 9.0, complete=0.79) == (3, EVENTS)
    assert one({EVENTS: 1e-6}, {EVENTS: 1e-6}, 9.0, complete=0.8)[0] == 1
    assert one({EVENTS: 1e-9, REPEATS: 1e-6}, complete=0.5) == (2, REPEATS)


def test_volume_alone_is_never_more_than_a_hint() -> None:
    assert one({VOLUME: 1e-9}, {VOLUME: 1e-9}, 99.0) == (4, VOLUME)
    # Another channel above expectation, but not unusual enough by itself, does not lift it.
    assert one({VOLUME: 1e-9, REPEATS: 0.05}) == (4, VOLUME)
    # Where another channel reaches a level itself, it leads.
    assert one({VOLUME: 1e-9, REPEATS: 0.0035}) == (4, REPEATS)
    assert one({VOLUME: 1e-9, REPEATS: 0.0008}) == (3, REPEATS)


def test_level_2_needs_benjamini_hochberg_where_many_are_tested() -> None:
    def level(units: int, small: int) -> int:
        p = np.full((5, units, 1), 0.5)
        p[OVERDUE, :small, 0] = 0.00019
        found = judge(p, np.where(p < 0.5, 3.0, -1.0), np.ones(p.shape), CHANNELS, SET)
        assert len(set(found.level[:small, 0])) == 1
        return int(found.level[0, 0])

    # Joined p is .00095: of 129 units one would have to be below .1/129 = .00078, two below .00155.
    assert (level(129, 1), level(129, 2)) == (3, 2)
    assert (level(50, 1), level(49, 1)) == (2, 2)
    assert level(129, 129) == 2


@given(hnp.arrays(float, 60, elements=st.floats(1e-6, 1)))
def test_discoveries_are_those_of_the_step_up_rule(p: np.ndarray) -> None:
    found = discoveries(p[:, np.newaxis], np.ones((60, 1), dtype=bool), SET)[:, 0]
    ordered = sorted(p)
    most = max((rank for rank, value in enumerate(ordered, 1) if value <= rank * SET.bh_q / 60), default=0)
    assert found.sum() == sum(p <= ordered[most - 1]) if most else not found.any()


def assessed(**p: tuple[float | None, float, float]) -> pl.DataFrame:
    """mart.warning_channel of one prefecture and month: channel=(p, observed, expected)."""
    rows = [
        {
            "region_id": "530100",
            "region_level": "prefecture",
            "period": TWO[1],
            "channel": channel,
            "observed": observed,
            "expected": mean,
            "lower": mean - 1,
            "upper": mean + 1,
            "p_value": value,
            "excess": observed - mean,
            "tested": value is not None,
            "reason": None if value is not None else "not_reported",
            "completeness": 0.5 if channel == "failure_events" else 1.0,
        }
        for channel, (value, observed, mean) in p.items()
    ]
    return pl.DataFrame(rows, schema=assess.SCHEMA)


def test_a_warning_carries_the_figures_of_its_lead() -> None:
    found = raise_warnings(
        assessed(
            failure_events=(0.05, 4.0, 2.0),
            petitions_repeated=(0.0004, 9.0, 3.0),
            petition_closings_overdue=(0.7, 1.0, 3.0),
            petition_volume=(0.00001, 30.0, 10.0),
        ),
        registry.channels(),
        PARAMETERS,
    )
    assert found.schema == SCHEMA
    assert found.row(0, named=True) == {
        "warning_id": "530100-2024-12",
        "region_id": "530100",
        "region_level": "prefecture",
        "period": TWO[1],
        "level": 3,
        "lead_channel": "petitions_repeated",
        "p_value": pytest.approx(0.0004 * 4),
        "observed": 9.0,
        "expected": 3.0,
        "lower": 2.0,
        "upper": 4.0,
        "excess": 6.0,
        "channels": "failure_events,petitions_repeated,petition_volume",
        "provisional": False,
        "volume_only": False,
    }


def test_what_is_provisional_or_volume_alone_says_so() -> None:
    young = raise_warnings(assessed(failure_events=(1e-6, 4.0, 2.0)), registry.channels(), PARAMETERS)
    assert young.select("level", "provisional", "volume_only").rows() == [(3, True, False)]
    volume = raise_warnings(assessed(petition_volume=(1e-6, 40.0, 2.0)), registry.channels(), PARAMETERS)
    assert volume.select("level", "provisional", "volume_only").rows() == [(4, False, True)]


def test_nothing_unusual_raises_nothing() -> None:
    quiet = raise_warnings(assessed(petition_volume=(0.5, 2.0, 2.0)), registry.channels(), PARAMETERS)
    silent = raise_warnings(assessed(petition_volume=(None, 0.0, 2.0)), registry.channels(), PARAMETERS)
    nobody = raise_warnings(assessed().clear(), registry.channels(), PARAMETERS)
    for found in (quiet, silent, nobody):
        assert found.is_empty() and found.schema == levels.SCHEMA
