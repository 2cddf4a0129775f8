"""Who a county is, its score and place, on the area profile; and the words that all cards of that page use.

`identity` makes the card on top, pure in `at`. What makes the score: county_score.py; the course over months:
county_course.py; warnings: county_warnings.py.
"""

from typing import Any

import polars as pl

from dashboard import cards, markup
from dashboard.cards import Card
from dashboard.here import VALUES, Here
from dashboard.i18n import Text
from dashboard.markup import escape
from dashboard.queries import county as queries
from dashboard.queries import ranking as ranking_queries
from dashboard.table import Column, Table
from dashboard.wording import bands, standing
from dashboard.wording import peers as peer_words
from dashboard.wording import ranking as ranking_words

Row = dict[str, Any]


def scored_kind(at: Here) -> str:
    """Return the kind of window of the scores."""
    return queries.scored_kind(at.kind)


def scored_label(at: Here) -> str:
    """Return the window of the scores in words."""
    return at.text.period(scored_kind(at), at.period)


def codes(at: Here) -> list[str]:
    """Return the regions the county is compared with, itself among them."""
    return peer_words.codes(at)


def group(at: Here) -> str:
    """Return whom the county is compared with, in words."""
    return peer_words.compared(at)


def full_name(at: Here) -> str:
    """Return the county's full name behind its prefecture's."""
    return at.text("county.full", name=at.text.of(at.area, "name"), prefecture=at.text.of(_above(at), "name"))


def _above(at: Here) -> Row:
    return at.region(at.area["parent_id"])


def scored_window(at: Here) -> dict[str, Any]:
    """Return the keys of the window of the scores."""
    return {"window_kind": scored_kind(at), "period": at.period}


def ranking(at: Here) -> Row | None:
    """Return the county's row of mart.ranking with its place in the group; None without such a window."""
    rows = at.part("mart.ranking", **scored_window(at))
    inside = rows.filter(pl.col("region_id").is_in(codes(at)))
    scores = pl.col("index_score")
    placed = inside.with_columns(
        group_rank=scores.round(ranking_queries.TIE_DIGITS).rank("min", descending=True),
        group_count=scores.count(),
    ).filter(pl.col("region_id") == at.area_id)
    return placed.row(0, named=True) if placed.height else None


def breakdown(at: Here, scored: bool) -> pl.DataFrame:
    """Return the dimensions and indicators; values of the scores' window, or of the one on screen."""
    scores = scored_window(at)
    window = at.part(VALUES, **scores) if scored else at.window()
    return cards.kept(
        at,
        "breakdown",
        lambda: queries.breakdown(
            at.frame("ref.indicator"),
            at.frame("ref.dimension"),
            at.part("mart.indicator_score", **scores),
            at.part("mart.dimension_score", **scores),
            window,
            at.area_id,
            codes(at),
        ),
        scored,
    )


def with_unit(row: Row, text: Text) -> str:
    """Return the value with its unit, or why there is none."""
    if row["value"] is None:
        return quality(row, text)
    return text("county.with_unit", value=text.value(row), unit=text.of(row, "unit"))


def money(row: Row) -> bool:
    """Say whether an indicator is made of sums of money, in fen, and not of cases."""
    return row["source"].startswith("debt") and row["model"] != "BB"


def cases(row: Row) -> str:
    """Return the number of cases a value rests on (its denominator), empty where there is none."""
    below = row["denominator"]
    return "" if below is None or money(row) else f"{below:,.0f}"


def quality(row: Row, text: Text) -> str:
    """Return a value's state: there, provisional, not applicable, or missing and why, with the months."""
    if row["status"] == "value":
        return text("charts.provisional") if row["provisional"] else text("table.has_value")
    said = text.status(row)
    if row["missing_reason"] == "not_reported" and row["months_missing"]:
        said += text("county.months", n=row["months_missing"], due=row["months_due"])
    return said


def identity(at: Here) -> Card:
    """Return the strip on top: who the county is, whom it is compared with, its place or why none."""
    text, row, rows = at.text, ranking(at), breakdown(at, False)
    sure = standing.row(at, scored_kind(at), at.area_id)
    pairs = [*_who(at), *_standing(at, row, sure), (text("county.data"), _data(rows, text))]
    return Card(
        title=_identity_title(at, row, sure),
        period=scored_label(at),
        areas=full_name(at),
        body=f'<div class="zx-identity">{markup.definitions(pairs)}</div>'
        f'{standing.flag_line(at, at.area_id)}<p class="zx-inline">{escape(text("standing.caution"))}</p>',
        table=Table(
            text("county.identity", area=at.area_name),
            (Column(text("county.item")), Column(text("county.content"))),
            tuple((term, said) for term, said in pairs if said),
        ),
        note=text("county.identity_note"),
        link=at.link(
            text("county.to_prefecture", prefecture=text.place(_above(at))),
            "prefecture",
            area=at.area["parent_id"],
        ),
    )


