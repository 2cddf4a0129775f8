"""The dashboard's own error blocks: a user's error says what to do, a bug says so without its inside."""

import streamlit as st

from dashboard.i18n import LANGUAGES, Text
from dashboard.markup import escape
from pipelines.api import UserError


def _text() -> Text:
    asked = st.query_params.get("lang", "zh")
    return Text(asked if asked in LANGUAGES else "zh")


def block(title: str, body: str) -> None:
    """Draw an error block."""
    st.html(f'<div class="zx-error" role="alert"><h2>{escape(title)}</h2><p>{escape(body)}</p></div>')


def show_user_error(error: UserError, text: Text) -> None:
    """Draw a user's error in the language of the session."""
    block(text("error.no_snapshot"), error.zh if text.lang == "zh" else error.en)


def show_script_error(error: Exception) -> bool:
    """Draw the block for an unexpected error; Streamlit writes the traceback to the server's log only."""
    text = _text()
    if isinstance(error, UserError):
        show_user_error(error, text)
    else:
        block(text("error.title"), text("error.unexpected"))
    return True
