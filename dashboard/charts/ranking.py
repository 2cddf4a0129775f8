"""The ranking as dots on five bands: one row a region, the comparator's median as a tick, the unranked apart.

A click (or a hover) anywhere in a row is its region's: `customdata` holds the code. Rows have a fixed height,
so 129 of them stand in a scrolling container of the view's.
"""

from collections.abc import Collection
from itertools import pairwise
from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboard.charts import lettering, names, region_rows, style, tiers
from dashboard.charts.ordering import split_rows
from dashboard.i18n import Text
from dashboard.theme.tokens import token

_TOP, _BOTTOM = 26, 42
# Lower limits of bands 4 to 1, as in mart.ranking; the scale is 0 to 100.
LIMITS = (40, 55, 70, 85)
# Beyond this share of the axis the words stand left of the dot, or a phone would cut them.
_TURN = 0.6
# So many ems of a reason find room on a phone; hovering says the rest.
_REASON = 20
_LABEL = lettering.SMALL + 1


def figure(
    ranking: pl.DataFrame,
    text: Text,
    *,
    selected: str | None = None,
    order: str = "code",
    limits: tuple[int, ...] = LIMITS,
    alike: Collection[str] = (),
) -> go.Figure:
    """Return the dots of `ranking`, rows in order of "code" or "score", the selected region's row marked.

    Columns: region_id, name (and full_name), index_score (1…100, null = not ranked), rank, ranked_count, and
    if wanted `benchmark` (the comparator's median index, null where there is none), `reason` (why a region is
    not ranked, in words), `hover` (further lines, joined by <br>), `lower` and `upper` (the interval of the
    index), `own_lower` and `own_upper` (the places that cannot be told apart) and `tier`. Regions in `alike`
    are bracketed: they cannot be told apart from the selected one.
    """
    if ranking.is_empty():
        return style.empty(text("charts.nothing"))
    ranked, apart = split_rows(ranking, "index_score", by_value=order == "score")
    rows = [*ranked, *apart]
    low, high = _span(ranked)
    edges = _edges(limits, low, high)
    chart = style.base(_TOP + _BOTTOM + region_rows.ROW * len(rows))
    labels = [_bold(names.short(row, text), row["region_id"] == selected) for row in rows]
    ticks = [edge for edge in (0, *limits, 100) if low <= edge <= high]
    style.lay(
        chart,
        margin={"l": lettering.margin_for(labels), "r": _room(ranked, text), "t": _TOP, "b": _BOTTOM},
        hovermode="y",
        hoverdistance=region_rows.ROW // 2,
        clickmode="event+select",
        shapes=[
            *_stripes(edges),
            *tiers.grounds(ranked),
            *region_rows.marked([row["region_id"] for row in rows], selected),
            *_brackets(rows, alike),
        ],
        annotations=[
            *_captions(edges),
            *_benchmark_word(ranked, text),
            *(tiers.captions(ranked, text) if order == "score" else []),
        ],
        xaxis=style.value_axis(range=[low, high], showgrid=False, tickvals=ticks, tickangle=0),
        yaxis=style.rows_axis(labels),
    )
    chart.add_trace(style.hatched([(low, high, i - 0.45, i + 0.45) for i in range(len(ranked), len(rows))]))
    chart.add_trace(_benchmark(ranked))
    chart.add_trace(_intervals(ranked))
    chart.add_trace(_dots(ranked, selected))
    chart.add_trace(_words(ranked, low + _TURN * (high - low), high, text))
    if apart:
        chart.add_trace(_unranked(apart, len(ranked), low, text))
    chart.add_trace(
        region_rows.touch(
            [row["region_id"] for row in rows],
            [low if row["index_score"] is None else row["index_score"] for row in rows],
            [_hover(row, text) for row in rows],
        )
    )
    return chart


def _bold(word: str, yes: bool) -> str:
    return f"<b>{word}</b>" if yes else word


def _span(rows: list[dict[str, Any]]) -> tuple[int, int]:
    """The part of the scale that holds all dots, medians and their words, in steps of 5 points."""
    columns = ("index_score", "benchmark", "lower", "upper")
    points = [row[name] for row in rows for name in columns if row.get(name) is not None]
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


