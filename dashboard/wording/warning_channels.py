"""The sources of a warning in its month: how each stands, in words, with twelve small bars."""

from typing import Any

from dashboard import cards
from dashboard.here import Here
from dashboard.i18n import MISSING
from dashboard.markup import escape, link
from dashboard.markup import table as html_table
from dashboard.queries import warnings as queries
from dashboard.table import Cell, Column, Table
from dashboard.wording import warning_detail as detail
from dashboard.wording import warning_words as say


def channels(at: Here, w: str, channel: str) -> cards.Card:
    """All channels of the region in the warning's month; each name shows its trend."""
    text, row = at.text, detail.one(at, w)
    mine = detail.mine(at, row)
    found = queries.channels_of(mine, row["period"], at.frame("ref.channel")).to_dicts()
    found = [{**cell, "reason": say.reason_words(cell["reason"], text)} for cell in found]
    bars = queries.recent(mine, row["period"])
    raised = row["channels"].split(",")
    title = text("warning.channels_title", n=len(raised), of=len(found))
    head = ("channel", "observed", "expected", "excess", "p_own", "verdict", "recent")
    rows = [
        [
            _channel_name(at, w, cell, channel),
            f"<b>{escape(say.figure(cell['observed'], 0).shown)}</b>",
            escape(say.expected_words(cell, text)),
            escape(say.signed(cell["excess"]).shown),
            escape("" if cell["p_value"] is None else say.p_short(cell["p_value"])),
            escape(_judged(cell, at)),
            _bars(bars.get(cell["channel"], [])),
        ]
        for cell in found
    ]
    body = html_table(
        [text(f"warning.{label}") for label in head],
        rows,
        caption=title,
        numeric=(1, 2, 3, 4),
        raw=range(7),
        name="zx-channels",
    )
    return cards.Card(
        title=title,
        unit=text.of(found[0], "unit"),
        period=text.month(row["period"]),
        areas=say.region_words(at, row["region_id"]),
        body=body,
        table=_channels_table(at, found, title),
        note=text("warning.channels_reading"),
    )


def _judged(row: dict[str, Any], at: Here) -> str:
    words = say.verdict_words(row, at)
    sparse = row["reason"] and row["p_value"] is not None
    return at.text("charts.in_place", name=words, place=row["reason"]) if sparse else words


def _channel_name(at: Here, w: str, row: dict[str, Any], shown: str) -> str:
    words = at.text.of(row, "name")
    if row["channel"] == shown:
        return f"<b>{escape(words)}</b>"
    return link(words, say.address(at, w, channel=row["channel"]))


def _bars(values: list[float | None]) -> str:
    """Twelve months as small bars, the last dark, a missing month hatched; the trend says them in numbers."""
    most = max([value for value in values if value is not None], default=0) or 1
    bars = [
        '<i class="zx-hatch"></i>'
        if value is None
        else f'<i style="height:{max(6, 100 * value / most):.0f}%"></i>'
        for value in values
    ]
    return f'<span class="zx-bars" aria-hidden="true">{"".join(bars)}</span>'


def _channels_table(at: Here, found: list[dict[str, Any]], caption: str) -> Table:
    text = at.text
    labels = ("channel", "observed", "expected", "lower", "upper", "excess", "p_own", "share", "verdict")
    columns = tuple(Column(text(f"warning.{label}"), numeric=0 < n < 8) for n, label in enumerate(labels))
    rows = tuple(
        (
            text.of(row, "name"),
            say.figure(row["observed"], 0),
            say.expected(row["expected"]),
            say.figure(row["lower"], 0),
            say.figure(row["upper"], 0),
            say.signed(row["excess"]),
            Cell(MISSING if row["p_value"] is None else say.p_words(row["p_value"], text), row["p_value"]),
            Cell(f"{100 * row['completeness']:.0f}%", row["completeness"]),
            _judged(row, at),
        )
        for row in found
    )
    return Table(caption, columns, rows)
