"""The pages that exist, in the order and groups of the menu, and what each lets the reader choose.

A new page is one more line here and a file in `views/`. `frame.py` draws menu and boxes from it.
"""

from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import streamlit as st

from dashboard.i18n import Text
from dashboard.queries.windows import KINDS, LEVELS

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Entry:
    """One page: its key (`nav.<key>`, `views/<key>.py`), its group in the menu, its boxes.

    `boxes`: area, period, level, comparator. `areas`: levels of the areas it shows; an area of another level
    leads to its prefecture or its first county. `kinds`: the kinds of window it can show, the first being its
    own choice. `comparators`: what it compares a county with (prefectures have no `prefecture`).
    """

    key: str
    group: str
    boxes: tuple[str, ...] = ("area", "period")
    areas: tuple[str, ...] = LEVELS
    kinds: tuple[str, ...] = KINDS
    comparators: tuple[str, ...] = ("province",)


DECLARED = (
    Entry("home", "overview"),
    Entry(
        "ranking",
        "overview",
        boxes=("period", "level", "comparator"),
        kinds=("r12", "year"),
        comparators=("province", "kind", "prefecture"),
    ),
    Entry(
        "prefecture",
        "overview",
        boxes=("area", "period", "comparator"),
        areas=("prefecture",),
        comparators=("province", "kind"),
    ),
    Entry(
        "county",
        "overview",
        boxes=("area", "period", "comparator"),
        areas=("county",),
        comparators=("province", "kind", "prefecture"),
    ),
    Entry("warnings", "monitor"),
    Entry("method", "method", boxes=()),
)
MENU = tuple(entry for entry in DECLARED if (HERE / "views" / f"{entry.key}.py").is_file())


def pages(text: Text) -> dict[str, st.Page]:
    """Return Streamlit's pages by key, titled in the language of the session."""
    return {
        entry.key: st.Page(
            HERE / "views" / f"{entry.key}.py",
            title=f"{text(f'nav.{entry.key}')} · {text('app.title')}",
            url_path=None if entry is MENU[0] else entry.key,
            default=entry is MENU[0],
        )
        for entry in MENU
    }


def entry_of(page: st.Page) -> Entry:
    """Return the entry of one of Streamlit's pages; the page at the root is the first."""
    return next((entry for entry in MENU if entry.key == page.url_path), MENU[0])


def groups() -> list[tuple[str, list[Entry]]]:
    """Return the menu by group, in order."""
    return [(group, list(entries)) for group, entries in groupby(MENU, key=lambda entry: entry.group)]
