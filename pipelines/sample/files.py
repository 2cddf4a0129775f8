"""Which columns the files of each source give and how each file looks; `dress` knows the styles."""

from __future__ import annotations

from pipelines.contracts import CONTRACTS
from pipelines.sample.debt_rows import BALANCE_AMOUNTS, YEAR_AMOUNTS
from pipelines.sample.dress import Style
from pipelines.sample.settings import YEARS

PETITION_COLUMNS = (
    *("case_id", "region", "channel", "case_type", "procedure", "persons", "field", "category"),
    *("registered_date", "transferred_date", "unit_received_date", "informed_date", "accepted_date"),
    *("extended", "closed_date", "not_accepted_reason", "returned", "repeat_flag", "evaluable", "eval_unit"),
    *("recheck_result", "review_result", "integrity_related"),
)
FAILURE_COLUMNS = (
    *("record_id", "event_id", "region", "body_name", "body_uscc", "body_level", "source", "verified_by"),
    *("recognised_by", "doc_no", "court_case_no", "recognised_as_breach", "field", "severity", "amount"),
    *("event_date", "recognised_date", "entered_date", "prefecture_date", "province_date", "disclosed_date"),
    *("reason_due", "reason_filed_date", "rectify_due", "rectified_date", "rectification", "standing"),
    *("repaired_date", "objection", "measures", "relapse_of", "listed_from", "listed_to", "recorded_at"),
)
EXPOSURE_COLUMNS = ("region", "year", "population", "gov_bodies", "townships", "gdp", "budget_revenue")
REPORT_COLUMNS = ("source", "region", "month", "reported_at", "complete")
DEBT_DATES = ("approved_date", "published_date", "recorded_at")
DEBT_GROUPS = ("一般债务", "专项债务")
COLUMNS: dict[str, tuple[str, ...]] = {
    "failures": FAILURE_COLUMNS,
    "petitions": PETITION_COLUMNS,
    "exposure": EXPOSURE_COLUMNS,
    "reports": REPORT_COLUMNS,
    "debt_balance": ("region", "period", "scope", *BALANCE_AMOUNTS, *DEBT_DATES),
    "debt_year": ("region", "year", "scope", *YEAR_AMOUNTS, *DEBT_DATES),
}

STYLES: dict[str, Style] = {
    **{f"exposure_{year}.csv": Style(own_code=True) for year in YEARS if year != 2024},
    "exposure_2024.xlsx": Style(own_code=True, title="2024年各县(市、区)基本情况", numbers="text"),
    **{
        f"debt_balance_{year}.xlsx": Style(
            dates="excel", title=f"{year}年地方政府债务余额情况表", groups=DEBT_GROUPS
        )
        for year in (2023, 2024, 2025)
    },
    "debt_year_2024.xlsx": Style(
        dates="excel", title="2023年度地方政府债务年报", money="亿元", numbers="text"
    ),
    "debt_year_2025.xlsx": Style(dates="serial", title="2024年度地方政府债务年报", region="full"),
    "failures_2025_corrections.xlsx": Style(
        dates="excel", title="政务失信记录更正表", groups=("书面说明", "整改")
    ),
    "petitions_2025_corrections.xlsx": Style(dates="serial", title="信访事项更正表"),
    "exposure_2020.csv": Style(encoding="utf-8-sig", former=True, own_code=True),
    "exposure_2023.csv": Style(headers="en", own_code=True),
    "failures_2020.csv": Style(
        encoding="gb18030", newline="\r\n", dates="chinese", region="full", former=True
    ),
    "failures_2021.csv": Style(encoding="utf-8-sig", newline="\r\n", dates="slash", money="元"),
    "failures_2022.csv": Style(separator=";", dates="iso"),
    "failures_2023.csv": Style(dates="slash", full_width=True),
    "failures_2024.csv": Style(headers="en", dates="iso"),
    "petitions_2020.csv": Style(encoding="utf-8-sig", former=True),
    "petitions_2021.csv": Style(encoding="gb18030", newline="\r\n", region="two", former=True),
    "petitions_2022.csv": Style(separator=";"),
    "petitions_2023.csv": Style(headers="en"),
    "petitions_2024.csv": Style(separator="\t"),
    "debt_balance_2021.csv": Style(encoding="gb18030", region="full", quarters="chinese", dates="chinese"),
    "debt_balance_2022.csv": Style(quarters="month", dates="iso"),
    "debt_year_2021.csv": Style(money="亿元", dates="slash"),
    "debt_year_2022.csv": Style(headers="en", region="full"),
    "reports_2021.csv": Style(dates="slash"),
}


def source_of(file: str) -> str:
    """The source of a file by its name: debt_year_2021.csv is debt_year."""
    return next(source for source in CONTRACTS if file.startswith(f"{source}_"))


def style_of(file: str) -> Style:
    """How a file looks; most are plain UTF-8 CSV."""
    return STYLES.get(file, Style())


def file_of(stem: str) -> str:
    """The name of a file: an XLSX where STYLES has one of that stem, else CSV."""
    return f"{stem}.xlsx" if f"{stem}.xlsx" in STYLES else f"{stem}.csv"
