"""Every channel of every region and month: observed, expected, how unusual, or why it was not tested.

What is said of a month uses counts of that month and of earlier ones only. Before: `completeness.py`,
`expect.py`, `tail.py`; next: `levels.py`, which joins the channels.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from models.warning import tail
from models.warning.completeness import month_number, shares
from models.warning.expect import expected, window_sum
from models.warning.settings import Settings

DIGITS = 9
# No count is impossible: the smallest p that is ever said.
LEAST_P = 1e-9
SCHEMA = pl.Schema(
    {
        "region_id": pl.String,
        "region_level": pl.String,
        "period": pl.Date,
        "channel": pl.String,
        "observed": pl.Float64,
        "expected": pl.Float64,
        "lower": pl.Float64,
        "upper": pl.Float64,
        "p_value": pl.Float64,
        "excess": pl.Float64,
        "tested": pl.Boolean,
        "reason": pl.String,
        "completeness": pl.Float64,
    }
)
Array = npt.NDArray[np.float64]


def assess_channels(
    counts: pl.DataFrame,
    completeness: pl.DataFrame,
    context: pl.DataFrame,
    parameters: pl.DataFrame,
) -> pl.DataFrame:
    """One row for each row of `counts` (core.channel_month); see SCHEMA.

    `completeness` is mart.completeness, `context` run.context, `parameters` ref.warning_parameter. p is the
    upper tail (mid-p); where a region has hardly any cases it is never below the declared floor, and the row
    says `sparse`. A month not wholly reported, or with a short history, has no p.
    """
    settings = Settings.of(parameters)
    last = month_number(context["last_month"][0])
    parts = [SCHEMA.to_frame()]
    ordered = counts.sort("channel", "region_level", "region_id", "period")
    for group in ordered.partition_by("channel", "region_level", maintain_order=True):
        months = group["period"].unique().sort()
        share = shares(completeness, group["channel"][0], ages(months.to_list(), last))
        observed = group["observed"].cast(pl.Float64).to_numpy().reshape(-1, months.len())
        parts.append(_assessed(group, assess(observed, share, settings)))
    return pl.concat(parts).sort("region_id", "period", "channel")


def ages(months: list[date], last: int) -> npt.NDArray[np.int64]:
    """How many months lie between each month and the last one."""
    return np.array([last - month_number(month) for month in months], dtype=np.int64)


def assess(observed: Array, share: Array, settings: Settings) -> dict[str, Array]:
    """The figures of one channel and level: arrays of regions × months, NaN where unknown.

    Months must follow each other without a gap; a month not reported is NaN.
    """
    mean = expected(observed, share, settings)
    k = np.broadcast_to(tail.dispersion(observed, mean, settings), mean.shape)
    p = tail.mid_p(observed, mean, k)
    cases = window_sum(np.nan_to_num(observed), settings.sparse_months, 0)
    sparse = cases < settings.sparse_cases
    p = np.where(sparse, np.maximum(p, settings.sparse_p), p)
    lower, upper = tail.interval(mean, k, settings.interval_pct)
    found = {
        "expected": np.where(np.isnan(k), np.nan, mean),
        "lower": lower,
        "upper": upper,
        "p_value": np.maximum(p, LEAST_P),
        "excess": observed - np.where(np.isnan(k), np.nan, mean),
        "sparse": sparse.astype(np.float64),
        "completeness": np.broadcast_to(share, mean.shape),
    }
    return {name: values.round(DIGITS) for name, values in found.items()}


def _assessed(group: pl.DataFrame, found: dict[str, Array]) -> pl.DataFrame:
    """The rows of one channel and level with their figures and reasons."""
    figures = [pl.Series(name, values.ravel()).fill_nan(None) for name, values in found.items()]
    reason = (
        pl.when(pl.col("observed").is_null())
        .then(pl.lit("not_reported"))
        .when(pl.col("expected").is_null())
        .then(pl.lit("history_short"))
        .when(pl.col("sparse") == 1)
        .then(pl.lit("sparse"))
    )
    rows = group.with_columns(*figures).with_columns(reason.alias("reason"))
    return rows.with_columns(tested=pl.col("reason").is_null()).select(list(SCHEMA)).cast(SCHEMA)
