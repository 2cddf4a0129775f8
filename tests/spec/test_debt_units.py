"""Which debt rows are units, what stands in for a missing one, and what only checks a sum (`debt.py` draws them)."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from tests.spec import tables
from tests.spec.debt import DIQING, END_2023, balances, built, one, ratio, regions, years


@pytest.fixture(scope="module")
def whole_year() -> duckdb.DuckDBPyConnection:
    """2023 of 迪庆 in full, with a 全辖 row 1 % above the sum of balances and 0.5 % above that of capacities."""
    return built(
        balances(*((unit, "2023-12-01", 100 * n) for n, unit in enumerate(DIQING, start=1)))
        + "\n"
        + balances(("533400", "2023-12-01", 1010)),
        years(*((unit, 2023, 100) for unit in DIQING)) + "\n" + years(("533400", 2023, 402)),
    )


def test_a_prefecture_is_the_sum_of_its_units_and_its_own_total_counts_nothing_twice(whole_year) -> None:
    # (100 + 200 + 300 + 400) ÷ (4 × 100), not with the 1010 and 402 of the 全辖 rows.
    assert ratio(whole_year, "533400", END_2023) == (250.0, None)
    assert ratio(whole_year, "533401", END_2023) == (100.0, None)
    assert ratio(whole_year, "533400L", END_2023) == (400.0, None)
    facts = one(whole_year, "debt_year", "basis, balance_basis, units_due, units_reported", "533400")
    assert facts == ("units", "units", 4, 4)


def test_a_total_off_by_more_than_half_a_percent_is_shown(whole_year) -> None:
    # 1010 against 1000 is 1 %; 402 against 400 is 0.5 %, which is not more than 0.5 %.
    found = whole_year.execute(
        "select amount, region_id, difference_pct from mart.debt_check"
        " where amount in ('balance_general', 'fiscal_capacity')"
    ).fetchall()
    assert found == [("balance_general", "533400", 1.0)]


def test_the_value_is_the_same_in_every_window_that_ends_there(whole_year) -> None:
    for window in ("r12", "year", "half", "quarter", "month", "ytd"):
        assert ratio(whole_year, "533400", END_2023, window) == (250.0, None)


@pytest.fixture(scope="module")
def county_missing() -> duckdb.DuckDBPyConnection:
    """Of 迪庆 one county sent nothing for 2023; of 怒江 (533300), with no 全辖 row, nobody but one county did."""
    return built(
        balances(*((unit, "2023-12-01", 100) for unit in DIQING[1:]), ("533400", "2023-12-01", 500))
        + "\n"
        + balances(("533301", "2023-12-01", 70)),
        years(*((unit, 2023, 100) for unit in DIQING[1:]), ("533400", 2023, 1000), ("533301", 2023, 70)),
    )


def test_the_total_stands_in_where_a_county_is_missing(county_missing) -> None:
    # 500 ÷ 1000; the three units alone would be 300 ÷ 300.
    assert ratio(county_missing, "533400", END_2023) == (50.0, None)
    assert ratio(county_missing, "533401", END_2023) == (None, "not_reported")
    facts = "basis, stand_ins, units_due, units_reported"
    assert one(county_missing, "debt_year", facts, "533400") == ("whole", 1, 4, 3)
    absent = one(
        county_missing,
        "debt_missing",
        "state, stood_in, due_day",
        "533401",
        "source = 'debt_year' and debt_period = '2023-12-01'",
    )
    assert absent == ("not_reported", True, date(2024, 6, 30))
    assert county_missing.execute("select count(*) from mart.debt_check").fetchall() == [(0,)]


def test_without_a_total_a_missing_unit_is_missing_and_never_zero(county_missing) -> None:
    assert ratio(county_missing, "533300", END_2023) == (None, "not_reported")
    assert ratio(county_missing, "533301", END_2023) == (100.0, None)
    assert one(county_missing, "debt_balance", "balance_fen, basis, units_reported", "533300") == (
        None,
        None,
        1,
    )
    assert ratio(county_missing, "530000", END_2023) == (None, "not_reported")


def test_own_level_may_be_written_as_a_region_or_as_a_scope() -> None:
    """昆明市 with scope 本级 and 昆明市本级 are one unit; what was recorded last is meant."""
    con = tables.run(
        date(2024, 12, 31),
        reports="source | region_id | month | reported_at\nfailures | 530100 | 2023-12-01 | 2023-12-28",
        debt_balance="""
        region_id | period     | scope | balance_general_fen | balance_special_fen | limit_general_fen | limit_special_fen | recorded_at
        533400    | 2023-12-01 | 本级  | 100                 | 20                  | 200               | 20                | 2024-02-01
        533400L   | 2023-12-01 | 本级  | 150                 | 20                  | 160               | 20                | 2024-03-01
        530000    | 2023-12-01 | 本级  | 7                   | 0                   | 7                 | 0                 | 2024-02-01
        """,
    )
    assert one(con, "debt_balance", "balance_fen, basis", "533400L") == (170, "own")
    assert one(con, "debt_balance", "balance_fen, basis", "530000L") == (7, "own")
    assert one(con, "debt_balance", "balance_fen, units_reported", "533400") == (None, 1)
    # 170 ÷ 180
    assert tables.value(con, "limit_use", "533400L", END_2023)[0] == pytest.approx(94.444444444)


def test_a_zone_counts_from_its_first_row_on_in_either_scope() -> None:
    """昆明 has five zones: only the one that reports is asked for, and its 全辖 goes before its 本级."""
    con = built(
        balances(("530100Z2", "2023-12-01", 5), scope="本级")
        + "\n"
        + balances(("530100Z2", "2023-12-01", 8))
        + "\n"
        + balances(("530100L", "2023-09-01", 1), ("530100L", "2024-03-01", 1)),
        since="2023-09",
    )
    assert one(con, "debt_balance", "balance_fen", "530100Z2", "quarter = '2023-12-01'") == (8,)
    due = dict(
        con.execute("select quarter, units_due from mart.debt_balance where region_id = '530100'").fetchall()
    )
    counties = 14
    assert due[date(2023, 9, 1)] == counties + 1
    assert due[date(2023, 12, 1)] == due[date(2024, 3, 1)] == counties + 2
    value = tables.value(con, "debt_balance", "530100Z1", date(2024, 3, 1), "month")
    assert value[1:3] == ("missing", "source_absent")
    assert tables.value(con, "debt_balance", "530100Z2", date(2024, 3, 1), "month")[2] == "not_reported"


def test_the_province_is_its_prefectures_with_stand_ins_and_its_own_level() -> None:
    prefectures = [row[0] for row in regions("prefecture")]
    wholes = [(region, "2023-12-01", 10) for region in prefectures]
    summed = built(balances(*wholes, ("530000L", "2023-12-01", 5), ("530000", "2023-12-01", 170)))
    # 16 × 10 + 5; the province's own 170 is only compared: 3.03 % above.
    facts = one(summed, "debt_balance", "balance_fen, basis, stand_ins", "530000")
    assert facts == (165, "stand_in", len(prefectures))
    assert summed.execute(
        "select region_id, round(difference_pct, 2) from mart.debt_check where amount = 'balance_general'"
    ).fetchall() == [("530000", 3.03)]
    short = built(balances(*wholes[1:], ("530000L", "2023-12-01", 5), ("530000", "2023-12-01", 170)))
    assert one(short, "debt_balance", "balance_fen, basis, stand_ins", "530000") == (170, "whole", 15)
