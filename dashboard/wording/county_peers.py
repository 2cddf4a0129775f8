"""Whom a county is like and why, what guards its score, what would move it: makers of cards, pure in `at`."""

from typing import Any

import polars as pl

from dashboard.cards import Card, Make
from dashboard.here import Here
from dashboard.i18n import NOT_APPLICABLE, Text
from dashboard.markup import definitions, empty
from dashboard.queries import peers as queries
from dashboard.table import Cell, Column, Table
from dashboard.table import place as place_cell
from dashboard.wording import peers, standing
from dashboard.wording.county import ranking, scored_kind
from dashboard.wording.ranking import score

Row = dict[str, Any]
# Gaps in standard deviations: up to these a peer is said to be alike, and somewhat more or less.
ALIKE, SOMEWHAT = 0.15, 0.6
FULL = 100
FEATURES = ("population", "gdp_per_head", "self_sufficiency")


def near(at: Here) -> Card:
    """Return the county's peers with the figures and gaps that made them its peers, and its named groups."""
    text = at.text
    found = peers.nearest(at)
    common = {"areas": at.area_name, "note": text("peers.note"), "body": _groups(at)}
    if found.is_empty():
        return Card(title=text("peers.none"), **common)  # type: ignore[arg-type]
    rows = queries.with_features(found, at.frame("mart.peer_feature"), at.area_id)
    own = rows.row(0, named=True)
    scores = at.part("mart.ranking", window_kind=scored_kind(at), period=at.period)
    shown = rows.join(scores.select("region_id", "index_score"), on="region_id", how="left")
    return Card(
        title=text("peers.title", n=found.height, area=at.area_name),
        period=text("peers.year", year=own["year"]),
        table=_table(at, shown),
        open=True,
        **common,  # type: ignore[arg-type]
    )


def _groups(at: Here) -> str:
    """The named groups the county belongs to, with their sources."""
    if not at.has("mart.peer_group"):
        return ""
    text, named = at.text, {row["peer_group"]: row for row in at.frame("ref.peer_group").to_dicts()}
    mine = at.part("mart.peer_group", region_id=at.area_id)
    sizes = dict(at.frame("mart.peer_group").group_by("peer_group").len().iter_rows())
    pairs = [
        (
            text.of(named[row["kind"]], "name"),
            text("peers.group_of", n=sizes[row["peer_group"]], source=text.of(named[row["kind"]], "source")),
        )
        for row in mine.sort("kind", descending=True).to_dicts()
    ]
    return f'<div class="zx-groups">{definitions(pairs)}</div>'


def _table(at: Here, rows: pl.DataFrame) -> Table:
    text = at.text
    columns = (
        Column(text("ranking.region")),
        Column(text("peers.population"), numeric=True),
        Column(text("peers.gdp_per_head"), numeric=True),
        Column(text("peers.self_sufficiency"), numeric=True),
        Column(text("ranking.score"), numeric=True),
        Column(text("peers.why")),
    )
    lines = []
    for row in rows.iter_rows(named=True):
        mine = row["region_id"] == at.area_id
        region = {**at.region(row["region_id"])}
        lines.append(
            (
                Cell(text.place(region), text.of(region, "name"), f"<b>{text.place(region)}</b>")
                if mine
                else place_cell(text, region, at.address(region["region_level"], area=row["region_id"])),
                Cell(f"{row['population'] / 10_000:,.1f}", row["population"] / 10_000),
                Cell(f"{row['gdp_per_head_yuan'] / 10_000:,.2f}", row["gdp_per_head_yuan"] / 10_000),
                Cell(f"{row['self_sufficiency_pct']:.1f}", row["self_sufficiency_pct"]),
                Cell(score(row["index_score"]), row["index_score"]),
                text("peers.itself") if mine else why(row, text),
            )
        )
    return Table(text("peers.table", area=at.area_name), columns, tuple(lines), "zx-wide zx-peers")


def why(row: Row, text: Text) -> str:
    """Return how a peer differs, in words, by its gaps in standard deviations: 人口相近、人均GDP略高…"""
    said = {key: _gap(row[f"{key}_gap"]) for key in FEATURES}
    alike = [key for key in FEATURES if said[key] == "alike"]
    parts = (
        [text("peers.alike", names=text.join(text(f"peers.short_{key}") for key in alike))] if alike else []
    )
    parts += [
        text(f"peers.{word}", name=text(f"peers.short_{key}"))
        for key, word in said.items()
        if word != "alike"
    ]
    return text.join(parts)


