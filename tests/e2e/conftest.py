"""For the browser tests: workspaces filled by the command line, served on a free port, and one Chromium."""

import importlib.util
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright

from tests.sample import Sample

ROOT = Path(__file__).resolve().parents[2]
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


def zhengxin(home: Path, *arguments: object) -> None:
    """Run a command of the product on a workspace; its output shows when it fails."""
    command = [sys.executable, "-m", "pipelines.cli", *map(str, arguments), "--home", str(home)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{arguments}: {done.stdout}\n{done.stderr}"


@contextmanager
def serving(home: Path) -> Iterator[str]:
    """Serve a workspace on a free port until the block ends; yields the address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "pipelines.cli", "serve", "--port", str(port), "--home", str(home)]
    log = home / "serve.log"
    with open(log, "wb") as output:
        child = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(address, child, log)
            yield address
        finally:
            child.terminate()
            child.wait(timeout=20)


def _wait(address: str, child: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        assert child.poll() is None, log.read_text(encoding="utf-8")
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(f"not ready after {READY_SECONDS} s: {log.read_text(encoding='utf-8')}")


@pytest.fixture(scope="session")
def sample_home(built: Sample) -> Path:
    """The workspace of the shipped sample."""
    return built.ws.home


@pytest.fixture(scope="session")
def sample(sample_home: Path) -> Iterator[str]:
    """The address of the dashboard on the sample."""
    with serving(sample_home) as address:
        yield address


@pytest.fixture(scope="session")
def real(real_file: Path, real_mapping: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the dashboard on the real file alone."""
    home = tmp_path_factory.mktemp("real")
    mapping = home / "real.mapping.toml"
    mapping.write_text(real_mapping, encoding="utf-8")
    zhengxin(home, "ingest", real_file, "--mapping", mapping, "--received", "2017-01-31")
    zhengxin(home, "build")
    with serving(home) as address:
        yield address


@pytest.fixture(scope="session")
def snapshot_id(sample_home: Path) -> str:
    """The id of the snapshot being served."""
    return (sample_home / "CURRENT").read_text(encoding="utf-8").strip()


@pytest.fixture(scope="session")
def manifest(sample_home: Path, snapshot_id: str) -> dict[str, object]:
    """The manifest of the sample's snapshot."""
    return json.loads((sample_home / "snapshots" / snapshot_id / "manifest.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def sealed() -> ModuleType:
    """The maker of snapshots of the tests of pages."""
    path = ROOT / "tests" / "app" / "sealed.py"
    spec = importlib.util.spec_from_file_location("sealed", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def launch(chromium: str) -> Iterator[Callable[..., Browser]]:
    """Start a Chromium: `launch(env={...})`."""
    with sync_playwright() as playwright:
        yield lambda **more: playwright.chromium.launch(executable_path=chromium, args=QUIET, **more)


@pytest.fixture(scope="session")
def browser(launch: Callable[..., Browser]) -> Iterator[Browser]:
    """One Chromium for all tests."""
    started = launch()
    yield started
    started.close()


@pytest.fixture(scope="session")
def results() -> Path:
    """The folder where pictures of the pages are left to be looked at."""
    folder = Path(os.environ.get("ZHENGXIN_RESULTS") or ROOT / "test-results")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


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


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Open a fresh browser profile: `visit(width, height)`."""
    contexts = []

    def start(width: int = 1440, height: int = 900) -> Visit:
        context = browser.new_context(viewport={"width": width, "height": height})
        contexts.append(context)
        return Visit(context.new_page())

    yield start
    for context in contexts:
        context.close()
