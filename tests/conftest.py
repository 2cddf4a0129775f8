"""Shared by all tests: the folder of reference inputs, the browser, and skips that are counted aloud.

Tests are sorted by kind of truth: `unit`, `spec` (worked examples), `rules` (broken files), `data` (a whole
build), `real` (real input), `app` and `e2e` (the dashboard), `docs` (what the documents promise).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import settings

from tests import browser, sample

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("ZHENGXIN_SHARED") or ROOT.parent / "shared")
SHARED_ABSENT = "shared inputs absent"
# How long an example takes is no truth about the product, and depends on what else the machine does.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> sample.Sample:
    """The shipped sample, ingested and built once for all tests; nobody may change what it serves."""
    folder = tmp_path_factory.getbasetemp()
    # Worker processes (pytest -n) have a folder each, inside that of the run.
    return sample.make((folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "sample")


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder of shared reference inputs; ask for it in tests marked `shared` only."""
    return SHARED


@pytest.fixture(scope="session")
def real_file(shared_dir: Path) -> Path:
    """The real file of public accountability cases, for tests marked `shared`."""
    return shared_dir / "real" / "云南问责案件_2011_2016.csv"


@pytest.fixture(scope="session")
def real_mapping() -> str:
    """The mapping file that reads the real file as `failures`."""
    return """
source = "failures"
region_when_empty = "省本级"
[columns]
"案件编号" = "record_id"
"州市" = "prefecture"
"县（市、区）" = "county"
"年份" = "event_year"
"月份" = "event_month"
[constants]
source = "问责处理"
"""


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the Chromium that browser tests (marked `e2e`) drive."""
    found = browser.chromium()
    assert found, "tests marked e2e are skipped where there is no browser"
    return found


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Skip what this machine lacks the means for, each with its reason."""
    no_shared = pytest.mark.skip(reason=f"{SHARED_ABSENT}: {SHARED.name}")
    no_browser = pytest.mark.skip(reason="no Chromium on this machine")
    for item in items:
        if item.get_closest_marker("shared") and not SHARED.is_dir():
            item.add_marker(no_shared)
        if item.get_closest_marker("e2e") and not browser.chromium():
            item.add_marker(no_browser)


def _skips(terminal: pytest.TerminalReporter) -> tuple[int, int]:
    """How many tests were skipped because the shared folder is absent, and for any other reason."""
    reasons = [str(report.longrepr) for report in terminal.stats.get("skipped", [])]
    shared = sum(SHARED_ABSENT in reason for reason in reasons)
    return shared, len(reasons) - shared


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests the absent folder kept from running, and when other skips fail the run."""
    shared, other = _skips(terminalreporter)
    if shared:
        terminalreporter.write_line(f"{shared} tests marked shared were skipped: there is no {SHARED}")
    if other and os.environ.get("ZHENGXIN_NO_SKIP"):
        terminalreporter.write_line(
            f"{other} other tests were skipped, which ZHENGXIN_NO_SKIP forbids", red=True
        )


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that skipped anything but `shared` tests where that is forbidden (the build server)."""
    terminal = session.config.pluginmanager.get_plugin("terminalreporter")
    forbidden = os.environ.get("ZHENGXIN_NO_SKIP") and terminal is not None and _skips(terminal)[1]
    if forbidden and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
