"""Is one region really better than another? Each pair by its own test, answered in a sentence.

The card of 区域排名 beside the chart: without a second region (`b` in the address) all neighbours in a table.
"""

from typing import Any

from dashboard import cards, markup
from dashboard.charts import names
from dashboard.charts.lettering import signed
from dashboard.here import Here
from dashboard.queries import pairs
from dashboard.table import Cell, Column, Table
from dashboard.wording import ranking_cards as ranking

Row = dict[str, Any]
VERDICTS = {1: "better", -1: "worse", 0: "same"}


def _near(at: Here) -> list[str]:
    here = ranking.board(at)
    if not here.chosen or not here.sure:
        return []
    ranked = here.all.filter(here.all["standard_error"].is_not_null())
    return pairs.neighbours(at.frame("ref.neighbour"), ranked, here.chosen["region_id"])


def choices(at: Here) -> dict[str, str]:
    """Return whom the chosen region can be compared with by code, its neighbours first and marked."""
    here = ranking.board(at)
    if not here.chosen or not here.sure or here.chosen["standard_error"] is None:
        return {}
    ranked = here.all.filter(here.all["standard_error"].is_not_null()).select("region_id")
    named = dict(names.add(ranked, at.regions, at.text).select("region_id", "name").iter_rows())
    near = _near(at)
    marked = {code: named[code] + at.text("ranking.pair_mark") for code in near}
    mine = here.chosen["region_id"]
    return marked | {code: name for code, name in named.items() if code not in marked and code != mine}


def card(at: Here) -> cards.Card:
    """The answer for the pair of the address, or for the chosen region and each of its neighbours."""
    text, here = at.text, ranking.board(at)
    chosen = here.chosen
    if not here.sure:
        return cards.Card(text("ranking.without_intervals"))
    if chosen is None:
        return cards.Card(text("ranking.pair_title_pick"), note=text("ranking.pair_how"))
    area = text.place(chosen)
    if chosen["standard_error"] is None:
        return cards.Card(text("ranking.pair_title_unranked", area=area))
    near, other = _near(at), at.selection.other
    others = [*dict.fromkeys([*([other] if other else []), *near])]
    level = float(at.frame("ref.uncertainty_parameter")["tier_pct"][0]) / 100
    found = pairs.against(here.all, chosen["region_id"], others, level).to_dicts()
    title = text("ranking.pair_title_alone", area=area)
    if other and found:
        title = sentence(at, area, found[0])
    elif found:
        apart = sum(row["claim"] != 0 for row in found)
        title = text("ranking.pair_title_many", area=area, n=len(found), apart=apart)
    return cards.Card(
        title=title,
        period=at.label,
        areas=text.of(chosen, "name"),
        table=_table(at, area, found) if found else None,
        open=True,
        note=text("ranking.pair_note"),
    )


def sentence(at: Here, area: str, row: Row) -> str:
    """Return whether the pair can be told apart, by how much, and what that means."""
    words = {
        "area": area,
        "other": at.text.place(at.region(row["region_id"])),
        "difference": f"{abs(row['difference']):.1f}",
        "low": signed(row["lower"]),
        "high": signed(row["upper"]),
        "probability": _share(row["probability"]),
    }
    return at.text(f"ranking.pair_{VERDICTS[int(row['claim'])]}", **words)


def _share(probability: float) -> str:
    """A probability in per cent, never as certain."""
    if probability < 0.01:
        return "<1%"
    return ">99%" if probability > 0.99 else f"{100 * probability:.0f}%"


def _table(at: Here, area: str, found: list[Row]) -> Table:
    text = at.text
    columns = (
        Column(text("ranking.pair_other")),
        Column(text("ranking.pair_difference"), numeric=True),
        Column(text("ranking.pair_interval"), numeric=True),
        Column(text("ranking.pair_probability", area=area), numeric=True),
        Column(text("ranking.pair_verdict")),
    )
    return Table(
        text("ranking.pair_caption", area=area), columns, tuple(_line(at, area, row) for row in found)
    )


def _line(at: Here, area: str, row: Row) -> tuple[Cell | str, ...]:
    text, region = at.text, at.region(row["region_id"])
    name = text.place(region)
    # The tab and the order of the rows stay: the link only answers for one pair.
    link = markup.link(name, at.address("ranking", other=row["region_id"], order=at.selection.order))
    return (
        Cell(name, text.of(region, "name"), link),
        Cell(signed(row["difference"]), row["difference"]),
        text("ranking.pair_range", low=signed(row["lower"]), high=signed(row["upper"])),
        Cell(_share(row["probability"]), row["probability"]),
        text(f"ranking.pair_is_{VERDICTS[int(row['claim'])]}", area=area),
    )
