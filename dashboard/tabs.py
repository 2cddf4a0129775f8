"""Tabs of a page of which only the chosen one is computed; which one stands in the address (`tab`)."""

from collections.abc import Mapping

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import frame, state
from dashboard.here import Here


def choose(at: Here, labels: Mapping[str, str]) -> tuple[str, DeltaGenerator]:
    """Draw tabs (code to words, the first being the default) and return the chosen code and its place.

    The page draws that tab's content in the place and computes no other. A tab of the address that the page
    does not have is said in a notice.
    """
    codes = list(labels)
    chosen = at.selection.tab or codes[0]
    if chosen not in labels:
        frame.refuse("tab", chosen, tab=None)
        chosen = codes[0]
    key = f"tabs_{at.page}_{at.text.lang}"
    # The words are the value of Streamlit's tabs; the address may have moved since they were last drawn.
    st.session_state[key] = labels[chosen]

    def change() -> None:
        code = next(code for code, word in labels.items() if word == st.session_state[key])
        state.select(tab=None if code == codes[0] else code)

    places = st.tabs(list(labels.values()), key=key, on_change=change)
    return chosen, places[codes.index(chosen)]
