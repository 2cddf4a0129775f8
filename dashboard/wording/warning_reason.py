"""Why one warning was raised, in words: its three readings, gate, false discoveries; a second opinion.

What the excess is made of: `warning_grounds.py`; the sources one by one: `warning_channels.py`.
"""

from typing import Any

import polars as pl

from dashboard.here import Here
from dashboard.markup import escape
from dashboard.wording import warning_detail as detail
from dashboard.wording import warning_words as say

TEST, FOREST, MONTH = "mart.warning_test", "mart.warning_forest", "mart.warning_month"
PARTS = ("best", "together", "neighbours")


def sentence(at: Here, w: str) -> str:
    """Return as HTML what happened (`detail.sentence`), and under it why it was raised."""
    return detail.sentence(at, w) + reason(at, w)


def reason(at: Here, w: str) -> str:
    """Return as HTML how unusual the month is on the whole, and what its level followed from.

    "" where the snapshot does not hold the tests of its months.
    """
    if not at.has(TEST):
        return ""
    row, text = detail.one(at, w), at.text
    test = of_month(at, TEST, row)
    parts = {name: say.p_words(test[f"{name}_p"], text) for name in PARTS}
    said = [
        text("warning.why_level", alarm=say.p_words(row["alarm_p"], text), **parts),
        text("warning.why_gate", channel=say.channel_words(at, row["lead_channel"])),
        discovery(at, row, test),
        second_opinion(at, row),
    ]
    return f'<p class="zx-note">{escape("".join(said))}</p>'


def of_month(at: Here, table: str, row: dict[str, Any]) -> dict[str, Any]:
    """Return the row of a table for the warning's region and month; raises where there is none."""
    return at.part(table, region_id=row["region_id"]).row(
        by_predicate=pl.col("period") == row["period"], named=True
    )


def discovery(at: Here, row: dict[str, Any], test: dict[str, Any]) -> str:
    """Return what made the level of the joint p: false discoveries, or that a part of the sources made it.

    Volume has no say above level 4 and a provisional source none above level 3, so a level may be found
    without them although all sources together are not that unusual (METHOD 6.7).
    """
    text, limits = at.text, at.frame("ref.warning_parameter").row(0, named=True)
    level, second = row["level"], row["alarm_p"] < limits["level_2_p"]
    if row["alarm_p"] >= limits[f"level_{max(level, 2)}_p"] or (level < 3 and not test["discovered"]):
        return text("warning.why_firm")
    if not second:
        held = level == 4 and row["alarm_p"] < limits["level_3_p"] and not row["provisional"]
        return text("warning.why_weaker") + (text("warning.why_held") if held else "")
    month = at.part(MONTH, region_level=row["region_level"], period=row["period"]).row(0, named=True)
    tested, held = month["tested_count"], level > 2 and not row["provisional"]
    if tested < limits["bh_least_units"]:
        return text("warning.why_few", n=tested) + (text("warning.why_held") if held else "")
    if not test["discovered"]:
        return text("warning.why_not_found", n=tested)
    return text("warning.why_found", n=tested) + (text("warning.why_held") if held else "")


def second_opinion(at: Here, row: dict[str, Any]) -> str:
    """Return what the isolation forest says of the month; it has no say in levels; "" for nothing."""
    if not at.has(FOREST):
        return ""
    found = at.part(FOREST, region_id=row["region_id"]).filter(pl.col("period") == row["period"])
    if found.is_empty():
        return ""
    said = found.row(0, named=True)
    key = "warning.forest_flagged" if said["flagged"] else "warning.forest_quiet"
    return at.text(key, percentile=f"{said['percentile']:.1f}")
