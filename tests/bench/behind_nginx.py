"""The dashboard under /zx behind a real nginx: `python tests/bench/behind_nginx.py HOME`.

HOME is a workspace with a snapshot. nginx runs with docs/nginx.conf (ports apart) for the time of the check;
a browser opens every page in both languages, follows a link, switches the language and goes back. Printed:
what was asked of whom, and whether the websocket came through. Ends with 1 when anything failed.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
BASE = "/zx"


def configuration(folder: Path, port: int, behind: str) -> Path:
    """Write docs/nginx.conf as a whole configuration with these ports; returns its path."""
    server = (ROOT / "docs" / "nginx.conf").read_text(encoding="utf-8")
    server = server.replace("listen 80;", f"listen 127.0.0.1:{port};").replace("127.0.0.1:8501", behind)
    spaces = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    path = folder / "nginx.conf"
    path.write_text(
        f"daemon off;\npid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{}}\n"
        f"http {{\naccess_log {folder}/access.log;\n{spaces}{server}\n}}\n",
        encoding="utf-8",
    )
    return path


def ready(address: str) -> None:
    """Wait until nginx answers for the dashboard."""
    from tests.browser import answers

    for _ in range(100):
        if answers(address):
            return
        time.sleep(0.1)
    raise SystemExit(f"{address} does not answer")


def walked(origin: str, chromium: str) -> list[str]:
    """Return what went wrong on a walk through all pages."""
    from dashboard.menu import MENU
    from tests.browser import QUIET, Visit

    wrong: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        visit = Visit(browser.new_page(viewport={"width": 1440, "height": 900}))
        sockets: list[str] = []
        visit.page.on("websocket", lambda socket: sockets.append(socket.url))
        for entry in MENU:
            for lang in ("", "?lang=en"):
                path = "/" if entry is MENU[0] else f"/{entry.key}"
                visit.go(f"{origin}{BASE}{path}{lang}")
                if visit.page.locator(".zx-error").count():
                    wrong.append(f"{entry.key}{lang}: error block")
        page = visit.page
        page.get_by_role("button", name="中文").click()
        page.wait_for_function("document.documentElement.lang == 'zh-CN'")
        page.get_by_role("link", name="首页").click()
        page.wait_for_url(f"{origin}{BASE}/")
        visit.settle()
        page.go_back()
        page.wait_for_url(f"{origin}{BASE}/{MENU[-1].key}")
        visit.settle()
        wrong += visit.complaints
        own = re.compile(rf"data:|blob:{re.escape(origin)}/|{re.escape(origin)}{BASE}/")
        wrong += [f"asked elsewhere: {url}" for url in visit.requests if not own.match(url)]
        wrong += [f"websocket {url}" for url in sockets if f"{BASE}/_stcore/stream" not in url]
        print(f"{len(visit.requests)} requests, {len(sockets)} websockets, all under {origin}{BASE}/")
        wrong += [] if sockets else ["no websocket"]
        browser.close()
    return wrong


def main() -> int:
    """Walk the dashboard behind nginx; 0 when nothing went wrong."""
    from tests.browser import chromium, free_port, serving

    nginx, browser = shutil.which("nginx") or shutil.which("/usr/sbin/nginx"), chromium()
    if not nginx or not browser:
        raise SystemExit("nginx and Chromium are needed")
    port = free_port()
    with tempfile.TemporaryDirectory() as name, serving(Path(sys.argv[1]), base=BASE) as address:
        folder = Path(name)
        behind = address.removeprefix("http://").removesuffix(BASE)
        started = subprocess.Popen([nginx, "-c", str(configuration(folder, port, behind)), "-p", name])
        try:
            ready(f"http://127.0.0.1:{port}{BASE}")
            wrong = walked(f"http://127.0.0.1:{port}", browser)
        finally:
            started.terminate()
            started.wait(timeout=10)
    print("\n".join(wrong) or "nothing went wrong")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
