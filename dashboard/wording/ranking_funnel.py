"""波动判别图 of 区域排名: how many regions lie beyond what chance explains, and which they are."""

from dataclasses import dataclass
from typing import Any

import polars as pl

from dashboard import cards, markup
from dashboard.charts import funnel as chart
from dashboard.charts import names
from dashboard.here import Here
from dashboard.i18n import MISSING, NOT_APPLICABLE, Text
from dashboard.queries import funnel as queries
from dashboard.table import Cell, Column, Table
from dashboard.table import code as file_code
from dashboard.wording.ranking_cards import board

Row = dict[str, Any]


@dataclass(frozen=True)
class Funnel:
    """The indicator, the chance of the level, the regions shown (with names) and the group they are."""

    indicator: Row
    chance: queries.Chance
    points: pl.DataFrame
    group: str

    @property
    def placed(self) -> pl.DataFrame:
        """Those with a value."""
        return self.points.filter(pl.col("rate").is_not_null())


def choices(at: Here) -> dict[str, str]:
    """Return the names of the scored indicators by code, in registry order."""
    ordered = at.frame("ref.indicator").filter("scored").sort("sort_order")
    return {row["indicator_id"]: at.text.of(row, "name") for row in ordered.iter_rows(named=True)}


def chosen(at: Here) -> str:
    """Return the code of the indicator on screen, which may be none of `choices`."""
    return at.selection.indicator or next(iter(choices(at)))


def _indicator(at: Here, code: str) -> Row:
    return at.part("ref.indicator", indicator_id=code).row(0, named=True)


def name(at: Here, code: str) -> str:
    """Return what an indicator is called."""
    return at.text.of(_indicator(at, code), "name")


def _unfit(at: Here, row: Row) -> str:
    """Why an indicator has no funnel, empty where it has one."""
    text, words = at.text, {"name": at.text.of(row, "name")}
    if not row["scored"]:
        return text("funnel.not_scored", **words)
    return "" if row["model"] in queries.MODELS else text("funnel.exact", **words)


def fits(at: Here) -> bool:
    """Say whether the chosen indicator has a funnel: it is scored, a sum of cases, and has values."""
    return not _unfit(at, _indicator(at, chosen(at))) and not found(at).placed.is_empty()


def found(at: Here) -> Funnel:
    """Return the funnel of the chosen indicator, which is one of sums of cases."""
    return cards.kept(at, "funnel frames", lambda: _found(at, _indicator(at, chosen(at))))


def _found(at: Here, row: Row) -> Funnel:
    here, code = board(at), row["indicator_id"]
    rows = at.window().filter(indicator_id=code, region_level=at.level).sort("region_id")
    weight = 1.0
    if row["squares"] and at.has("ref.prior"):
        weight = queries.scale(at.frame("ref.prior"), at.period.year, at.level, code)
    spread = queries.chance(rows, row["model"], weight)
    points = queries.points(rows, spread, row["direction"], row["scale"])
    shown = points.filter(pl.col("region_id").is_in(here.shown["region_id"].implode()))
    return Funnel(row, spread, names.add(shown, at.regions, at.text), here.group)


def card(at: Here) -> cards.Card:
    """The funnel itself, or why the indicator has none."""
    text, row = at.text, _indicator(at, chosen(at))
    called, unit = text.of(row, "name"), text.of(row, "unit")
    if not fits(at):
        why = _unfit(at, row) or text("funnel.no_values")
        body = markup.empty(why, text("funnel.unfit_do"))
        return cards.Card(text("funnel.title_unfit", name=called), period=at.label, body=body)
    funnel = found(at)
    common = {"unit": unit, "period": at.label, "areas": funnel.group or text(f"level.{at.level}")}
    here = board(at)
    mean = funnel.chance.mean * row["scale"]
    figure = chart.figure(
        funnel.points,
        queries.curve(funnel.placed, funnel.chance, row["scale"]),
        text,
        mean=mean,
        unit=unit,
        exposure=_exposure(row, text),
        places=_places(row),
        selected=here.chosen["region_id"] if here.chosen else None,
    )
    return cards.Card(
        title=_title(funnel, called, text),
        chart=figure,
        table=_table(at, funnel, funnel.points, text("funnel.table", name=called)),
        note=text("funnel.note", formula=text.of(row, "formula"))
        + _weighted(funnel, text)
        + _apart(funnel, text),
        **common,
    )


