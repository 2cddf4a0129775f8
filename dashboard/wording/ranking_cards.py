"""The cards of 区域排名, each a function of where the reader is; `Board` is what they all work on.

`board(at)` is kept, so that cards, sentence and boxes share one; everything else is pure in `at`.
"""

from dataclasses import dataclass
from typing import Any

import polars as pl

from dashboard import cards, markup
from dashboard.charts import change, names, region_rows, tiers
from dashboard.charts import ranking as chart
from dashboard.here import Here
from dashboard.queries import pairs, peers
from dashboard.queries import ranking as queries
from dashboard.table import Table
from dashboard.wording import bands as band_words
from dashboard.wording import peers as peer_words
from dashboard.wording import ranking as words
from dashboard.wording import standing

PANE = 620
# Windows of the bump chart: a year of months and the one before it.
WINDOWS = 13


@dataclass(frozen=True)
class Board:
    """The level of the window: all regions, those shown, the chosen one, and why some are not ranked."""

    all: pl.DataFrame
    shown: pl.DataFrame
    chosen: dict[str, Any] | None
    group: str
    why: dict[str, str]
    dimensions: dict[str, str]
    bands: pl.DataFrame
    left_out: str
    sure: bool


def board(at: Here) -> Board:
    """Return the board of the window, level and comparator."""
    return cards.kept(at, "frames", lambda: _board(at))


def _board(at: Here) -> Board:
    text, window = at.text, {"window_kind": at.kind, "period": at.period}
    ranking, scores = at.part("mart.ranking", **window), at.part("mart.indicator_score", **window)
    nearest = []
    if at.comparator == "kind" and at.has("mart.peer"):
        nearest = peers.nearest(at.frame("mart.peer"), at.area, at.level)
    dimension_scores = at.part("mart.dimension_score", **window)
    found = queries.board(ranking, dimension_scores, at.regions, at.level, at.comparator, nearest)
    sure = at.has("mart.rank_interval") and not at.part("mart.rank_interval", **window).is_empty()
    if sure:
        own = at.part("mart.rank_interval", **window)
        found = found.join(
            own.drop("region_level", "window_kind", "period", "index_score", "rank"),
            on="region_id",
            how="left",
            maintain_order="left",
        )
    ordered = at.frame("ref.dimension").sort("sort_order")
    dimensions = {row["dimension"]: text.of(row, "name") for row in ordered.iter_rows(named=True)}
    why = queries.reasons(found, scores, at.window())
    code, key = queries.chosen(found, at.area, at.level, at.comparator)
    rows = {row["region_id"]: row for row in found.iter_rows(named=True)}
    shown = found.filter(pl.col("group") == key) if key else found
    group = ""
    if not shown.is_empty() and (key or at.comparator == "province"):
        group = peer_words.group(shown.row(0, named=True), at.comparator, shown.height, at.regions, text)
    if key and at.comparator == "kind":
        group = peer_words.similar(at.level, len(nearest), group, text)
    return Board(
        all=found,
        shown=shown,
        chosen=rows[code] if code else None,
        group=group,
        why={region: words.reason(reasons, dimensions, text) for region, reasons in why.items()},
        dimensions=dimensions,
        bands=at.frame("ref.band"),
        left_out=words.left_out(queries.left_out(scores, found, at.frame("ref.indicator")), text),
        sure=sure,
    )


def lede(at: Here) -> str:
    """Return the opening sentence: first whether places can be told apart at all."""
    here = board(at)
    return _apart_first(at, here) + words.lede(at.label, at.level, queries.summary(here.all), at.text)


def _apart_first(at: Here, here: Board) -> str:
    """That most regions cannot be told apart, where it is so; empty else, and where nothing was tested."""
    if not here.sure or not standing.few_apart(at, at.level):
        return ""
    share = standing.level(at, at.level)["separated"]
    return words.few_apart(at.level, share or 0.0, at.text)


