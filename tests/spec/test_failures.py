"""Failure indicators on drawn tables: weights, decay, lists, duties, relapse, and what is left out."""

from __future__ import annotations

from datetime import date

import pytest

from tests.spec import tables

AS_OF = date(2024, 12, 31)
END = date(2024, 12, 1)
# One registration per month would be needed for coverage; without `reports` it is inferred from the rows.
REPORTS = "\n".join(
    ["source | region_id | month | reported_at | complete"]
    + [
        f"failures | {region} | {year}-{month:02d}-01 | {year + (month == 12)}-{month % 12 + 1:02d}-05 | true"
        for region in ("530100", "530300")
        for year in (2021, 2022, 2023, 2024)
        for month in range(1, 13)
        if (year, month) != (2024, 12)
    ]
    + [
        "failures | 530100 | 2024-12-01 | 2024-12-31 | true",
        "failures | 530300 | 2024-12-01 | 2024-12-31 | true",
    ]
)
EXPOSURE = """
region_id | year | gov_bodies
530102    | 2021 | 50
530103    | 2021 | 100
"""


def built(failures: str, **more: str):
    return tables.run(AS_OF, failures=failures, **{"reports": REPORTS, "exposure": EXPOSURE, **more})


def test_weight_is_severity_times_rectification_times_decay() -> None:
    con = built(
        """
        record_id | region_id | source   | severity | entered_date | rectify_due | rectified_date | rectification
        a         | 530102    | 违约失信 | 严重     | 2024-12-03   | ·           | ·              | 整改中
        b         | 530102    | 违约失信 | 一般     | 2023-12-10   | 2024-02-01  | 2024-01-20     | 已整改
        c         | 530102    | 违约失信 | 轻微     | 2022-12-10   | 2023-02-01  | 2023-03-20     | 已整改
        d         | 530102    | 违约失信 | 严重     | 2021-12-31   | ·           | ·              | 整改中
        """
    )
    # a: 4 × 1 × 1;  b: 2 × 0.5 (on time) × 0.5 (12 months);  c: 1 × 0.75 (late) × 0.25 (24);  d: 36 months old, out
    weight = 4 + 2 * 0.5 * 0.5 + 1 * 0.75 * 0.25
    assert tables.value(con, "failure_rate", "530102", END) == (
        pytest.approx(weight / 50 * 100),
        "value",
        None,
        pytest.approx(weight),
        50,
    )


def test_an_event_counts_once_at_its_heaviest_record() -> None:
    con = built(
        """
        record_id | event_id | region_id | source         | severity | entered_date | recognised_date
        a         | e        | 530102    | 拖欠账款       | 轻微     | 2024-10-03   | 2024-10-01
        b         | e        | 530102    | 失信被执行人   | 严重     | 2024-12-03   | 2024-12-01
        """
    )
    assert tables.value(con, "failure_rate", "530102", END)[3] == 4
    assert tables.value(con, "failure_events", "530102", END)[0] == 1


def test_revoked_upheld_village_and_unrecognised_are_left_out_and_counted() -> None:
    con = built(
        """
        record_id | region_id | source   | standing | objection | body_level | recognised_as_breach | entered_date | event_date
        a         | 530102    | 违约失信 | 已撤销   | ·         | ·          | ·                    | 2024-12-01   | 2024-12-01
        b         | 530102    | 违约失信 | ·        | 成立      | ·          | ·                    | 2024-12-01   | 2024-12-01
        c         | 530102    | 违约失信 | ·        | ·         | 村居       | ·                    | 2024-12-01   | 2024-12-01
        d         | 530102    | 问责处理 | ·        | ·         | ·          | ·                    | 2024-12-01   | 2024-12-01
        e         | 530102    | 问责处理 | ·        | ·         | ·          | true                 | 2024-12-01   | 2024-12-01
        """
    )
    assert tables.value(con, "failure_rate", "530102", END)[3] == 2  # e alone: 一般 weighs 2
    assert tables.value(con, "failure_events", "530102", END)[0] == 2  # d is shown, not scored
    reasons = con.execute(
        "select reason, records from mart.left_out where region_id = '530102' order by 1"
    ).fetchall()
    assert reasons == [
        ("not_recognised", 1),
        ("objection_upheld", 1),
        ("revoked", 1),
        ("village_committee", 1),
    ]