def _identity_title(at: Here, row: Row | None, sure: Row | None) -> str:
    text = at.text
    if row is None or row["index_score"] is None:
        return text("ranking.facts_apart", area=at.area_name)
    score = ranking_words.score(row["index_score"])
    if sure:
        return text(
            "county.title_sure",
            area=at.area_name,
            score=score,
            tier=standing.tier(at, sure),
            trend=standing.trend(sure, text),
        )
    band = bands.word(row, at.frame("ref.band"), text)
    return text("county.title", area=at.area_name, score=score, band=band)


def _who(at: Here) -> list[tuple[str, str]]:
    text, area = at.text, at.area
    kinds = [text.code("county.type", area["type"])]
    kinds += [text(f"county.{flag}") for flag in ("is_border", "is_autonomous") if area[flag]]
    near = at.comparator == "kind" and peer_words.nearest(at).height
    why = text("peers.why_nearest" if near else f"county.why_{at.comparator}")
    return [
        (text("county.kind"), text.join(kinds)),
        (text("county.bodies"), _bodies(at)),
        (text("county.people"), _people(area, text)),
        (text("county.compared"), text("county.compared_with", group=group(at), why=why)),
        (text("peers.label"), _nearest(at)),
    ]


def _nearest(at: Here) -> str:
    """The names of the county's peers; why they are is told in the card on them."""
    codes = peer_words.nearest(at)["peer_id"] if peer_words.nearest(at).height else []
    return at.text.join(at.text.place(at.region(code)) for code in codes) or at.text("peers.none")


def _bodies(at: Here) -> str:
    """The government bodies that rates are per, as the window has them."""
    per = at.frame("ref.indicator").filter(pl.col("denominator") == "gov_bodies")["indicator_id"]
    mine = at.window().filter(pl.col("region_id") == at.area_id)
    rows = mine.filter(pl.col("indicator_id").is_in(per.implode()))
    known = rows["denominator"].drop_nulls()
    return at.text("county.bodies_of", n=f"{known[0]:,.0f}") if len(known) else at.text("status.no_exposure")


def _people(area: Row, text: Text) -> str:
    people = area["population_2020"]
    return text("county.people_none") if people is None else text("county.people_of", n=f"{people:,}")


def _standing(at: Here, row: Row | None, sure: Row | None) -> list[tuple[str, str]]:
    """Score and places with how sure they are, or why the county is not ranked."""
    text = at.text
    if row is None:
        return [(text("county.place"), text("county.no_scores"))]
    if row["index_score"] is None:
        why = _why_not(at, row)
        return [(text("county.place"), text("charts.not_ranked")), (text("county.why_not"), why)]
    if not sure:
        place = text("charts.rank_of", rank=row["rank"], n=row["ranked_count"])
        return [
            (text("county.place"), place + text("standing.latest_only")),
            (text("table.year_ago"), ranking_words.year_ago(row, text)),
        ]
    return [
        (text("standing.score_label"), standing.score(sure, text)),
        (text("county.place"), standing.rank(sure, row["ranked_count"], text)),
        (text("standing.tier_label"), standing.tier(at, sure)),
        (text("standing.trend"), standing.trend(sure, text)),
        (text("county.place_in"), text("charts.rank_of", rank=row["group_rank"], n=row["group_count"])),
    ]


def _why_not(at: Here, row: Row) -> str:
    scores = scored_window(at)
    mine = pl.DataFrame([{key: row[key] for key in ("region_id", "state", "missing_dimensions")}])
    reasons = ranking_queries.reasons(
        mine, at.part("mart.indicator_score", **scores), at.part(VALUES, **scores)
    )
    names = {one["dimension"]: at.text.of(one, "name") for one in at.frame("ref.dimension").to_dicts()}
    return ranking_words.reason(reasons.get(at.area_id, []), names, at.text)


def _data(rows: pl.DataFrame, text: Text) -> str:
    """How many indicators have a value, and why the others have none."""
    known = rows.filter(pl.col("part") != "dimension")
    words = [
        text("county.reason", why=text.status(row), n=row["len"])
        for row in known.filter(pl.col("status").fill_null("missing") != "value")
        .group_by("status", "missing_reason")
        .len()
        .sort("status", "missing_reason", descending=True)
        .iter_rows(named=True)
    ]
    values = known.filter(pl.col("status") == "value").height
    said = text("county.data_of", n=known.height, values=values)
    return said + (text("county.data_rest", parts=text.join(words)) if words else "")
