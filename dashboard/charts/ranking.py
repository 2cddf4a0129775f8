"""The ranking as dots on five bands: one row a region, the comparator's median as a tick, the unranked apart.

A click (or a hover) anywhere in a row is its region's: `customdata` holds the code. Rows have a fixed height,
so 129 of them stand in a scrolling container of the view's.
"""

from itertools import pairwise
from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboard.charts import lettering, names, style
from dashboard.charts.ordering import split_rows
from dashboard.i18n import Text
from dashboard.theme.tokens import token

ROW = 24
_TOP, _BOTTOM = 26, 42
# Lower limits of bands 4 to 1, as in mart.ranking; the scale is 0 to 100.
LIMITS = (40, 55, 70, 85)
# Beyond this share of the axis the words stand left of the dot, or a phone would cut them.
_TURN = 0.6
# So many ems of a reason find room on a phone; hovering says the rest.
_REASON = 20


def figure(
    ranking: pl.DataFrame,
    text: Text,
    *,
    selected: str | None = None,
    order: str = "code",
    limits: tuple[int, ...] = LIMITS,
) -> go.Figure:
    """Return the dots of `ranking`, rows in order of "code" or "score", the selected region's row marked.

    Columns: region_id, name (and full_name), index_score (1…100, null = not ranked), rank, ranked_count, and
    if wanted `benchmark` (the comparator's median index, null where there is none), `reason` (why a region is
    not ranked, in words) and `hover` (further lines, joined by <br>).
    """
    if ranking.is_empty():
        return style.empty(text("charts.nothing"))
    ranked, apart = split_rows(ranking, "index_score", by_value=order == "score")
    rows = [*ranked, *apart]
    low, high = _span(ranked)
    edges = _edges(limits, low, high)
    chart = style.base(_TOP + _BOTTOM + ROW * len(rows))
    labels = [_bold(names.short(row, text), row["region_id"] == selected) for row in rows]
    ticks = [edge for edge in (0, *limits, 100) if low <= edge <= high]
    style.lay(
        chart,
        margin={"l": lettering.margin_for(labels), "r": 4, "t": _TOP, "b": _BOTTOM},
        hovermode="y",
        hoverdistance=ROW // 2,
        clickmode="event+select",
        shapes=[*_stripes(edges), *_marked(rows, selected)],
        annotations=[*_captions(edges), *_benchmark_word(ranked, text)],
        xaxis=style.value_axis(range=[low, high], showgrid=False, tickvals=ticks, tickangle=0),
        yaxis=style.rows_axis(labels),
    )
    chart.add_trace(style.hatched([(low, high, i - 0.45, i + 0.45) for i in range(len(ranked), len(rows))]))
    chart.add_trace(_benchmark(ranked))
    chart.add_trace(_dots(ranked, selected, low + _TURN * (high - low), text))
    if apart:
        chart.add_trace(_unranked(apart, len(ranked), low, text))
    chart.add_trace(_touch(rows, low, text))
    return chart


def _bold(word: str, yes: bool) -> str:
    return f"<b>{word}</b>" if yes else word


