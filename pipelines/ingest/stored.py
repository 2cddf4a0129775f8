"""What a validated row becomes in the store, as the select list both statements end in.

The relation below it has `v_<column>` (typed values), `m_<column>` (whether a date names a month only),
`recorded` and `row`. Next: `pipelines/store`, which reads what was written.
"""

from __future__ import annotations

from collections.abc import Callable

from pipelines.contracts import Column
from pipelines.ingest.layout import Layout, texts_of
from pipelines.sqltext import quoted


def select_list(
    layout: Layout, *, refused: str, month: str, hashed: Callable[[Column], str], days_only: bool
) -> str:
    """The stored columns, the bookkeeping, `_refused`, and `month` where the rows lie by month.

    `month` is an expression over `period_date`; `hashed` gives what a column adds to the hash of the row,
    and both statements must hash the same values; `days_only` says that no date names a month only.
    """
    contract = layout.contract
    columns = [f"{_value(column)} as {column.stored_name}" for column in contract.columns]
    columns += [f"{_identity(layout)} as id", *_period(layout, days_only)]
    columns += [f"hash({', '.join(map(hashed, contract.columns))}) as row_hash", "row"]
    columns.append(f"{refused} as _refused")
    if contract.partitioned:
        columns.append(f"{month} as month")
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


def _period(layout: Layout, days_only: bool) -> list[str]:
    """The date that places a row in time, and whether it names a day or a month."""
    here = {c.name: c for c in layout.contract.columns if texts_of(c, layout.given)}
    names = [name for name in layout.contract.period_columns if name in here]
    if not names:
        return ["cast(null as date) as period_date", "cast(null as varchar) as period_precision"]
    cases = ""
    for name in names:
        monthly = here[name].whole_month and "true"
        if not monthly:
            monthly = f"m_{name}" if here[name].month_form and not days_only else "false"
        # Of an enumerated type, because that takes one byte on the way to the file, where it is a text.
        said = {"true": "'month'", "false": "'day'"}.get(
            monthly, f"case when {monthly} then 'month' else 'day' end"
        )
        cases += f" when v_{name} is not null then cast({said} as enum('day', 'month'))"
    return [
        f"coalesce({', '.join(f'v_{name}' for name in names)}) as period_date",
        f"case{cases} end as period_precision",
    ]
