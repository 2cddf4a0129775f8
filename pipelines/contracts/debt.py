"""The contracts of `debt_balance` (债务余额, by quarter) and `debt_year` (债务年报, by year).

Only legal debt; hidden debt and other classified data may never enter. Every row says whether it
is 本级 or 全辖, because counties would count twice otherwise: `sql/core/debt_unit.sql` tells which
rows are units and which only check a sum.
"""

from __future__ import annotations

from pipelines.contracts.base import REGION_HEADERS, Column, Contract, Rule, Value
from pipelines.contracts.rules import date_order

_NOTICE_ZH = "隐性债务等涉密数据严禁录入本系统。只填报法定债务（一般债务和专项债务）。"
_NOTICE_EN = (
    "Hidden debt and other classified data may never be entered. Report legal debt only, general and special."
)

_REGION = Column(
    "region",
    "region",
    "地区",
    "Region",
    "五华区",
    (*REGION_HEADERS, "区域", "填报地区"),
    required=True,
    note_zh="县（市、区）和功能区填「全辖」；州（市）和省填「本级」，另填的「全辖」用于核对和补缺。",
    note_en="Counties report 全辖; prefectures and the province 本级, and 全辖 to check sums.",
)
_SCOPE = Column(
    "scope",
    "enum",
    "口径",
    "Scope",
    "全辖",
    ("填报口径", "统计口径", "范围", "级次"),
    required=True,
    values=(
        Value("本级", "own level", ("本级政府", "省本级", "市本级", "州本级", "州市本级")),
        Value(
            "全辖", "whole territory", ("全辖区", "全域", "全口径", "全省", "全市", "全州", "全县", "全区")
        ),
    ),
)
_DATES = (
    Column(
        "approved_date",
        "date",
        "批准日期",
        "Approved date",
        "2019-01-20",
        ("人大批准日期", "批准时间", "预算批准日期", "决算批准日期"),
        note_zh="本级人大或其常委会批准的日期；公开期限从这一天起算 20 日。",
        note_en="The day the people's congress approved; publication is due 20 days later.",
    ),
    Column("published_date", "date", "公开日期", "Published date", "2019-02-05", ("公开时间", "公布日期")),
    Column(
        "recorded_at",
        "date",
        "数据记录日期",
        "Recorded at",
        "2019-06-30",
        ("记录日期", "数据日期", "更新日期"),
    ),
)


_NOT_POSITIVE = Rule(
    "amount_not_positive",
    "「{label}」为零；一级政府不会没有{label}，请填实际数，确无数据的不要报送该行。",
    "“{label}” is zero, which no government has; give the figure, or leave the row out.",
    predicate="{v} = 0",
    sampler=lambda rng, column: {column.name: rng.choice(("0", "0.00", "-0"))},
)
_YEAR_TO_COME = Rule(
    "year_in_future",
    "「{label}」的值「{value}」晚于数据记录的年份；年报只填已经过去或当前的年度。",
    "“{value}” in “{label}” is later than the year the row was recorded; only years begun by then.",
    predicate="{v} > extract(year from {recorded})",
    sampler=lambda rng, column: {column.name: str(rng.randint(2090, 2099))},
)


def _amount(
    name: str,
    zh: str,
    en: str,
    example: str,
    *aliases: str,
    required: bool = True,
    rules: tuple[Rule, ...] = (),
    note_zh: str = "",
    note_en: str = "",
) -> Column:
    return Column(
        name,
        "money",
        zh,
        en,
        example,
        aliases,
        required=required,
        rules=rules,
        note_zh=note_zh,
        note_en=note_en,
    )


_WHOLE_AT_OWN = Rule(
    "scope_whole_at_own",
    "「{label}」填了「{value}」，而地区是本级单位（{detail}）；本级单位只能填「本级」，全辖数请填在州（市）或省。",
    "“{label}” says “{value}”, but the region is the government's own level ({detail}); write 本级 here, and"
    " the whole territory at the prefecture or province.",
    predicate="{a} = '全辖' and {b} like '%L'",
    columns=("scope", "region"),
    sampler=lambda rng, column: {
        "scope": rng.choice(("全辖", "全口径")),
        "region": rng.choice(("昆明市本级", "530300L", "省本级")),
    },
)
_OWN_AT_COUNTY = Rule(
    "scope_own_at_county",
    "「{label}」填了「{value}」，而县（市、区）（{detail}）的债务按全辖填报，乡镇不举债；请改为「全辖」。",
    "“{label}” says “{value}”, but a county ({detail}) reports its whole territory, since townships do not"
    " borrow; write 全辖.",
    predicate="{a} = '本级' and length({b}) = 6 and right({b}, 2) <> '00'",
    columns=("scope", "region"),
    sampler=lambda rng, column: {
        "scope": rng.choice(("本级", "市本级")),
        "region": rng.choice(("五华区", "530302", "瑞丽市")),
    },
)


