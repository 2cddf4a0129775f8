"""A region's series over months: what was observed, what was to be expected, and where warnings stood.

The band is the 90 % interval of the expected. A month without a value is a gap with a hatch, never a zero;
provisional months are shaded. Without an expected value (an indicator's rolling 12 months) the band and its
line are left out. A click gives `customdata` [month as YYYY-MM].
"""

from datetime import date
from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboard.charts import marks, style
from dashboard.i18n import Text
from dashboard.theme.tokens import token

HEIGHT = 300


def figure(
    series: pl.DataFrame,
    text: Text,
    *,
    unit: str = "",
    places: int = 0,
    from_zero: bool = True,
    benchmark_name: str = "",
    selected: date | None = None,
    height: int = HEIGHT,
) -> go.Figure:
    """Return the trend of a full run of months.

    Columns: period (date, one row a month, none left out), value (null = missing), provisional; and if wanted
    expected, lower, upper; benchmark (the comparator's median, named by `benchmark_name`); level (1 gravest …
    4, null); reason (why a month is missing, in words); note (a further line for hovering). `unit` goes
    into the legend and the hover texts, `places` are decimals, `from_zero` starts the axis at zero: counts
    and rates do, a score that never comes near it need not.
    """
    rows = [{"i": i, **row} for i, row in enumerate(series.sort("period").iter_rows(named=True))]
    if not any(row["value"] is not None for row in rows):
        return style.empty(text("charts.no_values"), height)
    low, high = _range(rows, from_zero, 0.0 if places else 1.0)
    chart = style.base(height)
    provisional, missing = _grounds(rows, low, high, text)
    chart.add_trace(provisional)
    for trace in _expectation(rows, text):
        chart.add_trace(trace)
    # Over the band: a gap is seen first.
    chart.add_trace(missing)
    if _has(rows, "benchmark"):
        chart.add_trace(_benchmark(rows, benchmark_name or text("charts.median")))
    chart.add_trace(_values(rows, text, unit))
    for level in marks.MARKS:
        marked = [row for row in rows if row.get("level") == level and row["value"] is not None]
        if marked:
            chart.add_trace(_marks(marked, level))
            chart.add_trace(marks.level_key(level, text))
    chart.add_trace(_touch(rows, (low + high) / 2, text, unit, places))
    style.legend(chart)
    style.lay(
        chart,
        xaxis=style.months_axis([row["period"] for row in rows], text),
        yaxis=style.value_axis(range=[low, high], automargin=True, nticks=6),
        margin={"l": 34, "r": 8, "b": 36},
        clickmode="event+select",
        hovermode="x",
        hoverdistance=-1,
        shapes=_selected(rows, selected),
    )
    return chart


def _has(rows: list[dict[str, Any]], column: str) -> bool:
    return any(row.get(column) is not None for row in rows)


def _range(rows: list[dict[str, Any]], from_zero: bool, least: float) -> tuple[float, float]:
    """The span of everything drawn, with room for marks above it; counts span one case at `least`."""
    columns = ("value", "expected", "lower", "upper", "benchmark")
    points = [row[name] for row in rows for name in columns if row.get(name) is not None]
    low, high = (0.0 if from_zero else min(points)), max(*points, least)
    room = (high - low) * 0.08 or abs(high) * 0.1 or 1.0
    return (low if from_zero and min(points) >= 0 else min(points) - room), high + 1.5 * room


def _grounds(
    rows: list[dict[str, Any]], low: float, high: float, text: Text
) -> tuple[go.Scatter, go.Scatter]:
    """The shade of provisional months and the hatch of missing ones, over the whole height."""

    def boxes(flags: list[bool]) -> list[style.Box]:
        return [(first - 0.5, last + 0.5, low, high) for first, last in style.runs(flags)]

    provisional = boxes([bool(row["provisional"]) for row in rows])
    missing = boxes([row["value"] is None for row in rows])
    return (
        style.shaded(
            provisional,
            token("chart.provisional"),
            text("charts.provisional"),
            showlegend=bool(provisional),
        ),
        style.hatched(missing, text("charts.missing"), showlegend=bool(missing)),
    )


def _expectation(rows: list[dict[str, Any]], text: Text) -> list[go.Scatter]:
    if not _has(rows, "expected"):
        return []
    traces = []
    if _has(rows, "upper"):
        x: list[float | None] = []
        y: list[float | None] = []
        flags = [row["lower"] is not None and row["upper"] is not None for row in rows]
        # Each unbroken run is a closed shape of its own: a band never spans a gap.
        for first, last in style.runs(flags):
            part = rows[first : last + 1]
            x += [*(row["i"] for row in part), *(row["i"] for row in reversed(part)), None]
            y += [*(row["upper"] for row in part), *(row["lower"] for row in reversed(part)), None]
        traces.append(
            go.Scatter(
                x=x,
                y=y,
                mode="lines",
                fill="toself",
                fillcolor=token("chart.interval"),
                line={"width": 0, "color": style.FADED},
                hoverinfo="skip",
                name=text("charts.interval"),
            )
        )
    traces.append(_line(rows, "expected", text("charts.expected"), token("ink.link"), "dash"))
    return traces


