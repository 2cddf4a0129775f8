"""The one theme of all figures: fonts, colours, margins, and the settings Streamlit's Plotly needs."""

from typing import Any

import plotly.graph_objects as go

from dashboard.theme.tokens import token

# No mode bar: its camera would export a synthetic snapshot with real names.
CONFIG: dict[str, Any] = {"displayModeBar": False, "responsive": True, "doubleClick": False}


def base(height: int) -> go.Figure:
    """Return an empty figure in the theme, `height` pixels tall, as wide as its place."""
    figure = go.Figure()
    figure.update_layout(
        template="none",
        height=height,
        margin={"l": 0, "r": 0, "t": 0, "b": 0, "pad": 0},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        showlegend=False,
        dragmode=False,
        font={"family": token("type.family"), "size": 13, "color": token("ink.text")},
        hoverlabel={
            "bgcolor": token("surface.card"),
            "bordercolor": token("surface.line"),
            "font": {"family": token("type.family"), "size": 13, "color": token("ink.text")},
            "align": "left",
        },
    )
    return figure
