"""What 区域排名 says: the opening, whom the chart shows, the facts of a region, who is not ranked and why."""

from typing import Any

import polars as pl

from dashboard import table as tables
from dashboard.charts.lettering import signed
from dashboard.i18n import MISSING, NOT_APPLICABLE, Text
from dashboard.markup import definitions, escape
from dashboard.table import Cell, Column, Table
from dashboard.wording import bands as band_words

Row = dict[str, Any]
# What the board says of how sure a place is, where the window has intervals.
_SURE = ("standing.interval_column", "ranking.place_sure", "standing.tier_label", "standing.trend")
Reasons = dict[str, list[Row]]


def score(value: float | None) -> str:
    """Return a score as it is shown, with one decimal."""
    return MISSING if value is None else f"{value:.1f}"


def lede(label: str, level: str, facts: Row, text: Text) -> str:
    """Return the opening sentence: how many are ranked, how they lie, how many are not."""
    words = {
        "period": label,
        "level": text(f"ranking.level_{level}"),
        **{key: facts[key] for key in ("n", "ranked")},
    }
    if not facts["ranked"]:
        return text("ranking.lede_none", **words)
    said = text(
        "ranking.lede",
        **words,
        **{key: score(facts[key]) for key in ("low", "high", "median")},
        bands=text.join(
            text("ranking.in_band", band=band_words.name(band, text), n=n) for band, n in facts["bands"]
        ),
    )
    return said + (text("ranking.lede_apart", n=facts["apart"]) if facts["apart"] else "")


def few_apart(level: str, share: float, text: Text) -> str:
    """Return the first sentence where so few pairs differ: `share` of all pairs of the level."""
    words = {"level": text(f"ranking.level_{level}")}
    if not share:
        return text("ranking.few_apart_none", **words)
    return text("ranking.few_apart", share=f"{100 * share:.1f}%", **words)


def reason(rows: list[Row], dimensions: dict[str, str], text: Text) -> str:
    """Return why a region is not ranked, by dimension, worst said as months where months are missing."""
    parts = []
    for row in rows:
        if row["dimension"] not in dimensions:
            return text("ranking.too_few")
        if row["missing_reason"] == "not_reported" and row["months_missing"]:
            why = text("ranking.months", n=row["months_missing"], due=row["months_due"])
        else:
            why = text.code("status", row["missing_reason"] or "missing")
        parts.append(text("ranking.reason", dimension=dimensions[row["dimension"]], why=why))
    return text("ranking.and").join(parts)


def left_out(indicators: list[Row], text: Text) -> str:
    """Return the sentence on indicators that nobody reports, empty when there is none."""
    if not indicators:
        return ""
    return text("ranking.left_out", names=text.join(text.of(row, "name") for row in indicators))


def facts(
    row: Row,
    bands: pl.DataFrame,
    group: str,
    without_debt: int,
    why: str,
    sure: list[tuple[str, str]],
    text: Text,
) -> str:
    """Return the key facts of a region as HTML: score, band, places, changes; or `why` there are none.

    `without_debt` is how many have a place without debt; `sure` says how sure score and place are,
    instead of the bare place.
    """
    if row["index_score"] is None:
        return f'<p class="zx-inline">{escape(why)}</p>'
    bare = [(text("ranking.place"), text("charts.rank_of", rank=row["rank"], n=row["ranked_count"]))]
    pairs = [
        *(sure or bare),
        (
            text("ranking.place_in"),
            text("ranking.place_among", group=group, rank=row["group_rank"]) if group else "",
        ),
        (text("table.year_ago"), year_ago(row, text)),
        (
            text("ranking.place_without_debt"),
            text("charts.rank_of", rank=row["rank_without_debt"], n=without_debt),
        ),
        (text("ranking.raw_score"), _raw(row, text)),
    ]
    return (
        f'<p class="zx-score"><b>{score(row["index_score"])}</b>{escape(text("ranking.points"))}'
        f"<span>{escape(band_words.word(row, bands, text))}</span></p>{definitions(pairs)}"
    )


def _raw(row: Row, text: Text) -> str:
    if row.get("raw_index_score") is None:
        return ""
    return text("standing.raw_of", score=score(row["raw_index_score"]), rank=row["raw_rank"])


def year_ago(row: Row, text: Text) -> str:
    """Return the change of score and place since a year ago, in words."""
    if row["score_change"] is None:
        return text("ranking.no_year_ago")
    said = text("ranking.score_moved", change=signed(row["score_change"]), was=score(row["year_ago_score"]))
    moved = row["rank_change"]
    if moved is None:
        return said
    key = "ranking.same_place" if not moved else "charts.places_up" if moved > 0 else "charts.places_down"
    return said + text("ranking.then") + text(key, n=abs(moved))


