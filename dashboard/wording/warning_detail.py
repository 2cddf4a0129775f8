"""What 预警中心 says of one warning: the sentence, the trend of a channel, all channels, earlier ones, facts.

The cards are functions of `at`; `w` is the warning's id, `channel` the one the trend shows. Many warnings:
`warnings.py`.
"""

from datetime import date
from typing import Any

import polars as pl

from dashboard import cards
from dashboard.charts import lettering, trend
from dashboard.here import Here
from dashboard.i18n import MISSING, Text
from dashboard.markup import definitions, escape, fold, link
from dashboard.markup import table as html_table
from dashboard.queries import warnings as queries
from dashboard.table import Cell, Column, Table
from dashboard.wording import warnings as many

# Below the first a month is far out, below the second (the gate of the method) out of the ordinary.
FAR_OUT = 0.01


def one(at: Here, w: str) -> dict[str, Any]:
    """Return the row of a warning, with whether its region was seen before."""
    return cards.kept(at, "one", lambda: _one(at, w), w)


def _one(at: Here, w: str) -> dict[str, Any]:
    seen = queries.seen_again(at.frame("mart.warning"))
    return seen.row(by_predicate=pl.col("warning_id") == w, named=True)


def _mine(at: Here, row: dict[str, Any]) -> pl.DataFrame:
    return at.part("mart.warning_channel", region_id=row["region_id"])


def late(at: Here, w: str) -> str:
    """Return as HTML what the region has not reported, or not all on file, in the warning's month."""
    row = one(at, w)
    return many.late(at, at.region(row["region_id"]), row["period"], row["period"])


def back(at: Here) -> str:
    """Return the link to where the reader came from, filters kept."""
    selection = at.selection
    place = at.address(many.PAGE, tab=selection.tab, levels=selection.levels)
    words = at.text("warning.back_list" if selection.tab == "list" else "warning.back")
    return f'<p class="zx-more">{link(words, place)}</p>'


def sentence(at: Here, w: str) -> str:
    """Return the sentence as HTML: what, where, how much above expectation, and what holds it back."""
    text, row = at.text, one(at, w)
    channel = _channel(at, row["lead_channel"])
    said = text(
        "warning.sentence",
        month=text.month(row["period"]),
        region=many.region_words(at, row["region_id"]),
        channel=text.of(channel, "name"),
        unit=text.of(channel, "unit"),
        observed=text.count(row["observed"]),
        expected=many.expected_number(row["expected"]),
        excess=f"{row['excess']:,.1f}",
        **many.interval(row),
    )
    parts = [said, text("warning.sentence_p", p=p_words(row["p_value"], text))]
    if row["provisional"]:
        completeness = _completeness(at, row)
        parts.append(text("warning.sentence_provisional", share=f"{100 * completeness:.0f}%"))
    if row["volume_only"]:
        parts.append(text("warning.sentence_volume"))
    if row["seen"]:
        parts.append(text("warning.sentence_seen", n=row["seen"], month=text.month(row["seen_last"])))
    verdict = text(f"charts.level_{row['level']}") + text("warning.to_check")
    badge = many.level_badge(row["level"], text, word=False) + escape(verdict)
    body = escape("".join(parts))
    return f'<p class="zx-lede"><b class="zx-verdict">{badge}</b> {body}</p>'


def _completeness(at: Here, row: dict[str, Any]) -> float:
    cell = (pl.col("period") == row["period"]) & (pl.col("channel") == row["lead_channel"])
    return float(_mine(at, row).filter(cell)["completeness"][0])


def _channel(at: Here, code: str) -> dict[str, Any]:
    return at.part("ref.channel", channel=code).row(0, named=True)


def p_words(p: float, text: Text) -> str:
    """Return a probability in words."""
    if p < 0.0001:
        return text("warning.p_least")
    if p < 0.01:
        return text("warning.p_small", n=f"{p * 10000:.0f}")
    return text("warning.p_percent", n=f"{100 * p:.0f}" if p >= 0.1 else f"{100 * p:.1f}")


