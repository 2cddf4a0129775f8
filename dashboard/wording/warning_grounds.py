"""What a warning rests on: what its excess is made of, the fewest records behind it, checks of the data.

Makers of cards, pure in `at`. Why it has its level: `warning_reason.py`.
"""

from datetime import date
from functools import partial
from typing import Any

import polars as pl

from dashboard import cards
from dashboard import table as tables
from dashboard.here import Here
from dashboard.i18n import Text
from dashboard.markup import fold, items
from dashboard.queries import warning_grounds as queries
from dashboard.table import Cell, Column, Table
from dashboard.wording import records
from dashboard.wording import warning_detail as detail
from dashboard.wording import warning_words as say
from dashboard.wording.warning_channels import channels

SHARE, EVIDENCE, CHECK = "mart.warning_share", "mart.warning_evidence", "mart.warning_check"
CHECKS = ("many_together", "young", "late_report", "after_silence", "one_day", "one_event")
PEER = "mart.peer"
# A value with no record and less than this (either way) in the excess is not said by itself.
LEAST = 0.05
HIGH = ("far", "above")
OF_FAILURES = ("one_day", "one_event")


def excess(at: Here, w: str, channel: str) -> cards.Card:
    """What the excess of a count is made of, and the fewest records without which nothing was raised.

    Of the channel shown where it explains the warning, else of the one that leads.
    """
    text, row = at.text, detail.one(at, w)
    channel = channel if channel in row["channels"].split(",") else row["lead_channel"]
    mine = at.part(SHARE, region_id=row["region_id"])
    found = queries.contributions(mine, row["period"], channel)
    named = at.part("ref.channel", channel=channel).row(0, named=True)
    name, unit = text.of(named, "name"), text.of(named, "unit")
    twins = [_made_of(part, attribute, name, text) for attribute, part in found.items()]
    whole = next(iter(found.values()))
    most = whole.row(0, named=True)
    title = text(
        "warning.excess_title",
        channel=name,
        excess=f"{whole['excess'].sum():,.1f}",
        unit=unit,
        value=records.word(most["value"], text),
        most=f"{most['excess']:,.1f}",
    )
    return cards.Card(
        title=title,
        unit=unit,
        period=text.month(row["period"]),
        areas=say.region_words(at, row["region_id"]),
        body=items(evidence_words(at, row)) if at.has(EVIDENCE) else "",
        table=twins[0],
        open=True,
        below="".join(fold(twin.caption, tables.html(twin)) for twin in twins[1:]),
        note=text("warning.excess_reading"),
    )


def _made_of(part: pl.DataFrame, attribute: str, channel: str, text: Text) -> Table:
    """The values of an attribute with their sum, which is the excess of the count."""
    columns = (
        Column(text.code("warning.attribute", attribute)),
        Column(text("warning.observed"), numeric=True),
        Column(text("warning.usual"), numeric=True),
        Column(text("warning.expected_plain"), numeric=True),
        Column(text("warning.excess"), numeric=True),
    )
    said = (pl.col("observed") > 0) | (pl.col("excess").abs() >= LEAST)
    lines = [(records.word(row["value"], text), row) for row in part.filter(said).to_dicts()]
    if rest := part.filter(~said).height:
        lines.append((text("warning.rest", n=rest), _summed(part.filter(~said))))
    rows = tuple(_line(name, row) for name, row in (*lines, (text("warning.total"), _summed(part))))
    caption = text("warning.excess_by", channel=channel, attribute=text.code("warning.attribute", attribute))
    return Table(caption, columns, rows)


def _summed(part: pl.DataFrame) -> dict[str, Any]:
    """One row for several values of an attribute; sums to the digits that are stored."""
    return part.select(pl.col("observed", "share", "expected", "excess").sum().round(9)).row(0, named=True)


def _line(name: str, row: dict[str, Any]) -> tuple[Cell | str, ...]:
    return (
        name,
        say.figure(row["observed"], 0),
        Cell(f"{100 * row['share']:.0f}%", row["share"]),
        say.expected(row["expected"]),
        say.signed(row["excess"]),
    )


def evidence_words(at: Here, row: dict[str, Any]) -> list[str]:
    """Return without which records nothing was raised, and without which it were a level lower."""
    text = at.text
    found = queries.evidence(at.part(EVIDENCE, region_id=row["region_id"]), row["period"])
    said = []
    for goal, rows in found.items():
        after = rows[0]["level_after"]
        if goal == "lower" and after is None:
            continue
        parts = text.join(_pattern(at, part) for part in rows)
        words = {"n": sum(part["records"] for part in rows), "parts": parts}
        level = text(f"charts.short_level_{after}") if after else ""
        said.append(text(f"warning.evidence_{goal}", level=level, **words) + _how_sure(rows, text))
    return said[::-1]


