"""The invented debt is as the README of the sample says: ratios, limits, burdens, sums, days, faults."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from pipelines.sample.debt import YEARS, Debt, build_debt
from pipelines.sample.debt_rows import (
    ABSENT,
    BALANCE_AMOUNTS,
    DIFFERS,
    OWN,
    QUARTERS,
    REPORT_YEARS,
    WHOLE,
    YEAR_AMOUNTS,
    balance_rows,
    year_rows,
)
from pipelines.sample.settings import AS_OF, DEFAULT_SEED, NONE, month_end
from pipelines.sample.world import PROVINCE, World, build_world

END_2024 = YEARS.index(2024)


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(DEFAULT_SEED)


@pytest.fixture(scope="module")
def debt(world: World) -> Debt:
    return build_debt(world, DEFAULT_SEED)


@pytest.fixture(scope="module")
def balances(world: World, debt: Debt) -> pl.DataFrame:
    return balance_rows(world, debt, DEFAULT_SEED)


@pytest.fixture(scope="module")
def years(world: World, debt: Debt) -> pl.DataFrame:
    return year_rows(world, debt, DEFAULT_SEED)


def units(frame: pl.DataFrame) -> pl.DataFrame:
    """Counties, zones and own levels: what adds up."""
    return frame.filter((pl.col("scope") == OWN) | ~pl.col("region").str.ends_with("00"))


def total(*names: str) -> pl.Expr:
    return pl.sum_horizontal(*names)


@pytest.mark.parametrize("seed", [DEFAULT_SEED, 7])
def test_the_province_owes_what_is_said_and_prefectures_span_the_range(seed: int) -> None:
    world = build_world(seed)
    debt = build_debt(world, seed)
    balance, capacity = debt.balance_general + debt.balance_special, debt.fiscal_capacity
    assert balance[:, END_2024].sum() / capacity[:, END_2024].sum() == pytest.approx(2.12, abs=0.001)
    parent = np.array(world.prefecture)
    ratios = [
        balance[parent == prefecture, END_2024].sum() / capacity[parent == prefecture, END_2024].sum()
        for prefecture in sorted(set(world.prefecture) - {PROVINCE})
    ]
    assert len(ratios) == 16
    assert min(ratios) == pytest.approx(0.92, abs=0.01)
    assert max(ratios) == pytest.approx(3.30, abs=0.01)


def test_revenue_falls_in_2022_and_debt_goes_on_rising(debt: Debt) -> None:
    capacity = debt.fiscal_capacity.sum(axis=0)
    before, shock = YEARS.index(2021), YEARS.index(2022)
    assert 0.80 < capacity[shock] / capacity[before] < 0.90
    assert capacity[shock] == capacity.min()
    balance = (debt.balance_general + debt.balance_special).sum(axis=0)
    assert (np.diff(balance) > 0).all()


def test_limits_mostly_hold_and_a_few_do_not(balances: pl.DataFrame) -> None:
    ends = units(balances).filter(pl.col("period").str.ends_with("Q4"))
    over = ends.filter(total("balance_general", "balance_special") > total("limit_general", "limit_special"))
    assert 0.01 < over.height / ends.height < 0.05


def test_interest_and_overdue_debt_are_moderate(years: pl.DataFrame) -> None:
    parts = units(years)
    burden = parts.select(
        pl.max_horizontal(
            100 * pl.col("interest_general") / pl.col("budget_expenditure_general"),
            100 * pl.col("interest_special") / pl.col("budget_expenditure_fund"),
        )
    ).to_series()
    last = burden.filter(parts["year"] == 2024)
    assert last.quantile(0.1) == pytest.approx(3, abs=0.7)
    assert last.quantile(0.9) == pytest.approx(11, abs=1.5)
    assert 0.05 < (parts["overdue"] > 0).mean() < 0.18  # type: ignore[operator]


def test_every_quarter_and_six_years(balances: pl.DataFrame, years: pl.DataFrame) -> None:
    assert set(balances["period"]) == {f"{year}Q{quarter}" for year, quarter in QUARTERS}
    assert (QUARTERS[0], QUARTERS[-1], len(QUARTERS)) == ((2019, 4), (2025, 4), 25)
    assert {(year, 4) for year in (*REPORT_YEARS, 2025)} <= set(QUARTERS)
    assert sorted(set(years["year"])) == [2019, 2020, 2021, 2022, 2023, 2024]


def test_whole_rows_are_the_sums_but_where_planted(balances: pl.DataFrame, years: pl.DataFrame) -> None:
    for frame, period, amounts in ((balances, "period", BALANCE_AMOUNTS), (years, "year", YEAR_AMOUNTS)):
        below = units(frame).group_by("office", period).agg(pl.col(name).sum() for name in amounts)
        whole = frame.filter(pl.col("scope") == WHOLE, pl.col("region") == pl.col("office"))
        both = whole.filter(pl.col("office") != PROVINCE).join(below, on=["office", period], suffix="_below")
        assert both.height == 16 * frame[period].n_unique()
        off = both.filter(pl.any_horizontal(pl.col(name) != pl.col(f"{name}_below") for name in amounts))
        assert sorted(off.select("office", pl.col(period).cast(pl.String).str.slice(0, 4)).rows()) == [
            ("530400", "2024"),
            ("532500", "2024"),
        ]
        raised = off.filter(pl.col("office") == DIFFERS[0])
        for name in amounts:
            assert raised[name][0] == pytest.approx(1.012 * raised[f"{name}_below"][0], abs=1)


def test_the_absent_county_is_silent_at_one_year_end_only(
    balances: pl.DataFrame, years: pl.DataFrame
) -> None:
    there = balances.filter(pl.col("region") == ABSENT[0])["period"].to_list()
    assert set(balances["period"]) - set(there) == {f"{ABSENT[1]}Q4"}
    assert ABSENT[1] not in years.filter(pl.col("region") == ABSENT[0])["year"]


def test_days_follow_each_other_and_nothing_is_later_than_the_day_of_the_data(
    balances: pl.DataFrame, years: pl.DataFrame
) -> None:
    for frame in (balances, years):
        assert frame["recorded_at"].max() <= AS_OF  # type: ignore[operator]
        dated = frame.filter(pl.col("approved_date") != NONE)
        late = dated["published_date"] == NONE
        assert ((dated["published_date"] > dated["approved_date"]) | late).all()
        assert (dated["published_date"] <= dated["recorded_at"]).all()
        assert (dated["approved_date"] < dated["recorded_at"]).all()
        on_time = (dated["published_date"] - dated["approved_date"] <= 20) & ~late
        assert on_time.mean() == pytest.approx(0.87, abs=0.05)


def test_most_reports_of_a_year_come_by_the_thirtieth_of_june(years: pl.DataFrame) -> None:
    due = years["year"].map_elements(lambda year: month_end(year + 1, 6), return_dtype=pl.Int64)
    late = years.filter(years["recorded_at"] > due)
    assert 0 < late.height / years.height < 0.08
