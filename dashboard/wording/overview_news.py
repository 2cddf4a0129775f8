"""What 首页 says of warnings and moves: the sentence, level tiles over twelve months, what needs attention.

Leaders do not see warnings carried by petition volume alone as warnings; their number is said beside.
"""

from datetime import date
from typing import Any

import polars as pl

from dashboard import cards, state
from dashboard import table as tables
from dashboard.charts import lettering, marks
from dashboard.charts import levels as levels_chart
from dashboard.here import Here
from dashboard.i18n import Text
from dashboard.markup import escape, link
from dashboard.queries import overview
from dashboard.queries import warnings as queries
from dashboard.table import Cell, Column, Table
from dashboard.wording import warning_words as say

CHART_HEIGHT = 150


def news(at: Here) -> overview.News:
    """Return what is new in the last month of the window."""

    def make() -> overview.News:
        return overview.news(
            at.frame("mart.warning"), at.frame("mart.warning_channel"), at.regions, at.area_id, at.period
        )

    return cards.kept(at, "news", make)


def month_list(at: Here, month: date, **more: Any) -> str:
    """Return the address of the list of a month's warnings."""
    return at.address(say.PAGE, kind="month", period=month, tab="list", **more)


def sentence(at: Here) -> str:
    """Return the new warnings of the window's last month as HTML, every number a link."""
    text, fresh = at.text, news(at)
    month = month_list(at, at.period)
    words = {"month": text.month(at.period), "area": escape(at.area_name)}
    if fresh.unassessed == fresh.regions:
        return text("home.news_untested", **words) + text("home.stop")
    if not fresh.chosen.height:
        said = text("home.news_none", **words)
    else:
        counts = queries.by_level(fresh.chosen)
        parts = [
            link(text("home.news_level", level=text(f"charts.short_level_{level}"), n=n), _level(at, level))
            for level, n in counts.items()
            if n
        ]
        prefectures, counties = queries.touched(fresh.chosen, at.regions)
        month_of = {"kind": "month", "period": at.period}
        said = text(
            "home.news",
            **words,
            n=link(str(fresh.chosen.height), month),
            parts=text.join(parts),
            prefectures=link(str(prefectures), at.address(say.PAGE, **month_of)),
            counties=link(str(counties), at.address(say.PAGE, level="county", **month_of)),
        )
    changes = []
    for basis, number, back in (("previous", fresh.previous, -1), ("year_ago", fresh.year_ago, -12)):
        if number is not None:
            earlier = month_list(at, queries.shifted(at.period, back))
            changes.append(text(f"home.{basis}", change=link(_difference(number, text), earlier)))
    said += text("home.news_changes", changes=text("home.and").join(changes)) if changes else ""
    said += text("home.news_volume", n=link(str(fresh.volume), _level(at, 4))) if fresh.volume else ""
    if fresh.unassessed:
        lanes = at.address(say.PAGE, kind="month", period=at.period)
        said += text("home.news_unassessed", n=link(str(fresh.unassessed), lanes))
    return said + text("home.stop")


def _level(at: Here, level: int) -> str:
    return month_list(at, at.period, levels=(level,))


def _difference(number: int, text: Text) -> str:
    if not number:
        return text("change.none")
    return text("home.more" if number > 0 else "home.fewer", n=abs(number))


def levels(at: Here) -> cards.Card:
    """Tiles of the levels over the bars of twelve months; both open the list."""
    text, (first, last) = at.text, at.months
    begin = overview.first_tested(at.frame("mart.warning_channel")) or last
    first, last = queries.lane_months(first, last, begin)
    found = overview.led(queries.in_sight(at.frame("mart.warning"), at.regions, at.area_id, first, last))
    state = queries.states(at.frame("mart.warning_channel"), first, last, say.share(at))
    counts = overview.by_month(found, state)
    if counts.is_empty():
        month = text.month(at.period)
        return cards.Card(title=text("home.news_untested", month=month, area=at.area_name))
    shown, fresh = {"span": text.span(first, last), "month": text.month(at.period)}, news(at).chosen.height
    title = text("home.levels_title", n=found.height, new=fresh, **shown)
    return cards.Card(
        title=title,
        period=text("home.tiles", **shown),
        areas=at.area_name,
        body=_tiles(at, queries.by_level(found)),
        chart=levels_chart.figure(counts, text, height=CHART_HEIGHT),
        table=_levels_table(at, counts, title),
        note=text("home.levels_reading"),
        link=at.link(text("home.to_warnings"), say.PAGE),
    )


def bar(points: cards.Points) -> None:
    """Open the list of the month and level of a piece of a bar."""
    if points:
        month, level = points[0]["customdata"]
        period = date.fromisoformat(f"{month}-01")
        state.go(say.PAGE, kind="month", period=period, tab="list", levels=(level,))


def _tiles(at: Here, whole: dict[int, int]) -> str:
    """A tile a level: new in the month, and in all months of the chart."""
    text, counts = at.text, queries.by_level(news(at).chosen)
    tiles = [
        f'<a class="zx-link zx-tile" href="{escape(_level(at, level))}" target="_self">'
        f"{say.level_badge(level, text, word=False)}<b>{counts[level]}</b>"
        f"<span>{escape(text(f'charts.level_{level}'))}</span>"
        f"<small>{escape(text('home.tile_whole', n=whole[level]))}</small></a>"
        for level in marks.MARKS
    ]
    return f'<div class="zx-tiles">{"".join(tiles)}</div>'


