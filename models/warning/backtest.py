"""How well warnings do where the truth is known: found, how soon, at what price (METHOD 6, model card).

The truth is a list of events (planted ones, or confirmed decisions). A warning is true if its region and
month belong to an event or to the `SLACK` months after it: evidence remembers, and what is late is found
late. Everything else is false. Beside: `capacity.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

SLACK = 1
KIND = pl.Schema(
    {
        "kind": pl.String,
        "level": pl.Int32,
        "events": pl.Int64,
        "found": pl.Int64,
        "recall": pl.Float64,
        "delay_months": pl.Float64,
        "lead_months": pl.Float64,
        "first_month": pl.Float64,
    }
)
PRICE = pl.Schema(
    {
        "region_level": pl.String,
        "level": pl.Int32,
        "warnings": pl.Int64,
        "false_warnings": pl.Int64,
        "region_years": pl.Float64,
        "false_per_region_year": pl.Float64,
        "false_a_month": pl.Float64,
        "false_share": pl.Float64,
        "recall_cells": pl.Float64,
    }
)
PREVALENCE = pl.Schema({"level": pl.Int32, "prevalence": pl.Float64, "false_discovery": pl.Float64})
ALL_KINDS = "all"
LEVELS = (1, 2, 3, 4)


@dataclass(frozen=True)
class Scored:
    """Found events by kind and level (this or graver), the price by region level, false discovery."""

    kinds: pl.DataFrame
    price: pl.DataFrame
    prevalence: pl.DataFrame
    events: pl.DataFrame


def score(
    warnings: pl.DataFrame,
    tested: pl.DataFrame,
    events: pl.DataFrame,
    parents: pl.DataFrame,
    prevalences: Sequence[float],
) -> Scored:
    """How `warnings` (region_id, period, level, seen) do against `events`.

    `seen` is the month in which a warning was raised, its own or a later one; `tested`: region_id,
    region_level, period of every month that could be judged; `events`: event_id, kind, region_id,
    first_period, last_period, a row for each region; `parents`: region_id, parent_id (an event of a county is
    one of its prefecture). An event is found by the first warning in one of its own regions, but only events
    that some tested month belongs to are asked for.
    """
    own = events.select("event_id", "kind", "region_id", "first_period", "last_period")
    cells = _cells(own, tested)
    asked = own.filter(pl.col("event_id").is_in(cells["event_id"].unique().to_list()))
    above = asked.join(parents, on="region_id").select(
        "event_id", "kind", pl.col("parent_id").alias("region_id"), "first_period", "last_period"
    )
    true = pl.concat([cells, _cells(above.unique(maintain_order=True), tested)])
    once = warnings.group_by("region_id", "period").agg(pl.min("level"))
    marked = once.join(tested, on=["region_id", "period"]).join(
        true.select("region_id", "period").unique().with_columns(true=pl.lit(True)),
        on=["region_id", "period"],
        how="left",
    )
    found = _found(asked, cells, warnings)
    kinds = pl.concat([_by_kind(found, level) for level in LEVELS])
    price = pl.concat([_price(marked, tested, cells, level) for level in LEVELS])
    return Scored(kinds, price, _false_discovery(price, prevalences), found)


def _cells(events: pl.DataFrame, tested: pl.DataFrame) -> pl.DataFrame:
    """Tested regions and months that belong to an event, the slack included."""
    return events.join(tested, on="region_id").filter(
        (pl.col("period") >= pl.col("first_period"))
        & (pl.col("period") <= pl.col("last_period").dt.offset_by(f"{SLACK}mo"))
    )


def _found(asked: pl.DataFrame, cells: pl.DataFrame, warnings: pl.DataFrame) -> pl.DataFrame:
    """One row for each event and level: the first month with a warning of that level or a graver one."""
    spans = asked.group_by("event_id", "kind").agg(pl.min("first_period"), pl.max("last_period"))
    hits = cells.select("event_id", "region_id", "period").join(warnings, on=["region_id", "period"])
    parts = []
    for level in LEVELS:
        first = hits.filter(pl.col("level") <= level).group_by("event_id").agg(found_on=pl.min("seen"))
        parts.append(spans.join(first, on="event_id", how="left").with_columns(level=pl.lit(level, pl.Int32)))
    return pl.concat(parts).sort("event_id", "level")


def _months(later: str, earlier: str) -> pl.Expr:
    """Months from one column to the other."""
    return (
        (pl.col(later).dt.year() - pl.col(earlier).dt.year()) * 12
        + pl.col(later).dt.month().cast(pl.Int32)
        - pl.col(earlier).dt.month().cast(pl.Int32)
    )


def _by_kind(found: pl.DataFrame, level: int) -> pl.DataFrame:
    """Recall, delay from the event's first month, lead before its last one, by kind and over all."""
    mine = found.filter(level=level)
    both = pl.concat([mine, mine.with_columns(kind=pl.lit(ALL_KINDS))])
    delay = _months("found_on", "first_period")
    return (
        both.group_by("kind")
        .agg(
            events=pl.len().cast(pl.Int64),
            found=pl.col("found_on").count().cast(pl.Int64),
            recall=pl.col("found_on").count() / pl.len(),
            delay_months=delay.mean(),
            lead_months=_months("last_period", "found_on").mean(),
            first_month=(delay == 0).sum() / pl.len(),
        )
        .with_columns(level=pl.lit(level, pl.Int32))
        .sort(pl.col("kind") == ALL_KINDS, "kind")
        .select(list(KIND))
        .cast(KIND)
    )


def _price(marked: pl.DataFrame, tested: pl.DataFrame, cells: pl.DataFrame, level: int) -> pl.DataFrame:
    """False warnings of a level or graver by region level, and the share of event months warned of."""
    rows = []
    for (region_level,), grid in tested.group_by("region_level", maintain_order=True):
        raised = marked.filter((pl.col("region_level") == region_level) & (pl.col("level") <= level))
        false = raised.filter(pl.col("true").is_null()).height
        years = grid.height / 12
        mine = cells.filter(region_level=region_level).select("region_id", "period").unique()
        warned = mine.join(raised, on=["region_id", "period"], how="semi").height
        rows.append(
            (
                *(region_level, level, raised.height, false, years, false / years),
                false / grid["period"].n_unique(),
                false / raised.height if raised.height else None,
                warned / mine.height if mine.height else None,
            )
        )
    return pl.DataFrame(rows, PRICE, orient="row").sort("region_level")


def _false_discovery(price: pl.DataFrame, prevalences: Sequence[float]) -> pl.DataFrame:
    """The share of warnings that would be false if so many of a hundred months held an event.

    From the rates of the level at which events are planted: false warnings a tested month, and the
    share of event months warned of.
    """
    rows = []
    for row in price.filter(pl.col("recall_cells").is_not_null()).iter_rows(named=True):
        false = row["false_per_region_year"] / 12
        for prevalence in prevalences:
            raised = (1 - prevalence) * false + prevalence * row["recall_cells"]
            rows.append((row["level"], prevalence, (1 - prevalence) * false / raised if raised else None))
    return pl.DataFrame(rows, PREVALENCE, orient="row")


def weak_kinds(kinds: pl.DataFrame, least: float) -> pl.DataFrame:
    """Kinds of which fewer than this share are found at any level: the known weak points, weakest first."""
    weakest = kinds.filter((pl.col("kind") != ALL_KINDS) & (pl.col("level") == max(LEVELS)))
    return weakest.filter(pl.col("recall") < least).sort("recall", "kind")
