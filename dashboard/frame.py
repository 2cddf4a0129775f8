"""What stands on every page: title, menu, language, period, snapshot line, notices and the watermark.

`open_frame` draws it and leaves a `Here` for the page; a page asks `here()` for snapshot, words and period.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
import streamlit as st

from dashboard import source, state
from dashboard.i18n import HTML_LANG, LANGUAGES, Text
from dashboard.markup import escape
from dashboard.queries import gaps, windows
from dashboard.theme.tokens import style_sheet
from pipelines.api import Snapshot

WATERMARKS = 40


@dataclass(frozen=True)
class Here:
    """Where the reader is: the snapshot, the words, the window and the area on screen."""

    snapshot: Snapshot
    text: Text
    kind: str
    period: date
    area: dict[str, Any]

    @property
    def synthetic(self) -> bool:
        """Whether the snapshot holds invented data."""
        return bool(self.snapshot.manifest["synthetic"])

    @property
    def months(self) -> tuple[date, date]:
        """The first and the last month of the window."""
        return windows.first_month(self.kind, self.period), self.period

    @property
    def area_id(self) -> str:
        """The code of the area: the province or a prefecture."""
        return str(self.area["region_id"])

    @property
    def area_name(self) -> str:
        """The area in words."""
        return area_name(self.area, self.text)

    @property
    def label(self) -> str:
        """The window in words."""
        return self.text.period(self.kind, self.period)

    def window(self) -> pl.DataFrame:
        """All indicator values of the window."""
        return _window(self.snapshot.id, self.kind, self.period, _snapshot=self.snapshot)


@st.cache_resource(max_entries=64, show_spinner=False)
def _window(snapshot_id: str, kind: str, period: date, *, _snapshot: Snapshot) -> pl.DataFrame:
    return windows.window(_snapshot.frame("mart.indicator_value"), kind, period)


@st.cache_resource(max_entries=8, show_spinner=False)
def _periods(snapshot_id: str, *, _snapshot: Snapshot) -> dict[str, list[date]]:
    return windows.periods(_snapshot.frame("mart.indicator_value"))


def area_name(region: dict[str, Any], text: Text) -> str:
    """Return an area as boxes and titles call it."""
    return text("frame.province") if region["region_id"] == windows.PROVINCE else text.place(region)


def here() -> Here:
    """Return where the reader is; valid while a page runs."""
    return st.session_state["here"]


def style(text: Text) -> None:
    """Send the style sheet and set the language of the document."""
    st.html(f"<style>{style_sheet()}</style>")
    # Registered on every run, as the documentation asks; the same name and code are the same component.
    follow = st.components.v2.component(
        "document_language",
        js="export default function ({ data }) { document.documentElement.lang = data.lang }",
        isolate_styles=False,
    )
    with st.container(key="unseen"):
        follow(data={"lang": HTML_LANG[text.lang]}, key="document_language")


def header(text: Text, pages: dict[str, st.Page], page: st.Page) -> None:
    """Draw the bar with title, menu and language."""
    selection = st.session_state["selection"]
    with st.container(key="header", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(f'<h1 class="zx-title">{escape(text("app.title"))}</h1>', width="content")
        with st.container(key="menu", horizontal=True, gap=None, vertical_alignment="center"):
            for key, target in pages.items():
                st.page_link(
                    target,
                    label=f"**{text(f'nav.{key}')}**" if target is page else text(f"nav.{key}"),
                    query_params=selection.query(),
                )
        other = next(lang for lang in LANGUAGES if lang != text.lang)
        st.button(
            text("nav.language"),
            key="language",
            type="tertiary",
            on_click=state.select,
            kwargs={"lang": other},
        )


def open_frame(
    snapshot: Snapshot, text: Text, pages: dict[str, st.Page], page: st.Page, windowed: bool
) -> None:
    """Draw the frame of a page and note where the reader is; `windowed` pages get the boxes for that."""
    kind, period = _chosen(snapshot)
    at = Here(snapshot, text, kind, period, _area(snapshot))
    st.session_state["here"] = at
    header(text, pages, page)
    with st.container(key="bar", horizontal=True, vertical_alignment="center", gap="small"):
        if windowed:
            _area_box(at)
            _period_boxes(at)
        st.html(snapshot_line(at), width="stretch")
    _notices(at)
    _watermark(at)
    state.sync()


def _watermark(at: Here) -> None:
    """Draw what lies over the page of a synthetic snapshot, on screen and in print; no click meets it."""
    if at.synthetic:
        marks = f"<span>{escape(at.text('frame.watermark'))}</span>" * WATERMARKS
        st.html(f'<div class="zx-watermark" aria-hidden="true">{marks}</div>')


def _chosen(snapshot: Snapshot) -> tuple[str, date]:
    """The window of the address if the snapshot has it, else the latest rolling 12 months, with a notice."""
    found = _periods(snapshot.id, _snapshot=snapshot)
    selection = st.session_state["selection"]
    if selection.period is None:
        return "r12", found["r12"][0]
    if selection.period in found.get(selection.kind, []):
        return selection.kind, selection.period
    state.reject("p", selection.query()["p"], kind="r12", period=None)
    return "r12", found["r12"][0]


def _area(snapshot: Snapshot) -> dict[str, Any]:
    """The region of the address when it is one of the choice, else the province, with a notice."""
    choice = _areas(snapshot)
    wanted = st.session_state["selection"].area
    if wanted and wanted not in choice:
        state.reject("a", wanted, area=None)
    return choice.get(wanted or "", choice[windows.PROVINCE])


def _areas(snapshot: Snapshot) -> dict[str, dict[str, Any]]:
    """The areas to choose from, by code: the province, then the prefectures in code order."""
    regions = snapshot.frame("ref.region").filter(pl.col("region_level").is_in(["province", "prefecture"]))
    return {row["region_id"]: row for row in regions.sort("region_id").iter_rows(named=True)}


def _area_box(at: Here) -> None:
    """One box for the area; the province leaves the address empty."""
    choice, key = _areas(at.snapshot), f"area_{at.text.lang}"
    st.session_state[key] = at.area_id

    def choose() -> None:
        code = st.session_state[key]
        state.select(area=None if code == windows.PROVINCE else code)

    st.selectbox(
        at.text("frame.area"),
        list(choice),
        format_func=lambda code: area_name(choice[code], at.text),
        key=key,
        on_change=choose,
        label_visibility="collapsed",
        width=150,
    )


def _period_boxes(at: Here) -> None:
    """Two boxes, kind of window and its end; one key a language, because the labels change with it."""
    found, text = _periods(at.snapshot.id, _snapshot=at.snapshot), at.text
    kind_key, period_key = f"kind_{text.lang}", f"period_{text.lang}_{at.kind}"
    st.session_state[kind_key], st.session_state[period_key] = at.kind, at.period

    def choose_kind() -> None:
        kind = st.session_state[kind_key]
        earlier = [month for month in found[kind] if month <= at.period]
        _choose(found, kind, earlier[0] if earlier else found[kind][0])

    def choose_period() -> None:
        _choose(found, at.kind, st.session_state[period_key])

    st.selectbox(
        text("frame.kind"),
        list(found),
        format_func=lambda kind: text(f"kind.{kind}"),
        key=kind_key,
        on_change=choose_kind,
        label_visibility="collapsed",
        width=150,
    )
    st.selectbox(
        text("frame.period"),
        found[at.kind],
        format_func=lambda month: text.period(at.kind, month),
        key=period_key,
        on_change=choose_period,
        label_visibility="collapsed",
        width=230,
    )


def _choose(found: dict[str, list[date]], kind: str, period: date) -> None:
    """Select a window; the default one leaves the address empty."""
    default = kind == "r12" and period == found["r12"][0]
    state.select(kind=kind, period=None if default else period)


def snapshot_line(at: Here) -> str:
    """Return the line under the title: as of, reporting of the window, snapshot and method."""
    text, manifest = at.text, at.snapshot.manifest
    facts = [
        (text("frame.as_of"), text.day(date.fromisoformat(manifest["as_of"]))),
        (text("frame.reporting"), reporting_line(at)),
        (text("frame.snapshot"), at.snapshot.id[:12]),
        (text("frame.method"), str(at.snapshot.method.get("id", ""))),
    ]
    words = "".join(f"<span><b>{escape(name)}</b> {escape(fact)}</span>" for name, fact in facts)
    return f'<p class="zx-snapshot">{words}</p>'


def reporting_line(at: Here) -> str:
    """Return 应报…家次,按时…家次 for the window, over all sources."""
    text, frame = at.text, at.snapshot.frame("mart.reporting")
    counts = gaps.reporting(frame, *at.months)
    if not counts["due"]:
        return text("frame.reporting_none")
    line = text("frame.reporting_line", **counts)
    line += text("frame.reporting_partial", **counts) if counts["partial"] else ""
    line += text("frame.reporting_pending", **counts) if counts["pending"] else ""
    inferred = frame.filter(pl.col("month").is_between(*at.months))["inferred"].any()
    return line + (text("frame.reporting_inferred") if inferred else "")


def _notices(at: Here) -> None:
    """Draw the line on the nature of the data, a link not understood, and the offer of a newer snapshot."""
    text = at.text
    line = text("frame.synthetic") if at.synthetic else text("frame.internal")
    name = "zx-synthetic" if at.synthetic else "zx-internal"
    st.html(f'<p class="zx-notice {name}" role="note">{escape(line)}</p>')
    if bad := st.session_state.get("bad_link"):
        pairs = text.join(f"{key}={value}" for key, value in bad)
        st.html(f'<p class="zx-notice" role="alert">{escape(text("frame.bad_link", pairs=pairs))}</p>')
    if newer := source.newer():
        with st.container(key="newer", horizontal=True, vertical_alignment="center", gap="small"):
            st.html(f'<p class="zx-notice">{escape(text("frame.newer", id=newer[:12]))}</p>', width="content")
            st.button(text("frame.open_newer"), key="open_newer", on_click=source.open_newer)