def _brackets(rows: list[dict[str, Any]], alike: Collection[str]) -> list[dict[str, Any]]:
    """A bracket at the left edge over every run of rows that cannot be told apart from the selected one."""
    return [
        {
            "type": "path",
            "layer": "above",
            "xref": "paper",
            "path": f"M 0.012 {first - 0.35} L 0 {first - 0.35} L 0 {last + 0.35} L 0.012 {last + 0.35}",
            "line": {"width": 2.5, "color": token("ink.link")},
        }
        for first, last in style.runs([row["region_id"] in alike for row in rows])
    ]


def _intervals(rows: list[dict[str, Any]]) -> go.Scatter:
    """The interval of every index as a line under its dot."""
    x: list[float | None] = []
    y: list[float | None] = []
    for i, row in enumerate(rows):
        if row.get("lower") is not None:
            x += [row["lower"], row["upper"], None]
            y += [i, i, None]
    line = {"color": token("magnitude.hatch"), "width": 3}
    return go.Scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip", name="intervals")


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


def _dots(rows: list[dict[str, Any]], selected: str | None) -> go.Scatter:
    chosen = [row["region_id"] == selected for row in rows]
    return go.Scatter(
        x=[row["index_score"] for row in rows],
        y=list(range(len(rows))),
        mode="markers",
        marker={
            "size": [13 if yes else 10 for yes in chosen],
            "color": [token("ink.text") if yes else token("ink.link") for yes in chosen],
            "line": {"color": token("surface.card"), "width": 1},
            "opacity": 1,
        },
        hoverinfo="skip",
        # A click must not fade the others.
        unselected={"marker": {"opacity": 1}},
        cliponaxis=False,
        name="ranked",
    )


def _sure(rows: list[dict[str, Any]]) -> bool:
    """Whether the rows have intervals: then words stand beside the plot, or the lines would cross them."""
    return any(row.get("own_lower") is not None for row in rows)


def _room(rows: list[dict[str, Any]], text: Text) -> int:
    """The margin that the words beside the plot need."""
    return lettering.margin_for([_label(row, text) for row in rows], _LABEL) if _sure(rows) else 4


def _words(rows: list[dict[str, Any]], turn: float, edge: float, text: Text) -> go.Scatter:
    """Score and place of every row: beside the plot with intervals, else beside the dot."""
    sure = _sure(rows)
    left = [not sure and row["index_score"] > turn for row in rows]
    return go.Scatter(
        x=[edge if sure else row["index_score"] for row in rows],
        y=list(range(len(rows))),
        mode="text",
        text=[f" {_label(row, text)} " if not sure else f"\u2002{_label(row, text)}" for row in rows],
        textposition=["middle left" if yes else "middle right" for yes in left],
        textfont={"size": _LABEL, "color": token("ink.text"), "shadow": style.halo()},
        unselected={"textfont": {"color": token("ink.text")}},
        hoverinfo="skip",
        cliponaxis=False,
        name="words",
    )


def _label(row: dict[str, Any], text: Text) -> str:
    score = f"{row['index_score']:.1f}"
    if row.get("own_lower") is None:
        return text("charts.score_rank", score=score, rank=row["rank"])
    return text("charts.score_places", score=score, low=row["own_lower"], high=row["own_upper"])


def _hover(row: dict[str, Any], text: Text) -> str:
    if row["index_score"] is None:
        lines = [f"<b>{names.full(row, text)}</b>", text("charts.not_ranked")]
        return "<br>".join([*lines, *([lettering.wrap(row["reason"], 24)] if row.get("reason") else [])])
    lines = [
        f"<b>{names.full(row, text)}</b>",
        text("charts.score_of", score=f"{row['index_score']:.1f}"),
        _place(row, text),
    ]
    if row.get("benchmark") is not None:
        lines.append(text("charts.median_of", value=f"{row['benchmark']:.1f}"))
    return "<br>".join([*lines, *([row["hover"]] if row.get("hover") else [])])


def _place(row: dict[str, Any], text: Text) -> str:
    if row.get("own_lower") is None:
        return text("charts.rank_of", rank=row["rank"], n=row["ranked_count"])
    return text("charts.rank_among", rank=row["rank"], low=row["own_lower"], high=row["own_upper"])


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


def finding(ranking: pl.DataFrame, text: Text) -> str:
    """Return how many regions have a place, between which scores, and how many have none."""
    scores = ranking["index_score"].drop_nulls()
    if scores.is_empty():
        return text("charts.ranking_none", n=ranking.height)
    said = text("charts.ranking_finding", n=len(scores), low=f"{min(scores):.1f}", high=f"{max(scores):.1f}")
    apart = ranking.height - len(scores)
    return said + (text("charts.ranking_apart", n=apart) if apart else "")
