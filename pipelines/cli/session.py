"""One run of a command: its workspace, run id, log, language, JSON output, progress and exit code.

`session(...)` is the only place where a `UserError` becomes a sentence and an exit code; anything else
that is raised is a bug, is logged, and keeps its traceback.
"""

from __future__ import annotations

import json
import logging
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from pipelines.cli.options import Language
from pipelines.errors import UserError
from pipelines.workspace import Workspace

# A command without a workspace has no log; without this its log lines would go to the terminal.
logging.getLogger("zhengxin").addHandler(logging.NullHandler())

STAGES = {
    "inputs": ("读取", "read"),
    "sql": ("计算", "compute"),
    "check": ("检查", "test"),
    "seal": ("封存", "seal"),
    "ingest": ("导入", "ingest"),
    "replay": ("回放", "replay"),
    "verify": ("核对", "verify"),
    "backup": ("备份", "back up"),
}


@dataclass
class Session:
    """What a command talks through; `out` is for results, `err` for everything said on the way."""

    command: str
    run_id: str
    lang: Language
    as_json: bool
    ws: Workspace | None = None
    out: Console = field(default_factory=lambda: Console(soft_wrap=True, highlight=False))
    err: Console = field(default_factory=lambda: Console(stderr=True, soft_wrap=True, highlight=False))

    @property
    def workspace(self) -> Workspace:
        """The workspace of a command that was started with one."""
        assert self.ws is not None
        return self.ws

    def text(self, zh: str, en: str) -> str:
        """The sentence in the language of this run."""
        return zh if self.lang is Language.ZH else en

    def say(self, zh: str, en: str) -> None:
        """Print a line for people; nothing under --json."""
        if not self.as_json:
            self.out.print(self.text(zh, en), markup=False)

    def warn(self, zh: str, en: str) -> None:
        """Print a line to standard error, whatever the output is."""
        self.err.print(self.text(zh, en), style="yellow", markup=False)

    def finish(self, exit_code: int = 0, **content: Any) -> None:
        """Print the result object under --json; leave with `exit_code` unless it is 0."""
        self.emit(exit_code == 0, exit_code, content)
        if exit_code:
            raise typer.Exit(exit_code)

    def emit(self, ok: bool, exit_code: int, content: dict[str, Any]) -> None:
        """The one JSON object of a run."""
        if self.as_json:
            head = {"command": self.command, "run": self.run_id, "ok": ok, "exit_code": exit_code}
            print(json.dumps({**head, **content}, ensure_ascii=False, default=_plain))

    @contextmanager
    def progress(self) -> Iterator[Callable[[str, int, int], None]]:
        """A callback (stage, done, total) that draws one bar a stage, on a terminal only."""
        if self.as_json or not self.err.is_terminal:
            yield lambda stage, done, total: None
            return
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.err, transient=True) as bars:
            tasks: dict[str, Any] = {}

            def advance(stage: str, done: int, total: int) -> None:
                if stage not in tasks:
                    tasks[stage] = bars.add_task(self.text(*STAGES[stage]), total=total)
                bars.update(tasks[stage], completed=done, total=total)

            yield advance


@contextmanager
def session(
    command: str,
    *,
    lang: Language,
    as_json: bool,
    home: Path | None = None,
    log_json: bool = False,
    needs_workspace: bool = True,
) -> Iterator[Session]:
    """Run the block as one logged run of `command`; user errors leave as a sentence and a code."""
    current = Session(command, uuid.uuid4().hex[:8], lang, as_json)
    log = logging.getLogger("zhengxin.cli")
    begun = time.perf_counter()
    with ExitStack() as stack:
        try:
            if needs_workspace:
                from pipelines.runlog import logged

                current.ws = Workspace.open(home)
                stack.enter_context(logged(current.ws, current.run_id, log_json))
            log.info("%s started%s", command, f" in {current.ws.home}" if current.ws else "")
            yield current
            log.info("%s finished in %.1f s", command, time.perf_counter() - begun)
        except UserError as error:
            log.error("%s left with code %d: %s", command, error.exit_code, error.en)
            current.emit(False, error.exit_code, {"error": {"zh": error.zh, "en": error.en}})
            current.err.print(current.text(error.zh, error.en), style="red", markup=False)
            raise typer.Exit(error.exit_code) from None
        except typer.Exit as leaving:
            log.info("%s left with code %d", command, leaving.exit_code)
            raise
        except KeyboardInterrupt:
            log.info("%s interrupted", command)
            raise typer.Exit(130) from None
        except Exception:
            log.exception("%s failed", command)
            raise


def today() -> date:
    """Today's date: the clock is read here and nowhere else."""
    return date.today()


def now() -> str:
    """The present moment with its offset, to the second."""
    return datetime.now().astimezone().isoformat(timespec="seconds")


def as_day(value: datetime | None) -> date | None:
    """The date of an option that typer reads as a moment."""
    return value.date() if value else None


def _plain(value: Any) -> Any:
    if isinstance(value, Path | date):
        return str(value)
    raise TypeError(f"{type(value).__name__} in a JSON result")
