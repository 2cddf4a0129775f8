"""The search of the frame: one box over all regions, typed by name, former name or pinyin initials.

`labels` is what the box filters: 彝良县 · 昭通 · yl. Choosing opens the page of that county or prefecture; a
本级 unit or a zone opens its prefecture's.
"""

from typing import Any

import polars as pl
import streamlit as st

from dashboard import cache, menu, state
from dashboard.here import Here
from dashboard.i18n import Text

PAGES = {"county": "county", "prefecture": "prefecture", "own": "prefecture", "zone": "prefecture"}


def labels(regions: pl.DataFrame, text: Text) -> dict[str, str]:
    """Return the labels of all regions by code, in display order; `regions` as of `codenames.named`."""
    rows = {row["region_id"]: row for row in regions.iter_rows(named=True)}
    return {code: " · ".join(filter(None, _words(row, rows, text))) for code, row in rows.items()}


def initials(pinyin: str | None) -> str:
    """Return the initials of syllables: "yi liang" gives "yl"; ü is typed as v."""
    return "".join(syllable[0] for syllable in (pinyin or "").replace("ü", "v").split())


def _words(row: dict[str, Any], rows: dict[str, dict[str, Any]], text: Text) -> list[str]:
    name = text.of(row, "name") if row["region_level"] != "county" or text.lang == "en" else text.place(row)
    parent = rows.get(row["parent_id"])
    above = text.place(parent).removesuffix("州") if parent and row["region_level"] == "county" else ""
    former = row.get("former_names") if text.lang == "zh" else None
    return [name, above, initials(row.get("pinyin")), text("frame.formerly", names=former) if former else ""]


def target(row: dict[str, Any]) -> tuple[str, str | None]:
    """Return the page and the area that a region's choice opens."""
    page = PAGES.get(row["region_level"], "home")
    if page == "home":
        return page, None
    return page, row["region_id"] if row["region_level"] in ("county", "prefecture") else row["parent_id"]


def box(at: Here) -> None:
    """Draw the search box."""
    text, key = at.text, f"search_{at.text.lang}"
    options = cache.kept(at.snapshot.id, lambda: labels(at.regions, text), "search", text.lang, at.coded)

    def choose() -> None:
        code = st.session_state[key]
        if code is None:
            return
        st.session_state[key] = None
        page, area = target(at.region(code))
        state.go(page if page in {entry.key for entry in menu.MENU} else "home", area=area)

    st.selectbox(
        text("frame.search"),
        list(options),
        index=None,
        format_func=options.__getitem__,
        key=key,
        placeholder=text("frame.search_hint"),
        on_change=choose,
        label_visibility="collapsed",
        width=230,
    )
