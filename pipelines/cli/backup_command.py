"""`zhengxin backup TARGET`: a consistent copy of the workspace, also while files are ingested or built."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.options import AsJson, Home, Lang, Language, LogJson
from pipelines.cli.session import session
from pipelines.errors import EXIT_WORKSPACE

Target = Annotated[
    Path,
    typer.Argument(
        help="目标文件(以 .tar 结尾)或文件夹。A file (its name ends in .tar) or a folder.",
        metavar="TARGET",
        show_default=False,
    ),
]
EverySnapshot = Annotated[
    bool, typer.Option("--all", help="包括全部快照(默认只含当前的)。All snapshots, not only the one served.")
]
Verify = Annotated[
    bool,
    typer.Option("--verify", help="写完后解开核对一遍。Unpack the copy afterwards and check all of it."),
]


def backup(
    target: Target,
    every_snapshot: EverySnapshot = False,
    verify: Verify = False,
    home: Home = None,
    as_json: AsJson = False,
    lang: Lang = Language.ZH,
    log_json: LogJson = False,
) -> None:
    """备份工作区;解开即是一个可用的工作区。Copy the workspace; unpacked, the copy is a workspace itself."""
    with session("backup", home=home, lang=lang, as_json=as_json, log_json=log_json) as run:
        from pipelines import backup as backups

        with run.progress() as progress:
            copy = backups.backup(run.workspace, target, every_snapshot=every_snapshot, progress=progress)
            problems = backups.problems(copy.path, progress) if verify else []
        for problem in problems:
            run.say(problem.zh, problem.en)
        count, size = len(copy.snapshots), copy.bytes / 1e6
        run.say(
            f"已备份到 {copy.path}:{copy.batches} 个批次、{count} 个快照,{size:.1f} MB"
            f"{',核对无误' if verify and not problems else ''}。",
            f"Backed up to {copy.path}: {copy.batches} batches, {count} snapshots, {size:.1f} MB"
            f"{', checked' if verify and not problems else ''}.",
        )
        run.finish(
            EXIT_WORKSPACE if problems else 0,
            path=copy.path,
            files=copy.files,
            bytes=copy.bytes,
            batches=copy.batches,
            snapshots=list(copy.snapshots),
            casebook=copy.casebook,
            verified=verify and not problems,
            problems=[{"place": p.place, "zh": p.zh, "en": p.en} for p in problems],
        )
