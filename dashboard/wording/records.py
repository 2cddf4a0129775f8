"""The card of the records behind one month of a channel: which cases the plotted number is made of.

`card` is pure; any page that shows a month of a channel may draw it:
`cards.show(at, "records", lambda at: records.card(at, channel, region, month), channel, region, month)`.
"""

from datetime import date
from typing import Any

from dashboard import markup
from dashboard.cards import Card
from dashboard.here import Here, area_name
from dashboard.i18n import MISSING, Text
from dashboard.markup import escape
from dashboard.queries.records import Behind, behind, makeup
from dashboard.table import Cell, Column, Table

SHOWN = 50
_YUAN = 100
_WAN = 10_000 * _YUAN
# Column of the records, and how its values are written.
_COLUMNS = {
    "failures": {
        "event_id": "words",
        "event_date": "day",
        "recognised_date": "day",
        "entered_date": "day",
        "source": "words",
        "field": "words",
        "severity": "words",
        "body_name": "words",
        "body_level": "words",
        "amount_fen": "money",
        "rectify_due": "day",
        "rectified_date": "day",
        "rectification": "words",
        "standing": "words",
        "objection": "words",
        "doc_no": "words",
        "records": "count",
    },
    "petitions": {
        "case_id": "words",
        "registered_date": "day",
        "case_type": "words",
        "channel": "words",
        "field": "words",
        "category": "words",
        "repeat_flag": "words",
        "accepted_date": "day",
        "closing_due": "day",
        "closed_date": "day",
        "eval_unit": "words",
    },
}
# What the records of a source are told apart by, in one line over the table.
_KIND = {"failures": "source", "petitions": "case_type"}


def card(at: Here, channel: str, region_id: str, month: date) -> Card:
    """Return the records behind one month of a channel, with the check of their number.

    Raises KeyError for an unknown channel. Where the store lacks the records the card says so.
    """
    found, text = behind(at, channel, region_id, month), at.text
    name, unit = text.of(found.channel, "name"), text.of(found.channel, "unit")
    count = found.plotted if found.unavailable else found.total
    words = {"month": text.month(month), "name": name, "n": count, "unit": unit}
    return Card(
        title=text("record.title_none" if count is None else "record.title", **words),
        unit=unit,
        period=text.month(month),
        areas=area_name(at.region(region_id), text),
        body=_said(found, text),
        table=_table(at, found, text("record.title", **words), region_id) if found.rows.height else None,
        open=True,
        note=text(f"record.note_{found.source}") + text.code("record.counted", channel),
    )


def _said(found: Behind, text: Text) -> str:
    """The check of the number, what the records are, and how many of them are listed."""
    if found.unavailable:
        why = found.unavailable.zh if text.lang == "zh" else found.unavailable.en
        return markup.empty(text("record.unavailable"), why)
    lines = [check(found, text)]
    if found.rows.is_empty():
        return markup.empty(text("record.nothing"), lines[0])
    lines.append(_makeup(found, text))
    if found.total > SHOWN:
        key = "record.first_capped" if found.rows.height < found.total else "record.first"
        lines.append(text(key, shown=SHOWN, filed=f"{found.rows.height:,}", n=f"{found.total:,}"))
    first, *rest = lines
    return f'<p class="zx-check">{escape(first)}</p>' + markup.paragraph("".join(rest), "zx-note")


def check(found: Behind, text: Text) -> str:
    """Return whether the records are as many as the plotted value, and if not, why."""
    words = {"total": f"{found.total:,}", "unit": text.of(found.channel, "unit")}
    if not found.on_chart:
        return text("record.not_on_chart", **words)
    if found.plotted is None:
        return text("record.not_reported", **words)
    words["plotted"] = f"{found.plotted:,}"
    if found.total != found.plotted:
        return text("record.differs", **words)
    return text("record.same", **words) + (text("record.provisional") if found.provisional else "")


def _makeup(found: Behind, text: Text) -> str:
    """The kinds of the records, and which of them are disputed or not scored."""
    rows = found.rows
    kinds = [
        text("record.part", name=word(value, text) if value else text("record.unknown"), n=n)
        for value, n in makeup(rows, _KIND[found.source])
    ]
    marks = []
    if found.source == "failures":
        marks = [
            ("disputed", rows.filter(rows["objection"] == "异议中").height),
            ("repaired", rows.filter(rows["standing"] == "已修复").height),
            ("not_scored", rows.filter(~rows["scored"]).height),
        ]
    more = [text(f"record.part_{mark}", n=n) for mark, n in marks if n]
    tail = text("record.of_them", parts=text.join(more)) if more else ""
    return text("record.makeup", parts=text.join(kinds), tail=tail)


def _table(at: Here, found: Behind, caption: str, region_id: str) -> Table:
    """The records; with the unit of each where the region is made of several."""
    text, forms = at.text, _COLUMNS[found.source]
    whole = at.region(region_id)["region_level"] == "county"
    columns = [
        Column(text(f"record.{found.source}_{name}"), form in ("money", "count"))
        for name, form in forms.items()
    ]
    rows: list[tuple[Cell | str, ...]] = []
    for row in found.rows.iter_rows(named=True):
        cells = [_WRITTEN[form](row[name], text) for name, form in forms.items()]
        if not whole:
            cells.insert(1, text.place(at.region(row["region_id"])))
        rows.append(tuple(cells))
    if not whole:
        columns.insert(1, Column(text("record.unit")))
    return Table(caption, tuple(columns), tuple(rows), "zx-wide", shown=SHOWN)


def word(value: str, text: Text) -> str:
    """Return a value of the files: a known one in the language, another as it stands there."""
    known = text.code("record.value", value)
    return known if text.lang == "zh" or known.isascii() else f"「{known}」"


def _words(value: str | None, text: Text) -> Cell | str:
    return MISSING if value is None else word(value, text)


def _day(value: date | None, text: Text) -> Cell | str:
    return MISSING if value is None else Cell(f"{value:%Y-%m-%d}", value)


def _money(value: int | None, text: Text) -> Cell | str:
    return MISSING if value is None else Cell(f"{value / _WAN:,.2f}", value / _WAN)


def _count(value: int, text: Text) -> Cell | str:
    return Cell(f"{value:,}", value)


_WRITTEN: dict[str, Any] = {"words": _words, "day": _day, "money": _money, "count": _count}
