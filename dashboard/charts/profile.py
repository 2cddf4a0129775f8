"""How a score is made up: a bar a dimension or indicator, from 1 to 100, the comparator's median a tick.

Missing is a hatch over the whole scale with its word, though it counts as 1 point; what does not apply is an
empty outline, because it counts with the mean of the level and not with anything of the region's own.
"""

from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboard.charts import lettering, style
from dashboard.i18n import Text
from dashboard.theme.tokens import token

ROW = 32
# Words longer than this (in ems) go into two lines.
_EMS = 9.5
_LOOKS = {
    "dimension": (token("ink.link"), 0.28),
    "indicator": (token("magnitude.classes")[2], 0.2),
}


def figure(scores: pl.DataFrame, text: Text, *, selected: str | None = None) -> go.Figure:
    """Return the bars in the order of `scores`.

    Columns: code (of a dimension or an indicator, click: `customdata` [code]), name (in the language), part
    ("dimension" or "indicator"), score (1…100 or null), state ("value", "not_applicable", "missing",
    "left_out"); and if wanted benchmark (the comparator's median score), value (the indicator's value with
    its unit, in words) and note (a further line for hovering).
    """
    if scores.is_empty():
        return style.empty(text("charts.nothing"))
    rows = [{"y": i, **row} for i, row in enumerate(scores.iter_rows(named=True))]
    labels = [_axis_word(row, row["code"] == selected) for row in rows]
    chart = style.base(58 + ROW * len(rows))
    chart.add_trace(
        style.shaded(
            [_track(row) for row in rows if row["state"] != "left_out"], token("chart.stripe"), "track"
        )
    )
    missing = [row for row in rows if row["state"] == "missing"]
    chart.add_trace(
        style.hatched([_track(row) for row in missing], text("charts.missing"), showlegend=bool(missing))
    )
    for part in _LOOKS:
        chart.add_trace(_bars(rows, part))
    outlined = [row for row in rows if row["state"] == "not_applicable" and row["score"] is not None]
    chart.add_trace(_outlines(outlined, text))
    chart.add_trace(_ticks(rows, text))
    chart.add_trace(_words(rows, text))
    style.legend(chart)
    style.lay(
        chart,
        xaxis=style.value_axis(range=[0, 100], tickvals=[0, 20, 40, 60, 80, 100]),
        yaxis={**style.rows_axis(labels), "tickfont": {"size": lettering.SMALL}},
        margin={"l": lettering.margin_for(labels, lettering.SMALL), "r": 52, "b": 22},
        hovermode="y",
        hoverdistance=ROW // 2,
        clickmode="event+select",
    )
    return chart


def _axis_word(row: dict[str, Any], chosen: bool) -> str:
    word = lettering.wrap(row["name"], _EMS)
    return f"<b>{word}</b>" if chosen or row["part"] == "dimension" else word


def _track(row: dict[str, Any], thick: float = 0.3) -> style.Box:
    return 0, 100, row["y"] - thick, row["y"] + thick


def _bars(rows: list[dict[str, Any]], part: str) -> go.Scatter:
    """Boxes and not bars of Plotly's own: those lie under every box, the track included."""
    ink, thick = _LOOKS[part]
    shown = [row for row in rows if row["part"] == part and row["state"] == "value"]
    boxes = [(0, row["score"], row["y"] - thick, row["y"] + thick) for row in shown]
    return style.shaded(boxes, ink, part)


def _outlines(rows: list[dict[str, Any]], text: Text) -> go.Scatter:
    boxes = [(0, row["score"], row["y"] - 0.2, row["y"] + 0.2) for row in rows]
    line = {"color": token("ink.muted"), "width": 1.2, "dash": "dot"}
    return style.shaded(boxes, style.FADED, text("charts.not_applicable"), line=line, showlegend=bool(boxes))


def _ticks(rows: list[dict[str, Any]], text: Text) -> go.Scatter:
    known = [row for row in rows if row.get("benchmark") is not None]
    line = {"color": token("ink.text"), "width": 2.5}
    return go.Scatter(
        x=[row["benchmark"] for row in known],
        y=[row["y"] for row in known],
        mode="markers",
        marker={"symbol": "line-ns-open", "size": 17, "line": line, "color": line["color"], "opacity": 1},
        hoverinfo="skip",
        unselected={"marker": {"opacity": 1}},
        showlegend=bool(known),
        name=text("charts.median"),
    )


def _words(rows: list[dict[str, Any]], text: Text) -> go.Scatter:
    """The score right of its track; it carries the code and the words of the whole row."""
    return go.Scatter(
        x=[100] * len(rows),
        y=[row["y"] for row in rows],
        mode="text",
        text=[
            f" <b>{_said(row, text)}</b>" if row["part"] == "dimension" else f" {_said(row, text)}"
            for row in rows
        ],
        textposition="middle right",
        textfont={"size": lettering.SMALL + 1, "color": token("ink.text")},
        unselected={"textfont": {"color": token("ink.text")}},
        customdata=[[row["code"]] for row in rows],
        hovertext=[_hover(row, text) for row in rows],
        hovertemplate="%{hovertext}<extra></extra>",
        cliponaxis=False,
        showlegend=False,
        name="scores",
    )


def _said(row: dict[str, Any], text: Text) -> str:
    if row["state"] == "value":
        return f"{row['score']:.0f}"
    return text(f"charts.short_{row['state']}")


def _hover(row: dict[str, Any], text: Text) -> str:
    lines = [f"<b>{row['name']}</b>"]
    if row["state"] == "value":
        lines.append(text("charts.score_of", score=f"{row['score']:.1f}"))
    else:
        lines.append(text(f"charts.score_{row['state']}"))
    if row.get("value"):
        lines.append(text("charts.value_of", value=row["value"]))
    if row.get("benchmark") is not None:
        lines.append(text("charts.median_of", value=f"{row['benchmark']:.1f}"))
    return "<br>".join([*lines, *([row["note"]] if row.get("note") else [])])


def finding(scores: pl.DataFrame, text: Text) -> str:
    """Return the lowest and the highest dimension (or indicator, when there is one dimension or none)."""
    known = scores.filter((pl.col("state") == "value") & pl.col("score").is_not_null())
    dimensions = known.filter(pl.col("part") == "dimension")
    known = dimensions if dimensions.height > 1 else known
    missing = scores.filter(pl.col("state") == "missing").height
    if known.is_empty():
        return text("charts.no_values")
    ends = known.sort("score", maintain_order=True)
    low, high = ends.row(0, named=True), ends.row(-1, named=True)
    said = text(
        "charts.profile_finding",
        low=low["name"],
        low_score=f"{low['score']:.0f}",
        high=high["name"],
        high_score=f"{high['score']:.0f}",
    )
    return said + (text("charts.profile_missing", n=missing) if missing else "")
