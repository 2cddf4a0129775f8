"""The counts that warnings test, on drawn tables: what they are, and which months are not wholly reported."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from tests.spec import tables

REPORTS = """
source    | region_id | month      | reported_at | complete
failures  | 530100    | 2024-01-01 | 2024-02-05  | true
failures  | 530100    | 2024-02-01 | 2024-03-05  | false
failures  | 530100    | 2024-03-01 | 2024-06-20  | true
petitions | 530100    | 2024-01-01 | 2024-02-05  | true
petitions | 530100    | 2024-05-01 | 2024-06-05  | true
"""


def observed(con: duckdb.DuckDBPyConnection, channel: str, region: str) -> list[float | None]:
    """The count of every month of the first half of 2024."""
    found = con.execute(
        "select observed, reason, tested from mart.warning_channel where channel = ? and region_id = ? order by period",
        [channel, region],
    ).fetchall()
    # Half a year is no history: nothing is tested, and silence goes before that.
    assert {row[1:] for row in found} <= {("not_reported", False), ("history_short", False)}
    assert [row[0] is None for row in found] == [row[1] == "not_reported" for row in found]
    return [row[0] for row in found]


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    return tables.run(
        date(2024, 7, 10),
        reports=REPORTS,
        failures="""
        record_id | event_id | region_id | source   | severity | event_date | entered_date | recognised_as_breach
        a         | e        | 530102    | 违约失信 | 严重     | 2024-01-05 | 2024-03-20   | ·
        b         | e        | 530102    | 司法判决 | 一般     | 2024-02-05 | 2024-02-20   | ·
        c         | c        | 530102    | 问责处理 | 一般     | 2024-01-25 | 2024-01-26   | false
        d         | d        | 530100L   | 违约失信 | 一般     | 2024-03-01 | 2024-03-31   | ·
        u         | u        | 530103    | 违约失信 | 一般     | 2024-03-01 | ·            | ·
        """,
        petitions="""
        case_id | region_id | case_type | procedure | registered_date | accepted_date | closed_date | repeat_flag
        p       | 530102    | 申诉求决  | 6         | 2024-01-02      | 2024-01-05    | 2024-03-04  | 初件
        q       | 530102    | 申诉求决  | 6         | 2024-01-02      | 2024-03-04    | 2024-05-30  | 重件
        r       | 530102    | 申诉求决  | 6         | 2024-01-02      | 2024-03-04    | ·           | 重件
        s       | 530102    | 检举控告  | ·         | 2024-01-02      | ·             | ·           | ·
        t       | 530103    | 申诉求决  | 1         | 2024-05-02      | ·             | ·           | 重件
        """,
    )


def test_failures_by_event_and_by_entry(con: duckdb.DuckDBPyConnection) -> None:
    # February came incomplete, April to June did not come; an event is where its gravest record is.
    assert observed(con, "failure_events", "530102") == [2.0, None, 0.0, None, None, None]
    # Entries are of scored events only: c, an accountability case, is none.
    assert observed(con, "failure_entries", "530102") == [0.0, None, 1.0, None, None, None]
    # A prefecture is all its units.
    assert observed(con, "failure_events", "530100") == [2.0, None, 2.0, None, None, None]


def test_petitions_repeated_overdue_and_all(con: duckdb.DuckDBPyConnection) -> None:
    assert observed(con, "petition_volume", "530102") == [4.0, None, None, None, 0.0, None]
    assert observed(con, "petitions_repeated", "530102") == [2.0, None, None, None, 0.0, None]
    # q and r fell due sixty days after 4 March, in the May holiday, so on 6 May: both late.
    assert observed(con, "petition_closings_overdue", "530102")[4] == 2.0


def test_a_month_not_yet_due_is_not_tested() -> None:
    con = tables.run(date(2024, 7, 10), reports=REPORTS)
    states = con.execute(
        "select distinct state from core.coverage where source = 'failures' and month = date '2024-06-01'"
    ).fetchall()
    assert states == [("pending",)] and observed(con, "failure_events", "530102") == [None] * 6


def test_a_column_never_sent_leaves_its_count_unknown() -> None:
    con = tables.run(
        date(2024, 7, 10),
        reports=REPORTS,
        petitions="case_id | region_id | case_type | registered_date\np | 530102 | 申诉求决 | 2024-01-02",
    )
    assert observed(con, "petition_volume", "530102")[0] == 1.0
    assert observed(con, "petitions_repeated", "530102") == [None] * 6


def test_arrival_is_months_from_event_to_entry(con: duckdb.DuckDBPyConnection) -> None:
    rows = con.execute("select period, delay_months, events from core.arrival order by all").fetchall()
    assert rows == [(date(2024, 1, 1), 0, 1), (date(2024, 1, 1), 2, 1), (date(2024, 3, 1), 0, 1)]
