"""Debt as drawn tables for the spec tests: rows of balances and years in short, and what the build says of them.

迪庆 (533400) has the counties 533401, 533422, 533423 and its own level 533400L: four units and no zone.
"""

from __future__ import annotations

from datetime import date

import duckdb

from pipelines.regions import frame
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


def regions(level: str) -> list[tuple[str]]:
    return frame.regions().filter(region_level=level).select("region_id").rows()
