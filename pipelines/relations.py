"""The relations that SQL reads and does not make: src (rows), ref (reference, method), run (this build).

`pipelines/build.py` calls `create_inputs` on an empty connection, counts the cells, adds `run_frames` and
runs the SQL files, whose order `pipelines/graph.py` derives. The names are listed in `GIVEN`; run.period,
the months whose windows are to be made, comes from `pipelines/windows.py`, ref.prior from
`pipelines/calibration.py`, run.ledger_event from `pipelines/ledger.py`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

import duckdb
import polars as pl

from pipelines import registry
from pipelines.calendar import calendar
from pipelines.contracts import CONTRACTS, all_rules
from pipelines.errors import EXIT_WORKSPACE, UserError
from pipelines.regions import frame
from pipelines.sqltext import quoted
from pipelines.store import reader
from pipelines.workspace import Workspace

EVENT_SOURCES = ("failures", "petitions")

GIVEN = frozenset(
    {f"src.{source}" for source in CONTRACTS}
    | {"src.batch_column"}
    | {"ref.region", "ref.rollup", "ref.neighbour", "ref.tile", "ref.source", "ref.rule", "ref.glossary"}
    | {"ref.indicator", "ref.indicator_need", "ref.measure", "ref.parameter", "ref.severity", "ref.calendar"}
    | {"ref.dimension", "ref.band", "ref.index_parameter", "ref.channel", "ref.warning_parameter"}
    | {
        "ref.shrinkage_parameter",
        "ref.prior_group",
        "ref.prior",
        "ref.peer_group",
        "ref.index_coverage",
        "ref.attention_parameter",
        "ref.uncertainty_parameter",
    }
    | {"run.context", "run.month", "run.period", "run.ledger_event"}
)


def create_inputs(
    con: duckdb.DuckDBPyConnection, ws: Workspace, as_of: date, counted: Collection[str] = ()
) -> None:
    """Create the src and ref relations on `con` from the workspace's store as known on `as_of`.

    The sources in `counted` are left to `pipelines/cells.py`, which reads only the months that changed.
    """
    for schema in ("src", "ref", "run"):
        con.execute(f"create schema if not exists {schema}")
    for source in CONTRACTS:
        if source not in counted:
            reader.current_relation(con, ws, source, as_of)
            _hold(con, f"src.{source}")
    reader.batch_columns(con, ws, as_of)
    for name, table in reference_frames().items():
        put(con, name, table)


def _hold(con: duckdb.DuckDBPyConnection, name: str) -> None:
    """Turn a view into a table: many files read a small source, and each reading opens all its files."""
    con.execute(f"create table {name}_held as select * from {name}")
    con.execute(f"drop view {name}")
    con.execute(f"alter table {name}_held rename to {name.partition('.')[2]}")


def put(con: duckdb.DuckDBPyConnection, name: str, table: pl.DataFrame) -> None:
    """Create the table `name` (schema.table) from a frame."""
    con.register("incoming", table.to_arrow())
    con.execute(f"create table {name} as select * from incoming")
    con.unregister("incoming")


def reference_frames() -> dict[str, pl.DataFrame]:
    """Return every ref relation by name: regions, registry, method numbers, calendar, rules, glossary."""
    return {
        "ref.region": frame.regions(),
        "ref.rollup": frame.rollup(),
        "ref.neighbour": frame.neighbours(),
        "ref.tile": frame.tiles(),
        "ref.source": sources(),
        "ref.rule": rules(),
        "ref.glossary": registry.glossary(),
        "ref.indicator": registry.indicators(),
        "ref.indicator_need": registry.indicator_needs(),
        "ref.measure": registry.measures(),
        "ref.parameter": registry.parameters(),
        "ref.severity": registry.severities(),
        "ref.dimension": registry.dimensions(),
        "ref.band": registry.bands(),
        "ref.index_parameter": registry.index_parameters(),
        "ref.shrinkage_parameter": registry.shrinkage_parameters(),
        "ref.prior_group": registry.prior_groups(),
        "ref.peer_group": registry.peer_groups(),
        "ref.index_coverage": registry.index_coverage(),
        "ref.attention_parameter": registry.attention_parameters(),
        "ref.uncertainty_parameter": registry.uncertainty_parameters(),
        "ref.channel": registry.channels(),
        "ref.warning_parameter": registry.warning_parameters(),
        "ref.calendar": calendar(),
    }


def sources() -> pl.DataFrame:
    """Return ref.source: id, names and grain (event sources are the ones whose reporting is watched)."""
    return pl.DataFrame(
        [
            {
                "source": source,
                "sort_order": number,
                "name_zh": contract.zh,
                "name_en": contract.en,
                "grain": "event" if source in EVENT_SOURCES else "reference",
            }
            for number, (source, contract) in enumerate(CONTRACTS.items(), start=1)
        ]
    )


def rules() -> pl.DataFrame:
    """Return ref.rule: every rule of every contract with its sentence: a snapshot explains its rejects."""
    return pl.DataFrame(
        [
            {
                "source": source,
                "rule_id": rule.id,
                "level": rule.level,
                "columns": ", ".join(rule.columns),
                "text_zh": rule.zh,
                "text_en": rule.en,
            }
            for source, contract in CONTRACTS.items()
            for rule in all_rules(contract)
        ]
    ).unique(["source", "rule_id"], maintain_order=True)


def month_start(day: date) -> date:
    """Return the first day of `day`'s month."""
    return day.replace(day=1)


def add_months(month: date, months: int) -> date:
    """Return the first day of the month `months` after (or before) the month of `month`."""
    number = month.year * 12 + month.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def last_whole_month(as_of: date) -> date:
    """Return the first day of the last month that has ended by `as_of`."""
    month = month_start(as_of)
    ended = as_of + timedelta(1) == add_months(month, 1)
    return month if ended else add_months(month, -1)


def run_frames(con: duckdb.DuckDBPyConnection, as_of: date) -> dict[str, pl.DataFrame]:
    """Return run.context and run.month: the day the build knows, and the months it covers.

    The months start at the first registration (报送登记) or, where there is none, at the first dated
    row; they end with the last whole month. Needs the cells. Raises `UserError` when there is no month.
    """
    watched = ", ".join(map(quoted, EVENT_SOURCES))
    first = con.execute(
        f"select coalesce((select min(month) from src.reports where source in ({watched})), least("
        "(select min(period_date) from src.failures), (select min(row_month) from cell.petition)))"
    ).fetchall()[0][0]
    last_month = last_whole_month(as_of)
    if first is None or month_start(first) > last_month:
        raise UserError(
            f"截至{as_of}没有可计算的月份:请先用 zhengxin ingest 导入失信记录或信访事项。",
            f"There is no month to build as of {as_of}; ingest failures or petitions first.",
            EXIT_WORKSPACE,
        )
    parameters = registry.method()["parameters"]
    first_month = max(month_start(first), add_months(last_month, 1 - parameters["history_months"]))
    months = []
    month = first_month
    while month <= last_month:
        months.append(month)
        month = add_months(month, 1)
    run_month = pl.DataFrame(
        {
            "month": months,
            "next_month": [add_months(m, 1) for m in months],
            "stock_from": [add_months(m, 1 - parameters["stock_months"]) for m in months],
        }
    )
    context = pl.DataFrame({"as_of": [as_of], "first_month": [first_month], "last_month": [last_month]})
    return {"run.context": context, "run.month": run_month}
