"""Frames of 预警中心: the warnings in sight, the lanes, what could not be assessed, one warning's own frames.

Grain of what comes in: mart.warning one row a region and month, mart.warning_channel one a region, month and
channel, both of prefectures and counties. `regions` is ref.region. Months are the first of a month.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from dashboard.queries import gaps
from dashboard.queries.windows import PROVINCE

# Lanes show no fewer months than this; a picture of one warning shows so many.
LANE_MONTHS, SERIES_MONTHS = 12, 36
AFTER_MONTHS = 11
_FIGURES = ("observed", "expected", "lower", "upper")


def shifted(month: date, by: int) -> date:
    """Return the month so many months later (earlier, when negative)."""
    number = month.year * 12 + month.month - 1 + by
    return date(number // 12, number % 12 + 1, 1)


def months(first: date, last: date) -> list[date]:
    """Return all months from `first` to `last`."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [shifted(first, by) for by in range(count)]


def inside(regions: pl.DataFrame, area: str) -> list[str]:
    """Return the codes of the prefectures and counties of an area, itself among them, in display order."""
    known = regions.filter(pl.col("region_level").is_in(["prefecture", "county"]))
    if area != PROVINCE:
        known = known.filter((pl.col("region_id") == area) | (pl.col("parent_id") == area))
    return known["region_id"].to_list()


def prefecture_of(region: dict[str, Any]) -> str:
    """Return the code of the prefecture a region is or lies in."""
    return str(region["parent_id"] if region["region_level"] == "county" else region["region_id"])


def seen_again(warnings: pl.DataFrame, months: int) -> pl.DataFrame:
    """Return the warnings with `seen` (those of the region in so many months before) and `seen_last`.

    One within these months of another is one seen again (再次预警).
    """
    earlier = warnings.select("region_id", pl.col("period").alias("before"))
    pairs = warnings.select("warning_id", "region_id", "period").join(earlier, on="region_id")
    near = pl.col("before") >= pl.col("period").dt.offset_by(f"-{months}mo")
    counted = (
        pairs.filter((pl.col("before") < pl.col("period")) & near)
        .group_by("warning_id")
        .agg(pl.len().cast(pl.Int64).alias("seen"), pl.col("before").max().alias("seen_last"))
    )
    return warnings.join(counted, on="warning_id", how="left").with_columns(pl.col("seen").fill_null(0))


def in_sight(
    warnings: pl.DataFrame, regions: pl.DataFrame, area: str, first: date, last: date
) -> pl.DataFrame:
    """Return the warnings of an area and all inside it, gravest first, then by p, with the region's names.

    p is that of the order (`p_value`); what it cannot part goes newest first.
    """
    names = regions.drop("region_level").filter(pl.col("region_id").is_in(inside(regions, area)))
    return (
        warnings.filter(pl.col("period").is_between(first, last))
        .join(names, on="region_id")
        .sort("level", "p_value", "period", "region_id", descending=[False, False, True, False])
    )


def of_levels(warnings: pl.DataFrame, levels: Sequence[int]) -> pl.DataFrame:
    """Return the warnings of these levels; of all where none is chosen."""
    return warnings.filter(pl.col("level").is_in(list(levels))) if levels else warnings


def by_level(warnings: pl.DataFrame) -> dict[int, int]:
    """Return how many warnings each level has."""
    counted = dict(warnings.group_by("level").len().iter_rows())
    return {level: counted.get(level, 0) for level in (1, 2, 3, 4)}


def touched(warnings: pl.DataFrame, regions: pl.DataFrame) -> tuple[int, int]:
    """Return in how many prefectures (their counties included) and in how many counties warnings stand."""
    rows = warnings.select("region_id").unique().join(regions, on="region_id").to_dicts()
    counties = sum(row["region_level"] == "county" for row in rows)
    return len({prefecture_of(row) for row in rows}), counties


