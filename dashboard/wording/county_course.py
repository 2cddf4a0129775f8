"""What the area profile says over months: one indicator, and one channel with its expected band.

Makers of cards, pure in `at` and what else they are given: `indicator`, `channel`.
"""

from datetime import date
from typing import Any

import polars as pl

from dashboard import markup
from dashboard import table as tables
from dashboard.cards import Card
from dashboard.charts import marks, trend
from dashboard.here import VALUES, Here
from dashboard.i18n import MISSING, NOT_APPLICABLE, Text
from dashboard.queries import county as queries
from dashboard.queries.records import CHANNELS, channels, provisional_below
from dashboard.table import Cell, Column, Table
from dashboard.wording.county import codes, group, money, quality, with_unit

Row = dict[str, Any]
HEIGHT = 240
# Fen in 亿元.
_YI = 10_000_000_000


def indicator_row(at: Here, code: str) -> Row:
    """Return an indicator's row of the registry."""
    return at.frame("ref.indicator").row(by_predicate=pl.col("indicator_id") == code, named=True)


# --- one indicator ---------------------------------------------------------------------------------------


def indicator(at: Here, code: str, month: date | None) -> Card:
    """Return an indicator's course beside the compared regions' median; what it is made of, its changes."""
    text, row = at.text, indicator_row(at, code)
    kind = queries.course_kind(at.kind)
    # By windows, which all pages share: a split by indicator would hold every value once more.
    windows = [
        at.part(VALUES, window_kind=kind, period=end) for end in queries.run(at.period, queries.MONTHS)
    ]
    values = pl.concat(one.filter(pl.col("indicator_id") == code) for one in windows)
    course = queries.indicator_course(values, at.area_id, codes(at), at.period)
    now = _now(at, row, at.kind)
    name, unit = text.of(row, "name"), text.of(row, "unit")
    return Card(
        title=_indicator_title(name, unit, now, text),
        unit=unit,
        period=text(
            "county.course", label=at.label, n=max(course.height, 1), kind=text(f"county.each_{kind}")
        ),
        areas=text("county.beside", area=at.area_name, group=group(at)),
        body=f'<div class="zx-facts">{markup.definitions(_facts(at, row, now))}</div>',
        chart=_indicator_chart(at, row, course, month),
        table=_indicator_table(row, course, text) if course.height else None,
        note=f"{text.of(row, 'definition')} {text.of(row, 'caveat')}",
        link=at.link(text("county.to_method"), "method"),
    )


def _now(at: Here, row: Row, kind: str) -> Row:
    """The indicator's value in a window of this kind that ends with the one on screen, with its words."""
    rows = at.part(VALUES, window_kind=kind, period=at.period).filter(
        (pl.col("region_id") == at.area_id) & (pl.col("indicator_id") == row["indicator_id"])
    )
    found = rows.row(0, named=True) if rows.height else dict.fromkeys(rows.columns)
    # The registry's `numerator` and `denominator` are names of measures.
    return {**row, **found}


def _indicator_title(name: str, unit: str, now: Row, text: Text) -> str:
    if now["value"] is None:
        return text("county.indicator_none", name=name, why=quality(now, text))
    changes = [
        text(f"home.{word}", change=text.change(now, f"change_{word}"))
        for word in ("year_ago", "previous")
        if now[f"change_{word}"] is not None
    ]
    said = text("county.indicator_title", name=name, value=text.value(now), unit=unit)
    return said + (text("county.changes", changes=text.join(changes)) if changes else "")


def _facts(at: Here, row: Row, now: Row) -> list[tuple[str, str]]:
    """What the value is made of, both changes, and the cumulative value of the year."""
    text = at.text
    partial = now.get("partial_value")
    year = _now(at, row, "ytd")
    label = text.period("ytd", at.period)
    return [
        (text("county.made_of"), _made_of(now, text)),
        (text("table.partial"), "" if partial is None else text.value(now, "partial_value")),
        (text("table.previous"), text.change(now, "change_previous")),
        (text("table.year_ago"), text.change(now, "change_year_ago")),
        (text("county.ytd"), text("county.ytd_of", value=with_unit(year, text), label=label)),
        (text("county.quality"), quality(now, text)),
    ]


def _made_of(row: Row, text: Text) -> str:
    """Numerator over denominator: cases, weights, or sums of money."""
    above, below = row["numerator"], row["denominator"]
    if below is None or above is None or row["kind"] != "ratio":
        return ""
    if money(row):
        return text("county.ratio_money", above=f"{above / _YI:,.2f}", below=f"{below / _YI:,.2f}")
    return text("county.ratio", above=_plain(above), below=_plain(below))


def _plain(number: float) -> str:
    return f"{number:,.0f}" if number == round(number) else f"{number:,.2f}"


def _indicator_chart(at: Here, row: Row, course: pl.DataFrame, month: date | None) -> Any:
    text = at.text
    places = 0 if row["kind"] == "count" else 1
    reasons = [
        None if line["value"] is not None else quality(line, text) for line in course.iter_rows(named=True)
    ]
    series = course.with_columns(
        pl.Series("reason", reasons, pl.String),
        pl.Series("note", [_beside(line, row, text) for line in course.iter_rows(named=True)], pl.String),
    )
    return trend.figure(
        series,
        text,
        unit=text.of(row, "unit"),
        places=places,
        from_zero=row["direction"] <= 0,
        benchmark_name=text("county.median"),
        selected=month,
        height=HEIGHT,
    )


