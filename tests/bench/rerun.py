"""Script CPU of a warm rerun of every page: `python tests/bench/rerun.py HOME [page?key=value …]`.

HOME is a workspace with a snapshot. Each page is opened, run `WARM` times, then `RUNS` times; the
figure is the CPU of the script's own thread (what Streamlit does to send it included, reading it back left
out), in milliseconds, median and largest. `--profile` prints where one page's time goes. A measurement, not a
test.
"""

import argparse
import cProfile
import os
import pstats
import statistics
import sys
import time
from pathlib import Path
from urllib.parse import parse_qsl

ROOT = Path(__file__).resolve().parents[2]
WARM, RUNS = 5, 30
LEAST_LINES = 45


def patched(times: list[float], profile: cProfile.Profile | None) -> None:
    """Let every script run note its thread's CPU seconds, and profile it when asked."""
    from streamlit.runtime.scriptrunner.script_runner import ScriptRunner

    original = ScriptRunner._run_script

    def measured(self: ScriptRunner, rerun_data: object) -> None:
        began = time.thread_time()
        if profile:
            profile.enable()
        try:
            original(self, rerun_data)  # type: ignore[arg-type]
        finally:
            if profile:
                profile.disable()
            times.append(time.thread_time() - began)

    ScriptRunner._run_script = measured  # type: ignore[method-assign]


def opened(address: str) -> object:
    """Return a page of the dashboard, run once, from `page?key=value&…`."""
    from streamlit.testing.v1 import AppTest

    page, _, query = address.partition("?")
    test = AppTest.from_file(str(ROOT / "dashboard" / "entry.py"), default_timeout=60)
    for key, value in parse_qsl(query):
        test.query_params[key] = value
    if page not in ("", "home"):
        test.switch_page(f"views/{page}.py")
    return test.run()


def main() -> None:
    """Measure the pages asked for, or all of the menu."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("home", type=Path)
    parser.add_argument("pages", nargs="*")
    parser.add_argument("--profile", action="store_true")
    asked = parser.parse_args()
    os.environ["ZHENGXIN_HOME"] = str(asked.home.resolve())
    sys.path[:0] = [str(ROOT), str(ROOT / "dashboard")]

    from dashboard.menu import MENU

    profile = cProfile.Profile() if asked.profile else None
    times: list[float] = []
    patched(times, profile)
    for address in asked.pages or [entry.key for entry in MENU]:
        page = opened(address)
        for _ in range(WARM):
            page.run()  # type: ignore[attr-defined]
        if profile:
            profile.clear()
        times.clear()
        for _ in range(RUNS):
            page.run()  # type: ignore[attr-defined]
        median, most = 1000 * statistics.median(times), 1000 * max(times)
        print(f"{address}: median {median:.1f} ms, largest {most:.1f} ms of {len(times)} runs")
        if page.exception or not times:  # type: ignore[attr-defined]
            print(page.exception)  # type: ignore[attr-defined]
        if profile:
            pstats.Stats(profile).sort_stats("cumulative").print_stats(LEAST_LINES)


if __name__ == "__main__":
    main()
