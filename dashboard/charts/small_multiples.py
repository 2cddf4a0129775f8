"""A prefecture's counties as small pictures of one series, on one scale, the prefecture's median grey.

One pair of axes for all of them: a picture is a place on a grid, so that seventeen counties are four traces.
A month without a value is a gap with a hatch. A click gives `customdata` [code].
"""

from datetime import date
from math import ceil
from typing import Any, NamedTuple

import plotly.graph_objects as go
import polars as pl

from dashboard.charts import lettering, names, style
from dashboard.i18n import Text
from dashboard.theme.tokens import token

ROW = 96
COLUMNS = 4
# A picture is one unit wide and high; its plot leaves room for the name above and the neighbour beside it.
_WIDE, _TALL = 0.9, 0.66
# All names of a row on a phone, in ems.
_EMS = 24


def figure(
    series: pl.DataFrame,
    text: Text,
    *,
    columns: int = COLUMNS,
    places: int = 1,
    selected: str | None = None,
    from_zero: bool = True,
) -> go.Figure:
    """Return one picture a region in code order.

    Columns: region_id, name (and full_name), period (date, the same months for all), value (null = missing);
    and if wanted benchmark (the median of the prefecture's counties in that month). A phone holds three
    columns.
    """
    known = series["value"].drop_nulls()
    if known.is_empty():
        return style.empty(text("charts.no_values"))
    months = series["period"].unique().sort().to_list()
    parts = series.sort("region_id", "period").partition_by("region_id", maintain_order=True)
    regions = [Picture(n, part.to_dicts()) for n, part in enumerate(parts)]
    points = [*known, *(series["benchmark"].drop_nulls() if "benchmark" in series.columns else [])]
    low, high = min(0.0 if from_zero else min(points), *points), max(points)
    grid = _Grid(columns, months, low, high if high > low else low + 1)
    chart = style.base(ROW * ceil(len(regions) / columns) + 6)
    chart.add_trace(
        style.shaded([grid.box(picture.n) for picture in regions], token("chart.stripe"), "grounds")
    )
    chart.add_trace(style.hatched(_gaps(regions, grid)))
    chart.add_trace(_line(regions, "benchmark", grid, token("magnitude.hatch"), 1.4, text, places))
    for mine, ink, wide in ((False, token("ink.link"), 1.6), (True, token("ink.text"), 2.4)):
        chosen = [picture for picture in regions if (picture.code == selected) == mine]
        chart.add_trace(_line(chosen, "value", grid, ink, wide, text, places))
    style.lay(
        chart,
        xaxis={"visible": False, "fixedrange": True, "range": [0, columns]},
        yaxis={"visible": False, "fixedrange": True, "range": [ceil(len(regions) / columns), 0]},
        annotations=[
            *(word for picture in regions for word in _words(picture, grid, selected, text, places)),
            *_scale(grid, places),
        ],
        margin={"l": 2, "r": 2, "t": 2, "b": 2},
        clickmode="event+select",
        hoverdistance=30,
    )
    return chart


class Picture(NamedTuple):
    """One region: its number in the grid and its months."""

    n: int
    rows: list[dict[str, Any]]

    @property
    def code(self) -> str:
        """The region's code."""
        return str(self.rows[0]["region_id"])

    def last(self, column: str = "value") -> float | None:
        """The last value there is."""
        return next((row[column] for row in reversed(self.rows) if row[column] is not None), None)