def _beside(line: Row, row: Row, text: Text) -> str | None:
    if line["value"] is None:
        return None
    return _made_of({**row, **line}, text) or None


def _indicator_table(row: Row, course: pl.DataFrame, text: Text) -> Table:
    columns = (
        Column(text("county.month")),
        Column(text("county.value_in", unit=text.of(row, "unit")), numeric=True),
        Column(text("county.above_money" if money(row) else "county.above"), numeric=True),
        Column(text("county.below_money" if money(row) else "county.below"), numeric=True),
        Column(text("table.previous"), numeric=True),
        Column(text("table.year_ago"), numeric=True),
        Column(text("county.median"), numeric=True),
        Column(text("county.quality")),
    )
    lines = []
    for line in course.sort("period", descending=True).iter_rows(named=True):
        one = {**row, **line}
        lines.append(
            (
                text.month(line["period"]),
                tables.number(text, one),
                _part(line["numerator"], money(row)),
                _part(line["denominator"], money(row)),
                tables.change(text, one, "change_previous"),
                tables.change(text, one, "change_year_ago"),
                Cell(text.value({**one, "value": line["benchmark"]}), line["benchmark"]),
                quality(one, text),
            )
        )
    return Table(text("county.indicator_table", name=text.of(row, "name")), columns, tuple(lines), "zx-wide")


def _part(number: float | None, in_fen: bool) -> Cell:
    if number is None:
        return Cell(NOT_APPLICABLE)
    return Cell(f"{number / _YI:,.2f}", number / _YI) if in_fen else Cell(_plain(number), number)


# --- one channel -----------------------------------------------------------------------------------------


def channel(at: Here, code: str, month: date | None) -> Card:
    """Return a channel's 36 months with what was to be expected and the warnings it led."""
    text, row = at.text, channels(at)[code]
    course = channel_course(at, code)
    unit = text.of(row, "unit")
    shown = course.with_columns(
        pl.Series("note", [_tested(line, text) for line in course.iter_rows(named=True)], pl.String),
        reason=pl.when(pl.col("value").is_null()).then(pl.lit(text("status.not_reported"))),
    )
    name = text.of(row, "name")
    return Card(
        title=_channel_title(name, unit, course, text),
        unit=unit,
        period=text.span(course["period"][0], course["period"][-1]) if course.height else "",
        areas=at.area_name,
        chart=trend.figure(shown, text, unit=unit, selected=month, height=HEIGHT),
        table=_channel_table(at, code, course) if course.height else None,
        note=text("county.channel_note"),
    )


def _channel_title(name: str, unit: str, course: pl.DataFrame, text: Text) -> str:
    """How many there were, in which month most, how many months had a warning or no report."""
    known = course.filter(pl.col("value").is_not_null())
    if known.is_empty():
        return text("county.channel_none", name=name)
    most = known.sort("value", "period").row(-1, named=True)
    words = {"name": name, "unit": unit, "n": course.height, "total": f"{known['value'].sum():,.0f}"}
    said = text("county.channel_title", **words)
    if most["value"]:
        said += text("county.channel_most", month=text.month(most["period"]), most=f"{most['value']:,.0f}")
    led, silent = course["level"].count(), course.height - known.height
    said += text("county.channel_led", n=led) if led else ""
    return said + (text("county.channel_silent", n=silent) if silent else "")


def channel_course(at: Here, code: str) -> pl.DataFrame:
    """Return the months of a channel that the chart shows."""
    return queries.channel_course(
        at.part(CHANNELS, region_id=at.area_id, channel=code),
        at.part("mart.warning", region_id=at.area_id),
        code,
        at.period,
        provisional_below(at),
    )


def _tested(line: Row, text: Text) -> str | None:
    """Why a month with a value was not tested."""
    if line["value"] is None or not line["reason"]:
        return None
    return text("county.not_tested", why=text.code("status", line["reason"]))


def _channel_table(at: Here, code: str, course: pl.DataFrame) -> Table:
    text = at.text
    columns = (
        Column(text("county.month")),
        Column(text("charts.observed"), numeric=True),
        Column(text("charts.expected"), numeric=True),
        Column(text("county.lower"), numeric=True),
        Column(text("county.upper"), numeric=True),
        Column(text("county.share"), numeric=True),
        Column(text("county.warning")),
        Column(text("table.status")),
    )
    lines = []
    for line in course.sort("period", descending=True).iter_rows(named=True):
        word = text.month(line["period"])
        records = at.link(word, "county", channel=code, month=line["period"])
        lines.append(
            (
                Cell(word, html=records),
                Cell(MISSING if line["value"] is None else f"{line['value']:,.0f}", line["value"]),
                figure(line["expected"], 1),
                figure(line["lower"], 0),
                figure(line["upper"], 0),
                Cell(f"{100 * line['completeness']:.0f}%", 100 * line["completeness"]),
                marks.level_word(line["level"], text) if line["level"] else "",
                _month_state(line, text),
            )
        )
    name = text.of(channels(at)[code], "name")
    return Table(text("county.channel_table", name=name), columns, tuple(lines), "zx-wide")


def figure(number: float | None, places: int) -> Cell:
    """Return a number with so many decimals, or that there is none to say."""
    return Cell(NOT_APPLICABLE) if number is None else Cell(f"{number:,.{places}f}", number)


def _month_state(line: Row, text: Text) -> str:
    if line["value"] is None:
        return text("status.not_reported")
    said = [text("charts.provisional")] if line["provisional"] else []
    return text.join([*said, *([tested] if (tested := _tested(line, text)) else [])])
