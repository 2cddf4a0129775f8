"""The rows that must be rejected, one or more per common reason, and where they stand.

Each is a good row of its file with one cell spoilt. `generate` puts them in the middle of the files and
writes `truth/faults.csv`, against which a test compares what ingest really rejects.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.sample.files import source_of

# Area 999999 does not exist, so nobody can hold this number; birth date and check digit are valid.
INVENTED_ID_NUMBER = "999999199003070012"
INVENTED_PHONE = "13000000000"


@dataclass(frozen=True)
class Fault:
    """One spoilt row: the cells that differ from a good row of the file, the column blamed, the rule."""

    file: str
    rule: str
    column: str
    cells: dict[str, str] = field(default_factory=dict)


GOOD: dict[str, dict[str, str]] = {
    "failures": {
        "record_id": "",
        "region": "530102",
        "prefecture": "昆明市",
        "county": "五华区",
        "body_name": "某区交通运输局",
        "source": "行政处罚",
        "severity": "轻微",
        "event_date": "2020-01-08",
        "recognised_date": "2020-01-10",
        "entered_date": "2020-01-20",
        "recorded_at": "2020-01-20",
    },
    "petitions": {
        "case_id": "",
        "region": "530102",
        "prefecture": "昆明市",
        "county": "五华区",
        "channel": "网上",
        "case_type": "申诉求决",
        "registered_date": "20200106",
        "repeat_flag": "初件",
    },
    "exposure": {"region": "530102", "year": "2020", "gov_bodies": "100"},
    "reports": {
        "source": "政务失信记录",
        "region": "昆明市",
        "month": "2019-12",
        "reported_at": "2020-01-08",
        "complete": "是",
    },
    "debt_balance": {
        "region": "530102",
        "period": "2018-12",
        "scope": "全辖",
        "balance_general": "100000",
        "balance_special": "100000",
        "limit_general": "110000",
        "limit_special": "110000",
        "recorded_at": "2019-01-20",
    },
    "debt_year": {
        "region": "530102",
        "year": "2018",
        "scope": "全辖",
        "fiscal_capacity": "200000",
        "interest_general": "3000",
        "interest_special": "3000",
        "budget_expenditure_general": "120000",
        "budget_expenditure_fund": "90000",
        "overdue": "0",
        "recorded_at": "2019-05-20",
    },
}

FAULTS = (
    Fault("failures_2020.csv", "region_ambiguous", "region", {"region": "大理"}),
    Fault("failures_2020.csv", "date_unreadable", "recognised_date", {"recognised_date": "2020年2月30日"}),
    Fault("failures_2022.csv", "enum_unknown", "severity", {"severity": "特别重大"}),
    Fault("failures_2022.csv", "number_unreadable", "amount", {"amount": "约三十万"}),
    Fault(
        "failures_2024.csv", "private_id_number", "measures", {"measures": f"通报批评({INVENTED_ID_NUMBER})"}
    ),
    Fault("failures_2024.csv", "date_in_future", "event_date", {"event_date": "2030-01-08"}),
    Fault("failures_2025.csv", "required_empty", "record_id", {"record_id": ""}),
    Fault("failures_2025.csv", "region_unknown", "region", {"region": "599999"}),
    Fault("petitions_2020.csv", "region_unknown", "region", {"region": "某某县"}),
    Fault("petitions_2020.csv", "required_empty", "registered_date", {"registered_date": ""}),
    Fault("petitions_2021.csv", "region_conflict", "county", {"prefecture": "曲靖市", "county": "五华区"}),
    Fault("petitions_2022.csv", "date_unreadable", "registered_date", {"registered_date": "2022-13-05"}),
    Fault("petitions_2022.csv", "int_unreadable", "persons", {"persons": "十来个"}),
    Fault("petitions_2023.csv", "private_phone", "category", {"category": f"来电 {INVENTED_PHONE}"}),
    Fault("petitions_2024.csv", "bool_unreadable", "evaluable", {"evaluable": "待定"}),
    Fault("petitions_2024.csv", "enum_unknown", "channel", {"channel": "托梦"}),
    Fault("petitions_2025.csv", "region_empty", "region", {"region": ""}),
    Fault("petitions_2025.csv", "date_in_future", "registered_date", {"registered_date": "20260301"}),
    Fault("exposure_2021.csv", "number_negative", "gov_bodies", {"gov_bodies": "-5"}),
    Fault("exposure_2023.csv", "region_level", "region", {"region": "530100"}),
    Fault("debt_balance_2020.csv", "month_not_quarter_end", "period", {"period": "2018-11"}),
    Fault("debt_balance_2022.csv", "scope_own_at_county", "scope", {"scope": "本级"}),
    Fault("debt_balance_2022.csv", "number_unreadable", "balance_special", {"balance_special": "见附表"}),
    Fault("debt_balance_2024.xlsx", "number_unreadable", "limit_special", {"limit_special": "待核"}),
    Fault("exposure_2024.xlsx", "int_unreadable", "population", {"population": "约八十万"}),
    Fault("debt_year_2020.csv", "number_negative", "overdue", {"overdue": "-120"}),
    Fault("debt_year_2021.csv", "required_empty", "fiscal_capacity", {"fiscal_capacity": ""}),
    Fault("reports_2022.csv", "enum_unknown", "source", {"source": "会议纪要"}),
)


def faults_of(file: str) -> list[tuple[Fault, dict[str, str]]]:
    """The faults of a file with the complete cells of their rows, ids unlike any other."""
    source = source_of(file)
    found = []
    for number, fault in enumerate((f for f in FAULTS if f.file == file), start=1):
        name = f"X{file.removeprefix(source)[1:5]}{number:02d}"
        ids = {column: name for column in ("record_id", "case_id") if column in GOOD[source]}
        found.append((fault, GOOD[source] | ids | fault.cells))
    return found
