"""重点关注清单 of 首页: who reached a limit or fell significantly, and who surely improved or worsened.

All of it holds for the latest twelve months (mart.attention, mart.rank_interval); limits are facts beside the
score, no verdict.
"""

import polars as pl

from dashboard import cards
from dashboard.here import Here
from dashboard.markup import escape
from dashboard.table import Cell, Column, Table
from dashboard.wording import standing
from dashboard.wording.ranking_watch import ordered

SHOWN = 3
LEVELS = ("prefecture", "county")


def card(at: Here) -> cards.Card:
    """The regions with most flags, three on screen and all in the files; over them the significant moves."""
    text = at.text
    flags = at.frame("mart.attention")
    counts = dict(flags.group_by("region_level").agg(pl.col("region_id").n_unique()).iter_rows())
    words = {level: counts.get(level, 0) for level in LEVELS}
    rows = tuple(_row(at, code) for code in ordered(flags))
    columns = (Column(text("ranking.region")), Column(text("standing.flags_column")))
    return cards.Card(
        title=text("home.watch" if rows else "home.watch_none", **words),
        body=f'<p class="zx-moved">{escape(moves(at))}</p>',
        table=Table(text("home.watch_caption"), columns, rows, "zx-watch", SHOWN) if rows else None,
        open=True,
        link=" · ".join(
            text.join(_links(at, name, tab)) for name, tab in (("ranking", None), ("watch", "watch"))
        ),
    )


def _row(at: Here, code: str) -> tuple[Cell, Cell]:
    """A region with its flags: in a few words on screen, with their limits in files."""
    text, region = at.text, at.region(code)
    place = at.link(text.place(region), "ranking", area=code, level=region["region_level"])
    short, full = (text("standing.stop").join(of(at, code)) for of in (standing.flags_short, standing.flags))
    return Cell(text.place(region), text.of(region, "name"), place), Cell(short, full)


def _links(at: Here, name: str, tab: str | None) -> list[str]:
    return [
        at.link(at.text(f"home.to_{name}_{level}"), "ranking", area=None, level=level, tab=tab)
        for level in LEVELS
    ]


def moves(at: Here) -> str:
    """Return who surely improved or worsened of each level, or that nobody did."""
    text, parts = at.text, []
    if not at.frame("mart.rank_interval")["trend"].is_in(["improved", "worsened"]).any():
        return text("home.moves_nobody") + text("home.stop")
    for level in LEVELS:
        found = at.frame("mart.rank_interval").filter(region_level=level)
        held = {word: found.filter(trend=word)["region_id"].to_list() for word in ("improved", "worsened")}
        name = text(f"ranking.level_{level}")
        if not any(held.values()):
            parts.append(text("home.moves_none", level=name))
        for word, codes in held.items():
            if codes:
                names = text.join(text.place(at.region(code)) for code in codes[:SHOWN])
                parts.append(text(f"home.moves_{word}", level=name, n=len(codes), names=names))
    return text("home.stop").join(parts) + text("home.stop")
