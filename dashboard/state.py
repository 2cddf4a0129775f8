"""What is selected, in the address and in the session: short stable keys that hold codes, never labels.

`KEYS` is the whole list: how each key is read, and written (defaults are left out). `adopt()` reads the
address at the start of a run, `sync()` writes it at the end of the frame. A value that is not known is said
on screen, never swallowed: `parse` sees what is malformed, the frame and the pages what this snapshot has
not. Links are `Selection.address`, moves from a callback `select()` and `go()`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from dashboard.i18n import LANGUAGES

KINDS = {"r": "r12", "m": "month", "q": "quarter", "h": "half", "y": "year", "t": "ytd"}
LETTERS = {kind: letter for letter, kind in KINDS.items()}
LEVELS = {"p": "prefecture", "c": "county"}
COMPARATORS = ("province", "kind", "prefecture")
FORMATS = ("png", "svg")
ORDERS = ("code", "score")
# What a page keeps for itself: it does not follow to another page.
LOCAL = ("warning", "tab", "month", "channel", "levels", "order", "other", "weights")


@dataclass(frozen=True)
class Selection:
    """The selection of one session; None means the default of the snapshot or of the page."""

    lang: str = "zh"
    kind: str = "r12"
    period: date | None = None
    level: str = "prefecture"
    area: str | None = None
    indicator: str | None = None
    comparator: str = "province"
    snapshot: str | None = None
    format: str = "png"
    warning: str | None = None
    tab: str | None = None
    month: date | None = None
    channel: str | None = None
    levels: tuple[int, ...] = ()
    order: str = "code"
    other: str | None = None
    weights: tuple[tuple[str, int], ...] = ()

    def query(self, **changes: object) -> dict[str, str]:
        """Return the address keys of this selection with some fields changed; defaults are left out."""
        chosen = replace(self, **changes)  # type: ignore[arg-type]
        written = {key: form.write(chosen) for key, form in KEYS.items()}
        return {key: value for key, value in written.items() if value}

    def elsewhere(self, **changes: object) -> "Selection":
        """Return the selection as another page takes it over: without what this page keeps for itself."""
        return replace(self, **{**{name: _DEFAULTS[name] for name in LOCAL}, **changes})

    def address(self, page: str, **changes: object) -> str:
        """Return the relative address of a page (a key of the menu) with this selection and some changes.

        It works from every page and under a base path.
        """
        query = self.elsewhere(**changes).query()
        return f"./{'' if page == 'home' else page}" + (f"?{urlencode(query, safe=',')}" if query else "")

    def shared(self) -> tuple[tuple[str, str], ...]:
        """Return what a page's content may depend on, as a cache key: all but the page's own keys."""
        return tuple(self.elsewhere(format=_DEFAULTS["format"]).query().items())


_DEFAULTS: dict[str, Any] = {field.name: field.default for field in fields(Selection)}


@dataclass(frozen=True)
class Key:
    """One key of the address: the form of its values, the fields they set, and how they are written."""

    pattern: str
    read: Callable[[str], dict[str, Any]]
    write: Callable[[Selection], str | None]


def _plain(name: str, pattern: str) -> Key:
    """A key that holds a field as it is."""

    def write(selection: Selection) -> str | None:
        value = getattr(selection, name)
        return None if value == _DEFAULTS[name] else str(value)

    return Key(pattern, lambda value: {name: value}, write)


def _one_of(*codes: str) -> str:
    return "|".join(codes)


def _read_period(value: str) -> dict[str, Any]:
    return {"kind": KINDS[value[0]], **_read_month(value[1:], "period")}


def _write_period(selection: Selection) -> str | None:
    if selection.period is None:
        return None
    return f"{LETTERS[selection.kind]}{selection.period:%Y-%m}"


def _read_month(value: str, name: str = "month") -> dict[str, Any]:
    year, month = value.split("-")
    return {name: date(int(year), int(month), 1)}


def _read_weight(value: str) -> tuple[str, int]:
    code = value.rstrip("0123456789")
    return code, int(value.removeprefix(code))


_MONTH = r"[12]\d{3}-(?:0[1-9]|1[0-2])"
_CODE = r"[a-z][a-z0-9_]{0,39}"
KEYS: dict[str, Key] = {
    "lang": _plain("lang", _one_of(*LANGUAGES)),
    "p": Key(rf"[rmqhyt]{_MONTH}", _read_period, _write_period),
    "lvl": Key(
        _one_of(*LEVELS),
        lambda value: {"level": LEVELS[value]},
        lambda selection: "c" if selection.level == "county" else None,
    ),
    "a": _plain("area", r"53\d{4}"),
    "i": _plain("indicator", _CODE),
    "cmp": _plain("comparator", _one_of(*COMPARATORS)),
    "v": _plain("snapshot", r"[0-9A-Za-z]{8,64}"),
    "fmt": _plain("format", _one_of(*FORMATS)),
    "w": _plain("warning", rf"53\d{{4}}-{_MONTH}"),
    "tab": _plain("tab", _CODE),
    "m": Key(_MONTH, _read_month, lambda chosen: f"{chosen.month:%Y-%m}" if chosen.month else None),
    "ch": _plain("channel", _CODE),
    "lv": Key(
        r"[1-4](?:,[1-4]){0,3}",
        lambda value: {"levels": tuple(sorted({int(level) for level in value.split(",")}))},
        lambda selection: ",".join(map(str, selection.levels)),
    ),
    "o": _plain("order", _one_of(*ORDERS)),
    "b": _plain("other", r"53\d{4}"),
    "wt": Key(
        r"[a-z_]{1,24}\d{1,3}(?:,[a-z_]{1,24}\d{1,3}){0,9}",
        lambda value: {"weights": tuple(_read_weight(part) for part in value.split(","))},
        lambda selection: ",".join(f"{code}{weight}" for code, weight in selection.weights),
    ),
}


def parse(query: dict[str, str]) -> tuple[Selection, list[tuple[str, str]]]:
    """Return the selection an address asks for, and the (key, value) pairs that are not understood."""
    selection, bad = Selection(), []
    for key, value in query.items():
        form = KEYS.get(key)
        if form and re.fullmatch(form.pattern, value, re.ASCII):
            selection = replace(selection, **form.read(value))
        else:
            bad.append((key, value))
    return selection, bad


def current() -> Selection:
    """Return the session's selection."""
    return st.session_state["selection"]


