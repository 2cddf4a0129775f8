"""`zhengxin ingest PATHS...`: files or folders into the store.

Beside the data a folder may say, in `ingest.toml`, which files to skip and on which day each was
received (`[received]`, `"glob" = 2025-12-31`, first match wins), and in `NAME.mapping.toml` or
`mapping.toml` how unusual headers are read; the format stands in `pipelines/cli/inputs.py`.
A file that is refused does not keep the others out; the exit code says that there was one.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from pipelines.cli.options import AsJson, Home, Lang, Language, LogJson, Mapping, Received, Source, Threads
from pipelines.cli.session import Session, as_day, session, today
from pipelines.errors import EXIT_INPUT, EXIT_USAGE, UserError

if TYPE_CHECKING:
    from pipelines.cli.inputs import Input
    from pipelines.ingest import IngestReport

Paths = Annotated[
    list[Path], typer.Argument(help="文件或文件夹。Files or folders.", metavar="PATHS...", show_default=False)
]
Replaces = Annotated[
    list[str] | None,
    typer.Option(
        "--replaces",
        help="本文件替代的批次(编号前几位,可多次);其中未再出现的记录自收到之日起撤回。"
        "Batch this file replaces (first digits of its id, repeatable); ids it omits are withdrawn.",
        metavar="BATCH",
        show_default=False,
    ),
]
_SHOWN_PROBLEMS = 5


def ingest(
    paths: Paths,
    source: Source = None,
    mapping: Mapping = None,
    received: Received = None,
    replaces: Replaces = None,
    threads: Threads = None,
    home: Home = None,
    as_json: AsJson = False,
    lang: Lang = Language.ZH,
    log_json: LogJson = False,
) -> None:
    """导入部门文件;同一文件再次导入不改变任何内容。Take department files into the store."""
    with session("ingest", home=home, lang=lang, as_json=as_json, log_json=log_json) as run:
        from pipelines.cli.inputs import collect
        from pipelines.ingest import ingest_file

        reports: list[IngestReport] = []
        refused: list[tuple[Path, UserError]] = []
        inputs = collect(paths)
        _only_one(inputs, replaces)
        with run.progress() as progress:
            for done, item in enumerate(inputs):
                progress("ingest", done, len(inputs))
                try:
                    reports.append(
                        ingest_file(
                            run.workspace,
                            item.path,
                            source=source,
                            mapping=mapping or item.mapping,
                            received=as_day(received) or item.received or today(),
                            threads=threads,
                            replaces=replaces or (),
                        )
                    )
                except UserError as error:
                    if error.exit_code != EXIT_INPUT:
                        raise
                    refused.append((item.path, error))
        _record(reports, refused)
        _show(run, reports, refused)
        run.finish(
            EXIT_INPUT if refused else 0,
            files=[_describe(report) for report in reports],
            refused=[{"file": str(path), "zh": error.zh, "en": error.en} for path, error in refused],
        )


def _only_one(inputs: Sequence[Input], replaces: Sequence[str] | None) -> None:
    """Refuse --replaces for several files: it would not say which of them replaces the batch."""
    if replaces and len(inputs) != 1:
        raise UserError(
            f"--replaces 只能用于一个文件,这里有 {len(inputs)} 个;请分别导入。",
            f"--replaces is for one file, here are {len(inputs)}; ingest them one by one.",
            EXIT_USAGE,
        )


def _record(reports: Sequence[IngestReport], refused: Sequence[tuple[Path, UserError]]) -> None:
    """What happened to each file, in the log; values of cells stay out of it."""
    log = logging.getLogger("zhengxin.ingest")
    for report in reports:
        log.info(
            "%s: %s batch %s%s, %d read, %d accepted, %d rejected",
            *(report.file, report.source, report.batch, " (already there)" if report.already_present else ""),
            *(report.rows_read, report.rows_accepted, report.rows_rejected),
        )
    for path, error in refused:
        log.warning("%s: refused: %s", path, error.en)


def _show(run: Session, reports: Sequence[IngestReport], refused: Sequence[tuple[Path, UserError]]) -> None:
    """The table of files, the first problems of each, and the files that were refused."""
    for path, error in refused:
        run.err.print(f"{path}: {run.text(error.zh, error.en)}", style="red", markup=False)
    if run.as_json or not reports:
        return
    heads = (
        ("文件", "file"),
        ("来源", "source"),
        ("读取", "read"),
        ("接受", "accepted"),
        ("拒收", "rejected"),
        ("说明", "note"),
    )
    table = Table(*(run.text(*head) for head in heads))
    for report in reports:
        note = run.text("已导入过", "already there") if report.already_present else ""
        counts = (report.rows_read, report.rows_accepted, report.rows_rejected)
        table.add_row(Path(report.file).name, report.source, *(f"{count:,}" for count in counts), note)
    run.out.print(table)
    for report in reports:
        for problem in report.problems[:_SHOWN_PROBLEMS]:
            place = f"{Path(report.file).name}:{problem.row or '-'} {problem.column or ''}"
            run.say(f"  {place} {problem.zh}", f"  {place} {problem.en}")
        if (rest := report.problem_count - _SHOWN_PROBLEMS) > 0:
            where = run.workspace.rejects / report.batch
            run.say(f"  ……另有 {rest:,} 个问题,见 {where}", f"  … and {rest:,} more problems, in {where}")


def _describe(report: IngestReport) -> dict[str, Any]:
    """One file's result as it stands under --json."""
    return {
        "file": str(report.file),
        "source": report.source,
        "batch": report.batch,
        "already_present": report.already_present,
        "rows_read": report.rows_read,
        "rows_accepted": report.rows_accepted,
        "rows_rejected": report.rows_rejected,
        "undated": report.undated,
        "problems": report.problem_count,
        "problem_counts": dict(report.problem_counts),
        "unmapped_headers": list(report.unmapped_headers),
    }
