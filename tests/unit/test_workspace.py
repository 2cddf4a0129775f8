"""The workspace: where it is, what it refuses, and locks that end with their holder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.errors import EXIT_WORKSPACE, UserError
from pipelines.workspace import Workspace, write_atomically

HOLDER = """
import sys, time
from pathlib import Path
from pipelines.workspace import Workspace
with Workspace.open(Path(sys.argv[1])).exclusive("build"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_argument_wins_over_variable_and_variable_over_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ZHENGXIN_HOME", raising=False)
    assert Workspace.at().home == tmp_path / "data"
    monkeypatch.setenv("ZHENGXIN_HOME", str(tmp_path / "from_variable"))
    assert Workspace.at().home == tmp_path / "from_variable"
    assert Workspace.at(tmp_path / "given").home == tmp_path / "given"


def test_open_makes_folders_and_format(tmp_path: Path) -> None:
    ws = Workspace.open(tmp_path / "home")
    assert all(
        folder.is_dir() for folder in (ws.inbox, ws.store, ws.rejects, ws.cache, ws.snapshots, ws.logs)
    )
    assert (ws.store / "FORMAT").read_text() == "1\n"
    assert Workspace.open(ws.home) == ws


def test_unknown_format_is_refused(tmp_path: Path) -> None:
    ws = Workspace.open(tmp_path)
    (ws.store / "FORMAT").write_text("99\n")
    with pytest.raises(UserError) as caught:
        Workspace.open(tmp_path)
    assert caught.value.exit_code == EXIT_WORKSPACE
    assert "99" in caught.value.zh and "99" in caught.value.en


@pytest.mark.parametrize("text", ["thread = 2", 'threads = "2"', "threads = "])
def test_bad_settings_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "zhengxin.toml").write_text(text)
    with pytest.raises(UserError, match="zhengxin.toml"):
        Workspace.open(tmp_path)


def test_settings_are_read(tmp_path: Path) -> None:
    (tmp_path / "zhengxin.toml").write_text('threads = 3\nmemory_limit = "1GB"\n')
    assert dict(Workspace.open(tmp_path).settings) == {"threads": 3, "memory_limit": "1GB"}


def test_a_home_that_is_a_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="file"):
        Workspace.open(tmp_path / "file")


def test_lock_excludes_and_is_freed(tmp_path: Path) -> None:
    ws = Workspace.open(tmp_path)
    with ws.exclusive("build"):
        with pytest.raises(UserError) as caught, ws.exclusive("build", wait_seconds=0):
            pass
        assert caught.value.exit_code == EXIT_WORKSPACE
        with ws.exclusive("other", wait_seconds=0):
            pass
    with ws.exclusive("build", wait_seconds=0):
        pass


def test_lock_ends_with_a_killed_holder(tmp_path: Path) -> None:
    ws = Workspace.open(tmp_path)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert holder.stdout is not None and holder.stdout.readline() == b"held\n"
    with pytest.raises(UserError), ws.exclusive("build", wait_seconds=0):
        pass
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    holder.stdout.close()
    with ws.exclusive("build", wait_seconds=2):
        pass


def test_write_atomically_replaces_and_leaves_nothing_behind(tmp_path: Path) -> None:
    write_atomically(tmp_path / "x", b"one")
    write_atomically(tmp_path / "x", b"two")
    assert [path.name for path in tmp_path.iterdir()] == ["x"]
    assert (tmp_path / "x").read_bytes() == b"two"