def adopt() -> Selection:
    """Return the session's selection, taken anew from the address when somebody else changed that.

    The address is somebody else's on the first run, on Back and Forward, and on a link; not after `sync`.
    """
    query = st.query_params.to_dict()
    if "selection" not in st.session_state or query != st.session_state.get("address"):
        st.session_state["selection"], st.session_state["bad_link"] = parse(query)
        st.session_state["address"] = query
    return current()


def select(**changes: object) -> None:
    """Change the selection (from a widget's callback); an old notice about the link goes."""
    st.session_state["selection"] = replace(current(), **changes)  # type: ignore[arg-type]
    st.session_state["bad_link"] = []


def reject(key: str, value: str, **changes: object) -> None:
    """Drop a selected value that this snapshot or page does not have, and keep it for the notice.

    A page that finds one while it runs calls `notice()` of the frame after this.
    """
    st.session_state["selection"] = replace(current(), **changes)  # type: ignore[arg-type]
    st.session_state["bad_link"] = [*st.session_state["bad_link"], (key, value)]


def sync() -> None:
    """Write the selection into the address."""
    query = current().query()
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)
    st.session_state["address"] = query


def go(page: str, **changes: object) -> None:
    """Move to a page with some fields changed (from a widget's callback); the move follows in `entry.py`."""
    selection = current().elsewhere(**changes)
    select(**{field.name: getattr(selection, field.name) for field in fields(Selection)})
    st.session_state["go"] = page


def follow(pages: Mapping[str, st.Page]) -> None:
    """Make the move that a callback asked for with `go()`; call it when the pages are known."""
    if page := st.session_state.pop("go", None):
        st.switch_page(pages[page], query_params=current().query())
