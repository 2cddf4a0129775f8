"""方法说明: a county worked through, every step with its numbers. Before: queries/worked.py."""

from typing import Any

import polars as pl

from dashboard.here import VALUES, Here
from dashboard.i18n import MISSING, NOT_APPLICABLE, Text
from dashboard.markup import escape, paragraph, table
from dashboard.queries import worked
from dashboard.wording import standing
from dashboard.wording.county import money
from dashboard.wording.method import goalposts

Row = dict[str, Any]
TABLES = ("mart.rank_interval", "mart.level_certainty", "ref.prior", "ref.prior_group")


def section(at: Here) -> str:
    """Return the worked county as HTML, the selected one where it is ranked; "" without any."""
    if not all(at.has(name) for name in TABLES):
        return ""
    certain = at.frame("mart.rank_interval")
    code = worked.example(certain, at.area_id)
    if code is None:
        return ""
    text, sure = at.text, certain.row(by_predicate=pl.col("region_id") == code, named=True)
    rows = steps(at, code)
    parts = worked.dimensions(rows, at.frame("ref.dimension"))
    own = worked.index(parts)
    ranking = at.part("mart.ranking", window_kind=worked.KIND, period=sure["period"])
    others = ranking.filter((pl.col("region_level") == "county") & (pl.col("region_id") != code))
    place, count = worked.rank(others["index_score"], own)
    same = round(own, 6) == round(sure["index_score"], 6) and place == sure["rank"]
    period = text.period(worked.KIND, sure["period"])
    region = at.region(code)
    intro = text("worked.intro", area=text.place(region), period=period)
    link = at.link(text("worked.open", area=text.place(region)), "county", area=code)
    return (
        f'{paragraph(intro, "zx-note")}<p class="zx-more">{link}</p>'
        f"{_head(1, text)}{_cells(rows, text)}"
        f"{_head(2, text)}{_first(rows, text)}"
        f"{_head(3, text)}{_dimensions(parts, text)}"
        f"{_head(4, text)}{_index(parts, own, text)}"
        f"{_head(5, text)}{paragraph(_place(at, sure, place, count), 'zx-formula')}"
        f"{paragraph(text('worked.same' if same else 'worked.differs', score=f'{own:.6f}'), 'zx-check')}"
    )


def steps(at: Here, code: str) -> list[Row]:
    """Return `worked.indicators` of a county in the latest twelve months."""
    period = at.frame("mart.rank_interval")["period"].max()
    region = at.region(code)
    groups = dict(at.frame("ref.prior_group").iter_rows())
    window = {"window_kind": worked.KIND, "period": period}
    mine = pl.col("region_id") == code
    return worked.indicators(
        at.frame("ref.indicator"),
        at.part(VALUES, **window).filter(mine),
        at.part("mart.indicator_score", **window).filter(mine),
        at.frame("ref.prior"),
        region,
        groups[region["type"]],
        period,  # type: ignore[arg-type]
    )


def _head(number: int, text: Text) -> str:
    return paragraph(text(f"worked.step_{number}"), "zx-sub")


def _cells(rows: list[Row], text: Text) -> str:
    """From cases to points: a row an indicator."""
    head = ("cases", "value", "prior", "strength", "estimate", "goalposts", "points", "share")
    lines = [
        [
            text.of(row, "name"),
            _cases(row),
            text.value(row),
            NOT_APPLICABLE if row["prior"] is None else f"{row['prior'] * row['scale']:.2f}",
            NOT_APPLICABLE if row["model"] == "X" or row["strength"] is None else f"{row['strength']:,.1f}",
            MISSING if row["estimate"] is None else f"{row['estimate']:.2f}",
            goalposts(row["goalposts"], row["unit_zh"], text),
            text.code("worked.state", row["state"]) if row["points"] is None else f"{row['points']:.2f}",
            f"{100 * row['share']:.2f}%",
        ]
        for row in rows
    ]
    words = [text("table.indicator"), *(text(f"worked.{key}") for key in head)]
    return table(words, lines, caption=text("worked.step_1"), numeric=(1, 2, 3, 4, 5, 7, 8), name="zx-wide")


def _cases(row: Row) -> str:
    if row["numerator"] is None or row["denominator"] is None:
        return NOT_APPLICABLE
    if money(row):
        return f"{row['numerator'] / 1e10:,.2f} / {row['denominator'] / 1e10:,.2f}"
    return f"{row['numerator']:g} / {row['denominator']:,.0f}"


def _first(rows: list[Row], text: Text) -> str:
    """The estimate and the points of the first indicators of either model, with their numbers filled in."""
    said = []
    for model in ("GP", "BB"):
        row = next((one for one in rows if one["model"] == model and one["state"] == "value"), None)
        if row:
            words = {
                key: f"{row[key]:,.4g}" for key in ("numerator", "strength", "event_scale", "denominator")
            }
            said.append(
                text(
                    "worked.formula",
                    name=text.of(row, "name"),
                    prior=f"{row['prior']:.5f}",
                    scale=f"{row['scale']:g}",
                    estimate=f"{row['estimate']:.4f}",
                    goalposts=goalposts(row["goalposts"], row["unit_zh"], text),
                    points=f"{row['points']:.2f}",
                    **words,
                )
            )
    return "".join(paragraph(one, "zx-formula") for one in said)


def _dimensions(parts: list[Row], text: Text) -> str:
    """Each dimension as the sum of points × share."""
    said = []
    for part in parts:
        terms = " + ".join(f"{row['points']:.2f}×{row['share']:.4f}" for row in part["parts"])
        said.append(f"<b>{escape(text.of(part, 'name'))}</b> = {terms} = <b>{part['score']:.2f}</b>")
    return "".join(f'<p class="zx-formula">{one}</p>' for one in said)


def _index(parts: list[Row], own: float, text: Text) -> str:
    terms = " × ".join(
        f"{escape(text.of(part, 'name'))} {part['score']:.2f}<sup>{part['weight']:g}</sup>" for part in parts
    )
    return f'<p class="zx-formula">{terms} = <b>{own:.2f}</b></p>'


def _place(at: Here, sure: Row, place: int, count: int) -> str:
    text = at.text
    return text(
        "worked.place",
        better=place - 1,
        n=count,
        rank=place,
        interval=standing.interval(sure, text),
        low=sure["own_lower"],
        high=sure["own_upper"],
        error=f"{sure['standard_error']:.2f}",
        tier=standing.tier(at, sure),
        trend=standing.trend(sure, text),
    )
