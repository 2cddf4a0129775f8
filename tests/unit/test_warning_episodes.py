"""Episodes, what decisions do to the past, the ledger's lasting ids, and the split of an excess."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.warning.episodes import (
    NO_DECISIONS,
    SCHEMA,
    Change,
    Policy,
    comparable,
    episodes,
    followed,
    without_confirmed,
)
from models.warning.ledger import EVENTS, entries, note
from models.warning.shares import KEYS, contributions

POLICY = Policy()


def month(number: int) -> date:
    return date(2020 + number // 12, number % 12 + 1, 1)


def seen(found: dict[int, int], closed: pl.DataFrame = NO_DECISIONS) -> list[tuple[int, str, bool]]:
    """Level by month number → (months seen, notice, again) of each."""
    rows = [("A", month(number), level) for number, level in found.items()]
    warnings = pl.DataFrame(rows, {n: SCHEMA[n] for n in ("region_id", "period", "level")}, orient="row")
    told = episodes(warnings, closed, POLICY)
    return list(told.select("months_seen", "notice", "again").iter_rows())


def test_one_open_warning_a_region_and_a_graver_month_is_told_at_once() -> None:
    assert seen({0: 4, 1: 4, 2: 2, 3: 2, 5: 3, 6: 4}) == [
        *((1, "new", False), (2, "goes_on", False), (3, "graver", False), (4, "goes_on", False)),
        *((5, "reminder", False), (6, "goes_on", False)),
    ]
    assert seen({0: 4, 4: 4, 11: 3}) == [(1, "new", False), (1, "again", True), (1, "new", False)]


def test_a_decision_ends_an_episode_from_its_own_day_on() -> None:
    closed = pl.DataFrame(
        {"region_id": ["A"], "period": [month(0)], "decided_on": [date(2020, 3, 15)]}, NO_DECISIONS.schema
    )
    assert [told for _, told, _ in seen({0: 4, 1: 4, 2: 4}, closed)] == ["new", "goes_on", "again"]


def test_confirmed_months_leave_the_baseline_and_a_long_run_returns() -> None:
    counts = np.arange(40.0).reshape(2, 1, 20).repeat(2, axis=1)
    decided = np.full((2, 20), np.nan)
    decided[0, 4:7] = [6, 7, 12]
    decided[1, 3:9] = [5, 6, 7, 8, 9, 15]
    early, shifted = without_confirmed(counts, decided, 11, 2, POLICY)
    assert np.isnan(early[0, 0]).nonzero()[0].tolist() == [4, 5] and not shifted.any()
    assert np.isnan(early[1, 1]).nonzero()[0].tolist() == [3, 4, 5, 6, 7]
    late, shifted = without_confirmed(counts, decided, 15, 2, POLICY)
    assert np.isnan(late[0, 0]).nonzero()[0].tolist() == [4, 5, 6] and shifted.tolist() == [False, True]
    assert np.array_equal(late[:, 1], counts[:, 1])
    near, _ = without_confirmed(counts, decided, 7, 2, POLICY)
    assert np.isnan(near[0, 0]).nonzero()[0].tolist() == [4]


def test_a_merger_sums_the_past_and_a_split_has_none() -> None:
    counts = np.arange(24.0).reshape(1, 4, 6)
    merged = followed(counts, [Change(3, (0, 1), (0,))])
    assert merged[0, 0].tolist() == [6, 8, 10, 3, 4, 5] and np.isnan(merged[0, 1]).all()
    split = followed(counts, [Change(2, (2,), (2, 3))])
    assert np.isnan(split[0, 2:, :2]).all() and np.array_equal(split[0, :, 2:], counts[0, :, 2:])
    for step, fine in ((1, True), (2, False), (25, False), (26, True)):
        assert comparable(4, [Change(2, (2,), (2, 3))], step, POLICY).tolist() == [True, True, fine, fine]
    assert comparable(4, [Change(3, (0, 1), (0,))], 4, POLICY).all()


def told(*rows: tuple[str, int, int, int]) -> pl.DataFrame:
    schema = {n: EVENTS[n] for n in ("region_id", "first_period", "last_period", "level")}
    return pl.DataFrame([(r, month(a), month(b), level) for r, a, b, level in rows], schema, orient="row")


def test_ids_last_when_data_are_corrected() -> None:
    one, two, three, four = (date(2024, number, 28) for number in (1, 2, 3, 4))
    events = note(EVENTS.to_frame(), told(("A", 0, 1, 3), ("A", 8, 8, 4), ("B", 2, 2, 4)), one)
    assert entries(events)["warning_id"].to_list() == ["A-2020-01", "A-2020-09", "B-2020-03"]
    assert note(events, told(("A", 0, 1, 3), ("A", 8, 8, 4), ("B", 2, 2, 4)), one).equals(events)
    # The first begins a month later and is graver, B is gone, and A has a new one.
    events = note(events, told(("A", 1, 3, 2), ("A", 8, 8, 4), ("A", 12, 12, 4)), two)
    found = {row["warning_id"]: row for row in entries(events).iter_rows(named=True)}
    assert {*found} == {"A-2020-01", "A-2020-09", "A-2021-01", "B-2020-03"}
    first = found["A-2020-01"]
    assert (first["raised_on"], first["first_period"], first["level"]) == (one, month(1), 2)
    assert first["levels"] == "2024-01-28:3 2024-02-28:2" and first["gravest"] == 2
    assert found["B-2020-03"]["withdrawn_on"] == two and found["A-2021-01"]["raised_on"] == two
    # It comes back under its id; two that run together stay two ids; a free month's id is not given again.
    events = note(events, told(("A", 1, 8, 2), ("A", 12, 12, 4), ("B", 2, 3, 4)), three)
    found = {row["warning_id"]: row for row in entries(events).iter_rows(named=True)}
    assert found["B-2020-03"]["withdrawn_on"] is None and found["B-2020-03"]["raised_on"] == one
    assert found["A-2020-09"]["merged_into"] == "A-2020-01" and len(found) == 4
    events = note(events, told(("A", 0, 0, 4), ("A", 1, 8, 2)), four)
    assert "A-2020-01-2" in entries(events)["warning_id"].to_list()
    # A day in the past knows what was noted by then.
    assert entries(events.filter(pl.col("noted_on") <= one)).height == 3
    assert note(events, told(("A", 0, 1, 3), ("A", 8, 8, 4), ("B", 2, 2, 4)), one).height == 3


@st.composite
def histories(draw: st.DrawFn) -> list[pl.DataFrame]:
    """Episodes of two regions at several builds: any disjoint runs of months."""
    steps = []
    for _ in range(draw(st.integers(1, 5))):
        rows = []
        for region in ("A", "B"):
            edges = sorted(draw(st.sets(st.integers(0, 14), max_size=6)))
            rows += [
                (region, a, b - 1 if b - 1 > a else a, draw(st.integers(1, 4)))
                for a, b in zip(edges[::2], edges[1::2], strict=False)
            ]
        steps.append(told(*rows))
    return steps


@settings(max_examples=150, deadline=None)
@given(histories())
def test_the_ledger_only_grows_and_every_episode_has_one_standing_id(steps: list[pl.DataFrame]) -> None:
    events = EVENTS.to_frame()
    for number, current in enumerate(steps, start=1):
        grown = note(events, current, date(2024, 1, number))
        assert grown.head(events.height).equals(events)
        assert note(grown, current, date(2024, 1, number)).equals(grown)
        assert grown.select("warning_id", "number").is_duplicated().sum() == 0
        columns = ["region_id", "first_period", "last_period", "level"]
        standing = entries(grown).filter(pl.col("withdrawn_on").is_null())
        assert standing.select(columns).sort(columns).equals(current.select(columns).sort(columns))
        before = entries(events).select("warning_id", "raised_on")
        assert before.join(entries(grown), on=["warning_id", "raised_on"]).height == before.height
        events = grown


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 90), st.integers(0, 900)), min_size=1, max_size=9),
    st.floats(0.001, 400),
)
def test_contributions_sum_to_the_excess_to_the_last_digit(
    rows: list[tuple[int, int, int]], mean: float
) -> None:
    expected = round(mean, 9)
    key = ("A", date(2024, 1, 1), "c", "kind")
    cells = pl.DataFrame(
        [(*key, f"v{number}", *row) for number, row in enumerate(rows)],
        [*KEYS, "value", "observed", "past", "usual"],
        orient="row",
    )
    found = contributions(cells, pl.DataFrame([(*key[:3], expected)], [*KEYS[:3], "expected"], orient="row"))
    assert found["observed"].to_list() == [row[0] for row in rows]
    assert sum(round(value * 10**9) for value in found["expected"]) == round(expected * 10**9)
    observed = sum(row[0] for row in rows)
    assert sum(round(value * 10**9) for value in found["excess"]) == observed * 10**9 - round(
        expected * 10**9
    )
    assert found["share"].sum() == pytest.approx(1) and (found["share"] >= 0).all()


def test_a_share_is_the_regions_own_held_to_the_usual_one() -> None:
    key = ("A", date(2024, 1, 1), "c", "kind")
    cells = pl.DataFrame(
        [(*key, "x", 4, 15, 100), (*key, "y", 0, 0, 300)],
        [*KEYS, "value", "observed", "past", "usual"],
        orient="row",
    )
    found = contributions(cells, pl.DataFrame([(*key[:3], 2.0)], [*KEYS[:3], "expected"], orient="row"))
    assert found["share"].to_list() == pytest.approx([16.25 / 20, 3.75 / 20])
    assert found["excess"].to_list() == pytest.approx([4 - 1.625, -0.375])
