"""What 预警中心 says of many warnings: late data first, the sentence, lanes, who was not assessed.

The cards are functions of `at`; `levels` are those the reader chose (none: all). One warning by itself:
`warning_detail.py`; the list: `warning_list.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from dashboard import cards
from dashboard import table as tables
from dashboard.charts import marks, names, swimlane
from dashboard.here import Here
from dashboard.i18n import Text
from dashboard.markup import escape, fold, items, link
from dashboard.queries import gaps
from dashboard.queries import warnings as queries
from dashboard.table import Cell, Column, Table
from dashboard.wording import warning_words as say

Levels = tuple[int, ...]


@dataclass(frozen=True)
class Sight:
    """The warnings of window and area (`chosen`: of the levels asked for), and the states of its months."""

    every: pl.DataFrame
    chosen: pl.DataFrame
    state: pl.DataFrame


def sight(at: Here, levels: Levels) -> Sight:
    """Return what one filter (area, window, levels) lets see; made once for lanes, list and counts."""

    def make() -> Sight:
        first, last = at.months
        found = queries.in_sight(say.every(at), at.regions, at.area_id, first, last)
        return Sight(found, queries.of_levels(found, levels), _states(at, first, last))

    return cards.kept(at, "sight", make, levels)


def _states(at: Here, first: date, last: date) -> pl.DataFrame:
    return queries.states(at.frame("mart.warning_channel"), first, last, say.share(at))


def late(at: Here, area: dict[str, Any], first: date, last: date) -> str:
    """Return as HTML what of an area is not reported or not all on file in some months; it stands first.

    What came late but is there now is folded. Nothing when all is there.
    """
    text = at.text
    spans = queries.missing_spans(at.frame("mart.missing_report"), at.regions, area, first, last)
    lines = [*_span_lines([span for span in spans if span["state"] != "late"], text)]
    open_channels = queries.provisional_channels(at.frame("mart.warning_channel"), first, last, say.share(at))
    for row in open_channels.to_dicts():
        words = {
            "channel": say.channel_words(at, row["channel"]),
            "months": text.span(row["first"], row["last"]),
        }
        lines.append(text("warning.late_channel", share=_share_words(row["least"], row["most"]), **words))
    came = [span for span in spans if span["state"] == "late"]
    if not lines and not came:
        return ""
    body = items(lines) if lines else ""
    if came:
        body += fold(text("warning.late_came"), items(_span_lines(came, text)))
    head = f"<b>{escape(text('warning.late'))}</b>" if lines else ""
    return f'<div class="zx-notice zx-late" role="note">{head}<div>{body}</div></div>'


def _span_lines(spans: list[dict[str, Any]], text: Text) -> list[str]:
    """One line a source and state: who, and which months."""
    lines = []
    for source, state in dict.fromkeys((span["source"], span["state"]) for span in spans):
        places = [_span(span, text) for span in spans if (span["source"], span["state"]) == (source, state)]
        words = {"source": text.code("source", source), "state": text.code("state", state)}
        lines.append(text("gaps.line", places=text.join(places), **words))
    return lines


def _span(span: dict[str, Any], text: Text) -> str:
    months = text.join(text.span(first, last) for first, last in span["runs"])
    return text("gaps.span", region=text.place(span), months=months)


def _share_words(least: float, most: float) -> str:
    low, high = f"{100 * least:.0f}%", f"{100 * most:.0f}%"
    return low if low == high else f"{low}—{high}"


def lede(at: Here, levels: Levels) -> str:
    """Return the sentence on all that is in sight, as HTML; the levels' counts lead to their lists."""
    text, seen = at.text, sight(at, levels)
    counts, chosen = queries.by_level(seen.chosen), seen.chosen
    prefectures, counties = queries.touched(chosen, at.regions)
    parts = [
        link(text("charts.level_count", level=marks.level_word(level, text), n=n), _list(at, level))
        for level, n in counts.items()
        if n
    ]
    said = text("warning.lede_none", period=at.label, area=at.area_name)
    if parts:
        words = {"period": at.label, "area": at.area_name, "n": chosen.height}
        said = text("warning.lede", **words, prefectures=prefectures, counties=counties)
    html = (
        escape(said) + (f"{text('warning.colon')}{text.join(parts)}" if parts else "") + text("warning.stop")
    )
    volume = int(chosen["volume_only"].sum())
    html += escape(text("warning.lede_volume", n=volume)) if volume else ""
    html += escape(unassessed_words(at, seen.state) + together_words(at, *at.months))
    return f'<p class="zx-lede">{html}</p>'


def _list(at: Here, level: int) -> str:
    return at.address(say.PAGE, tab="list", levels=(level,))


def unassessed_words(at: Here, state: pl.DataFrame) -> str:
    """Return how many region-months of the area could not be assessed, and why; nothing when all could."""
    mine = state.filter(pl.col("region_id").is_in(queries.inside(at.regions, at.area_id)))
    counts = dict(mine.group_by("state").len().iter_rows())
    silent, untested = counts.get("not_reported", 0), counts.get("not_tested", 0)
    if not silent + untested:
        return ""
    return at.text("warning.unassessed", n=silent + untested, silent=silent, untested=untested)


def together_words(at: Here, first: date, last: date, level: str = "") -> str:
    """Return in which months so many regions stand out that the data come first; "" for none.

    `level` asks for one level of regions only.
    """
    if not at.has("mart.warning_month"):
        return ""
    found = queries.together(at.frame("mart.warning_month"), first, last, level)
    return "".join(
        at.text(
            "warning.together",
            month=at.text.month(row["period"]),
            level=at.text(f"level.{row['region_level']}"),
            alarmed=row["alarmed_count"],
            tested=row["tested_count"],
        )
        for row in found.to_dicts()
    )


