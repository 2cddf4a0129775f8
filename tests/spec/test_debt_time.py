"""Which year and quarter of debt a window speaks of, what is not yet due, ratios and publication (see `debt.py`)."""

from __future__ import annotations

from datetime import date

import pytest

from tests.spec import tables
from tests.spec.debt import DIQING, END_2023, balances, built, one, ratio, scope_of, years


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
