"""One page a source: what a row is, each column with its headers, values and rules, rules between columns."""

from __future__ import annotations

from pipelines.contracts import CONTRACTS, Column, Contract, Rule, column_rules
from pipelines.contracts.base import MONEY_UNITS, PLACE_HEADERS
from pipelines.handbook.page import Writer, code, number, table

_TYPES = {
    "text": ("文字", "text"),
    "code": ("编号", "code"),
    "region": ("地区", "region"),
    "date": ("日期", "date"),
    "int": ("整数", "whole number"),
    "money": ("金额", "money"),
    "bool": ("是或否", "yes or no"),
    "enum": ("选项", "one of a list"),
}
_BARE_PREFECTURE = {
    "own": ("只写州（市）时记到该州（市）本级。", "A prefecture alone means its own level."),
    "keep": ("只写州（市）时就是该州（市），不是本级。", "A prefecture alone means the prefecture itself."),
    "reject": (
        "只写州（市）时退回：州（市）合计会与下级重复计算。",
        "A prefecture alone is rejected: its total would count twice.",
    ),
}


def pages(page: Writer) -> dict[str, str]:
    """The pages by their paths."""
    return {f"sources/{source}.md": _page(page, contract) for source, contract in CONTRACTS.items()}


def _page(page: Writer, contract: Contract) -> str:
    notice = page.say(contract.notice_zh, contract.notice_en)
    heads = (
        page.say("列", "column"),
        page.say("中文表头", "Chinese header"),
        page.say("类型", "type"),
        page.say("必填", "required"),
        page.say("示例", "example"),
    )
    rows = [
        [
            f"[{code(column.name)}](#{column.name})",
            column.zh,
            page.say(*_TYPES[column.type]),
            page.say("是", "yes") if column.required else "",
            column.example,
        ]
        for column in contract.columns
    ]
    parts = [
        f"# {page.say(contract.zh, contract.en)} `{contract.source}`",
        f"> {notice}" if notice else "",
        _facts(page, contract),
        f"## {page.say('各列', 'Columns')}",
        table(heads, rows),
        *(_column(page, contract, column) for column in contract.columns),
        _between(page, contract),
    ]
    return "\n\n".join(filter(None, parts))


def _facts(page: Writer, contract: Contract) -> str:
    labels = {column.name: column for column in contract.columns}

    def named(names: tuple[str, ...]) -> str:
        return page.join(
            f"{code(name)} {page.say(labels[name].zh, labels[name].en)}" for name in names if name in labels
        )

    places = [_place(page, name) for name in PLACE_HEADERS]
    restriction = contract.restriction
    restricted = (
        page.say(
            f"{labels[restriction.column].zh}为「{restriction.value}」的行只保存：{named(restriction.keep)}。",
            f"Of rows whose {restriction.column} is “{restriction.value}” only these are kept:"
            f" {named(restriction.keep)}.",
        )
        if restriction
        else ""
    )
    return page.bullets(
        [
            (page.say("编号", "Id"), named(contract.key)),
            (page.say("归入月份依据", "Placed in time by"), named(contract.period_columns)),
            (page.say("数据记录日期", "Recorded at"), named(contract.recorded_columns)),
            (page.say("地区", "Region"), page.say(*_BARE_PREFECTURE[contract.bare_prefecture])),
            (page.say("地区也可分列", "Region in columns of their own"), page.join(places)),
            (page.say("只存部分内容", "Kept in part"), restricted),
            (page.say("契约版本", "Version of the contract"), contract.version),
        ]
    )


def _place(page: Writer, name: str) -> str:
    return f"{code(name)}{page.say('（', ' (')}{page.join(PLACE_HEADERS[name][:3])} …{page.say('）', ')')}"


