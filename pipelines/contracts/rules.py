"""The rules all columns of a type obey, in the order in which they are tried.

A cell gets the first rule it violates. Rules of one column stand with that column, rules between
two columns with their contract, rules of rows and whole files in `file_rules.py`.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

from pipelines.contracts import samples
from pipelines.contracts.base import Cells, Column, Contract, Rule
from pipelines.contracts.file_rules import FILE_RULES, ROW_RULES


def _cell(*texts: str) -> Callable[[random.Random, Column], Cells]:
    def sampler(rng: random.Random, column: Column) -> Cells:
        return {column.name: rng.choice(texts)}

    return sampler


REQUIRED_EMPTY = Rule(
    "required_empty",
    "必填列「{label}」为空；请补填后重新导入。",
    "The required column “{label}” is empty; fill it in and ingest the file again.",
    applies="empty",
    sampler=_cell("", "  "),
)
ENCODING_DAMAGED = Rule(
    "encoding_damaged",
    "「{label}」的值「{value}」含有损坏的字符（编码错误）；请从原系统重新导出为 UTF-8 或 GB18030。",
    "“{value}” in “{label}” holds damaged characters (wrong encoding); export again as UTF-8 or GB18030.",
    predicate="contains({t}, chr(65533))",
    sampler=lambda rng, column: {column.name: column.example[:1] + "\ufffd" + column.example[1:]},
)
PRIVATE_ID = Rule(
    "private_id_number",
    "「{label}」中出现居民身份证号码（{value}）；本系统不存自然人信息，请删去后重新导入。",
    "“{label}” holds a resident identity number ({value}); no natural persons are stored, remove it.",
    predicate="has_id_number({t})",
    sampler=samples.private_id,
)
PRIVATE_PHONE = Rule(
    "private_phone",
    "「{label}」中出现手机号码（{value}）；本系统不存自然人信息，请删去后重新导入。",
    "“{label}” holds a telephone number ({value}); no natural persons are stored, remove it.",
    predicate="has_phone({t})",
    sampler=samples.private_phone,
)
FORMULA_ERROR = Rule(
    "formula_error",
    "「{label}」的值「{value}」是公式错误；请改正公式，或填写实际内容。",
    "“{value}” in “{label}” is the error of a formula; mend the formula or write what it should say.",
    predicate="regexp_full_match({v}, '#(N/A|DIV/0!|VALUE!|NUM!|REF!|NAME[?]|NULL!|SPILL!|CALC!)')",
    sampler=_cell("#N/A", "#REF!", "#NAME?", " #VALUE! "),
)
TEXT_TOO_LONG = Rule(
    "text_too_long",
    "「{label}」超过 {limit} 个字；请缩短，信访内容等长文本不得进入本系统。",
    "“{label}” is longer than {limit} characters; shorten it, petition text and the like may not enter.",
    predicate="strlen({t}) > {limit} and length({v}) > {limit}",
    sampler=lambda rng, column: {column.name: "长" * (column.limit + rng.randint(1, 50))},
)
CODE_MALFORMED = Rule(
    "code_malformed",
    "「{label}」的值「{value}」不合格式；{detail}。",
    "“{value}” in “{label}” does not have the right form; {detail}.",
    predicate="not regexp_full_match({v}, '{pattern}')",
    sampler=_cell("12", "abc", "53-01"),
)
DATE_UNREADABLE = Rule(
    "date_unreadable",
    "「{label}」的值「{value}」读不出日期；请写成 2024-03-05、2024/3/5、20240305 或 2024年3月5日。",
    "“{value}” in “{label}” is not a date; write 2024-03-05, 2024/3/5, 20240305 or 2024年3月5日.",
    applies="unread",
    predicate="true",
    sampler=_cell("去年三月", "2024-02-30", "2024-13-01", "31/12/2023", "待定"),
)
DATE_OUT_OF_RANGE = Rule(
    "date_out_of_range",
    "「{label}」的日期「{value}」不在 1990 年至 2100 年之间；请核对年份。",
    "The date “{value}” in “{label}” is not between 1990 and 2100; check the year.",
    predicate="{v} < date '1990-01-01' or {v} > date '2100-12-31'",
    sampler=_cell("1924-03-05", "1899-12-30", "2901-01-05", "0024-03-05"),
)
QUARTER_END = Rule(
    "month_not_quarter_end",
    "「{label}」的值「{value}」不是季度的最后一个月（3、6、9、12月）；请写成 2024年第一季度或 2024Q1。",
    "“{value}” in “{label}” is not the last month of a quarter; write 2024Q1, 2024年第一季度 or 2024-03"
    " (months 3, 6, 9, 12).",
    predicate="month({v}) % 3 <> 0",
    sampler=_cell("2018-04", "2018年5月", "2017-01-31", "20171101"),
)
DATE_IN_FUTURE = Rule(
    "date_in_future",
    "「{label}」的日期「{value}」晚于数据记录日期（{detail}）；请核对。",
    "The date “{value}” in “{label}” is later than the day the row was recorded ({detail}); check it.",
    predicate="{v} > {recorded}",
    sampler=_cell("2099-01-01", "2098/12/31"),
)
MONTH_WITHOUT_YEAR = Rule(
    "month_without_year",
    "「{label}」的年份与月份（{value}）拼不成一个月；请补全四位年份和 1 至 12 的月份，未知时两者都留空。",
    "Year and month of “{label}” ({value}) do not make a month; give a four-digit year and a month from 1 to"
    " 12, or leave both empty.",
    applies="unread",
    predicate="contains({t}, '|')",
    sampler=samples.broken_month,
)
NUMBER_NOT_FINITE = Rule(
    "number_not_finite",
    "「{label}」的值「{value}」不是有限的数；请填写实际数值或留空。",
    "“{value}” in “{label}” is not a finite number; give the figure or leave it empty.",
    applies="unread",
    predicate=(
        "regexp_full_match(lower(clean(narrow({t}))),"
        " '[+-]?(nan|inf|infinity|∞)|#(n/a|div/0!|value!|num!|ref!)')"
    ),
    sampler=_cell("nan", "inf", "-Infinity", "NaN", "#DIV/0!"),
)
NUMBER_UNREADABLE = Rule(
    "number_unreadable",
    "「{label}」的值「{value}」读不出数，或过大；请只写数字（可带千分位），单位写在表头。",
    "“{value}” in “{label}” is not a number, or too large; write digits only, the unit goes in the header.",
    applies="unread",
    predicate="true",
    sampler=_cell("约十万", "12.3.4", "1,23", "若干"),
)
INT_UNREADABLE = Rule(
    "int_unreadable",
    "「{label}」的值「{value}」不是整数；请填写整数。",
    "“{value}” in “{label}” is not a whole number; give a whole number.",
    applies="unread",
    predicate="true",
    sampler=_cell("1.5", "三人", "十来个", "1e2x"),
)
NUMBER_NEGATIVE = Rule(
    "number_negative",
    "「{label}」的值「{value}」为负数；请核对。",
    "“{value}” in “{label}” is negative; check it.",
    predicate="{v} < 0",
    sampler=_cell("-1", "-25", "－3"),
)
NUMBER_OUT_OF_RANGE = Rule(
    "number_out_of_range",
    "「{label}」的值「{value}」超出允许范围（{detail}）；请核对。",
    "“{value}” in “{label}” is outside the allowed range ({detail}); check it.",
    predicate="{v} < {minimum} or {v} > {maximum}",
    sampler=lambda rng, column: {column.name: str((column.maximum or 0) + rng.randint(1, 9))},
)
BOOL_UNREADABLE = Rule(
    "bool_unreadable",
    "「{label}」的值「{value}」不是「是」或「否」；请填写是或否。",
    "“{value}” in “{label}” is neither 是 (yes) nor 否 (no); write one of them.",
    applies="unread",
    predicate="true",
    sampler=_cell("也许", "2", "maybe"),
)
ENUM_UNKNOWN = Rule(
    "enum_unknown",
    "「{label}」的值「{value}」不在允许的取值之内；请改为：{detail}。",
    "“{value}” in “{label}” is not one of the allowed values; write one of: {detail}.",
    applies="unread",
    predicate="true",
    sampler=_cell("未知取值", "其它的", "xyz"),
)

REGION_EMPTY = Rule(
    "region_empty",
    "地区为空；请填写，或在映射文件中写明 region_when_empty。",
    "The region is empty; fill it in, or say region_when_empty in the mapping file.",
    applies="unread",
    predicate="{region_reason} = 'region_empty'",
    sampler=samples.region_empty,
)
REGION_UNKNOWN = Rule(
    "region_unknown",
    "认不出地区「{value}」；最接近的是：{detail}。",
    "The region “{value}” is unknown; the nearest are: {detail}.",
    applies="unread",
    predicate="{region_reason} = 'region_unknown'",
    sampler=samples.region_unknown,
)
REGION_AMBIGUOUS = Rule(
    "region_ambiguous",
    "地区「{value}」有歧义，可能是：{detail}；请写全称或代码，或另列州（市）。",
    "The region “{value}” may mean: {detail}; give the full name or the code, or add the prefecture.",
    applies="unread",
    predicate="{region_reason} = 'region_ambiguous'",
    sampler=samples.region_ambiguous,
)
REGION_CONFLICT = Rule(
    "region_conflict",
    "地区「{value}」各部分互相矛盾（{detail}）；请核对州（市）与县（市、区）。",
    "The parts of the region “{value}” contradict each other ({detail}); check prefecture and county.",
    applies="unread",
    predicate="{region_reason} = 'region_conflict'",
    sampler=samples.region_conflict,
)
REGION_LEVEL = Rule(
    "region_level",
    "地区「{value}」只到州（市）或省，会与下级重复计算；请写明「本级」或具体县（市、区）：{detail}。",
    "“{value}” is a whole prefecture or the province and would count twice; say 本级 or the county:"
    " {detail}.",
    applies="unread",
    predicate="{region_reason} = 'region_level'",
    sampler=samples.region_level,
)


PRIVATE = (PRIVATE_ID, PRIVATE_PHONE)
# Only what cannot be read as its type can hide a number of a person in these columns.
PRIVATE_UNREAD = tuple(replace(rule, applies="unread") for rule in PRIVATE)
_BY_TYPE: dict[str, tuple[Rule, ...]] = {
    "text": (FORMULA_ERROR, *PRIVATE, TEXT_TOO_LONG),
    "code": (FORMULA_ERROR, *PRIVATE, TEXT_TOO_LONG),
    "date": (*PRIVATE_UNREAD, DATE_UNREADABLE, DATE_OUT_OF_RANGE),
    "int": (*PRIVATE_UNREAD, NUMBER_NOT_FINITE, INT_UNREADABLE, NUMBER_NEGATIVE),
    "money": (*PRIVATE_UNREAD, NUMBER_NOT_FINITE, NUMBER_UNREADABLE, NUMBER_NEGATIVE),
    "bool": (*PRIVATE_UNREAD, BOOL_UNREADABLE),
    "enum": (*PRIVATE_UNREAD, ENUM_UNKNOWN),
    "region": (REGION_EMPTY, *PRIVATE_UNREAD, REGION_UNKNOWN, REGION_AMBIGUOUS, REGION_CONFLICT),
}


def column_rules(column: Column, bare_prefecture: str = "own") -> tuple[Rule, ...]:
    """The rules a cell of this column is tried against, first one first."""
    rules: tuple[Rule, ...] = (REQUIRED_EMPTY,) if column.required and column.type != "region" else ()
    rules += (ENCODING_DAMAGED,)
    own = _BY_TYPE[column.type]
    if column.private_exempt:
        own = tuple(rule for rule in own if rule.id not in ("private_id_number", "private_phone"))
    rules += own
    if column.month_form:
        rules = tuple(
            extended
            for rule in rules
            for extended in ((MONTH_WITHOUT_YEAR, rule) if rule is DATE_UNREADABLE else (rule,))
        )
    if column.type == "date" and column.event_like:
        rules += (DATE_IN_FUTURE,)
    if column.quarter:
        rules += (QUARTER_END,)
    if column.maximum is not None:
        rules += (NUMBER_OUT_OF_RANGE,)
    if column.pattern:
        rules += (CODE_MALFORMED,)
    if column.type == "region" and bare_prefecture == "reject":
        rules += (REGION_LEVEL,)
    return rules + column.rules


def all_rules(contract: Contract) -> tuple[Rule, ...]:
    """Every rule of a contract once per id and level, with the columns it is tried on."""
    found: dict[str, Rule] = {}
    for column in contract.columns:
        for rule in column_rules(column, contract.bare_prefecture):
            known = found.setdefault(rule.id, replace(rule, columns=()))
            found[rule.id] = replace(known, columns=(*known.columns, column.name))
    for rule in contract.between:
        known = found.setdefault(rule.id, replace(rule, columns=()))
        names = tuple(name for name in rule.columns if name not in known.columns)
        found[rule.id] = replace(known, columns=known.columns + names)
    for rule in (*ROW_RULES, *FILE_RULES):
        found[rule.id] = rule
    return tuple(found.values())


def date_order(later: str, earlier: str) -> Rule:
    """The warning that one date of a row lies before another it cannot precede."""
    return Rule(
        "date_order",
        "「{label}」（{value}）早于「{detail}」；请核对两个日期。",
        "“{label}” ({value}) is earlier than “{detail}”; check both dates.",
        level="warning",
        predicate="{a} < {b}",
        columns=(later, earlier),
        sampler=lambda rng, column: {later: "2019-03-01", earlier: f"2019-03-{rng.randint(2, 28):02d}"},
    )