def _pattern(at: Here, part: dict[str, Any]) -> str:
    """So many of so many records that the same counts hold."""
    codes = part["channels"].split(",")
    key = "warning.pattern_shared" if len(codes) > 1 else "warning.pattern"
    counts = at.text.join(say.channel_words(at, code) for code in codes)
    return at.text(key, counts=counts, n=part["records"], of=part["of_records"])


def _how_sure(rows: list[dict[str, Any]], text: Text) -> str:
    return text("warning.evidence_exact" if rows[0]["exact"] else "warning.evidence_greedy")


def data_checks(at: Here, w: str, channel: str) -> cards.Card:
    """Whether the warning may be a matter of the data: every check, and what it found.

    The checks are of the count that leads; `channel`, the one shown, makes no difference.
    """
    text, row = at.text, detail.one(at, w)
    found = queries.checks(at.part(CHECK, region_id=row["region_id"]), row["period"])
    failures = row["lead_channel"].startswith("failure")
    rows = tuple(
        (text(f"warning.check_{check}"), _checked(check, found.get(check), failures, text))
        for check in CHECKS
    )
    title = text("warning.data_found", n=len(found)) if found else text("warning.data_clean")
    return cards.Card(
        title=title,
        period=text.month(row["period"]),
        areas=say.region_words(at, row["region_id"]),
        table=Table(title, (Column(text("warning.check")), Column(text("warning.check_result"))), rows),
        open=True,
        note=text("warning.data_reading"),
    )


def _checked(check: str, found: dict[str, Any] | None, failures: bool, text: Text) -> Cell | str:
    """What a check says: what it found, nothing, or that it is not one of this kind of count."""
    if found:
        said = text(f"warning.found_{check}", n=found["found"], of=found["whole"])
        return Cell(said, said, f"<b>{said}</b>")
    return text(
        "warning.found_nothing" if failures or check not in OF_FAILURES else "warning.found_not_asked"
    )


def peers(at: Here, w: str, channel: str) -> cards.Card:
    """The region and those in like conditions, in the month and the source shown."""
    text, row = at.text, detail.one(at, w)
    codes = at.part(PEER, region_id=row["region_id"])["peer_id"].to_list()
    cells = at.part("mart.warning_channel", region_level=row["region_level"], period=row["period"])
    found = queries.peers(cells, say.every(at), [row["region_id"], *codes], row["period"], channel).to_dicts()
    found = [{**cell, "reason": say.reason_words(cell["reason"], text)} for cell in found]
    high = [cell for cell in found if cell["region_id"] in codes and say.verdict(cell, at) in HIGH]
    columns = (
        Column(text("warning.region")),
        Column(text("warning.observed"), numeric=True),
        Column(text("warning.expected"), numeric=True),
        Column(text("warning.excess"), numeric=True),
        Column(text("warning.verdict")),
        Column(text("warning.level")),
    )
    title = (
        text("warning.peers_title", of=len(codes), n=len(high))
        if high
        else text("warning.peers_none", of=len(codes))
    )
    return cards.Card(
        title=title,
        unit=text.of(at.part("ref.channel", channel=channel).row(0, named=True), "unit"),
        period=text.month(row["period"]),
        areas=say.channel_words(at, channel),
        table=Table(title, columns, tuple(_peer(at, row, cell) for cell in found)),
        open=True,
        note=text("warning.peers_reading"),
    )


def _peer(at: Here, row: dict[str, Any], cell: dict[str, Any]) -> tuple[Cell | str, ...]:
    name = say.region_short(at, cell["region_id"])
    own = cell["region_id"] == row["region_id"]
    return (
        at.text("warning.itself", name=name) if own else name,
        say.figure(cell["observed"], 0),
        Cell(say.expected_words(cell, at.text), cell["expected"]),
        say.signed(cell["excess"]),
        say.verdict_words(cell, at),
        detail.level_link(at, cell),
    )


def columns(
    at: Here, w: str, channel: str, month: date
) -> tuple[dict[str, cards.Make], dict[str, cards.Make]]:
    """Return the makers of the trend and the cards under it, and of those beside it, by name.

    Those whose tables an older snapshot does not hold are not among them. `month` is that whose records show.
    """
    given = {"w": w, "channel": channel}
    place = {"region_id": detail.one(at, w)["region_id"], "channel": channel, "month": month}
    under: dict[str, cards.Make] = {"trend": partial(detail.picture, **given, month=month)}
    under |= {"excess": partial(excess, **given)} if at.has(SHARE) else {}
    under |= {"records": partial(records.card, **place), "earlier": partial(detail.earlier, w=w)}
    beside: dict[str, cards.Make] = {"channels": partial(channels, **given)}
    beside |= {"checks": partial(data_checks, **given)} if at.has(CHECK) else {}
    beside |= {"peers": partial(peers, **given)} if at.has(PEER) else {}
    return under, beside
