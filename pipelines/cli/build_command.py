"""`zhengxin build`: the store becomes a sealed snapshot, and the pointer moves to it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from pipelines.cli.options import DAY, AsJson, Home, Lang, Language, LogJson, Threads
from pipelines.cli.session import as_day, now, session

AsOf = Annotated[
    datetime | None,
    typer.Option(
        "--as-of",
        formats=[DAY],
        help="按该日已知的数据生成(默认最新登记日)。Build as known on that day (default: the latest record).",
        show_default=False,
    ),
]


def build(
    home: Home = None,
    as_of: AsOf = None,
    threads: Threads = None,
    as_json: AsJson = False,
    lang: Lang = Language.ZH,
    log_json: LogJson = False,
) -> None:
    """由已导入的数据生成快照。Build, test and seal a snapshot of the store."""
    with session("build", home=home, lang=lang, as_json=as_json, log_json=log_json) as run:
        from pipelines.build import build as build_snapshot

        with run.progress() as progress:
            result = build_snapshot(
                run.workspace, as_of=as_day(as_of), threads=threads, progress=progress, built_at=now()
            )
        for zh, en in result.warnings:
            run.warn(zh, en)
        rows = sum(result.tables.values())
        run.say(
            f"快照 {result.snapshot_id[:12]}:截至 {result.as_of},{len(result.tables)} 张表,{rows:,} 行,"
            f"用时 {result.seconds:.1f} 秒。",
            f"Snapshot {result.snapshot_id[:12]}: as of {result.as_of}, {len(result.tables)} tables,"
            f" {rows:,} rows, {result.seconds:.1f} s.",
        )
        run.finish(
            snapshot=result.snapshot_id,
            path=result.path,
            as_of=result.as_of,
            seconds=round(result.seconds, 3),
            tables=result.tables,
            served=result.served,
            warnings=[{"zh": zh, "en": en} for zh, en in result.warnings],
        )
