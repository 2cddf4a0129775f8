"""The snapshot of a session: opened once per process, pinned for the session, a newer one only offered."""

import streamlit as st

from dashboard import state
from pipelines.api import Snapshot, UserError, current_id, open_snapshot


@st.cache_resource(max_entries=4, show_spinner=False)
def _opened(snapshot_id: str) -> Snapshot:
    return open_snapshot(snapshot_id=snapshot_id)


def pinned() -> Snapshot:
    """Return the snapshot the address names, else the one this session began with, else the one being served.

    Raises UserError when the workspace has none; a wrong id in the address becomes a notice.
    """
    wanted = st.session_state["selection"].snapshot
    if wanted:
        try:
            return _opened(wanted)
        except UserError:
            state.reject("v", wanted, snapshot=None)
    if "pinned" not in st.session_state:
        st.session_state["pinned"] = current_id()
    try:
        return _opened(st.session_state["pinned"])
    except UserError:
        # The pinned snapshot was cleared away meanwhile: go on with what is served.
        st.session_state["pinned"] = current_id()
        return _opened(st.session_state["pinned"])


def newer() -> str | None:
    """Return the id of the snapshot being served when this session shows another one."""
    shown = st.session_state["selection"].snapshot
    served = current_id()
    return None if shown or served == st.session_state.get("pinned") else served


def open_newer() -> None:
    """Move the session to the snapshot being served."""
    st.session_state["pinned"] = current_id()
