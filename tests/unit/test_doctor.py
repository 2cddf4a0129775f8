"""The doctor: every finding has a machine or a workspace in which it is off, and looking changes nothing."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable
from datetime import date
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from pipelines import snapshot
from pipelines.build import build
from pipelines.doctor import home, machine
from pipelines.doctor.finding import Finding
from pipelines.ingest import ingest_file
from pipelines.workspace import Workspace

TEXT = """record_id,region,source,event_date,entered_date,recorded_at
F1,530102,司法判决,2024-01-05,2024-02-01,2024-02-01
"""
LATER = TEXT.replace("F1", "F2")


@pytest.fixture(scope="module")
def well(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with one batch and its snapshot; tests copy it."""
    folder = tmp_path_factory.mktemp("well")
    ws = Workspace.open(folder / "home")
    ingest_file(ws, written(folder / "first.csv", TEXT), received=date(2024, 7, 1))
    build(ws)
    return ws.home


@pytest.fixture
def ws(well: Path, tmp_path: Path) -> Workspace:
    shutil.copytree(well, tmp_path / "home")
    return Workspace.open(tmp_path / "home")


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def csv_files(folder: Path) -> Iterable[Path]:
    return sorted(folder.glob("*.csv"))


def look(where: Path) -> dict[str, Finding]:
    """The findings of a workspace by name; each name once, each sentence whole."""
    findings = list(home.findings(where, csv_files))
    assert len({finding.name for finding in findings}) == len(findings)
    assert all(finding.zh.endswith("。") and finding.en.endswith(".") for finding in findings)
    return {finding.name: finding for finding in findings}


def test_a_workspace_that_is_well(ws: Workspace) -> None:
    findings = look(ws.home)
    assert {name: finding.state for name, finding in findings.items()} == dict.fromkeys(
        [
            "settings", "workspace", "space", "format", "locks", "leftovers", "inbox", "store", "kind",
            "served", "holidays",
        ],
        "ok",
    )  # fmt: skip


def test_looking_at_nothing_makes_nothing(tmp_path: Path) -> None:
    findings = look(tmp_path / "none")
    assert findings["workspace"].state == "warn"
    assert not (tmp_path / "none").exists()


def test_a_folder_with_nothing_but_an_inbox_lacks_data(tmp_path: Path) -> None:
    (tmp_path / "home" / "inbox").mkdir(parents=True)
    findings = look(tmp_path / "home")
    assert {name for name, finding in findings.items() if finding.state != "ok"} == {"store"}


def test_an_empty_workspace_lacks_data(tmp_path: Path) -> None:
    findings = look(Workspace.open(tmp_path / "home").home)
    assert {name for name, finding in findings.items() if finding.state != "ok"} == {"store"}


def mixed(ws: Workspace) -> None:
    (ws.home.parent / "SYNTHETIC").write_text("")
    ingest_file(ws, written(ws.home.parent / "later.csv", LATER), received=date(2024, 7, 1))
    build(ws)


def unused(ws: Workspace) -> None:
    ingest_file(ws, written(ws.home.parent / "later.csv", LATER), received=date(2024, 7, 1))


# What is done to the workspace, the finding that must tell of it, how bad it is, and a word of it.
OFF: dict[str, tuple[Callable[[Workspace], object], str, str, str]] = {
    "settings": (lambda ws: written(ws.home / "zhengxin.toml", "thread = 1"), "settings", "fail", "thread"),
    "format": (lambda ws: written(ws.store / "FORMAT", "99"), "format", "fail", "99"),
    "no format": (lambda ws: (ws.store / "FORMAT").unlink(), "format", "fail", "FORMAT"),
    "killed ingest": (lambda ws: (ws.store / ".tmp-x").mkdir(), "leftovers", "warn", "store/.tmp-x"),
    "killed build": (lambda ws: (ws.snapshots / ".tmp-x").mkdir(), "leftovers", "warn", "snapshots/.tmp-x"),
    "inbox": (lambda ws: written(ws.inbox / "new.csv", LATER), "inbox", "warn", "new.csv"),
    "store": (lambda ws: [written(p, "{") for p in ws.store.rglob("batch.json")], "store", "fail", "verify"),
    "mixed": (mixed, "kind", "warn", "later.csv"),
    "not built": (unused, "served", "warn", "1 batches"),
    "no snapshot": (lambda ws: ws.current.unlink(), "served", "warn", "zhengxin build"),
    "pointer": (lambda ws: written(ws.current, "0" * 64), "served", "fail", "zhengxin build"),
}


