"""Logs of one run: rotating files in the workspace, the run's id on every line.

Every module logs under the name `zhengxin`; only the command line starts a run. Lines are for people
(`zhengxin.log`) or, when asked for, JSON objects for machines (`zhengxin.jsonl`).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler

from pipelines.workspace import Workspace

LOGGER = "zhengxin"
_MAX_BYTES = 2_000_000
_KEPT_FILES = 5
_TIME = "%Y-%m-%dT%H:%M:%S%z"


class _JsonLines(logging.Formatter):
    """One JSON object a line: time, level, run, name, message, and the traceback of a bug."""

    def __init__(self, run_id: str) -> None:
        super().__init__(datefmt=_TIME)
        self.run_id = run_id

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "time": self.formatTime(record, self.datefmt),
            "level": record.levelname,
            "run": self.run_id,
            "name": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


class _Lines(logging.Formatter):
    """Text with the run's id on every line, those of a traceback and of a long message too."""

    def __init__(self, run_id: str) -> None:
        super().__init__(f"%(asctime)s {run_id} %(levelname)s %(name)s %(message)s", datefmt=_TIME)
        self.run_id = run_id

    def format(self, record: logging.LogRecord) -> str:
        first, *rest = super().format(record).splitlines() or [""]
        return "\n".join([first, *(f"{self.run_id}   {line}" for line in rest)])


@contextmanager
def logged(ws: Workspace, run_id: str, as_json: bool = False) -> Iterator[logging.Logger]:
    """Write what is logged inside the block to the workspace's log; the logger is yielded."""
    ws.logs.mkdir(parents=True, exist_ok=True)
    path = ws.logs / ("zhengxin.jsonl" if as_json else "zhengxin.log")
    handler = RotatingFileHandler(path, maxBytes=_MAX_BYTES, backupCount=_KEPT_FILES, encoding="utf-8")
    handler.setFormatter(_JsonLines(run_id) if as_json else _Lines(run_id))
    logger = logging.getLogger(LOGGER)
    level, propagate = logger.level, logger.propagate
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    # The terminal belongs to the command's own output.
    logger.propagate = False
    try:
        yield logger
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
        logger.propagate = propagate
        handler.close()
