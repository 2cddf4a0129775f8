"""Options that several commands share, declared once for `--help` and for typer."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Language(StrEnum):
    """Language of messages."""

    ZH = "zh"
    EN = "en"


DAY = "%Y-%m-%d"

Home = Annotated[
    Path | None,
    typer.Option(
        "--home",
        envvar="ZHENGXIN_HOME",
        help="工作区文件夹(默认 ./data)。Workspace folder (default ./data).",
        show_default=False,
    ),
]
AsJson = Annotated[
    bool,
    typer.Option("--json", help="向标准输出打印一个 JSON 对象。Print one JSON object to standard output."),
]
Lang = Annotated[
    Language, typer.Option("--lang", envvar="ZHENGXIN_LANG", help="提示语言。Language of messages.")
]
LogJson = Annotated[
    bool,
    typer.Option("--log-json", help="日志写成 JSON 行。Write the log as JSON lines (logs/zhengxin.jsonl)."),
]
Threads = Annotated[
    int | None,
    typer.Option("--threads", min=1, help="线程数(默认全部核)。Threads (default: all).", show_default=False),
]
Source = Annotated[
    str | None,
    typer.Option(
        "--source",
        help="failures、petitions、exposure 或 reports(默认按表头识别)。Source (default: by the headers).",
        show_default=False,
    ),
]
Mapping = Annotated[
    Path | None,
    typer.Option(
        "--mapping",
        exists=True,
        dir_okay=False,
        help="表头对照文件(默认 NAME.mapping.toml 或 mapping.toml)。Mapping file of headers.",
        show_default=False,
    ),
]
Received = Annotated[
    datetime | None,
    typer.Option(
        "--received",
        formats=[DAY],
        help="收到日期(默认按 ingest.toml,否则今天)。Day of receipt (default: ingest.toml, else today).",
        show_default=False,
    ),
]
