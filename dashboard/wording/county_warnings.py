"""The warnings of a county over 36 months: bars by month and level, and the list with a link to each.

Makers of cards, pure in `at`: `timeline`, `listed`.
"""

from typing import Any

import polars as pl

from dashboard import markup
from dashboard.cards import Card
from dashboard.charts import levels, marks
from dashboard.charts.lettering import signed
from dashboard.here import Here
from dashboard.i18n import Text
from dashboard.queries import county as queries
from dashboard.queries.records import CHANNELS, channels, provisional_below
from dashboard.table import Cell, Column, Table
from dashboard.wording.county_course import figure

Row = dict[str, Any]


def timeline(at: Here) -> Card:
    """Return the county's warnings of 36 months by month and level."""
    text = at.text
    mine = at.part("mart.warning", region_id=at.area_id)
    counts = queries.warning_months(
        mine, at.part(CHANNELS, region_id=at.area_id), at.period, provisional_below(at)
    )
    return Card(
        title=levels.finding(counts, text),
        unit=text("county.warnings_unit"),
        period=text.span(counts["period"].min(), counts["period"].max()) if counts.height else "",  # type: ignore[arg-type]
        areas=at.area_name,
        chart=levels.figure(counts, text, height=190),
        table=_timeline_table(counts, at.area_name, text),
        note=text("county.levels_caption"),
    )


def _timeline_table(counts: pl.DataFrame, area: str, text: Text) -> Table:
    columns = (
        Column(text("county.month")),
        Column(text("county.warning")),
        Column(text("table.status")),
    )
    lines = tuple(
        (
            text.month(row["period"]),
            text("charts.none") if row["level"] is None else marks.level_word(row["level"], text),
            text("charts.provisional") if row["provisional"] else "",
        )
        for row in counts.sort("period", descending=True).iter_rows(named=True)
    )
    return Table(text("county.warnings_table", area=area), columns, lines)


def listed(at: Here) -> Card:
    """Return the county's warnings of the months shown, each a link to its own page."""
    text = at.text
    rows = queries.latest(at.part("mart.warning", region_id=at.area_id), at.period)
    words = {"n": rows.height, "months": queries.MONTHS}
    led = channels(at)
    return Card(
        title=text("county.warnings_title" if rows.height else "county.warnings_none", **words),
        areas=at.area_name,
        body="" if rows.height else markup.empty(text("county.warnings_quiet")),
        table=_warnings_table(at, rows, led) if rows.height else None,
        open=True,
        note=text("county.warnings_note"),
        link=at.link(text("county.to_warnings"), "warnings", area=at.area_id),
    )


def _warnings_table(at: Here, rows: pl.DataFrame, led: dict[str, Row]) -> Table:
    text = at.text
    columns = (
        Column(text("county.month")),
        Column(text("county.level")),
        Column(text("county.lead")),
        Column(text("charts.observed"), numeric=True),
        Column(text("county.expected_in"), numeric=True),
        Column(text("county.excess"), numeric=True),
        Column(text("county.remark")),
    )
    lines = []
    for row in rows.iter_rows(named=True):
        word = text.month(row["period"])
        remarks = [text(f"county.{flag}") for flag in ("provisional", "volume_only") if row[flag]]
        lines.append(
            (
                Cell(word, html=at.link(word, "warnings", warning=row["warning_id"])),
                marks.level_word(row["level"], text),
                text.of(led[row["lead_channel"]], "name"),
                figure(row["observed"], 0),
                Cell(_interval(row), row["expected"]),
                Cell(signed(row["excess"]), row["excess"]),
                text.join(remarks),
            )
        )
    return Table(text("county.warnings_table", area=at.area_name), columns, tuple(lines), "zx-wide")


def _interval(row: Row) -> str:
    return f"{row['expected']:,.1f} ({row['lower']:,.0f}–{row['upper']:,.0f})"
