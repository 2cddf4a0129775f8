"""The tile map of the 16 prefectures: one tile each in fixed places, coloured by class, hatched if missing.

Missing is drawn as a hatch with what was reported in brackets, never as a value; a true zero is the lightest
class with a 0 on it. The legend is HTML (`cards.map_legend`): Plotly drops empty classes from its own.
"""

import textwrap

import plotly.graph_objects as go
import polars as pl

from dashboard.charts import names
from dashboard.charts.style import base, lay
from dashboard.i18n import Text
from dashboard.theme.tokens import token

HEIGHT = 440
_HALF = 0.47
_LONGEST_WORD = 9
_HALO = ", ".join([f"0 0 3px {token('magnitude.missing')}"] * 4)


def figure(
    tiles: pl.DataFrame, text: Text, selected: str | None = None, *, height: int = HEIGHT
) -> go.Figure:
    """Return the map of classified tiles (`queries.overview.classify`), the selected region outlined.

    A click gives `customdata` [code].
    """
    chart = base(height)
    for class_no, part in _by_class(tiles):
        chart.add_trace(_shapes(part, class_no))
        chart.add_trace(_labels(part, class_no, text))
    if selected:
        chart.add_trace(_outline(tiles.filter(pl.col("region_id") == selected)))
    chart.add_trace(_touch(tiles, text))
    lay(
        chart,
        xaxis={"visible": False, "fixedrange": True, "range": [0.5, 6.5]},
        yaxis={"visible": False, "fixedrange": True, "range": [5.5, 0.5]},
        hovermode="closest",
        hoverdistance=40,
        clickmode="event+select",
    )
    return chart


def _by_class(tiles: pl.DataFrame) -> list[tuple[int | None, pl.DataFrame]]:
    parts = tiles.partition_by("class_no", as_dict=True, maintain_order=True)
    return sorted(
        ((key[0], part) for key, part in parts.items()), key=lambda item: (item[0] is None, item[0])
    )


def colour(class_no: int | None, used: int = 5) -> tuple[str, str]:
    """Return the fill and the ink of a class; fewer classes than five use the light end."""
    if class_no is None:
        return token("magnitude.missing"), token("ink.text")
    return token("magnitude.classes")[class_no], token("magnitude_ink.classes")[class_no]


def _shapes(part: pl.DataFrame, class_no: int | None) -> go.Scatter:
    """One trace for all tiles of a class: squares as closed paths with gaps between them."""
    x, y = _squares(part)
    fill, _ = colour(class_no)
    hatch = {
        "shape": "/",
        "fgcolor": token("magnitude.hatch"),
        "bgcolor": token("magnitude.missing"),
        "size": 7,
        "solidity": 0.16,
    }
    return go.Scatter(
        x=x,
        y=y,
        mode="lines",
        fill="toself",
        fillcolor=fill,
        fillpattern=hatch if class_no is None else None,
        line={"color": token("magnitude.border"), "width": 1},
        hoverinfo="skip",
        name="missing" if class_no is None else f"class {class_no}",
    )


def _squares(part: pl.DataFrame) -> tuple[list[float | None], list[float | None]]:
    x: list[float | None] = []
    y: list[float | None] = []
    for column, row in part.select("tile_column", "tile_row").iter_rows():
        x += [column - _HALF, column + _HALF, column + _HALF, column - _HALF, column - _HALF, None]
        y += [row - _HALF, row - _HALF, row + _HALF, row + _HALF, row - _HALF, None]
    return x, y


def _outline(part: pl.DataFrame) -> go.Scatter:
    x, y = _squares(part)
    line = {"color": token("ink.text"), "width": 3}
    return go.Scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip", name="selected")


def _labels(part: pl.DataFrame, class_no: int | None, text: Text) -> go.Scatter:
    """Short name over value; a missing tile says so, and what was reported in brackets."""
    ink = colour(class_no)[1]
    words = [f"{_name(row, text)}<br><b>{shown(row, text)}</b>" for row in part.iter_rows(named=True)]
    return go.Scatter(
        x=part["tile_column"],
        y=part["tile_row"],
        text=words,
        mode="text",
        # A halo keeps the words readable on the hatch.
        textfont={
            "color": ink,
            "size": 13 if text.lang == "zh" else 12,
            "shadow": _HALO if class_no is None else "none",
        },
        unselected={"textfont": {"color": ink}},
        hoverinfo="skip",
        name="labels",
    )


def shown(row: dict[str, object], text: Text) -> str:
    """Return what stands on a tile: the value, or what was reported in brackets, or why there is nothing."""
    if row["value"] is None and row.get("partial_value") is not None:
        return f"({text.value(row, 'partial_value')})"
    return text.value(row)


def _name(row: dict[str, object], text: Text) -> str:
    # Prefectures only, so 楚雄 cannot be the city; a phone's tile holds four characters.
    name = names.short(row, text).removesuffix("州")
    if len(name) <= _LONGEST_WORD:
        return name
    half = len(name) // 2 + 2
    return "-<br>".join(textwrap.wrap(name, half))


def _touch(tiles: pl.DataFrame, text: Text) -> go.Scatter:
    """One unseen point a tile, which carries the region's code and its words on hovering."""
    return go.Scatter(
        x=tiles["tile_column"],
        y=tiles["tile_row"],
        mode="markers",
        marker={"size": 60, "symbol": "square", "opacity": 0},
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
        customdata=[[code] for code in tiles["region_id"]],
        text=[hover(row, text) for row in tiles.iter_rows(named=True)],
        hovertemplate="%{text}<extra></extra>",
        name="touch",
    )


def hover(row: dict[str, object], text: Text) -> str:
    """Return the words of a region: its full name, its value and unit, or why there is nothing."""
    lines = [f"<b>{names.full(row, text)}</b>"]
    if row["value"] is not None:
        lines.append(f"{text.value(row)} {text.of(row, 'unit')}")
    else:
        lines.append(text.status(row))
        if row.get("partial_value") is not None:
            lines.append(text("map.partial", value=text.value(row, "partial_value")))
    return "<br>".join(lines)
