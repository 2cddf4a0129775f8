"""From 首页 to one warning and back by the browser's own button; the swimlane by mouse; one screen."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests import clicks
from tests.browser import Visit

Visits = Callable[..., Visit]
MAIN = "document.querySelector('[data-testid=stMain]')"


def test_from_the_sentence_to_a_warning_in_three_clicks_and_back(sample: str, visit: Visits) -> None:
    seen = visit(width=1440, height=900)
    page = seen.go(f"{sample}/")
    assert page.evaluate(f"{MAIN}.scrollHeight") <= 900, "one screen"
    sentence = page.locator(".zx-lede")
    expect(sentence).to_contain_text("2025年12月全省新增预警提示(待核查)1条,其中四级1条")
    sentence.get_by_role("link", name="四级").click()
    rows = page.locator(".zx-warnings tbody tr")
    expect(rows).to_have_count(1)
    rows.get_by_role("link").click()
    expect(page.locator(".zx-verdict")).to_have_text("●Ⅳ四级·提示(待核查)")
    expect(page.locator(".st-key-card_records .zx-check")).to_contain_text("✓")
    assert "w=530102-2025-12" in page.url and "lv=4" in page.url
    page.get_by_role("button", name="English").click()
    expect(page.locator(".zx-verdict")).to_contain_text("Level 4, note (to be checked)")
    for _ in range(3):
        page.go_back()
        seen.settle()
    expect(page).to_have_url(f"{sample}/")
    expect(page.locator(".zx-tile b")).to_have_text(["0", "0", "0", "1"])
    assert not seen.complaints


def leave(seen: Visit) -> None:
    """Take the mouse off the charts, all drawn: Plotly complains of a chart that goes while it is hovered."""
    seen.page.mouse.move(2, 2)
    seen.settle()


def test_a_click_moves_on_and_one_step_back_returns(sample: str, visit: Visits) -> None:
    seen = visit(width=1440, height=1500)
    page = seen.go(f"{sample}/")
    clicks.point(page, "map", "touch", "530600")
    expect(page).to_have_url(re.compile(r"/prefecture\?a=530600$"))
    leave(seen)
    page.go_back()
    expect(page).to_have_url(f"{sample}/")
    expect(page.locator(".st-key-card_map")).to_have_count(1)
    page = seen.go(f"{sample}/warnings")
    clicks.point(page, "lanes", "level 3", "530600")
    expect(page).to_have_url(f"{sample}/warnings?w=530600-2025-10")
    expect(page.locator(".zx-verdict")).to_contain_text("三级")
    leave(seen)
    page.go_back()
    expect(page.locator(".st-key-card_lanes")).to_have_count(1)
    clicks.point(page, "lanes", "counts", "530900")
    expect(page).to_have_url(f"{sample}/warnings?a=530900")
    page.get_by_role("button", name="四级").click()
    expect(page).to_have_url(f"{sample}/warnings?a=530900&lv=4")
    assert not seen.complaints