def facts_title(row: Row, text: Text) -> str:
    """Return the finding of a region: its score and place, or that it is not ranked."""
    if row["index_score"] is None:
        return text("ranking.facts_apart", area=text.place(row))
    words = {"area": text.place(row), "score": score(row["index_score"])}
    if row.get("own_lower") is None:
        return text("ranking.facts_title", rank=row["rank"], **words)
    return text("ranking.facts_title_sure", low=row["own_lower"], high=row["own_upper"], **words)


def facts_table(row: Row, board: pl.DataFrame, dimensions: dict[str, str], text: Text) -> Table:
    """Return the index, its dimensions and the index without debt, beside the median of the group."""
    group = board.filter(pl.col("group") == row["group"])
    lines = [
        (text("ranking.index"), "index_score"),
        *((name, f"score_{code}") for code, name in dimensions.items()),
        (text("ranking.without_debt"), "index_without_debt"),
    ]
    columns = (
        Column(text("ranking.item")),
        Column(text("ranking.score"), numeric=True),
        Column(text("charts.median"), numeric=True),
    )
    rows = tuple(
        (name, _points(row[column]), _points(group[column].median()))  # type: ignore[arg-type]
        for name, column in lines
    )
    return Table(text("ranking.facts_table", area=text.place(row)), columns, rows)


def _points(value: float | None) -> Cell:
    return Cell(score(value), value)


def _place(value: int | None) -> Cell:
    return Cell(NOT_APPLICABLE if value is None else str(value), value)


def _moved(value: float | None, places: int = 1) -> Cell:
    return Cell(NOT_APPLICABLE if value is None else signed(value, places), value)


def bands_table(facts: Row, bands: pl.DataFrame, text: Text) -> Table:
    """Return how many regions lie in each band, the best first."""
    held = dict(facts["bands"])
    columns = (
        Column(text("ranking.band")),
        Column(text("ranking.span")),
        Column(text("ranking.regions"), numeric=True),
    )
    rows = tuple(
        (
            band_words.name(band, text),
            band_words.span(bands, band),
            Cell(str(held.get(band, 0)), held.get(band, 0)),
        )
        for band in sorted(bands["band"])
    )
    return Table(text("ranking.bands"), columns, rows)


def board_table(
    rows: list[Row],
    addresses: dict[str, str],
    above: dict[str, str],
    dimensions: dict[str, str],
    tiers: dict[str, str],
    why: dict[str, str],
    text: Text,
) -> Table:
    """Return the whole board; `above` holds the prefecture's name of counties, `why` of who is not ranked.

    `tiers` holds the tier in words; without any the window has no intervals and none of their columns.
    """
    sure = bool(tiers)
    columns = [
        Column(text("table.code"), file_only=True),
        Column(text("ranking.region")),
        *([Column(text("table.region"))] if above else []),
        Column(text("ranking.score"), numeric=True),
        Column(text("ranking.place"), numeric=True),
        *([Column(text(name)) for name in _SURE] if sure else []),
        *(Column(name, numeric=True) for name in dimensions.values()),
        Column(text("ranking.score_change"), numeric=True),
        Column(text("ranking.place_change"), numeric=True),
        Column(text("ranking.raw_score"), numeric=True),
        Column(text("ranking.raw_place"), numeric=True),
        Column(text("ranking.without_debt"), numeric=True),
        Column(text("ranking.place_without_debt"), numeric=True),
        Column(text("ranking.remark")),
    ]
    lines = tuple(
        (
            tables.code(row),
            tables.place(text, row, addresses[row["region_id"]]),
            *([above[row["region_id"]]] if above else []),
            _points(row["index_score"]),
            _listed(row),
            *(_sure(row, tiers, text) if sure else []),
            *(_points(row[f"score_{code}"]) for code in dimensions),
            _moved(row["score_change"]),
            _moved(row["rank_change"], 0),
            _points(row["raw_index_score"]),
            _place(row["raw_rank"]),
            _points(row["index_without_debt"]),
            _place(row["rank_without_debt"]),
            why.get(row["region_id"], ""),
        )
        for row in rows
    )
    return Table(text("ranking.board"), tuple(columns), lines, "zx-wide")


def _listed(row: Row) -> Cell:
    """The place as a table shows it: nobody is the last, so the lowest place is its range."""
    if row["rank"] is None or row.get("own_lower") is None or row["own_upper"] < row["ranked_count"]:
        return _place(row["rank"])
    last = row["rank"] == row["ranked_count"]
    return Cell(f"{row['own_lower']}—{row['own_upper']}", row["rank"]) if last else _place(row["rank"])


