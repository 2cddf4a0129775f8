"""The first index on drawn tables: what stands for no case, what is left out, what is punished, what is compared.

昆明 (530100) alone reports; of its counties 530102 and 530103 have bodies on file and drawn records.
"""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from tests.spec import tables

END = date(2024, 12, 1)
SCORES = "select score, score_state, weight from mart.indicator_score where window_kind = 'r12'"


def months(source: str, region: str, since: int, until: date) -> list[str]:
    """Registrations on the last day of every month."""
    return [
        f"{source} | {region} | {year}-{month:02d}-01 | {year}-{month:02d}-28 | true"
        for year in range(since, until.year + 1)
        for month in range(1, 13)
        if date(year, month, 1) <= until
    ]


def built(
    as_of: date = date(2024, 12, 31), prior_strength: float = tables.NO_STRENGTH, **drawn: str
) -> duckdb.DuckDBPyConnection:
    lines = ["source | region_id | month | reported_at | complete"]
    lines += months("failures", "530100", 2020, END) + months("petitions", "530100", 2020, END)
    exposure = "region_id | year | gov_bodies\n530102 | 2020 | 50\n530103 | 2020 | 100"
    return tables.run(as_of, prior_strength, **{"reports": "\n".join(lines), "exposure": exposure, **drawn})


def score(con: duckdb.DuckDBPyConnection, indicator: str, region: str, period: date = END) -> tuple:
    return con.execute(
        f"{SCORES} and indicator_id = ? and region_id = ? and period = ?", [indicator, region, period]
    ).fetchall()[0]


FAILURES = """
record_id | region_id | source   | reason_due | reason_filed_date | rectify_due | rectified_date | entered_date | recognised_date
a         | 530102    | 违约失信 | 2024-06-10 | 2024-06-09        | ·           | ·              | 2024-05-30   | 2024-05-20
b         | 530102    | 违约失信 | 2024-06-10 | 2024-06-11        | ·           | ·              | 2024-05-30   | 2024-05-20
c         | 530103    | 违约失信 | 2024-06-10 | 2024-06-09        | ·           | ·              | 2024-05-30   | 2024-05-20
d         | 530103    | 违约失信 | 2024-06-10 | 2024-06-09        | ·           | ·              | 2024-05-30   | 2024-05-20
"""


def test_no_case_scores_as_the_prior_mean_and_no_report_scores_lowest() -> None:
    con = built(failures=FAILURES)
    # 530102: 1 of 2; 530103: 2 of 2; 530111 has none: the prior's 75 %, 1 + 99 × (75 − 50) / 50.
    assert score(con, "reason_on_time", "530102")[:2] == (1.0, "value")
    assert score(con, "reason_on_time", "530103")[:2] == (100.0, "value")
    assert score(con, "reason_on_time", "530111")[:2] == (pytest.approx(1 + 99 * 25 / 50), "not_applicable")
    # 曲靖 did not report; 530111 reported, but has no bodies on file: neither may gain by it.
    assert score(con, "reason_on_time", "530302")[:2] == (1.0, "missing")
    assert score(con, "failure_rate", "530111")[:2] == (1.0, "missing")


def test_what_nobody_has_is_left_out_and_its_weight_shared() -> None:
    con = built(failures=FAILURES)
    # Nobody's file names bodies, which relapses are counted by. Nobody had a rectification due: the prior's 75 %.
    assert score(con, "relapse_rate", "530102") == (None, "left_out", 0.0)
    rectified = score(con, "rectified_on_time", "530102")
    assert rectified[:2] == (pytest.approx(1 + 99 * (75 - 40) / 60), "not_applicable")
    # Of 0.8 in three two remain.
    assert score(con, "reason_on_time", "530102")[2] == pytest.approx(0.2 / 3 / (1 - 0.8 / 3))
    assert score(con, "failure_rate", "530102")[2] == pytest.approx(0.8 / 3 / (1 - 0.8 / 3))


def test_few_cases_are_drawn_to_the_prior() -> None:
    con = built(failures=FAILURES, prior_strength=6.0)
    # 1 of 2 with 75 % of 6: 5.5 of 8. 2 of 2: 6.5 of 8. Raw scores stay beside.
    found = con.execute(
        """select region_id, estimate, score, raw_score from mart.indicator_score where window_kind = 'r12'
        and indicator_id = 'reason_on_time' and period = ? and region_id in ('530102', '530103') order by 1""",
        [END],
    ).fetchall()
    assert found == [
        ("530102", pytest.approx(68.75), pytest.approx(1 + 99 * 18.75 / 50), 1.0),
        ("530103", pytest.approx(81.25), pytest.approx(1 + 99 * 31.25 / 50), 100.0),
    ]


def dimension(con: duckdb.DuckDBPyConnection, region: str, code: str) -> tuple:
    return con.execute(
        """select score, available_share, state from mart.dimension_score
        where window_kind = 'r12' and period = ? and region_id = ? and dimension = ?""",
        [END, region, code],
    ).fetchall()[0]


