"""The debt indicators and the scores of all 17, recomputed from accepted rows, equal the snapshot to 1e-9."""

from __future__ import annotations

import json
from datetime import date

import polars as pl
import pytest

from tests.data import second_road
from tests.data.second_road_debt import Debt, score
from tests.sample import Sample

SCALE = {
    "debt_ratio": 100,
    "interest_burden": 100,
    "overdue_ratio": 100,
    "debt_disclosed_on_time": 100,
    "limit_use": 100,
    "debt_balance": 1e-10,
}
WINDOWS = [
    ("r12", date(2025, 12, 1), 12),
    ("r12", date(2025, 5, 1), 12),
    ("r12", date(2023, 11, 1), 12),
    ("year", date(2024, 12, 1), 12),
    ("quarter", date(2025, 9, 1), 3),
    ("month", date(2025, 7, 1), 1),
    ("ytd", date(2022, 2, 1), 2),
]


@pytest.fixture(scope="module")
def debt(sample: Sample) -> Debt:
    return Debt(sample.snapshot.frame("ref.region"), sample.rows("debt_balance"), sample.rows("debt_year"))


@pytest.mark.parametrize(("window", "last", "months"), WINDOWS)
def test_debt_agrees(sample: Sample, debt: Debt, window: str, last: date, months: int) -> None:
    first = second_road.add_months(last, 1 - months)
    values = sample.snapshot.frame("mart.indicator_value").filter(
        pl.col("window_kind") == window, pl.col("period") == last, pl.col("indicator_id").is_in(list(SCALE))
    )
    assert values.height == len(SCALE) * 168
    wrong = []
    for row in values.iter_rows(named=True):
        indicator = row["indicator_id"]
        pair = debt.pair(indicator, row["region_id"], first, last)
        expected = None
        if pair is not None:
            above, below = pair[0], 1 if indicator == "debt_balance" else pair[1]
            expected = above / below * SCALE[indicator] if below else None
        got = row["value"]
        agree = got is None if expected is None else got == pytest.approx(expected, rel=1e-9, abs=1e-9)
        if not agree or (row["status"] == "missing") != (pair is None):
            wrong.append((row["region_id"], indicator, expected, got, row["missing_reason"]))
    assert wrong == []


def test_the_second_road_meets_values_stand_ins_and_gaps(sample: Sample) -> None:
    """The comparison above would say little on a sample without them."""
    year = sample.snapshot.frame("mart.debt_year")
    assert set(year["basis"].unique()) == {"own", "units", "stand_in", "whole", None}
    assert sample.snapshot.frame("mart.debt_check").height > 0
    status = sample.snapshot.frame("mart.indicator_value").filter(pl.col("indicator_id") == "debt_ratio")
    assert {"not_due", "not_reported"} <= set(status["missing_reason"].unique())


def test_a_total_is_its_units_where_it_says_so(sample: Sample) -> None:
    parents = sample.snapshot.frame("ref.region").select("region_id", "parent_id")
    for table, key, amount in (
        ("mart.debt_balance", "quarter", "balance_fen"),
        ("mart.debt_year", "year", "fiscal_capacity_fen"),
    ):
        frame = sample.snapshot.frame(table)
        units = frame.filter(pl.col("region_level").is_in(["county", "own", "zone"])).join(
            parents, on="region_id"
        )
        summed = units.group_by("parent_id", key).agg(pl.col(amount).sum().alias("units"))
        whole = frame.filter(region_level="prefecture", basis="units")
        both = whole.join(summed, left_on=["region_id", key], right_on=["parent_id", key])
        assert both.height == whole.height > 90
        assert (both[amount] == both["units"]).all()


def test_scores_of_all_17_before_shrinkage_agree(sample: Sample) -> None:
    indicators = sample.snapshot.frame("ref.indicator")
    values = sample.snapshot.frame("mart.indicator_value").filter(
        pl.col("window_kind") == "r12",
        pl.col("period").is_in([date(2025, 5, 1), date(2024, 12, 1)]),
        pl.col("region_level").is_in(["prefecture", "county"]),
    )
    knots = {
        name: json.loads(text)
        for name, text in indicators.filter("scored").select("indicator_id", "goalposts").iter_rows()
    }
    expected = {
        (row["region_id"], row["period"], row["indicator_id"]): score(
            row["value"], knots[row["indicator_id"]]
        )
        for row in values.filter(pl.col("value").is_not_null()).iter_rows(named=True)
        if row["indicator_id"] in knots
    }
    scored = sample.snapshot.frame("mart.indicator_score").filter(
        pl.col("window_kind") == "r12",
        pl.col("period").is_in([date(2025, 5, 1), date(2024, 12, 1)]),
        pl.col("score_state") == "value",
    )
    got = {
        (region, period, indicator): number
        for region, period, indicator, number in scored.select(
            "region_id", "period", "indicator_id", "raw_score"
        ).iter_rows()
    }
    assert got.keys() == expected.keys()
    assert len({indicator for _, _, indicator in got}) == 17
    assert [key for key in got if got[key] != pytest.approx(expected[key], abs=1e-9)] == []
