"""Which windows a snapshot holds, and the indicator values of one of them.

Grain of what comes in: mart.indicator_value (region_id, window_kind, period, indicator_id).
"""

from datetime import date

import polars as pl

KINDS = ("r12", "month", "quarter", "half", "year", "ytd")
PROVINCE = "530000"
LEVELS = ("province", "prefecture", "county")


def periods(values: pl.DataFrame) -> dict[str, list[date]]:
    """Return the last months of every window, newest first, by window kind in the order of the menu."""
    found = values.select("window_kind", "period").unique().sort("window_kind", "period")
    by_kind = {kind: found.filter(pl.col("window_kind") == kind)["period"].to_list()[::-1] for kind in KINDS}
    return {kind: months for kind, months in by_kind.items() if months}


def window(values: pl.DataFrame, kind: str, period: date) -> pl.DataFrame:
    """Return the values of every region and indicator in one window."""
    return values.filter((pl.col("window_kind") == kind) & (pl.col("period") == period))


def first_month(kind: str, period: date) -> date:
    """Return the first month of a window from its kind and last month."""
    months = {"r12": 12, "month": 1, "quarter": 3, "half": 6, "year": 12, "ytd": period.month}[kind]
    number = period.year * 12 + period.month - months
    return date(number // 12, number % 12 + 1, 1)