def _within(part: str, whole: str) -> Rule:
    """The rule that interest is part of the expenditure it is paid from."""
    return Rule(
        "interest_over_expenditure",
        "「{label}」（{value}）大于「{detail}」；付息是支出的一部分，请核对两个数和单位。",
        "“{label}” ({value}) is larger than “{detail}”, of which it is a part; check both and their units.",
        predicate="{a} > {b}",
        columns=(part, whole),
        sampler=lambda rng, column: {part: str(rng.randint(101, 999)), whole: "100"},
    )


_BETWEEN = (_WHOLE_AT_OWN, _OWN_AT_COUNTY, date_order("published_date", "approved_date"))

DEBT_BALANCE = Contract(
    source="debt_balance",
    zh="债务余额",
    en="Debt balance",
    version="1",
    columns=(
        _REGION,
        Column(
            "period",
            "date",
            "所属季度",
            "Quarter",
            "2019年第一季度",
            ("季度", "期间", "报告期", "数据季度", "所属期"),
            required=True,
            whole_month=True,
            quarter=True,
            note_zh="写成 2024年第一季度、2024Q1 或季末月份 2024-03；余额为季末数。",
            note_en="2024Q1, 2024年第一季度 or the quarter's last month; balances at its end.",
        ),
        _SCOPE,
        _amount("balance_general", "一般债务余额", "General debt balance", "125000", "一般债务期末余额"),
        _amount("balance_special", "专项债务余额", "Special debt balance", "180000", "专项债务期末余额"),
        _amount("limit_general", "一般债务限额", "General debt limit", "130000"),
        _amount("limit_special", "专项债务限额", "Special debt limit", "190000"),
        *_DATES,
    ),
    key=("region", "period", "scope"),
    period_columns=("period",),
    between=_BETWEEN,
    bare_prefecture="keep",
    partitioned=False,
    notice_zh=_NOTICE_ZH,
    notice_en=_NOTICE_EN,
)

DEBT_YEAR = Contract(
    source="debt_year",
    zh="债务年报",
    en="Debt of the year",
    version="1",
    columns=(
        _REGION,
        Column(
            "year",
            "int",
            "年份",
            "Year",
            "2018",
            ("年度", "所属年度", "预算年度", "决算年度"),
            required=True,
            minimum=1990,
            suffixes=("年", "年度"),
            maximum=2100,
            rules=(_YEAR_TO_COME,),
        ),
        _SCOPE,
        _amount(
            "fiscal_capacity",
            "综合财力",
            "Fiscal capacity",
            "260000",
            "地方综合财力",
            "政府综合财力",
            rules=(_NOT_POSITIVE,),
            note_zh="债务率的分母。",
            note_en="The denominator of the debt ratio.",
        ),
        _amount("interest_general", "一般债务付息支出", "General debt interest", "4200", "一般债务付息"),
        _amount("interest_special", "专项债务付息支出", "Special debt interest", "6100", "专项债务付息"),
        _amount(
            "budget_expenditure_general",
            "一般公共预算支出",
            "General budget expenditure",
            "350000",
            "公共预算支出",
            rules=(_NOT_POSITIVE,),
        ),
        _amount(
            "budget_expenditure_fund",
            "政府性基金预算支出",
            "Fund budget expenditure",
            "160000",
            "政府性基金支出",
            "基金预算支出",
        ),
        _amount("overdue", "逾期债务", "Overdue debt", "0", "逾期债务余额", "年末逾期债务"),
        _amount(
            "principal_due",
            "到期本金",
            "Principal due",
            "21000",
            "当年到期本金",
            "到期债务本金",
            required=False,
        ),
        _amount("new_debt", "新增债务", "New debt", "30000", "当年新增债务", required=False),
        *_DATES,
    ),
    key=("region", "year", "scope"),
    period_columns=(),
    between=(
        *_BETWEEN,
        _within("interest_general", "budget_expenditure_general"),
        _within("interest_special", "budget_expenditure_fund"),
    ),
    bare_prefecture="keep",
    partitioned=False,
    notice_zh=_NOTICE_ZH,
    notice_en=_NOTICE_EN,
)