def _places(row: Row) -> int:
    return 1 if row["unit_zh"] == "%" else 2


def _exposure(row: Row, text: Text) -> str:
    return text("funnel.bodies" if row["denominator"] == "gov_bodies" else "funnel.cases")


def _title(funnel: Funnel, called: str, text: Text) -> str:
    placed = funnel.placed
    far = placed.filter(beyond=2)
    if far.is_empty():
        return text("funnel.title_inside", name=called, n=placed.height)
    counts = ((side, far.filter(side=side).height) for side in ("below", "above"))
    parts = text.join(text(f"funnel.far_{side}", n=n) for side, n in counts if n)
    return text("funnel.title", name=called, n=placed.height, far=far.height, parts=parts)


def _weighted(funnel: Funnel, text: Text) -> str:
    if not funnel.indicator["squares"]:
        return ""
    return text("funnel.weighted", weight=f"{funnel.chance.weight:.3f}")


def _apart(funnel: Funnel, text: Text) -> str:
    """How many have no value, by why."""
    left = funnel.points.filter(pl.col("rate").is_null())
    missing = left.filter(pl.col("status") == "missing").height
    parts = [
        text(f"funnel.without_{why}", n=n)
        for why, n in (("missing", missing), ("cases", left.height - missing))
        if n
    ]
    return text("funnel.without", parts=text.join(parts)) if parts else ""


def outside(at: Here) -> cards.Card:
    """The chosen region, and those beyond the limits, the outer ones first."""
    text, funnel = at.text, found(at)
    here = board(at)
    mine = here.chosen["region_id"] if here.chosen else ""
    rows = funnel.placed.filter((pl.col("beyond") > 0) | (pl.col("region_id") == mine)).sort(
        pl.col("region_id") != mine, -pl.col("beyond"), "region_id"
    )
    title = text("funnel.outside", n=funnel.placed.filter(pl.col("beyond") > 0).height, **_luck(funnel))
    if rows.is_empty():
        return cards.Card(title, period=at.label, body=markup.empty(text("funnel.outside_none")))
    return cards.Card(
        title,
        unit=text.of(funnel.indicator, "unit"),
        period=at.label,
        table=_table(at, funnel, rows, text("funnel.outside_table"), short=True),
        open=True,
        note=text("funnel.outside_note"),
    )


def _luck(funnel: Funnel) -> dict[str, str]:
    """How many chance alone would put beyond the inner limits, at the most."""
    return {"luck": f"{(1 - queries.INNER) * funnel.placed.height:.0f}"}


def _table(at: Here, funnel: Funnel, rows: pl.DataFrame, caption: str, short: bool = False) -> Table:
    """The regions with value, limits and verdict; `short` leaves exposure and inner limits to the files."""
    text, row, places = at.text, funnel.indicator, _places(funnel.indicator)
    columns = (
        Column(text("table.code"), file_only=True),
        Column(text("ranking.region")),
        Column(text("funnel.rate"), numeric=True),
        Column(_exposure(row, text), numeric=True, file_only=short),
        Column(text("funnel.span_95_column"), file_only=short),
        Column(text("funnel.span_998_column")),
        Column(text("funnel.where")),
    )
    labels = dict(at.regions.select("region_id", "label_id").iter_rows())
    lines = tuple(
        (
            file_code({"label_id": labels[one["region_id"]]}),
            Cell(
                one["name"],
                one["full_name"],
                at.link(one["name"], "ranking", **_marked(at, one["region_id"])),
            ),
            *_numbers(one, places, text),
        )
        for one in rows.to_dicts()
    )
    return Table(caption, columns, lines)


def _marked(at: Here, code: str) -> dict[str, object]:
    return {"area": code, "tab": "funnel", "order": at.selection.order}


def _numbers(one: Row, places: int, text: Text) -> tuple[Cell | str, ...]:
    if one["rate"] is None:
        missing = one["status"] == "missing"
        sign = MISSING if missing else NOT_APPLICABLE
        why = text("funnel.is_missing" if missing else "funnel.no_cases")
        return Cell(sign), Cell(sign), sign, sign, why
    spans = [f"{one[f'low{name}']:.{places}f}—{one[f'high{name}']:.{places}f}" for name in ("95", "998")]
    return (
        Cell(f"{one['rate']:.{places}f}", one["rate"]),
        Cell(text.count(one["denominator"]), one["denominator"]),
        *spans,
        text(f"funnel.{one['side']}_{one['beyond']}"),
    )