def caution(at: Here) -> str:
    """Return the line that stands beside every ranking."""
    here = board(at)
    said = at.text("standing.caution")
    return said if here.sure else said + at.text("ranking.without_intervals")


def choices(at: Here) -> dict[str, str]:
    """Return the regions of the level by code, with the names the box shows."""
    named = names.add(board(at).all.select("region_id"), at.regions, at.text)
    return dict(named.select("region_id", "name").iter_rows())


def places(at: Here) -> cards.Card:
    """The ranking as dots on bands."""
    text, here = at.text, board(at)
    frame = names.add(here.shown, at.regions, text).with_columns(
        reason=pl.col("region_id").replace_strict(here.why, default=None, return_dtype=pl.String)
    )
    figure = chart.figure(
        frame,
        text,
        selected=_code(here),
        order=at.selection.order,
        limits=band_words.limits(here.bands),
        alike=_alike(at, here),
    )
    if here.group:
        said = "reference" if at.comparator == "province" else "reference_only"
        reference = text(f"ranking.{said}", group=here.group)
    else:
        reference = text(f"ranking.reference_{at.comparator}")
    return cards.Card(
        title=chart.finding(frame, text),
        unit=text("ranking.unit"),
        period=at.label,
        areas=reference,
        chart=figure,
        table=_table(at, here),
        note=_places_note(at, here),
        pane=PANE,
        row=region_rows.offset(figure, _code(here) or ""),
    )


def _places_note(at: Here, here: Board) -> str:
    if not here.sure:
        return here.left_out
    ground = at.text("ranking.tier_ground") if tiers.several(here.shown.to_dicts()) else ""
    return at.text("ranking.chart_note") + at.text("ranking.tier_rule") + ground + here.left_out


def _alike(at: Here, here: Board) -> list[str]:
    """Those that cannot be told apart from the chosen region, in a list of all."""
    if not here.sure or not here.chosen:
        return []
    return pairs.alike(here.all, here.chosen["region_id"], standing.level(at, at.level)["critical"] or 0.0)


def _code(here: Board) -> str | None:
    return here.chosen["region_id"] if here.chosen else None


def _table(at: Here, here: Board) -> Table:
    rows = here.shown
    if at.selection.order == "score":
        rows = rows.sort("index_score", "region_id", descending=[True, False], nulls_last=True)
    above = {}
    if at.level == "county":
        above = {row["region_id"]: at.text.place(at.region(row["parent_id"])) for row in rows.to_dicts()}
    return words.board_table(
        rows.to_dicts(), _addresses(at, rows), above, here.dimensions, _tiers(at, here), here.why, at.text
    )


def _tiers(at: Here, here: Board) -> dict[str, str]:
    """The tier of every region that has one, in words."""
    rows = here.all.to_dicts() if here.sure else []
    return {
        row["region_id"]: standing.tier_short(at, row) for row in rows if row["standard_error"] is not None
    }


def _addresses(at: Here, rows: pl.DataFrame) -> dict[str, str]:
    return {code: at.address(at.level, area=code) for code in rows["region_id"]}


def facts(at: Here) -> cards.Card:
    """The chosen region: score, band, places, dimensions; without one, how many are in each band."""
    text, here = at.text, board(at)
    row = here.chosen
    if row is None:
        return _bands(at, here)
    code = row["region_id"]
    group = here.group if at.comparator != "province" else ""
    without_debt, why = here.all["rank_without_debt"].count(), here.why.get(code, "")
    return cards.Card(
        title=words.facts_title(row, text),
        unit=text("ranking.unit"),
        period=at.label,
        areas=text.of(row, "name"),
        body=words.facts(row, here.bands, group, without_debt, why, _standing(at, row), text),
        table=words.facts_table(row, here.all, here.dimensions, text),
        open=True,
        note=text("ranking.facts_note"),
        link=at.link(text("ranking.facts_open", area=text.place(row)), at.level, area=code),
    )


