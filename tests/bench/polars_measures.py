"""The peer in Polars: petition counts by unit and month (`cell/petition.sql`, summed), lazy and streaming."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from pipelines import registry
from pipelines.calendar import calendar

COLUMNS = ("region_id", "period_date", "case_type", "procedure", "repeat_flag", "evaluable", "eval_unit")
COLUMNS += ("recheck_result", "review_result", "returned", "not_accepted_reason", "registered_date")
COLUMNS += ("transferred_date", "unit_received_date", "informed_date", "accepted_date", "closed_date")
COLUMNS += ("extended",)
_CHANGED = ("变更", "撤销")


def measures(folder: Path, target: Path) -> None:
    """Write region_id, period, measure, amount of the rows in month=…/*.parquet to one file."""
    files = str(folder / "month=*" / "*.parquet")
    rows = _flagged(pl.scan_parquet(files, hive_partitioning=False).select(COLUMNS))
    counted = [_registration(rows)]
    counted += [_clock(rows, *clock) for clock in (("transfer", "transfers"), ("reply", "replies"))]
    counted.append(_clock(rows, "closing", "closings"))
    found = pl.collect_all(counted, engine="streaming")
    pl.concat(_long(table) for table in found).write_parquet(target)


def _flagged(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Each row's unit, months and yes-or-no answers."""
    method = registry.parameters().row(0, named=True)
    days = {name: int(method[name]) for name in method if name.endswith("_days")}
    limit = pl.lit(days["close_days"]) + pl.when("extended").then(days["close_extension_days"]).otherwise(0)
    answerable = ~pl.col("returned").fill_null(False) & pl.col("not_accepted_reason").is_null()
    last_days = {
        "transfer": pl.col("registered_date") + pl.duration(days=days["transfer_days"]),
        "reply": pl.when(answerable).then(
            pl.col("unit_received_date") + pl.duration(days=days["inform_days"])
        ),
        "closing": pl.when(pl.col("procedure") == 6).then(pl.col("accepted_date") + pl.duration(days=limit)),
    }
    done = {"transfer": "transferred_date", "reply": "informed_date", "closing": "closed_date"}
    for name, last_day in last_days.items():
        due = calendar().lazy().select(pl.col("day").alias(name), pl.col("due_day").alias(f"{name}_due"))
        rows = rows.with_columns(last_day.alias(name)).join(due, on=name, how="left")
    first = pl.col("repeat_flag").fill_null("初件") == "初件"
    rated = (pl.col("eval_unit") != "未评价").fill_null(False)
    return rows.select(
        "region_id",
        *(pl.col(f"{name}_due").dt.truncate("1mo").alias(f"{name}_month") for name in done),
        *((pl.col(day) <= pl.col(f"{name}_due")).alias(f"{name}_on_time") for name, day in done.items()),
        period=pl.col("period_date").dt.truncate("1mo"),
        counted=~pl.col("case_type").is_in(["检举控告", "其他"]).fill_null(False),
        repeated=pl.col("repeat_flag") == "重件",
        evaluable="evaluable",
        evaluated=pl.col("evaluable") & rated,
        rated=rated & first,
        satisfied=pl.col("eval_unit").is_in(["满意", "基本满意"]) & first,
        reviewed=pl.col("recheck_result").is_not_null() | pl.col("review_result").is_not_null(),
        changed=pl.col("recheck_result").is_in(_CHANGED).fill_null(False)
        | pl.col("review_result").is_in(_CHANGED).fill_null(False),
    )


def _registration(rows: pl.LazyFrame) -> pl.LazyFrame:
    names = ("repeated", "evaluable", "evaluated", "rated", "satisfied", "reviewed", "changed")
    sums = [(pl.col("counted") & pl.col(name)).sum().alias(f"petitions_{name}") for name in names]
    volume, registered = pl.len().alias("petition_volume"), pl.col("counted").sum()
    return rows.group_by("region_id", "period").agg(volume, registered.alias("petitions_registered"), *sums)


def _clock(rows: pl.LazyFrame, name: str, measure: str) -> pl.LazyFrame:
    """What fell due in each month, and what of it was done in time."""
    due = rows.filter(pl.col("counted") & pl.col(f"{name}_month").is_not_null())
    return due.group_by("region_id", period=f"{name}_month").agg(
        pl.len().alias(f"petition_{measure}_due"),
        pl.col(f"{name}_on_time").sum().alias(f"petition_{measure}_on_time"),
    )


def _long(table: pl.DataFrame) -> pl.DataFrame:
    long = table.unpivot(index=["region_id", "period"], variable_name="measure", value_name="amount")
    return long.cast({"amount": pl.Int64})
