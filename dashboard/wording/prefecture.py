"""The cards of 州(市) on the prefecture itself: its warnings, its key figures. Pure in `at`.

Its score: `prefecture_score.py`; its counties: `prefecture_counties.py`.
"""

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from dashboard import cards
from dashboard import table as tables
from dashboard.charts import levels, marks
from dashboard.charts.names import add
from dashboard.here import VALUES, Here
from dashboard.i18n import Text
from dashboard.markup import escape
from dashboard.queries import gaps
from dashboard.queries import prefecture as queries
from dashboard.queries import warnings as warned
from dashboard.table import Cell, Column, Table
from dashboard.wording import peers as peer_words
from dashboard.wording import warning_words as say

# Windows of which there is an index.
SCORED = ("r12", "year")
# So many warnings stand on the page; the rest is in 预警中心.
LISTED = 8


def index_at(at: Here) -> Here:
    """Return where the index of the prefecture is read: twelve months to the same end for other windows."""
    return replace(at, level="prefecture", kind=at.kind if at.kind in SCORED else "r12")


def top(at: Here) -> str:
    """The gravest and newest of the prefecture's own and its counties' warnings, as a link."""
    text = at.text
    if not at.has("mart.warning"):
        return ""
    found = _warnings(at)
    if found.is_empty():
        return f'<p class="zx-top">{escape(text("prefecture.no_warning"))}</p>'
    row = found.row(0, named=True)
    words = text(
        "prefecture.top",
        region=say.region_short(at, row["region_id"]),
        month=text.month(row["period"]),
        channel=say.channel_words(at, row["lead_channel"]),
    )
    badge = say.level_badge(row["level"], text)
    link = at.link(words, say.PAGE, warning=row["warning_id"])
    return f'<p class="zx-top">{escape(text("prefecture.top_word"))} {badge} {link}</p>'


def span(at: Here) -> tuple[date, date]:
    """Return the months whose warnings are shown: the window, or twelve months up to its end."""
    first, last = at.months
    begin = at.frame("mart.warning_channel")["period"].min()
    assert isinstance(begin, date)
    return warned.lane_months(first, last, begin)


def _warnings(at: Here) -> pl.DataFrame:
    return cards.kept(
        at,
        "warnings of",
        lambda: warned.in_sight(at.frame("mart.warning"), at.regions, at.area_id, *span(at)),
    )


def course(at: Here) -> cards.Card:
    """Warnings of the prefecture and its counties by month and level."""
    text, (first, last) = at.text, span(at)
    counts = queries.monthly(_warnings(at), warned.months(first, last), _states(at))
    return cards.Card(
        title=levels.finding(counts, text),
        unit=text("warning.unit"),
        period=text.span(first, last),
        areas=text("prefecture.and_counties", area=at.area_name),
        body=_silent(at),
        chart=levels.figure(counts, text, height=200),
        table=_months_table(counts, text),
        note=text("prefecture.course_note"),
    )


def _states(at: Here) -> pl.DataFrame:
    """How each month of the prefecture could be tested."""
    return warned.states(at.part("mart.warning_channel", region_id=at.area_id), *span(at), say.share(at))


def _silent(at: Here) -> str:
    """The months in which sources did not report, as a notice; empty when all did."""
    months = _states(at).filter(pl.col("state") == "not_reported")["period"].to_list()
    if not months:
        return ""
    said = at.text.join(at.text.span(first, last) for first, last in gaps.runs(months))
    return f'<p class="zx-inline">{escape(at.text("prefecture.silent", months=said))}</p>'


def _months_table(counts: pl.DataFrame, text: Text) -> Table:
    columns = [Column(text("warning.month"))]
    columns += [Column(marks.level_word(level, text), numeric=True) for level in marks.MARKS]
    lines, silent = [], levels.untested(counts)
    for part in counts.partition_by("period", maintain_order=True):
        known = dict(part.filter(pl.col("level").is_not_null()).select("level", "count").iter_rows())
        month = part["period"][0]
        counted = [None if month in silent else known.get(level, 0) for level in marks.MARKS]
        lines.append((Cell(text.month(month), month), *(say.figure(n) for n in counted)))
    return Table(text("prefecture.by_month"), tuple(columns), tuple(lines))


def listed(at: Here) -> cards.Card:
    """The warnings to check, gravest first, each a link."""
    text, found = at.text, _warnings(at)
    counts = warned.by_level(found)
    parts = [
        text("charts.level_count", level=text(f"charts.short_level_{level}"), n=n)
        for level, n in counts.items()
        if n
    ]
    title = text("warning.list_title", n=found.height, parts=text.join(parts))
    return cards.Card(
        title=title if parts else text("prefecture.no_warning"),
        period=text.span(*span(at)),
        areas=text("prefecture.and_counties", area=at.area_name),
        table=_list_table(at, found.head(LISTED), title) if parts else None,
        open=True,
        note=_list_note(found.height, text),
        link=at.link(text("prefecture.to_warnings"), say.PAGE, area=at.area_id),
    )


