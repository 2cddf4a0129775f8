"""Logs: the run's id on every line, JSON lines when asked for, and nothing left behind after a run."""

from __future__ import annotations

import json
import logging
from pathlib import Path

from pipelines.runlog import logged
from pipelines.workspace import Workspace

log = logging.getLogger("zhengxin.test")


def fail() -> None:
    try:
        raise ValueError("坏了")
    except ValueError:
        log.exception("two\nlines")


def test_every_line_carries_the_run(tmp_path: Path) -> None:
    ws = Workspace.open(tmp_path)
    with logged(ws, "run00001"):
        log.info("one")
        fail()
    with logged(ws, "run00002"):
        log.debug("three")
    lines = (ws.logs / "zhengxin.log").read_text(encoding="utf-8").splitlines()
    assert all("run0000" in line for line in lines)
    assert [line.split()[1:] for line in (lines[0], lines[-1])] == [
        ["run00001", "INFO", "zhengxin.test", "one"],
        ["run00002", "DEBUG", "zhengxin.test", "three"],
    ]
    assert "run00001   ValueError: 坏了" in lines


def test_json_lines(tmp_path: Path) -> None:
    ws = Workspace.open(tmp_path)
    with logged(ws, "run00003", as_json=True):
        log.warning("一 %d", 1)
        fail()
    first, second = (
        json.loads(line) for line in (ws.logs / "zhengxin.jsonl").read_text("utf-8").splitlines()
    )
    assert (first["run"], first["level"], first["name"], first["message"]) == (
        "run00003", "WARNING", "zhengxin.test", "一 1",
    )  # fmt: skip
    assert second["message"] == "two\nlines" and "坏了" in second["traceback"]


def test_nothing_is_left_after_a_run(tmp_path: Path) -> None:
    root = logging.getLogger("zhengxin")
    before = (list(root.handlers), root.level, root.propagate)
    with logged(Workspace.open(tmp_path), "run00004"):
        pass
    assert (root.handlers, root.level, root.propagate) == before