def states(channels: pl.DataFrame, first: date, last: date, share: float) -> pl.DataFrame:
    """Return one row a region and month: state, provisional, and the channels not reported.

    state: not_reported (any channel), not_tested (of no channel a p could be said), else quiet. A month is
    provisional when of any channel less than `share` is expected to be on file.
    """
    silent = pl.col("reason") == "not_reported"
    return (
        channels.filter(pl.col("period").is_between(first, last))
        .group_by("region_id", "region_level", "period")
        .agg(
            pl.when(silent.any())
            .then(pl.lit("not_reported"))
            .when(~pl.col("p_value").is_not_null().any())
            .then(pl.lit("not_tested"))
            .otherwise(pl.lit("quiet"))
            .alias("state"),
            (pl.col("completeness") < share).any().alias("provisional"),
            pl.col("channel").filter(silent).sort().alias("silent"),
        )
        .sort("region_id", "period")
    )


def together(months: pl.DataFrame, first: date, last: date, level: str = "") -> pl.DataFrame:
    """Return the rows of mart.warning_month in which many regions stand out at once, of one level or all."""
    found = months.filter(pl.col("together"), pl.col("period").is_between(first, last))
    return (found.filter(pl.col("region_level") == level) if level else found).sort("period", "region_level")


def lane_months(first: date, last: date, begin: date) -> tuple[date, date]:
    """Return the months the lanes show: the window, or twelve months up to its end, from `begin` on."""
    return max(begin, min(first, shifted(last, 1 - LANE_MONTHS))), last


@dataclass(frozen=True)
class Lanes:
    """The grid for charts/swimlane.py, its lanes on top, and how many counties have no lane."""

    cells: pl.DataFrame
    top: tuple[str, ...]
    quiet: int


def lanes(
    warnings: pl.DataFrame, state: pl.DataFrame, regions: pl.DataFrame, area: dict[str, Any], by: str
) -> Lanes:
    """Return the lanes of an area: the whole on top, then its prefectures or (`by` county) its counties.

    `warnings` are those of the lanes' months and levels in the area, `state` is of the same months. Of all
    the province's counties only those with a warning or without a report have a lane.
    """
    top, below = _lanes_of(regions, area, by)
    quiet = 0
    if area["region_id"] == PROVINCE and by == "county":
        loud = {*warnings["region_id"], *state.filter(pl.col("state") == "not_reported")["region_id"]}
        quiet, below = len(below), [code for code in below if code in loud]
        quiet -= len(below)
    codes = pl.DataFrame({"region_id": [top, *below]}, schema={"region_id": pl.String})
    grid = codes.join(state.select("period").unique().sort("period"), how="cross")
    marked = warnings.select("region_id", "period", "warning_id", "level", "lead_channel", *_FIGURES)
    on = ["region_id", "period"]
    cells = (
        grid.join(state.drop("region_level"), on=on, how="left", maintain_order="left")
        .join(marked, on=on, how="left", maintain_order="left")
        .join(_counts(warnings, regions), on=on, how="left", maintain_order="left")
        # The province is no region of the model: its month is open when any region's is.
        .with_columns(
            pl.col("state").fill_null("quiet"),
            pl.col("provisional").fill_null(pl.col("provisional").any().over("period")),
        )
    )
    return Lanes(cells, (top,), quiet)


def _lanes_of(regions: pl.DataFrame, area: dict[str, Any], by: str) -> tuple[str, list[str]]:
    """The lane on top and those under it."""
    code, level = area["region_id"], area["region_level"]
    if level == "county":
        return str(area["parent_id"]), [code]
    wanted = "prefecture" if level == "province" and by == "prefecture" else "county"
    return str(code), [
        inner
        for inner, kind in regions.select("region_id", "region_level").iter_rows()
        if kind == wanted and inner in set(inside(regions, code))
    ]


def _counts(warnings: pl.DataFrame, regions: pl.DataFrame) -> pl.DataFrame:
    """How many warnings stand inside a region in a month: counties in a prefecture, all in the province."""
    parents = warnings.select("region_id", "period").join(
        regions.select("region_id", "parent_id"), on="region_id"
    )
    counties = parents.filter(pl.col("parent_id") != PROVINCE).select(
        pl.col("parent_id").alias("region_id"), "period"
    )
    every = parents.select(pl.lit(PROVINCE).alias("region_id"), "period")
    both = pl.concat([counties, every])
    return both.group_by("region_id", "period").agg(pl.len().cast(pl.Int64).alias("count"))


