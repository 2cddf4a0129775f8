"""The indicators, a card each, and the measures they are made of."""

from __future__ import annotations

import json
from itertools import groupby
from typing import Any

from pipelines import registry
from pipelines.contracts import CONTRACTS
from pipelines.handbook.page import Writer, code, number, table

_BETTER = {
    -1: ("越低越好", "lower is better"),
    1: ("越高越好", "higher is better"),
    0: ("不计分", "not scored"),
}
_KINDS = {
    "flow": ("流量，逐月相加", "flow, added up over months"),
    "stock": ("存量，取期末", "stock, taken at the end"),
    "window": ("按时段单独计数", "counted by window"),
}
_ABSENT = {"zero": ("零", "zero"), "missing": ("缺失", "missing")}


def page(page: Writer) -> str:
    """The page of indicators."""
    rows = list(registry.indicators().iter_rows(named=True))
    heads = (
        page.say("指标", "indicator"),
        page.say("维度", "dimension"),
        page.say("单位", "unit"),
        page.say("方向", "direction"),
        page.say("总权重", "weight"),
    )
    glance = [
        [
            f"[{row[f'name_{page.lang}']}](#{row['indicator_id']})",
            dimension(page, row["dimension"]),
            row[f"unit_{page.lang}"],
            page.say(*_BETTER[row["direction"]]),
            _weight(row),
        ]
        for row in rows
    ]
    return "\n\n".join(
        [
            f"# {page.say('指标', 'Indicators')}",
            table(heads, glance),
            *(_card(page, row) for row in rows),
            f"## {page.say('度量', 'Measures')}",
            page.say(
                "指标 = 分子 ÷ 分母 × 倍数，分子、分母都是下列度量；各级地区的度量由下级相加得出。",
                "An indicator is numerator ÷ denominator × scale, both of them measures of this list;"
                " measures of larger regions are sums of those of smaller ones.",
            ),
            _measures(page),
        ]
    )


def dimension(page: Writer, key: str | None) -> str:
    """Name of a dimension, a dash for none."""
    return str(registry.method()["dimensions"][key]["name"][page.side]) if key else "–"


def _weight(row: dict[str, Any]) -> str:
    within = registry.weights().get(row["indicator_id"])
    if within is None:
        return "–"
    return f"{100 * within * registry.method()['dimensions'][row['dimension']]['weight']:.1f}%"


def _card(page: Writer, row: dict[str, Any]) -> str:
    def text(name: str) -> str:
        return str(row[f"{name}_{page.lang}"])

    made = code(row["numerator"])
    if row["denominator"]:
        made += f" ÷ {code(row['denominator'])}"
    if row["scale"] != 1:
        made += f" × {number(row['scale'])}"
    months = row["coverage_months"]
    pairs = [
        (page.say("定义", "Definition"), text("definition")),
        (page.say("公式", "Formula"), text("formula")),
        (page.say("由度量算出", "Made of"), made),
        (page.say("为何是信号", "Why it is a signal"), text("why")),
        (page.say("方向", "Direction"), page.say(*_BETTER[row["direction"]])),
        (page.say("目标值（数值 → 得分）", "Goalposts (value → score)"), _goalposts(page, row["goalposts"])),
        (page.say("总权重", "Weight"), _weight(row) if row["scored"] else ""),
        (
            page.say("估计方法", "Estimated by"),
            page.words.code("method", f"model_{row['model']}") if row["model"] else "",
        ),
        (page.say("来源", "Source"), _source(page, row["source"])),
        (page.say("所需的列", "Columns needed"), _needs(page, row["indicator_id"], row["source"])),
        (
            page.say("须连续报送", "Complete reporting over"),
            page.say(f"{months} 个月", f"{months} months") if months else page.say("所选时段", "the window"),
        ),
        (page.say("排除与局限", "Left out, limits"), text("caveat")),
        (page.say("依据", "Basis"), text("basis")),
        (page.say("核定日期", "Reviewed on"), str(row["reviewed_on"])),
    ]
    title = f'## <a id="{row["indicator_id"]}"></a>{text("name")} `{row["indicator_id"]}`'
    return f"{title}\n\n{page.say('单位：', 'Unit: ')}{text('unit')}\n\n{page.bullets(pairs)}"


def _goalposts(page: Writer, knots: str | None) -> str:
    return (
        page.join(f"{number(value)} → {number(score)}" for value, score in json.loads(knots)) if knots else ""
    )


def _source(page: Writer, source: str) -> str:
    contract = CONTRACTS[source]
    return f"[{page.say(contract.zh, contract.en)}](sources/{source}.md)"


def _needs(page: Writer, indicator_id: str, source: str) -> str:
    """The columns a file must give; alternatives joined by "or"."""
    needs = [
        row for row in registry.indicator_needs().iter_rows(named=True) if row["indicator_id"] == indicator_id
    ]
    groups = [
        page.say(" 或 ", " or ").join(
            f"[{code(need['column_name'])}](sources/{need['source']}.md#{need['column_name']})"
            + ("" if need["source"] == source else f" ({page.words.code('source', need['source'])})")
            for need in group
        )
        for _, group in groupby(needs, key=lambda need: need["need_no"])
    ]
    return page.join(groups)


def _measures(page: Writer) -> str:
    used: dict[str, list[str]] = {}
    for row in registry.indicators().iter_rows(named=True):
        for measure in (row["numerator"], row["denominator"]):
            if measure:
                used.setdefault(measure, []).append(f"[{row[f'name_{page.lang}']}](#{row['indicator_id']})")
    heads = (
        page.say("度量", "measure"),
        page.say("来源", "source"),
        page.say("性质", "kind"),
        page.say("已报送而无记录时", "when reported and none"),
        page.say("用于指标", "used by"),
    )
    rows = [
        [
            code(row["measure"]),
            _source(page, row["source"]),
            page.say(*_KINDS[row["kind"]]),
            page.say(*_ABSENT[row["absent"]]),
            page.join(used.get(row["measure"], [])),
        ]
        for row in registry.measures().iter_rows(named=True)
    ]
    return table(heads, rows)
