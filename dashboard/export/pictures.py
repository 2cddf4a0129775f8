"""A figure dressed for the camera: title and what it is on top, source line at the foot, watermark where due.

The figure on the page has its title outside; a picture that leaves the page must carry it, and the names it
may.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

import plotly.graph_objects as go

from dashboard.charts import lettering
from dashboard.theme.tokens import token

TITLE, SMALL = 17, 11
# Characters of one em a line holds at the picture's width.
_TITLE_EMS, _LINE_EMS = 62, 98
_LINE = 1.45
MAPS = ("choropleth", "scattergeo", "choroplethmap", "scattermap")


def has_borders(figure: go.Figure) -> bool:
    """Say whether a figure draws real borders, which pictures of a synthetic snapshot must not."""
    return any(trace.type in MAPS for trace in figure.data)


def dress(
    figure: go.Figure, title: str, line: str, foot: Sequence[str], watermark: str, mask: Callable[[str], str]
) -> go.Figure:
    """Return a new figure with title, line of unit, period and areas, foot lines and watermark in it.

    `mask` sweeps every text. Room is added outside the plot, so that the plot keeps its size.
    """
    picture = go.Figure(_swept(json.loads(figure.to_json()), mask), skip_invalid=True)
    title_words = lettering.wrap(mask(title), _TITLE_EMS)
    line_words = lettering.wrap(mask(line), _LINE_EMS)
    foot_words = "<br>".join(lettering.wrap(mask(words), _LINE_EMS) for words in foot)
    above = round(TITLE * _LINE * _lines(title_words) + SMALL * _LINE * _lines(line_words)) + 18
    under = round(SMALL * _LINE * _lines(foot_words)) + 18
    margin = figure.layout.margin
    top, bottom = margin.t or 0, margin.b or 0
    picture.update_layout(
        height=(figure.layout.height or 400) + above + under,
        margin={
            "t": top + above,
            "b": bottom + under,
            "l": max(margin.l or 0, 16),
            "r": max(margin.r or 0, 16),
        },
        paper_bgcolor=token("surface.card"),
    )
    # Positions in pixels from the plot's corners: `title` of the layout is cut off at the edge.
    left = 16 - max(margin.l or 0, 16)
    heading = f"<b>{title_words}</b><br><span style='font-size:{SMALL}px'>{line_words}</span>"
    picture.add_annotation(
        text=heading,
        **_corner(left, 1, "bottom", top + 8),
        font={"size": TITLE, "color": token("ink.text")},
    )
    picture.add_annotation(
        text=foot_words,
        **_corner(left, 0, "top", -bottom - 8),
        font={"size": SMALL, "color": token("ink.muted")},
    )
    if watermark:
        for x in (0.2, 0.5, 0.8):
            picture.add_annotation(
                text=watermark,
                xref="paper",
                yref="paper",
                x=x,
                y=0.5,
                textangle=-24,
                showarrow=False,
                opacity=0.18,
                font={"size": 30, "color": token("surface.watermark")},
            )
    return picture


def _corner(left: int, y: int, anchor: str, shift: float) -> dict[str, Any]:
    """Where words stand: `left` and `shift` pixels from the left corner of the plot's foot (0) or top (1)."""
    place = {"xref": "paper", "yref": "paper", "x": 0, "y": y, "xanchor": "left", "yanchor": anchor}
    return {**place, "xshift": left, "yshift": shift, "align": "left", "showarrow": False}


def _lines(words: str) -> int:
    return words.count("<br>") + 1


def _swept(value: Any, mask: Callable[[str], str]) -> Any:
    """A figure's parts with every text swept; packed numbers and templates are no text."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, list):
        return [_swept(item, mask) for item in value]
    if isinstance(value, dict):
        return {key: item if key == "bdata" else _swept(item, mask) for key, item in value.items()}
    return value
