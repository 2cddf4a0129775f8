"""区域排名: a reader's own weights move ranks and ranges, go with the file, and stay in the address."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import Visit

pytestmark = pytest.mark.e2e
# The words beside the plot: every region's range.
RANGES = """() => document.querySelector('.st-key-card_weights .js-plotly-plot')._fullData
  .find((one) => one.name === 'words').text.join()"""


def test_own_weights_move_the_ranges_and_travel(sample: str, visit: Callable[..., Visit]) -> None:
    seen = visit(width=1440, height=900)
    page = seen.go(f"{sample}/ranking?tab=stability")
    page.locator(".st-key-card_weights .js-plotly-plot .main-svg").first.wait_for()
    before = page.evaluate(RANGES)
    box = page.locator(".st-key-card_own input").nth(0)
    box.fill("80")
    box.press("Enter")
    expect(page).to_have_url(re.compile(r"wt=failures80(,|%2C)petitions35(,|%2C)debt20$"))
    title = page.locator(".st-key-card_weights .zx-finding")
    expect(title).to_contain_text("按自设权重")
    page.wait_for_function(f"before => ({RANGES})() !== before", arg=before)
    after = page.evaluate(RANGES)
    seen.settle()
    page.locator(".st-key-card_weights").get_by_text("导出数据与图").click()
    with page.expect_download() as waiting:
        page.locator(".st-key-csv_weights_zh button").click()
    words = Path(waiting.value.path()).read_text(encoding="utf-8-sig")
    whose = "权重由读者自设,不是本方法的权重:失信与整改59.3%、信访回应25.9%、债务风险与透明14.8%"
    assert whose in words and "填写合计135" in words and "昆明" not in words
    found = title.inner_text()
    page.reload()
    expect(title).to_have_text(found)
    page.locator(".st-key-card_weights .js-plotly-plot .main-svg").first.wait_for()
    assert page.evaluate(RANGES) == after and box.input_value() == "80"
    assert not seen.complaints