def not_assessed(
    state: pl.DataFrame, regions: pl.DataFrame, area: str, sources: dict[str, str]
) -> list[dict[str, Any]]:
    """Return who of an area could not be assessed: state, sources not reported, months, and the regions.

    One row for the regions of a prefecture with the same state, sources and months: `prefecture` is its
    code, `own` says whether it is among them, `counties` are codes. `sources` names each channel's source.
    """
    chosen = state.filter((pl.col("state") != "quiet") & pl.col("region_id").is_in(inside(regions, area)))
    alike: dict[tuple[Any, ...], list[str]] = {}
    known = {row["region_id"]: row for row in regions.to_dicts()}
    for (code,), part in chosen.sort("region_id", "period").partition_by("region_id", as_dict=True).items():
        for (said,), same in part.partition_by("state", as_dict=True).items():
            names = tuple(sorted({sources[channel] for row in same["silent"] for channel in row}))
            key = (prefecture_of(known[code]), said, names, tuple(same["period"]))
            alike.setdefault(key, []).append(str(code))
    return [
        {
            "prefecture": key[0],
            "state": key[1],
            "sources": key[2],
            "months": list(key[3]),
            "own": key[0] in codes,
            "counties": [code for code in codes if code != key[0]],
        }
        for key, codes in sorted(alike.items())
    ]


def channel_sources(channels: pl.DataFrame, indicators: pl.DataFrame) -> dict[str, str]:
    """Return the source of each channel, by way of the indicator it belongs to."""
    joined = channels.join(indicators.select("indicator_id", "source"), on="indicator_id")
    return dict(joined.select("channel", "source").iter_rows())


def provisional_channels(channels: pl.DataFrame, first: date, last: date, share: float) -> pl.DataFrame:
    """Return the channels of which months are not all on file: first and last month, least and most share."""
    return (
        channels.filter(pl.col("period").is_between(first, last) & (pl.col("completeness") < share))
        .group_by("channel")
        .agg(
            pl.col("period").min().alias("first"),
            pl.col("period").max().alias("last"),
            pl.col("completeness").min().alias("least"),
            pl.col("completeness").max().alias("most"),
        )
        .sort("channel")
    )


def missing_spans(
    missing: pl.DataFrame, regions: pl.DataFrame, region: dict[str, Any], first: date, last: date
) -> list[dict[str, Any]]:
    """Return who of an area did not report, or late (`gaps.missing_spans`)."""
    if region["region_id"] != PROVINCE:
        missing = missing.filter(pl.col("region_id").is_in([region["region_id"], prefecture_of(region)]))
    return gaps.missing_spans(missing, regions, first, last)


def channels_of(mine: pl.DataFrame, period: date, channels: pl.DataFrame) -> pl.DataFrame:
    """Return the channels of one region (`mine`, its mart.warning_channel) in a month, with their words."""
    return channels.join(mine.filter(pl.col("period") == period), on="channel").sort("sort_order")


def series_months(period: date, begin: date, end: date) -> tuple[date, date]:
    """Return 36 months around a warning: some after it where there are any, nothing before `begin`."""
    last = min(end, shifted(period, AFTER_MONTHS))
    return max(begin, shifted(last, 1 - SERIES_MONTHS)), last


def series(
    mine: pl.DataFrame, warnings: pl.DataFrame, channel: str, first: date, last: date, share: float
) -> pl.DataFrame:
    """Return one channel of one region for charts/trend.py; a month has the level of a warning it leads."""
    led = warnings.filter(pl.col("lead_channel") == channel).select("period", "level", "warning_id")
    return (
        mine.filter((pl.col("channel") == channel) & pl.col("period").is_between(first, last))
        .with_columns(
            pl.col("observed").alias("value"), (pl.col("completeness") < share).alias("provisional")
        )
        .join(led, on="period", how="left")
        .sort("period")
    )


def recent(mine: pl.DataFrame, period: date, count: int = LANE_MONTHS) -> dict[str, list[float | None]]:
    """Return by channel what was observed in the months up to `period`, oldest first; None: missing."""
    chosen = mine.filter(pl.col("period").is_between(shifted(period, 1 - count), period)).sort("period")
    return {
        str(channel): part["observed"].to_list()
        for (channel,), part in chosen.partition_by("channel", as_dict=True).items()
    }