def _column(page: Writer, contract: Contract, column: Column) -> str:
    """The section of one column."""
    rules = column_rules(column, contract.bare_prefecture)
    links = page.join(f"[{code(rule.id)}](../rules.md#{rule.id})" for rule in rules)
    return "\n".join(
        [
            f'### <a id="{column.name}"></a>{page.say(column.zh, column.en)} `{column.name}`',
            "",
            page.bullets(
                [
                    (page.say("说明", "Note"), page.say(column.note_zh, column.note_en)),
                    (page.say("其他表头", "Further headers"), page.join([column.en, *column.aliases])),
                    (page.say("写法", "Written as"), _form(page, column)),
                    (page.say("取值", "Values"), _values(page, column)),
                    (page.say("空白时", "When empty"), _default(page, column)),
                    (page.say("存为", "Stored as"), f"{code(column.stored_name)} {column.sql_type}"),
                    (page.say("规则", "Rules"), links),
                ]
            ),
        ]
    )


def _form(page: Writer, column: Column) -> str:
    """How a cell of this type may be written, and its limits."""
    said = []
    if column.quarter:
        said.append(
            page.say("季度，如 2024Q1、2024年第一季度", "a quarter, such as 2024Q1 or 2024年第一季度")
        )
    elif column.whole_month:
        said.append(page.say("月份，如 2024-03、2024年3月", "a month, such as 2024-03 or 2024年3月"))
    elif column.type == "date":
        said.append(
            page.say("2024-03-05、20240305、2024年3月5日等", "2024-03-05, 20240305, 2024年3月5日 and such")
        )
        if column.month_form:
            said.append(
                page.say("也可只有年月，或分列写年份和月份", "or year and month only, or in two columns")
            )
    elif column.type == "money":
        units = page.join(MONEY_UNITS)
        said.append(page.say(f"表头写明单位（{units}）", f"the header says the unit ({units})"))
    elif column.type == "region":
        said.append(
            page.say("名称或代码，如五华区、530102；旧名称、旧代码也可", "a name or code, former ones too")
        )
    elif column.type in ("text", "code"):
        said.append(page.say(f"至多 {column.limit} 个字", f"at most {column.limit} characters"))
    if column.maximum is not None:
        least, most = number(column.minimum or 0), f"{column.maximum:,}"
        said.append(page.say(f"{least} 至 {most}", f"{least} to {most}"))
    return page.say("；", "; ").join(said)


def _values(page: Writer, column: Column) -> str:
    """The allowed values with their further spellings."""
    shown = []
    for value in column.values:
        spellings = [
            word for word in dict.fromkeys([str(value.stored), *value.aliases]) if word != value.word
        ]
        meaning = value.en if page.lang == "en" else ""
        more = page.join(filter(None, [meaning, *spellings]))
        shown.append(value.word + (page.say(f"（{more}）", f" ({more})") if more else ""))
    return page.join(shown)


def _default(page: Writer, column: Column) -> str:
    if column.default is None:
        return ""
    if column.default.startswith("="):
        return page.say(f"同 {code(column.default[1:])}", f"the same as {code(column.default[1:])}")
    return page.say(f"视为「{column.default}」", f"taken for “{column.default}”")


def _between(page: Writer, contract: Contract) -> str:
    """What is checked between columns."""
    if not contract.between:
        return ""
    heads = (
        page.say("规则", "rule"),
        page.say("列", "columns"),
        page.say("结果", "outcome"),
        page.say("说明与改法", "what is wrong and what to do"),
    )
    rows = [
        [
            f"[{code(rule.id)}](../rules.md#{rule.id})",
            page.join(map(code, rule.columns)),
            outcome(page, rule),
            page.sentence(page.say(rule.zh, rule.en)),
        ]
        for rule in contract.between
    ]
    return f"## {page.say('列与列之间', 'Between columns')}\n\n{table(heads, rows)}"


def outcome(page: Writer, rule: Rule) -> str:
    """Whether the row is rejected or only warned of."""
    return page.words.code("method.level", rule.level)