def _list_note(count: int, text: Text) -> str:
    caption = text("warning.caption")
    if count <= LISTED:
        return caption
    return text("prefecture.two", first=text("prefecture.listed", n=LISTED), second=caption)


def _list_table(at: Here, found: pl.DataFrame, caption: str) -> Table:
    text = at.text
    columns = (
        Column(text("table.code"), file_only=True),
        Column(text("warning.level")),
        Column(text("warning.region")),
        Column(text("warning.month")),
        Column(text("warning.lead")),
        Column(text("warning.observed"), numeric=True),
        Column(text("warning.expected"), numeric=True),
        Column(text("warning.remarks")),
    )
    lines = []
    for row in found.iter_rows(named=True):
        words = say.region_words(at, row["region_id"])
        link = at.link(text.place(row), say.PAGE, warning=row["warning_id"])
        lines.append(
            (
                tables.code(at.region(row["region_id"])),
                say.level_cell(row, text),
                Cell(text.place(row), words, link),
                Cell(text.month(row["period"]), row["period"]),
                say.channel_words(at, row["lead_channel"]),
                Cell(text.count(row["observed"]), row["observed"]),
                Cell(say.expected_words(row, text), row["expected"]),
                say.remarks(row, text),
            )
        )
    return Table(caption, columns, tuple(lines), "zx-warnings")


def figures(at: Here) -> cards.Card:
    """All indicators of the prefecture with changes, the year so far and the median beside."""
    text = at.text
    group = peer_words.codes(at)
    ytd = at.part(VALUES, window_kind="ytd", period=at.period)
    found = queries.figures(at.window(), at.frame("ref.indicator"), at.area_id, group, ytd)
    known = found.filter(pl.col("status") == "value").height
    return cards.Card(
        title=text("prefecture.figures_title", area=at.area_name, n=found.height, values=known),
        period=at.label,
        areas=at.area_name,
        table=_figures_table(at, found),
        open=True,
        note=text(
            "prefecture.figures_note",
            group=peer_words.compared(at),
        )
        + (text("figures.note_r12") if at.kind == "r12" else ""),
    )


def _figures_table(at: Here, found: pl.DataFrame) -> Table:
    text = at.text
    columns = (
        Column(text("table.indicator")),
        Column(text("table.unit"), file_only=True),
        Column(text("table.value"), numeric=True),
        Column(text("table.previous"), numeric=True),
        Column(text("table.year_ago"), numeric=True),
        Column(text("prefecture.so_far", span=text.period("ytd", at.period)), numeric=True),
        Column(text("charts.median"), numeric=True),
        Column(text("table.status"), file_only=True),
    )
    lines = tuple(
        (
            Cell(text.of(row, "name"), html=_name(text, row)),
            text.of(row, "unit"),
            Cell(text.value(row), row["value"], _value(text, row)),
            tables.change(text, row, "change_previous"),
            tables.change(text, row, "change_year_ago"),
            so_far(text, row),
            _median(text, row),
            status(text, row),
        )
        for row in found.iter_rows(named=True)
    )
    return Table(text("prefecture.figures_table", area=at.area_name), columns, lines, "zx-wide zx-own")


def _name(text: Text, row: dict[str, Any]) -> str:
    name, unit = escape(text.of(row, "name")), escape(text.of(row, "unit"))
    return f'<span class="zx-name">{name}</span><span class="zx-unit">{unit}</span>'


def _value(text: Text, row: dict[str, Any]) -> str:
    """The value, behind what is to be said of it."""
    said = status(text, row)
    return (f"<small>{escape(said)}</small>" if said else "") + f"<b>{escape(text.value(row))}</b>"


def so_far(text: Text, row: dict[str, Any]) -> Cell:
    """Return the year so far of a row: `ytd_value` with its own status and denominator."""
    own = {**row, "status": row["ytd_status"], "denominator": row["ytd_denominator"]}
    return Cell(text.value(own, "ytd_value"), row["ytd_value"])


def _median(text: Text, row: dict[str, Any]) -> Cell:
    # A median of regions has no denominator of its own.
    return Cell(text.value({**row, "denominator": None, "status": None}, "benchmark"), row["benchmark"])


def status(text: Text, row: dict[str, Any]) -> str:
    """Return what is to be said of a value: provisional, not applicable or why it is missing."""
    if row["status"] == "value":
        return text("charts.provisional") if row["provisional"] else ""
    return text.status(row)


def named(at: Here, frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame of regions with the names charts show."""
    return add(frame, at.regions, at.text)
