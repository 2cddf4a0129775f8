"""Petition indicators on drawn tables: who is due, what is on time, what is exempt, what a missing column means."""

from __future__ import annotations

from datetime import date

import pytest

from tests.spec import tables

AS_OF = date(2024, 12, 31)
END = date(2024, 12, 1)
REPORTS = "\n".join(
    ["source | region_id | month | reported_at | complete"]
    + [f"petitions | 530100 | 2024-{month:02d}-01 | 2024-{month:02d}-28 | true" for month in range(1, 13)]
)


def built(petitions: str):
    return tables.run(AS_OF, petitions=petitions, reports=REPORTS)


def test_transfer_is_due_15_days_on_and_rolls_over_a_holiday() -> None:
    con = built(
        """
        case_id | region_id | case_type | registered_date | transferred_date
        a       | 530102    | 申诉求决  | 2024-09-16      | 2024-10-08
        b       | 530102    | 建议意见  | 2024-09-16      | 2024-10-09
        c       | 530102    | 申诉求决  | 2024-12-20      | ·
        d       | 530102    | 检举控告  | 2024-09-16      | ·
        e       | 530102    | 申诉求决  | 2024-11-04      | ·
        """
    )
    # a and b fall due on 1 October, a holiday: the next working day is the 8th. c is due in January; d never enters.
    assert tables.value(con, "petition_transferred_on_time", "530102", END)[3:] == (1, 3)
    assert tables.value(con, "petition_transferred_on_time", "530102", date(2024, 10, 1), "month")[3:] == (
        1,
        2,
    )
    assert tables.value(con, "petition_volume", "530102", END)[0] == 5


def test_informed_counts_from_the_units_own_receipt_and_exempts() -> None:
    con = built(
        """
        case_id | region_id | registered_date | unit_received_date | informed_date | returned | not_accepted_reason
        a       | 530102    | 2024-05-01      | 2024-05-06         | 2024-05-21    | ·        | ·
        b       | 530102    | 2024-05-01      | 2024-05-06         | 2024-05-22    | ·        | ·
        c       | 530102    | 2024-05-01      | 2024-05-06         | ·             | true     | ·
        d       | 530102    | 2024-05-01      | 2024-05-06         | ·             | ·        | 不属于受理范围
        e       | 530102    | 2024-05-01      | ·                  | ·             | ·        | ·
        """
    )
    assert tables.value(con, "petition_informed_on_time", "530102", END)[:1] == (pytest.approx(50.0),)


def test_closing_is_for_procedure_six_and_an_extension_adds_30_days() -> None:
    con = built(
        """
        case_id | region_id | registered_date | procedure | accepted_date | extended | closed_date
        a       | 530102    | 2024-03-01      | 6         | 2024-03-01    | ·        | 2024-04-30
        b       | 530102    | 2024-03-01      | 6         | 2024-03-01    | ·        | 2024-05-01
        c       | 530102    | 2024-03-01      | 6         | 2024-03-01    | true     | 2024-05-30
        d       | 530102    | 2024-03-01      | 1         | 2024-03-01    | ·        | ·
        """
    )
    assert tables.value(con, "petition_closed_on_time", "530102", END)[3:] == (2, 3)


def test_satisfaction_participation_repeats_and_changed_decisions() -> None:
    con = built(
        """
        case_id | region_id | registered_date | repeat_flag | evaluable | eval_unit | recheck_result | review_result
        a       | 530102    | 2024-03-01      | 初件        | true      | 满意      | 维持           | 变更
        b       | 530102    | 2024-03-01      | 初件        | true      | 不满意    | 维持           | ·
        c       | 530102    | 2024-03-01      | 初件        | true      | 未评价    | ·              | ·
        d       | 530102    | 2024-03-01      | 重件        | true      | 基本满意  | ·              | ·
        e       | 530102    | 2024-03-01      | 初件        | false     | ·         | ·              | ·
        """
    )
    assert tables.value(con, "petition_satisfied", "530102", END)[3:] == (1, 2)
    assert tables.value(con, "petition_evaluated", "530102", END)[3:] == (3, 4)
    assert tables.value(con, "petition_repeat", "530102", END)[3:] == (1, 5)
    assert tables.value(con, "petition_changed", "530102", END)[3:] == (1, 2)


def test_a_column_that_was_never_sent_is_missing_not_late() -> None:
    con = built(
        """
        case_id | region_id | registered_date
        a       | 530102    | 2024-03-01
        """
    )
    assert tables.value(con, "petition_transferred_on_time", "530102", END)[1:3] == (
        "missing",
        "not_provided",
    )
    assert tables.value(con, "petition_volume", "530102", END)[0] == 1


def test_partial_value_shows_what_the_others_reported() -> None:
    con = tables.run(
        AS_OF,
        petitions="""
        case_id | region_id | registered_date | repeat_flag
        a       | 530102    | 2024-03-01      | 重件
        b       | 530102    | 2024-03-01      | 初件
        """,
        reports=REPORTS.replace("petitions | 530100 | 2024-06", "failures | 530100 | 2024-06"),
    )
    row = con.execute(
        "select status, missing_reason, months_missing, value, partial_value from mart.indicator_value"
        " where indicator_id = 'petition_repeat' and region_id = '530102' and period = '2024-12-01'"
        " and window_kind = 'r12'"
    ).fetchall()[0]
    assert row == ("missing", "not_reported", 1, None, 50.0)