def _levels_table(at: Here, counts: pl.DataFrame, caption: str) -> Table:
    text = at.text
    known = {(row["period"], row["level"]): row["count"] for row in counts.to_dicts()}
    columns = (
        Column(text("warning.month")),
        *(Column(marks.level_word(level, text), numeric=True) for level in marks.MARKS),
    )
    rows = tuple(
        (
            Cell(text.month(month), month, link(text.month(month), month_list(at, month))),
            *(_count(known.get((month, level), 0)) for level in marks.MARKS),
        )
        for month in counts["period"].unique().sort(descending=True)
    )
    return Table(caption, columns, rows)


def _count(number: int) -> Cell:
    return Cell(str(number), number)


def attention(at: Here) -> cards.Card:
    """At most five things: the gravest warnings of the last months, and who has not reported."""
    text = at.text
    first = queries.shifted(at.period, 1 - overview.ATTENTION_MONTHS)
    spans = queries.missing_spans(at.frame("mart.missing_report"), at.regions, at.area, first, at.period)
    silent = [span for span in spans if span["state"] == "not_reported"]
    grave = pl.DataFrame()
    if at.has("mart.warning"):
        every = queries.in_sight(at.frame("mart.warning"), at.regions, at.area_id, first, at.period)
        grave = overview.attention(every, at.period)
    gaps_shown = silent[: max(overview.ATTENTION_GAPS, overview.ATTENTION - grave.height)]
    raised = grave.head(overview.ATTENTION - len(gaps_shown)).to_dicts()
    rows = [_raised(at, row) for row in raised] + [_silent(at, span) for span in gaps_shown]
    words = {"raised": grave.height, "silent": len(silent), "span": text.span(first, at.period)}
    why = text("home.attention_why", months=overview.ATTENTION_MONTHS)
    return cards.Card(
        title=text("home.attention" if rows else "home.attention_none", **words),
        areas=at.area_name,
        body="" if rows else f'<p class="zx-note">{escape(why)}</p>',
        table=Table(
            text("home.attention_caption"),
            tuple(Column(text(f"warning.{name}")) for name in ("what", "region", "remarks")),
            tuple(rows[: overview.ATTENTION]),
            "zx-attention",
        )
        if rows
        else None,
        open=True,
    )


def _raised(at: Here, row: dict[str, Any]) -> tuple[Cell | str, ...]:
    text, short = at.text, say.region_short(at, row["region_id"])
    place = at.address(say.PAGE, warning=row["warning_id"], kind="month", period=row["period"], tab="list")
    said = text(
        "home.attention_warning",
        month=text.month(row["period"]),
        channel=say.channel_words(at, row["lead_channel"]),
        observed=text.count(row["observed"]),
        expected=say.expected_number(row["expected"]),
    )
    word = text(f"charts.short_level_{row['level']}")
    return (
        Cell(word, word, say.level_badge(row["level"], text)),
        Cell(short, say.region_words(at, row["region_id"]), link(short, place)),
        Cell(said),
    )


def _silent(at: Here, span: dict[str, Any]) -> tuple[Cell | str, ...]:
    text, name = at.text, at.text.place(span)
    months = text.join(text.span(first, last) for first, last in span["runs"])
    page = "prefecture" if span["region_level"] == "prefecture" else "home"
    known = span["region_level"] == "prefecture"
    return (
        Cell(text.code("state", span["state"])),
        Cell(name, name, link(name, at.address(page, area=span["region_id"])) if known else ""),
        Cell(text("home.attention_silent", source=text.code("source", span["source"]), months=months)),
    )


def movers(at: Here) -> cards.Card:
    """The prefectures whose score moved most against a year ago, cautiously."""
    text = at.text
    kind = at.kind if at.kind in ("r12", "year") else "r12"
    before = queries.shifted(at.period, -12)
    shares = pl.concat(
        [at.part("mart.dimension_score", window_kind=kind, period=month) for month in (at.period, before)]
    )
    ranking = at.part("mart.ranking", window_kind=kind, period=at.period)
    rows, apart = overview.movers(ranking, shares, at.regions)
    up, down = rows.filter(pl.col("score_change") > 0), rows.filter(pl.col("score_change") < 0)
    title = text("home.movers", up=up.height, down=down.height) if rows.height else text("home.movers_none")
    return cards.Card(
        title=title,
        unit=text("home.points"),
        period=text.period(kind, at.period),
        areas=text("map.areas"),
        body=_moved(at, up, "up") + _moved(at, down.reverse(), "down"),
        table=_movers_table(at, rows, title) if rows.height else None,
        note=text("home.movers_reading") + (text("home.movers_apart", n=apart) if apart else ""),
        link=at.link(text("home.to_ranking"), "ranking", tab="change"),
    )


def _moved(at: Here, rows: pl.DataFrame, way: str) -> str:
    """One line: who moved this way, each with the change, as HTML."""
    text = at.text
    said = text.join(
        link(text.place(row), at.address("prefecture", area=row["region_id"]))
        + f" {lettering.signed(row['score_change'])}"
        for row in rows.to_dicts()
    )
    return f'<p class="zx-moved"><b>{escape(text(f"home.movers_{way}"))}</b> {said}</p>' if said else ""


def _movers_table(at: Here, rows: pl.DataFrame, caption: str) -> Table:
    text = at.text
    columns = (
        Column(text("table.code"), file_only=True),
        Column(text("table.region")),
        Column(text("home.score"), numeric=True),
        Column(text("home.score_before"), numeric=True),
        Column(text("home.score_change"), numeric=True),
    )
    made = tuple(
        (
            tables.code(row),
            tables.place(text, row, at.address("prefecture", area=row["region_id"])),
            Cell(f"{row['index_score']:.1f}", row["index_score"]),
            Cell(f"{row['year_ago_score']:.1f}", row["year_ago_score"]),
            Cell(lettering.signed(row["score_change"]), row["score_change"]),
        )
        for row in rows.to_dicts()
    )
    return Table(caption, columns, made)
