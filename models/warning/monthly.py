"""All months of the regions of a level: every channel judged, joined, and what it comes to.

`judged_months` is the door of the build: core.channel_month in, core.judged out. Every month is judged on
what is on file now, the youngest ones again and again as more arrives; what is said of a month reads that
month and earlier ones only. Before: `completeness.py`, `model.py`, `verdict.py`; beside: `lanes.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl
from threadpoolctl import threadpool_limits

from models.warning.completeness import month_number, shares
from models.warning.config import Config
from models.warning.gate import NO_LEVEL, discoveries
from models.warning.model import Judged, Memo, judge
from models.warning.tail import interval
from models.warning.variance import cases_in_window, dispersion
from models.warning.verdict import Kinds, Verdict, verdict

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
DIGITS = 9
# The row of all channels together.
JOINED = "joined"
# The levels whose regions are held against each other.
LEVELS = ("county", "prefecture")
KEYS = {"region_id": pl.String, "region_level": pl.String, "period": pl.Date, "channel": pl.String}
FIGURES = {
    **dict.fromkeys(("observed", "expected", "variance", "lower", "upper"), pl.Float64),
    **dict.fromkeys(("p_value", "p_before", "completeness", "inflation", "memory_inflation"), pl.Float64),
    "sparse": pl.Boolean,
    "explains": pl.Boolean,
}
TOGETHER = {
    **dict.fromkeys(("order_p", "alarm_p", "best_p", "together_p", "neighbours_p"), pl.Float64),
    "discovered": pl.Boolean,
    "level": pl.Int32,
    "lead_channel": pl.String,
    "volume_only": pl.Boolean,
    "provisional": pl.Boolean,
}
SCHEMA = pl.Schema({**KEYS, **FIGURES, **TOGETHER})


@dataclass(frozen=True)
class Panel:
    """The counts of one level: channels × regions × months, NaN where a month is not wholly reported.

    `complete` is the share on file of channels × months, `neighbour` 1 where two regions touch.
    """

    channels: tuple[str, ...]
    regions: tuple[str, ...]
    months: tuple[date, ...]
    counts: Array
    complete: Array
    neighbour: Array
    kinds: Kinds

    def young(self, step: int, config: Config) -> Flags:
        """The channels of which too little is on file in a month."""
        return np.asarray(self.complete[:, step] < config.provisional_share)


def judged_months(
    counts: pl.DataFrame,
    completeness: pl.DataFrame,
    channels: pl.DataFrame,
    neighbours: pl.DataFrame,
    context: pl.DataFrame,
    parameters: pl.DataFrame,
) -> pl.DataFrame:
    """Every row of `counts` (core.channel_month) with its figures, and a row `joined` a region and month.

    `completeness` is mart.completeness, `channels` ref.channel, `neighbours` ref.neighbour, `context`
    run.context, `parameters` ref.warning_parameter. Figures of a channel are null on a joined row, and the
    other way round; p keeps nine significant digits, all else nine decimals. See SCHEMA.
    """
    config, pct = Config.of(parameters), float(parameters["interval_pct"][0])
    parts = [SCHEMA.to_frame()]
    regional = counts.filter(pl.col("region_level").is_in(LEVELS))
    for level in regional["region_level"].unique().sort():
        rows = regional.filter(region_level=level)
        panel = panel_of(rows, completeness, channels, neighbours, month_number(context["last_month"][0]))
        parts += [_frame(panel, found, level, pct, config) for found in months(panel, config)]
    known = regional.select("region_id", "period", "channel")
    both = pl.concat([known, known.unique(["region_id", "period"]).with_columns(channel=pl.lit(JOINED))])
    every = pl.concat(parts).join(both, on=["region_id", "period", "channel"], how="semi")
    return every.sort("region_id", "period", "channel")


def panel_of(
    counts: pl.DataFrame,
    completeness: pl.DataFrame,
    channels: pl.DataFrame,
    neighbours: pl.DataFrame,
    last: int,
) -> Panel:
    """The panel of the regions in `counts`, all of one level; `last` numbers the build's latest month."""
    ordered = channels.sort("sort_order")
    codes, regions = tuple(ordered["channel"]), tuple(counts["region_id"].unique().sort())
    first, final = counts["period"].min(), counts["period"].max()
    months = tuple(pl.date_range(first, final, "1mo", eager=True))  # type: ignore[arg-type]
    place = {region: number for number, region in enumerate(regions)}
    held = np.full((len(codes), len(regions), len(months)), np.nan)
    numbers = np.array([month_number(month) for month in months])
    where = (
        counts["channel"].replace_strict(list(codes), list(range(len(codes))), return_dtype=pl.Int64),
        counts["region_id"].replace_strict(list(place), list(place.values()), return_dtype=pl.Int64),
        (counts["period"].dt.year() * 12 + counts["period"].dt.month() - 1).cast(pl.Int64) - int(numbers[0]),
    )
    held[tuple(series.to_numpy() for series in where)] = counts["observed"].cast(pl.Float64).to_numpy()
    touch = np.zeros((len(regions), len(regions)))
    for one, other in neighbours.select("region_id", "neighbour_id").iter_rows():
        if one in place and other in place:
            touch[place[one], place[other]] = 1.0
    families = ordered["family"].to_list()
    return Panel(
        *(codes, regions, months, held),
        complete=np.stack([shares(completeness, code, last - numbers) for code in codes]),
        neighbour=touch,
        kinds=Kinds(np.array([families.index(family) for family in families]), ordered["volume"].to_numpy()),
    )


