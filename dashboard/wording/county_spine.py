"""Where a county lies on every indicator: the spine by dimension with its table, of the window on screen.

The maker of the card `profile`, pure in `at`. Before: queries/spine.py and queries/county.py `breakdown`.
"""

from datetime import date
from typing import Any

import polars as pl

from dashboard import cards, markup
from dashboard import table as tables
from dashboard.cards import Card
from dashboard.charts import spine as chart
from dashboard.here import VALUES, Here
from dashboard.i18n import MISSING, NOT_APPLICABLE, Text
from dashboard.queries import county as queries
from dashboard.queries import spine
from dashboard.table import Cell, Column, Table
from dashboard.wording import peers, standing
from dashboard.wording.county import (
    breakdown,
    cases,
    codes,
    group,
    quality,
    scored_label,
    scored_window,
    with_unit,
)

Row = dict[str, Any]
NONE = {"against": "near", "trend": "unknown"}


def rows(at: Here) -> pl.DataFrame:
    """Return `breakdown` of the window with each row's spread (spine.spread), `against` and `trend`."""
    return cards.kept(at, "spine", lambda: _rows(at))


def _rows(at: Here) -> pl.DataFrame:
    known = breakdown(at, False).rename({"median": "indicator_median"})
    scores = at.part("mart.dimension_score", **scored_window(at))
    facts = spine.facts(at.window(), scores, at.frame("ref.indicator"), at.frame("ref.dimension"))
    nearest = peers.nearest(at)["peer_id"].to_list() if peers.nearest(at).height else []
    found = known.join(spine.spread(facts, at.area_id, codes(at), nearest), on="code", how="left")
    sure = _sure(at)
    told = [{"code": code, **sure.get(code, NONE)} for code in found["code"]]
    return found.join(pl.DataFrame(told), on="code", how="left")


def _sure(at: Here) -> dict[str, dict[str, str]]:
    """What the data are sure of; nothing for windows that have no scores."""
    if at.kind not in queries.SCORED:
        return {}
    before = at.period.replace(year=at.period.year - 1)
    scores = at.part("mart.indicator_score", **scored_window(at))
    # Estimates are held against estimates: where most have no case at all, nobody's is as low as zero.
    benchmarks = spine.usual(scores, codes(at))
    now, then = (
        spine.cells(
            at.part(VALUES, window_kind=at.kind, period=end),
            at.area,
            at.frame("ref.prior_group"),
            scores,
            at.period.year,
        )
        for end in (at.period, before)
    )
    return spine.certain(
        now,
        then,
        benchmarks,
        at.frame("ref.prior"),
        at.frame("ref.indicator"),
        at.frame("ref.shrinkage_parameter"),
        at.frame("ref.uncertainty_parameter").row(0, named=True),
    )


def profile(at: Here, indicator: str) -> Card:
    """Return the spine with the chosen indicator in bold; its table holds all indicators."""
    text, found = at.text, rows(at)
    shown = _shown(at, found.filter(pl.col("part") != "context"))
    scored = at.kind in queries.SCORED
    return Card(
        title=chart.finding(shown, text),
        period=at.label,
        areas=text("county.beside", area=at.area_name, group=group(at)),
        body=_two_windows(at),
        chart=chart.figure(shown, text, selected=indicator),
        table=_table(at, found),
        note=text("spine.note") + text("spine.note_scored" if scored else "spine.note_other"),
    )


def _two_windows(at: Here) -> str:
    """What is said where values and scores are of different windows."""
    if at.kind in queries.SCORED:
        return ""
    said = at.text("county.two_windows", values=at.label, scores=scored_label(at))
    return markup.paragraph(said, "zx-inline")


def _shown(at: Here, found: pl.DataFrame) -> pl.DataFrame:
    """The rows as the chart wants them."""
    text = at.text
    lines = [
        {
            **{key: row[key] for key in ("code", "part", "against")},
            **{key: row[key] for key in ("left", "box_left", "box_right", "right", "dot", "peer_dot")},
            "name": text.of(row, "name"),
            "value": _value(row, text),
            "cases": text("county.n", n=cases(row)) if row["part"] != "dimension" and cases(row) else "",
            "quality": _quality(row),
            "place": _place(row),
            "trend": "" if row["trend"] == "unknown" else text(f"spine.trend_{row['trend']}"),
            "hover": _hover(row, text),
        }
        for row in found.iter_rows(named=True)
    ]
    schema = dict.fromkeys(("left", "box_left", "box_right", "right", "dot", "peer_dot"), pl.Float64)
    return pl.DataFrame(lines, infer_schema_length=None, schema_overrides=schema)