def picture(at: Here, w: str, channel: str, month: date) -> cards.Card:
    """The trend of one channel over 36 months with its band, the month whose records are shown framed."""
    text, row, words = at.text, one(at, w), _channel(at, channel)
    mine = _mine(at, row)
    first, last = queries.series_months(row["period"], mine["period"].min(), mine["period"].max())  # type: ignore[arg-type]
    warnings = at.part("mart.warning", region_id=row["region_id"])
    series = queries.series(mine, warnings, channel, first, last, many.share(at))
    series = series.with_columns(
        pl.Series("reason", [_reason(reason, text) for reason in series["reason"]], pl.String)
    )
    cell = series.row(by_predicate=pl.col("period") == row["period"], named=True)
    name, unit = text.of(words, "name"), text.of(words, "unit")
    title = text(f"warning.trend_{_verdict(cell, at)}", channel=name, month=text.month(row["period"]))
    return cards.Card(
        title=title,
        unit=unit,
        period=text.span(first, last),
        areas=many.region_words(at, row["region_id"]),
        chart=trend.figure(series, text, unit=unit, selected=month, height=290),
        table=_series_table(at, w, series, title),
        note=text("warning.trend_reading"),
    )


def _reason(reason: str | None, text: Text) -> str | None:
    return text.code("status", reason) if reason else None


def _month_link(at: Here, w: str, month: date) -> Cell:
    """A month whose records the link shows: the second path of a click on the trend."""
    words = at.text.month(month)
    return Cell(words, month, link(words, _detail(at, w, channel=at.selection.channel, month=month)))


def _series_table(at: Here, w: str, series: pl.DataFrame, caption: str) -> Table:
    text = at.text
    labels = ("month", "observed", "expected", "lower", "upper", "excess", "p", "share", "verdict", "level")
    numeric = ("observed", "expected", "lower", "upper", "excess", "p", "share")
    columns = tuple(Column(text(f"warning.{label}"), numeric=label in numeric) for label in labels)
    rows = [
        (
            _month_link(at, w, row["period"]),
            _figure(row["observed"], 0),
            _expected(row["expected"]),
            _figure(row["lower"], 0),
            _figure(row["upper"], 0),
            _signed(row["excess"]),
            Cell(many.p_short(row["p_value"]), row["p_value"])
            if row["p_value"] is not None
            else Cell(MISSING),
            Cell(f"{100 * row['completeness']:.0f}%", row["completeness"]),
            verdict_words(row, at),
            _level_link(at, row),
        )
        for row in series.sort("period", descending=True).to_dicts()
    ]
    return Table(caption, columns, tuple(rows))


def _level_link(at: Here, row: dict[str, Any]) -> Cell:
    if row["level"] is None:
        return Cell("")
    word = at.text(f"charts.short_level_{row['level']}")
    return Cell(word, word, link(word, _detail(at, row["warning_id"])))


def _detail(at: Here, w: str, **more: Any) -> str:
    chosen = at.selection
    return at.address(many.PAGE, warning=w, tab=chosen.tab, levels=chosen.levels, **more)


def _figure(value: float | None, places: int) -> Cell:
    return Cell(MISSING if value is None else f"{value:,.{places}f}", value)


def _expected(value: float | None) -> Cell:
    return Cell(MISSING if value is None else many.expected_number(value), value)


def _signed(value: float | None) -> Cell:
    return Cell(MISSING if value is None else lettering.signed(value), value)


def _verdict(row: dict[str, Any], at: Here) -> str:
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
    said = _verdict(row, at)
    if said == "untested":
        return str(row["reason"])
    return at.text(f"warning.is_{said}")


