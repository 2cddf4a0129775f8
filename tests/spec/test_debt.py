"""Debt on drawn tables: which rows are units, what stands in, which year a window speaks of, what is not yet due.

迪庆 (533400) has the counties 533401, 533422, 533423 and its own level 533400L: four units and no zone.
"""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from tests.spec import tables

BALANCE = "region_id | period | scope | balance_general_fen | balance_special_fen | limit_general_fen"
BALANCE += " | limit_special_fen | approved_date | published_date"
YEAR = (
    "region_id | year | scope | fiscal_capacity_fen | interest_general_fen | budget_expenditure_general_fen"
)
YEAR += " | interest_special_fen | budget_expenditure_fund_fen | overdue_fen | approved_date | published_date"
DIQING = ("533401", "533422", "533423", "533400L")
END_2023 = date(2023, 12, 1)


def balances(*rows: tuple[str, str, int], scope: str = "") -> str:
    """Balances (general only) by region and quarter; limits leave room; no approval."""
    return "\n".join(
        f"{region} | {period} | {scope or scope_of(region)} | {fen} | 0 | 9999 | 0 | · | ·"
        for region, period, fen in rows
    )


def years(*rows: tuple[str, int, int]) -> str:
    """Fiscal capacity by region and year; little interest, nothing overdue, no approval."""
    return "\n".join(
        f"{region} | {year} | {scope_of(region)} | {fen} | 1 | 100 | 0 | 0 | 0 | · | ·"
        for region, year, fen in rows
    )


def scope_of(region: str) -> str:
    return "本级" if region.endswith("L") else "全辖"


def built(
    balance: str = "", year: str = "", as_of: date = date(2024, 12, 31), since: str = "2023-12"
) -> duckdb.DuckDBPyConnection:
    reports = f"source | region_id | month | reported_at\nfailures | 530100 | {since}-01 | {since}-28"
    return tables.run(
        as_of,
        reports=reports,
        debt_balance=f"{BALANCE}\n{balance}" if balance else "",
        debt_year=f"{YEAR}\n{year}" if year else "",
    )


def ratio(con: duckdb.DuckDBPyConnection, region: str, end: date, window: str = "r12") -> tuple:
    """Value and reason of the debt ratio."""
    value, _, reason, *_ = tables.value(con, "debt_ratio", region, end, window)
    return value, reason


def one(con: duckdb.DuckDBPyConnection, table: str, columns: str, region: str, where: str = "true") -> tuple:
    query = f"select {columns} from mart.{table} where region_id = '{region}' and {where}"
    (row,) = con.execute(query).fetchall()
    return row


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


def regions(level: str) -> list[tuple[str]]:
    from pipelines.regions import frame

    return frame.regions().filter(region_level=level).select("region_id").rows()


def test_the_year_of_a_window_is_the_latest_that_has_ended() -> None:
    con = built(
        balances(("533401", "2022-12-01", 100), ("533401", "2023-12-01", 300)),
        years(("533401", 2022, 100), ("533401", 2023, 100)),
        as_of=date(2024, 1, 31),
        since="2023-11",
    )
    assert ratio(con, "533401", date(2023, 11, 1)) == (100.0, None)
    assert ratio(con, "533401", date(2023, 12, 1)) == (300.0, None)
    assert ratio(con, "533401", date(2024, 1, 1), "month") == (300.0, None)


@pytest.mark.parametrize(
    ("as_of", "reason"),
    [(date(2024, 5, 31), "not_due"), (date(2024, 6, 30), "not_due"), (date(2024, 7, 1), "not_reported")],
)
def test_a_year_is_due_by_30_june_and_an_older_one_never_serves(as_of: date, reason: str) -> None:
    con = built(
        balances(("533401", "2022-12-01", 100), ("533401", "2023-12-01", 300)),
        years(("533401", 2022, 100)),
        as_of=as_of,
    )
    for end in (END_2023, date(2024, 5, 1)):
        assert ratio(con, "533401", end) == (None, reason)
        assert tables.value(con, "interest_burden", "533401", end)[2] == reason
    # Two reports are asked for, balance and year; one is there.
    due = con.execute(
        "select distinct months_due, months_missing from mart.indicator_value"
        " where indicator_id = 'debt_ratio' and region_id = '533401'"
    ).fetchall()
    assert due == [(2, 1)]