@pytest.mark.parametrize("what", OFF)
def test_what_is_off_is_told(ws: Workspace, what: str) -> None:
    harm, name, state, word = OFF[what]
    harm(ws)
    finding = look(ws.home)[name]
    assert (finding.state, word in finding.en) == (state, True)


def test_a_file_of_the_inbox_that_is_ingested_is_not_told(ws: Workspace) -> None:
    written(ws.inbox / "renamed.csv", TEXT)
    assert look(ws.home)["inbox"].state == "ok"


HOLDER = """
import sys, time
from pathlib import Path
from pipelines.workspace import Workspace
with Workspace.open(Path(sys.argv[1])).exclusive("build"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_running_build_is_told_and_its_folder_is_no_leftover(ws: Workspace) -> None:
    (ws.snapshots / f"{snapshot.TEMPORARY}x").mkdir()
    root = Path(__file__).parents[2]
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, ws.home], stdout=subprocess.PIPE, cwd=root)
    try:
        assert holder.stdout is not None and holder.stdout.readline() == b"held\n"
        findings = look(ws.home)
    finally:
        holder.kill()
        holder.communicate()
    assert findings["locks"].state == "warn" and "build" in findings["locks"].en
    assert findings["leftovers"].state == "ok"


@pytest.mark.parametrize(("free", "state"), [(13e9, "ok"), (5e9, "warn"), (1e8, "fail")])
def test_space(ws: Workspace, monkeypatch: pytest.MonkeyPatch, free: float, state: str) -> None:
    usage = shutil.disk_usage(ws.home)._replace(free=int(free))
    monkeypatch.setattr(home.shutil, "disk_usage", lambda path: usage)
    assert look(ws.home)["space"].state == state


def test_a_folder_that_cannot_be_written_to(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    # Tests may run as root, to whom every folder is writable.
    monkeypatch.setattr(home.tempfile, "TemporaryFile", refuse)
    assert look(ws.home)["workspace"].state == "fail"


def test_years_the_holiday_table_lacks() -> None:
    assert [home._holidays(year).state for year in (2003, 2024, 2035)] == ["warn", "ok", "warn"]


def states(*names: str) -> dict[str, str]:
    return {finding.name: finding.state for finding in machine.findings() if finding.name in names}


def test_the_machine_these_tests_run_on() -> None:
    assert states("python", "libraries", "font") == {"python": "ok", "libraries": "ok", "font": "ok"}


def test_an_old_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine.sys, "version_info", (3, 9, 1))
    assert states("python") == {"python": "fail"}


def test_libraries_that_are_absent_or_old_each_get_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = ["duckdb>=99", "no-such-library>=1", "polars>=0.1", "rich>=99; sys_platform == 'nowhere'"]
    monkeypatch.setattr(machine, "requires", lambda name: wanted)
    lines = [finding.en for finding in machine.findings() if finding.name == "libraries"]
    assert [line.split(":")[0] for line in lines] == ["Library duckdb", "Library no-such-library"]


def test_a_source_tree_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(machine, "requires", absent)
    monkeypatch.setattr(machine, "metadata", absent)
    assert states("python", "libraries") == {"python": "ok", "libraries": "warn"}


def test_fonts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(machine.shutil, "which", lambda name: None)
    assert states("font", "browser") == {"font": "ok", "browser": "warn"}
    monkeypatch.setattr(machine, "BUNDLED_FONT", tmp_path / "none.woff2")
    assert states("font") == {"font": "fail"}


def test_the_browser_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHENGXIN_CHROMIUM", sys.executable)
    assert states("browser") == {"browser": "ok"}
    monkeypatch.setenv("ZHENGXIN_CHROMIUM", "/no/such/browser")
    assert states("browser") == {"browser": "warn"}


def test_a_taken_port(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setattr(machine, "PORT", taken.getsockname()[1])
        assert states("port") == {"port": "warn"}
    assert states("port") == {"port": "ok"}
