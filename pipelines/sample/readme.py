"""The README of the committed sample: Chinese first, English below, with the numbers of the files as written.

The text is `readme.template.md`; `generate.write` fills in the numbers, so that none can go stale.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pipelines.sample.settings import DEFAULT_SEED

_FILES = """\
| 文件 file | 行 rows | 形式 form |
| --- | ---: | --- |
{lines}
"""

_FORMS = {
    "exposure_2020": "UTF-8 BOM,旧代码 · former codes",
    "exposure_2023": "英文表头 · English headers",
    "failures_2020": "GB18030,CRLF,2020年3月5日,州市与旧县名一列 · former names in one column",
    "failures_2021": "UTF-8 BOM,CRLF,2021/3/5,金额以元计、带千分位 · sums in yuan with thousands separators",
    "failures_2022": "分号分隔,2022-03-05 · semicolons",
    "failures_2023": "2023/3/5,部分代码为全角数字 · some codes in full-width digits",
    "failures_2024": "英文表头,2024-03-05 · English headers",
    "failures_2025_corrections": "XLSX,更正,2025-09-10;两行合并表头 · corrections, header of two rows",
    "petitions_2024_11_late": "迟报,2025-06-18 · late",
    "petitions_2025_corrections": "XLSX,更正,2025-03-14;日期只是数字 · corrections, dates as bare numbers",
    "petitions_2020": "UTF-8 BOM,旧代码(如禄丰 532331) · former codes",
    "petitions_2021": "GB18030,CRLF,州(市)、县两列,旧名称(如禄丰县) · two region columns, former names",
    "petitions_2022": "分号分隔 · semicolons",
    "petitions_2023": "英文表头 · English headers",
    "petitions_2024": "制表符分隔 · tabs",
    "debt_balance_2021": "GB18030,州市县名一列,2020年第四季度 · names in one column, quarters in Chinese",
    "debt_balance_2022": "季末月份(2022-03)· last month of the quarter",
    "debt_year_2021": "金额以亿元计 · sums in 亿元",
    **dict.fromkeys(
        (f"debt_balance_{year}" for year in (2023, 2024, 2025)),
        "XLSX,标题行、两行合并表头、Excel日期 · title, header of two rows with merged cells, dates",
    ),
    "debt_year_2024": "XLSX,标题行,金额以亿元计、存为文本 · title, sums in 亿元 as text",
    "debt_year_2025": "XLSX,标题行,地区用名称,日期只是数字 · title, names of regions, dates as bare numbers",
    "exposure_2024": "XLSX,标题行,数字存为文本 · title, numbers as text",
    "debt_year_2022": "英文表头,地区用名称 · English headers, names of regions",
    "reports_2021": "2021/3/5",
}

TEMPLATE = Path(__file__).with_name("readme.template.md")


def readme(rows: Mapping[str, int], faults: int) -> str:
    """The text of README.md for files with these data rows and this many planted faults."""
    lines = [
        f"| `{name}` | {rows[name]:,} | {_FORMS.get(name.partition('.')[0], 'UTF-8')} |"
        for name in sorted(rows)
    ]
    text = TEMPLATE.read_text(encoding="utf-8")
    return text.format(files=_FILES.format(lines="\n".join(lines)), faults=faults, seed=DEFAULT_SEED)