@dataclass(frozen=True)
class Month:
    """One month of a panel as judged, and what it comes to."""

    step: int
    judged: Judged
    verdict: Verdict


def months(panel: Panel, config: Config) -> Iterator[Month]:
    """Every month of the panel in order."""
    memo: Memo = {}
    # One thread: sums in the same order on every machine, and small matrices do not wait for each other.
    with threadpool_limits(limits=1):
        for step in range(len(panel.months)):
            found = judge(panel.counts, step, panel.neighbour, config, memo, panel.kinds.family)
            young = panel.young(step, config)
            yield Month(step, found, verdict(found, panel.neighbour, panel.kinds, young, config))


def _frame(panel: Panel, month: Month, level: str, interval_pct: float, config: Config) -> pl.DataFrame:
    """The rows of a month: one for each channel and region, and the joined ones."""
    keys = pl.DataFrame({"region_id": panel.regions}).with_columns(
        pl.lit(level).alias("region_level"), pl.lit(panel.months[month.step]).alias("period")
    )
    parts = []
    for k, source in enumerate(month.judged.sources):
        lower, upper = interval(source.mean, dispersion(source.mean, source.spread), interval_pct)
        figures = {
            "observed": source.count,
            "expected": source.mean.round(DIGITS),
            "variance": source.spread.round(DIGITS),
            "lower": lower,
            "upper": upper,
            "p_value": source.p,
            "p_before": source.before,
            "completeness": np.full(source.p.shape, panel.complete[k, month.step]),
            "inflation": np.full(source.p.shape, round(source.inflation, DIGITS)),
            "memory_inflation": np.full(source.p.shape, round(source.memory_inflation, DIGITS)),
            "sparse": cases_in_window(panel.counts[k], month.step, config) < config.sparse_cases,
            "explains": month.judged.explains[k],
        }
        parts.append(_rows(keys, panel.channels[k], figures))
    parts.append(_rows(keys, JOINED, _together(panel, month, config)))
    return pl.concat(parts)


def _together(panel: Panel, month: Month, config: Config) -> dict[str, object]:
    """What all channels of each region come to."""
    order, alarm, found = month.judged.order, month.judged.alarm, month.verdict
    lead = [panel.channels[k] if k >= 0 else None for k in found.lead]
    return {
        "order_p": order.p,
        "alarm_p": alarm.p,
        "best_p": alarm.best,
        "together_p": alarm.together,
        "neighbours_p": alarm.neighbours,
        "discovered": discoveries(alarm.p, config),
        "level": np.where(found.level < NO_LEVEL, found.level, 0),
        "lead_channel": lead,
        "volume_only": found.volume_only,
        "provisional": found.provisional,
    }


def _rows(keys: pl.DataFrame, channel: str, values: dict[str, object]) -> pl.DataFrame:
    """The keys with these values, all other columns null, NaN as null, p to nine significant digits."""
    rows = keys.with_columns(pl.lit(channel).alias("channel"))
    rows = rows.with_columns(**{name: pl.Series(name, value) for name, value in values.items()})  # type: ignore[arg-type]
    numbers = [name for name, kind in rows.schema.items() if kind == pl.Float64]
    rows = rows.with_columns(pl.col(numbers).fill_nan(None))
    p = [name for name in numbers if name == "p_value" or name.endswith(("_p", "p_before"))]
    rows = rows.with_columns(pl.col(p).round_sig_figs(DIGITS))
    lacking = [pl.lit(None, kind).alias(name) for name, kind in SCHEMA.items() if name not in rows.columns]
    # Level 0 says none; a channel row has no level at all.
    if "level" in rows.columns:
        rows = rows.with_columns(pl.when(pl.col("level") > 0).then("level").alias("level"))
    return rows.with_columns(*lacking).select(list(SCHEMA)).cast(SCHEMA)