class _Grid:
    """Where a month and a value of the n-th picture lie."""

    def __init__(self, columns: int, months: list[date], low: float, high: float) -> None:
        self.columns, self.months, self.low, self.high = columns, months, low, high
        self.steps = max(1, len(months) - 1)

    def x(self, n: int, month: float) -> float:
        return round(n % self.columns + 0.03 + _WIDE * month / self.steps, 4)

    def y(self, n: int, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(n // self.columns + 0.97 - _TALL * share, 4)

    def box(self, n: int, first: float = 0, last: float | None = None) -> style.Box:
        end = self.steps if last is None else last
        return self.x(n, first), self.x(n, end), self.y(n, self.low), self.y(n, self.high)


def _gaps(regions: list[Picture], grid: _Grid) -> list[style.Box]:
    boxes = []
    for picture in regions:
        known = {row["period"] for row in picture.rows if row["value"] is not None}
        for first, last in style.runs([month not in known for month in grid.months]):
            boxes.append(grid.box(picture.n, max(0, first - 0.5), min(grid.steps, last + 0.5)))
    return boxes


def _line(
    regions: list[Picture], column: str, grid: _Grid, ink: str, wide: float, text: Text, places: int
) -> go.Scatter:
    """One trace for a column of all these pictures, with a break after each."""
    x: list[float | None] = []
    y: list[float | None] = []
    codes, words = [], []
    for picture in regions:
        for row in picture.rows:
            value = row.get(column)
            x.append(grid.x(picture.n, grid.months.index(row["period"])))
            y.append(None if value is None else grid.y(picture.n, value))
            words.append(_hover(row, text, places))
        x.append(None)
        y.append(None)
        codes += [[picture.code]] * (len(picture.rows) + 1)
        words.append("")
    touched = column == "value"
    return go.Scatter(
        x=x,
        y=y,
        # Points, because a click selects points; too small to be seen beside the line.
        mode="lines+markers" if touched else "lines",
        line={"color": ink, "width": wide},
        marker={"size": wide, "color": ink, "opacity": 1},
        customdata=codes if touched else None,
        hovertext=words if touched else None,
        hovertemplate="%{hovertext}<extra></extra>" if touched else None,
        hoverinfo=None if touched else "skip",
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
        name=column,
    )


def _words(
    picture: Picture, grid: _Grid, selected: str | None, text: Text, places: int
) -> list[dict[str, Any]]:
    """The name over the left end of a picture, its last value over the right end."""
    mine = picture.code == selected
    last = picture.last()
    sides = (
        ("left", 0, lettering.shorten(names.short(picture.rows[0], text), _EMS / grid.columns)),
        ("right", grid.steps, "·" if last is None else f"{last:,.{places}f}"),
    )
    return [
        {
            "x": grid.x(picture.n, month),
            "y": grid.y(picture.n, grid.high),
            "xanchor": side,
            "yanchor": "bottom",
            "text": f"<b>{word}</b>" if mine else word,
            "showarrow": False,
            "font": {"size": lettering.SMALL, "color": token("ink.text" if side == "left" else "ink.muted")},
        }
        for side, month, word in sides
    ]


def _scale(grid: _Grid, places: int) -> list[dict[str, Any]]:
    """The ends of the scale, zero unsaid, in the first picture only: it is the same for all."""
    return [
        {
            "x": grid.x(0, 0),
            "y": grid.y(0, value),
            "xanchor": "left",
            "yanchor": anchor,
            "text": f"{value:,.{places}f}",
            "showarrow": False,
            "font": {"size": lettering.SMALL - 1, "color": token("ink.muted")},
        }
        for value, anchor in ((grid.high, "top"), (grid.low, "bottom"))
        if value
    ]


def _hover(row: dict[str, Any], text: Text, places: int) -> str:
    lines = [f"<b>{names.full(row, text)}</b> {text.month(row['period'])}"]
    lines.append(text("charts.missing") if row["value"] is None else f"{row['value']:,.{places}f}")
    if row.get("benchmark") is not None:
        lines.append(text("charts.median_of", value=f"{row['benchmark']:,.{places}f}"))
    return "<br>".join(lines)


def finding(series: pl.DataFrame, text: Text, places: int = 1) -> str:
    """Return where the last values of the regions lie: the lowest and the highest, with their names."""
    parts = series.sort("region_id", "period").partition_by("region_id", maintain_order=True)
    pictures = [Picture(n, part.to_dicts()) for n, part in enumerate(parts)]
    known = [(value, picture) for picture in pictures if (value := picture.last()) is not None]
    if not known:
        return text("charts.no_values")
    low, high = min(known, key=lambda pair: pair[0]), max(known, key=lambda pair: pair[0])
    return text(
        "charts.multiples_finding",
        n=len(known),
        low=f"{low[0]:,.{places}f}",
        low_name=names.short(low[1].rows[0], text),
        high=f"{high[0]:,.{places}f}",
        high_name=names.short(high[1].rows[0], text),
    )
