"""Every data test of a build is silent on sound relations and speaks up on one that was spoilt."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from pipelines import graph
from tests.spec import tables

CHECKS = graph.checks(tables.SQL_ROOT)
# What is done to a sound relation, and the check that must find it.
SPOILT = {
    "check.indicator_grid": "delete from mart.indicator_value where indicator_id = 'debt_ratio' and region_id = '530102'",
    "check.interval_and_rank": """insert into mart.rank_interval (region_id, window_kind, period, index_score)
        select region_id, window_kind, period, 50 from mart.ranking where region_id = '530102'""",
    "check.levels_add_up": "update core.measure set value = value + 1 where region_id = '530102'",
    "check.debt_levels_add_up": "update core.debt_region set value_fen = value_fen + 1 where region_id = '533401'",
    "check.numerator_within_denominator": """update mart.indicator_value set numerator = 2, denominator = 1
        where indicator_id = 'petition_satisfied'""",
    "check.ranking_places": "update mart.ranking set state = 'ranked' where region_id = '530102'",
    "check.score_and_weight": "update mart.indicator_score set score = 50 where score_state = 'left_out'",
    "check.warning_explained": "insert into mart.warning by name select region_id, region_level, period from"
    " mart.warning_channel limit 1; update mart.warning_channel set explains = true",
    "check.warning_grounds": "update mart.warning_channel set tested = true where reason = 'history_short'",
    "check.registry_measures": "delete from ref.measure where measure = 'fiscal_capacity'",
    "check.undeclared_measure": "delete from ref.measure where measure = 'debt_overdue'",
    "check.value_and_status": "update mart.indicator_value set value = null where status = 'value'",
}


@pytest.fixture
def sound() -> Iterator[duckdb.DuckDBPyConnection]:
    """One month in which 昆明 reported petitions and 迪庆 its debt."""
    units = ("533401", "533422", "533423", "533400L")
    balances = "\n".join(
        f"{unit} | 2023-12-01 | {'本级' if unit.endswith('L') else '全辖'} | 1 | 2 | 3 | 4" for unit in units
    )
    with tables.run(
        date(2024, 1, 31),
        reports="source | region_id | month | reported_at\npetitions | 530100 | 2023-12-01 | 2023-12-28",
        petitions="""
        case_id | region_id | case_type | registered_date | eval_unit
        a       | 530102    | 申诉求决  | 2023-12-05      | 满意
        """,
        debt_balance="region_id | period | scope | balance_general_fen | balance_special_fen | limit_general_fen"
        f" | limit_special_fen\n{balances}",
        debt_year="""
        region_id | year | scope | fiscal_capacity_fen | interest_general_fen | budget_expenditure_general_fen | overdue_fen
        533401    | 2023 | 全辖  | 10                  | 1                    | 10                             | 1
        """,
    ) as con:
        yield con


def wrong(con: duckdb.DuckDBPyConnection, name: str) -> int:
    """How many rows a check finds wrong."""
    return len(con.execute(CHECKS[name].text).fetchall())


def test_every_check_is_spoilt_below() -> None:
    assert SPOILT.keys() == CHECKS.keys()


def test_sound_relations_pass(sound: duckdb.DuckDBPyConnection) -> None:
    assert {name: wrong(sound, name) for name in CHECKS} == dict.fromkeys(CHECKS, 0)


@pytest.mark.parametrize("name", SPOILT)
def test_a_check_finds_what_was_spoilt(sound: duckdb.DuckDBPyConnection, name: str) -> None:
    sound.execute(SPOILT[name])
    assert wrong(sound, name) > 0
