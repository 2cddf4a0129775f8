"""What is selected, in the address and in the session: short stable keys that hold codes, never labels.

`lang` language, `p` period (`r2025-12`: kind letter and last month), `a` area, `v` snapshot. Defaults are
left out.
`adopt()` reads the address at the start of a run, `sync()` writes it at the end of the frame. A value that is
not known is said on screen, never swallowed. A new key is one more field here and one more line in each.
"""

import re
from dataclasses import dataclass, replace
from datetime import date

import streamlit as st

from dashboard.i18n import LANGUAGES

KINDS = {"r": "r12", "m": "month", "q": "quarter", "h": "half", "y": "year", "t": "ytd"}
LETTERS = {kind: letter for letter, kind in KINDS.items()}
_PERIOD = re.compile(r"([rmqhyt])(\d{4})-(0[1-9]|1[0-2])")
_AREA = re.compile(r"53\d{4}")
_SNAPSHOT = re.compile(r"[0-9A-Za-z]{8,64}")


@dataclass(frozen=True)
class Selection:
    """The selection of one session; None means the default of the snapshot."""

    lang: str = "zh"
    kind: str = "r12"
    period: date | None = None
    area: str | None = None
    snapshot: str | None = None

    def query(self, **changes: object) -> dict[str, str]:
        """Return the address keys of this selection with some fields changed; defaults are left out."""
        chosen = replace(self, **changes)  # type: ignore[arg-type]
        keys = {"lang": chosen.lang if chosen.lang != "zh" else None, "p": None}
        keys |= {"a": chosen.area, "v": chosen.snapshot}
        if chosen.period is not None:
            keys["p"] = f"{LETTERS[chosen.kind]}{chosen.period:%Y-%m}"
        return {key: value for key, value in keys.items() if value}


def parse(query: dict[str, str]) -> tuple[Selection, list[tuple[str, str]]]:
    """Return the selection an address asks for, and the (key, value) pairs that are not understood."""
    selection, bad = Selection(), []
    for key, value in query.items():
        if key == "lang" and value in LANGUAGES:
            selection = replace(selection, lang=value)
        elif key == "p" and (match := _PERIOD.fullmatch(value)):
            letter, year, month = match.groups()
            selection = replace(selection, kind=KINDS[letter], period=date(int(year), int(month), 1))
        elif key == "a" and _AREA.fullmatch(value):
            selection = replace(selection, area=value)
        elif key == "v" and _SNAPSHOT.fullmatch(value):
            selection = replace(selection, snapshot=value)
        else:
            bad.append((key, value))
    return selection, bad


def adopt() -> Selection:
    """Return the session's selection, taken anew from the address when somebody else changed that.

    The address is somebody else's on the first run, on Back and Forward, and on a link; not after `sync`.
    """
    query = st.query_params.to_dict()
    if "selection" not in st.session_state or query != st.session_state.get("address"):
        st.session_state["selection"], st.session_state["bad_link"] = parse(query)
        st.session_state["address"] = query
    return st.session_state["selection"]


def select(**changes: object) -> None:
    """Change the selection (from a widget's callback); an old notice about the link goes."""
    st.session_state["selection"] = replace(st.session_state["selection"], **changes)
    st.session_state["bad_link"] = []


def reject(key: str, value: str, **changes: object) -> None:
    """Drop a selected value that this snapshot does not have, and keep it for the notice."""
    st.session_state["selection"] = replace(st.session_state["selection"], **changes)
    st.session_state["bad_link"] = [*st.session_state["bad_link"], (key, value)]


def sync() -> None:
    """Write the selection into the address."""
    query = st.session_state["selection"].query()
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)
    st.session_state["address"] = query
