"""What stands on every page: title, menu, search, language, the boxes, the snapshot line, notices, watermark.

`open_frame` draws it and leaves a `Here` for the page (`here.py`); the boxes themselves are in `boxes.py`.
"""

import os
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import streamlit as st

from dashboard import boxes, cache, search, source, state
from dashboard.here import Here, here
from dashboard.i18n import HTML_LANG, LANGUAGES, Text
from dashboard.markup import escape
from dashboard.menu import Entry, groups
from dashboard.queries import gaps
from dashboard.theme.tokens import style_sheet
from pipelines.api import Snapshot

WATERMARKS = 40
# Set, every page shows code names: for pictures of the pages that leave the house.
CODE_NAMES = "ZHENGXIN_CODE_NAMES"
_PAGE_SCRIPT = Path(__file__).with_name("theme") / "page.js"


def style(text: Text) -> None:
    """Send the style sheet, set the language of the document, and let links open without a reload."""
    st.html(f"<style>{style_sheet()}</style>")
    # Registered on every run, as the documentation asks; the same name and code are the same component.
    manners = st.components.v2.component("page_manners", js=_script(), isolate_styles=False)
    with st.container(key="unseen"):
        manners(data={"lang": HTML_LANG[text.lang]}, key="page_manners")


@st.cache_resource(show_spinner=False)
def _script() -> str:
    return _PAGE_SCRIPT.read_text(encoding="utf-8")