def _benchmark(rows: list[dict[str, Any]], name: str) -> go.Scatter:
    return _line(rows, "benchmark", name, token("magnitude.hatch"), "solid")


def _line(rows: list[dict[str, Any]], column: str, name: str, ink: str, dash: str) -> go.Scatter:
    return go.Scatter(
        x=[row["i"] for row in rows],
        y=[row[column] for row in rows],
        mode="lines",
        line={"color": ink, "width": 1.6, "dash": dash},
        hoverinfo="skip",
        name=name,
    )


def _values(rows: list[dict[str, Any]], text: Text, unit: str) -> go.Scatter:
    return go.Scatter(
        x=[row["i"] for row in rows],
        y=[row["value"] for row in rows],
        mode="lines+markers",
        line={"color": token("ink.text"), "width": 2},
        marker={"size": 6, "color": token("ink.text"), "opacity": 1},
        hoverinfo="skip",
        unselected={"marker": {"opacity": 1}},
        cliponaxis=False,
        name=text("charts.in_place", name=text("charts.observed"), place=unit)
        if unit
        else text("charts.observed"),
    )


def _touch(rows: list[dict[str, Any]], y: float, text: Text, unit: str, places: int) -> go.Scatter:
    """One unseen point a month, which says what there is or why there is nothing, and carries the month.

    One trace for both: of two, a hover over the months would show the nearest point of each.
    """
    return go.Scatter(
        x=[row["i"] for row in rows],
        y=[y if row["value"] is None else row["value"] for row in rows],
        mode="markers",
        marker={"size": 12, "opacity": 0},
        customdata=[[f"{row['period']:%Y-%m}"] for row in rows],
        hovertext=[_hover(row, text, unit, places) for row in rows],
        hovertemplate="%{hovertext}<extra></extra>",
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
        showlegend=False,
        name="touch",
    )


def _marks(rows: list[dict[str, Any]], level: int) -> go.Scatter:
    mark = marks.MARKS[level]
    return go.Scatter(
        x=[row["i"] for row in rows],
        y=[row["value"] for row in rows],
        mode="markers+text",
        marker={**marks.level_marker(level, 17), "opacity": 1},
        text=[mark.numeral] * len(rows),
        textfont={"size": 10, "color": mark.ink},
        hoverinfo="skip",
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}, "textfont": {"color": mark.ink}},
        cliponaxis=False,
        showlegend=False,
        name=f"level {level}",
    )


def _hover(row: dict[str, Any], text: Text, unit: str, places: int) -> str:
    lines = [f"<b>{text.month(row['period'])}</b>"]
    if row["value"] is None:
        return "<br>".join([*lines, row.get("reason") or text("charts.missing")])
    lines.append(f"{text('charts.observed')} {row['value']:,.{places}f} {unit}".rstrip())
    if row.get("expected") is not None:
        lines.append(marks.expected_word({**row, "observed": None}, text))
    if row.get("benchmark") is not None:
        lines.append(text("charts.median_of", value=f"{row['benchmark']:,.{max(places, 1)}f}"))
    if row.get("level") is not None:
        lines.append(marks.level_word(row["level"], text))
    if row["provisional"]:
        lines.append(text("charts.provisional"))
    return "<br>".join([*lines, *([row["note"]] if row.get("note") else [])])


def _selected(rows: list[dict[str, Any]], selected: date | None) -> list[dict[str, Any]]:
    return [
        {
            "type": "rect",
            "xref": "x",
            "yref": "paper",
            "x0": row["i"] - 0.5,
            "x1": row["i"] + 0.5,
            "y0": 0,
            "y1": 1,
            "line": {"color": token("ink.link"), "width": 2},
            "fillcolor": style.FADED,
        }
        for row in rows
        if row["period"] == selected
    ]


def finding(series: pl.DataFrame, text: Text, unit: str = "", places: int = 0) -> str:
    """Return between which values the series lies, its last one, its warnings and its missing months."""
    rows = series.sort("period").to_dicts()
    known = [row for row in rows if row["value"] is not None]
    if not known:
        return text("charts.no_values")
    values = [row["value"] for row in known]
    said = text(
        "charts.trend_finding",
        span=text.span(rows[0]["period"], rows[-1]["period"]),
        low=f"{min(values):,.{places}f}",
        high=f"{max(values):,.{places}f}",
        month=text.month(known[-1]["period"]),
        last=f"{values[-1]:,.{places}f}",
        unit=unit,
    )
    marked = sum(row.get("level") is not None for row in rows)
    said += text("charts.trend_warnings", n=marked) if marked else ""
    return said + (text("charts.trend_missing", n=len(rows) - len(known)) if len(known) < len(rows) else "")
