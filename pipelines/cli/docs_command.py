"""`zhengxin docs`: the reference pages, written from contracts, registry, method, SQL and these commands."""

from __future__ import annotations

import re
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.cli.options import AsJson, Lang, Language
from pipelines.cli.session import session

if TYPE_CHECKING:
    from pipelines.handbook import Command, Option

Output = Annotated[
    Path,
    typer.Option("--output", file_okay=False, help="写入的文件夹。Folder to write to.", metavar="FOLDER"),
]
# Help is written for both languages in one string; the Chinese ends with its last full stop.
_BOTH = re.compile(r"(.*。)\s*([^。]+)", re.DOTALL)


def docs(output: Output = Path("docs"), as_json: AsJson = False, lang: Lang = Language.ZH) -> None:
    """由声明生成参考手册。Write the reference pages from the declarations."""
    with session("docs", lang=lang, as_json=as_json, needs_workspace=False) as run:
        from pipelines.handbook import write

        made = pages()
        changed = write(output, made)
        run.say(
            f"{output} 里有 {len(made)} 页,更新了 {len(changed)} 页。",
            f"{output} holds {len(made)} pages, {len(changed)} of them changed.",
        )
        run.finish(folder=output, pages=sorted(made), changed=changed)


def pages() -> dict[str, str]:
    """Every page as text, by its path."""
    from dashboard.i18n import LANGUAGES, Text
    from pipelines import graphview, handbook
    from pipelines.build import SQL_ROOT

    words = {language: Text(language) for language in LANGUAGES}
    return handbook.pages(words, commands(), graphview.relations(SQL_ROOT))


def commands() -> list[Command]:
    """The commands of the program, as its own help describes them."""
    from pipelines.cli import app
    from pipelines.handbook import Command

    program: Any = typer.main.get_command(app)
    return [
        Command(
            name,
            *both(command.help, name),
            tuple(_describe(param, name) for param in command.params if param.param_type_name == "argument"),
            tuple(_describe(param, name) for param in command.params if param.param_type_name == "option"),
        )
        for name, command in program.commands.items()
    ]


def both(text: str | None, where: str) -> tuple[str, str]:
    """The Chinese and the English half of a help text. Raises ValueError for one without both."""
    match = _BOTH.fullmatch((text or "").strip())
    if match is None:
        raise ValueError(f"the help of {where} must be Chinese, ending in 。, and then English: {text!r}")
    return match[1], match[2]


def _describe(param: Any, command: str) -> Option:
    from pipelines.handbook import Option

    zh, en = both(param.help, f"{command} {param.name}")
    if param.param_type_name == "argument":
        return Option(param.metavar or param.name.upper(), zh, en)
    value = "" if param.is_flag else f" {param.metavar or param.name.upper()}"
    default = param.default.value if isinstance(param.default, Enum) else param.default
    shown = "" if param.is_flag or default is None or not param.show_default else str(default)
    return Option("/".join(param.opts) + value, zh, en, shown, param.envvar or "")
