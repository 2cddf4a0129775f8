"""区域排名 and 州(市) by mouse and keyboard: a row, a county on the map, a cell, and the way back."""

import re
from collections.abc import Callable

import polars as pl
import pytest
from playwright.sync_api import expect

from tests import clicks
from tests.browser import Visit
from tests.sample import Sample

pytestmark = pytest.mark.e2e
Visits = Callable[..., Visit]


def test_a_row_of_the_long_chart_and_back(sample: str, visit: Visits) -> None:
    seen = visit(width=1440, height=900)
    page = seen.go(f"{sample}/ranking?lvl=c")
    clicks.point(page, "places", "touch", "530111")
    expect(page.locator(".st-key-card_facts .zx-finding")).to_contain_text("官渡区")
    page.go_back()
    expect(page.locator(".st-key-card_facts .zx-finding")).not_to_contain_text("官渡区")
    # A region far down is scrolled into sight; a keyboard scrolls the box.
    page.goto(f"{sample}/ranking?lvl=c&a=532901")
    pane = page.locator(".st-key-pane_places")
    page.wait_for_function("document.querySelector('.st-key-pane_places')?.scrollTop > 1000")
    seen.settle()
    before = pane.evaluate("pane => pane.scrollTop")
    page.locator(".zx-pane").focus()
    page.keyboard.press("PageUp")
    page.wait_for_function("top => document.querySelector('.st-key-pane_places').scrollTop < top", arg=before)
    assert not seen.complaints


def test_counties_open_from_map_and_matrix(sample: str, built: Sample, visit: Visits) -> None:
    seen = visit(width=1440, height=2200)
    page = seen.go(f"{sample}/prefecture?a=530600&i=petition_repeat")
    region = built.snapshot.frame("ref.region").row(by_predicate=pl.col("region_id") == "530628", named=True)
    clicks.place(page, "counties", region["label_lon"], region["label_lat"], "530628")
    expect(page).to_have_url(re.compile(r"/county\?a=530628&i=petition_repeat$"))
    seen.settle()
    page.go_back()
    expect(page).to_have_url(re.compile(r"/prefecture\?.*i=petition_repeat"))
    expect(page.locator(".st-key-card_score .zx-finding")).to_contain_text("昭通")
    seen.settle()
    clicks.point(page, "matrix", "cells", "530624")
    expect(page).to_have_url(re.compile(r"/county\?a=530624&i=failure_rate$"))
    assert not seen.complaints
