"""`zhengxin snapshots`: the snapshots of a workspace, and how many of them to keep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from pipelines.cli.options import AsJson, Home, Lang, Language, LogJson
from pipelines.cli.session import Session, session

if TYPE_CHECKING:
    from pipelines.retention import Entry

Keep = Annotated[
    int | None,
    typer.Option(
        "--keep",
        min=1,
        help="只保留最新的 N 个和当前的一个,删除其余。Keep the N built last and the served one only.",
        metavar="N",
        show_default=False,
    ),
]


def snapshots(
    keep: Keep = None,
    home: Home = None,
    as_json: AsJson = False,
    lang: Lang = Language.ZH,
    log_json: LogJson = False,
) -> None:
    """列出快照;可只保留最新的几个。List the snapshots; remove old ones if asked to."""
    with session("snapshots", home=home, lang=lang, as_json=as_json, log_json=log_json) as run:
        from pipelines import retention

        removed = [] if keep is None else retention.prune(run.workspace, keep)
        found = retention.entries(run.workspace)
        _show(run, found, removed)
        run.finish(
            snapshots=[_describe(entry) for entry in found],
            removed=[_describe(entry) for entry in removed],
        )


def _show(run: Session, found: Sequence[Entry], removed: Sequence[Entry]) -> None:
    """The table of what is there, and one line on what is not any more."""
    if removed:
        size = sum(entry.bytes for entry in removed) / 1e6
        run.say(
            f"已删除 {len(removed)} 个快照,释放 {size:.1f} MB。",
            f"Removed {len(removed)} snapshots, {size:.1f} MB freed.",
        )
    if not found:
        run.say("还没有快照。", "There are no snapshots yet.")
    if not found or run.as_json:
        return
    heads = (
        ("编号", "id"),
        ("截至", "as of"),
        ("生成时间", "built"),
        ("大小 MB", "MB"),
        ("数据", "data"),
        ("说明", "note"),
    )
    table = Table(*(run.text(*head) for head in heads))
    for entry in found:
        built = f"{entry.built_at:%Y-%m-%d %H:%M}" if entry.built_at else ""
        table.add_row(
            entry.id[:12], entry.as_of or "", built, f"{entry.bytes / 1e6:.1f}", *_words(run, entry)
        )
    run.out.print(table)


def _words(run: Session, entry: Entry) -> tuple[str, str]:
    """Real or invented, and what is special about it."""
    if not entry.readable:
        return "", run.text("已损坏,见 zhengxin verify", "damaged, see zhengxin verify")
    data = run.text("虚构", "invented") if entry.synthetic else run.text("真实", "real")
    return data, run.text("当前", "served") if entry.served else ""


def _describe(entry: Entry) -> dict[str, Any]:
    """One snapshot as it stands under --json."""
    return {
        "id": entry.id,
        "as_of": entry.as_of,
        "built_at": entry.built_at.isoformat() if entry.built_at else None,
        "bytes": entry.bytes,
        "served": entry.served,
        "synthetic": entry.synthetic,
        "damaged": not entry.readable,
    }