def _sure(row: Row, tiers: dict[str, str], text: Text) -> tuple[str, ...]:
    """Interval of the score, places that cannot be told apart, tier and trend."""
    if row["standard_error"] is None:
        return (NOT_APPLICABLE,) * len(_SURE)
    return (
        f"{row['lower']:.1f}—{row['upper']:.1f}",
        f"{row['own_lower']}—{row['own_upper']}",
        tiers[row["region_id"]],
        text(f"standing.word_{row['trend']}"),
    )


def apart_body(rows: list[Row], why: dict[str, str], addresses: dict[str, str], text: Text) -> str:
    """Return who is not ranked as HTML, those with the same reasons together, each a link."""
    shared: dict[str, list[Row]] = {}
    for row in rows:
        shared.setdefault(why[row["region_id"]], []).append(row)
    lines = "".join(
        f"<li><b>{escape(said)}</b> "
        + text.join(
            f'<a class="zx-link" href="{escape(addresses[row["region_id"]])}" target="_self">'
            f"{escape(text.place(row))}</a>"
            for row in mine
        )
        + "</li>"
        for said, mine in shared.items()
    )
    return f'<ul class="zx-list zx-apart">{lines}</ul>'


def apart_table(rows: list[Row], why: dict[str, str], text: Text) -> Table:
    """Return who is not ranked, why, and the index without debt where there is one."""
    columns = (
        Column(text("table.code"), file_only=True),
        Column(text("ranking.region")),
        Column(text("ranking.remark")),
        Column(text("ranking.without_debt"), numeric=True),
    )
    lines = tuple(
        (tables.code(row), text.of(row, "name"), why[row["region_id"]], _points(row["index_without_debt"]))
        for row in rows
    )
    return Table(text("ranking.apart_title"), columns, lines)


def bump_title(course: pl.DataFrame, text: Text) -> str:
    """Return whose place moved most between the first and the last window."""
    periods = course["period"].unique().sort()
    if len(periods) < 2:
        return text("ranking.bump_title_one")
    ends = course.filter(pl.col("rank").is_not_null()).pivot(
        "period", index=["region_id", "name"], values="rank", sort_columns=True
    )
    first, last = str(periods[0]), str(periods[-1])
    moved = ends.with_columns(moved=(pl.col(last) - pl.col(first)).abs()).filter(pl.col("moved") > 0)
    if moved.is_empty():
        return text("ranking.bump_title_same", n=len(periods))
    row = moved.sort("moved", "region_id", descending=[True, False]).row(0, named=True)
    return text("ranking.bump_title", n=len(periods), area=row["name"], first=row[first], last=row[last])


def bump_table(course: pl.DataFrame, kind: str, text: Text) -> Table:
    """Return the places of all regions, a column a window named by its last month."""
    periods = course["period"].unique().sort().to_list()
    columns = [Column(text("ranking.region"))]
    for period in periods:
        columns.append(
            Column(text.period(kind, period) if kind == "year" else text.month(period), numeric=True)
        )
    rows = []
    for part in course.partition_by("region_id", maintain_order=True):
        ranks = dict(part.select("period", "rank").iter_rows())
        rows.append((Cell(part["name"][0], part["full_name"][0]), *(_place(ranks.get(p)) for p in periods)))
    return Table(text("ranking.place"), tuple(columns), tuple(rows), "zx-wide")


def movers_title(board: pl.DataFrame, text: Text) -> str:
    """Return how many regions score higher and lower than a year ago."""
    change = board["score_change"].drop_nulls().round(1)
    if change.is_empty():
        return text("ranking.movers_title_none")
    return text("ranking.movers_title", up=int((change > 0).sum()), down=int((change < 0).sum()))


def movers_sure(board: pl.DataFrame, text: Text) -> str:
    """Return how many regions surely improved, surely worsened, and stayed."""
    held = dict(board.group_by("trend").len().iter_rows())
    up, down, steady = (held.get(word, 0) for word in ("improved", "worsened", "steady"))
    if not up + down:
        return text("ranking.movers_sure_none", steady=steady)
    return text("ranking.movers_sure", up=up, down=down, steady=steady)


def movers_table(rows: pl.DataFrame, text: Text) -> Table:
    """Return scores and places now and a year ago."""
    columns = (
        Column(text("table.code"), file_only=True),
        Column(text("ranking.region")),
        Column(text("ranking.score"), numeric=True),
        Column(text("ranking.was"), numeric=True),
        Column(text("ranking.score_change"), numeric=True),
        Column(text("ranking.place"), numeric=True),
        Column(text("ranking.place_change"), numeric=True),
    )
    lines = tuple(
        (
            tables.code(row),
            Cell(row["name"], row["full_name"]),
            _points(row["index_score"]),
            _points(row["year_ago_score"]),
            _moved(row["score_change"]),
            _place(row["rank"]),
            _moved(row["rank_change"], 0),
        )
        for row in rows.iter_rows(named=True)
    )
    return Table(text("ranking.movers_table"), columns, lines)