def lanes(at: Here, levels: Levels) -> cards.Card:
    """The swimlane of the area, with the whole on top."""
    text, (first, last) = at.text, at.months
    begin = at.frame("mart.warning_channel")["period"].min()
    first, last = queries.lane_months(first, last, begin)  # type: ignore[arg-type]
    found = queries.in_sight(say.every(at), at.regions, at.area_id, first, last)
    shown = queries.lanes(
        queries.of_levels(found, levels), _states(at, first, last), at.regions, at.area, at.level
    )
    cells = names.add(_hover(at, shown.cells), at.regions, text)
    title = text(
        "warning.lanes_title", n=queries.of_levels(found, levels).height, span=text.span(first, last)
    )
    return cards.Card(
        title=title,
        unit=text("warning.unit"),
        period=text.span(first, last),
        areas=at.area_name,
        chart=swimlane.figure(cells, text, top=shown.top),
        below=f'<p class="zx-note">{escape(_lanes_note(shown, text))}</p>',
        table=_lanes_table(at, cells, title),
        note=text("warning.lanes_reading"),
    )


def _lanes_note(shown: queries.Lanes, text: Text) -> str:
    quiet = text("warning.lanes_quiet", n=shown.quiet) if shown.quiet else ""
    return text("warning.lanes_how") + quiet


def _hover(at: Here, cells: pl.DataFrame) -> pl.DataFrame:
    """The grid with the words of each cell's lead channel, or of what was not reported in it."""
    sources = say.channel_sources(at)
    words = {code: say.channel_words(at, code) for code in sources}

    def lead(row: dict[str, Any]) -> str | None:
        if row["lead_channel"]:
            return words[row["lead_channel"]]
        if not row["silent"]:
            return None
        return _silent_words([sources[channel] for channel in row["silent"]], at.text)

    said = [lead(row) for row in cells.select("lead_channel", "silent").to_dicts()]
    return cells.with_columns(pl.Series("lead", said, pl.String))


def _silent_words(sources: Sequence[str], text: Text) -> str:
    return text(
        "warning.silent", sources=text.join(text.code("source", code) for code in sorted(set(sources)))
    )


def _lanes_table(at: Here, cells: pl.DataFrame, caption: str) -> Table:
    """Regions by months: the level (a link to the warning), else the count inside, else the state."""
    text = at.text
    months = cells["period"].unique().sort().to_list()
    columns = (
        Column(text("table.code"), file_only=True),
        Column(text("warning.region")),
        *(Column(text.month(month)) for month in months),
    )
    rows = []
    for part in cells.partition_by("region_id", maintain_order=True):
        code = part["region_id"][0]
        row = at.region(code)
        address = at.address(say.PAGE, area=code) if row["region_level"] == "prefecture" else ""
        marked = [_lane_cell(at, cell) for cell in part.sort("period").to_dicts()]
        rows.append((tables.code(row), tables.place(text, row, address), *marked))
    return Table(caption, columns, tuple(rows), "zx-wide zx-lanes")


def _lane_cell(at: Here, cell: dict[str, Any]) -> Cell:
    text = at.text
    if cell["level"] is not None:
        mark = marks.MARKS[cell["level"]]
        place = at.address(say.PAGE, warning=cell["warning_id"], levels=at.selection.levels)
        shown = f"{mark.glyph}{mark.numeral}"
        word, inner = text(f"charts.short_level_{cell['level']}"), ""
        if cell["count"]:
            inner = text("warning.also_inside", n=cell["count"])
        return Cell(shown + inner, word + inner, link(shown, place) + escape(inner))
    if cell["count"]:
        return Cell(text("warning.inside", n=cell["count"]), cell["count"])
    return Cell(text(f"warning.cell_{cell['state']}"))


def unassessed(at: Here) -> cards.Card:
    """Who could not be assessed in the window, and why."""
    text, state = at.text, sight(at, ()).state
    rows = queries.not_assessed(state, at.regions, at.area_id, say.channel_sources(at))
    body = "" if rows else f'<p class="zx-note">{escape(text("warning.assessed_all"))}</p>'
    return cards.Card(
        title=unassessed_words(at, state) or text("warning.assessed_title"),
        period=at.label,
        areas=at.area_name,
        body=body,
        table=_unassessed_table(at, rows) if rows else None,
        open=True,
        note=text("warning.unassessed_reading") if rows else "",
    )


def _unassessed_table(at: Here, rows: list[dict[str, Any]]) -> Table:
    text = at.text
    labels = ("warning.prefecture", "warning.regions", "warning.why", "warning.sources", "warning.months")
    made = []
    for row in rows:
        place = at.region(row["prefecture"])
        runs = text.join(text.span(first, last) for first, last in gaps.runs(row["months"]))
        made.append(
            (
                tables.place(text, place, at.address("warnings", area=row["prefecture"])),
                _who(at, row),
                text.code("status", row["state"])
                if row["state"] == "not_reported"
                else text("warning.too_little"),
                text.join(text.code("source", source) for source in row["sources"])
                or text("warning.all_sources"),
                Cell(runs, runs),
            )
        )
    return Table(
        text("warning.unassessed_caption"), tuple(Column(text(label)) for label in labels), tuple(made)
    )


def _who(at: Here, row: dict[str, Any]) -> Cell:
    """The regions of one row: the prefecture itself, its counties by name."""
    text = at.text
    if row["own"] and len(row["counties"]) + 1 == len(queries.inside(at.regions, row["prefecture"])):
        return Cell(text("warning.whole", n=len(row["counties"])))
    counties = text.join(text.place(at.region(code)) for code in row["counties"])
    whole = text("warning.own_level") if row["own"] else ""
    return Cell(
        text("warning.joined", first=whole, second=counties) if whole and counties else whole or counties
    )
