"""A select box of codes: the second way to what a click on a chart selects."""

from collections.abc import Callable, Mapping

import streamlit as st

from dashboard.here import Here


def box(
    at: Here,
    name: str,
    label: str,
    words: Mapping[str, str],
    chosen: str | None,
    select: Callable[[str | None], None],
    *,
    none: str = "",
    width: int = 320,
) -> None:
    """Draw a box of the codes of `words`; `select` is called with the code chosen in it.

    With `none` (what the empty box says) nothing need be chosen, and `select` may be called with None.
    """
    key = f"pick_{name}_{at.text.lang}"
    # The chosen code lives in the address; a click on a chart may have moved it.
    st.session_state[key] = chosen
    st.selectbox(
        label,
        list(words),
        index=None if none else 0,
        format_func=words.__getitem__,
        key=key,
        placeholder=none or None,
        on_change=lambda: select(st.session_state[key]),
        label_visibility="collapsed",
        width=width,
    )
