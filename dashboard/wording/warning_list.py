"""The list of 预警中心: what is in sight, gravest first, every number for itself in files."""

from typing import Any

import polars as pl

from dashboard import cards
from dashboard import table as tables
from dashboard.charts import marks
from dashboard.here import Here
from dashboard.markup import escape, link
from dashboard.queries import warnings as queries
from dashboard.table import Cell, Column, Table
from dashboard.wording import warning_words as say
from dashboard.wording.warnings import Levels, sight


def listed(at: Here, levels: Levels) -> cards.Card:
    """The list of what is in sight, gravest first."""
    text, chosen = at.text, sight(at, levels).chosen
    counts = queries.by_level(chosen)
    parts = [
        text("charts.level_count", level=marks.level_word(level, text), n=n)
        for level, n in counts.items()
        if n
    ]
    title = text("warning.list_title", n=chosen.height, parts=text.join(parts))
    return cards.Card(
        title=title if parts else text("warning.list_none"),
        period=at.label,
        areas=at.area_name,
        body="" if parts else f'<p class="zx-note">{escape(text("warning.list_none_do"))}</p>',
        table=list_table(at, chosen, title) if parts else None,
        open=True,
        note=text("warning.list_reading"),
    )


def list_table(at: Here, chosen: pl.DataFrame, caption: str) -> Table:
    """Return warnings as a table, in the order given; files hold every number by itself."""
    text = at.text
    columns = (
        Column(text("table.code"), file_only=True),
        Column(text("warning.level")),
        Column(text("warning.region")),
        Column(text("warning.month")),
        Column(text("warning.lead")),
        Column(text("warning.observed"), numeric=True),
        Column(text("warning.expected"), numeric=True),
        Column(text("warning.lower"), numeric=True, file_only=True),
        Column(text("warning.upper"), numeric=True, file_only=True),
        Column(text("warning.excess"), numeric=True),
        Column(text("warning.channels")),
        Column(text("warning.p"), numeric=True),
        Column(text("warning.seen")),
        Column(text("warning.remarks")),
    )
    return Table(caption, columns, tuple(_list_row(at, row) for row in chosen.to_dicts()), "zx-warnings")


def _list_row(at: Here, row: dict[str, Any]) -> tuple[Cell | str, ...]:
    text, region = at.text, at.region(row["region_id"])
    kept = {"tab": at.selection.tab, "levels": at.selection.levels}
    place = at.address(say.PAGE, warning=row["warning_id"], **kept)
    shown = say.region_short(at, row["region_id"])
    return (
        tables.code(region),
        say.level_cell(row, text),
        Cell(shown, say.region_words(at, row["region_id"]), link(shown, place)),
        Cell(text.month(row["period"]), row["period"]),
        say.channel_words(at, row["lead_channel"]),
        Cell(text.count(row["observed"]), row["observed"]),
        Cell(say.expected_words(row, text), row["expected"]),
        Cell("", row["lower"]),
        Cell("", row["upper"]),
        say.signed(row["excess"]),
        text.join(say.channel_words(at, code) for code in row["channels"].split(",")),
        Cell(say.p_short(row["p_value"]), row["p_value"]),
        say.seen_words(row, text),
        say.remarks(row, text),
    )
