"""The lane on top of 预警中心: the area's total against its own history, and which prefectures stand out.

What rises everywhere at once is no region's anomaly: no warning says it, the lane does. Pure in `at`.
"""

from typing import Any

import polars as pl

from dashboard import cards
from dashboard.charts import marks, trend
from dashboard.here import Here
from dashboard.markup import escape, link
from dashboard.queries import warning_lane as queries
from dashboard.queries import warnings
from dashboard.table import Cell, Column, Table
from dashboard.wording import warning_words as say

LANE = "mart.warning_lane"


def lane(at: Here) -> cards.Card:
    """The area's total of one source over the months of the lanes; links show the other sources.

    Shown is the source the link asks for, else the one least probable in any month, volume set aside.
    """
    text = at.text
    first, last = warnings.lane_months(*at.months, at.frame(LANE)["period"].min())  # type: ignore[arg-type]
    own = at.part(LANE, region_id=at.area_id).filter(pl.col("period").is_between(first, last))
    volume = at.part("ref.channel", volume=True)["channel"].to_list()
    channel = at.selection.channel or queries.least_probable(own, *at.months, volume)
    whole = pl.col("channel") == channel
    complete = (
        at.part("mart.warning_channel", channel=channel).select("period", "completeness").unique("period")
    )
    series = queries.series(own.filter(whole), complete, say.share(at))
    name, unit = say.channel_words(at, channel), _unit(at, channel)
    title = _title(at, series.filter(pl.col("period").is_between(*at.months)), name)
    return cards.Card(
        title=title,
        unit=unit,
        period=text.span(first, last),
        areas=at.area_name,
        chart=trend.figure(series, text, unit=unit, height=200),
        below=f'<p class="zx-note">{_others(at, own, channel)}</p>{_below(at, channel)}',
        table=_table(at, series, title),
        note=text("warning.lane_reading"),
    )


def _title(at: Here, inside: pl.DataFrame, channel: str) -> str:
    """In which months of the window the total stands out, and how many have none."""
    text, words = at.text, {"area": at.area_name, "channel": channel}
    out = inside.filter(pl.col("level").is_not_null())["period"]
    missing = inside["value"].null_count()
    said = (
        text("warning.lane_out", months=text.join(map(text.month, out)), **words)
        if out.len()
        else text("warning.lane_within", n=inside.height - missing, **words)
    )
    return said + (text("warning.lane_missing", n=missing) if missing else "")


def _unit(at: Here, channel: str) -> str:
    return at.text.of(at.part("ref.channel", channel=channel).row(0, named=True), "unit")


def _others(at: Here, own: pl.DataFrame, shown: str) -> str:
    """The sources, each with the number of months of the window it stands out in; a link shows it."""
    text, parts = at.text, []
    counts = queries.months_out(own, *at.months)
    for row in at.frame("ref.channel").sort("sort_order").to_dicts():
        name, n = text.of(row, "name"), counts.get(row["channel"], 0)
        words = text("warning.lane_source", channel=name, n=n) if n else name
        place = at.address(say.PAGE, channel=row["channel"], levels=at.selection.levels)
        parts.append(f"<b>{escape(words)}</b>" if row["channel"] == shown else link(words, place))
    return text.join(parts)


def _below(at: Here, channel: str) -> str:
    """Which prefectures' totals stand out in the window; only under the province."""
    if at.area["region_level"] != "province":
        return ""
    text = at.text
    out = queries.prefectures_out(at.part(LANE, region_level="prefecture", channel=channel), *at.months)
    if out.is_empty():
        return f'<p class="zx-note">{escape(text("warning.lane_none_inside"))}</p>'
    parts = []
    for row in out.to_dicts():
        months = text.join(text.month(month) for month in row["months"])
        words = text("warning.lane_place", name=text.place(at.region(row["region_id"])), months=months)
        parts.append(link(words, at.address(say.PAGE, area=row["region_id"], channel=channel)))
    head = escape(text("warning.lane_inside", n=out.height))
    return f'<p class="zx-note">{head}{text.join(parts)}</p>'


def _table(at: Here, series: pl.DataFrame, caption: str) -> Table:
    text = at.text
    names = ("month", "observed", "expected", "lower", "upper", "excess", "p", "level")
    columns = tuple(Column(text(f"warning.{name}"), numeric=name not in ("month", "level")) for name in names)
    return Table(caption, columns, tuple(_row(at, row) for row in series.to_dicts()))


def _row(at: Here, row: dict[str, Any]) -> tuple[Cell | str, ...]:
    text, month = at.text, row["period"]
    level = marks.level_word(row["level"], text) if row["level"] else ""
    p = Cell("·") if row["p_value"] is None else Cell(say.p_short(row["p_value"]), row["p_value"])
    return (
        Cell(text.month(month), month),
        say.figure(row["value"], 0),
        say.expected(row["expected"]),
        say.figure(row["lower"], 0),
        say.figure(row["upper"], 0),
        say.signed(row["excess"]),
        p,
        level,
    )


def has(at: Here) -> bool:
    """Say whether the area has a lane of its own: the province and prefectures have."""
    return at.has(LANE) and not at.part(LANE, region_id=at.area_id).is_empty()
