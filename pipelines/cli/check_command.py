"""`zhengxin check FILE`: every problem of a file at once, without touching a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from pipelines.cli.options import AsJson, Lang, Language, Mapping, Received, Source
from pipelines.cli.session import Session, as_day, session, today
from pipelines.errors import EXIT_INPUT

if TYPE_CHECKING:
    from pipelines.ingest import CheckReport

File = Annotated[
    Path,
    typer.Argument(dir_okay=False, help="待检查的文件。File to check.", metavar="FILE", show_default=False),
]
LEVELS = {"reject": ("拒收", "reject"), "warning": ("提醒", "warning")}


def check(
    file: File,
    source: Source = None,
    mapping: Mapping = None,
    received: Received = None,
    as_json: AsJson = False,
    lang: Lang = Language.ZH,
) -> None:
    """检查一个文件并列出全部问题,有问题时退出码为 3。List every problem of a file (exit 3: some)."""
    with session("check", lang=lang, as_json=as_json, needs_workspace=False) as run:
        from pipelines.cli.inputs import collect
        from pipelines.contracts import CONTRACTS
        from pipelines.ingest import check_file

        (item,) = collect([file])
        report = check_file(
            item.path,
            source=source,
            mapping=mapping or item.mapping,
            received=as_day(received) or item.received or today(),
        )
        if report.source and CONTRACTS[report.source].notice_zh:
            run.say(CONTRACTS[report.source].notice_zh, CONTRACTS[report.source].notice_en)
        _show(run, report)
        run.finish(
            EXIT_INPUT if report.problem_count else 0,
            file=str(report.file),
            source=report.source,
            sheet=report.sheet,
            header_row=report.header_row,
            rows_read=report.rows_read,
            rows_accepted=report.rows_accepted,
            rows_rejected=report.rows_rejected,
            undated=report.undated,
            problem_count=report.problem_count,
            unmapped_headers=list(report.unmapped_headers),
            problems=[problem.as_dict() for problem in report.problems],
        )


def _show(run: Session, report: CheckReport) -> None:
    """The problems as a table and one line of counts."""
    if report.problems and not run.as_json:
        heads = (
            ("行", "row"),
            ("列", "column"),
            ("内容", "value"),
            ("级别", "level"),
            ("规则", "rule"),
            ("说明", "what"),
        )
        table = Table(*(run.text(*head) for head in heads), show_lines=False)
        for problem in report.problems:
            cells = (problem.column, problem.value, run.text(*LEVELS[problem.level]), problem.rule)
            row = "" if problem.row is None else str(problem.row)
            table.add_row(row, *(cell or "" for cell in cells), run.text(problem.zh, problem.en))
        run.out.print(table)
    if report.sheet:
        run.say(
            f"工作表「{report.sheet}」,表头在第 {report.header_row} 行。",
            f"Sheet “{report.sheet}”, header in row {report.header_row}.",
        )
    run.say(
        f"{report.file}:读取 {report.rows_read:,} 行,可接受 {report.rows_accepted:,} 行,"
        f"拒收 {report.rows_rejected:,} 行,问题 {report.problem_count:,} 个。",
        f"{report.file}: {report.rows_read:,} rows read, {report.rows_accepted:,} acceptable,"
        f" {report.rows_rejected:,} rejected, {report.problem_count:,} problems.",
    )
