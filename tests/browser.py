"""A real server and a real browser, for the tests of `e2e`, the pictures and the measurements of `bench`."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, Request

ROOT = Path(__file__).resolve().parents[1]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
READY_SECONDS = 60
# A browser that asks nobody but the page it is shown.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str | None:
    """Return the path of the Chromium to drive, None where there is none."""
    return os.environ.get("ZHENGXIN_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(home: Path, *options: object, base: str = "", env: dict[str, str] | None = None) -> Iterator[str]:
    """Serve a workspace on a free port until the block ends; yields the address, `base` included.

    `options` go to `zhengxin serve`, `env` is added to its environment.
    """
    port = free_port()
    command = [sys.executable, "-m", "pipelines.cli", "serve", "--port", str(port), "--home", str(home)]
    command += [*map(str, options), *(["--base-path", base] if base else [])]
    log = home / f"serve-{port}.log"
    with open(log, "wb") as output:
        child = subprocess.Popen(
            command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, env={**os.environ, **(env or {})}
        )
        try:
            address = f"http://127.0.0.1:{port}{base}"
            _wait(address, child, log)
            yield address
        finally:
            child.terminate()
            child.wait(timeout=20)


def answers(address: str) -> bool:
    """Say whether the dashboard at an address is ready."""
    try:
        with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def _wait(address: str, child: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        assert child.poll() is None, log.read_text(encoding="utf-8")
        if answers(address):
            return
        time.sleep(0.2)
    raise AssertionError(f"not ready after {READY_SECONDS} s: {log.read_text(encoding='utf-8')}")


class Visit:
    """A page in a browser, with all that it asked for and complained of."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("requestfailed", self._failed)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._console)

    def _failed(self, request: Request) -> None:
        # Leaving a page that is still loading withdraws its requests; the server did not fail them.
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"failed {request.url}: {request.failure}")

    def _console(self, message: object) -> None:
        # On a deep link Streamlit looks for its base path and is answered 404 until it finds it.
        where = message.location["url"]  # type: ignore[attr-defined]
        if message.type in ("error", "warning") and "/_stcore/" not in where:  # type: ignore[attr-defined]
            self.complaints.append(f"{message.text} ({where})")  # type: ignore[attr-defined]

    def go(self, address: str) -> Page:
        """Open an address and wait until the frame, the content and the charts stand."""
        self.page.goto(address)
        self.settle()
        return self.page

    def settle(self) -> None:
        """Wait until the script has run and charts are drawn."""
        page = self.page
        page.wait_for_selector(".zx-snapshot, .zx-error", state="attached", timeout=30_000)
        page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=30_000)
        page.wait_for_function("!document.querySelector('[data-testid=stSkeleton]')", timeout=30_000)
        if page.query_selector("[data-testid=stPlotlyChart]"):
            page.wait_for_selector(".js-plotly-plot .scatterlayer text", timeout=30_000)
        page.evaluate("document.fonts.ready")
