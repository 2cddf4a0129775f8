"""The pages that exist, in the order of the menu: a new page is one more line here and a file in `views/`."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from dashboard.i18n import Text

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Entry:
    """One page: its key (`nav.<key>`, `views/<key>.py`), whether it is the first, and shows a window."""

    key: str
    default: bool = False
    windowed: bool = True


MENU = (Entry("home", default=True), Entry("method", windowed=False))


def pages(text: Text) -> dict[str, st.Page]:
    """Return Streamlit's pages by key, titled in the language of the session."""
    return {
        entry.key: st.Page(
            HERE / "views" / f"{entry.key}.py",
            title=f"{text(f'nav.{entry.key}')} · {text('app.title')}",
            url_path=None if entry.default else entry.key,
            default=entry.default,
        )
        for entry in MENU
    }


def windowed(page: st.Page) -> bool:
    """Say whether a page shows one window of one area (and so wants the boxes to choose them)."""
    return next((entry.windowed for entry in MENU if entry.key == page.url_path), True)
