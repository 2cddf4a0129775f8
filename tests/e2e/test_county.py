"""县(市、区) by mouse: from its prefecture, by a row and a month to the records, and the way back."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests import clicks
from tests.browser import Visit

Visits = Callable[..., Visit]


def test_from_the_prefecture_to_the_records_and_back(sample: str, visit: Visits) -> None:
    seen = visit(width=1440, height=2600)
    page = seen.go(f"{sample}/prefecture?a=532500&p=r2024-06&cmp=kind")
    page.locator(".st-key-card_counties summary").first.click()
    page.locator(".st-key-card_counties a.zx-link[href*='a=532529']").click()
    page.locator(".st-key-card_identity").wait_for()
    seen.settle()
    clicks.point(page, "profile", "scores", "petition_repeat", 50)
    seen.settle()
    expect(page.locator(".st-key-card_channel .zx-finding")).to_contain_text("重复信访")
    clicks.point(page, "channel", "touch", "2023-09")
    expect(page.locator(".st-key-card_records .zx-check")).to_have_text("合计 7 = 图中 7 ✓")
    kept = {"a=532529", "p=r2024-06", "cmp=kind", "i=petition_repeat"}
    assert kept | {"m=2023-09"} == set(page.url.partition("?")[2].split("&"))
    page.go_back()
    expect(page.locator(".st-key-card_records")).to_have_count(0)
    assert kept == set(page.url.partition("?")[2].split("&"))
    page.go_forward()
    expect(page.locator(".st-key-card_records")).to_have_count(1)
    page.locator(".st-key-card_warnings a.zx-link").first.click()
    expect(page).to_have_url(re.compile(r"/warnings\?.*w=532529-2023-09"))
    expect(page.locator(".zx-verdict")).to_have_count(1)
    seen.settle()
    page.go_back()
    expect(page.locator(".st-key-card_records .zx-check")).to_have_text("合计 7 = 图中 7 ✓")
    page.get_by_role("button", name="English").click()
    expect(page.locator(".st-key-card_records .zx-check")).to_have_text("Total 7 = on the chart 7 ✓")
    for _ in range(4):
        seen.settle()
        page.go_back()
    expect(page.locator(".st-key-card_counties")).to_have_count(1)
    assert {"a=532500", "p=r2024-06", "cmp=kind"} == set(page.url.partition("?")[2].split("&"))
    assert not seen.complaints
