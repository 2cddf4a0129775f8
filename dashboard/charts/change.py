"""How places and scores moved: a bump chart for the 16 prefectures, a dumbbell for any number of regions."""

from datetime import date
from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboard.charts import lettering, names, style
from dashboard.charts.ordering import split_rows
from dashboard.i18n import Text
from dashboard.theme.tokens import token

ROW = 24


def bump(places: pl.DataFrame, text: Text, *, selected: str | None = None) -> go.Figure:
    """Return the place of every region at every window, one line a region, the selected one in colour.

    Columns: region_id, name (and full_name), period (date), rank (null = not ranked: the line breaks),
    ranked_count, index_score. Regions that share a last place share its label. A click gives `customdata`
    [code].
    """
    known = places.filter(pl.col("rank").is_not_null())
    if known.is_empty():
        return style.empty(text("charts.nothing"))
    periods = places["period"].unique().sort().to_list()
    last = int(known["rank"].max())  # type: ignore[arg-type]
    chart = style.base(28 + ROW * (last + 1))
    parts = places.sort("region_id", "period").partition_by("region_id", maintain_order=True)
    # The selected line is drawn last, over the others.
    parts.sort(key=lambda part: part["region_id"][0] == selected)
    for part in parts:
        chart.add_trace(_line(part.to_dicts(), periods, selected, text))
    first, end = _ends(places, periods[0], selected, text), _ends(places, periods[-1], selected, text)
    # Names only where a reader ends: on a phone they would leave no room for the lines.
    chart.add_trace(_labels({rank: f"{rank}\u2002" for rank in first}, 0, "middle left"))
    chart.add_trace(
        _labels({rank: f"\u2002{words}" for rank, words in end.items()}, len(periods) - 1, "middle right")
    )
    style.lay(
        chart,
        xaxis={**style.months_axis(periods, text), "range": [-0.2, len(periods) - 0.8]},
        yaxis={"visible": False, "fixedrange": True, "range": [last + 0.6, 0.4]},
        margin={"l": 22, "r": lettering.margin_for(end.values()), "t": 2, "b": 36},
        clickmode="event+select",
        hoverdistance=16,
    )
    return chart


def _line(rows: list[dict[str, Any]], periods: list[date], selected: str | None, text: Text) -> go.Scatter:
    mine = rows[0]["region_id"] == selected
    ink = token("ink.link") if mine else token("magnitude.hatch")
    at = {row["period"]: row for row in rows}
    return go.Scatter(
        x=list(range(len(periods))),
        y=[at[period]["rank"] if period in at else None for period in periods],
        mode="lines+markers",
        line={"color": ink, "width": 3.5 if mine else 1.4},
        marker={"size": 9 if mine else 6, "color": ink, "opacity": 1},
        customdata=[[rows[0]["region_id"]]] * len(periods),
        hovertext=[_place_words(at.get(period), text) for period in periods],
        hovertemplate="%{hovertext}<extra></extra>",
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
        cliponaxis=False,
        name=rows[0]["region_id"],
    )


def _place_words(row: dict[str, Any] | None, text: Text) -> str:
    if row is None or row["rank"] is None:
        return ""
    lines = [f"<b>{names.full(row, text)}</b>", text.month(row["period"])]
    lines.append(text("charts.rank_of", rank=row["rank"], n=row["ranked_count"]))
    return "<br>".join([*lines, text("charts.score_of", score=f"{row['index_score']:.1f}")])


def _ends(places: pl.DataFrame, period: date, selected: str | None, text: Text) -> dict[int, str]:
    """The words beside each place at one end: place and name, or all names that share it."""
    words: dict[int, list[tuple[str, bool]]] = {}
    rows = places.filter((pl.col("period") == period) & pl.col("rank").is_not_null()).sort("region_id")
    for row in rows.iter_rows(named=True):
        words.setdefault(row["rank"], []).append((names.short(row, text), row["region_id"] == selected))
    return {
        rank: f"<b>{rank} {text.join(name for name, _ in here)}</b>"
        if any(mine for _, mine in here)
        else f"{rank} {text.join(name for name, _ in here)}"
        for rank, here in words.items()
    }


def _labels(words: dict[int, str], x: float, position: str) -> go.Scatter:
    return go.Scatter(
        x=[x] * len(words),
        y=list(words),
        text=list(words.values()),
        mode="text",
        textposition=position,
        textfont={"size": lettering.SMALL + 1, "color": token("ink.text")},
        unselected={"textfont": {"color": token("ink.text")}},
        hoverinfo="skip",
        cliponaxis=False,
        name="labels",
    )


