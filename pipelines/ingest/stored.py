"""What a validated row becomes in the store, as the select list both statements end in.

The relation below it has `v_<column>` (typed values), `m_<column>` (whether a date names a month only),
`recorded` and `row`. Next: `pipelines/store`, which reads what was written.
"""

from __future__ import annotations

from collections.abc import Callable

from pipelines.contracts import Column
from pipelines.ingest.layout import Layout, texts_of
from pipelines.sqltext import quoted
from pipelines.store.layout import UNDATED


def select_list(
    layout: Layout,
    *,
    refused: str,
    kind: str,
    dated: str = "true",
    hashed: Callable[[Column], str] = lambda c: f"v_{c.name}",
) -> str:
    """The stored columns, the bookkeeping, `_refused` and `kind`, and `month` where rows lie by month.

    Rows that are not `dated` lie under no month: fewer folders are filled at a time. `hashed` gives what
    a column adds to the hash of the row; both statements must hash the same values.
    """
    contract = layout.contract
    columns = [f"{_value(column)} as {column.stored_name}" for column in contract.columns]
    columns += [f"{_identity(layout)} as id", *_period(layout)]
    columns += [f"hash({', '.join(map(hashed, contract.columns))}) as row_hash", "row"]
    columns += [f"{refused} as _refused", f"{kind} as kind"]
    if contract.partitioned:
        month = f"case when {dated} then strftime(period_date, '%Y-%m') end"
        columns.append(f"coalesce({month}, '{UNDATED}') as month")
    return ",\n    ".join(columns)


def _value(column: Column) -> str:
    if column.name == "recorded_at":
        return "recorded"
    if column.default is None:
        return f"v_{column.name}"
    fallback = column.default
    other = f"v_{fallback[1:]}" if fallback.startswith("=") else quoted(fallback)
    return f"coalesce(v_{column.name}, {other})"


def _identity(layout: Layout) -> str:
    contract = layout.contract
    parts = [
        f"v_{name}" if contract.column(name).sql_type == "VARCHAR" else f"cast(v_{name} as varchar)"
        for name in contract.key
    ]
    return parts[0] if len(parts) == 1 else f"concat_ws('|', {', '.join(parts)})"


def _period(layout: Layout) -> list[str]:
    """The date that places a row in time, and whether it names a day or a month."""
    here = {c.name: c for c in layout.contract.columns if texts_of(c, layout.given)}
    names = [name for name in layout.contract.period_columns if name in here]
    if not names:
        return ["cast(null as date) as period_date", "cast(null as varchar) as period_precision"]
    cases = ""
    for name in names:
        monthly = "true" if here[name].whole_month else f"m_{name}" if here[name].month_form else "false"
        cases += f" when v_{name} is not null then case when {monthly} then 'month' else 'day' end"
    return [
        f"coalesce({', '.join(f'v_{name}' for name in names)}) as period_date",
        f"case{cases} end as period_precision",
    ]