def test_two_thirds_of_a_dimension_s_weight_must_be_known() -> None:
    con = built(failures=FAILURES)
    # 530111 lacks the two rates by bodies; what it has is reason, rectification and entry.
    _, share, state = dimension(con, "530111", "failures")
    assert (share, state) == (pytest.approx(0.2 / (1 - 0.8 / 3)), "missing")
    mean, share, state = dimension(con, "530103", "failures")
    assert (share, state) == (1.0, "value") and 1 < mean < 100
    ranking = con.execute(
        """select region_id, state, missing_dimensions, index_score, rank, ranked_count from mart.ranking
        where window_kind = 'r12' and period = ? and region_id in ('530103', '530302') order by 1""",
        [END],
    ).fetchall()
    # Petitions have rows of nobody: reported, no case, no pooled mean. Debt was never sent.
    assert ranking == [
        ("530103", "not_ranked", "petitions,debt", None, None, 0),
        ("530302", "not_ranked", "failures,petitions,debt", None, None, 0),
    ]


YEARS = """
region_id | year | scope | fiscal_capacity_fen | interest_general_fen | budget_expenditure_general_fen | interest_special_fen | budget_expenditure_fund_fen | overdue_fen
530102    | 2023 | 全辖  | 100                 | 1                    | 100                            | 0                    | 0                           | 0
530103    | 2023 | 全辖  | 100                 | 1                    | 100                            | 0                    | 0                           | 0
530102    | 2024 | 全辖  | 100                 | 1                    | 100                            | 0                    | 0                           | 0
"""
BALANCES = """
region_id | period     | scope | balance_general_fen | balance_special_fen | limit_general_fen | limit_special_fen
530102    | 2023-12-01 | 全辖  | 120                 | 0                   | 999               | 0
530103    | 2023-12-01 | 全辖  | 300                 | 0                   | 999               | 0
530102    | 2024-12-01 | 全辖  | 120                 | 0                   | 999               | 0
530103    | 2024-12-01 | 全辖  | 300                 | 0                   | 999               | 0
"""


def test_a_report_not_yet_due_is_left_out_for_all_and_an_overdue_one_scores_lowest() -> None:
    early = built(date(2025, 6, 30), debt_year=YEARS, debt_balance=BALANCES)
    # Until the end of June the year 2024 is out for everybody, the early reporter included.
    assert [score(early, "debt_ratio", county)[:2] for county in ("530102", "530103")] == [
        (None, "left_out"),
        (None, "left_out"),
    ]
    late = built(date(2025, 7, 31), debt_year=YEARS, debt_balance=BALANCES)
    assert score(late, "debt_ratio", "530102")[:2] == (80.0, "value")
    assert score(late, "debt_ratio", "530103")[:2] == (1.0, "missing")
    assert score(late, "debt_ratio", "530103", date(2024, 11, 1))[:2] == (40.0, "value")


PETITIONS = "case_id | region_id | case_type | registered_date | transferred_date | repeat_flag\n"


def cases(region: str, year: int, first: int, again: int) -> str:
    """Petitions of March: so many first ones and so many repeats, all transferred at once."""
    return "".join(
        f"{region}-{year}-{flag}{number} | {region} | 申诉求决 | {year}-03-05 | {year}-03-06 | {flag}\n"
        for flag, amount in (("初件", first), ("重件", again))
        for number in range(amount)
    )


def ranked(year_one: str = "", failures: str = FAILURES) -> duckdb.DuckDBPyConnection:
    """Two counties with every dimension in 2024; `year_one` are their petitions of 2023."""
    drawn = cases("530102", 2024, 9, 1) + cases("530103", 2024, 8, 2) + year_one
    return built(
        date(2025, 7, 31),
        failures=failures,
        petitions=PETITIONS + drawn,
        debt_year=YEARS,
        debt_balance=BALANCES,
    )


def places(con: duckdb.DuckDBPyConnection, period: date, *columns: str) -> list[tuple]:
    return con.execute(
        f"""select {", ".join(columns)} from mart.ranking
        where window_kind = 'r12' and period = ? and region_id in ('530102', '530103') order by region_id""",
        [period],
    ).fetchall()


def test_the_index_is_the_geometric_mean_of_the_three_dimensions() -> None:
    con = ranked()
    november = date(2024, 11, 1)
    found = con.execute(
        """select dimension, score from mart.dimension_score
        where window_kind = 'r12' and period = ? and region_id = '530102'""",
        [november],
    ).fetchall()
    parts = dict(found)
    # Repeats: 1 of 10, between 30 % (1) and 0 (100); transfers all on time; nothing else of petitions is known.
    assert parts["petitions"] == pytest.approx(((1 + 99 * 20 / 30) + 100) / 2)
    expected = parts["failures"] ** 0.45 * parts["petitions"] ** 0.35 * parts["debt"] ** 0.20
    without = parts["failures"] ** (0.45 / 0.8) * parts["petitions"] ** (0.35 / 0.8)
    found = places(con, november, "index_score", "index_without_debt", "ranked_count")
    assert found[0] == (pytest.approx(expected), pytest.approx(without), 2)
    first, second = places(con, november, "rank", "rank_without_debt", "band", "index_score")
    assert sorted((first[0], second[0])) == [1, 2] and (first[3] > second[3]) == (first[0] < second[0])


