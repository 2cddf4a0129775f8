"""Frames of what is missing: who did not report and when, undated records, absent sources, no value."""

from datetime import date
from typing import Any

import polars as pl

EVENT_SOURCES = ("failures", "petitions")
# Worst first: how a month that is not on time is named.
STATES = ("not_reported", "partial", "pending", "late")
_COUNTS = ("due", "on_time", "late", "partial", "pending", "missing")


def reporting(frame: pl.DataFrame, first: date, last: date) -> dict[str, int]:
    """Return 家次 (prefecture-months over all sources) due, on time, late, partial, pending and missing."""
    chosen = frame.filter(pl.col("month").is_between(first, last))
    return {name: int(chosen[f"prefectures_{name}"].sum()) for name in _COUNTS}


def reporting_by_source(frame: pl.DataFrame, first: date, last: date) -> pl.DataFrame:
    """Return the same counts one row per source, and whether its reporting is inferred."""
    return (
        frame.filter(pl.col("month").is_between(first, last))
        .group_by("source")
        .agg(*[pl.col(f"prefectures_{name}").sum().alias(name) for name in _COUNTS], pl.col("inferred").any())
        .sort("source")
    )


def runs(months: list[date]) -> list[tuple[date, date]]:
    """Return sorted months as runs of consecutive ones, (first, last) each."""
    joined: list[tuple[date, date]] = []
    for month in sorted(months):
        if joined and _number(month) == _number(joined[-1][1]) + 1:
            joined[-1] = (joined[-1][0], month)
        else:
            joined.append((month, month))
    return joined


def _number(month: date) -> int:
    return month.year * 12 + month.month


def missing_spans(
    missing: pl.DataFrame, regions: pl.DataFrame, first: date, last: date
) -> list[dict[str, Any]]:
    """Return who was not on time: source, state, names, runs of months; worst first, then code order."""
    chosen = (
        missing.filter(pl.col("month").is_between(first, last))
        .group_by("source", "state", "region_id")
        .agg(pl.col("month").sort())
        .join(regions, on="region_id")
        .sort("source", "region_id")
    )
    spans = [{**row, "runs": runs(row["month"])} for row in chosen.iter_rows(named=True)]
    return sorted(spans, key=lambda row: STATES.index(row["state"]))


def undated(frame: pl.DataFrame, region_id: str) -> dict[str, int]:
    """Return how many records of each source carry no date."""
    mine = frame.filter(pl.col("region_id") == region_id).sort("source")
    return dict(zip(mine["source"].to_list(), mine["records"].to_list(), strict=True))


def left_out(frame: pl.DataFrame, region_id: str) -> dict[str, int]:
    """Return how many failure records no rate contains, by reason, largest first."""
    mine = frame.filter(pl.col("region_id") == region_id).sort("records", "reason", descending=[True, False])
    return dict(zip(mine["reason"].to_list(), mine["records"].to_list(), strict=True))


def absent_sources(sources: pl.DataFrame, manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the sources of which nothing was ingested, in the order of the contracts."""
    given = set(manifest.get("sources", {}))
    return [row for row in sources.sort("sort_order").iter_rows(named=True) if row["source"] not in given]


def blocked(figures: pl.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """Return the indicators without a value, by reason, in registry order."""
    reasons: dict[str, list[dict[str, Any]]] = {}
    for row in figures.filter(pl.col("status") == "missing").iter_rows(named=True):
        reasons.setdefault(row["missing_reason"], []).append(row)
    return reasons
