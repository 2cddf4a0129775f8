"""What the reader chooses on the area profile, and how: indicator, channel and month, by click or by box.

`chosen(at)` reads all three of the address against the snapshot; the boxes are the second path to
what a click on a chart selects.
"""

from collections.abc import Callable
from datetime import date

from dashboard import cards, frame, pick, state
from dashboard.here import Here
from dashboard.queries import county as queries
from dashboard.queries.records import channels
from dashboard.wording import county_course

TABLES = (
    "mart.ranking",
    "mart.indicator_score",
    "mart.dimension_score",
    "mart.warning_channel",
    "mart.warning",
    "mart.rank_interval",
    "ref.prior",
)


def chosen(at: Here) -> tuple[str, str, date | None]:
    """Return the indicator, the channel and the month to show; a month not on the chart is refused."""
    indicator = at.selection.indicator or cards.kept(at, "first indicator", lambda: _first(at))
    row = county_course.indicator_row(at, indicator)
    channel = at.selection.channel or queries.channel_of(channels(at), row)
    month = at.selection.month
    if month and month not in months(at, channel):
        frame.refuse("m", f"{month:%Y-%m}", month=None)
        month = None
    return indicator, channel, month


def _first(at: Here) -> str:
    """The first scored indicator of the first dimension."""
    ordered = (
        at.frame("ref.indicator")
        .filter("scored")
        .join(at.frame("ref.dimension").select("dimension", dimension_order="sort_order"), on="dimension")
    )
    return str(ordered.sort("dimension_order", "sort_order")["indicator_id"][0])


def months(at: Here, channel: str) -> list[date]:
    """Return the months of a channel's chart, the newest first."""
    return cards.kept(
        at,
        "months",
        lambda: county_course.channel_course(at, channel)["period"].to_list()[::-1],
        channel,
    )


def row_clicked(at: Here) -> Callable[[cards.Points], None]:
    """Return what a click on the profile does: an indicator's row selects it, with its own channel."""
    known = set(at.frame("ref.indicator")["indicator_id"])

    def clicked(points: cards.Points) -> None:
        if points and points[0]["customdata"][0] in known:
            state.select(indicator=points[0]["customdata"][0], channel=None)

    return clicked


def month_clicked(at: Here, channel: str) -> Callable[[cards.Points], None]:
    """Return what a click on a course does: it selects the month, where the channel's chart has it."""

    def clicked(points: cards.Points) -> None:
        month = date.fromisoformat(f"{points[0]['customdata'][0]}-01") if points else None
        if month in months(at, channel):
            state.select(month=month)

    return clicked


def indicator(at: Here, code: str) -> None:
    """Draw the box of indicators."""
    text = at.text

    def words() -> dict[str, str]:
        rows = at.frame("ref.indicator").sort("sort_order").to_dicts()
        return {row["indicator_id"]: text("county.pick_indicator", name=text.of(row, "name")) for row in rows}

    pick.box(
        at,
        "indicator",
        text("county.indicator"),
        cards.kept(at, "indicators", words),
        code,
        lambda chosen: state.select(indicator=chosen, channel=None),
    )


def channel(at: Here, code: str) -> None:
    """Draw the box of channels."""
    text = at.text
    words = {one: text("county.pick_channel", name=text.of(row, "name")) for one, row in channels(at).items()}
    pick.box(at, "channel", text("county.channel"), words, code, lambda chosen: state.select(channel=chosen))


def month(at: Here, channel: str, chosen: date | None) -> None:
    """Draw the box of months whose records can be seen."""
    text = at.text
    words = {f"{one:%Y-%m}": text("county.pick_month", month=text.month(one)) for one in months(at, channel)}
    pick.box(
        at,
        "month",
        text("county.month_of_records"),
        words,
        f"{chosen:%Y-%m}" if chosen else None,
        lambda code: state.select(month=date.fromisoformat(f"{code}-01") if code else None),
        none=text("county.pick_month_none"),
    )