EARLIER = """e         | 530102    | 违约失信 | 2023-06-10 | 2023-06-11        | ·           | ·              | 2023-05-30   | 2023-05-20
f         | 530103    | 违约失信 | 2023-06-10 | 2023-06-09        | ·           | ·              | 2023-05-30   | 2023-05-20
"""


def test_the_year_before_is_compared_on_what_both_windows_have() -> None:
    year_one = cases("530102", 2023, 5, 5) + cases("530103", 2023, 8, 2)
    con = ranked(year_one, FAILURES + EARLIER)
    columns = ("index_score", "rank", "year_ago_score", "year_ago_rank", "score_change", "rank_change")
    # 530103 did not report the debt of 2024: a third of that dimension is known, so it is not ranked.
    first, second = places(con, END, *columns)
    then = places(con, date(2023, 12, 1), "index_score", "rank")
    assert (first[2:4], second[2:4]) == (then[0], then[1]) and then[0][1] == 2
    assert first[4:] == (pytest.approx(first[0] - then[0][0]), 1)
    assert second[:2] == (None, None) and second[4:] == (None, None)
    # A year before 2024-11 the debt was that of 2022, which nobody sent: what is scored now was left out then.
    assert places(con, date(2024, 11, 1), "year_ago_score", "rank_change") == [(None, None)] * 2


def test_what_is_left_out_now_is_left_out_of_the_year_before_too() -> None:
    year_one = cases("530102", 2023, 5, 5) + cases("530103", 2023, 8, 2)
    con = built(
        date(2025, 1, 31),
        failures=FAILURES + EARLIER,
        petitions=PETITIONS + cases("530102", 2024, 9, 1) + cases("530103", 2024, 8, 2) + year_one,
        debt_year="\n".join(YEARS.splitlines()[:-1]),
        debt_balance=BALANCES,
    )
    # The year 2024 is not due: no debt is scored now, and without it nobody has an index, then as now.
    assert places(con, END, "missing_dimensions", "year_ago_score") == [("debt", None)] * 2
    assert places(con, date(2023, 12, 1), "missing_dimensions", "rank") == [("", 2), ("", 1)]


def test_the_province_is_compared_over_the_prefectures_known_in_both_windows() -> None:
    lines = ["source | region_id | month | reported_at | complete"]
    for region, since in (("530100", 2020), ("530300", 2020), ("530400", 2024)):
        lines += months("petitions", region, since, END)
    drawn = cases("530102", 2024, 9, 1) + cases("530302", 2024, 0, 5) + cases("530402", 2024, 0, 9)
    con = tables.run(
        date(2024, 12, 31),
        reports="\n".join(lines),
        petitions=PETITIONS + drawn + cases("530102", 2023, 5, 5) + cases("530402", 2023, 0, 9),
    )

    def change(indicator: str, window: str, basis: str) -> list[tuple]:
        return con.execute(
            """select prefectures, value, earlier_value, change from mart.comparable_change
            where indicator_id = ? and window_kind = ? and period = ? and basis = ?""",
            [indicator, window, END, basis],
        ).fetchall()

    # 玉溪 (530400) was silent in 2023 and is in neither sum: 15 cases against 10, repeats 6 of 15 against 5 of 10.
    assert change("petition_volume", "year", "year_ago") == [(2, 15.0, 10.0, 5.0)]
    assert change("petition_repeat", "year", "year_ago") == [(2, 40.0, 50.0, -10.0)]
    # From November to December nobody had a case: three prefectures, no share to compare.
    assert change("petition_volume", "month", "previous") == [(3, 0.0, 0.0, 0.0)]
    assert change("petition_repeat", "month", "previous") == [(3, None, None, None)]
    assert change("debt_ratio", "year", "year_ago") == []


def test_a_prior_that_the_level_has_left_is_stale() -> None:
    con = built(failures=FAILURES)
    found = con.execute(
        """select indicator_id, level_rate, prior_mean, ratio, stale from mart.prior_check
        where window_kind = 'r12' and period = ? and region_level = 'county'
        and indicator_id in ('failure_rate', 'reason_on_time') order by 1""",
        [END],
    ).fetchall()
    # Four events of weight 2, seven months old, of 150 bodies: more than three times the prior's 1 per 100.
    rate = 4 * 2 * 0.5 ** (7 / 12) / 150 * 100
    assert found == [
        ("failure_rate", pytest.approx(rate), 1.0, pytest.approx(rate), True),
        ("reason_on_time", 75.0, 75.0, 1.0, False),
    ]
