"""方法说明: what is usual for a type of region and whether it still is; groups of peers; what is not said."""

from typing import Any

import polars as pl

from dashboard.here import Here
from dashboard.i18n import NOT_APPLICABLE, Text
from dashboard.markup import items, paragraph, table

Row = dict[str, Any]
UNSAID = 7


def section(at: Here) -> str:
    """Return the priors of the latest year with their check, a table a level; "" without any."""
    if not (at.has("ref.prior") and at.has("mart.prior_check")):
        return ""
    check = at.frame("mart.prior_check")
    period = check.filter(window_kind="r12")["period"].max()
    if period is None:
        return ""
    checked = at.part("mart.prior_check", window_kind="r12", period=period)
    year = period.year  # type: ignore[union-attr]
    priors = at.frame("ref.prior").filter((pl.col("year") == year) & (pl.col("prior_group") == "all"))
    names = at.frame("ref.indicator").filter("scored").sort("sort_order")
    rows = names.join(priors, on="indicator_id", maintain_order="left").join(
        checked.select("region_level", "indicator_id", "level_rate", "ratio", "stale"),
        on=["region_level", "indicator_id"],
        how="left",
        maintain_order="left",
    )
    stale = int(rows["stale"].fill_null(False).sum())
    intro = at.text("priors.intro", year=year, stale=stale, n=rows.height)
    return paragraph(intro, "zx-note") + "".join(
        _level(rows.filter(region_level=level), level, at.text) for level in ("prefecture", "county")
    )


def _level(rows: pl.DataFrame, level: str, text: Text) -> str:
    head = ("mean", "strength", "observations", "basis", "known_on", "rate", "ratio", "check")
    lines = [
        [
            text.of(row, "name"),
            f"{row['mean'] * row['scale']:.2f}",
            NOT_APPLICABLE if row["model"] == "X" or row["strength"] is None else f"{row['strength']:,.1f}",
            f"{row['observations']}",
            text(f"priors.{row['basis']}"),
            text.day(row["known_on"]),
            NOT_APPLICABLE if row["level_rate"] is None else f"{row['level_rate']:.2f}",
            NOT_APPLICABLE if row["ratio"] is None else f"{row['ratio']:.2f}",
            _check(row, text),
        ]
        for row in rows.to_dicts()
    ]
    caption = text(f"ranking.level_{level}")
    words = [text("table.indicator"), *(text(f"priors.{key}") for key in head)]
    shown = table(words, lines, caption=caption, numeric=(1, 2, 3, 6, 7), name="zx-wide")
    return paragraph(caption, "zx-sub") + shown


def _check(row: Row, text: Text) -> str:
    if row["stale"] is None:
        return NOT_APPLICABLE
    return text("priors.stale" if row["stale"] else "priors.in_range")


def groups(at: Here) -> str:
    """Return the named groups of peers with their sources; "" for a snapshot without any."""
    if not at.has("mart.peer_group"):
        return ""
    text, sizes = at.text, at.frame("mart.peer_group").group_by("kind").agg(pl.col("region_id").n_unique())
    rows = at.frame("ref.peer_group").join(sizes, left_on="peer_group", right_on="kind", how="left")
    lines = [
        [text.of(row, "name"), f"{row['region_id'] or 0}", text.of(row, "source")] for row in rows.to_dicts()
    ]
    head = [text(f"priors.{key}") for key in ("group", "counties", "source")]
    intro = paragraph(text("priors.peers"), "zx-note")
    return intro + table(head, lines, caption=text("method.peer_groups"), numeric=(1,))


def not_said(at: Here) -> str:
    """Return what the system does not say, a sentence each."""
    return items(at.text(f"unsaid.{number}") for number in range(1, UNSAID + 1))
