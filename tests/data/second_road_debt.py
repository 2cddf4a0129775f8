"""Debt and scores by a second road: plain Python over accepted rows, from the method, not from the SQL.

`Debt(regions, balances, years)` answers for one region and window: numerator and denominator, or why
there is none. `score(value, knots)` reads a score off its goalposts. Slow and direct on purpose.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

import polars as pl

from tests.data.second_road import add_months, next_month

Row = dict[str, object]
Table = dict[tuple[str, date], Row]
PROVINCE = "530000"
BALANCE = ("balance_general_fen", "balance_special_fen", "limit_general_fen", "limit_special_fen")
YEAR = (
    "fiscal_capacity_fen",
    "interest_general_fen",
    "budget_expenditure_general_fen",
    "interest_special_fen",
    "budget_expenditure_fund_fen",
    "overdue_fen",
)
DAYS_TO_PUBLISH, DAYS_AFTER_QUARTER = 20, 45


def placed(rows: pl.DataFrame) -> Table:
    """Rows by unit and period: 本级 of a prefecture is its own unit, a year lies under its December."""
    found: Table = {}
    order = rows.with_columns((pl.col("scope") == "全辖").alias("whole")).sort("whole", "recorded_at")
    for row in order.iter_rows(named=True):
        region = row["region_id"]
        if row["scope"] == "本级" and len(region) == 6:
            region += "L"
        found[region, row["period"] if "period" in row else date(row["year"], 12, 1)] = row
    return found


class Debt:
    """The debt of every region, from the rows of its units."""

    def __init__(self, regions: pl.DataFrame, balances: pl.DataFrame, years: pl.DataFrame) -> None:
        self.level = dict(regions.select("region_id", "region_level").iter_rows())
        self.children: dict[str, list[str]] = {}
        for region, parent in regions.select("region_id", "parent_id").iter_rows():
            self.children.setdefault(parent, []).append(region)
        self.balances, self.years = placed(balances), placed(years)
        self.begins = min(period for table in (self.balances, self.years) for _, period in table)

    def units(self, region: str) -> list[str]:
        """The units a region is made of."""
        below = self.children.get(region, [])
        return [unit for child in below for unit in self.units(child)] if below else [region]

    def asked(self, table: Table, region: str, period: date) -> list[str]:
        """The units whose row is due: a zone from its first row on."""
        begun = {unit for unit, first in table if first <= period}
        return [unit for unit in self.units(region) if self.level[unit] != "zone" or unit in begun]

    def total(self, table: Table, region: str, period: date, names: Sequence[str]) -> list[int] | None:
        """Amounts of a region: its own row, its parts added up, or its 全辖 row where a part is missing."""
        row = table.get((region, period))
        alone = [int(str(row[name])) for name in names] if row else None
        if not self.children.get(region):
            return alone
        begun = {unit for unit, first in table if first <= period}
        parts = [
            self.total(table, child, period, names)
            for child in self.children[region]
            if self.level[child] != "zone" or child in begun
        ]
        if all(part is not None for part in parts):
            return [sum(numbers) for numbers in zip(*(part for part in parts if part), strict=True)]
        return alone

    def pair(self, indicator: str, region: str, first: date, last: date) -> tuple[float, float] | None:
        """Numerator and denominator in a window of whole months, None where it is missing."""
        if indicator == "debt_disclosed_on_time":
            return self.published(region, first, last)
        december = date(last.year if last.month == 12 else last.year - 1, 12, 1)
        quarter = add_months(last, -(last.month % 3))
        if indicator in ("debt_balance", "limit_use"):
            found = self.total(self.balances, region, quarter, BALANCE)
            return None if found is None else (found[0] + found[1], found[2] + found[3])
        year = self.total(self.years, region, december, YEAR)
        balance = self.total(self.balances, region, december, BALANCE)
        if year is None:
            return None
        capacity, *interest, overdue = year
        if indicator == "interest_burden":
            general, special = interest[:2], interest[2:]
            heavier = special[0] * general[1] > general[0] * special[1] and special[1] > 0
            return tuple(special if heavier else general)  # type: ignore[return-value]
        if balance is None:
            return None
        debt = balance[0] + balance[1]
        return (debt, capacity) if indicator == "debt_ratio" else (overdue, debt)

    def published(self, region: str, first: date, last: date) -> tuple[float, float] | None:
        """Published in time of what was to be published; None where a report due in the window is absent."""
        end = next_month(last)
        if first < self.begins:
            return None
        quarters = [date(first.year + n // 4 - 1, 3 * (n % 4) + 3, 1) for n in range(12)]
        years = [date(year, 12, 1) for year in range(first.year - 1, last.year)]
        to_report = [
            (self.balances, quarter, next_month(quarter) - timedelta(1) + timedelta(DAYS_AFTER_QUARTER))
            for quarter in quarters
        ] + [(self.years, december, date(december.year + 1, 6, 30)) for december in years]
        for table, period, day in to_report:
            absent = [unit for unit in self.asked(table, region, period) if (unit, period) not in table]
            if first <= day < end and absent:
                return None
        due = on_time = 0
        units = set(self.units(region))
        for table in (self.balances, self.years):
            for (unit, _), row in table.items():
                approved, published = row["approved_date"], row["published_date"]
                if unit not in units or not isinstance(approved, date):
                    continue
                day = approved + timedelta(DAYS_TO_PUBLISH)
                if first <= day < end:
                    due += 1
                    on_time += isinstance(published, date) and published <= day
        return on_time, due


def score(value: float, knots: Sequence[tuple[float, float]]) -> float:
    """The score on the line between the knots on either side of a value; beyond the outer ones, theirs."""
    ordered = sorted(knots)
    if value <= ordered[0][0]:
        return ordered[0][1]
    for (low, from_score), (high, to_score) in pairwise(ordered):
        if value <= high:
            return from_score + (to_score - from_score) * (value - low) / (high - low)
    return ordered[-1][1]
