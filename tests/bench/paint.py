"""How soon a reader sees something: `python tests/bench/paint.py HOME [page …] [--rounds 5]`.

HOME is a workspace with a snapshot, served for the time of the measurement. Each round starts a browser with
an empty profile, opens a page, waits for its first map or chart, and opens it again. Printed by page: first
contentful paint and the time until the map stands, first and second visit, median and largest. A
measurement, not a test.
"""

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import BrowserType, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
# A map has drawn shapes; any other chart has its points or bars.
DRAWN = (
    ".js-plotly-plot .choroplethlayer path, .js-plotly-plot .scatterlayer path, .js-plotly-plot .point path"
)
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


def visit(browser: BrowserType, chromium: str, address: str) -> list[tuple[float, float]]:
    """Return (first paint, map) in milliseconds of a first and a second visit by one new profile."""
    from tests.browser import QUIET

    with tempfile.TemporaryDirectory() as profile:
        context = browser.launch_persistent_context(
            profile, executable_path=chromium, args=QUIET, viewport={"width": 1440, "height": 900}
        )
        found = []
        for _ in range(2):
            page = context.new_page()
            began = time.perf_counter()
            page.goto(address, wait_until="commit")
            page.wait_for_selector(DRAWN, state="attached", timeout=60_000)
            drawn = 1000 * (time.perf_counter() - began)
            found.append((float(page.evaluate(PAINT)), drawn))
            page.close()
        context.close()
    return found


def main() -> None:
    """Measure the pages asked for and print their figures."""
    from tests.browser import chromium, serving

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("home", type=Path)
    parser.add_argument("pages", nargs="*", default=["", "prefecture"])
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    path = chromium()
    if not path:
        raise SystemExit("Chromium is needed")
    with serving(asked.home) as address, sync_playwright() as playwright:
        for page in asked.pages:
            rounds = [visit(playwright.chromium, path, f"{address}/{page}") for _ in range(asked.rounds)]
            for number, name in enumerate(("first visit", "second visit")):
                paints, maps = zip(*(found[number] for found in rounds), strict=True)
                print(
                    f"{page or 'home'}, {name}: first paint {statistics.median(paints):.0f} ms"
                    f" (largest {max(paints):.0f}), map {statistics.median(maps):.0f} ms"
                    f" (largest {max(maps):.0f})"
                )


if __name__ == "__main__":
    main()
