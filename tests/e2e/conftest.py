"""For the browser tests: workspaces filled by the command line, served on a free port, and one Chromium."""

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser import QUIET, ROOT, Visit, serving
from tests.sample import Sample


def zhengxin(home: Path, *arguments: object) -> None:
    """Run a command of the product on a workspace; its output shows when it fails."""
    command = [sys.executable, "-m", "pipelines.cli", *map(str, arguments), "--home", str(home)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{arguments}: {done.stdout}\n{done.stderr}"


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
