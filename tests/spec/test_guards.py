"""Guards on drawn tables: signed nil returns, and revoked records counted back in."""

from __future__ import annotations

from datetime import date

import pytest

from tests.spec import tables

REPORTS = "source | region_id | month | reported_at | complete\n" + "\n".join(
    f"failures | 530100 | {year}-{month:02d}-01 | {year}-{month:02d}-28 | true"
    for year in (2021, 2022, 2023, 2024)
    for month in range(1, 13)
    if (year, month) != (2024, 9)
)
EXPOSURE = "region_id | year | gov_bodies\n530102 | 2020 | 50\n530103 | 2020 | 100"
FAILURES = """
record_id | event_id | region_id | source   | severity | standing | entered_date | recognised_date
a         | one      | 530102    | 违约失信 | 一般     | 有效     | 2024-12-05   | 2024-12-01
b         | one      | 530102    | 司法判决 | 严重     | 已撤销   | 2024-12-05   | 2024-12-01
c         | two      | 530102    | 违约失信 | 轻微     | 已撤销   | 2023-12-05   | 2023-12-01
d         | two      | 530102    | 司法判决 | 严重     | 已撤销   | 2023-12-05   | 2023-12-01
e         | three    | 530102    | 问责处理 | 严重     | 已撤销   | 2024-12-05   | 2024-12-01
f         | four     | 530103    | 违约失信 | 一般     | 已撤销   | 2021-11-05   | 2021-11-01
"""


@pytest.fixture(scope="module")
def con():
    return tables.run(date(2024, 12, 31), reports=REPORTS, exposure=EXPOSURE, failures=FAILURES)


def test_months_said_to_be_without_a_record_are_counted(con) -> None:
    found = con.execute(
        """select region_id, months_signed, months_nil from mart.nil_return
        where source = 'failures' and region_id in ('530102', '530103', '530302') order by 1"""
    ).fetchall()
    # September was not registered; 530102 has a record in December; 曲靖 signed nothing.
    assert found == [("530102", 11, 10), ("530103", 11, 11), ("530302", 0, 0)]


def test_revoked_events_are_counted_back_at_their_heaviest(con) -> None:
    found = con.execute(
        """select region_id, revoked_events, revoked_weight, failure_rate, rate_with_revoked
        from mart.revoked_rate where region_id in ('530102', '530103')"""
    ).fetchall()
    # Event one still stands, three was no breach, four is older than 36 months; two: 4, halved once in 12 months.
    assert [row[:3] for row in found] == [("530102", 1, 2.0)]
    # September is not reported: no rate, with or without.
    assert found[0][3:] == (None, None)


def test_the_rate_with_what_was_revoked() -> None:
    whole = REPORTS + "\nfailures | 530100 | 2024-09-01 | 2024-09-28 | true"
    con = tables.run(date(2024, 12, 31), reports=whole, exposure=EXPOSURE, failures=FAILURES)
    found = con.execute(
        "select failure_rate, rate_with_revoked from mart.revoked_rate where region_id = '530102'"
    ).fetchall()
    # One event of weight 2 of 50 bodies, and 2 more counted back in.
    assert found == [(4.0, 8.0)]


REGISTERS = """
record_id | event_id | region_id | source       | body_name | verified_by | entered_date | recognised_date | listed_from | standing
a         | one      | 530102    | 违约失信     | 甲局      | 自行报送    | 2024-03-05   | 2024-03-01      | ·           | 有效
b         | one      | 530102    | 司法判决     | 甲局      | 法院        | 2024-05-05   | 2024-05-01      | ·           | 有效
c         | two      | 530102    | 拖欠账款     | 乙局      | 清欠平台    | 2024-05-05   | 2024-05-01      | ·           | 有效
d         | three    | 530102    | 失信被执行人 | 丙局      | 法院        | 2022-05-05   | 2022-05-01      | 2022-05-01  | 有效
e         | four     | 530102    | 失信被执行人 | 甲局      | 法院        | 2022-05-05   | 2022-05-01      | 2022-05-01  | 有效
f         | five     | 530102    | 司法判决     | 丁局      | 法院        | 2024-05-05   | 2024-05-01      | ·           | 已撤销
g         | six      | 530103    | 违约失信     | 戊局      | ·           | 2024-05-05   | 2024-05-01      | ·           | 有效
"""


def test_what_only_other_registers_know_is_counted() -> None:
    con = tables.run(date(2024, 12, 31), reports=REPORTS, exposure=EXPOSURE, failures=REGISTERS)
    found = con.execute(
        """select region_id, events_verified, events_outside, events_outside_only, bodies_listed, bodies_listed_only
        from mart.register_mismatch where region_id like '5301%' order by 1"""
    ).fetchall()
    # One was reported by both, two by the platform alone; 丙局 is listed and has no record of its own.
    assert found == [("530100", 2, 2, 1, 2, 1), ("530102", 2, 2, 1, 2, 1)]
