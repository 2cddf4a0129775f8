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

SHOWN = 3


def card(at: Here) -> cards.Card:
    """The regions with most flags, three on screen and all in the files; over them the significant moves."""
    text = at.text
    flagged = _regions(at)
    counts = dict(flagged.group_by("region_level").len().iter_rows())
    words = {level: counts.get(level, 0) for level in ("prefecture", "county")}
    title = text("home.watch" if flagged.height else "home.watch_none", **words)
    rows = tuple(
        (
            Cell(
                text.place(region),
                text.of(region, "name"),
                at.link(text.place(region), "ranking", area=code, level=region["region_level"]),
            ),
            text("standing.stop").join(standing.flags(at, code)),
        )
        for code, region in ((code, at.region(code)) for code in flagged["region_id"])
    )
    columns = (Column(text("ranking.region")), Column(text("standing.flags_column")))
    links = [
        at.link(text(f"home.to_ranking_{level}"), "ranking", area=None, level=level)
        for level in ("prefecture", "county")
    ]
    return cards.Card(
        title=title,
        body=f'<p class="zx-moved">{escape(moves(at))}</p>',
        table=Table(text("home.watch_caption"), columns, rows, "zx-attention", SHOWN) if rows else None,
        open=True,
        link=" · ".join(links),
    )


def _regions(at: Here) -> pl.DataFrame:
    """The flagged regions: a significant fall first, then those with most flags, then by code."""
    return (
        at.frame("mart.attention")
        .group_by("region_id", "region_level")
        .agg(fallen=(pl.col("flag") == "fallen").any(), flags=pl.len())
        .sort("fallen", "flags", "region_id", descending=[True, True, False])
    )


def moves(at: Here) -> str:
    """Return who surely improved or worsened of each level, or that nobody did."""
    text, parts = at.text, []
    for level in ("prefecture", "county"):
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
