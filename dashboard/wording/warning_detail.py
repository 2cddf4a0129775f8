"""What 预警中心 says of one warning: the sentence, the trend of a channel, other warnings, facts.

The cards are functions of `at`; `w` is the warning's id, `channel` the one the trend shows. Many warnings:
`warnings.py`; the other sources: `warning_channels.py`.
"""

from datetime import date
from typing import Any

import polars as pl

from dashboard import cards
from dashboard.charts import trend
from dashboard.here import Here
from dashboard.i18n import MISSING
from dashboard.markup import definitions, escape, fold, link
from dashboard.queries import warning_grounds as grounds
from dashboard.queries import warnings as queries
from dashboard.table import Cell, Column, Table
from dashboard.wording import warning_words as say
from dashboard.wording import warnings


def one(at: Here, w: str) -> dict[str, Any]:
    """Return the row of a warning, with whether its region was seen before."""
    return cards.kept(at, "one", lambda: _one(at, w), w)


def _one(at: Here, w: str) -> dict[str, Any]:
    return say.every(at).row(by_predicate=pl.col("warning_id") == w, named=True)


def mine(at: Here, row: dict[str, Any]) -> pl.DataFrame:
    """Return all channels and months of a warning's region."""
    return at.part("mart.warning_channel", region_id=row["region_id"])


def late(at: Here, w: str) -> str:
    """Return as HTML what the region has not reported, or not all on file, in the warning's month."""
    row = one(at, w)
    return warnings.late(at, at.region(row["region_id"]), row["period"], row["period"])


def back(at: Here) -> str:
    """Return the link to where the reader came from, filters kept."""
    selection = at.selection
    place = at.address(say.PAGE, tab=selection.tab, levels=selection.levels)
    words = at.text("warning.back_list" if selection.tab == "list" else "warning.back")
    return f'<p class="zx-more">{link(words, place)}</p>'


def sentence(at: Here, w: str) -> str:
    """Return the sentence as HTML: what, where, how much above expectation, and what holds it back."""
    text, row = at.text, one(at, w)
    channel = _channel(at, row["lead_channel"])
    said = text(
        "warning.sentence",
        month=text.month(row["period"]),
        region=say.region_words(at, row["region_id"]),
        channel=text.of(channel, "name"),
        unit=text.of(channel, "unit"),
        observed=text.count(row["observed"]),
        expected=say.expected_number(row["expected"]),
        excess=f"{row['excess']:,.1f}",
        **say.interval(row),
    )
    parts = [said, text("warning.sentence_p", p=say.p_words(row["p_value"], text))]
    if row["provisional"]:
        completeness = _completeness(at, row)
        parts.append(text("warning.sentence_provisional", share=f"{100 * completeness:.0f}%"))
    if row["volume_only"]:
        parts.append(text("warning.sentence_volume"))
    if row["seen"]:
        parts.append(text("warning.sentence_seen", n=row["seen"], month=text.month(row["seen_last"])))
    verdict = text(f"charts.level_{row['level']}") + text("warning.to_check")
    badge = say.level_badge(row["level"], text, word=False) + escape(verdict)
    body = escape("".join(parts))
    return f'<p class="zx-lede"><b class="zx-verdict">{badge}</b> {body}</p>'


def _completeness(at: Here, row: dict[str, Any]) -> float:
    cell = (pl.col("period") == row["period"]) & (pl.col("channel") == row["lead_channel"])
    return float(mine(at, row).filter(cell)["completeness"][0])


def _channel(at: Here, code: str) -> dict[str, Any]:
    return at.part("ref.channel", channel=code).row(0, named=True)


def picture(at: Here, w: str, channel: str, month: date) -> cards.Card:
    """The trend of one channel over 36 months with its band, the month whose records are shown framed."""
    text, row, words = at.text, one(at, w), _channel(at, channel)
    own = mine(at, row)
    first, last = queries.series_months(row["period"], own["period"].min(), own["period"].max())  # type: ignore[arg-type]
    warnings = at.part("mart.warning", region_id=row["region_id"])
    series = queries.series(own, warnings, channel, first, last, say.share(at))
    series = series.with_columns(
        pl.Series("reason", [say.reason_words(reason, text) for reason in series["reason"]], pl.String)
    )
    cell = series.row(by_predicate=pl.col("period") == row["period"], named=True)
    name, unit = text.of(words, "name"), text.of(words, "unit")
    title = text(f"warning.trend_{say.verdict(cell, at)}", channel=name, month=text.month(row["period"]))
    return cards.Card(
        title=title,
        unit=unit,
        period=text.span(first, last),
        areas=say.region_words(at, row["region_id"]),
        chart=trend.figure(series, text, unit=unit, selected=month, height=290),
        table=_series_table(at, w, series, title),
        note=text("warning.trend_reading"),
    )


