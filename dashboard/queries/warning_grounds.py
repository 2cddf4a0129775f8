"""Frames of one warning's grounds: what its excess is made of, the evidence, checks of the data, its ledger.

`mine` is always the part of a table that belongs to the warning's region.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

import polars as pl

# In this order the attributes of a count stand on the page.
ORDER = ("source", "category", "field", "case_type", "channel", "body_level", "severity")


def contributions(mine: pl.DataFrame, period: date, channel: str) -> dict[str, pl.DataFrame]:
    """Return by attribute the values of mart.warning_share for a month and count, largest excess first.

    Each frame sums to the excess of the count.
    """
    rows = mine.filter(pl.col("period") == period, pl.col("channel") == channel)
    ordered = rows.sort("attribute", "excess", "value", descending=[False, True, False])
    found = {str(name): part for (name,), part in ordered.partition_by("attribute", as_dict=True).items()}
    return dict(sorted(found.items(), key=lambda item: ORDER.index(item[0])))


def evidence(mine: pl.DataFrame, period: date) -> dict[str, list[dict[str, Any]]]:
    """Return by goal ("silent", "lower") the rows of mart.warning_evidence for a month."""
    rows = mine.filter(pl.col("period") == period).sort("goal", "channels")
    return {str(goal): part.to_dicts() for (goal,), part in rows.partition_by("goal", as_dict=True).items()}


def checks(mine: pl.DataFrame, period: date) -> dict[str, dict[str, Any]]:
    """Return by check the rows of mart.warning_check for a month; a check that found nothing has none."""
    return {row["check_id"]: row for row in mine.filter(pl.col("period") == period).to_dicts()}


def issued(mine: pl.DataFrame, period: date) -> dict[str, Any] | None:
    """Return the row of mart.warning_ledger a month belongs to, of several the one not withdrawn; or None."""
    rows = mine.filter(pl.col("first_period") <= period, pl.col("last_period") >= period)
    return (
        rows.sort("withdrawn_on", "warning_id", nulls_last=False).row(0, named=True) if rows.height else None
    )


def peers(
    cells: pl.DataFrame, warnings: pl.DataFrame, codes: Iterable[str], period: date, channel: str
) -> pl.DataFrame:
    """Return the rows of mart.warning_channel of these regions for a month and count, with level and id.

    Those whose count is least probable first; those that could not be tested last.
    """
    marked = warnings.select("region_id", "period", "warning_id", "level")
    return (
        cells.filter(
            pl.col("period") == period, pl.col("channel") == channel, pl.col("region_id").is_in(list(codes))
        )
        .join(marked, on=["region_id", "period"], how="left")
        .sort("p_value", "region_id", nulls_last=True)
    )
