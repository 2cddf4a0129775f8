"""The spine: a region's place among others on every indicator, in rows, the benchmark straight in the middle.

Right of the middle is better, whatever the indicator. A row holds the value with its number of cases, nine
tenths and the middle half of the compared regions, the region's mark, its peers' median, its place among them
and the word of its trend. A mark has a colour only where the data are sure of it.
"""

from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboard.charts import lettering, style
from dashboard.i18n import Text
from dashboard.theme.tokens import token

ROW = 33
HEAD = 24
# Words longer than this (in ems) go into two lines.
_EMS = 9.5
# One axis for all columns, so that rows stay whole: where each column stands on it, from 0 to 100.
_DOT, _VALUE, _SPINE, _PLACE, _TREND = 3.0, 23.0, (29.0, 74.0), 82.0, 95.0
_MARKS = {
    "below": ("triangle-down", "benchmark.below", "benchmark.below"),
    "near": ("circle", "benchmark.near", "magnitude.border"),
    "above": ("triangle-up", "benchmark.above", "benchmark.above"),
}
QUALITY = {"value": "●", "provisional": "◐", "not_applicable": "–", "missing": "·"}


def figure(rows: pl.DataFrame, text: Text, *, selected: str | None = None) -> go.Figure:
    """Return the spine in the order of `rows`.

    Columns: code (click: `customdata` [code]), name, part ("dimension" or "indicator"), value and cases (in
    words), quality (a key of QUALITY), left, box_left, box_right, right, dot, peer_dot (−1 worse, 0 equal,
    1 better, or null), against ("below", "near", "above"), place (in words), trend (in words) and hover.
    """
    if rows.is_empty():
        return style.empty(text("charts.nothing"))
    lines = [{"y": i, **row} for i, row in enumerate(rows.iter_rows(named=True))]
    labels = [_axis_word(row, row["code"] == selected) for row in lines]
    chart = style.base(HEAD + ROW * len(lines) + 4)
    whole = [(0.0, 100.0, row["y"] - 0.48, row["y"] + 0.48) for row in lines if row["part"] == "dimension"]
    chart.add_trace(style.shaded(whole, token("chart.stripe"), "dimensions"))
    known = [row for row in lines if row["left"] is not None]
    chart.add_trace(_bands(known, ("left", "right"), 0.1, token("surface.line"), "nine tenths"))
    chart.add_trace(_bands(known, ("box_left", "box_right"), 0.2, token("magnitude.classes")[1], "half"))
    chart.add_trace(_middle(lines))
    chart.add_trace(_peers(known, text))
    for against in _MARKS:
        chart.add_trace(_marks([row for row in known if row["dot"] is not None], against, text))
    chart.add_trace(_words(lines))
    for column, x, place in (("place", _PLACE, "middle center"), ("trend", _TREND, "middle center")):
        chart.add_trace(_column(lines, column, x, place))
    chart.add_trace(_column(lines, "quality", _DOT, "middle center"))
    style.lay(
        chart,
        xaxis={"visible": False, "fixedrange": True, "range": [0, 100]},
        yaxis={**style.rows_axis(labels), "tickfont": {"size": lettering.SMALL}},
        annotations=_heads(text),
        margin={"l": lettering.margin_for(labels, lettering.SMALL), "r": 12, "t": HEAD, "b": 4},
        hovermode="y",
        hoverdistance=ROW // 2,
        clickmode="event+select",
    )
    return chart


def _axis_word(row: dict[str, Any], chosen: bool) -> str:
    word = lettering.wrap(row["name"], _EMS)
    return f"<b>{word}</b>" if chosen or row["part"] == "dimension" else word


def _x(place: float) -> float:
    """Where a place from −1 to 1 stands on the axis of columns."""
    return _SPINE[0] + (place + 1) / 2 * (_SPINE[1] - _SPINE[0])


def _bands(
    rows: list[dict[str, Any]], ends: tuple[str, str], thick: float, ink: str, name: str
) -> go.Scatter:
    boxes = [(_x(row[ends[0]]), _x(row[ends[1]]), row["y"] - thick, row["y"] + thick) for row in rows]
    return style.shaded(boxes, ink, name)


