"""得分构成与扣分明细: what the score of a county is made of, and what each indicator costs it.

The maker of the card `makeup`, pure in `at`. Before: queries/county.py `breakdown`.
"""

from datetime import date
from typing import Any

import polars as pl

from dashboard import table as tables
from dashboard.cards import Card
from dashboard.charts.lettering import signed
from dashboard.here import Here
from dashboard.i18n import MISSING, NOT_APPLICABLE, Text
from dashboard.markup import escape
from dashboard.queries import county as queries
from dashboard.table import Cell, Column, Table
from dashboard.wording.county import breakdown, cases, ranking, scored_label

Row = dict[str, Any]


def score_state(row: Row, text: Text) -> str:
    """Return how a score came about: by a value, as not applicable, missing and why, or left out."""
    if row["part"] == "dimension":
        return "" if row["state"] == "value" else text("charts.short_missing")
    if row["state"] == "missing" and row["missing_reason"]:
        return text("county.scored_missing", why=text.code("status", row["missing_reason"]))
    return text.code("county.state", row["state"] or "missing")


def makeup(at: Here, indicator: str, month: date | None) -> Card:
    """Return what the score is made of, open: value, prior, estimate, score, weight, what is lost."""
    text = at.text
    rows = queries.with_priors(
        breakdown(at, True).filter(pl.col("part") != "context"),
        at.frame("ref.prior"),
        at.frame("ref.prior_group"),
        at.area,
        at.period.year,
    )
    lost = rows.filter((pl.col("part") == "indicator") & (pl.col("lost") > 0)).sort("lost", descending=True)
    return Card(
        title=_title(lost, text),
        unit=text("county.points"),
        period=scored_label(at),
        areas=at.area_name,
        body=_sum(at, rows),
        table=_table(at, rows, indicator, month),
        open=True,
        note=text("county.makeup_note"),
        link=at.link(text("county.to_worked"), "method", area=at.area_id),
    )


def _title(lost: pl.DataFrame, text: Text) -> str:
    if lost.is_empty():
        return text("county.makeup_none")
    worst = [
        text(
            "county.makeup_missing" if row["state"] == "missing" else "county.makeup_part",
            name=text.of(row, "name"),
            lost=f"{row['lost']:.1f}",
        )
        for row in lost.head(3).iter_rows(named=True)
    ]
    return text("county.makeup_title", parts=text.join(worst))


def _sum(at: Here, rows: pl.DataFrame) -> str:
    """The index as the weighted geometric mean of its dimensions, with their numbers."""
    row = ranking(at)
    if row is None or row["index_score"] is None:
        return ""
    text = at.text
    parts = [
        f"{escape(text.of(one, 'name'))} {one['score']:.1f}<sup>{one['weight']:g}</sup>"
        for one in rows.filter(pl.col("part") == "dimension").iter_rows(named=True)
    ]
    said = escape(text("county.makeup_sum", score=f"{row['index_score']:.1f}"))
    return f'<p class="zx-formula">{said} = {" × ".join(parts)}</p>'


def _table(at: Here, rows: pl.DataFrame, indicator: str, month: date | None) -> Table:
    text = at.text
    columns = (
        Column(text("table.indicator")),
        Column(text("county.raw_value"), numeric=True),
        Column(text("table.unit")),
        Column(text("county.cases"), numeric=True),
        Column(text("county.prior"), numeric=True),
        Column(text("county.estimate"), numeric=True),
        Column(text("county.raw_score"), numeric=True),
        Column(text("county.score"), numeric=True),
        Column(text("county.weight"), numeric=True),
        Column(text("county.lost"), numeric=True),
        Column(text("county.scored_by")),
    )
    lines = []
    for row in rows.iter_rows(named=True):
        name = text.of(row, "name")
        if row["part"] == "dimension":
            cell = Cell(name, html=f"<b>{escape(name)}</b>")
        else:
            link = at.link(name, "county", indicator=row["code"], month=month)
            cell = Cell(name, html=f"<b>{link}</b>" if row["code"] == indicator else link)
        lines.append((cell, *_line(row, text)))
    return Table(text("county.makeup_table", area=at.area_name), columns, tuple(lines), "zx-wide")


def _line(row: Row, text: Text) -> tuple[Cell | str, ...]:
    """All cells but the name."""
    score = (_points(row["score"], row), _weight(row), _lost(row), score_state(row, text))
    if row["part"] == "dimension":
        return ("", "", "", "", "", "", *score)
    return (
        tables.number(text, row),
        text.of(row, "unit"),
        Cell(cases(row) or NOT_APPLICABLE, row["denominator"] if cases(row) else None),
        # What administrative figures are drawn to is themselves.
        Cell(NOT_APPLICABLE) if row["model"] == "X" else _number(row["prior"]),
        _number(row["estimate"]),
        _points(row["raw_score"], row),
        *score,
    )


def _number(value: float | None) -> Cell:
    return Cell(MISSING if value is None else f"{value:,.2f}", value)


def _points(score: float | None, row: Row) -> Cell:
    if score is None:
        return Cell(NOT_APPLICABLE if row["state"] == "left_out" else MISSING)
    return Cell(f"{score:.1f}", score)


def _weight(row: Row) -> Cell:
    if row["weight"] is None or row["state"] == "left_out":
        return Cell(NOT_APPLICABLE)
    return Cell(f"{100 * row['weight']:.1f}", 100 * row["weight"])


def _lost(row: Row) -> Cell:
    """What is lost of the dimension's 100 points, in a dimension's row what all of it comes to."""
    lost = row["lost"]
    if row["part"] == "dimension":
        lost = None if row["score"] is None else 100 - row["score"]
    if lost is None or row["state"] == "left_out":
        return Cell(NOT_APPLICABLE)
    return Cell(signed(-lost), -lost)
