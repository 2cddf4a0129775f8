"""The swimlane: one lane a region, one column a month, a mark where a warning was raised.

A mark has shape, numeral and colour of its level; an empty cell is a month without a warning; hatched is not
reported, a dot too little to test; shaded months are provisional. Lanes on top (the province, an opened
prefecture) stand apart on their own ground. A click gives `customdata` [code, month]. A column needs about 24
pixels: a phone holds 12.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboard.charts import lettering, marks, names, style
from dashboard.i18n import Text
from dashboard.theme.tokens import token

ROW = 28
_SIZE = 17
_GAP = 0.4


def figure(
    cells: pl.DataFrame,
    text: Text,
    *,
    top: Sequence[str] = (),
    selected: tuple[str, date] | None = None,
) -> go.Figure:
    """Return the lanes in the order their regions first come in `cells`, those of `top` first.

    `cells` is the whole grid, one row a region and month: region_id, name (and full_name), period (date),
    level (1 gravest … 4, null = no warning), state ("quiet", "not_reported" or "not_tested"), provisional;
    and if wanted count (warnings of that month inside the region, shown as a number where there is no level)
    and, for hovering, lead (words of the lead source), unit, observed, expected, lower, upper.
    `selected` is the (code, month) to be framed.
    """
    if cells.is_empty():
        return style.empty(text("charts.nothing"))
    lanes, months = _lanes(cells, top), cells["period"].unique().sort().to_list()
    rows = [_at(row, lanes, months) for row in cells.iter_rows(named=True)]
    low = max(lanes.values()) + 0.5
    chart = style.base(round(ROW * (low + 0.5)) + 30 + 36)
    chart.add_trace(_grounds(lanes, top, len(months)))
    chart.add_trace(_provisional(rows, lanes, months, text))
    chart.add_trace(_lines(lanes, top, len(months)))
    chart.add_trace(_missing(rows, text))
    for trace in _untested(rows, text):
        chart.add_trace(trace)
    for level in marks.MARKS:
        chart.add_trace(_marks([row for row in rows if row["level"] == level], level, text))
        chart.add_trace(marks.level_key(level, text))
    chart.add_trace(_counts([row for row in rows if row["level"] is None and row.get("count")], text))
    chart.add_trace(_touch([row for row in rows if _silent(row)], text))
    if selected and selected[0] in lanes and selected[1] in months:
        chart.add_trace(_frame(months.index(selected[1]), lanes[selected[0]]))
    _axes(chart, cells, lanes, months, low, text)
    return chart


def _lanes(cells: pl.DataFrame, top: Sequence[str]) -> dict[str, float]:
    """The height of every lane; lanes on top end with a gap."""
    codes = cells["region_id"].unique(maintain_order=True).to_list()
    above = [code for code in top if code in codes]
    below = [code for code in codes if code not in above]
    gap = _GAP if above and below else 0.0
    return {code: i + (gap if i >= len(above) else 0.0) for i, code in enumerate([*above, *below])}


def _at(row: dict[str, Any], lanes: dict[str, float], months: list[date]) -> dict[str, Any]:
    return {**row, "x": months.index(row["period"]), "y": lanes[row["region_id"]]}


def _silent(row: dict[str, Any]) -> bool:
    return row["level"] is None and not row.get("count")


def _grounds(lanes: dict[str, float], top: Sequence[str], count: int) -> go.Scatter:
    boxes = [(-0.5, count - 0.5, lanes[code] - 0.5, lanes[code] + 0.5) for code in top if code in lanes]
    return style.shaded(boxes, token("chart.stripe"), "top")


def _lines(lanes: dict[str, float], top: Sequence[str], count: int) -> go.Scatter:
    """A thin line under every lane but those on top, which have their ground."""
    x: list[float | None] = []
    y: list[float | None] = []
    for code, lane in lanes.items():
        if code not in top:
            x += [-0.5, count - 0.5, None]
            y += [lane + 0.5, lane + 0.5, None]
    line = {"color": token("chart.grid"), "width": 1}
    return go.Scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip", showlegend=False, name="lines")


def _provisional(
    rows: Iterable[dict[str, Any]], lanes: dict[str, float], months: list[date], text: Text
) -> go.Scatter:
    """Columns in which anything is provisional; a month some regions have not closed is not closed."""
    open_months = {row["x"] for row in rows if row["provisional"]}
    low, high = min(lanes.values()) - 0.5, max(lanes.values()) + 0.5
    boxes = [
        (a - 0.5, b + 0.5, low, high) for a, b in style.runs([i in open_months for i in range(len(months))])
    ]
    return style.shaded(boxes, token("chart.provisional"), text("charts.provisional"), showlegend=bool(boxes))


def _missing(rows: Iterable[dict[str, Any]], text: Text) -> go.Scatter:
    boxes = [
        (row["x"] - 0.5, row["x"] + 0.5, row["y"] - 0.44, row["y"] + 0.44)
        for row in rows
        if row["state"] == "not_reported"
    ]
    return style.hatched(boxes, text("charts.not_reported"), showlegend=bool(boxes))


def _untested(rows: Iterable[dict[str, Any]], text: Text) -> list[go.Scatter]:
    """Dots where nothing could be tested, with their word in the legend; none, no word."""
    dots = [row for row in rows if row["state"] == "not_tested" and _silent(row)]
    look = {"mode": "markers", "marker": {"symbol": "circle", "size": 4, "color": token("magnitude.hatch")}}
    if not dots:
        return []
    x, y = [row["x"] for row in dots], [row["y"] for row in dots]
    return [
        go.Scatter(x=x, y=y, hoverinfo="skip", showlegend=False, name="untested", **look),
        style.key(text("charts.short_not_tested"), **look),
    ]


def _marks(rows: list[dict[str, Any]], level: int, text: Text) -> go.Scatter:
    mark = marks.MARKS[level]
    return go.Scatter(
        x=[row["x"] for row in rows],
        y=[row["y"] for row in rows],
        mode="markers+text",
        marker={**marks.level_marker(level, _SIZE), "opacity": 1},
        text=[mark.numeral] * len(rows),
        textfont={"size": 10, "color": mark.ink},
        customdata=[_data(row) for row in rows],
        hovertext=[_hover(row, text) for row in rows],
        hovertemplate="%{hovertext}<extra></extra>",
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}, "textfont": {"color": mark.ink}},
        showlegend=False,
        name=f"level {level}",
    )


def _data(row: dict[str, Any]) -> list[str]:
    return [row["region_id"], f"{row['period']:%Y-%m}"]


def _counts(rows: list[dict[str, Any]], text: Text) -> go.Scatter:
    return go.Scatter(
        x=[row["x"] for row in rows],
        y=[row["y"] for row in rows],
        mode="text",
        text=[str(row["count"]) for row in rows],
        textfont={"size": lettering.NORMAL, "color": token("ink.text")},
        unselected={"textfont": {"color": token("ink.text")}},
        customdata=[_data(row) for row in rows],
        hovertext=[_hover(row, text) for row in rows],
        hovertemplate="%{hovertext}<extra></extra>",
        showlegend=False,
        name="counts",
    )


def _touch(rows: list[dict[str, Any]], text: Text) -> go.Scatter:
    """Unseen points in cells without a mark: they say on hovering why nothing stands there."""
    return go.Scatter(
        x=[row["x"] for row in rows],
        y=[row["y"] for row in rows],
        mode="markers",
        marker={"symbol": "square", "size": _SIZE, "opacity": 0},
        customdata=[_data(row) for row in rows],
        hovertext=[_hover(row, text) for row in rows],
        hovertemplate="%{hovertext}<extra></extra>",
        unselected={"marker": {"opacity": 0}},
        selected={"marker": {"opacity": 0}},
        showlegend=False,
        name="touch",
    )


def _hover(row: dict[str, Any], text: Text) -> str:
    lines = [f"<b>{names.full(row, text)}</b> {text.month(row['period'])}"]
    if row["level"] is not None:
        lines.append(marks.level_word(row["level"], text))
    else:
        lines.append(text(f"charts.state_{row['state']}"))
    if row.get("count"):
        lines.append(text("charts.warnings_inside", n=row["count"]))
    if row.get("lead"):
        lines.append(row["lead"])
    if row.get("expected") is not None:
        lines.append(marks.expected_word(row, text))
    if row["provisional"]:
        lines.append(text("charts.provisional"))
    return "<br>".join(lines)


def _frame(x: int, y: float) -> go.Scatter:
    return style.shaded(
        [(x - 0.48, x + 0.48, y - 0.46, y + 0.46)],
        style.FADED,
        "selected",
        line={"color": token("ink.text"), "width": 2},
    )


def _axes(
    chart: go.Figure, cells: pl.DataFrame, lanes: dict[str, float], months: list[date], low: float, text: Text
) -> None:
    rows = cells.unique("region_id", keep="first", maintain_order=True).iter_rows(named=True)
    words = {row["region_id"]: names.short(row, text) for row in rows}
    style.legend(chart)
    style.lay(
        chart,
        xaxis={**style.months_axis(months, text), "range": [-0.5, len(months) - 0.5]},
        # Lanes lie by number and not by name: two counties may have one English name.
        yaxis=style.rows_axis([words[code] for code in lanes], list(lanes.values())),
        margin={"l": lettering.margin_for(words.values()), "r": 2, "b": 36},
        clickmode="event+select",
        hoverdistance=14,
    )


def finding(cells: pl.DataFrame, text: Text) -> str:
    """Return how many warnings stand in the lanes, by level, and how many cells were not reported."""
    counts = {level: cells.filter(pl.col("level") == level).height for level in marks.MARKS}
    parts = [
        text("charts.level_count", level=marks.level_word(level, text), n=n)
        for level, n in counts.items()
        if n
    ]
    said = (
        text("charts.lanes_finding", n=sum(counts.values()), parts=text.join(parts))
        if parts
        else text("charts.lanes_none")
    )
    missing = cells.filter(pl.col("state") == "not_reported").height
    return said + (text("charts.lanes_missing", n=missing) if missing else "")
