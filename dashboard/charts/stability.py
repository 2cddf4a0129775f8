"""Places and how far they may move: a dot on a line of places a row, and bars of what moves them.

Rows have the height of `ranking.py`'s, so that both charts scroll alike in a box of the view's.
"""

from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboard.charts import lettering, names, region_rows, style
from dashboard.i18n import Text
from dashboard.theme.tokens import token

_TOP, _BOTTOM = 30, 24
_BAR = 34


def places(
    frame: pl.DataFrame,
    text: Text,
    said: tuple[str, str, str],
    *,
    selected: str | None = None,
    order: str = "code",
) -> go.Figure:
    """Return the rank of every region, the ranks it may have, and another one beside it.

    Columns: region_id, name (and full_name), rank, lower (the better) and upper (null: no line), other (null:
    no ring), and ranked_count, the length of the axis. `said` names dot, line and ring. Rows in order of
    "code" or "score" (the best place first). A click gives `customdata` [code].
    """
    if frame.is_empty():
        return style.empty(text("charts.nothing"))
    rows = frame.sort(*(["rank"] if order == "score" else []), "region_id").to_dicts()
    last = max(row[name] or 0 for row in rows for name in ("ranked_count", "other"))
    labels = [_name(row, selected, text) for row in rows]
    ends = [span(row, text) for row in rows]
    chart = style.base(_TOP + _BOTTOM + region_rows.ROW * len(rows))
    chart.add_trace(_lines(rows))
    chart.add_trace(_rings(rows))
    chart.add_trace(_dots(rows, selected))
    chart.add_trace(_ends(ends, last))
    chart.add_trace(
        region_rows.touch(
            [row["region_id"] for row in rows],
            [row["rank"] for row in rows],
            [_hover(row, said, text) for row in rows],
        )
    )
    for entry in _entries(said, any(row["lower"] is not None for row in rows)):
        chart.add_trace(entry)
    style.legend(chart, _TOP)
    step = next(size for size in (1, 2, 5, 10, 20, 50, 100, 500) if last / size <= 8)
    style.lay(
        chart,
        margin={
            "l": lettering.margin_for(labels),
            "r": lettering.margin_for(ends, lettering.SMALL + 1),
            "t": _TOP,
            "b": _BOTTOM,
        },
        hovermode="y",
        hoverdistance=region_rows.ROW // 2,
        clickmode="event+select",
        shapes=region_rows.marked([row["region_id"] for row in rows], selected),
        xaxis=style.value_axis(
            range=[0.5, last + 0.5], tickvals=[1, *range(step, last + 1, step)][step == 1 :], tickangle=0
        ),
        yaxis=style.rows_axis(labels),
    )
    return chart


def span(row: dict[str, Any], text: Text) -> str:
    """Return the places of a row in words: 第2—12位; where there is but one, that one."""
    if row["lower"] is None or row["lower"] == row["upper"]:
        return text("charts.place", rank=row["rank"])
    return text("charts.place_span", low=row["lower"], high=row["upper"])


def _name(row: dict[str, Any], selected: str | None, text: Text) -> str:
    name = names.short(row, text)
    return f"<b>{name}</b>" if row["region_id"] == selected else name


def _lines(rows: list[dict[str, Any]]) -> go.Scatter:
    x: list[float | None] = []
    y: list[float | None] = []
    for i, row in enumerate(rows):
        if row["lower"] is not None:
            # A place is as wide as one step, so that a range of one place can be seen too.
            x += [row["lower"] - 0.4, row["upper"] + 0.4, None]
            y += [i, i, None]
    line = {"color": token("magnitude.hatch"), "width": 3}
    return go.Scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip", showlegend=False, name="ranges")


def _rings(rows: list[dict[str, Any]]) -> go.Scatter:
    return go.Scatter(
        x=[row["other"] for row in rows],
        y=list(range(len(rows))),
        mode="markers",
        marker=_ring(),
        unselected={"marker": {"opacity": 1}},
        hoverinfo="skip",
        showlegend=False,
        cliponaxis=False,
        name="other",
    )


