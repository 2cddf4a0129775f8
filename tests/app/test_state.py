"""The address: every key is read and written alike, defaults are left out, the unknown is said."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from urllib.parse import parse_qsl, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import state
from dashboard.i18n import Text
from dashboard.state import Selection

Run = Callable[..., AppTest]
Words = Callable[[AppTest], str]

FULL = {
    "lang": "en",
    "p": "m2025-06",
    "lvl": "c",
    "a": "530628",
    "i": "failure_rate",
    "cmp": "kind",
    "v": "a" * 64,
    "fmt": "svg",
    "w": "530628-2025-06",
    "tab": "change",
    "m": "2025-05",
    "ch": "petition_volume",
    "lv": "1,2",
    "o": "score",
    "b": "530629",
    "wt": "failures60,petitions25,debt15",
}
CHOSEN = Selection(
    lang="en",
    kind="month",
    period=date(2025, 6, 1),
    level="county",
    area="530628",
    indicator="failure_rate",
    comparator="kind",
    snapshot="a" * 64,
    format="svg",
    warning="530628-2025-06",
    tab="change",
    month=date(2025, 5, 1),
    channel="petition_volume",
    levels=(1, 2),
    order="score",
    other="530629",
    weights=(("failures", 60), ("petitions", 25), ("debt", 15)),
)


def test_every_key_is_read_and_written_alike() -> None:
    assert set(FULL) == set(state.KEYS)
    assert state.parse(FULL) == (CHOSEN, [])
    assert CHOSEN.query() == FULL


def test_defaults_are_left_out() -> None:
    assert Selection().query() == {}
    said = {"lang": "zh", "lvl": "p", "cmp": "province", "fmt": "png"}
    assert state.parse(said) == (Selection(), [])


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("lang", "fr"),
        ("p", "z2025-01"),
        ("p", "m2025-13"),
        ("p", "m0000-01"),
        ("p", "m2025-06x"),
        ("p", "m２０２５-06"),
        ("lvl", "x"),
        ("a", "110000"),
        ("a", "530100L"),
        ("i", "Failure Rate"),
        ("cmp", "all"),
        ("v", "../etc"),
        ("fmt", "exe"),
        ("w", "530628-2025"),
        ("tab", "a/b"),
        ("m", "2025-6"),
        ("ch", "<script>"),
        ("lv", "5"),
        ("lv", "1,"),
        ("lv", ""),
        ("o", "pinyin"),
        ("who", "me"),
    ],
)
def test_what_is_malformed_is_named_and_leaves_the_rest(key: str, value: str) -> None:
    selection, bad = state.parse({"lang": "en", **({"a": "530100"} if key != "a" else {}), key: value})
    assert bad == [(key, value)]
    assert selection.area == (None if key == "a" else "530100")


def test_levels_are_sorted_and_single() -> None:
    assert state.parse({"lv": "3,1,3"})[0].levels == (1, 3)


def test_another_page_takes_over_what_pages_share() -> None:
    moved = CHOSEN.elsewhere(area="530100")
    assert set(moved.query()) == set(FULL) - {"w", "tab", "m", "ch", "lv", "o", "b", "wt"}
    assert moved.area == "530100"
    assert CHOSEN.shared() == Selection.shared(replace(CHOSEN, tab="chart", format="png"))


def test_addresses_are_relative_and_carry_the_selection() -> None:
    found = urlsplit(CHOSEN.address("county", area="530602", month=date(2025, 4, 1), levels=(1, 2)))
    assert (found.scheme, found.netloc, found.path) == ("", "", "./county")
    query = dict(parse_qsl(found.query))
    assert query["a"] == "530602" and query["m"] == "2025-04" and query["lv"] == "1,2" and "tab" not in query
    assert Selection().address("home") == "./"
    assert Selection().address("warnings") == "./warnings"


def test_address_of_the_bar_is_adopted_and_the_selection_written_back(run: Run, words: Words) -> None:
    shown = run(p="m2025-11", a="530100", fmt="svg")
    assert dict(shown.query_params) == {"p": "m2025-11", "a": "530100", "fmt": "svg"}
    # Back: the browser brings another address, and the session follows it.
    shown.query_params.clear()
    shown.query_params["p"] = "m2025-10"
    shown.run()
    assert "2025年10月" in words(shown)
    assert shown.session_state["selection"] == Selection(kind="month", period=date(2025, 10, 1))


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    ("key", "value"),
    [("i", "no_such_rate"), ("ch", "no_such_channel"), ("w", "530628-1999-01"), ("a", "539999"), ("q", "1")],
)
def test_codes_the_snapshot_lacks_are_said(run: Run, words: Words, lang: str, key: str, value: str) -> None:
    shown = run(lang="" if lang == "zh" else lang, **{key: value})
    assert Text(lang)("frame.bad_link", pairs=f"{key}={value}") in words(shown)
    assert key not in shown.query_params and not shown.exception


def test_a_move_of_a_callback_opens_the_page_with_its_address(run: Run) -> None:
    shown = run(p="m2025-11", tab="x")
    shown.selectbox(key="search_zh").select("530100").run()
    assert shown.session_state["selection"].area == "530100"
    assert shown.query_params["a"] == "530100" and shown.query_params["p"] == "m2025-11"
    assert "tab" not in shown.query_params
