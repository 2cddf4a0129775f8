"""A chart with one row a region: the frame of the selected row, points that take a click, where a row lies.

Used by `ranking.py` and `stability.py`; rows are drawn in order from the top, at y = 0, 1, 2 …
"""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from dashboard.charts import style
from dashboard.theme.tokens import token

ROW = 24


def marked(codes: Sequence[str], selected: str | None) -> list[dict[str, Any]]:
    """Return the frame round the row of the selected region; none where it has no row."""
    return [
        {
            "type": "rect",
            "layer": "between",
            "xref": "paper",
            "x0": 0,
            "x1": 1,
            "y0": i - 0.5,
            "y1": i + 0.5,
            "line": {"width": 1.5, "color": token("ink.link")},
            "fillcolor": style.FADED,
        }
        for i, code in enumerate(codes)
        if code == selected
    ]


def touch(codes: Sequence[str], x: Sequence[float | None], words: Sequence[str]) -> go.Scatter:
    """Return one unseen point a row with its code and words: Plotly turns labels of several on their side."""
    return go.Scatter(
        x=x,
        y=list(range(len(codes))),
        mode="markers",
        marker={"size": 14, "opacity": 0},
        customdata=[[code] for code in codes],
        hovertext=words,
        hovertemplate="%{hovertext}<extra></extra>",
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
        showlegend=False,
        name="touch",
    )


def offset(chart: go.Figure, code: str) -> int | None:
    """Return how far under the top of a chart a region's row lies, in pixels; None without that row."""
    codes = [place[0] for trace in chart.data if trace.name == "touch" for place in trace.customdata]
    return chart.layout.margin.t + ROW * codes.index(code) if code in codes else None
