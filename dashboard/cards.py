"""Cards: one finding each, always laid out alike. A page gives a function, `show` does the rest.

Order: title that states the finding · unit, period, areas · chart · table twin · ⓘ 口径 · link · export. The
function `make(at) -> Card` is pure: everything it names comes from `at` (`at.regions`, `at.area_name`,
`at.text`), and it asks no session. So its card is kept between runs, and the export calls it again with code
names.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeVar

import plotly.graph_objects as go
import streamlit as st

from dashboard import cache, markup
from dashboard import table as tables
from dashboard.charts import style
from dashboard.charts.tile_map import colour
from dashboard.export import panel
from dashboard.here import Here
from dashboard.i18n import Text
from dashboard.markup import escape, fold

Points = list[dict[str, Any]]
Made = TypeVar("Made")


@dataclass(frozen=True)
class Card:
    """What one card says.

    `chart` is a figure, `body` ready HTML over it (or instead), `below` ready HTML under it (a legend).
    `table` is the twin and what CSV and XLSX hold; with `open` it is the card's content and not folded.
    `link` is ready HTML (`at.link`). A chart higher than `pane` pixels scrolls in a box of that height,
    with what lies `row` pixels from its top in sight.
    """

    title: str
    unit: str = ""
    period: str = ""
    areas: str = ""
    chart: go.Figure | None = None
    body: str = ""
    below: str = ""
    table: tables.Table | None = None
    open: bool = False
    note: str = ""
    link: str = ""
    pane: int = 0
    row: int | None = None


Make = Callable[[Here], Card]


def show(
    at: Here,
    name: str,
    make: Make,
    *by: Hashable,
    select: Callable[[Points], None] | None = None,
    drill: str = "",
    height: str = "stretch",
    export: bool = True,
) -> Card:
    """Draw the card that `make(at)` returns, and return it.

    It is kept by snapshot, language, page, window, level, comparator, area and indicator; `by` names what
    else it depends on (`at.selection.month`, …). `select` is called with the chart's selected points after a
    click (`[]` on the second click); `drill` names the level of drilling in that the chart shows.
    """
    card, head, foot = _kept(at, name, make, by)
    with st.container(border=True, key=f"card_{name}", gap=None, height=height):
        st.html(head)
        if card.chart is not None:
            with _pane(name, card, at.text):
                _chart(at, name, card, select, drill)
        if foot:
            st.html(foot)
        if export and (card.table or card.chart is not None):
            panel.draw(at, name, card, make, *by)
    return card


def _kept(at: Here, name: str, make: Make, by: tuple[Hashable, ...]) -> tuple[Card, str, str]:
    """The card and its HTML above and under the chart, made once."""

    def once() -> tuple[Card, str, str]:
        card = make(at)
        return card, _head(card, at.text), _foot(card, at.text)

    return kept(at, name, once, *by)


def key(at: Here, name: str, *by: Hashable) -> tuple[Hashable, ...]:
    """Return what a card is kept by."""
    return ("card", name, at.page, at.text.lang, at.coded, at.kind, at.period, at.selection.shared(), *by)


def kept(at: Here, name: str, make: Callable[[], Made], *by: Hashable) -> Made:
    """Return `make()`, kept as a card is: for sentences and frames beside the cards."""
    return cache.kept(at.snapshot.id, make, *key(at, name, *by))


def _head(card: Card, text: Text) -> str:
    unit = text("card.unit", unit=card.unit) if card.unit else ""
    parts = " · ".join(escape(part) for part in (unit, card.period, card.areas) if part)
    content = card.body
    if card.open and card.table:
        content += tables.html(card.table)
    return f'<h2 class="zx-finding">{escape(card.title)}</h2><p class="zx-meta">{parts}</p>{content}'


def _foot(card: Card, text: Text) -> str:
    """Legend, table twin, note and link, in this order."""
    twin = ""
    if card.table and not card.open:
        twin = fold(text("table.open"), tables.html(card.table), name="zx-twin")
    note = ""
    if card.note:
        note = f'<p class="zx-note"><b>ⓘ {escape(text("card.note"))}</b> {escape(card.note)}</p>'
    link = f'<p class="zx-more">{card.link}</p>' if card.link else ""
    return f"{card.below}{twin}{note}{link}"


@contextmanager
def _pane(name: str, card: Card, text: Text) -> Iterator[None]:
    """The box in which a tall chart scrolls; others have none."""
    if card.chart is None or not card.pane or card.chart.layout.height <= card.pane:
        yield
        return
    with st.container(height=card.pane, border=False, key=f"pane_{name}", gap=None):
        # A chart has no tab stop, so without this one no keyboard could scroll the box.
        mark = "" if card.row is None else f' data-row="{card.row}"'
        st.html(f'<p class="zx-pane" tabindex="0"{mark}>{escape(text("card.pane"))}</p>')
        yield


def _chart(at: Here, name: str, card: Card, select: Callable[[Points], None] | None, drill: str) -> None:
    widget = "_".join(filter(None, ("chart", name, drill, at.text.lang)))
    common = {"key": widget, "theme": None, "config": style.CONFIG, "alt": card.title}
    if select is None:
        st.plotly_chart(card.chart, **common)
        return
    chosen = select

    def picked() -> None:
        chosen(list(st.session_state[widget].selection.points))

    st.plotly_chart(card.chart, **common, on_select=picked, selection_mode=["points"])


def write(body: str) -> None:
    """Draw ready HTML beside the cards, and nothing where there is none, which Streamlit would refuse."""
    if body:
        st.html(body)


def empty(text: Text, why: str, do: str = "", link: str = "") -> None:
    """Draw an empty state: why there is nothing here, and what to do; `link` is ready HTML (`at.link`)."""
    st.html(markup.empty(why, do, f'<p class="zx-more">{link}</p>' if link else ""))


def map_legend(limits: list[float], decimals: int, missing: bool, text: Text) -> str:
    """Return the legend of a map in classes: swatches with printed limits, and the hatch where needed."""
    words = class_words(limits, decimals, text)
    swatches = [
        f'<span class="zx-key"><i style="background:{colour(number)[0]}"></i>{escape(word)}</span>'
        for number, word in enumerate(words)
    ]
    if missing:
        swatches.append(f'<span class="zx-key"><i class="zx-hatch"></i>{escape(text("map.missing"))}</span>')
    label = escape(text("map.legend"))
    return f'<div class="zx-legend" role="group" aria-label="{label}">{"".join(swatches)}</div>'


def class_words(limits: list[float], decimals: int, text: Text) -> list[str]:
    """Return what each class holds; whole numbers as they can occur (1—2 and ≥ 3, never 1—3 and ≥ 3)."""
    if not limits:
        return []
    shown = [f"{limit:,.{decimals}f}" for limit in limits]
    words = [text("map.below", limit=shown[0])]
    for low, high in pairwise(limits):
        last = high - 1 if decimals == 0 else high
        low_word, high_word = f"{low:,.{decimals}f}", f"{last:,.{decimals}f}"
        words.append(
            text("map.only", value=low_word)
            if low_word == high_word
            else text("map.between", low=low_word, high=high_word)
        )
    return [*words, text("map.above", limit=shown[-1])]