def _quality(row: Row) -> str:
    if row["part"] == "dimension":
        return "value" if row["score"] is not None else "missing"
    if row["status"] == "value":
        return "provisional" if row["provisional"] else "value"
    return "not_applicable" if row["status"] == "not_applicable" else "missing"


def _value(row: Row, text: Text) -> str:
    """The value with a sign for per cent; other units stand in the table and on hovering."""
    if row["part"] == "dimension":
        return MISSING if row["score"] is None else text("spine.points", score=f"{row['score']:.1f}")
    return text.value(row) + ("%" if row["value"] is not None and row["unit_zh"] == "%" else "")


def _place(row: Row) -> str:
    if row["place"] is None or row["place_count"] < 2:
        return ""
    return f"{row['place']}/{row['place_count']}"


def _hover(row: Row, text: Text) -> str:
    lines = [f"<b>{text.of(row, 'name')}</b>"]
    lines.append(_value(row, text) if row["part"] == "dimension" else with_unit(row, text))
    if row["dot"] is not None:
        lines.append(text(f"spine.against_{row['against']}"))
    for key in ("median", "peer_median"):
        if row[key] is not None:
            lines.append(text(f"spine.{key}", value=f"{row[key]:,.1f}"))
    if _place(row):
        lines.append(text("spine.place", place=row["place"], n=row["place_count"]))
    if row["trend"] != "unknown":
        lines.append(text(f"standing.trend_{row['trend']}"))
    return "<br>".join(lines)


# --- the table -----------------------------------------------------------------------------------------


def _table(at: Here, found: pl.DataFrame) -> Table:
    text = at.text
    columns = (
        Column(text("table.indicator")),
        Column(text("table.value"), numeric=True),
        Column(text("table.unit")),
        Column(text("county.cases"), numeric=True),
        Column(text("county.median"), numeric=True),
        Column(text("spine.against")),
        Column(text("spine.peer_column"), numeric=True),
        Column(text("spine.place_column"), numeric=True),
        Column(text("table.previous"), numeric=True),
        Column(text("table.year_ago"), numeric=True),
        Column(text("standing.trend")),
        Column(text("county.quality")),
    )
    lines = tuple(_line(at, row) for row in found.iter_rows(named=True))
    return Table(text("county.profile_table", area=at.area_name), columns, lines, "zx-wide")


def _line(at: Here, row: Row) -> tuple[Cell | str, ...]:
    text, name = at.text, at.text.of(row, "name")
    month: date | None = at.selection.month
    place = Cell(_place(row) or NOT_APPLICABLE, row["place"])
    if row["part"] == "dimension":
        own = {**row, "value": row["score"], "kind": "ratio", "unit_zh": "", "denominator": None}
        first = (Cell(name, html=f"<b>{name}</b>"), tables.number(text, own), text("county.points_unit"), "")
        changes: tuple[Cell | str, ...] = ("", "")
    else:
        link = at.link(name, "county", indicator=row["code"], month=month)
        number = Cell(cases(row) or NOT_APPLICABLE, row["denominator"] if cases(row) else None)
        first = (Cell(name, html=link), tables.number(text, row), text.of(row, "unit"), number)  # type: ignore[assignment]
        changes = tuple(tables.change(text, row, f"change_{key}") for key in ("previous", "year_ago"))
    return (
        *first,
        _median(row, "median", text),
        text(f"spine.against_{row['against']}") if row["dot"] is not None else NOT_APPLICABLE,
        _median(row, "peer_median", text),
        place,
        *changes,
        NOT_APPLICABLE if row["trend"] == "unknown" else standing.trend(row, text),
        "" if row["part"] == "dimension" else quality(row, text),
    )


def _median(row: Row, column: str, text: Text) -> Cell:
    """A median of regions has no number of cases of its own."""
    if row["part"] == "dimension":
        return Cell(MISSING if row[column] is None else f"{row[column]:.1f}", row[column])
    return Cell(
        text.value({**row, "value": row[column], "status": "value", "denominator": None}), row[column]
    )
