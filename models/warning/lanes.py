"""Totals against their own history: the province, and each prefecture beside it (method section 6.8).

What rises everywhere at once is no region's anomaly, and no warning of a region says it; a lane does. The
expected total goes with the working days of its month, and with the share of it that is on file. Before:
`fit.py`, `variance.py`; beside: `monthly.py`, which holds regions against each other.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import polars as pl
from threadpoolctl import threadpool_limits

from models.warning import variance
from models.warning.completeness import month_number
from models.warning.config import Config
from models.warning.fit import fit, predict
from models.warning.monthly import DIGITS, Panel, panel_of
from models.warning.tail import interval

Array = npt.NDArray[np.float64]
LEVELS = ("province", "prefecture")
SCHEMA = pl.Schema(
    {
        "region_id": pl.String,
        "region_level": pl.String,
        "period": pl.Date,
        "channel": pl.String,
        **dict.fromkeys(("observed", "expected", "lower", "upper", "p_value", "excess"), pl.Float64),
        "working_days": pl.Int32,
        "level": pl.Int32,
    }
)


def lanes(
    counts: pl.DataFrame,
    completeness: pl.DataFrame,
    channels: pl.DataFrame,
    calendar: pl.DataFrame,
    context: pl.DataFrame,
    parameters: pl.DataFrame,
) -> pl.DataFrame:
    """A row for each month and channel of the province and the prefectures in `counts`; see SCHEMA.

    `counts` is core.channel_month, `completeness` mart.completeness, `channels` ref.channel, `calendar`
    ref.calendar, `context` run.context, `parameters` ref.warning_parameter. `level` is that of p alone, by
    the thresholds of warnings (no memory, no neighbours, no false discovery rate), volume at most the hint;
    null where nothing is unusual, p null without a history.
    """
    config, pct = lane_config(parameters), float(parameters["interval_pct"][0])
    last = month_number(context["last_month"][0])
    days = working_days(calendar)
    parts = [SCHEMA.to_frame()]
    for level in LEVELS:
        rows = counts.filter(region_level=level)
        if rows.is_empty():
            continue
        panel = panel_of(rows, completeness, channels, pl.DataFrame(schema=_NO_NEIGHBOURS), last)
        own = np.array([days[month] for month in panel.months], dtype=np.float64)
        parts += [_lane(panel, k, level, own, config, pct) for k in range(len(panel.channels))]
    known = counts.select("region_id", "period", "channel")
    return pl.concat(parts).join(known, on=list(known.columns), how="semi").sort(list(known.columns))


_NO_NEIGHBOURS = {"region_id": pl.String, "neighbour_id": pl.String}


def _lane(panel: Panel, k: int, level: str, days: Array, config: Config, interval_pct: float) -> pl.DataFrame:
    """The rows of one channel of a level."""
    counts = panel.counts[k]
    with threadpool_limits(limits=1):
        mean, spread = expected(counts, days * panel.complete[k], config)
    cases = np.stack([variance.cases_in_window(counts, step, config) for step in range(len(days))], axis=1)
    p = variance.hold_sparse(variance.upper_p(counts, mean, spread), cases, config)
    lower, upper = interval(mean, variance.dispersion(mean, spread), interval_pct)
    found = np.where(counts > mean, _level(p, config), 0)
    if panel.kinds.volume[k]:
        found = np.where(found > 0, np.maximum(found, config.volume_level), 0)
    values = {
        **{"observed": counts, "expected": mean.round(DIGITS), "lower": lower, "upper": upper, "p_value": p},
        "excess": (counts - mean).round(DIGITS),
        "working_days": np.broadcast_to(days, mean.shape),
        "level": found,
    }
    rows = pl.DataFrame(
        {
            "region_id": np.repeat(panel.regions, len(panel.months)),
            "period": list(panel.months) * len(panel.regions),
            **{name: value.ravel() for name, value in values.items()},
        }
    )
    return (
        rows.with_columns(pl.lit(level).alias("region_level"), pl.lit(panel.channels[k]).alias("channel"))
        .with_columns(pl.col(pl.Float64).fill_nan(None))
        .with_columns(
            pl.col("p_value").round_sig_figs(DIGITS),
            pl.when(pl.col("level") > 0).then("level").alias("level"),
        )
        .select(list(SCHEMA))
        .cast(SCHEMA)
    )


def lane_config(parameters: pl.DataFrame) -> Config:
    """The numbers of the warnings with those of lanes, which stand alone: their own level and season."""
    row = parameters.row(0, named=True)
    return replace(
        Config.of(parameters),
        peers=False,
        harmonics=int(row["lane_harmonics"]),
        level_sd=row["lane_level_sd"],
        season_sd=row["lane_season_sd"],
    )


def working_days(calendar: pl.DataFrame) -> dict[object, int]:
    """The working days of every month in ref.calendar: those that end a term on themselves."""
    open_ = calendar.filter(pl.col("day") == pl.col("due_day"))
    found = open_.group_by(pl.col("day").dt.truncate("1mo").alias("month")).len()
    return dict(found.select("month", "len").iter_rows())


def expected(counts: Array, exposure: Array, config: Config) -> tuple[Array, Array]:
    """Mean and variance of totals × months by each total's own months before; NaN with too short a history.

    `exposure` is what a month's count is expected to go with: working days times the share on file.
    """
    offset = np.log(exposure)
    mean, spread = np.full(counts.shape, np.nan), np.full(counts.shape, np.nan)
    for step in range(counts.shape[1]):
        first, end = max(0, step - config.guard - config.history), max(step - config.guard, 0)
        window = counts[:, first:end]
        known = (~np.isnan(window)).astype(np.float64)
        enough = known.sum(axis=1) >= config.least_history
        if not enough.any():
            continue
        y = np.nan_to_num(window)
        fitted = fit(
            y,
            known,
            np.cbrt(y) ** 2,
            offset[first:end],
            np.arange(first, end, dtype=np.float64) - step,
            config,
        )
        plain, error = predict(fitted, np.zeros(1), config)
        held = plain[:, 0] * exposure[step]
        mean[:, step] = np.where(enough, held, np.nan)
        spread[:, step] = variance.variance(mean[:, step], fitted.phi, held**2 * error[:, 0], 1.0, 0.0)
    return mean, spread


def _level(p: Array, config: Config) -> npt.NDArray[np.int64]:
    """4 to 2 by p alone, 0 for none."""
    held = np.where(np.isnan(p), 1.0, p)
    found = np.zeros(p.shape, dtype=np.int64)
    for level, least in ((4, config.level_4_p), (3, config.level_3_p), (2, config.level_2_p)):
        found[held < least] = level
    return found