def dumbbell(
    moves: pl.DataFrame, text: Text, *, selected: str | None = None, order: str = "code"
) -> go.Figure:
    """Return a ring for the score a year ago, a dot for now and the difference, one row a region.

    Columns: region_id, name (and full_name), index_score, year_ago_score (null = not ranked then or now),
    score_change, and if wanted rank and rank_change (positive = better). Rows in order of "code" or
    "change" (largest rise first); regions that cannot be compared stand apart, below. A click gives
    `customdata` [code].
    """
    if moves.is_empty():
        return style.empty(text("charts.nothing"))
    rows, apart = split_rows(moves, "score_change", by_value=order == "change")
    all_rows = [*rows, *apart]
    labels = [
        f"<b>{names.short(row, text)}</b>" if row["region_id"] == selected else names.short(row, text)
        for row in all_rows
    ]
    scores = [row[name] for row in all_rows for name in ("index_score", "year_ago_score")]
    present = [score for score in scores if score is not None] or [0, 100]
    low, high = 5 * ((min(present) - 3) // 5), min(100, 5 * ((max(present) + 8) // 5))
    chart = style.base(52 + ROW * len(all_rows))
    chart.add_trace(style.hatched([(low, high, i - 0.4, i + 0.4) for i in range(len(rows), len(all_rows))]))
    chart.add_trace(_bars(rows))
    chart.add_trace(_year_ago(all_rows, text))
    chart.add_trace(_now(all_rows, selected, text))
    chart.add_trace(_differences(rows, high, text))
    style.legend(chart)
    style.lay(
        chart,
        xaxis=style.value_axis(range=[low, high]),
        yaxis=style.rows_axis(labels),
        margin={"l": lettering.margin_for(labels), "r": 46, "b": 22},
        hovermode="y",
        hoverdistance=ROW // 2,
        clickmode="event+select",
    )
    return chart


def _bars(rows: list[dict[str, Any]]) -> go.Scatter:
    x: list[float | None] = []
    y: list[float | None] = []
    for i, row in enumerate(rows):
        x += [row["year_ago_score"], row["index_score"], None]
        y += [i, i, None]
    line = {"color": token("magnitude.hatch"), "width": 2}
    return go.Scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip", showlegend=False, name="bars")


def _year_ago(rows: list[dict[str, Any]], text: Text) -> go.Scatter:
    line = {"color": token("ink.muted"), "width": 2}
    return go.Scatter(
        x=[row["year_ago_score"] for row in rows],
        y=list(range(len(rows))),
        mode="markers",
        marker={"size": 9, "color": token("surface.card"), "line": line},
        hoverinfo="skip",
        unselected={"marker": {"opacity": 1}},
        name=text("charts.year_ago"),
    )


def _now(rows: list[dict[str, Any]], selected: str | None, text: Text) -> go.Scatter:
    chosen = [row["region_id"] == selected for row in rows]
    return go.Scatter(
        x=[row["index_score"] for row in rows],
        y=list(range(len(rows))),
        mode="markers",
        marker={
            "size": [13 if yes else 10 for yes in chosen],
            "color": [token("ink.text") if yes else token("ink.link") for yes in chosen],
            "opacity": 1,
        },
        customdata=[[row["region_id"]] for row in rows],
        hovertext=[_move_words(row, text) for row in rows],
        hovertemplate="%{hovertext}<extra></extra>",
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
        name=text("charts.now"),
    )


def _differences(rows: list[dict[str, Any]], x: float, text: Text) -> go.Scatter:
    return go.Scatter(
        x=[x] * len(rows),
        y=list(range(len(rows))),
        text=[f" {lettering.signed(row['score_change'])}" for row in rows],
        mode="text",
        textposition="middle right",
        textfont={"size": lettering.SMALL + 1, "color": token("ink.text")},
        unselected={"textfont": {"color": token("ink.text")}},
        hoverinfo="skip",
        cliponaxis=False,
        showlegend=False,
        name="differences",
    )


def _move_words(row: dict[str, Any], text: Text) -> str:
    lines = [f"<b>{names.full(row, text)}</b>"]
    for name, column in (("now", "index_score"), ("year_ago", "year_ago_score")):
        score = text("charts.not_ranked") if row[column] is None else f"{row[column]:.1f}"
        lines.append(f"{text(f'charts.{name}')} {score}")
    if row["score_change"] is not None:
        lines.append(text("charts.change_of", change=lettering.signed(row["score_change"])))
    if row.get("rank_change"):
        key = "charts.places_up" if row["rank_change"] > 0 else "charts.places_down"
        lines.append(text(key, n=abs(row["rank_change"])))
    return "<br>".join(lines)


def finding(moves: pl.DataFrame, text: Text) -> str:
    """Return how many regions score higher and lower than a year ago, and how many cannot be compared."""
    change = moves["score_change"].round(1)
    known = change.drop_nulls()
    said = text("charts.change_finding", up=int((known > 0).sum()), down=int((known < 0).sum()))
    apart = change.null_count()
    return said + (text("charts.change_apart", n=apart) if apart else "")