def channels(at: Here, w: str, channel: str) -> cards.Card:
    """All channels of the region in the warning's month; each name shows its trend."""
    text, row = at.text, one(at, w)
    mine = _mine(at, row)
    found = queries.channels_of(mine, row["period"], at.frame("ref.channel")).to_dicts()
    found = [{**cell, "reason": _reason(cell["reason"], text)} for cell in found]
    bars = queries.recent(mine, row["period"])
    raised = row["channels"].split(",")
    title = text("warning.channels_title", n=len(raised), of=len(found))
    head = ("channel", "observed", "expected", "excess", "p_own", "verdict", "recent")
    rows = [
        [
            _channel_name(at, w, cell, channel),
            f"<b>{escape(_figure(cell['observed'], 0).shown)}</b>",
            escape(many.expected_words(cell, text)),
            escape(_signed(cell["excess"]).shown),
            escape("" if cell["p_value"] is None else many.p_short(cell["p_value"])),
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
        areas=many.region_words(at, row["region_id"]),
        body=body,
        table=_channels_table(at, found, title),
        note=text("warning.channels_reading"),
    )


def _judged(row: dict[str, Any], at: Here) -> str:
    words = verdict_words(row, at)
    sparse = row["reason"] and row["p_value"] is not None
    return at.text("charts.in_place", name=words, place=row["reason"]) if sparse else words


def _channel_name(at: Here, w: str, row: dict[str, Any], shown: str) -> str:
    words = at.text.of(row, "name")
    if row["channel"] == shown:
        return f"<b>{escape(words)}</b>"
    return link(words, _detail(at, w, channel=row["channel"]))


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
            _figure(row["observed"], 0),
            _expected(row["expected"]),
            _figure(row["lower"], 0),
            _figure(row["upper"], 0),
            _signed(row["excess"]),
            Cell(MISSING if row["p_value"] is None else p_words(row["p_value"], text), row["p_value"]),
            Cell(f"{100 * row['completeness']:.0f}%", row["completeness"]),
            _judged(row, at),
        )
        for row in found
    )
    return Table(caption, columns, rows)


def earlier(at: Here, w: str) -> cards.Card:
    """The region's other warnings, newest first."""
    text, row = at.text, one(at, w)
    every = queries.seen_again(at.part("mart.warning", region_id=row["region_id"]))
    others = every.filter(pl.col("warning_id") != w).sort("period", descending=True)
    name = many.region_words(at, row["region_id"])
    before = others.filter(pl.col("period") < row["period"]).height
    title = text("warning.others_title", n=others.height, before=before, area=name)
    return cards.Card(
        title=title if others.height else text("warning.others_none", area=name),
        areas=name,
        table=_others_table(at, others, title) if others.height else None,
        open=True,
    )


def _others_table(at: Here, others: pl.DataFrame, caption: str) -> Table:
    text = at.text
    columns = (
        Column(text("warning.month")),
        Column(text("warning.level")),
        Column(text("warning.lead")),
        Column(text("warning.observed"), numeric=True),
        Column(text("warning.expected"), numeric=True),
        Column(text("warning.remarks")),
    )
    rows = tuple(
        (
            Cell(
                text.month(row["period"]),
                row["period"],
                link(text.month(row["period"]), _detail(at, row["warning_id"])),
            ),
            Cell(
                text(f"charts.short_level_{row['level']}"),
                html=many.level_badge(row["level"], text),
            ),
            many.channel_words(at, row["lead_channel"]),
            _figure(row["observed"], 0),
            Cell(many.expected_words(row, text), row["expected"]),
            many.remarks(row, text),
        )
        for row in others.to_dicts()
    )
    return Table(caption, columns, rows)


def facts(at: Here, w: str) -> cards.Card:
    """What the warning was made with: model, snapshot, parameters, tests."""
    text, row = at.text, one(at, w)
    tested = queries.channels_of(_mine(at, row), row["period"], at.frame("ref.channel"))
    manifest = at.snapshot.manifest
    pairs = [
        (text("warning.id"), row["warning_id"] if not at.coded else ""),
        (text("warning.model"), text("warning.model_first")),
        (text("frame.method"), str(at.snapshot.method.get("id", ""))),
        (text("frame.snapshot"), at.snapshot.id[:12]),
        (text("frame.as_of"), text.day(date.fromisoformat(manifest["as_of"]))),
        (text("warning.tests"), str(tested["p_value"].count())),
        (
            text("warning.p_joined"),
            text("warning.p_both", p=many.p_short(row["p_value"]), words=p_words(row["p_value"], text)),
        ),
    ]
    parameters = at.frame("ref.warning_parameter").row(0, named=True)
    listed = definitions((text(f"parameter.{name}"), f"{value:g}") for name, value in parameters.items())
    return cards.Card(
        title=text("warning.facts"),
        body=definitions(pairs) + fold(text("warning.parameters", n=len(parameters)), listed),
        note=text("warning.facts_reading"),
    )