def test_a_quarter_is_due_45_days_after_its_end() -> None:
    rows = balances(("533401", "2023-12-01", 100))
    for as_of, reason in ((date(2024, 5, 15), "not_due"), (date(2024, 5, 16), "not_reported")):
        con = built(rows, as_of=as_of)
        assert tables.value(con, "debt_balance", "533401", date(2024, 3, 1))[2] == reason
        assert tables.value(con, "debt_balance", "533401", date(2024, 2, 1))[0] == pytest.approx(1e-8)


def test_the_larger_branch_of_interest_is_taken_on_the_regions_own_sums() -> None:
    con = built(
        year="""
        533401  | 2023 | 全辖 | 100 | 10 | 100 | 1  | 10 | 0 | · | ·
        533422  | 2023 | 全辖 | 100 | 1  | 100 | 3  | 10 | 0 | · | ·
        533423  | 2023 | 全辖 | 100 | 1  | 100 | 0  | 0  | 0 | · | ·
        533400L | 2023 | 本级 | 100 | 4  | 100 | 6  | 80 | 0 | · | ·
        """
    )
    burden = {
        region: tables.value(con, "interest_burden", region, END_2023) for region in (*DIQING, "533400")
    }
    # 10 ÷ 100 and 1 ÷ 10 tie: general; 3 ÷ 10; no fund budget at all: 1 ÷ 100; 6 ÷ 80.
    assert [burden[unit][0] for unit in DIQING] == [10.0, 30.0, 1.0, 7.5]
    # Sums: general 16 ÷ 400 = 4 %, special 10 ÷ 100 = 10 %; no mean of the units' percentages.
    assert burden["533400"][0] == 10.0
    assert burden["533400"][3:] == (10.0, 100.0)
    assert one(con, "debt_year", "interest_branch", "533400") == ("special",)


def test_overdue_is_a_share_of_the_balance_and_without_debt_it_does_not_apply() -> None:
    con = built(
        balances(("533401", "2023-12-01", 200), ("533422", "2023-12-01", 0)),
        """
        533401 | 2023 | 全辖 | 100 | 1 | 100 | 0 | 0 | 30 | · | ·
        533422 | 2023 | 全辖 | 100 | 0 | 100 | 0 | 0 | 0  | · | ·
        """,
    )
    assert tables.value(con, "overdue_ratio", "533401", END_2023)[:2] == (15.0, "value")
    assert tables.value(con, "overdue_ratio", "533422", END_2023)[:3] == (None, "not_applicable", None)
    assert ratio(con, "533422", END_2023) == (0.0, None)


def test_bands_and_limits() -> None:
    units = ("533401", "533422", "533423", "533400L")
    con = built(
        "\n".join(
            f"{unit} | 2023-12-01 | {scope_of(unit)} | {general} | {special} | 150 | 150 | · | ·"
            for unit, general, special in zip(units, (150, 150, 50, 119), (150, 50, 151, 0), strict=True)
        ),
        years(*((unit, 2023, 100) for unit in units)),
    )
    bands = [one(con, "debt_year", "debt_ratio_pct, debt_band", unit) for unit in units]
    assert bands == [(300.0, 300), (200.0, 200), (201.0, 200), (119.0, 0)]
    # 201 of 300 is within the sum of limits, but special debt alone is over its own.
    over = [one(con, "debt_balance", "over_limit", unit) for unit in units]
    assert over == [(False,), (False,), (True,), (False,)]
    assert tables.value(con, "limit_use", "533401", END_2023)[0] == 100.0


