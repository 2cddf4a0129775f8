"""The fold under a card that offers its numbers (CSV, XLSX) and its picture (PNG or SVG by the camera).

Of a synthetic snapshot everything is made anew with code names, under file names that say 演示. Files are
made when they are asked for, in a thread without a session: what they need is bound here.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import date
from typing import TYPE_CHECKING

import plotly.graph_objects as go
import streamlit as st

from dashboard import cache, markup, state
from dashboard.charts import style
from dashboard.export import codenames, pictures, sheets
from dashboard.here import Here

if TYPE_CHECKING:
    from dashboard.cards import Card

Make = Callable[[Here], "Card"]
# In front of every file of a synthetic snapshot, in both languages.
PREFIX = "演示"
KINDS = {
    "csv": ("text/csv; charset=utf-8", sheets.to_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", sheets.to_xlsx),
}


def draw(at: Here, name: str, card: Card, make: Make, *by: Hashable) -> None:
    """Draw the fold; what is in it is made only while it is open."""
    text = at.text
    place = st.expander(
        text("export.open"), key=f"export_{name}_{text.lang}", on_change="rerun", type="compact"
    )
    if not place.open:
        return
    outside = leaving(at)
    with place:
        with st.container(key=f"files_{name}", horizontal=True, vertical_alignment="center", gap="small"):
            if card.table:
                _files(at, outside, name, make)
            if card.chart is not None:
                _format_switch(at, name)
        if card.chart is not None:
            _picture(at, outside, name, card, make, by)
        st.html(markup.paragraph(text("export.coded" if at.synthetic else "export.internal"), "zx-note"))


def leaving(at: Here) -> Here:
    """Return what an export may see: code names where the snapshot is synthetic."""
    return at.with_code_names() if at.synthetic and not at.coded else at


def file_stem(at: Here, name: str) -> str:
    """Return a file name without ending (演示_, page, area, card, window, snapshot) for `leaving(at)`."""
    text = at.text
    window = f"{state.LETTERS[at.kind]}{at.period:%Y-%m}"
    parts = [
        PREFIX if at.synthetic else "",
        text(f"nav.{at.page}"),
        text.of(at.area, "name"),
        name,
        window,
        at.snapshot.id[:8],
    ]
    kept = "_".join(filter(None, parts))
    return "".join(letter for letter in kept if letter not in '\\/:*?"<>|')


def facts(at: Here, card: Card) -> list[tuple[str, str]]:
    """Return what a file says on top; `at` and `card` as of `leaving`."""
    text, manifest = at.text, at.snapshot.manifest
    pairs = [
        ("title", card.title),
        ("unit", card.unit),
        ("period", card.period),
        ("areas", card.areas),
        ("as_of", text.day(date.fromisoformat(manifest["as_of"]))),
        ("snapshot", at.snapshot.id),
        ("method", str(at.snapshot.method.get("id", ""))),
        ("note", card.note),
        ("notice", text("frame.synthetic" if at.synthetic else "frame.internal")),
    ]
    return [(text(f"export.{word}"), fact) for word, fact in pairs if fact]


def sheet(at: Here, make: Make) -> sheets.Sheet:
    """Return the sheet of a card; `at` as of `leaving`."""
    card = make(at)
    if card.table is None:
        raise ValueError(f"the card {card.title!r} has no table")
    return sheets.Sheet(facts(at, card), card.table, mask_of(at))


def mask_of(at: Here) -> Callable[[str], str]:
    """Return the sweep for what leaves: nothing for real data, real names and codes for synthetic ones."""
    if not at.synthetic:
        return str
    return cache.kept(at.snapshot.id, lambda: codenames.masker(at.frame("ref.region")), "mask")


def _files(at: Here, outside: Here, name: str, make: Make) -> None:
    for kind, (mime, write) in KINDS.items():
        st.download_button(
            kind.upper(),
            # Bound as defaults: the callable runs later, when the loop has gone on.
            data=lambda write=write: write(sheet(outside, make)),
            file_name=f"{file_stem(outside, name)}.{kind}",
            mime=mime,
            key=f"{kind}_{name}_{at.text.lang}",
            on_click="ignore",
        )


def _format_switch(at: Here, name: str) -> None:
    key = f"format_{name}_{at.text.lang}"
    st.session_state[key] = at.selection.format
    st.segmented_control(
        at.text("export.format"),
        state.FORMATS,
        format_func=str.upper,
        key=key,
        on_change=lambda: state.select(format=st.session_state[key]),
        label_visibility="collapsed",
        required=True,
    )


def picture(at: Here, card: Card) -> go.Figure | None:
    """Return the figure to be saved, None where it may not leave; `at` and `card` as of `leaving`."""
    if card.chart is None or (at.synthetic and pictures.has_borders(card.chart)):
        return None
    text = at.text
    known = dict(facts(at, card))
    foot = [
        text(
            "export.source",
            app=text("app.title"),
            **{word: known[text(f"export.{word}")] for word in ("as_of", "method")},
            snapshot=at.snapshot.id[:12],
        ),
        *([card.note] if card.note else []),
        known[text("export.notice")],
    ]
    unit = text("card.unit", unit=card.unit) if card.unit else ""
    line = " · ".join(filter(None, (unit, card.period, card.areas)))
    watermark = text("frame.watermark") if at.synthetic else ""
    return pictures.dress(card.chart, card.title, line, foot, watermark, mask_of(at))


def _picture(at: Here, outside: Here, name: str, card: Card, make: Make, by: tuple[Hashable, ...]) -> None:
    """The picture as it will be saved, with the camera on it."""
    key = ("picture", name, at.page, at.kind, at.period, at.selection.shared(), *by)
    figure = cache.kept(at.snapshot.id, lambda: picture(outside, make(outside)), *key)
    text = at.text
    if figure is None:
        st.html(markup.empty(text("export.no_borders"), text("export.no_borders_do")))
        return
    settings = style.config(text, at.selection.format, file_stem(outside, name), figure.layout.height)
    st.plotly_chart(
        figure,
        key=f"picture_{name}_{at.selection.format}_{text.lang}",
        theme=None,
        config=settings,
        alt=text("export.picture"),
    )