def _month_link(at: Here, w: str, month: date) -> Cell:
    """A month whose records the link shows: the second path of a click on the trend."""
    words = at.text.month(month)
    return Cell(words, month, link(words, say.address(at, w, channel=at.selection.channel, month=month)))


def _series_table(at: Here, w: str, series: pl.DataFrame, caption: str) -> Table:
    text = at.text
    labels = ("month", "observed", "expected", "lower", "upper", "excess", "p", "share", "verdict", "level")
    numeric = ("observed", "expected", "lower", "upper", "excess", "p", "share")
    columns = tuple(Column(text(f"warning.{label}"), numeric=label in numeric) for label in labels)
    rows = [
        (
            _month_link(at, w, row["period"]),
            say.figure(row["observed"], 0),
            say.expected(row["expected"]),
            say.figure(row["lower"], 0),
            say.figure(row["upper"], 0),
            say.signed(row["excess"]),
            Cell(say.p_short(row["p_value"]), row["p_value"])
            if row["p_value"] is not None
            else Cell(MISSING),
            Cell(f"{100 * row['completeness']:.0f}%", row["completeness"]),
            say.verdict_words(row, at),
            level_link(at, row),
        )
        for row in series.sort("period", descending=True).to_dicts()
    ]
    return Table(caption, columns, tuple(rows))


def level_link(at: Here, row: dict[str, Any]) -> Cell:
    """Return the level of a month's warning as a link to it; empty where there is none."""
    if row["level"] is None:
        return Cell("")
    word = at.text(f"charts.short_level_{row['level']}")
    return Cell(word, word, link(word, say.address(at, row["warning_id"])))


def earlier(at: Here, w: str) -> cards.Card:
    """The region's other warnings, newest first."""
    text, row = at.text, one(at, w)
    of_region = say.every(at).filter(pl.col("region_id") == row["region_id"])
    others = of_region.filter(pl.col("warning_id") != w).sort("period", descending=True)
    name = say.region_words(at, row["region_id"])
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
                link(text.month(row["period"]), say.address(at, row["warning_id"])),
            ),
            Cell(
                text(f"charts.short_level_{row['level']}"),
                html=say.level_badge(row["level"], text),
            ),
            say.channel_words(at, row["lead_channel"]),
            say.figure(row["observed"], 0),
            Cell(say.expected_words(row, text), row["expected"]),
            say.remarks(row, text),
        )
        for row in others.to_dicts()
    )
    return Table(caption, columns, rows)


def _issued(at: Here, row: dict[str, Any]) -> list[tuple[str, str]]:
    """The lasting id of the ledger and when it was raised first; the digest of the parameters."""
    text, pairs = at.text, []
    if at.has("mart.warning_ledger"):
        said = grounds.issued(at.part("mart.warning_ledger", region_id=row["region_id"]), row["period"])
        if said:
            day = text.day(said["raised_on"])
            gone = said["withdrawn_on"]
            first = text("warning.withdrawn", raised=day, day=text.day(gone)) if gone else day
            number = "" if at.coded else said["warning_id"]
            pairs += [(text("warning.ledger_id"), number), (text("warning.first_raised"), first)]
    if at.has("mart.warning_evidence"):
        mine = at.part("mart.warning_evidence", region_id=row["region_id"])
        digest = mine.filter(pl.col("period") == row["period"])["parameters"][0]
        pairs.append((text("warning.parameters_hash"), digest[:12]))
    return pairs


def facts(at: Here, w: str) -> cards.Card:
    """What the warning was made with: model, snapshot, parameters, tests."""
    text, row = at.text, one(at, w)
    tested = queries.channels_of(mine(at, row), row["period"], at.frame("ref.channel"))
    manifest = at.snapshot.manifest
    pairs = [
        (text("warning.id"), row["warning_id"] if not at.coded else ""),
        (text("warning.model"), text("warning.model_first")),
        (text("frame.method"), str(at.snapshot.method.get("id", ""))),
        (text("frame.snapshot"), at.snapshot.id[:12]),
        (text("frame.as_of"), text.day(date.fromisoformat(manifest["as_of"]))),
        *_issued(at, row),
        (text("warning.tests"), str(tested["p_value"].count())),
        *(
            (
                text(f"warning.{label}"),
                text("warning.p_both", p=say.p_short(row[column]), words=say.p_words(row[column], text)),
            )
            for label, column in (("p_joined", "p_value"), ("p_alarm", "alarm_p"))
            if column in row
        ),
    ]
    parameters = at.frame("ref.warning_parameter").row(0, named=True)
    listed = definitions((text(f"parameter.{name}"), f"{value:g}") for name, value in parameters.items())
    return cards.Card(
        title=text("warning.facts"),
        body=definitions(pairs) + fold(text("warning.parameters", n=len(parameters)), listed),
        note=text("warning.facts_reading"),
    )
