"""What 首页 says: the opening sentence, the finding of the map, its table, the key figures and their twin."""

from typing import Any

import polars as pl

from dashboard import table as tables
from dashboard.charts import strip
from dashboard.i18n import MISSING, Text
from dashboard.markup import escape, table
from dashboard.queries.overview import FIRST_CHOICE, one
from dashboard.table import Column, Table

_NAMED = 3


def lede(
    as_of: str, label: str, figures: pl.DataFrame, late: list[dict[str, Any]], rate: float | None, text: Text
) -> str:
    """Return the opening sentence; data that are late come first, before any number."""
    start = text("home.lede", as_of=as_of)
    if late:
        start += text("home.lede_late", names=_late_names(late, text))
    parts = []
    for key, indicator in (("failures", "failure_events"), ("petitions", "petition_volume")):
        if said := _counted(one(figures, indicator), text):
            value, changes = said
            parts.append(text(f"home.lede_{key}", value=value, changes=changes))
    if rate is not None:
        parts.append(text("home.lede_rate", rate=f"{rate:.1f}"))
    return text("home.lede_body", start=start, period=label, parts=text("home.then").join(parts))


def _counted(row: dict[str, Any], text: Text) -> tuple[str, str] | None:
    """A count and the words behind it: its changes, or that it is the reported part; None without one."""
    if row["value"] is None:
        if row.get("partial_value") is None:
            return None
        return text.value(row, "partial_value"), text("home.lede_partial")
    changes = [
        text(f"home.{name}", change=text.change(row, f"change_{name}"))
        for name in ("previous", "year_ago")
        if row[f"change_{name}"] is not None
    ]
    joined = text("home.lede_changes", changes=text("home.and").join(changes))
    return text.value(row), joined if changes else ""


def _late_names(late: list[dict[str, Any]], text: Text) -> str:
    said = []
    for state in dict.fromkeys(row["state"] for row in late):
        places = list(dict.fromkeys(text.place(row) for row in late if row["state"] == state))
        shown = text.join(places[:_NAMED])
        if len(places) > _NAMED:
            shown = text("home.more_places", places=shown, n=len(places))
        said.append(text("home.lede_late_state", places=shown, state=text(f"state.{state}")))
    return text("home.then").join(said)


def map_title(tiles: pl.DataFrame, name: str, text: Text) -> str:
    """Return the finding of the tile map: the range of the values and how many are missing."""
    valued = tiles.filter(pl.col("value").is_not_null()).sort("value")
    if valued.is_empty():
        partial = tiles["partial_value"].count() > 0
        return text("map.title_partial" if partial else "map.title_none", indicator=name)
    low, high = text.value(valued.row(0, named=True)), text.value(valued.row(-1, named=True))
    key = "map.title_same" if low == high else "map.title_range"
    title = text(key, n=valued.height, indicator=name, low=low, high=high)
    missing = tiles.height - valued.height
    return title + (text("map.title_missing", n=missing) if missing else "")


def map_instead(figures: pl.DataFrame, shown: str, text: Text) -> str | None:
    """Return why the map shows counts and not the rate; None when it shows the rate."""
    if shown == FIRST_CHOICE:
        return None
    first = one(figures, FIRST_CHOICE)
    return text(
        "map.instead",
        indicator=text.of(first, "name"),
        reason=text.status(first),
        shown=text.of(one(figures, shown), "name"),
    )


def map_table(tiles: pl.DataFrame, caption: str, text: Text) -> Table:
    """Return the table twin of the tile map, one row per prefecture in code order."""
    columns = (
        Column(text("table.code"), file_only=True),
        Column(text("table.region")),
        Column(text("table.value"), numeric=True),
        Column(text("table.partial"), numeric=True),
        Column(text("table.status")),
        Column(text("table.previous"), numeric=True),
        Column(text("table.year_ago"), numeric=True),
    )
    rows = tuple(
        (
            tables.code(row),
            text.of(row, "name"),
            tables.number(text, row),
            tables.number(text, row, "partial_value") if row["partial_value"] is not None else "",
            text.status(row),
            tables.change(text, row, "change_previous"),
            tables.change(text, row, "change_year_ago"),
        )
        for row in tiles.iter_rows(named=True)
    )
    return Table(caption, columns, rows)


def figures_title(figures: pl.DataFrame, area: str, text: Text) -> str:
    """Return the finding of the key figures: how many have a value."""
    missing = figures.filter(pl.col("status") == "missing").height
    values = figures.filter(pl.col("status") == "value").height
    key = "title_missing" if missing and values else "title_none" if missing else "title_values"
    return text(f"figures.{key}", area=area, n=figures.height, values=values, missing=missing)


def figures_table(figures: pl.DataFrame, spread: pl.DataFrame, area: str, text: Text) -> str:
    """Return the key figures of an area as a table, with the prefectures' spread as strips."""
    head = [text("table.indicator"), area, text("table.previous"), text("table.year_ago")]
    groups = spread.partition_by("indicator_id", as_dict=True)
    rows = []
    for row in figures.iter_rows(named=True):
        part = groups.get((row["indicator_id"],), spread.clear())
        rows.append(
            [
                f'<span class="zx-name">{escape(text.of(row, "name"))}</span>'
                f'<span class="zx-unit">{escape(text.of(row, "unit"))}</span>',
                _figure(row, text),
                escape(text.change(row, "change_previous")),
                escape(text.change(row, "change_year_ago")),
                _strip(part, row, text),
            ]
        )
    return table(
        [*head, text("figures.spread")],
        rows,
        caption=text("figures.title", area=area, n=figures.height),
        numeric=(1, 2, 3),
        raw=range(5),
        name="zx-figures",
    )


def _figure(row: dict[str, Any], text: Text) -> str:
    """The value; where it is missing, why, and what was reported in brackets."""
    if row["value"] is not None:
        mark = f'<small class="zx-flag">{escape(text("figures.provisional"))}</small>'
        return f"<b>{escape(text.value(row))}</b>{mark if row['provisional'] else ''}"
    if row["partial_value"] is not None:
        value = escape(text.value(row, "partial_value"))
        word = escape(text("figures.partial"))
        return f'<span class="zx-partial">({value})</span><small>{word}</small>'
    return (
        f'<span class="zx-partial">{escape(text.value(row))}</span><small>{escape(text.status(row))}</small>'
    )


def _strip(part: pl.DataFrame, row: dict[str, Any], text: Text) -> str:
    """Smallest value, strip of the prefectures, largest value."""
    valued = part.filter(pl.col("value").is_not_null()).sort("value")
    if valued.is_empty():
        return f'<span class="zx-spread">{MISSING}</span>'
    low, high = (text.value(valued.row(index, named=True)) for index in (0, -1))
    return (
        f'<span class="zx-spread"><span>{escape(low)}</span>{strip.html(valued["value"])}'
        f"<span>{escape(high)}</span></span>"
    )


def spread_table(spread: pl.DataFrame, caption: str, text: Text) -> Table:
    """Return the twin of the strips: prefectures by indicators."""
    rows = []
    for part in spread.partition_by("region_id", maintain_order=True):
        cells = list(part.iter_rows(named=True))
        numbers = (tables.number(text, cell) for cell in cells)
        rows.append((tables.code(cells[0]), tables.place(text, cells[0]), *numbers))
    columns = [Column(text("table.code"), file_only=True), Column(text("table.region"))]
    for row in spread.unique("indicator_id", maintain_order=True).iter_rows(named=True):
        columns.append(Column(text.of(row, "indicator"), numeric=True))
    return Table(caption, tuple(columns), tuple(rows), "zx-wide")