def _ring() -> dict[str, Any]:
    return {
        "size": 13,
        "symbol": "diamond",
        "color": token("surface.card"),
        "line": {"color": token("ink.muted"), "width": 1.5},
        "opacity": 1,
    }


def _dots(rows: list[dict[str, Any]], selected: str | None) -> go.Scatter:
    chosen = [row["region_id"] == selected for row in rows]
    return go.Scatter(
        x=[row["rank"] for row in rows],
        y=list(range(len(rows))),
        mode="markers",
        marker={
            "size": [10 if yes else 7 for yes in chosen],
            "color": [token("ink.text") if yes else token("ink.link") for yes in chosen],
            "opacity": 1,
        },
        unselected={"marker": {"opacity": 1}},
        hoverinfo="skip",
        showlegend=False,
        cliponaxis=False,
        name="ranked",
    )


def _ends(words: list[str], last: int) -> go.Scatter:
    return go.Scatter(
        x=[last + 0.5] * len(words),
        y=list(range(len(words))),
        mode="text",
        text=[f"\u2002{word}" for word in words],
        textposition="middle right",
        textfont={"size": lettering.SMALL + 1, "color": token("ink.text")},
        unselected={"textfont": {"color": token("ink.text")}},
        hoverinfo="skip",
        showlegend=False,
        cliponaxis=False,
        name="words",
    )


def _hover(row: dict[str, Any], said: tuple[str, str, str], text: Text) -> str:
    lines = [f"<b>{names.full(row, text)}</b>"]
    values = (
        text("charts.place", rank=row["rank"]),
        None if row["lower"] is None else span(row, text),
        None if row["other"] is None else text("charts.place", rank=row["other"]),
    )
    pairs = zip(said, values, strict=True)
    lines += [text("charts.named", name=name, value=value) for name, value in pairs if value]
    return "<br>".join(lines)


def _entries(said: tuple[str, str, str], ranged: bool) -> list[go.Scatter]:
    dot, line, ring = said
    entries = [style.key(dot, mode="markers", marker={"size": 8, "color": token("ink.link")})]
    if ranged:
        look = {"color": token("magnitude.hatch"), "width": 3}
        entries.append(style.key(line, mode="lines", line=look))
    return [*entries, style.key(ring, mode="markers", marker=_ring() | {"size": 10})]


def choices(rows: list[tuple[str, float, float]], text: Text) -> go.Figure:
    """Return for every choice, by its words, the share of the shift it makes alone and with others (0 to 1).

    The second, total share lies behind the first as a lighter bar.
    """
    chart = style.base(_TOP + _BOTTOM + _BAR * len(rows))
    at = list(range(len(rows)))
    looks = (
        (text("charts.with_others"), [total for _, _, total in rows], "magnitude.hatch", 0.62),
        (text("charts.alone"), [first for _, first, _ in rows], "ink.link", 0.34),
    )
    for name, values, colour, width in looks:
        chart.add_trace(
            go.Bar(
                x=[100 * value for value in values],
                y=at,
                orientation="h",
                width=width,
                marker={"color": token(colour), "line": {"width": 0}},
                hovertext=[
                    text("charts.named", name=f"{row[0]} {name}", value=f"{100 * value:.0f}%")
                    for row, value in zip(rows, values, strict=True)
                ],
                hovertemplate="%{hovertext}<extra></extra>",
                name=name,
            )
        )
    style.legend(chart, _TOP)
    words, ticks = [row[0] for row in rows], (0, 25, 50, 75, 100)
    style.lay(
        chart,
        barmode="overlay",
        margin={"l": lettering.margin_for(words), "r": 12, "t": _TOP, "b": _BOTTOM},
        xaxis=style.value_axis(
            range=[0, 102], tickvals=[*ticks], ticktext=[f"{tick}%" for tick in ticks], tickangle=0
        ),
        yaxis=style.rows_axis(words),
    )
    return chart
