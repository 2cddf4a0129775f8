"""What 首页 says of the key figures: a short table with changes, all of them with their spread, the twin."""

from typing import Any

import polars as pl

from dashboard import cards
from dashboard import table as tables
from dashboard.charts import strip
from dashboard.here import Here
from dashboard.i18n import MISSING, Text
from dashboard.markup import escape, fold, link, table
from dashboard.queries import overview
from dashboard.queries.overview import KEY_FIGURES, comparable
from dashboard.queries.windows import PROVINCE
from dashboard.table import Column, Table
from dashboard.wording import missing

LIKE_FOR_LIKE = "※"
Changes = dict[tuple[str, str], dict[str, Any]]


def changes(at: Here) -> Changes:
    """Return the like-for-like changes of the window; only the province has them."""
    name = "mart.comparable_change"
    if at.area_id != PROVINCE or not at.has(name):
        return {}
    return comparable(at.part(name, window_kind=at.kind, period=at.period))


def change(row: dict[str, Any], basis: str, known: Changes, text: Text) -> str:
    """Return the change of an indicator in words; where a period is missing, of those present in both."""
    like = known.get((row["indicator_id"], basis))
    if row[f"change_{basis}"] is not None or like is None or like["change"] is None:
        return text.change(row, f"change_{basis}")
    return text.change({**row, "status": "value", "change": like["change"]}, "change") + LIKE_FOR_LIKE


def short_table(at: Here, figures: pl.DataFrame, caption: str) -> str:
    """Return the key figures of an area as HTML; a name shows its indicator on the map."""
    text, known = at.text, changes(at)
    rows = [
        [
            _name(at, row),
            _figure(row, text),
            *(escape(change(row, basis, known, text)) for basis in ("previous", "year_ago")),
        ]
        for row in figures.filter(pl.col("indicator_id").is_in(KEY_FIGURES)).iter_rows(named=True)
    ]
    head = [text("table.indicator"), at.area_name, text("table.previous"), text("table.year_ago")]
    return table(head, rows, caption=caption, numeric=(1, 2, 3), raw=range(4), name="zx-figures")


def _name(at: Here, row: dict[str, Any]) -> str:
    words = link(at.text.of(row, "name"), at.address("home", indicator=row["indicator_id"]))
    return (
        f'<span class="zx-name">{words}</span><span class="zx-unit">{escape(at.text.of(row, "unit"))}</span>'
    )


def like_note(at: Here) -> str:
    """Return what the mark of a like-for-like change means, or nothing where none is shown."""
    shown = [row["prefectures"] for (indicator, _), row in changes(at).items() if indicator in KEY_FIGURES]
    if not shown:
        return ""
    low, high = min(shown), max(shown)
    return at.text("figures.like", mark=LIKE_FOR_LIKE, n=f"{low}" if low == high else f"{low}—{high}")


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
        name="zx-spreads",
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


def card(at: Here) -> cards.Card:
    """The key figures of the area; the twin holds all indicators of all prefectures."""
    text, window, indicators = at.text, at.window(), at.frame("ref.indicator")
    mine = overview.key_figures(window, indicators, at.area_id)
    title = figures_title(mine, at.area_name, text)
    spread = overview.spread(window, indicators, at.regions)
    return cards.Card(
        title=title,
        period=at.label,
        areas=at.area_name,
        body=short_table(at, mine, title),
        table=spread_table(spread, text("figures.twin"), text),
        note=text("figures.note_short") + like_note(at),
    )


def folds(at: Here) -> str:
    """All indicators with their spread, and all that is missing, folded."""
    text, indicators, window = at.text, at.frame("ref.indicator"), at.window()
    mine = overview.key_figures(window, indicators, at.area_id)
    spread = overview.spread(window, indicators, at.regions)
    note = text("figures.note") + (text("figures.note_r12") if at.kind == "r12" else "")
    every = figures_table(mine, spread, at.area_name, text)
    every += f'<p class="zx-note">{escape(note)}</p>'
    head, body = missing.whole(at, mine)
    return (
        f'<div class="zx-folds" id="missing">{fold(head, body)}'
        f"{fold(text('figures.all', n=mine.height), every)}</div>"
    )
