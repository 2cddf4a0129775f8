"""The search: what it lists, what typing finds, and where a choice leads."""

from collections.abc import Callable

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import menu, search
from dashboard.export import codenames
from dashboard.i18n import Text
from pipelines.regions import frame

Run = Callable[..., AppTest]
REGIONS = codenames.named(frame.regions(), coded=False)


@pytest.mark.parametrize(
    ("code", "label"),
    [("530628", "彝良县 · 昭通 · yl"), ("530600", "昭通市 · zt"), ("530102", "五华区 · 昆明 · wh")],
)
def test_labels_name_the_place_what_it_lies_in_and_its_initials(code: str, label: str) -> None:
    assert search.labels(REGIONS, Text("zh"))[code] == label


def test_former_names_find_the_place_of_today() -> None:
    labels = search.labels(REGIONS, Text("zh"))
    renamed = REGIONS.filter(pl.col("former_names").fill_null("") != "")
    assert renamed.height > 3
    for row in renamed.iter_rows(named=True):
        assert row["former_names"] in labels[row["region_id"]]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_region_is_listed_once_under_words_of_its_own(lang: str) -> None:
    labels = search.labels(REGIONS, Text(lang))
    assert list(labels) == REGIONS["region_id"].to_list()
    assert len(set(labels.values())) == len(labels)


def test_initials() -> None:
    assert search.initials("yi liang") == "yl"
    assert search.initials("lü chun") == "lc" and search.initials("ü") == "v"
    assert search.initials(None) == ""


def test_code_names_hide_what_would_tell_the_place() -> None:
    coded = codenames.named(frame.regions(), coded=True)
    for label in search.labels(coded, Text("zh")).values():
        assert "示例" in label or label.startswith("云南省")


@pytest.mark.parametrize(
    ("code", "page", "area"),
    [
        ("530000", "home", None),
        ("530600", "prefecture", "530600"),
        ("530628", "county", "530628"),
    ],
)
def test_choosing_opens_the_page_of_the_place(run: Run, code: str, page: str, area: str | None) -> None:
    assert search.target(dict(REGIONS.row(by_predicate=pl.col("region_id") == code, named=True))) == (
        page,
        area,
    )
    if page not in {entry.key for entry in menu.MENU}:
        page = "home"
    shown = run("method", "sample", p="m2025-06")
    shown.selectbox(key="search_zh").select(code).run()
    assert shown.session_state["selection"].area == area
    assert shown.session_state["here"].page == page
    assert shown.query_params["p"] == "m2025-06" and not shown.exception
    assert shown.selectbox(key="search_zh").value is None


def test_what_lies_in_a_prefecture_without_a_page_opens_the_prefecture() -> None:
    inside = REGIONS.filter(pl.col("region_level").is_in(["own", "zone"]), pl.col("parent_id") != "530000")
    assert inside.height > 16
    for row in inside.iter_rows(named=True):
        assert search.target(row) == ("prefecture", row["parent_id"])
