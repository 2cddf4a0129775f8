"""Drawn tables for the spec tests: rows written as text become src relations, the real SQL runs on them.

`run(as_of, failures=..., petitions=..., exposure=..., reports=...)` creates every relation the SQL
may read (reference data, registry and method are the real ones), runs all files in their derived
order and returns the connection. Columns not drawn are null or the contract's default.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from models.warning.ledger import EVENTS
from pipelines import calibration, graph, model_steps, registry, relations, stages, windows
from pipelines.contracts import CONTRACTS

SQL_ROOT = Path(relations.__file__).parent / "sql"
# A prior that only speaks where there is no case.
NO_STRENGTH = 1e-15
EXTRA = {
    "id": "varchar",
    "period_date": "date",
    "period_precision": "varchar",
    "recorded_at": "date",
    "row_hash": "ubigint",
    "row": "bigint",
    "batch": "varchar",
    "row_month": "date",
}


def parse(text: str) -> tuple[list[str], list[list[str | None]]]:
    """Return header and cells of a table drawn with bars; `·` is an empty cell."""
    lines = [line.strip().strip("|") for line in text.strip().splitlines() if set(line.strip()) - set("|-: ")]
    cells = [[cell.strip() for cell in line.split("|")] for line in lines]
    return cells[0], [[None if cell == "·" else cell for cell in row] for row in cells[1:]]


def source_table(con: duckdb.DuckDBPyConnection, source: str, drawn: str) -> None:
    """Create src.<source> with every column of its contract, filled from a drawn table."""
    contract = CONTRACTS[source]
    types = {column.stored_name: column.sql_type for column in contract.columns} | EXTRA
    defaults = {
        column.stored_name: column.default
        for column in contract.columns
        if column.default is not None and not column.default.startswith("=")
    }
    con.execute(f"create table src.{source} ({', '.join(f'{n} {t}' for n, t in types.items())})")
    header, rows = parse(drawn) if drawn else ([], [])
    for number, row in enumerate(rows, start=1):
        filled = dict(defaults) | {"batch": source, "row": str(number), "row_hash": str(number)}
        filled |= {name: cell for name, cell in zip(header, row, strict=True) if cell is not None}
        filled.setdefault("id", filled.get(contract.key[0], str(number)))
        if source == "failures":
            filled.setdefault("event_id", filled["record_id"])
        for period in contract.period_columns:
            if period in filled:
                filled.setdefault("period_date", filled[period])
        if "period_date" in filled:
            filled["row_month"] = f"{filled['period_date'][:7]}-01"
        names = [name for name in filled if name in types]
        values = ", ".join(f"cast(? as {types[name]})" for name in names)
        con.execute(
            f"insert into src.{source} ({', '.join(names)}) values ({values})", [filled[n] for n in names]
        )


def given_columns(source: str, drawn: str) -> list[str]:
    """Return the contract columns a drawn table gives."""
    header = parse(drawn)[0] if drawn else []
    return [column.name for column in CONTRACTS[source].columns if column.stored_name in header]


def priors(years: Iterable[int], strength: float) -> pl.DataFrame:
    """ref.prior with the same for every year, level and group: 75 % where more is better, else 1 %."""
    indicators = registry.indicators().filter("scored").select("indicator_id", "model", "direction")
    means = pl.when(pl.col("direction") > 0).then(0.75).otherwise(0.01)
    keys = pl.DataFrame({"year": list(years)}, {"year": pl.Int32})
    keys = keys.join(pl.DataFrame({"region_level": ["prefecture", "county"]}), how="cross")
    groups = ["all", *registry.prior_groups()["prior_group"].unique().sort()]
    rows = keys.join(pl.DataFrame({"prior_group": groups}), how="cross").join(indicators, how="cross")
    made = rows.with_columns(
        pl.col("year").alias("prior_year"),
        pl.lit("before_year").alias("basis"),
        pl.lit(date(2000, 1, 1)).alias("known_on"),
        means.alias("mean"),
        pl.lit(0.0).alias("between"),
        pl.when(pl.col("model") != "X").then(strength).alias("strength"),
        pl.lit(1.0).alias("event_scale"),
        pl.lit(100, pl.Int32).alias("observations"),
    )
    return made.select(list(calibration.TABLE_SCHEMA)).cast(calibration.TABLE_SCHEMA)


def run(as_of: date, prior_strength: float = NO_STRENGTH, **drawn: str) -> duckdb.DuckDBPyConnection:
    """Return a connection on which every core and mart relation has been made from the drawn tables.

    Estimates are the values themselves unless `prior_strength` gives the priors so many cases. Levels are
    ranked however few their units.
    """
    con = duckdb.connect()
    for schema in ("src", "ref", "run", "cell", "core", "mart"):
        con.execute(f"create schema {schema}")
    for source in CONTRACTS:
        source_table(con, source, drawn.get(source, ""))
    given = [(s, s, c) for s in drawn for c in given_columns(s, drawn[s])]
    relations.put(
        con,
        "src.batch_column",
        pl.DataFrame(
            given, schema={"source": pl.String, "batch": pl.String, "column_name": pl.String}, orient="row"
        ),
    )
    for name, table in relations.reference_frames().items():
        few = [pl.lit(1.0).alias("least_ranked")] if name == "ref.index_parameter" else []
        relations.put(con, name, table.with_columns(few))
    files = {**graph.load(SQL_ROOT), **model_steps.as_files()}
    made = stages.split(files, graph.order(files, relations.GIVEN))
    for name in made.cells:
        con.execute(f"create table {name} as {files[name].text}")
    for name, table in relations.run_frames(con, as_of).items():
        relations.put(con, name, table)
    months = con.sql("select month from run.month order by month").pl()["month"]
    relations.put(con, "ref.prior", priors({month.year for month in months}, prior_strength))
    relations.put(con, "run.ledger_event", EVENTS.to_frame())
    relations.put(con, "run.period", windows.periods(con, {month.year for month in months}))
    for name in (*made.months, *made.windows, *made.after):
        model_steps.create(con, files[name])
    return con


def value(con: duckdb.DuckDBPyConnection, indicator: str, region: str, period: date, window: str = "r12"):
    """Return (value, status, missing_reason, numerator, denominator) of one cell of mart.indicator_value."""
    return con.execute(
        "select value, status, missing_reason, numerator, denominator from mart.indicator_value"
        " where indicator_id = ? and region_id = ? and period = ? and window_kind = ?",
        [indicator, region, period, window],
    ).fetchall()[0]
