"""How a card is laid out, the same everywhere: finding, unit and period, content, table twin, note.

The order is fixed: what a chart says, in what unit, for when and where, then the chart, then the same
numbers as a table. Content is drawn by the caller inside the `with`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

import streamlit as st

from dashboard.charts.tile_map import colour
from dashboard.i18n import Text
from dashboard.markup import escape, fold


@contextmanager
def card(key: str, title: str, meta: tuple[str, ...], height: str = "stretch") -> Iterator[None]:
    """Draw a card's frame, its finding and its line of unit, period and areas; the rest is the caller's."""
    with st.container(border=True, key=f"card_{key}", gap=None, height=height):
        parts = " · ".join(escape(part) for part in meta if part)
        st.html(f'<h2 class="zx-finding">{escape(title)}</h2><p class="zx-meta">{parts}</p>')
        yield


def twin(label: str, table: str, note: str = "") -> None:
    """Draw the table twin of the chart above, closed, and the note on how to read both."""
    st.html(fold(label, table, name="zx-twin") + (f'<p class="zx-note">{escape(note)}</p>' if note else ""))


def map_legend(limits: list[float], decimals: int, missing: bool, text: Text) -> str:
    """Return the legend of a map in classes: swatches with printed limits, and the hatch where needed."""
    words = _class_words(limits, decimals, text)
    swatches = [
        f'<span class="zx-key"><i style="background:{colour(number)[0]}"></i>{escape(word)}</span>'
        for number, word in enumerate(words)
    ]
    if missing:
        swatches.append(f'<span class="zx-key"><i class="zx-hatch"></i>{escape(text("map.missing"))}</span>')
    label = escape(text("map.legend"))
    return f'<div class="zx-legend" role="group" aria-label="{label}">{"".join(swatches)}</div>'


def _class_words(limits: list[float], decimals: int, text: Text) -> list[str]:
    """What each class holds; whole numbers are said as they can occur (1—2 and ≥ 3, never 1—3 and ≥ 3)."""
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
