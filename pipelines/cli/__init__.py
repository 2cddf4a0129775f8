"""The command line, `zhengxin`: the only room that may import any other (lazily) and read the clock.

One module per command; what they share (errors, exit codes, logs, JSON, progress) is in `session.py`,
options in `options.py`, which files a folder means in `inputs.py`.
"""

from __future__ import annotations

import io
import sys
from typing import Annotated

import typer

from pipelines.cli import (
    backtest_command,
    backup_command,
    build_command,
    calibrate_command,
    check_command,
    docs_command,
    doctor_command,
    graph_command,
    ingest_command,
    sample_command,
    serve_command,
    snapshots_command,
    template_command,
    verify_command,
)

EPILOG = """
退出码 Exit codes: 0 成功 success · 1 程序错误 bug (with a traceback) · 2 用法 usage ·
3 文件被拒或检查有问题 file refused or problems found ·
4 工作区 workspace (no snapshot, lock held, damage, port taken) ·
5 数据检查未通过 data test failed · 130 已中断 interrupted.
环境变量 Environment: ZHENGXIN_HOME (工作区 workspace), ZHENGXIN_LANG (zh | en).
"""

app = typer.Typer(
    name="zhengxin",
    help="云南政务诚信监测:从部门文件到页面。Yunnan Integrity Monitor: department files to a dashboard.",
    epilog=EPILOG,
    no_args_is_help=True,
    add_completion=False,
    # A bug shows its plain traceback; the pretty one hides frames and prints source.
    pretty_exceptions_enable=False,
)
app.command("template")(template_command.template)
app.command("check")(check_command.check)
app.command("ingest")(ingest_command.ingest)
app.command("build")(build_command.build)
app.command("calibrate")(calibrate_command.calibrate)
app.command("backtest")(backtest_command.backtest)
app.command("serve")(serve_command.serve)
app.command("snapshots")(snapshots_command.snapshots)
app.command("verify")(verify_command.verify)
app.command("doctor")(doctor_command.doctor)
app.command("backup")(backup_command.backup)
app.command("sample")(sample_command.sample)
app.command("graph")(graph_command.graph)
app.command("docs")(docs_command.docs)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(version("zhengxin"))
        raise typer.Exit


@app.callback()
def _options(
    _version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_show_version, help="版本。Version.")
    ] = False,
) -> None:
    """Options of the program itself."""


def main() -> None:
    """Run the command line (the console script `zhengxin`)."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show Chinese gets question marks, not a traceback.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    app(prog_name="zhengxin")
