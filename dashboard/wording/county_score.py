"""What the score of a county is made of: bars by dimension and indicator, and the table of all indicators.

Makers of cards, pure in `at`: `profile`, `makeup`. Before: the frame of queries/county.py `breakdown`.
"""

from datetime import date
from typing import Any

import polars as pl

from dashboard import markup
from dashboard import table as tables
from dashboard.cards import Card
from dashboard.charts import profile as chart
from dashboard.charts.lettering import signed
from dashboard.here import Here
from dashboard.i18n import MISSING, NOT_APPLICABLE, Text
from dashboard.markup import escape
from dashboard.queries import county as queries
from dashboard.table import Cell, Column, Table
from dashboard.wording.county import breakdown, cases, group, quality, scored_label, with_unit

Row = dict[str, Any]


def profile(at: Here, indicator: str) -> Card:
    """Return the scores by dimension and indicator as bars, the compared regions' median a tick."""
    text = at.text
    rows = breakdown(at, True).filter(pl.col("part") != "context")
    shown = _bars(rows, text)
    return Card(
        title=_profile_title(rows, shown, text),
        unit=text("county.points"),
        period=scored_label(at),
        areas=text("county.beside", area=at.area_name, group=group(at)),
        chart=chart.figure(shown, text, selected=indicator),
        table=_profile_table(at, rows),
        note=text("county.profile_note"),
    )


def _profile_title(rows: pl.DataFrame, shown: pl.DataFrame, text: Text) -> str:
    """The ends of the dimensions; where fewer than two have a score there is nothing to hold apart."""
    dimensions = rows.filter(pl.col("part") == "dimension")
    known = dimensions["score"].count()
    if known > 1:
        return chart.finding(shown, text)
    states = rows.filter(pl.col("part") == "indicator")["state"]
    missing, left_out = (int((states == state).sum()) for state in ("missing", "left_out"))
    said = text("county.profile_few", known=known, n=dimensions.height, missing=missing)
    return said + (text("county.profile_left_out", n=left_out) if left_out else "")


def _bars(rows: pl.DataFrame, text: Text) -> pl.DataFrame:
    """The rows as the chart wants them."""
    bars = [
        {
            "code": row["code"],
            "name": text.of(row, "name"),
            "part": row["part"],
            "score": row["score"],
            "state": row["state"] or "missing",
            "benchmark": row["benchmark"],
            "value": None if row["part"] == "dimension" else with_unit(row, text),
            "note": None if row["part"] == "dimension" else " · ".join(_aside(row, text)),
        }
        for row in rows.iter_rows(named=True)
    ]
    return pl.DataFrame(bars, infer_schema_length=None)


def _aside(row: Row, text: Text) -> list[str]:
    """The case number, the change of a year, and that a value is provisional."""
    said = [text("county.n", n=cases(row))] if cases(row) else []
    if row["change_year_ago"] is not None:
        said.append(text("home.year_ago", change=text.change(row, "change_year_ago")))
    return [*said, *([text("charts.provisional")] if row["provisional"] else [])]


def _profile_table(at: Here, rows: pl.DataFrame) -> Table:
    text = at.text
    columns = (
        Column(text("table.indicator")),
        Column(text("county.score"), numeric=True),
        Column(text("county.score_median"), numeric=True),
        Column(text("table.status")),
    )
    lines = tuple(
        (_name(text, row), _points(row["score"], row), _points(row["benchmark"]), score_state(row, text))
        for row in rows.iter_rows(named=True)
    )
    return Table(text("county.profile_table", area=at.area_name), columns, lines)


def score_state(row: Row, text: Text) -> str:
    """Return how a score came about: by a value, as not applicable, missing and why, or left out."""
    if row["part"] == "dimension":
        return "" if row["state"] == "value" else text("charts.short_missing")
    if row["state"] == "missing" and row["missing_reason"]:
        return text("county.scored_missing", why=text.code("status", row["missing_reason"]))
    return text.code("county.state", row["state"] or "missing")


def makeup(at: Here, indicator: str, month: date | None) -> Card:
    """Return every indicator with its value, changes, score and what the score loses, as an open table."""
    text, rows = at.text, breakdown(at, False)
    lost = rows.filter((pl.col("part") == "indicator") & (pl.col("lost") > 0)).sort("lost", descending=True)
    return Card(
        title=_makeup_title(lost, text),
        period=at.label,
        areas=text("county.beside", area=at.area_name, group=group(at)),
        body=_two_windows(at),
        table=_makeup_table(at, rows, indicator, month),
        open=True,
        note=text("county.makeup_note"),
    )


def _two_windows(at: Here) -> str:
    """What is said where values and scores are of different windows."""
    if at.kind == queries.scored_kind(at.kind):
        return ""
    said = at.text("county.two_windows", values=at.label, scores=scored_label(at))
    return markup.paragraph(said, "zx-inline")


def _makeup_title(lost: pl.DataFrame, text: Text) -> str:
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


def _makeup_table(at: Here, rows: pl.DataFrame, indicator: str, month: date | None) -> Table:
    text = at.text
    columns = (
        Column(text("table.indicator")),
        Column(text("table.value"), numeric=True),
        Column(text("table.unit")),
        Column(text("county.cases"), numeric=True),
        Column(text("county.median"), numeric=True),
        Column(text("table.previous"), numeric=True),
        Column(text("table.year_ago"), numeric=True),
        Column(text("county.quality")),
        Column(text("county.score"), numeric=True),
        Column(text("county.score_median"), numeric=True),
        Column(text("county.weight"), numeric=True),
        Column(text("county.lost"), numeric=True),
        Column(text("county.scored_by")),
    )
    lines = []
    for row in rows.iter_rows(named=True):
        name = _name(text, row)
        if row["part"] != "dimension":
            link = at.link(name.shown, "county", indicator=row["code"], month=month)
            name = Cell(name.shown, html=f"<b>{link}</b>" if row["code"] == indicator else link)
        lines.append((name, *_makeup_row(row, text)))
    return Table(text("county.makeup_table", area=at.area_name), columns, tuple(lines), "zx-wide")


def _makeup_row(row: Row, text: Text) -> tuple[Cell | str, ...]:
    """All cells but the name."""
    score = (_points(row["score"], row), _points(row["benchmark"]), _weight(row), _lost(row))
    if row["part"] == "dimension":
        return ("", "", "", "", "", "", "", *score, score_state(row, text))
    if row["part"] == "context":
        score = (NOT_APPLICABLE,) * 4  # type: ignore[assignment]
    return (
        tables.number(text, row),
        text.of(row, "unit"),
        Cell(cases(row) or NOT_APPLICABLE, row["denominator"] if cases(row) else None),
        Cell(text.value({**row, "value": row["median"], "status": "value"}), row["median"]),
        tables.change(text, row, "change_previous"),
        tables.change(text, row, "change_year_ago"),
        quality(row, text),
        *score,
        text("method.context") if row["part"] == "context" else score_state(row, text),
    )


def _name(text: Text, row: Row) -> Cell:
    """The name, in bold for a dimension."""
    name = text.of(row, "name")
    return Cell(name, html=f"<b>{escape(name)}</b>" if row["part"] == "dimension" else "")


def _points(score: float | None, row: Row | None = None) -> Cell:
    if score is None:
        return Cell(NOT_APPLICABLE if row and row["state"] == "left_out" else MISSING)
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
