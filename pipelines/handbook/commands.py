"""The commands: what each does, its arguments and options, and the exit codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines import errors
from pipelines.handbook.page import Writer, code, table

_EXIT_CODES = {
    0: ("成功", "success"),
    1: ("程序错误，显示出错位置", "a bug, with its traceback"),
    errors.EXIT_USAGE: ("用法错误", "usage"),
    errors.EXIT_INPUT: ("文件被拒，或检查发现问题", "file refused, or problems found"),
    errors.EXIT_WORKSPACE: (
        "工作区问题：没有快照、被占用、有损坏、端口被占用",
        "workspace: no snapshot, lock held, damage, port taken",
    ),
    errors.EXIT_DATA_TEST: ("数据检查未通过", "a data test failed"),
    130: ("已中断", "interrupted"),
}


@dataclass(frozen=True)
class Option:
    """An argument or option: how it is written, what it does, its default ("" for none), its variable."""

    written: str
    zh: str
    en: str
    default: str = ""
    variable: str = ""


@dataclass(frozen=True)
class Command:
    """A command: its name, what it does, its arguments in order and its options."""

    name: str
    zh: str
    en: str
    arguments: tuple[Option, ...]
    options: tuple[Option, ...]


def page(page: Writer, described: Sequence[Command]) -> str:
    """The page of commands."""
    codes = [[str(number), page.say(*words)] for number, words in sorted(_EXIT_CODES.items())]
    return "\n\n".join(
        [
            f"# {page.say('命令', 'Commands')}",
            *(_command(page, command) for command in described),
            f"## {page.say('退出码', 'Exit codes')}",
            table((page.say("退出码", "code"), page.say("含义", "meaning")), codes),
        ]
    )


def _command(page: Writer, command: Command) -> str:
    usage = " ".join(["zhengxin", command.name, *(argument.written for argument in command.arguments)])
    heads = (
        page.say("参数或选项", "argument or option"),
        page.say("作用", "what it does"),
        page.say("默认", "default"),
        page.say("环境变量", "variable"),
    )
    rows = [
        [
            code(option.written),
            page.say(option.zh, option.en),
            code(option.default) if option.default else "",
            code(option.variable) if option.variable else "",
        ]
        for option in (*command.arguments, *command.options)
    ]
    return "\n\n".join(
        [f"## {code(usage)}", page.say(command.zh, command.en), table(heads, rows)]
        if rows
        else [f"## {code(usage)}"]
    )
