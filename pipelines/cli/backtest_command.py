"""`zhengxin backtest`: how warnings would have done against known events, today's and month by month."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from pipelines.cli.options import AsJson, Home, Lang, Language, LogJson
from pipelines.cli.session import Session, session

Truth = Annotated[
    Path,
    typer.Option(
        "--truth",
        exists=True,
        dir_okay=False,
        help="已知事件 CSV(event_id kind region_ids first_month last_month)。CSV of known events.",
        show_default=False,
    ),
]
Months = Annotated[
    int, typer.Option("--months", min=1, help="最近多少个月。How many of the latest months to replay.")
]
SIDES = {
    "today": ("按现有数据", "on today's data"),
    "replay": ("逐月回放(按当月末已知数据)", "replayed on what was known at each month's end"),
}
LEVELS = dict(enumerate("一二三四", start=1))
KINDS = {
    "spike": ("单源突增", "spike"),
    "several": ("多源同升", "several"),
    "neighbours": ("相邻同升", "neighbours"),
    "ramp": ("逐月爬升", "ramp"),
    "all": ("全部", "all"),
}
REGION_LEVELS = {"county": ("县(市、区)", "counties"), "prefecture": ("州(市)", "prefectures")}


def backtest(
    truth: Truth,
    months: Months = 36,
    home: Home = None,
    as_json: AsJson = False,
    lang: Lang = Language.ZH,
    log_json: LogJson = False,
) -> None:
    """用已知事件检验预警:找到多少、多快、误报多少。Warnings against known events: recall, delay, price."""
    with session("backtest", home=home, lang=lang, as_json=as_json, log_json=log_json) as run:
        from pipelines import replay
        from pipelines.snapshot import open_snapshot

        snapshot = open_snapshot(run.workspace)
        with run.progress() as progress:
            figures = replay.run(run.workspace, snapshot, truth, months, progress)
        for side, (zh, en) in SIDES.items():
            run.say(f"== {zh}", f"== {en}")
            _say(run, figures[side])
        run.finish(path=replay.path_of(run.workspace), **figures)


def _say(run: Session, figures: dict[str, Any]) -> None:
    for row in figures["kinds"]:
        if row["level"] in (3, 4):
            zh, en = KINDS.get(row["kind"], (row["kind"],) * 2)
            run.say(
                f"{zh} {LEVELS[row['level']]}级及以上:找到 {row['found']}/{row['events']},"
                f"开始后 {_number(row['delay_months'])} 个月,结束前 {_number(row['lead_months'])} 个月",
                f"{en}, level {row['level']} or graver: {row['found']} of {row['events']},"
                f" {_number(row['delay_months'])} months after it began,"
                f" {_number(row['lead_months'])} before it ended",
            )
    for row in figures["price"]:
        zh, en = REGION_LEVELS[row["region_level"]]
        run.say(
            f"{zh} {LEVELS[row['level']]}级及以上:{row['warnings']} 条,其中误报 {row['false_warnings']} 条"
            f"({_percent(row['false_share'])}),每地区每年 {row['false_per_region_year']:.3f} 条",
            f"{en}, level {row['level']} or graver: {row['warnings']} warnings, {row['false_warnings']} false"
            f" ({_percent(row['false_share'])}), {row['false_per_region_year']:.3f} a region and year",
        )
    for row in figures["prevalence"]:
        if row["level"] in (3, 4):
            rate = _percent(row["false_discovery"])
            run.say(
                f"若 {row['prevalence']:.1%} 的地区月份有异常,{LEVELS[row['level']]}级及以上误报占 {rate}",
                f"if {row['prevalence']:.1%} of region-months held an event, {rate} of level"
                f" {row['level']} or graver would be false",
            )
    for row in figures["weak"]:
        zh, en = KINDS.get(row["kind"], (row["kind"],) * 2)
        run.say(
            f"弱点:{zh}只找到 {row['found']}/{row['events']}",
            f"weak: of {en} only {row['found']} of {row['events']} are found",
        )


def _number(value: float | None) -> str:
    return "—" if value is None else f"{value:.1f}"


def _percent(value: float | None) -> str:
    return "—" if value is None else f"{value:.0%}"