def _standing(at: Here, row: dict[str, Any]) -> list[tuple[str, str]]:
    """How sure score and place of the chosen region are; empty in a window without intervals."""
    if row.get("standard_error") is None:
        return []
    text, count = at.text, row["ranked_count"]
    return [
        (text("standing.interval_column"), standing.interval(row, text)),
        (text("ranking.place"), standing.rank(row, count, text)),
        (text("standing.tier_label"), standing.tier(at, row)),
        (text("standing.trend"), standing.trend(row, text)),
    ]


def _bands(at: Here, here: Board) -> cards.Card:
    text, found = at.text, queries.summary(here.shown)
    title = text("ranking.bands_title_none")
    if found["bands"]:
        most, n = max(found["bands"], key=lambda pair: pair[1])
        title = text("ranking.bands_title", most=band_words.name(most, text), n=n)
    return cards.Card(
        title=title,
        period=at.label,
        areas=here.group or text(f"level.{at.level}"),
        table=words.bands_table(found, here.bands, text),
        open=True,
        note=text("ranking.bands_note"),
    )


def table(at: Here) -> cards.Card:
    """The full table."""
    text, here = at.text, board(at)
    found = queries.summary(here.shown)
    counts = {name: found[name] for name in ("n", "ranked", "apart")}
    return cards.Card(
        title=text("ranking.board_title", **counts),
        unit=text("ranking.unit"),
        period=at.label,
        areas=here.group or text(f"level.{at.level}"),
        table=_table(at, here),
        open=True,
        note=text("ranking.board_note") + here.left_out,
    )


def bump(at: Here) -> cards.Card:
    """The course of the places of all prefectures."""
    text, here = at.text, board(at)
    ranking = at.part("mart.ranking", window_kind=at.kind)
    course = names.add(queries.course(ranking, at.level, at.period, WINDOWS), at.regions, text)
    return cards.Card(
        title=words.bump_title(course, text),
        period=at.label,
        areas=text(f"peers.province_{at.level}", n=here.all.height),
        chart=change.bump(course, text, selected=_code(here)),
        table=words.bump_table(course, at.kind, text),
        note=text("ranking.bump_note"),
    )


def movers(at: Here) -> cards.Card:
    """Scores a year ago and now: all prefectures, or the counties that moved significantly."""
    text, here = at.text, board(at)
    code, rows, note = _code(here), here.shown, text("ranking.movers_untested")
    if rows.height > 2 * queries.MOVERS:
        rows = queries.significant(rows, code) if here.sure else queries.movers(rows, code)
        note = text("ranking.movers_note") if here.sure else ""
    title = words.movers_sure(here.shown, text) if here.sure else words.movers_title(here.shown, text)
    frame = names.add(rows, at.regions, text)
    figure = change.dumbbell(
        frame, text, selected=code, order="code" if at.selection.order == "code" else "change"
    )
    return cards.Card(
        title=title,
        unit=text("ranking.unit"),
        period=at.label,
        areas=here.group or text(f"level.{at.level}"),
        chart=None if rows.is_empty() else figure,
        body="" if rows.height else markup.empty(text("ranking.movers_empty")),
        table=words.movers_table(frame, text),
        note=note,
    )


def apart(at: Here) -> cards.Card:
    """Who is not ranked, and why."""
    text, here = at.text, board(at)
    rows = here.all.filter(pl.col("state") == "not_ranked").to_dicts()
    common = {"period": at.label, "areas": text(f"peers.province_{at.level}", n=here.all.height)}
    if not rows:
        return cards.Card(text("ranking.apart_none"), note=text("ranking.apart_all_in"), **common)
    return cards.Card(
        title=text("ranking.apart_count", n=len(rows)),
        body=words.apart_body(rows, here.why, _addresses(at, here.all), text),
        table=words.apart_table(rows, here.why, text),
        note=text("ranking.apart_note"),
        **common,
    )
