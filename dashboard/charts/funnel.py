"""The funnel: rate against exposure, with the limits within which mere chance keeps most regions.

Only what lies beyond a limit has a colour and a shape of its own. A click gives `customdata` [code].
"""

from collections import defaultdict
from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboard.charts import lettering, names, style
from dashboard.i18n import Text
from dashboard.theme.tokens import token

HEIGHT = 520
# So many names find room; the others are in the table and said on hovering.
NAMED = 12
_LOOKS = {"below": ("triangle-down", "benchmark.below"), "above": ("triangle-up", "benchmark.above")}


def figure(
    points: pl.DataFrame,
    curve: pl.DataFrame,
    text: Text,
    *,
    mean: float,
    unit: str,
    exposure: str,
    places: int = 1,
    selected: str | None = None,
) -> go.Figure:
    """Return the funnel of `points` (queries.funnel) with name and full_name, over the limits of `curve`.

    `mean` is the level's pooled rate in `unit`; `exposure` names the axis; `places` are decimals.
    """
    rows = points.filter(pl.col("rate").is_not_null()).to_dicts()
    if not rows:
        return style.empty(text("charts.nothing"))
    chart = style.base(HEIGHT)
    chart.add_traces(_limits(curve, "95", 1.0, text, fill="tonexty", fillcolor=token("chart.stripe")))
    chart.add_traces(_limits(curve, "998", 2.0, text))
    ends = [curve["exposure"][0], curve["exposure"][-1]]
    chart.add_trace(_mean(ends, [mean, mean], text("funnel.mean", mean=f"{mean:,.{places}f}")))
    chart.add_trace(_inside([row for row in rows if not row["beyond"]]))
    for side, beyond in (("below", 1), ("below", 2), ("above", 1), ("above", 2)):
        mine = [row for row in rows if (row["side"], row["beyond"]) == (side, beyond)]
        if mine:
            chart.add_trace(_outside(mine, side, beyond, text))
    chart.add_trace(_chosen([row for row in rows if row["region_id"] == selected]))
    chart.add_trace(_names(rows, selected, text))
    chart.add_trace(_touch(rows, text, unit, exposure, places))
    style.legend(chart, 52)
    style.lay(
        chart,
        xaxis=style.value_axis(range=ends, showgrid=False, title=_title(exposure)),
        yaxis=style.value_axis(range=_heights(rows, curve, mean), automargin=True, nticks=7),
        margin={"l": 40, "r": 10, "b": 44},
        clickmode="event+select",
        hovermode="closest",
    )
    return chart


def _title(words: str) -> dict[str, Any]:
    return {"text": words, "font": {"size": lettering.SMALL, "color": token("ink.muted")}, "standoff": 6}


