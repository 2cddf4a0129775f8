"""The contract of `exposure` (基数): population, bodies and economy of one region and year."""

from __future__ import annotations

from pipelines.contracts.base import REGION_HEADERS, Column, Contract

EXPOSURE = Contract(
    source="exposure",
    zh="基数",
    en="Base figures",
    version="1",
    columns=(
        Column(
            "region",
            "region",
            "地区",
            "Region",
            "五华区",
            (*REGION_HEADERS, "区域"),
            required=True,
            note_zh="填县（市、区）、功能区或「本级」；州（市）合计会重复计算。",
            note_en="A county, a zone or 本级; totals of a prefecture would count twice.",
        ),
        Column(
            "year",
            "int",
            "年份",
            "Year",
            "2019",
            ("年度", "统计年度"),
            required=True,
            minimum=1990,
            suffixes=("年", "年度"),
            maximum=2100,
        ),
        Column(
            "population",
            "int",
            "常住人口",
            "Population",
            "850000",
            ("人口", "常住人口数", "人口数"),
            maximum=10**9,
        ),
        Column(
            "gov_bodies",
            "int",
            "机关单位数",
            "Government bodies",
            "95",
            ("政府机构数", "机构数", "单位数"),
            maximum=10**6,
        ),
        Column(
            "townships", "int", "乡镇街道数", "Townships", "10", ("乡镇数", "乡镇(街道)数"), maximum=10**5
        ),
        Column("gdp", "money", "地区生产总值", "GDP", "1250000", ("生产总值",)),
        Column(
            "budget_revenue",
            "money",
            "一般公共预算收入",
            "Budget revenue",
            "80000",
            ("公共预算收入", "财政收入"),
        ),
        Column(
            "recorded_at",
            "date",
            "数据记录日期",
            "Recorded at",
            "2020-04-30",
            ("记录日期", "数据日期", "更新日期"),
        ),
    ),
    key=("region", "year"),
    period_columns=(),
    bare_prefecture="reject",
    partitioned=False,
)