def test_repaired_weighs_until_its_repair_and_leaves_the_list() -> None:
    con = built(
        """
        record_id | region_id | source       | severity | entered_date | standing | repaired_date | listed_from | listed_to
        a         | 530102    | 失信被执行人 | 一般     | 2024-10-03   | 已修复   | 2024-12-02    | 2024-10-01  | ·
        b         | 530102    | 失信被执行人 | 一般     | 2024-10-03   | 有效     | ·             | 2024-10-01  | 2024-12-31
        c         | 530102    | 失信被执行人 | 一般     | 2024-10-03   | 有效     | ·             | 2024-10-01  | 2025-01-01
        """
    )
    november = date(2024, 11, 1)
    assert tables.value(con, "debtor_list_rate", "530102", november)[3] == 3
    assert (
        tables.value(con, "debtor_list_rate", "530102", END)[3] == 1
    )  # a repaired, b's listing ended that day
    # In November all three are one month old: 3 × 2 × 0.5^(1/12); in December a weighs nothing.
    assert tables.value(con, "failure_rate", "530102", november)[3] == pytest.approx(3 * 2 * 0.5 ** (1 / 12))
    assert tables.value(con, "failure_rate", "530102", END)[3] == pytest.approx(2 * 2 * 0.5 ** (2 / 12))


def test_duties_count_in_the_month_they_fall_due() -> None:
    con = built(
        """
        record_id | region_id | source   | reason_due | reason_filed_date | rectify_due | rectified_date | rectification | entered_date | recognised_date
        a         | 530102    | 违约失信 | 2024-11-10 | 2024-11-10        | 2024-12-10  | 2024-12-09     | 已整改        | 2024-11-30   | 2024-10-31
        b         | 530102    | 违约失信 | 2024-11-10 | 2024-11-11        | 2024-12-10  | ·              | 整改中        | 2024-12-01   | 2024-10-31
        c         | 530102    | 违约失信 | 2025-01-10 | ·                 | 2024-12-10  | 2024-12-01     | 拒不整改      | 2024-11-02   | 2024-11-01
        """
    )
    assert tables.value(con, "reason_on_time", "530102", END)[2:] == (None, 1, 2)
    assert tables.value(con, "rectified_on_time", "530102", END)[2:] == (None, 1, 3)
    assert tables.value(con, "entry_on_time", "530102", END)[2:] == (None, 2, 3)  # b took 31 days
    assert tables.value(con, "reason_on_time", "530103", END)[1] == "not_applicable"


def test_relapse_needs_another_event_of_the_same_body_within_24_months() -> None:
    con = built(
        """
        record_id | region_id | source   | body_name | event_date
        a         | 530102    | 违约失信 | 某局      | 2022-03-01
        b         | 530102    | 违约失信 | 某局      | 2024-03-01
        c         | 530102    | 违约失信 | 某处      | 2022-02-28
        d         | 530102    | 违约失信 | 某处      | 2024-03-01
        e         | 530103    | 违约失信 | 某局      | 2024-03-01
        """
    )
    assert (
        tables.value(con, "relapse_rate", "530102", END)[3] == 1
    )  # 某局: exactly 24 months; 某处: a day too long
    assert tables.value(con, "relapse_rate", "530103", END)[3] == 0  # another region's body of the same name
    assert tables.value(con, "relapse_rate", "530102", END, "quarter")[3] == 0


def test_missing_is_never_zero() -> None:
    silent = "\n".join(line for line in REPORTS.splitlines() if "530300 | 2024-06" not in line)
    con = built(
        """
        record_id | region_id | source   | event_date
        a         | 530302    | 违约失信 | 2024-08-01
        """,
        reports=silent,
    )
    value, status, reason, *_ = tables.value(con, "failure_events", "530300", END)
    assert (value, status, reason) == (None, "missing", "not_reported")
    assert tables.value(con, "failure_events", "530300", END, "quarter")[:2] == (0, "value")
    assert tables.value(con, "failure_rate", "530300", END)[2] == "no_exposure"
    assert tables.value(con, "failure_rate", "530103", END)[:2] == (0, "value")
    assert tables.value(con, "petition_repeat", "530103", END)[2] == "source_absent"
