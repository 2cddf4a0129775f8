"""`zhengxin serve`: the dashboard on one workspace, as a child process that ends with this one."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from pipelines.cli.options import Home, Lang, Language, LogJson
from pipelines.cli.session import session
from pipelines.errors import EXIT_USAGE, EXIT_WORKSPACE, UserError
from pipelines.workspace import HOME_VARIABLE

Host = Annotated[str, typer.Option("--host", help="监听地址。Address to listen on.")]
Port = Annotated[int, typer.Option("--port", min=1, max=65535, help="端口。Port.")]
BasePath = Annotated[
    str,
    typer.Option(
        "--base-path",
        help="地址前缀,用于反向代理之后,如 /zx。Path in front of all addresses, behind a reverse proxy: /zx.",
    ),
]
ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "dashboard" / "app.py"


def serve(
    host: Host = "127.0.0.1",
    port: Port = 8501,
    base_path: BasePath = "",
    home: Home = None,
    lang: Lang = Language.ZH,
    log_json: LogJson = False,
) -> None:
    """在浏览器中查看当前快照。Serve the current snapshot to browsers until interrupted."""
    with session("serve", home=home, lang=lang, as_json=False, log_json=log_json) as run:
        from pipelines.snapshot import open_snapshot

        snapshot = open_snapshot(run.workspace)
        base = _base(base_path)
        _require_free(host, port)
        run.say(
            f"快照 {snapshot.id[:12]},页面地址 http://{host}:{port}{base},按 Ctrl+C 停止。",
            f"Snapshot {snapshot.id[:12]}, page at http://{host}:{port}{base}; stop with Ctrl+C.",
        )
        code = _run_child(host, port, base, run.workspace.home)
        if code:
            run.warn(
                f"页面服务意外结束(退出码 {code}),请看上面的输出。",
                f"The dashboard ended unexpectedly (exit code {code}); see its output above.",
            )
            run.finish(1)


def _base(asked: str) -> str:
    """The base path as addresses carry it: "" or "/zx"; refuses what an address cannot hold as it is."""
    base = asked.strip("/")
    if not re.fullmatch(r"(?:[A-Za-z0-9._~-]+(?:/[A-Za-z0-9._~-]+)*)?", base):
        raise UserError(
            f"地址前缀「{asked}」不能使用,请只用字母、数字和 - . _ ~,各段以 / 分隔。",
            f'The base path "{asked}" cannot be used; use letters, digits and - . _ ~, parted by /.',
            EXIT_USAGE,
        )
    return f"/{base}" if base else ""


def _require_free(host: str, port: int) -> None:
    """Refuse a port somebody listens on, or an address that is not this machine's."""
    from pipelines import ports

    if reason := ports.why_not(host, port):
        raise UserError(
            f"无法在 {host}:{port} 监听({reason}),请用 --port 另选端口或停止占用它的程序。",
            f"Cannot listen on {host}:{port} ({reason}); choose another port with --port or stop"
            " whoever uses it.",
            EXIT_WORKSPACE,
        )


def _run_child(host: str, port: int, base: str, home: Path) -> int:
    """Run Streamlit until it ends or we are told to; its exit code, 0 when we ended it."""
    command = [sys.executable, "-m", "streamlit", "run", str(APP)]
    command += ["--server.address", host, "--server.port", str(port), "--server.headless", "true"]
    command += ["--server.baseUrlPath", base.strip("/")] if base else []
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    environment = {**os.environ, HOME_VARIABLE: str(home), "PYTHONPATH": path}
    child = subprocess.Popen(command, cwd=ROOT, env=environment)
    with _ending_with_us(child) as asked_to_stop:
        while True:
            try:
                code = child.wait()
            except KeyboardInterrupt:
                # The terminal sent Ctrl+C to the child as well; wait for its own clean end.
                asked_to_stop.append(signal.SIGINT)
                continue
            return 0 if asked_to_stop else code


@contextmanager
def _ending_with_us(child: subprocess.Popen[bytes]) -> Iterator[list[int]]:
    """Pass a request to terminate on to the child; whoever manages us must not leave it behind."""
    asked: list[int] = []

    def pass_on(number: int, _frame: FrameType | None) -> None:
        asked.append(number)
        child.terminate()

    before = signal.signal(signal.SIGTERM, pass_on)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGTERM, before)
        if child.poll() is None:
            child.terminate()
            child.wait()
