"""Scores of a prefecture's counties as a matrix: a row an indicator, a column a county, a cell its score.

Cells are markers, because a click on a heat map of Plotly's own returns nothing. Their shade is one of five
steps of the scale 1 to 100 and the score stands in the cell; missing is hatched, not applicable a dash.
"""

from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboard.charts import lettering, names, style
from dashboard.charts.ranking import LIMITS
from dashboard.i18n import Text
from dashboard.theme.tokens import token

ROW = 26
_EMS = 10.5


def figure(scores: pl.DataFrame, text: Text, *, selected: str | None = None) -> go.Figure:
    """Return the matrix; indicators in the order they first come in, counties in code order.

    Columns: region_id, name (and full_name), indicator_id, indicator (its name in the language), score (1…100
    or null), score_state ("value", "not_applicable", "missing", "left_out"); and if wanted value (the
    indicator's value with its unit, in words). A click gives `customdata` [code, indicator_id].
    """
    if (scores["score_state"] == "left_out").all():
        return style.empty(text("charts.nothing"))
    # What nobody reports is no news of a county: its whole row goes.
    scores = scores.filter((pl.col("score_state") != "left_out").any().over("indicator_id"))
    columns = {code: i for i, code in enumerate(scores["region_id"].unique().sort())}
    rows = {code: i for i, code in enumerate(scores["indicator_id"].unique(maintain_order=True))}
    cells = [
        {**cell, "x": columns[cell["region_id"]], "y": rows[cell["indicator_id"]]}
        for cell in scores.iter_rows(named=True)
    ]
    words = {cell["indicator_id"]: lettering.wrap(cell["indicator"], _EMS) for cell in cells}
    heads = {cell["region_id"]: names.short(cell, text) for cell in cells}
    head_room = lettering.margin_for(heads.values(), lettering.SMALL + 1)
    chart = style.base(ROW * len(rows) + head_room + 4)
    for step in range(len(LIMITS) + 1):
        chart.add_trace(_step([cell for cell in cells if _shade(cell) == step], step))
    chart.add_trace(style.hatched([_box(cell) for cell in cells if cell["score_state"] == "missing"]))
    size = 9 if len(columns) > 12 else 10
    for ink in (token("ink.text"), token("ink.inverse")):
        chart.add_trace(_words([cell for cell in cells if _ink(cell) == ink], ink, size))
    chart.add_trace(_touch(cells, text))
    top = {
        "side": "top",
        "range": [-0.5, len(columns) - 0.5],
        "tickvals": list(columns.values()),
        "ticktext": [f"<b>{heads[code]}</b>" if code == selected else heads[code] for code in columns],
        "tickangle": -90,
        "tickfont": {"size": lettering.SMALL + 1},
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
        "ticks": "",
    }
    style.lay(
        chart,
        xaxis=top,
        yaxis={**style.rows_axis([words[code] for code in rows]), "tickfont": {"size": lettering.SMALL}},
        margin={"l": lettering.margin_for(words.values(), lettering.SMALL), "r": 2, "t": head_room, "b": 2},
        clickmode="event+select",
        hoverdistance=14,
    )
    return chart


def _shade(cell: dict[str, Any]) -> int | None:
    if cell["score_state"] != "value" or cell["score"] is None:
        return None
    return sum(bool(cell["score"] >= limit) for limit in LIMITS)


def _box(cell: dict[str, Any]) -> style.Box:
    return cell["x"] - 0.48, cell["x"] + 0.48, cell["y"] - 0.46, cell["y"] + 0.46


def _step(cells: list[dict[str, Any]], step: int) -> go.Scatter:
    # A low score is what one looks for: it is the dark end.
    fill = token("magnitude.classes")[len(LIMITS) - step]
    return style.shaded([_box(cell) for cell in cells], fill, f"step {step}")


def _ink(cell: dict[str, Any]) -> str:
    shade = _shade(cell)
    return str(token("ink.text") if shade is None else token("magnitude_ink.classes")[len(LIMITS) - shade])


def _words(cells: list[dict[str, Any]], ink: str, size: int) -> go.Scatter:
    """The figures in one ink: a trace each, because a click fades a trace's words to one colour."""
    said = [cell for cell in cells if _said(cell)]
    return go.Scatter(
        x=[cell["x"] for cell in said],
        y=[cell["y"] for cell in said],
        mode="text",
        text=[_said(cell) for cell in said],
        textfont={"size": size, "color": ink},
        unselected={"textfont": {"color": ink}},
        hoverinfo="skip",
        name="figures",
    )


def _touch(cells: list[dict[str, Any]], text: Text) -> go.Scatter:
    """Unseen points that carry the codes, and the words on hovering."""
    return go.Scatter(
        x=[cell["x"] for cell in cells],
        y=[cell["y"] for cell in cells],
        mode="markers",
        marker={"symbol": "square", "size": 20, "opacity": 0},
        customdata=[[cell["region_id"], cell["indicator_id"]] for cell in cells],
        hovertext=[_hover(cell, text) for cell in cells],
        hovertemplate="%{hovertext}<extra></extra>",
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
        name="cells",
    )


def _said(cell: dict[str, Any]) -> str:
    """A figure, a dash for not applicable, nothing on a hatch and for what nobody reports."""
    if cell["score_state"] == "value" and cell["score"] is not None:
        return f"{cell['score']:.0f}"
    return "–" if cell["score_state"] == "not_applicable" else ""


def _hover(cell: dict[str, Any], text: Text) -> str:
    lines = [f"<b>{names.full(cell, text)}</b>", cell["indicator"]]
    if cell["score_state"] == "value" and cell["score"] is not None:
        lines.append(text("charts.score_of", score=f"{cell['score']:.1f}"))
    else:
        lines.append(text(f"charts.score_{cell['score_state']}"))
    return "<br>".join(
        [*lines, *([text("charts.value_of", value=cell["value"])] if cell.get("value") else [])]
    )


def finding(scores: pl.DataFrame, text: Text) -> str:
    """Return how many cells score below the lowest limit, and how many are missing."""
    low = scores.filter((pl.col("score_state") == "value") & (pl.col("score") < LIMITS[0])).height
    missing = scores.filter(pl.col("score_state") == "missing").height
    return text("charts.heat_finding", n=scores.height, low=low, limit=LIMITS[0], missing=missing)