def _gap(gap: float) -> str:
    if abs(gap) <= ALIKE:
        return "alike"
    return ("some_" if abs(gap) <= SOMEWHAT else "much_") + ("more" if gap > 0 else "less")


def guarded(at: Here) -> Card:
    """Return what stands beside the score: nil returns, odd zeros, revoked records, raw, without debt."""
    text, pairs = at.text, standing.guards(at, ranking(at), at.area_id)
    last = at.frame("mart.ranking").filter(window_kind="r12")["period"].max()
    return Card(
        title=text("standing.guards_title"),
        period=text.period("r12", last),  # type: ignore[arg-type]
        areas=at.area_name,
        body=f'<div class="zx-guards">{definitions(pairs)}</div>',
        table=Table(
            text("standing.guards_title"),
            (Column(text("county.item")), Column(text("county.content"))),
            tuple(pairs),
        ),
        note=text("standing.guards_note"),
        link=at.link(text("county.to_method"), "method"),
    )


def beside(at: Here) -> dict[str, Make]:
    """Return the cards that stand beside the score, by name; what would move it needs a table of its own."""
    return {"guards": guarded} | ({"moves": moves} if at.has("mart.improvement") else {})


# --- what would move it --------------------------------------------------------------------------------


def moves(at: Here) -> Card:
    """Return the smallest change of each indicator alone that reaches the next tier, or that none does."""
    text = at.text
    words = {"areas": at.area_name, "note": text("moves.note")}
    rows = at.part("mart.improvement", region_id=at.area_id, period=at.period)
    if rows.is_empty() or scored_kind(at) != "r12":
        return Card(title=text("moves.none"), body=empty(text("moves.none_why")), **words)
    names = at.frame("ref.indicator").sort("sort_order")
    order = names.select(
        "indicator_id", "sort_order", "name_zh", "name_en", "unit_zh", "unit_en", "kind", "model"
    )
    found = rows.join(order, on="indicator_id").sort("sort_order")
    enough = found.filter(pl.col("outcome") == "enough")
    first = found.row(0, named=True)
    aim = text(f"moves.aim_{first['aim']}")
    title = (
        text("moves.title", n=enough.height, aim=aim) if enough.height else text("moves.not_enough", aim=aim)
    )
    goal = first["target_score"]
    beyond = "moves.target_beyond" if goal > FULL else "moves.target"
    body = text(beyond, aim=aim, score=f"{goal:.1f}")
    return Card(
        title=title,
        period=text.period("r12", at.period),
        body=f'<p class="zx-formula">{body}</p>',
        table=_moves_table(enough if enough.height else found, text),
        open=bool(enough.height),
        **words,
    )


def _moves_table(rows: pl.DataFrame, text: Text) -> Table:
    columns = (
        Column(text("table.indicator")),
        Column(text("table.unit")),
        Column(text("moves.now"), numeric=True),
        Column(text("moves.needed"), numeric=True),
        Column(text("moves.cases")),
        Column(text("moves.reached"), numeric=True),
        Column(text("moves.outcome")),
    )
    lines = tuple(
        (
            text.of(row, "name"),
            text.of(row, "unit"),
            _figure(row["value"]),
            _figure(row["needed"]),
            _cases(row, text),
            _figure(row["index_reached"], 1),
            text(f"moves.row_{row['outcome']}"),
        )
        for row in rows.iter_rows(named=True)
    )
    return Table(text("moves.table"), columns, lines, "zx-wide")


def _figure(value: float | None, places: int = 2) -> Cell:
    return Cell(NOT_APPLICABLE if value is None else f"{value:,.{places}f}", value)


def _cases(row: Row, text: Text) -> Cell:
    """How many cases more or fewer that is."""
    if row["cases"] is None or row["needed"] is None:
        return Cell(NOT_APPLICABLE)
    key = "moves.more" if row["cases"] > 0 else "moves.fewer"
    places = 1 if row["model"] == "GP" else 0
    return Cell(text(key, n=f"{abs(row['cases']):,.{places}f}"), row["cases"])