def _heights(rows: list[dict[str, Any]], curve: pl.DataFrame, mean: float) -> list[float]:
    """All points, and the limits at a quarter of the range: near no exposure they run to infinity."""
    inner = curve.slice(curve.height // 8)
    top = max(*(row["rate"] for row in rows), inner["high998"].max(), mean)
    low = min(*(row["rate"] for row in rows), inner["low998"].min(), mean)
    room = 0.06 * (top - low) or 1.0
    return [low - room, top + room]


def _mean(x: list[float], y: list[float], name: str) -> go.Scatter:
    line = {"color": token("ink.muted"), "width": 1.5, "dash": "dot"}
    return go.Scatter(x=x, y=y, mode="lines", line=line, name=name, hoverinfo="skip")


def _limits(curve: pl.DataFrame, name: str, width: float, text: Text, **fill: Any) -> list[go.Scatter]:
    """Lower and upper limit as one entry of the legend, with what fills the room in between."""
    line = {"color": token("magnitude.hatch"), "width": width}
    common = {"x": curve["exposure"].to_list(), "mode": "lines", "line": line, "hoverinfo": "skip"}
    return [
        go.Scatter(y=curve[f"low{name}"].to_list(), showlegend=False, name=f"low{name}", **common),
        go.Scatter(y=curve[f"high{name}"].to_list(), name=text(f"funnel.limit_{name}"), **common, **fill),
    ]


def _inside(rows: list[dict[str, Any]]) -> go.Scatter:
    marker = {
        "size": 8,
        "color": token("benchmark.near"),
        "line": {"color": token("magnitude.border"), "width": 1},
        "opacity": 1,
    }
    return _dots(rows, marker, name="inside", showlegend=False)


def _outside(rows: list[dict[str, Any]], side: str, beyond: int, text: Text) -> go.Scatter:
    """Beyond 99.8 % filled, beyond 95 % the outline alone."""
    symbol, colour = _LOOKS[side]
    marker = {
        "size": 12 if beyond == 2 else 10,
        "symbol": symbol,
        "color": token(colour) if beyond == 2 else token("surface.card"),
        "line": {"color": token(colour), "width": 1.5},
        "opacity": 1,
    }
    return _dots(rows, marker, name=text(f"funnel.{side}_{beyond}"))


def _dots(rows: list[dict[str, Any]], marker: dict[str, Any], **more: Any) -> go.Scatter:
    return go.Scatter(
        x=[row["denominator"] for row in rows],
        y=[row["rate"] for row in rows],
        mode="markers",
        marker=marker,
        hoverinfo="skip",
        unselected={"marker": {"opacity": 1}},
        cliponaxis=False,
        **more,
    )


def _chosen(rows: list[dict[str, Any]]) -> go.Scatter:
    """A ring about the selected region."""
    line = {"color": token("ink.link"), "width": 2.5}
    marker = {"size": 18, "color": style.FADED, "line": line, "opacity": 1}
    return _dots(rows, marker, name="chosen", showlegend=False)


def _names(rows: list[dict[str, Any]], selected: str | None, text: Text) -> go.Scatter:
    """Names of those beyond the outer limits and of the selected one, where they find room."""
    shown = [row for row in rows if row["beyond"] == 2]
    shown = [row for row in (shown if len(shown) <= NAMED else []) if row["region_id"] != selected]
    shown += [row for row in rows if row["region_id"] == selected]
    middle = (min(row["denominator"] for row in rows) + max(row["denominator"] for row in rows)) / 2
    shown.sort(key=lambda row: row["denominator"])
    return go.Scatter(
        x=[row["denominator"] for row in shown],
        y=[row["rate"] for row in shown],
        mode="text",
        text=[_bold(names.short(row, text), row["region_id"] == selected) for row in shown],
        # Neighbours go above and below in turn, and all of them towards the middle.
        textposition=[
            f"{'bottom' if i % 2 else 'top'} {'left' if row['denominator'] > middle else 'right'}"
            for i, row in enumerate(shown)
        ],
        textfont={"size": lettering.SMALL + 1, "color": token("ink.text"), "shadow": style.halo()},
        unselected={"textfont": {"color": token("ink.text")}},
        hoverinfo="skip",
        cliponaxis=False,
        showlegend=False,
        name="names",
    )


def _bold(word: str, yes: bool) -> str:
    return f"<b>{word}</b>" if yes else word


def _touch(rows: list[dict[str, Any]], text: Text, unit: str, exposure: str, places: int) -> go.Scatter:
    """One unseen point a region with its code and words."""
    same: dict[tuple[float, float], list[str]] = defaultdict(list)
    for row in rows:
        same[row["denominator"], row["rate"]].append(names.short(row, text))
    return go.Scatter(
        x=[row["denominator"] for row in rows],
        y=[row["rate"] for row in rows],
        mode="markers",
        marker={"size": 14, "opacity": 0},
        customdata=[[row["region_id"]] for row in rows],
        hovertext=[
            _hover(row, same[row["denominator"], row["rate"]], text, unit, exposure, places) for row in rows
        ],
        hovertemplate="%{hovertext}<extra></extra>",
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
        showlegend=False,
        name="touch",
    )


def _hover(row: dict[str, Any], same: list[str], text: Text, unit: str, exposure: str, places: int) -> str:
    lines = [
        f"<b>{names.full(row, text)}</b>",
        f"{row['rate']:,.{places}f} {unit}",
        f"{exposure} {row['denominator']:,.0f}",
        *(
            text(
                f"funnel.span_{name}",
                low=_number(row[f"low{name}"], places),
                high=_number(row[f"high{name}"], places),
            )
            for name in ("95", "998")
        ),
        text(f"funnel.{row['side']}_{row['beyond']}"),
    ]
    if len(same) > 1:
        lines.append(text("funnel.same", n=len(same) - 1))
    return "<br>".join(lines)


def _number(value: float, places: int) -> str:
    return f"{value:,.{places}f}"