def test_publication_is_due_20_days_on_holidays_or_not() -> None:
    con = built(
        """
        533401  | 2024-03-01 | 全辖 | 1 | 0 | 1 | 0 | 2024-09-11 | 2024-10-01
        533422  | 2024-03-01 | 全辖 | 1 | 0 | 1 | 0 | 2024-09-11 | 2024-10-02
        533423  | 2024-03-01 | 全辖 | 1 | 0 | 1 | 0 | 2024-12-20 | ·
        533400L | 2024-03-01 | 本级 | 1 | 0 | 1 | 0 | ·          | ·
        533400  | 2024-03-01 | 全辖 | 4 | 0 | 4 | 0 | 2024-09-11 | 2024-09-12
        """,
        since="2024-03",
    )
    # Due on 1 October, a holiday: the 2nd is late. The third falls due in January 2025, the fourth was never
    # approved, the prefecture's own total is no unit.
    october = date(2024, 10, 1)
    assert tables.value(con, "debt_disclosed_on_time", "533400", october, "month")[:5] == (
        50.0,
        "value",
        None,
        1,
        2,
    )
    assert tables.value(con, "debt_disclosed_on_time", "533422", october, "month")[0] == 0.0
    assert (
        tables.value(con, "debt_disclosed_on_time", "533400", date(2024, 9, 1), "month")[1]
        == "not_applicable"
    )
    # November asks for the third quarter, which nobody sent.
    assert (
        tables.value(con, "debt_disclosed_on_time", "533401", date(2024, 11, 1), "month")[2] == "not_reported"
    )


def test_publication_needs_every_report_whose_last_day_lies_in_the_window() -> None:
    con = built(
        balances(("533401", "2024-03-01", 1), ("533422", "2024-03-01", 1), ("533422", "2024-06-01", 1)),
        as_of=date(2024, 8, 31),
        since="2024-03",
    )
    # The second quarter was due on 14 August: only 533422 sent it.
    august = date(2024, 8, 1)
    assert tables.value(con, "debt_disclosed_on_time", "533401", august, "month")[2] == "not_reported"
    assert tables.value(con, "debt_disclosed_on_time", "533422", august, "month")[1] == "not_applicable"
    # The year 2023 was due on 30 June, of a source that sent nothing at all.
    assert (
        tables.value(con, "debt_disclosed_on_time", "533422", date(2024, 6, 1), "month")[2] == "source_absent"
    )


def test_a_file_without_the_dates_of_publication_is_unknown_not_late() -> None:
    con = tables.run(
        date(2024, 12, 31),
        reports="source | region_id | month | reported_at\nfailures | 530100 | 2023-12-01 | 2023-12-28",
        debt_balance="""
        region_id | period     | scope | balance_general_fen | balance_special_fen | limit_general_fen | limit_special_fen | approved_date
        533401    | 2023-12-01 | 全辖  | 1                   | 0                   | 1                 | 0                 | 2024-01-10
        """,
    )
    # The row belongs to the quarter due in February.
    february = tables.value(con, "debt_disclosed_on_time", "533401", date(2024, 2, 1), "month")
    assert february[1:] == ("missing", "not_provided", 0.0, 0.0)
    assert tables.value(con, "debt_balance", "533401", date(2024, 2, 1), "month")[1] == "value"


def test_before_the_first_report_there_are_no_data_and_without_any_there_is_no_source() -> None:
    con = built(balances(("533401", "2023-12-01", 100)), since="2022-11", as_of=date(2024, 3, 31))
    assert tables.value(con, "debt_balance", "533422", date(2023, 11, 1))[2] == "before_data"
    assert tables.value(con, "debt_balance", "533422", date(2023, 12, 1))[2] == "not_reported"
    assert ratio(con, "533401", END_2023) == (None, "source_absent")
    assert tables.value(con, "debt_disclosed_on_time", "533401", date(2023, 6, 1), "month")[1] == "missing"
    nothing = built()
    assert ratio(nothing, "530000", END_2023) == (None, "source_absent")
    assert tables.value(nothing, "debt_disclosed_on_time", "530000", END_2023)[2] == "source_absent"