def _middle(rows: list[dict[str, Any]]) -> go.Scatter:
    line = {"color": token("magnitude.border"), "width": 1.2}
    return go.Scatter(
        x=[_x(0), _x(0)],
        y=[-0.5, len(rows) - 0.5],
        mode="lines",
        line=line,
        hoverinfo="skip",
        name="benchmark",
    )


def _peers(rows: list[dict[str, Any]], text: Text) -> go.Scatter:
    near = [row for row in rows if row["peer_dot"] is not None]
    return _symbols(near, "peer_dot", "line-ns-open", 13, token("ink.text"), token("ink.text"), "peers")


def _marks(rows: list[dict[str, Any]], against: str, text: Text) -> go.Scatter:
    symbol, ink, line = _MARKS[against]
    mine = [row for row in rows if row["against"] == against]
    return _symbols(mine, "dot", symbol, 11, token(ink), token(line), against)


def _symbols(
    rows: list[dict[str, Any]], column: str, symbol: str, size: int, ink: str, line: str, name: str
) -> go.Scatter:
    return go.Scatter(
        x=[_x(row[column]) for row in rows],
        y=[row["y"] for row in rows],
        mode="markers",
        marker={
            "symbol": symbol,
            "size": size,
            "color": ink,
            "opacity": 1,
            "line": {"color": line, "width": 1.3},
        },
        hoverinfo="skip",
        unselected={"marker": {"opacity": 1}},
        name=name,
    )


def _words(rows: list[dict[str, Any]]) -> go.Scatter:
    """The value over its number of cases; it carries the code and the words of the whole row."""
    return go.Scatter(
        x=[_VALUE] * len(rows),
        y=[row["y"] for row in rows],
        mode="text",
        text=[_value(row) for row in rows],
        textposition="middle left",
        textfont={"size": lettering.SMALL + 1, "color": token("ink.text")},
        unselected={"textfont": {"color": token("ink.text")}},
        customdata=[[row["code"]] for row in rows],
        hovertext=[row["hover"] for row in rows],
        hovertemplate="%{hovertext}<extra></extra>",
        cliponaxis=False,
        name="scores",
    )


def _value(row: dict[str, Any]) -> str:
    if row["part"] == "dimension":
        return f"<b>{row['value']}</b>"
    small = (
        f'<br><span style="font-size:{lettering.SMALL - 1}px">{row["cases"]}</span>' if row["cases"] else ""
    )
    return f"{row['value']}{small}"


def _column(rows: list[dict[str, Any]], column: str, x: float, place: str) -> go.Scatter:
    signs = QUALITY if column == "quality" else {}
    shown = [row for row in rows if row[column] and not (signs and row["part"] == "dimension")]
    return go.Scatter(
        x=[x] * len(shown),
        y=[row["y"] for row in shown],
        mode="text",
        text=[signs.get(row[column], row[column]) for row in shown],
        textposition=place,
        textfont={"size": lettering.SMALL, "color": token("ink.muted" if signs else "ink.text")},
        unselected={"textfont": {"color": token("ink.text")}},
        hoverinfo="skip",
        cliponaxis=False,
        name=column,
    )


def _heads(text: Text) -> list[dict[str, Any]]:
    """What each column holds, over the first row."""
    places = (
        ("value", _VALUE, "right"),
        ("worse", _SPINE[0], "left"),
        ("benchmark", _x(0), "center"),
        ("better", _SPINE[1], "right"),
        ("place", _PLACE, "center"),
        ("trend", _TREND, "center"),
    )
    return [
        {
            "x": x,
            "y": -0.5,
            "yanchor": "bottom",
            "xanchor": side,
            "text": text(f"spine.head_{key}"),
            "showarrow": False,
            "align": side,
            "font": {"size": lettering.SMALL, "color": token("ink.muted")},
        }
        for key, x, side in places
    ]


def finding(rows: pl.DataFrame, text: Text) -> str:
    """Return on how many indicators the region is surely better and surely worse than the benchmark."""
    known = rows.filter((pl.col("part") == "indicator") & pl.col("dot").is_not_null())
    if known.is_empty():
        return text("charts.no_values")
    counts = {key: int((known["against"] == key).sum()) for key in _MARKS}
    missing = int((rows["quality"] == "missing").sum())
    said = text("spine.finding", n=known.height, **counts)
    return said + (text("spine.finding_missing", n=missing) if missing else "")
