"""The header of 州(市), and how its counties stand: scores, places, how sure they are. Pure in `at`."""

from dataclasses import replace
from typing import Any

import polars as pl

from dashboard import cards
from dashboard import table as tables
from dashboard.charts import trend
from dashboard.here import Here
from dashboard.i18n import MISSING, NOT_APPLICABLE, Text
from dashboard.markup import definitions, escape
from dashboard.queries import prefecture as queries
from dashboard.table import Cell, Column, Table
from dashboard.wording import prefecture, ranking_cards, standing
from dashboard.wording import ranking as ranking_words

Row = dict[str, Any]
# Windows of the small course of the index: a year of months and the one before it.
WINDOWS = 13


def score(at: Here) -> cards.Card:
    """Return the index with its interval, place, tier, course of twelve months, trend and top warning."""
    text, there = at.text, prefecture.index_at(at)
    here = ranking_cards.board(there)
    row, sure = here.chosen, standing.row(at, there.kind, at.area_id)
    assert row is not None
    course = queries.index_course(at.part("mart.ranking", region_id=at.area_id), there.period, WINDOWS)
    flags = standing.flag_line(at, at.area_id)
    return cards.Card(
        title=_title(at, row, sure),
        unit=text("ranking.unit"),
        period=there.label,
        areas=at.area_name,
        body=_facts(at, row, sure, here.why.get(at.area_id, "")) + flags + prefecture.top(at),
        chart=_chart(course, text),
        table=_table(course, text),
        note=text("prefecture.two", first=text("standing.caution"), second=text("prefecture.course_of")),
        link=at.link(text("prefecture.to_ranking"), "ranking", level="prefecture", area=at.area_id),
    )


def _title(at: Here, row: Row, sure: Row | None) -> str:
    text = at.text
    if row["index_score"] is None:
        return text("ranking.facts_apart", area=at.area_name)
    shown = ranking_words.score(row["index_score"])
    if sure is None:
        return text("ranking.facts_title", area=at.area_name, score=shown, rank=row["rank"])
    return text(
        "county.title_sure",
        area=at.area_name,
        score=shown,
        tier=standing.tier(at, sure),
        trend=standing.trend(sure, text),
    )


def _facts(at: Here, row: Row, sure: Row | None, why: str) -> str:
    text = at.text
    if row["index_score"] is None:
        return f'<p class="zx-inline">{escape(why)}</p>'
    place = text("charts.rank_of", rank=row["rank"], n=row["ranked_count"]) + text("standing.latest_only")
    pairs = [(text("county.place"), standing.rank(sure, row["ranked_count"], text) if sure else place)]
    if sure:
        pairs.append((text("standing.tier_label"), standing.tier(at, sure)))
        pairs.append((text("standing.trend"), standing.trend(sure, text)))
    pairs += [
        (text("table.year_ago"), ranking_words.year_ago(row, text)),
        (
            text("ranking.without_debt"),
            text(
                "county.without_debt",
                score=ranking_words.score(row["index_without_debt"]),
                rank=row["rank_without_debt"],
            ),
        ),
    ]
    interval = standing.interval(sure, text) if sure else ""
    shown, points = ranking_words.score(row["index_score"]), escape(text("ranking.points"))
    return (
        f'<p class="zx-score"><b>{shown}</b>{points}<span>{escape(interval)}</span></p>{definitions(pairs)}'
    )


def _chart(course: pl.DataFrame, text: Text) -> Any:
    if course["value"].count() == 0:
        return None
    return trend.figure(course, text, unit=text("county.points_unit"), places=1, from_zero=False, height=150)


def _table(course: pl.DataFrame, text: Text) -> Table:
    columns = (
        Column(text("county.month")),
        Column(text("ranking.score"), numeric=True),
        Column(text("ranking.place"), numeric=True),
    )
    lines = tuple(
        (
            Cell(text.month(row["period"]), row["period"]),
            Cell(ranking_words.score(row["value"]), row["value"]),
            Cell(NOT_APPLICABLE if row["rank"] is None else str(row["rank"]), row["rank"]),
        )
        for row in course.sort("period", descending=True).iter_rows(named=True)
    )
    return Table(text("prefecture.index_course"), columns, lines)


# --- its counties ----------------------------------------------------------------------------------------


def counties(at: Here) -> cards.Card:
    """Return the counties in code order: score, places that cannot be told apart, tier, trend, flags."""
    text, there = at.text, prefecture.index_at(at)
    scores = at.part("mart.ranking", window_kind=there.kind, period=there.period)
    rows = queries.counties(at.regions, at.area_id).join(
        scores.drop("region_level"), on="region_id", how="left"
    )
    lines = [_line(at, there, row) for row in rows.iter_rows(named=True)]
    columns = (
        Column(text("table.code"), file_only=True),
        Column(text("level.county")),
        Column(text("standing.score_label"), numeric=True),
        Column(text("standing.interval_column")),
        Column(text("county.place")),
        Column(text("standing.tier_label")),
        Column(text("standing.trend")),
        Column(text("standing.flags_column")),
    )
    return cards.Card(
        title=_counties_title(at, there, rows["region_id"].to_list()),
        unit=text("ranking.unit"),
        period=there.label,
        areas=text("peers.prefecture", prefecture=at.area_name, n=rows.height),
        table=Table(text("prefecture.standing_table"), columns, tuple(lines), "zx-wide"),
        open=True,
        note=text("prefecture.standing_note"),
    )


def _counties_title(at: Here, there: Here, codes: list[str]) -> str:
    """How many are surely better or worse than a year ago, and how many call for a look."""
    text = at.text
    sure = [standing.row(there, there.kind, code) for code in codes]
    words = [row["trend"] for row in sure if row]
    flagged = sum(bool(standing.flags(at, code)) for code in codes)
    if not words:
        return text("prefecture.standing_unknown", n=len(codes), flagged=flagged)
    return text(
        "prefecture.standing_title",
        n=len(codes),
        flagged=flagged,
        **{word: words.count(word) for word in ("improved", "worsened")},
    )


def _line(at: Here, there: Here, row: Row) -> tuple[Cell | str, ...]:
    text, code = at.text, row["region_id"]
    sure = standing.row(there, there.kind, code)
    first = (
        tables.code(row),
        tables.place(text, row, at.address("county", area=code)),
        Cell(ranking_words.score(row["index_score"]), row["index_score"]),
    )
    flags = text("standing.stop").join(standing.flags(at, code)) or NOT_APPLICABLE
    if sure is None:
        place = MISSING if row["rank"] is None else str(row["rank"])
        return (*first, NOT_APPLICABLE, place, NOT_APPLICABLE, NOT_APPLICABLE, flags)
    return (
        *first,
        f"{sure['lower']:.1f}–{sure['upper']:.1f}",
        standing.places(sure, text),
        standing.tier_short(replace(at, level="county"), sure),
        standing.trend_short(sure, text),
        flags,
    )
