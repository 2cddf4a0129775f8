"""The contract of `reports` (报送登记): who has reported which source for which month, and when."""

from __future__ import annotations

from pipelines.contracts.base import REGION_HEADERS, Column, Contract, Value

REPORTS = Contract(
    source="reports",
    zh="报送登记",
    en="Reporting register",
    version="2",
    columns=(
        Column(
            "source",
            "enum",
            "报送内容",
            "Reported source",
            "政务失信记录",
            ("报送来源", "数据来源", "数据类别", "来源"),
            required=True,
            values=(
                Value("failures", "failures", ("政务失信记录", "失信记录", "政务失信", "失信")),
                Value("petitions", "petitions", ("信访事项", "信访", "信访件")),
                Value("debt_balance", "debt balance", ("债务余额", "政府债务余额", "债务季报")),
                Value("debt_year", "debt year", ("债务年报", "政府债务年报", "债务年度数据")),
            ),
        ),
        Column(
            "region",
            "region",
            "地区",
            "Region",
            "昆明市",
            (*REGION_HEADERS, "报送地区", "报送单位"),
            required=True,
            note_zh="州（市）登记即覆盖其全部县（市、区）。",
            note_en="A prefecture covers all its counties.",
        ),
        Column(
            "month",
            "date",
            "报送月份",
            "Month",
            "2019-01",
            ("所属月份", "数据月份", "月份", "所属期"),
            required=True,
            month_form=True,
            whole_month=True,
        ),
        Column("reported_at", "date", "报送日期", "Reported at", "2019-02-05", ("报送时间", "上报日期")),
        Column("complete", "bool", "是否完整", "Complete", "是", ("完整", "是否全量")),
        Column(
            "recorded_at",
            "date",
            "数据记录日期",
            "Recorded at",
            "2019-02-05",
            ("记录日期", "数据日期", "更新日期"),
        ),
    ),
    key=("source", "region", "month"),
    period_columns=("month",),
    # A registration is known from the day it was made.
    recorded_columns=("recorded_at", "reported_at"),
    bare_prefecture="keep",
    partitioned=False,
)
