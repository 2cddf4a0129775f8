"""Is a county really worse than its neighbour? Three clicks from 首页, answered in words."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests import clicks
from tests.browser import Visit

pytestmark = pytest.mark.e2e


def test_a_neighbour_is_answered_in_three_clicks(sample: str, visit: Callable[..., Visit]) -> None:
    seen = visit(width=1440, height=900)
    page = seen.go(sample)
    page.locator(".st-key-card_watch .zx-more a").nth(1).click()
    expect(page).to_have_url(re.compile(r"/ranking\?lvl=c$"))
    seen.settle()
    clicks.point(page, "places", "touch", "530111")
    expect(page.locator(".st-key-card_pair .zx-finding")).to_contain_text("官渡区与")
    seen.settle()
    page.locator(".st-key-card_pair td a").first.click()
    answer = page.locator(".st-key-card_pair .zx-finding")
    expect(answer).to_contain_text(re.compile(r"能区分:官渡区.*较好的概率为"))
    assert re.search(r"a=530111.*&b=53\d{4}", page.url)
    assert not seen.complaints
