"""The cards of 州(市) on its counties: map, small pictures and matrix of scores. Pure in `at`."""

from typing import Any

import polars as pl

from dashboard import cards, routes
from dashboard import table as tables
from dashboard.charts import geometry, heat, real_map, small_multiples
from dashboard.here import VALUES, Here
from dashboard.i18n import MISSING, NOT_APPLICABLE, Text
from dashboard.markup import escape
from dashboard.queries import overview
from dashboard.queries import prefecture as queries
from dashboard.table import Cell, Column, Table
from dashboard.wording.prefecture import index_at, named, so_far, status
from pipelines.api import UserError

FIRST = "failure_rate"
MAP_HEIGHT = 400


def indicator(at: Here) -> dict[str, Any]:
    """Return the row of the indicator on map and pictures."""
    wanted = at.selection.indicator or FIRST
    return at.part("ref.indicator", indicator_id=wanted).row(0, named=True)


def choices(at: Here) -> dict[str, str]:
    """Return the names of the indicators by code, in registry order."""
    ordered = at.frame("ref.indicator").sort("sort_order")
    return {row["indicator_id"]: at.text.of(row, "name") for row in ordered.iter_rows(named=True)}


def _caution(at: Here, row: dict[str, Any]) -> str:
    """What must be said of indicators that no index has: counts do not compare, volume is no merit."""
    if row["indicator_id"] == "petition_volume":
        return at.text("prefecture.volume")
    return at.text("prefecture.counts") if row["kind"] in ("count", "amount") else ""


def county_map(at: Here) -> cards.Card:
    """The counties on the map by the chosen indicator; only the table where the map may not be drawn."""
    text, row = at.text, indicator(at)
    found = _on_indicator(at, row)
    places = queries.PLACES.get(row["kind"], 1)
    limits = overview.breaks(found["value"])
    classified = overview.classify(found, limits, places)
    shapes = {} if at.coded else _shapes(at)
    chart = None
    if shapes:
        chart = real_map.figure(
            named(at, classified),
            text,
            real_map.source(at.snapshot.id, "county"),
            shapes,
            selected=at.selection.area,
            legend=cards.class_words(limits, places, text),
            height=MAP_HEIGHT,
        )
    caution = _caution(at, row)
    return cards.Card(
        title=_map_title(found, row, text),
        unit=text.of(row, "unit"),
        period=at.label,
        areas=text("peers.prefecture", prefecture=at.area_name, n=found.height),
        body=f'<p class="zx-inline">{escape(caution)}</p>' if caution else "",
        chart=chart,
        table=_map_table(at, found, text.of(row, "name")),
        open=chart is None,
        note=text("prefecture.map_note" if chart else "prefecture.no_map_note"),
    )


def _shapes(at: Here) -> Any:
    """The outlines of the counties, none where the snapshot holds no geometry."""
    try:
        return geometry.read(routes.geometry(at.snapshot.id, "county"))
    except (UserError, OSError):
        return {}


def _on_indicator(at: Here, row: dict[str, Any]) -> pl.DataFrame:
    ytd = at.part(VALUES, window_kind="ytd", period=at.period)
    counties = queries.counties(at.regions, at.area_id)
    return queries.on_indicator(at.window(), counties, at.frame("ref.indicator"), row["indicator_id"], ytd)


def _map_title(found: pl.DataFrame, row: dict[str, Any], text: Text) -> str:
    """The finding: how far apart the counties are, and how many have no value."""
    valued = found.filter(pl.col("value").is_not_null()).sort("value")
    name = text.of(row, "name")
    if valued.is_empty():
        return text("prefecture.map_none", indicator=name)
    low, high = (text.value(valued.row(end, named=True)) for end in (0, -1))
    key = "prefecture.map_same" if low == high else "prefecture.map_range"
    title = text(key, n=valued.height, indicator=name, low=low, high=high)
    rest = found.height - valued.height
    return title + (text("prefecture.map_rest", n=rest) if rest else "")


def _map_table(at: Here, found: pl.DataFrame, name: str) -> Table:
    text = at.text
    columns = (
        Column(text("table.code"), file_only=True),
        Column(text("level.county")),
        Column(text("table.value"), numeric=True),
        Column(text("table.previous"), numeric=True),
        Column(text("table.year_ago"), numeric=True),
        Column(text("prefecture.so_far", span=text.period("ytd", at.period)), numeric=True),
        Column(text("table.status")),
    )
    lines = tuple(
        (
            tables.code(row),
            tables.place(text, row, at.address("county", area=row["region_id"])),
            tables.number(text, row),
            tables.change(text, row, "change_previous"),
            tables.change(text, row, "change_year_ago"),
            so_far(text, row),
            status(text, row),
        )
        for row in found.iter_rows(named=True)
    )
    return Table(name, columns, lines)


