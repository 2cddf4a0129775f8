"""The pages that exist, in the order of the menu: a new page is one more line here and a file in `views/`."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from dashboard.i18n import Text

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Entry:
    """One page: its key in the catalogues (`nav.<key>`), its file, and whether it is the first."""

    key: str
    default: bool = False


MENU = (Entry("home", default=True), Entry("method"))


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
