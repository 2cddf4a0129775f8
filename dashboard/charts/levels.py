"""Warnings of a run of months as stacked bars, the gravest level at the base, each piece with its number."""

from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboard.charts import lettering, marks, style
from dashboard.i18n import MISSING, Text
from dashboard.theme.tokens import token

HEIGHT = 220
# Up to so many months a bar has room for its number.
NUMBERED = 24


def figure(counts: pl.DataFrame, text: Text, *, height: int = HEIGHT) -> go.Figure:
    """Return the bars of a full run of months.

    Columns: period (date), level (1 gravest … 4), count (warnings; a level that a month does not list has
    none), provisional. A month without a warning is one row with a null level; if `untested` (bool, wanted or
    not) says that not all of it could be tested, it has no 0. A click gives `customdata` [month as YYYY-MM,
    level].
    """
    if counts.is_empty():
        return style.empty(text("charts.nothing"), height)
    months = counts["period"].unique().sort().to_list()
    known = counts.filter(pl.col("level").is_not_null())
    totals = dict(known.group_by("period").agg(pl.col("count").sum()).iter_rows())
    most = max([*totals.values(), 1])
    top = most * 1.15
    chart = style.base(height)
    # Shapes, because a trace of boxes would lie over the bars.
    open_months = set(counts.filter("provisional")["period"])
    shade = {"type": "rect", "layer": "below", "line": {"width": 0}, "fillcolor": token("chart.provisional")}
    shapes = [
        {**shade, "x0": first - 0.5, "x1": last + 0.5, "y0": 0, "y1": top}
        for first, last in style.runs([month in open_months for month in months])
    ]
    for level in marks.MARKS:
        rows = {row["period"]: row for row in known.filter(pl.col("level") == level).iter_rows(named=True)}
        chart.add_trace(_bars([rows.get(month) for month in months], months, level, text))
        chart.add_trace(marks.level_key(level, text))
    if shapes:
        look = {"symbol": "square", "size": 12, "color": token("chart.provisional")}
        chart.add_trace(style.key(text("charts.provisional"), mode="markers", marker=look))
    chart.add_trace(_totals(months, totals, untested(counts)))
    step = {"dtick": 1} if most < 5 else {"nticks": 4}
    style.legend(chart)
    style.lay(
        chart,
        xaxis=style.months_axis(months, text),
        yaxis=style.value_axis(range=[0, top], tickformat="d", automargin=True, **step),
        barmode="stack",
        shapes=shapes,
        bargap=0.25,
        margin={"l": 24, "r": 2, "b": 36},
        clickmode="event+select",
        # A number that finds no room is left to the hover and the table.
        uniformtext={"minsize": 10, "mode": "hide"},
    )
    return chart


def _bars(rows: list[dict[str, Any] | None], months: list[Any], level: int, text: Text) -> go.Bar:
    mark = marks.MARKS[level]
    return go.Bar(
        x=list(range(len(months))),
        y=[row["count"] if row else 0 for row in rows],
        marker={"color": mark.fill, "line": {"color": mark.line, "width": 1}, "opacity": 1},
        text=[_piece(mark.numeral, row["count"], len(months)) if row else "" for row in rows],
        textposition="inside",
        textangle=0,
        insidetextanchor="middle",
        textfont={"color": mark.ink, "size": 10},
        constraintext="inside",
        customdata=[[f"{month:%Y-%m}", level] for month in months],
        hovertext=[
            f"<b>{text.month(month)}</b><br>"
            + text("charts.level_count", level=marks.level_word(level, text), n=row["count"] if row else 0)
            for month, row in zip(months, rows, strict=True)
        ],
        hovertemplate="%{hovertext}<extra></extra>",
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}, "textfont": {"color": mark.ink}},
        showlegend=False,
        name=f"level {level}",
    )


def _piece(numeral: str, count: int, months: int) -> str:
    """The word in a bar; narrow bars have room for the level alone, and the total stands over them."""
    return f"{numeral} {count}" if months <= NUMBERED else numeral


def untested(counts: pl.DataFrame) -> set[Any]:
    """Return the months without a warning of which not all could be tested."""
    if "untested" not in counts.columns:
        return set()
    return set(counts.filter(pl.col("untested") & pl.col("level").is_null())["period"])


def _totals(months: list[Any], totals: dict[Any, int], silent: set[Any]) -> go.Scatter:
    """The sum over each bar; a month without warnings says 0, or that it is missing."""
    words = [MISSING if month in silent else str(totals.get(month, 0)) for month in months]
    return go.Scatter(
        x=list(range(len(months))),
        y=[totals.get(month, 0) for month in months],
        mode="text",
        text=[f"<b>{word}</b>" for word in words],
        textposition="top center",
        textfont={"size": lettering.SMALL + 1, "color": token("ink.text")},
        unselected={"textfont": {"color": token("ink.text")}},
        hoverinfo="skip",
        cliponaxis=False,
        showlegend=False,
        name="totals",
    )


def finding(counts: pl.DataFrame, text: Text) -> str:
    """Return how many warnings there were in all, and in the last month by level."""
    months = counts["period"].unique().sort()
    if months.is_empty():
        return text("charts.nothing")
    last = counts.filter((pl.col("period") == months[-1]) & pl.col("level").is_not_null()).sort("level")
    parts = [
        text("charts.level_count", level=marks.level_word(row["level"], text), n=row["count"])
        for row in last.iter_rows(named=True)
        if row["count"]
    ]
    nothing = "not_all_tested" if months[-1] in untested(counts) else "none"
    return text(
        "charts.levels_finding",
        span=text.span(months[0], months[-1]),
        n=int(counts.filter(pl.col("level").is_not_null())["count"].sum()),
        month=text.month(months[-1]),
        parts=text.join(parts) if parts else text(f"charts.{nothing}"),
    )
