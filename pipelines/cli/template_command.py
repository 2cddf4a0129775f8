"""`zhengxin template SOURCE`: the workbook a department fills in, made from the contract."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.options import AsJson, Lang, Language
from pipelines.cli.session import session
from pipelines.errors import UserError

SourceName = Annotated[
    str,
    typer.Argument(
        help="数据来源,如 failures、petitions、debt_balance、exposure、reports。Source, such as failures.",
        metavar="SOURCE",
        show_default=False,
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        dir_okay=False,
        help="写入的文件(默认 SOURCE.xlsx)。File to write (default SOURCE.xlsx).",
        show_default=False,
    ),
]


def template(
    source: SourceName,
    output: Output = None,
    as_json: AsJson = False,
    lang: Lang = Language.ZH,
) -> None:
    """生成某类数据的填报模板(XLSX)。Write the XLSX template of a source, to be filled in and ingested."""
    with session("template", lang=lang, as_json=as_json, needs_workspace=False) as run:
        from pipelines.template import HEADER_ROW
        from pipelines.template import template as made

        content = made(source, lang.value)
        target = output or Path(f"{source}.xlsx")
        # It may have been filled in since.
        if target.exists():
            raise UserError(
                f"{target} 已经存在,请用 --output 另写文件名。",
                f"{target} exists already; give another name with --output.",
            )
        try:
            target.write_bytes(content)
        except OSError as error:
            raise UserError(
                f"{target} 写不进去({error.strerror}),请检查文件夹和权限。",
                f"{target} cannot be written ({error.strerror}); check the folder and the permissions.",
            ) from error
        run.say(
            f"已写入模板 {target};从第 {HEADER_ROW + 1} 行起填写,填好后用 zhengxin ingest 导入。",
            f"Wrote the template {target}; fill it in from row {HEADER_ROW + 1}, then run zhengxin ingest.",
        )
        run.finish(source=source, file=str(target), bytes=len(content))