def header(text: Text, pages: dict[str, st.Page], entry: Entry, at: Here | None = None) -> None:
    """Draw the bar with title, menu, search and language; without a snapshot there is nothing to search."""
    query = state.current().elsewhere().query()
    with st.container(key="header", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(f'<h1 class="zx-title">{escape(text("app.title"))}</h1>', width="content")
        with st.container(key="menu", horizontal=True, gap=None, vertical_alignment="center"):
            for group, entries in groups():
                with st.container(key=f"group_{group}", horizontal=True, gap=None, width="content"):
                    for item in entries:
                        name = text(f"nav.{item.key}")
                        label = f"**{name}**" if item is entry else name
                        st.page_link(pages[item.key], label=label, query_params=query)
        if at:
            search.box(at)
        other = next(lang for lang in LANGUAGES if lang != text.lang)
        st.button(
            text("nav.language"),
            key="language",
            type="tertiary",
            on_click=state.select,
            kwargs={"lang": other},
        )


def open_frame(snapshot: Snapshot, text: Text, pages: dict[str, st.Page], entry: Entry) -> None:
    """Draw the frame of a page and note where the reader is."""
    text = cache.kept(snapshot.id, lambda: Text(text.lang, snapshot.method), "words", text.lang)
    at, said = _here(snapshot, text, entry)
    st.session_state["here"] = at
    header(text, pages, entry, at)
    with st.container(key="bar", horizontal=True, vertical_alignment="center", gap="small"):
        boxes.draw(at, entry)
    line = cache.kept(snapshot.id, lambda: _line(at), "line", text.lang, at.kind, at.period)
    st.html(line)
    st.session_state["notices"] = st.container(key="notices", gap=None)
    _notices(text, said)
    if at.synthetic:
        st.html(_watermark(text))
    state.sync()


def _here(snapshot: Snapshot, text: Text, entry: Entry) -> tuple[Here, str]:
    """Where the reader is, with what the snapshot lacks rejected; and what is shown instead of the asked."""
    coded = bool(os.environ.get(CODE_NAMES)) and bool(snapshot.manifest["synthetic"])
    regions = cache.regions(snapshot, coded)
    known = cache.rows(regions, snapshot.id, coded)
    kind, period, said = boxes.window(snapshot, text, entry)
    area = boxes.area(known, entry.areas)
    _check_codes(snapshot)
    selection = state.current()
    return (
        Here(
            snapshot=snapshot,
            text=text,
            page=entry.key,
            selection=selection,
            kind=kind,
            period=period,
            area=area,
            level=selection.level,
            comparator=boxes.comparator(entry, selection),
            regions=regions,
            coded=coded,
        ),
        said,
    )


_CHECKED = (
    ("i", "indicator", "ref.indicator", "indicator_id"),
    ("ch", "channel", "ref.channel", "channel"),
    ("w", "warning", "mart.warning", "warning_id"),
)


def _check_codes(snapshot: Snapshot) -> None:
    """Reject codes of the address that the snapshot does not hold."""
    for key, field, table, column in _CHECKED:
        value = getattr(state.current(), field)
        if value and value not in _codes(snapshot, table, column):
            state.reject(key, value, **{field: None})


def _codes(snapshot: Snapshot, table: str, column: str) -> set[str]:
    def make() -> set[str]:
        return set(snapshot.frame(table)[column]) if table in snapshot.tables else set()

    return cache.kept(snapshot.id, make, "codes", table)


def refuse(key: str, value: str, **changes: object) -> None:
    """Reject a value of the address that the page itself does not have, and say so at once."""
    state.reject(key, value, **changes)
    with st.session_state["notices"]:
        _bad_link(here().text, [(key, value)])
    state.sync()


def _watermark(text: Text) -> str:
    """What lies over the page of a synthetic snapshot, on screen and in print; no click meets it."""
    marks = f"<span>{escape(text('frame.watermark'))}</span>" * WATERMARKS
    return f'<div class="zx-watermark" aria-hidden="true">{marks}</div>'


def nature(at: Here) -> str:
    """Return the line on the nature of the data."""
    return at.text("frame.synthetic") if at.synthetic else at.text("frame.internal")


def _line(at: Here) -> str:
    """The line under the boxes: nature of the data, as of, reporting of the window, snapshot, method."""
    text, manifest = at.text, at.snapshot.manifest
    facts = [
        (text("frame.as_of"), text.day(date.fromisoformat(manifest["as_of"]))),
        (text("frame.reporting"), reporting_line(at)),
        (text("frame.snapshot"), at.snapshot.id[:12]),
        (text("frame.method"), str(at.snapshot.method.get("id", ""))),
    ]
    words = "".join(f"<span><b>{escape(name)}</b> {escape(fact)}</span>" for name, fact in facts)
    name = "zx-synthetic" if at.synthetic else "zx-internal"
    notice = f'<p class="zx-notice {name}" role="note">{escape(nature(at))}</p>'
    return f'<div class="zx-line">{notice}<p class="zx-snapshot">{words}</p></div>'


def reporting_line(at: Here) -> str:
    """Return 应报…家次,按时…家次 for the window, over all sources."""
    text, reporting = at.text, at.frame("mart.reporting")
    counts = gaps.reporting(reporting, *at.months)
    if not counts["due"]:
        return text("frame.reporting_none")
    line = text("frame.reporting_line", **counts)
    line += text("frame.reporting_partial", **counts) if counts["partial"] else ""
    line += text("frame.reporting_pending", **counts) if counts["pending"] else ""
    inferred = reporting.filter(pl.col("month").is_between(*at.months))["inferred"].any()
    return line + (text("frame.reporting_inferred") if inferred else "")


def _notices(text: Text, said: str) -> None:
    """Draw what is shown instead, a link not understood, and the offer of a newer snapshot."""
    with st.session_state["notices"]:
        if said:
            st.html(f'<p class="zx-notice" role="status">{escape(said)}</p>')
        if bad := st.session_state.get("bad_link"):
            _bad_link(text, bad)
    if newer := source.newer():
        with st.container(key="newer", horizontal=True, vertical_alignment="center", gap="small"):
            st.html(f'<p class="zx-notice">{escape(text("frame.newer", id=newer[:12]))}</p>', width="content")
            st.button(text("frame.open_newer"), key="open_newer", on_click=source.open_newer)


def _bad_link(text: Text, bad: list[tuple[str, Any]]) -> None:
    pairs = text.join(f"{key}={value}" for key, value in bad)
    st.html(f'<p class="zx-notice" role="alert">{escape(text("frame.bad_link", pairs=pairs))}</p>')