def _span(rows: list[dict[str, Any]]) -> tuple[int, int]:
    """The part of the scale that holds all dots, medians and their words, in steps of 5 points."""
    points = [row["index_score"] for row in rows] + [row["benchmark"] for row in rows if row.get("benchmark")]
    if not points:
        return 0, 100
    return max(0, 5 * int((min(points) - 6) // 5)), min(100, 5 * int((max(points) + 10) // 5))


def _edges(limits: tuple[int, ...], low: int, high: int) -> list[tuple[int, float, float, str]]:
    """Every band that can be seen: its number from below, where it begins and ends here, and its words."""
    edges = zip((0, *limits), (*limits, 100), strict=True)
    words = [f"< {limits[0]}", *(f"{a}–{b}" for a, b in pairwise(limits)), f"≥ {limits[-1]}"]
    return [
        (number, max(low, start), min(high, end), words[number])
        for number, (start, end) in enumerate(edges)
        if start < high and end > low
    ]


def _stripes(edges: list[tuple[int, float, float, str]]) -> list[dict[str, Any]]:
    """Every second band tinted, so that neither a colour nor its name is needed to tell them apart."""
    return [
        {
            "type": "rect",
            "layer": "below",
            "xref": "x",
            "yref": "paper",
            "x0": start,
            "x1": end,
            "y0": 0,
            "y1": 1,
            "line": {"width": 0},
            "fillcolor": token("chart.stripe") if number % 2 == 0 else token("surface.card"),
        }
        for number, start, end, _ in edges
    ]


def _captions(edges: list[tuple[int, float, float, str]]) -> list[dict[str, Any]]:
    """The bands in figures, over their stripes; a sliver of a band goes without."""
    least = 0.12 * (edges[-1][2] - edges[0][1])
    return [
        {
            "x": (start + end) / 2,
            "y": 1,
            "xref": "x",
            "yref": "paper",
            "yanchor": "bottom",
            "yshift": 3,
            "text": word,
            "showarrow": False,
            "font": {"size": lettering.SMALL, "color": token("ink.muted")},
        }
        for _, start, end, word in edges
        if end - start >= least
    ]


def _marked(rows: list[dict[str, Any]], selected: str | None) -> list[dict[str, Any]]:
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
        for i, row in enumerate(rows)
        if row["region_id"] == selected
    ]


def _benchmark(rows: list[dict[str, Any]]) -> go.Scatter:
    x: list[float | None] = []
    y: list[float | None] = []
    for i, row in enumerate(rows):
        if row.get("benchmark") is not None:
            x += [row["benchmark"], row["benchmark"], None]
            y += [i - 0.5, i + 0.5, None]
    line = {"color": token("ink.muted"), "width": 1.5, "dash": "dot"}
    return go.Scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip", name="benchmark")


def _benchmark_word(rows: list[dict[str, Any]], text: Text) -> list[dict[str, Any]]:
    """What the dotted line is, under the axis; its value where it is the same for all."""
    values = {f"{row['benchmark']:.1f}" for row in rows if row.get("benchmark") is not None}
    if not values:
        return []
    said = text("charts.median_of", value=values.pop()) if len(values) == 1 else text("charts.median")
    return [
        {
            "x": 0,
            "xref": "paper",
            "xanchor": "left",
            "y": 0,
            "yref": "paper",
            "yanchor": "top",
            "yshift": -20,
            "text": f"┊ {said}",
            "showarrow": False,
            "font": {"size": lettering.SMALL, "color": token("ink.muted")},
        }
    ]


def _dots(rows: list[dict[str, Any]], selected: str | None, turn: float, text: Text) -> go.Scatter:
    chosen = [row["region_id"] == selected for row in rows]
    return go.Scatter(
        x=[row["index_score"] for row in rows],
        y=list(range(len(rows))),
        mode="markers+text",
        marker={
            "size": [13 if yes else 10 for yes in chosen],
            "color": [token("ink.text") if yes else token("ink.link") for yes in chosen],
            "line": {"color": token("surface.card"), "width": 1},
            "opacity": 1,
        },
        text=[f" {_label(row, text)} " for row in rows],
        textposition=["middle left" if row["index_score"] > turn else "middle right" for row in rows],
        textfont={"size": lettering.SMALL + 1, "color": token("ink.text"), "shadow": style.halo()},
        hoverinfo="skip",
        # A click must not fade the others.
        unselected={"marker": {"opacity": 1}, "textfont": {"color": token("ink.text")}},
        cliponaxis=False,
        name="ranked",
    )


def _label(row: dict[str, Any], text: Text) -> str:
    return text("charts.score_rank", score=f"{row['index_score']:.1f}", rank=row["rank"])


def _hover(row: dict[str, Any], text: Text) -> str:
    if row["index_score"] is None:
        lines = [f"<b>{names.full(row, text)}</b>", text("charts.not_ranked")]
        return "<br>".join([*lines, *([lettering.wrap(row["reason"], 24)] if row.get("reason") else [])])
    lines = [
        f"<b>{names.full(row, text)}</b>",
        text("charts.score_of", score=f"{row['index_score']:.1f}"),
        text("charts.rank_of", rank=row["rank"], n=row["ranked_count"]),
    ]
    if row.get("benchmark") is not None:
        lines.append(text("charts.median_of", value=f"{row['benchmark']:.1f}"))
    return "<br>".join([*lines, *([row["hover"]] if row.get("hover") else [])])


def _unranked(rows: list[dict[str, Any]], first: int, left: float, text: Text) -> go.Scatter:
    """The reason instead of a dot, on the hatch: no place, no score."""
    return go.Scatter(
        x=[left] * len(rows),
        y=list(range(first, first + len(rows))),
        mode="text",
        text=[f" {lettering.shorten(_reason(row, text), _REASON)}" for row in rows],
        textposition="middle right",
        textfont={"size": lettering.SMALL + 1, "color": token("ink.text"), "shadow": style.halo()},
        unselected={"textfont": {"color": token("ink.text")}},
        hoverinfo="skip",
        name="not ranked",
    )


def _reason(row: dict[str, Any], text: Text) -> str:
    return str(row.get("reason") or text("charts.not_ranked_short"))


def _touch(rows: list[dict[str, Any]], left: float, text: Text) -> go.Scatter:
    """One unseen point a row with its code and words; Plotly turns the labels of several on their side."""
    return go.Scatter(
        x=[left if row["index_score"] is None else row["index_score"] for row in rows],
        y=list(range(len(rows))),
        mode="markers",
        marker={"size": 14, "opacity": 0},
        customdata=[[row["region_id"]] for row in rows],
        hovertext=[_hover(row, text) for row in rows],
        hovertemplate="%{hovertext}<extra></extra>",
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
        name="touch",
    )


def offset(chart: go.Figure, code: str) -> int | None:
    """Return how far under the top of a figure a region's row lies, in pixels; None without that row."""
    codes = [place[0] for trace in chart.data if trace.name == "touch" for place in trace.customdata]
    return _TOP + ROW * codes.index(code) if code in codes else None


def finding(ranking: pl.DataFrame, text: Text) -> str:
    """Return how many regions have a place, between which scores, and how many have none."""
    scores = ranking["index_score"].drop_nulls()
    if scores.is_empty():
        return text("charts.ranking_none", n=ranking.height)
    said = text("charts.ranking_finding", n=len(scores), low=f"{min(scores):.1f}", high=f"{max(scores):.1f}")
    apart = ranking.height - len(scores)
    return said + (text("charts.ranking_apart", n=apart) if apart else "")
