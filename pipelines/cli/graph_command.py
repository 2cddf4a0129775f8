"""`zhengxin graph`: the relations a build makes, what each reads, and whether their SQL is portable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.options import AsJson, Lang, Language
from pipelines.cli.session import Session, session
from pipelines.errors import EXIT_INPUT

if TYPE_CHECKING:
    from pipelines.graph import SqlFile


class Format(StrEnum):
    """How the graph is shown."""

    TEXT = "text"
    MERMAID = "mermaid"
    DOT = "dot"
    JSON = "json"


As = Annotated[
    Format,
    typer.Option("--format", help="输出形式(json 同 --json)。Form of the output (json is --json)."),
]
Lint = Annotated[
    bool,
    typer.Option(
        "--lint", help="只列出不可移植的 SQL 写法。List what keeps the SQL from other engines only."
    ),
]


def graph(
    shape: As = Format.TEXT,
    lint: Lint = False,
    as_json: AsJson = False,
    lang: Lang = Language.ZH,
) -> None:
    """显示数据表之间的关系。Show the relations a build makes and what each of them reads."""
    with session("graph", lang=lang, as_json=as_json or shape is Format.JSON, needs_workspace=False) as run:
        from pipelines import graphview, sqllint
        from pipelines.build import SQL_ROOT
        from pipelines.graph import GraphError

        try:
            files = graphview.relations(SQL_ROOT)
        except GraphError as error:
            _say_problems(run, error.problems)
            return
        if lint:
            texts = {name: file for name, file in files.items() if file.text}
            _say_problems(run, sqllint.lint_files(texts), len(texts))
            return
        if not run.as_json:
            typer.echo(_drawn(run, files, shape))
        run.finish(relations=graphview.as_values(files))


def _drawn(run: Session, files: Mapping[str, SqlFile], shape: Format) -> str:
    from pipelines import graphview

    if shape is Format.MERMAID:
        return graphview.as_mermaid(files)
    if shape is Format.DOT:
        return graphview.as_dot(files)
    return graphview.as_text(files, run.text("读取", "reads"), run.text("粒度", "grain"))


def _say_problems(run: Session, problems: Sequence[str], count: int = 0) -> None:
    """One line a problem, with file and line; leaves with 3 when there is one."""
    for problem in problems:
        run.say(problem, problem)
    if not problems:
        run.say(f"{count} 个 SQL 文件都可移植。", f"All {count} SQL files are portable.")
    run.finish(EXIT_INPUT if problems else 0, problems=list(problems))
