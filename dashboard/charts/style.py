"""The one theme of all figures: fonts, colours, axes of months, hatch, legend, settings of Plotly.

Figures know nothing of their width: it is a screen's or a sheet's. Heights are fixed, margins follow words.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import plotly.graph_objects as go

from dashboard.charts.lettering import NORMAL, SMALL, month_word, wrap, year_word
from dashboard.i18n import Text
from dashboard.theme.tokens import token

# Plotly asks for a world map whenever there is a map; it finds an empty one on our own origin.
WORLD = "app/static/geo/"
# No mode bar: its camera would export a synthetic snapshot with real names.
CONFIG: dict[str, Any] = {
    "displayModeBar": False,
    "responsive": True,
    "doubleClick": False,
    "topojsonURL": WORLD,
}
# A picture is drawn anew at this width, so that a phone's camera gives the same picture as a desk's.
PICTURE_WIDTH = 1200
FADED = "rgba(0,0,0,0)"


def config(text: Text, fmt: str, filename: str, height: int) -> dict[str, Any]:
    """Return the settings of a chart with a camera that saves `filename` as "png" or "svg".

    Only for figures that may leave the house: of a synthetic snapshot give those with code names.
    `height` is the figure's own (`figure.layout.height`).
    """
    # Plotly writes its words through a dictionary; these are the ones a camera can show.
    words = {
        "Download plot as a PNG": text("charts.save"),
        "Download plot": text("charts.save"),
        "Preparing image - this may take a few seconds": text("charts.saving"),
        "Image download succeeded": text("charts.saved"),
        "Sorry, there was a problem downloading your image!": text("charts.not_saved"),
    }
    image = {"format": fmt, "filename": filename, "width": PICTURE_WIDTH, "height": height, "scale": 2}
    return {
        **CONFIG,
        "displayModeBar": True,
        "displaylogo": False,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": image if fmt == "png" else {**image, "scale": 1},
        "locale": "zx",
        "locales": {"zx": {"dictionary": words}},
    }


def base(height: int) -> go.Figure:
    """Return an empty figure in the theme, `height` pixels tall, as wide as its place."""
    return go.Figure(
        layout={
            "template": "none",
            "height": height,
            "margin": {"l": 0, "r": 0, "t": 0, "b": 0, "pad": 0},
            # A saved picture has no card under it.
            "paper_bgcolor": token("surface.card"),
            "plot_bgcolor": FADED,
            "showlegend": False,
            "dragmode": False,
            "hovermode": "closest",
            "font": {"family": token("type.family"), "size": NORMAL, "color": token("ink.text")},
            "modebar": {"bgcolor": FADED, "color": token("ink.muted"), "activecolor": token("ink.link")},
            "hoverlabel": {
                "bgcolor": token("surface.card"),
                "bordercolor": token("surface.line"),
                "font": {"family": token("type.family"), "size": NORMAL, "color": token("ink.text")},
                "align": "left",
            },
        }
    )


def lay(figure: go.Figure, **layout: Any) -> None:
    """Merge into a figure's layout as `update_layout` does, in a quarter of its time."""
    figure.layout = _merged(figure.layout.to_plotly_json(), layout)


def _merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    both = dict(old)
    for key, value in new.items():
        inner = both.get(key)
        both[key] = _merged(inner, value) if isinstance(inner, dict) and isinstance(value, dict) else value
    return both


def empty(sentence: str, height: int = 120) -> go.Figure:
    """Return a panel that says why there is nothing to draw."""
    figure = base(height)
    figure.update_xaxes(visible=False, fixedrange=True, range=[0, 1])
    figure.update_yaxes(visible=False, fixedrange=True, range=[0, 1])
    figure.add_annotation(
        x=0.5, y=0.5, text=wrap(sentence, 22), showarrow=False, font={"color": token("ink.muted")}
    )
    return figure


def legend(figure: go.Figure, top: int = 30) -> None:
    """Show the legend above the plot, not to be clicked; `top` is the margin it needs at the least."""
    lay(
        figure,
        showlegend=True,
        legend={
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": 1,
            "yanchor": "bottom",
            "yref": "paper",
            "traceorder": "normal",
            "itemclick": False,
            "itemdoubleclick": False,
            "font": {"size": SMALL + 1, "color": token("ink.muted")},
            "bgcolor": FADED,
        },
        margin={"t": top},
    )


