"""重点关注清单 in full, a tab of 区域排名: every region with a flag (mart.attention), a column a flag.

Facts of the latest twelve months beside the score, each with its own limit; no verdict and no order of merit.
"""

from typing import Any

import polars as pl

from dashboard import cards, markup
from dashboard import table as tables
from dashboard.here import Here
from dashboard.i18n import Text
from dashboard.table import Cell, Column, Table
from dashboard.wording import standing
from dashboard.wording.ranking_cards import board

Row = dict[str, Any]


def card(at: Here) -> cards.Card:
    """The list of the regions shown on the page, those that fell significantly and with most flags first."""
    text, here = at.text, board(at)
    common = {"period": text("watch.latest"), "areas": here.group or text(f"level.{at.level}")}
    if not at.has("mart.attention"):
        body = markup.empty(text("ranking.no_tables"), text("ranking.no_tables_do"))
        return cards.Card(text("watch.unknown"), body=body, **common)
    flags = at.frame("mart.attention").filter(pl.col("region_id").is_in(here.shown["region_id"].implode()))
    counts = dict(flags.group_by("flag").len().iter_rows())
    if not counts:
        body = markup.empty(text("watch.nobody"))
        return cards.Card(text("watch.none", n=here.shown.height), body=body, **common)
    parts = (text(f"watch.count_{flag}", n=counts[flag]) for flag in standing.FLAGS if flag in counts)
    return cards.Card(
        title=text("watch.title", n=flags["region_id"].n_unique(), parts=text.join(parts)),
        table=_table(at, flags),
        open=True,
        note=text("watch.note"),
        **common,
    )


def ordered(flags: pl.DataFrame) -> list[str]:
    """Return the flagged regions: a significant fall first, then those with most flags, then by code."""
    found = flags.group_by("region_id").agg(fallen=(pl.col("flag") == "fallen").any(), flags=pl.len())
    return found.sort("fallen", "flags", "region_id", descending=[True, True, False])["region_id"].to_list()


def _table(at: Here, flags: pl.DataFrame) -> Table:
    text, county = at.text, at.level == "county"
    known = {(row["region_id"], row["flag"]): row for row in flags.to_dicts()}
    columns = (
        Column(text("table.code"), file_only=True),
        Column(text("ranking.region")),
        *([Column(text("table.region"))] if county else []),
        *(Column(text(f"watch.column_{flag}"), numeric=True) for flag in standing.FLAGS),
    )
    rows = []
    for code in ordered(flags):
        region = at.region(code)
        rows.append(
            (
                tables.code(region),
                tables.place(text, region, at.address(at.level, area=code)),
                *([text.place(at.region(region["parent_id"]))] if county else []),
                *(_cell(known.get((code, flag)), text) for flag in standing.FLAGS),
            )
        )
    return Table(text("home.watch_caption"), columns, tuple(rows))


def _cell(row: Row | None, text: Text) -> Cell:
    """The value that reached its limit; nothing where it did not."""
    if row is None:
        return Cell("")
    if row["flag"] == "fallen":
        return Cell(text("watch.fell"))
    return Cell(f"{row['value']:.{0 if row['flag'] == 'debtor_listed' else 1}f}", row["value"])
