"""What 首页 says: the opening sentence, and the map of the prefectures with its finding and its table.

The other cards: `overview_news.py` (warnings, who moved), `overview_figures.py` (key figures).
"""

from datetime import date
from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboard import cards, routes
from dashboard import table as tables
from dashboard.charts import geometry, names, real_map, tile_map
from dashboard.here import Here
from dashboard.i18n import MISSING, NOT_APPLICABLE, Text
from dashboard.markup import escape, link
from dashboard.queries import gaps
from dashboard.queries.overview import (
    FIRST_CHOICE,
    breaks,
    classify,
    decimals,
    key_figures,
    map_indicator,
    one,
)
from dashboard.queries.overview import tiles as prefectures
from dashboard.queries.warnings import missing_spans
from dashboard.table import Column, Table
from dashboard.wording import overview_figures, overview_news
from dashboard.wording.warning_words import TABLES

MAP_HEIGHT = 372
_NAMED = 3


def lede(at: Here) -> str:
    """Return the opening sentence as HTML: late data before any number, every number a link."""
    text = at.text
    late = [
        span
        for span in missing_spans(at.frame("mart.missing_report"), at.regions, at.area, *at.months)
        if span["state"] != "late"
    ]
    as_of = text.day(date.fromisoformat(at.snapshot.manifest["as_of"]))
    start = text("home.lede", as_of=as_of)
    start += text("home.lede_late", names=_late_names(late, text)) if late else ""
    fresh = overview_news.sentence(at) if has_warnings(at) else ""
    parts = text("home.then").join(_parts(at))
    body = text("home.lede_body", start=escape(start), news=fresh, period=escape(at.label), parts=parts)
    return f'<p class="zx-lede">{body}</p>'


def has_warnings(at: Here) -> bool:
    """Say whether the snapshot holds what warnings are told from."""
    return all(at.has(name) for name in TABLES)


def _parts(at: Here) -> list[str]:
    """Failures, petitions and reporting of the window, as HTML."""
    text, figures = at.text, key_figures(at.window(), at.frame("ref.indicator"), at.area_id)
    known, parts = overview_figures.changes(at), []
    for key, indicator in (("failures", "failure_events"), ("petitions", "petition_volume")):
        row = one(figures, indicator)
        column = "value" if row["value"] is not None else "partial_value"
        if row.get(column) is not None:
            value = link(text.value(row, column), at.address("home", indicator=indicator))
            words = {"area": escape(at.area_name), "changes": _changes(row, known, text)}
            parts.append(text(f"home.lede_{key}", value=value, **words))
    counts = gaps.reporting(at.frame("mart.reporting"), *at.months)
    if counts["due"]:
        rate = f"{100 * counts['on_time'] / counts['due']:.1f}%"
        parts.append(text("home.lede_rate", rate=f'<a class="zx-jump" href="#missing">{rate}</a>'))
    return parts


def _changes(row: dict[str, Any], known: overview_figures.Changes, text: Text) -> str:
    """The words behind a count: that it is the reported part, and its changes."""
    said = [] if row["value"] is not None else [text("home.lede_partial")]
    for basis in ("previous", "year_ago"):
        words = overview_figures.change(row, basis, known, text)
        if words not in (MISSING, NOT_APPLICABLE):
            said.append(text(f"home.{basis}", change=words))
    return text("home.lede_changes", changes=text("home.and").join(said)) if said else ""


def _late_names(late: list[dict[str, Any]], text: Text) -> str:
    said = []
    for state in dict.fromkeys(row["state"] for row in late):
        places = list(dict.fromkeys(text.place(row) for row in late if row["state"] == state))
        shown = text.join(places[:_NAMED])
        if len(places) > _NAMED:
            shown = text("home.more_places", places=shown, n=len(places))
        said.append(text("home.lede_late_state", places=shown, state=text(f"state.{state}")))
    return text("home.then").join(said)


def tiles(at: Here) -> cards.Card:
    """The tile map of an indicator; a click opens a prefecture."""
    tile, words = _tiled(at)
    chart = tile_map.figure(tile, at.text, at.area_id, height=MAP_HEIGHT)
    return _map(at, tile, words, chart, at.text("map.note"), words["legend"])


def borders(at: Here) -> cards.Card:
    """The real map of the same; with code names, which no border may show, the tile map again."""
    if at.coded:
        return tiles(at)
    tile, words = _tiled(at)
    shapes = geometry.read(routes.geometry(at.snapshot.id, "prefecture"))
    areas = names.add(tile, at.regions, at.text)
    chart = real_map.figure(
        areas,
        at.text,
        real_map.source(at.snapshot.id, "prefecture"),
        shapes,
        selected=at.area_id,
        legend=words["classes"],
        height=MAP_HEIGHT,
    )
    return _map(at, tile, words, chart, at.text("map.borders_note"))


def _tiled(at: Here) -> tuple[pl.DataFrame, dict[str, Any]]:
    """The prefectures in classes, and what the map says of them."""
    window, indicators = at.window(), at.frame("ref.indicator")
    chosen = at.selection.indicator or map_indicator(window)
    tile = prefectures(window, at.regions, at.frame("ref.tile"), indicators, chosen)
    limits, places = breaks(tile["value"]), decimals(chosen)
    classed = classify(tile, limits, places)
    row = one(key_figures(window, indicators, at.area_id), chosen)
    instead = "" if at.selection.indicator else map_instead(key_figures(window, indicators), chosen, at.text)
    words = {
        "row": row,
        "instead": instead,
        "classes": cards.class_words(limits, places, at.text),
        "legend": cards.map_legend(limits, places, tile["value"].null_count() > 0, at.text),
    }
    return classed, words


def _map(
    at: Here, tile: pl.DataFrame, words: dict[str, Any], chart: go.Figure, note: str, legend: str = ""
) -> cards.Card:
    """The card of either map; the real one has its legend in the figure."""
    text, instead = at.text, words["instead"]
    name = text.of(words["row"], "name")
    return cards.Card(
        title=map_title(tile, name, text),
        unit=text.of(words["row"], "unit"),
        period=at.label,
        areas=text("map.areas"),
        body=f'<p class="zx-inline">{escape(instead)}</p>' if instead else "",
        chart=chart,
        below=legend,
        table=map_table(at, tile, name),
        note=note,
    )


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


def map_table(at: Here, tiles: pl.DataFrame, caption: str) -> Table:
    """Return the table twin of the map, one row per prefecture in code order, each a link to its page."""
    text = at.text
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
            tables.place(text, row, at.address("prefecture", area=row["region_id"])),
            tables.number(text, row),
            tables.number(text, row, "partial_value") if row["partial_value"] is not None else "",
            text.status(row),
            tables.change(text, row, "change_previous"),
            tables.change(text, row, "change_year_ago"),
        )
        for row in tiles.iter_rows(named=True)
    )
    return Table(caption, columns, rows)
