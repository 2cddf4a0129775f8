"""Words and cells that all of 预警中心 and other pages use of a warning: level, place, source, figures, p.

Many warnings: `warnings.py` and `warning_list.py`; one: `warning_detail.py`.
"""

from typing import Any

import polars as pl

from dashboard import cache
from dashboard.charts import lettering, marks
from dashboard.here import Here
from dashboard.i18n import MISSING, Text
from dashboard.markup import escape
from dashboard.queries import warnings as queries
from dashboard.table import Cell

# Below this p a month is far out; below the gate of the method it is out of the ordinary.
FAR_OUT = 0.01
PAGE = "warnings"
TABLES = ("mart.warning", "mart.warning_channel", "ref.channel", "ref.warning_parameter")


def share(at: Here) -> float:
    """Return below which share on file a month is provisional."""
    return float(at.frame("ref.warning_parameter")["provisional_share"][0])


def every(at: Here) -> pl.DataFrame:
    """Return all warnings of the snapshot with whether each was seen before (`queries.seen_again`)."""
    months = int(at.frame("ref.warning_parameter")["seen_again_months"][0])
    return cache.kept(
        at.snapshot.id, lambda: queries.seen_again(at.frame("mart.warning"), months), "warnings seen again"
    )


def level_badge(level: int, text: Text, word: bool = True) -> str:
    """Return a level as HTML: shape and numeral on its colour, and its word."""
    mark = marks.MARKS[level]
    said = escape(text(f"charts.short_level_{level}")) if word else ""
    return f'<span class="zx-level zx-level-{level}">{mark.glyph}{mark.numeral}</span>{said}'


def level_cell(row: dict[str, Any], text: Text) -> Cell:
    """Return a warning's level as a cell: the badge on screen, the full word in files."""
    word = text(f"charts.level_{row['level']}")
    return Cell(marks.level_word(row["level"], text), word, level_badge(row["level"], text))


def region_words(at: Here, code: str) -> str:
    """Return a region as a sentence names it: a county with its prefecture."""
    row, text = at.region(code), at.text
    if row["region_level"] != "county":
        return text.of(row, "name")
    above = text.of(at.region(row["parent_id"]), "name")
    return text("warning.place", name=text.of(row, "name"), prefecture=above)


def region_short(at: Here, code: str) -> str:
    """Return a region as a table names it: a county with its prefecture in brackets."""
    row, text = at.region(code), at.text
    if row["region_level"] != "county":
        return text.place(row)
    return text("charts.of_place", name=text.place(row), place=text.place(at.region(row["parent_id"])))


def channel_words(at: Here, code: str) -> str:
    """Return the name of a channel."""
    return at.text.of(at.part("ref.channel", channel=code).row(0, named=True), "name")


def channel_sources(at: Here) -> dict[str, str]:
    """Return the source of each channel."""
    return queries.channel_sources(at.frame("ref.channel"), at.frame("ref.indicator"))


def expected_words(row: dict[str, Any], text: Text) -> str:
    """Return expected and interval without a unit."""
    if row["expected"] is None:
        return text("warning.no_expected")
    return text("warning.expected_in", value=expected_number(row["expected"]), **interval(row))


def expected_number(value: float) -> str:
    """Return an expected count; a very small one is not nothing."""
    if 0 < value < 0.005:
        return "< 0.01"
    return f"{value:,.1f}" if value >= 0.1 else f"{value:.2f}"


def interval(row: dict[str, Any]) -> dict[str, str]:
    """Return the bounds of the interval as words."""
    return {"low": f"{row['lower']:,.0f}", "high": f"{row['upper']:,.0f}"}


def p_short(p: float) -> str:
    """Return a probability as a table shows it."""
    return "< 0.0001" if p < 0.0001 else f"{p:.4f}" if p < 0.01 else f"{p:.3f}"


def seen_words(row: dict[str, Any], text: Text) -> str:
    """Return whether a region had a warning in the half year before, and when last."""
    if not row["seen"]:
        return text("warning.seen_first")
    return text("warning.seen_again", n=row["seen"] + 1, month=text.month(row["seen_last"]))


def remarks(row: dict[str, Any], text: Text) -> str:
    """Return what holds a warning back: provisional, or carried by volume alone."""
    said = [text(f"warning.{name}") for name in ("provisional", "volume_only") if row[name]]
    return text.join(said) or text("warning.no_remark")


def p_words(p: float, text: Text) -> str:
    """Return a probability in words."""
    if p < 0.0001:
        return text("warning.p_least")
    if p < 0.01:
        return text("warning.p_small", n=f"{p * 10000:.0f}")
    return text("warning.p_percent", n=f"{100 * p:.0f}" if p >= 0.1 else f"{100 * p:.1f}")


def figure(value: float | None, places: int = 0) -> Cell:
    """Return a number as a cell."""
    return Cell(MISSING if value is None else f"{value:,.{places}f}", value)


def expected(value: float | None) -> Cell:
    """Return an expected count as a cell."""
    return Cell(MISSING if value is None else expected_number(value), value)


def signed(value: float | None) -> Cell:
    """Return an excess as a cell."""
    return Cell(MISSING if value is None else lettering.signed(value), value)


def verdict(row: dict[str, Any], at: Here) -> str:
    """How a channel's month stands: not_reported, history_short, sparse, far, above, within, below."""
    if row["reason"] and row["p_value"] is None:
        return "untested"
    if row["observed"] < row["lower"]:
        return "below"
    gate = float(at.frame("ref.warning_parameter")["gate_p"][0])
    if row["observed"] <= row["expected"] or row["p_value"] >= gate:
        return "within"
    return "far" if row["p_value"] < FAR_OUT else "above"


def verdict_words(row: dict[str, Any], at: Here) -> str:
    """Return how a channel's month stands, in words, with the reason where it was not (fully) tested."""
    said = verdict(row, at)
    if said == "untested":
        return str(row["reason"])
    return at.text(f"warning.is_{said}")


def reason_words(reason: str | None, text: Text) -> str | None:
    """Return why a channel was not (fully) tested."""
    return text.code("status", reason) if reason else None


def address(at: Here, w: str, **more: Any) -> str:
    """Return the address of a warning that keeps the filters."""
    chosen = at.selection
    return at.address(PAGE, warning=w, tab=chosen.tab, levels=chosen.levels, **more)