def key(name: str, **look: Any) -> go.Scatter:
    """Return an entry of the legend without data: Plotly drops the entry of a trace that is empty."""
    return go.Scatter(x=[None], y=[None], name=name, showlegend=True, hoverinfo="skip", **look)


Box = tuple[float, float, float, float]


def hatched(boxes: Iterable[Box], name: str = "missing", **more: Any) -> go.Scatter:
    """Return one trace of hatched boxes (x0, x1, y0, y1): what is missing, never a value."""
    hatch = {
        "shape": "/",
        "fgcolor": token("magnitude.hatch"),
        "bgcolor": FADED,
        "size": 7,
        "solidity": 0.16,
    }
    return _boxes(boxes, name, fillpattern=hatch, fillcolor=FADED, **more)


def shaded(boxes: Iterable[Box], colour: str, name: str, **more: Any) -> go.Scatter:
    """Return one trace of boxes (x0, x1, y0, y1) filled with a colour."""
    return _boxes(boxes, name, fillcolor=colour, **more)


def _boxes(boxes: Iterable[Box], name: str, **look: Any) -> go.Scatter:
    x: list[float | None] = []
    y: list[float | None] = []
    for x0, x1, y0, y1 in boxes:
        x += [x0, x1, x1, x0, x0, None]
        y += [y0, y0, y1, y1, y0, None]
    look = {"line": {"width": 0, "color": FADED}, "showlegend": False, **look}
    return go.Scatter(x=x, y=y, mode="lines", fill="toself", hoverinfo="skip", name=name, **look)


def halo(ground: str = "surface.card") -> str:
    """Return the shadow that keeps words readable over lines and hatch."""
    return ", ".join([f"0 0 3px {token(ground)}"] * 4)


def runs(flags: Sequence[bool]) -> list[tuple[int, int]]:
    """Return the first and last index of every unbroken run of true flags."""
    found: list[tuple[int, int]] = []
    for index, flag in enumerate(flags):
        if flag and found and found[-1][1] == index - 1:
            found[-1] = (found[-1][0], index)
        elif flag:
            found.append((index, index))
    return found


def months_axis(months: Sequence[date], text: Text) -> dict[str, Any]:
    """Return an x axis of months at 0, 1, 2…: each month up to 8, each second up to 14, else each third.

    The last month always has its word; a year stands under its first.
    """
    every = 1 if len(months) <= 8 else 2 if len(months) <= 14 else 3
    ticks = list(range(len(months)))[::-1][::every][::-1]
    words = []
    for before, i in zip([None, *ticks], ticks, strict=False):
        begins = before is None or months[before].year != months[i].year
        words.append(month_word(months[i], text) + (f"<br>{year_word(months[i], text)}" if begins else ""))
    return {
        "tickmode": "array",
        "tickvals": ticks,
        "ticktext": words,
        "tickangle": 0,
        "tickfont": {"size": SMALL, "color": token("ink.muted")},
        "range": [-0.6, len(months) - 0.4],
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
        "ticks": "",
    }


def rows_axis(words: Sequence[str], places: Sequence[float] | None = None) -> dict[str, Any]:
    """Return a y axis of rows at 0, 1, 2… from the top (or at `places`), each with its word."""
    at = list(range(len(words))) if places is None else list(places)
    return {
        "range": [max(at) + 0.5, -0.5],
        "tickmode": "array",
        "tickvals": at,
        "ticktext": list(words),
        "ticklabelstandoff": 6,
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
        "ticks": "",
    }


def value_axis(**more: Any) -> dict[str, Any]:
    """Return an axis of values: light grid, small muted figures."""
    return {
        "fixedrange": True,
        "zeroline": False,
        "showgrid": True,
        "gridcolor": token("chart.grid"),
        "tickfont": {"size": SMALL, "color": token("ink.muted")},
        "ticks": "",
        "separatethousands": True,
        **more,
    }
