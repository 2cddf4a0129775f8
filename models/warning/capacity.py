"""How many warnings a month can be checked: a cap after the levels, never a quota (METHOD 6.7).

A cap only holds warnings back; where fewer are raised, none is added. `simulate` says what a capacity would
have meant in the past. Before: `verdict.py`; beside: `backtest.py`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

SCHEMA = pl.Schema(
    {
        "capacity": pl.Int32,
        "threshold_p": pl.Float64,
        "shown": pl.Float64,
        "waiting": pl.Float64,
        "full_months": pl.Float64,
        "decided": pl.Int64,
        "precision": pl.Float64,
    }
)


def within(warnings: pl.DataFrame, capacity: int) -> pl.DataFrame:
    """`warnings` (period, level, p_value, region_id) with `place` in their month and whether it is `shown`.

    The order is that of levels, then of p; level 1 is shown whatever the capacity.
    """
    place = pl.struct("level", "p_value", "region_id").rank("ordinal").over("period").cast(pl.Int32)
    shown = (pl.col("place") <= capacity) | (pl.col("level") == 1)
    return warnings.with_columns(place=place).with_columns(shown=shown)


def simulate(warnings: pl.DataFrame, months: int, capacities: Sequence[int]) -> pl.DataFrame:
    """What each capacity (warnings a month) would have meant over the last `months`; see SCHEMA.

    `warnings`: period, level, p_value, region_id, confirmed (null where nobody decided). `threshold_p` is the
    largest p that was shown in a month which had more than the capacity (null: none had), the least of all
    such months; `shown` and `waiting` are a month's means, `full_months` the share of months with warnings
    left waiting; `precision` is the share confirmed of those shown and decided, null where none was.
    """
    rows = []
    for capacity in capacities:
        capped = within(warnings, capacity)
        shown, waiting = capped.filter("shown"), capped.filter(~pl.col("shown"))
        full = waiting["period"].unique()
        limits = (
            shown.filter(pl.col("period").is_in(full.to_list())).group_by("period").agg(pl.max("p_value"))
        )
        decided = shown["confirmed"].drop_nulls()
        rows.append(
            (
                *(capacity, limits["p_value"].min(), shown.height / months, waiting.height / months),
                *(full.len() / months, decided.len(), decided.mean()),
            )
        )
    return pl.DataFrame(rows, SCHEMA, orient="row")


def past_capacities(warnings: pl.DataFrame, context: pl.DataFrame, parameters: pl.DataFrame) -> pl.DataFrame:
    """`simulate` for every capacity up to the fullest month of the last `capacity_months`.

    `warnings` is mart.warning, `context` run.context, `parameters` ref.warning_parameter. Nobody has decided
    anything yet, so no precision is known.
    """
    months = int(parameters["capacity_months"][0])
    last = context.select(pl.col("last_month").dt.offset_by(f"-{months}mo"))["last_month"][0]
    recent = warnings.filter(pl.col("period") > last).with_columns(confirmed=pl.lit(None, pl.Boolean))
    most = recent.group_by("period").agg(pl.len())["len"].max()
    return simulate(recent, months, range(1, (most if isinstance(most, int) else 0) + 1))


def capacity_for(warnings: pl.DataFrame, months: int, share: float) -> int:
    """The least capacity with which at most this share of months leaves warnings waiting.

    `warnings` as in `simulate`; level 1 never waits.
    """
    counts = warnings.group_by("period").agg(pl.len())["len"].to_numpy()
    most = int(counts.max()) if counts.size else 0
    for capacity in range(most + 1):
        waiting = within(warnings, capacity).filter(~pl.col("shown"))["period"].n_unique()
        if waiting <= np.floor(share * months):
            return capacity
    return most
