"""Pictures of every page: `python3 run.py screenshots [--output FOLDER]`.

The sample is ingested and built in a folder of its own and served with code names. Every page is taken in
both languages, 1440×900 and 390×844, as far down as it goes; the first screen of those `IN_README` goes to
docs/pictures as well, where README.md shows them.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
SIZES = ((1440, 900), (390, 844))
# Places of the sample where there is something to see: a prefecture, a county, the warnings of a month.
QUERY = {"prefecture": "a=530600", "county": "a=530628", "warnings": "p=r2025-06&lvl=c"}
IN_README = {("home", "zh", 1440), ("ranking", "zh", 1440), ("county", "zh", 1440), ("warnings", "zh", 1440)}
README_PICTURES = ROOT / "docs" / "pictures"


def taken(browser: Browser, base: str, page: str, lang: str, size: tuple[int, int]) -> tuple[bytes, bytes]:
    """Return a picture of a page's first screen and one of the whole page."""
    from dashboard.menu import MENU
    from tests.browser import Visit

    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    visit = Visit(context.new_page())
    path = "" if page == MENU[0].key else page
    query = "&".join(filter(None, (QUERY.get(page), "lang=en" if lang == "en" else "")))
    shown = visit.go(f"{base}/{path}?{query}")
    shown.wait_for_timeout(1000)
    first = shown.screenshot()
    whole = shown.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    shown.set_viewport_size({"width": size[0], "height": max(size[1], whole)})
    shown.wait_for_timeout(1000)
    picture = shown.screenshot()
    if visit.complaints:
        raise SystemExit(f"{page} {lang} {size[0]}: {visit.complaints}")
    context.close()
    return first, picture


def main() -> None:
    """Take all pictures."""
    from dashboard.frame import CODE_NAMES
    from dashboard.menu import MENU
    from tests import sample
    from tests.browser import QUIET, chromium, serving

    parser = argparse.ArgumentParser(prog="run.py screenshots", description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=ROOT / "test-results" / "screenshots")
    asked = parser.parse_args()
    path = chromium()
    if not path:
        raise SystemExit("没有 Chromium,无法截图。No Chromium: no pictures can be taken.")
    asked.output.mkdir(parents=True, exist_ok=True)
    README_PICTURES.mkdir(exist_ok=True)
    os.environ[CODE_NAMES] = "1"
    with tempfile.TemporaryDirectory() as home:
        sample.make(Path(home))
        with serving(Path(home)) as base, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=QUIET)
            for entry in MENU:
                for lang in ("zh", "en"):
                    for size in SIZES:
                        first, picture = taken(browser, base, entry.key, lang, size)
                        name = f"{entry.key}_{lang}_{size[0]}.png"
                        (asked.output / name).write_bytes(picture)
                        if (entry.key, lang, size[0]) in IN_README:
                            (README_PICTURES / name).write_bytes(first)
                        print(asked.output / name, flush=True)
            browser.close()


if __name__ == "__main__":
    main()