def pictures(at: Here) -> cards.Card:
    """The chosen indicator of each county over time, beside the median of all of them."""
    text, row = at.text, indicator(at)
    counties = queries.counties(at.regions, at.area_id)
    # By window, as all pages split this table: every other split holds it once more in memory.
    windows = [at.part(VALUES, window_kind=at.kind, period=end) for end in queries.ends(at.kind, at.period)]
    found = named(at, queries.series(windows, counties["region_id"].to_list(), row["indicator_id"]))
    places = queries.PLACES.get(row["kind"], 1)
    caution = _caution(at, row)
    periods = found["period"].unique().sort()
    span = text.span(periods[0], periods[-1]) if len(periods) else at.label
    return cards.Card(
        title=text.of(row, "name") + text("prefecture.colon") + small_multiples.finding(found, text, places),
        unit=text.of(row, "unit"),
        period=text("prefecture.windows", kind=text(f"kind.{at.kind}"), span=span),
        areas=text("peers.prefecture", prefecture=at.area_name, n=counties.height),
        body=f'<p class="zx-inline">{escape(caution)}</p>' if caution else "",
        chart=small_multiples.figure(
            found, text, columns=3, places=places, selected=at.selection.area, from_zero=row["unit_zh"] != "%"
        ),
        table=_series_table(found, counties, places, at),
        note=text("prefecture.pictures_note"),
    )


def _series_table(found: pl.DataFrame, counties: pl.DataFrame, places: int, at: Here) -> Table:
    text, periods = at.text, found["period"].unique().sort().to_list()
    columns = [Column(text("table.code"), file_only=True), Column(text("level.county"))]
    columns += [Column(text.month(period), numeric=True) for period in periods]
    lines = []
    for row in counties.iter_rows(named=True):
        mine = found.filter(pl.col("region_id") == row["region_id"])
        values = dict(mine.select("period", "value").iter_rows())
        cells = (_number(values.get(period), places) for period in periods)
        lines.append((tables.code(row), tables.place(text, row), *cells))
    return Table(text("prefecture.series_table"), tuple(columns), tuple(lines), "zx-wide")


def _number(value: float | None, places: int) -> Cell:
    return Cell(MISSING if value is None else f"{value:,.{places}f}", value)


def matrix(at: Here) -> cards.Card:
    """All scores of all counties, the lowest dark."""
    text, there = at.text, index_at(at)
    counties = queries.counties(at.regions, at.area_id)
    scores = at.part("mart.indicator_score", window_kind=there.kind, period=there.period)
    found = named(at, queries.matrix(scores, there.window(), counties, at.frame("ref.indicator")))
    rows = [
        {
            "indicator": text.of(row, "name"),
            "value": text(
                "prefecture.with_unit",
                value=text.value({**row, "status": row["score_state"]}),
                unit=text.of(row, "unit"),
            ),
        }
        for row in found.iter_rows(named=True)
    ]
    found = found.drop("value").hstack(
        pl.DataFrame(rows, schema={"indicator": pl.String, "value": pl.String})
    )
    return cards.Card(
        title=text("charts.nothing") if found.is_empty() else heat.finding(found, text),
        unit=text("ranking.unit"),
        period=there.label,
        areas=text("peers.prefecture", prefecture=at.area_name, n=counties.height),
        chart=heat.figure(found, text, selected=at.selection.area),
        table=_matrix_table(found, counties, at),
        note=text("prefecture.matrix_note"),
    )


def _matrix_table(found: pl.DataFrame, counties: pl.DataFrame, at: Here) -> Table:
    text = at.text
    order = dict(found.select("indicator_id", "indicator").unique(maintain_order=True).iter_rows())
    columns = [Column(text("table.code"), file_only=True), Column(text("level.county"))]
    columns += [Column(name, numeric=True) for name in order.values()]
    cells = {(row["region_id"], row["indicator_id"]): row for row in found.iter_rows(named=True)}
    lines = tuple(
        (
            tables.code(row),
            tables.place(text, row, at.address("county", area=row["region_id"])),
            *(_score(cells[row["region_id"], code]) for code in order),
        )
        for row in counties.iter_rows(named=True)
    )
    return Table(text("prefecture.matrix_table"), tuple(columns), lines, "zx-wide")


def _score(row: dict[str, Any]) -> Cell:
    if row["score_state"] == "not_applicable":
        return Cell(NOT_APPLICABLE, None)
    return Cell(MISSING, None) if row["score_state"] != "value" else Cell(f"{row['score']:.0f}", row["score"])
