"""All pages in a real browser: what is asked of whom, language, map, fonts, watermark, phone, print."""

import gzip
import json
import os
import re
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from dashboard.menu import MENU
from pipelines.api import open_snapshot
from tests.browser import serving

pytestmark = pytest.mark.e2e

PATHS = {entry.key: "/" if entry is MENU[0] else f"/{entry.key}" for entry in MENU}
Visits = Callable[..., object]
NO_CHINESE_FONT = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><include ignore_missing="yes">/etc/fonts/fonts.conf</include>
<selectfont><rejectfont><pattern><patelt name="lang"><string>zh-cn</string></patelt></pattern></rejectfont>
</selectfont></fontconfig>"""


def address(base: str, page: str, lang: str) -> str:
    """The address of a page in a language."""
    return f"{base}{PATHS[page]}" + ("?lang=en" if lang == "en" else "")


def overflow(page: object) -> int:
    """How many pixels the page is wider than the window."""
    main = "document.querySelector('[data-testid=stMain]')"
    return page.evaluate(f"{main}.scrollWidth - {main}.clientWidth")  # type: ignore[attr-defined]


# What axe finds within Streamlit's own widgets and no page can mend, with the reason: rule to target.
KNOWN: dict[str, str] = {}


def serious(page: Page) -> list[str]:
    """What axe calls serious or critical on a page: rule, element, advice."""
    # The watermark is decoration that must be faint, and it is hidden from readers of the screen.
    found = Axe().run(page, context={"exclude": [".zx-watermark"]}).response["violations"]
    return [
        f"{one['id']} ({one['impact']}): {node['html'][:160]} {node['failureSummary'][:300]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
        if not (one["id"] in KNOWN and KNOWN[one["id"]] in " ".join(map(str, node["target"])))
    ]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("page", list(PATHS))
def test_page_in_a_browser(sample: str, visit: Visits, results: Path, page: str, lang: str) -> None:
    """Own origin only, language of the document, no complaint, axe, no sideways scroll; pictures are left."""
    seen = visit()
    shown = seen.go(address(sample, page, lang))
    assert shown.evaluate("document.documentElement.lang") == {"zh": "zh-CN", "en": "en"}[lang]
    expect(shown.locator("h1")).to_have_text(
        {"zh": "云南政务诚信监测", "en": "Yunnan Integrity Monitor"}[lang]
    )
    assert serious(shown) == []
    picture(shown, results / f"演示_{page}_{lang}_1440.png", 1440)
    for width in (320, 390):
        shown.set_viewport_size({"width": width, "height": 844})
        seen.settle()
        assert overflow(shown) <= 0, f"{width} px"
    assert serious(shown) == []
    picture(shown, results / f"演示_{page}_{lang}_390.png", 390)
    own = re.compile(rf"data:|blob:{sample}/|{sample}/")
    assert [url for url in seen.requests if not own.match(url)] == []
    assert seen.complaints == []


def picture(shown: Page, target: Path, width: int) -> None:
    """Leave a picture of the whole page."""
    whole = shown.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    shown.set_viewport_size({"width": width, "height": whole})
    shown.wait_for_timeout(400)
    shown.screenshot(path=target)
    assert target.stat().st_size > 20_000


def test_tile_map_shows_every_prefecture(sample: str, visit: Visits) -> None:
    shown = visit().go(f"{sample}/")
    chart = shown.locator(".st-key-card_map .js-plotly-plot")
    expect(chart).to_be_visible()
    names = chart.locator(".scatterlayer text").all_text_contents()
    assert len(names) == 16
    assert {"昆明", "西双版纳", "迪庆"} <= {re.split(r"[\d(·]", name)[0].strip() for name in names}
    patterned = "p => p.style.fill.includes('url(')"
    fills = chart.locator(".scatterlayer .fills path").evaluate_all(
        f"paths => paths.filter({patterned}).length"
    )
    assert fills == 1, "missing tiles are one hatched shape"
    alt = shown.locator(".st-key-card_map [data-testid=stPlotlyChart]").evaluate("node => node.outerHTML")
    assert "失信事项发生率" in alt, "the alternative text is the finding"
    shown.locator("summary").first.click()
    assert shown.locator(".zx-twin").first.locator("tbody tr").count() == 16


def test_links_and_switch_keep_language_and_selection(sample: str, visit: Visits) -> None:
    seen = visit()
    shown = seen.go(f"{sample}/?lang=en&p=m2025-06")
    shown.get_by_role("link", name="Method").click()
    shown.wait_for_selector("#credits", state="attached")
    seen.settle()
    assert "/method" in shown.url and "lang=en" in shown.url and "p=m2025-06" in shown.url
    shown.get_by_role("button", name="中文").click()
    expect(shown.locator("h1")).to_have_text("云南政务诚信监测")
    seen.settle()
    assert "/method" in shown.url and "lang" not in shown.url and "p=m2025-06" in shown.url
    assert shown.evaluate("document.documentElement.lang") == "zh-CN"
    shown.go_back()
    expect(shown.locator("h1")).to_have_text("Yunnan Integrity Monitor")
    assert seen.complaints == []


def test_bad_link_is_said_and_leaves_the_address(sample: str, visit: Visits) -> None:
    seen = visit()
    shown = seen.go(f"{sample}/?p=r1999-01&who=me")
    notice = shown.locator(".zx-notice[role=alert]")
    expect(notice).to_contain_text("who=me、p=r1999-01")
    assert shown.url.rstrip("/") == sample


def test_choosing_by_keyboard(sample: str, visit: Visits) -> None:
    seen = visit()
    shown = seen.go(f"{sample}/")
    reached = []
    for _ in range(12):
        shown.keyboard.press("Tab")
        reached.append(
            shown.evaluate("document.activeElement.innerText || document.activeElement.ariaLabel || ''")
        )
    said = " ".join(reached)
    assert "首页" in said and "方法说明" in said and "English" in said
    shown.locator("summary").first.focus()
    shown.keyboard.press("Enter")
    assert shown.locator("details").first.evaluate("node => node.open")


def test_watermark_lies_over_all_and_stops_no_click(sample: str, visit: Visits) -> None:
    seen = visit()
    shown = seen.go(f"{sample}/")
    mark = shown.locator(".zx-watermark")
    assert "演示数据(虚构)" in mark.inner_text()
    expect(shown.locator(".zx-synthetic")).to_have_text(
        "演示数据(虚构),不反映任何地区真实情况,严禁引用、传播"
    )
    assert mark.evaluate("node => getComputedStyle(node).pointerEvents") == "none"
    shown.get_by_role("button", name="English").click()
    expect(shown.locator("h1")).to_have_text("Yunnan Integrity Monitor")
    shown.emulate_media(media="print")
    assert mark.is_visible()
    assert mark.evaluate("node => getComputedStyle(node.firstChild).opacity") > "0.1"
    printed = printed_pages(shown)
    shown.add_style_tag(content=".zx-watermark { display: none !important }")
    assert printed == printed_pages(shown), "no empty page behind the watermark"


def printed_pages(shown: Page) -> int:
    """How many sheets of A4 the page is printed on."""
    return len(re.findall(rb"/Type /Page\b", shown.pdf(format="A4", landscape=True, scale=0.7)))


def test_font_of_our_own_where_the_system_has_none(
    sample: str, launch: Callable[..., Browser], tmp_path: Path
) -> None:
    """Without a Chinese font the page brings one, and different characters look different (no tofu)."""
    (tmp_path / "fonts.conf").write_text(NO_CHINESE_FONT, encoding="utf-8")
    draw = """text => {
        const c = document.createElement('canvas'); c.width = c.height = 40;
        const g = c.getContext('2d'); g.font = "32px " + getComputedStyle(document.body).fontFamily;
        g.fillText(text, 2, 32); return c.toDataURL() }"""
    bare = launch(env={**os.environ, "FONTCONFIG_FILE": str(tmp_path / "fonts.conf")})
    page = bare.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{sample}/")
    page.wait_for_selector(".zx-figures", timeout=30_000)
    loaded = "[...document.fonts].some(f => f.family.includes('Zhengxin') && f.status == 'loaded')"
    page.wait_for_function(loaded)
    pictures = {page.evaluate(draw, word) for word in "政务诚信监测濞傣勐"}
    bare.close()
    assert [url for url in asked if url.endswith(".woff2") and "zhengxin" in url]
    assert len(pictures) == len("政务诚信监测濞傣勐")


def test_geometry_route(sample: str, snapshot_id: str) -> None:
    request = urllib.request.Request(
        f"{sample}/geo/{snapshot_id}/prefecture", headers={"Accept-Encoding": "gzip"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "immutable" in answer.headers["Cache-Control"]
        body = json.loads(gzip.decompress(answer.read()))
    assert len(body["features"]) == 16
    for wrong in (f"geo/{snapshot_id}/village", "geo/..%2f..%2fCURRENT/county", f"geo/{'0' * 64}/county"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{sample}/{wrong}", timeout=10)
        assert refused.value.code in (400, 404)


def test_base_path(sample_home: Path, visit: Visits) -> None:
    """Under a base path pages, links, geometry and the language switch stay under it."""
    with serving(sample_home, base="/zx") as base:
        seen = visit()
        shown = seen.go(f"{base}/method?p=m2025-06")
        shown.get_by_role("link", name="首页").click()
        shown.wait_for_url(f"{base}/?p=m2025-06")
        seen.settle()
        shown.get_by_role("button", name="English").click()
        expect(shown.locator("h1")).to_have_text("Yunnan Integrity Monitor")
        origin = base.removesuffix("/zx")
        own = re.compile(rf"data:|blob:{origin}/|{base}/")
        assert [url for url in seen.requests if not own.match(url)] == []
        assert seen.complaints == []


def test_document_is_the_product_s_own_and_asks_for_the_charts_at_once(sample: str) -> None:
    for path in ("", "ranking"):
        asked = urllib.request.Request(f"{sample}/{path}", headers={"Accept": "text/html"})
        with urllib.request.urlopen(asked, timeout=10) as answer:
            html = answer.read().decode()
        assert '<html lang="zh-CN">' in html and "<title>云南政务诚信监测</title>" in html
        (script,) = re.findall(r'rel="modulepreload" href="\./(static/js/PlotlyChart[^"]+)"', html)
        with urllib.request.urlopen(f"{sample}/{script}", timeout=10) as answer:
            assert "javascript" in answer.headers["Content-Type"]


def test_scripts_come_compressed(sample: str, visit: Visits) -> None:
    sizes: dict[str, str | None] = {}
    seen = visit()
    seen.page.on(
        "response", lambda answer: sizes.update({answer.url: answer.headers.get("content-encoding")})
    )
    seen.go(f"{sample}/")
    scripts = [url for url in sizes if url.endswith(".js") and "/static/" in url]
    assert scripts and {sizes[url] for url in scripts} <= {"gzip", None}
    assert sum(sizes[url] == "gzip" for url in scripts) >= len(scripts) // 2


def test_made_snapshots_have_the_schemas_of_a_build(
    sample_home: Path, snapshot_id: str, sealed: ModuleType
) -> None:
    """The hand-made snapshots of tests/app stand for real ones only as long as their columns are the same."""
    snapshot = open_snapshot(sample_home, snapshot_id)
    for name, made in sealed.tables("full").items():
        assert dict(made.schema) == dict(snapshot.frame(name).schema), name


@pytest.mark.shared
def test_real_file_alone(real: str, visit: Visits) -> None:
    """Rates say what is missing, counts show, and the page is marked internal, not as a demonstration."""
    seen = visit()
    shown = seen.go(f"{real}/")
    shown.locator("#missing summary").first.click()
    said = shown.locator("[data-testid=stMain]").inner_text()
    assert shown.locator(".zx-watermark").count() == 0
    for sentence in (
        "内部资料,注意保存。监测结果供研判参考,未经批准不得用于考核通报或对外发布",
        "失信事项发生率无法计算(缺少机构数),改示失信事项数",
        "没有基数(机关单位数),无法折算",
        "政务失信记录105条没有日期",
        "纪律处分、问责处理,未认定为政务失信:896条",
        "未收到信访事项、债务余额、债务年报、基数、报送登记。",
        "由数据推断",
    ):
        assert sentence in said
    shown = seen.go(f"{real}/?p=m2014-03")
    assert re.search(r"失信事项数\s*件\s*\(?\d+", shown.locator(".zx-figures").inner_text())
    assert seen.complaints == []
