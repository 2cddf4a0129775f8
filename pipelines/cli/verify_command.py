"""`zhengxin verify`: all snapshots and the whole store read again; every damage at once."""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines.cli.options import AsJson, Home, Lang, Language, LogJson
from pipelines.cli.session import session
from pipelines.errors import EXIT_WORKSPACE

SnapshotId = Annotated[
    str | None,
    typer.Argument(
        help="快照编号或其前6位以上(默认全部快照和存储)。Snapshot id or first digits (default: all).",
        metavar="[ID]",
        show_default=False,
    ),
]


def verify(
    snapshot_id: SnapshotId = None,
    home: Home = None,
    as_json: AsJson = False,
    lang: Lang = Language.ZH,
    log_json: LogJson = False,
) -> None:
    """核对快照和存储,有损坏时退出码为 4。Check snapshots and store for damage (exit 4: some)."""
    with session("verify", home=home, lang=lang, as_json=as_json, log_json=log_json) as run:
        from pipelines import retention, verify
        from pipelines.snapshot import open_snapshot

        ws, batches = run.workspace, 0
        with run.progress() as progress:
            if snapshot_id:
                folders = [open_snapshot(ws, snapshot_id).path]
                problems = verify.check_snapshots(folders, progress)
            else:
                folders = [entry.path for entry in retention.entries(ws)]
                problems = [*verify.check_pointer(ws), *verify.check_snapshots(folders, progress)]
                batches, found = verify.check_store(ws, progress)
                problems += found
        for problem in problems:
            run.say(problem.zh, problem.en)
        run.say(
            f"核对了 {len(folders)} 个快照、{batches} 个批次,发现 {len(problems)} 处损坏。",
            f"Checked {len(folders)} snapshots and {batches} batches, {len(problems)} problems found.",
        )
        run.finish(
            EXIT_WORKSPACE if problems else 0,
            snapshots=[folder.name for folder in folders],
            batches=batches,
            problems=[{"place": p.place, "zh": p.zh, "en": p.en} for p in problems],
        )
