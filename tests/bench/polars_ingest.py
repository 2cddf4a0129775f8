"""The peer in Polars: the same ingest of petitions, as a user of that library would write it for speed.

One streaming pass reads all columns as text, gives each its type by its commonest form, and parts the rows:
those that pass some cheap tests go straight into one Parquet file a month, the few others into memory, where
`polars_odd` tries every form and every rule. Then the index of ids is written, and of rows that share one the
latest stays.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.contracts import Column
from tests.bench import polars_odd
from tests.bench.polars_rows import (
    BLANK,
    CONTRACT,
    EARLIEST,
    PARQUET,
    PROBLEM,
    SUSPECT,
    File,
    by_month,
    look,
    places,
    stored,
)


def ingest(path: Path, target: Path, received: date) -> None:
    """Write the rows by month, ids, problems, rejected rows and batch.json into `target`."""
    target.mkdir(parents=True)
    file = look(path, received)
    odd = _write_good(_tested(file), file, target)
    verdict = polars_odd.validate(odd, file, places(odd["region"].unique()))
    finish(verdict, file, target, _one_row_per_id)


def finish(
    verdict: polars_odd.Verdict, file: File, target: Path, one_row_per_id: Callable[[Path], list[int]]
) -> None:
    """Write the odd rows that were accepted, the index, what was refused, and what the batch is.

    `one_row_per_id` writes the index, takes out rows that share an id with a later one and gives their rows.
    """
    if verdict.accepted.height:
        verdict.accepted.lazy().sink_parquet(by_month(target, "odd"), mkdir=True, **PARQUET)
    lost = one_row_per_id(target)
    repeated = pl.DataFrame(
        {"row": lost, "column": file.headers["case_id"], "rule": "duplicate_id"}, schema=PROBLEM
    )
    problems = pl.concat([verdict.problems, repeated]).sort("row")
    problems.write_parquet(target / "problems.parquet", **PARQUET)
    verdict.rejected.write_parquet(target / "rejected.parquet", **PARQUET)
    (target / "batch.json").write_text(json.dumps({"sha256": file.sha256, "problems": problems.height}))


def _tested(file: File) -> pl.LazyFrame:
    """All rows with `v_` values by the commonest forms, and whether they are `good` without a closer look."""
    raw = pl.scan_csv(
        file.path,
        infer_schema=False,
        row_index_name="row",
        row_index_offset=2,
        with_column_names=lambda _: list(file.names),
    )
    known = file.places.filter(pl.col("region_id").is_not_null() & ~pl.col("region").str.contains(SUSPECT))
    units = pl.col("region").replace_strict(known["region"], known["region_id"], default=None)
    recorded = pl.col("v_recorded_at") if "recorded_at" in file.names else pl.lit(None, dtype=pl.Date)
    return (
        raw.with_columns(*(_value(c, file).alias(f"v_{c.name}") for c in file.columns), region_id=units)
        .with_columns(recorded=recorded.fill_null(file.received))
        .with_columns(good=pl.all_horizontal(_tests(file)))
    )


def _value(column: Column, file: File) -> pl.Expr:
    """The value of a cell in its commonest form."""
    text = pl.col(column.name)
    if column.type == "date":
        return text.str.to_date(file.date_forms[column.name], strict=False)
    if column.type == "bool":
        return pl.when(text == "是").then(True).when(text == "否").then(False)
    if column.type == "int":
        return text.str.to_integer(strict=False)
    return text.str.to_integer(strict=False, dtype=pl.Int32) if column.sql_type == "INTEGER" else text


def _tests(file: File) -> list[pl.Expr]:
    """What a row must pass."""
    tests = [pl.col("region_id").is_not_null()]
    for column in file.columns:
        test = _test(column, file).fill_null(False)
        tests.append(test if column.required else pl.col(column.name).is_null() | test)
    for rule in CONTRACT.between:
        later, earlier = (pl.col(f"v_{name}") for name in rule.columns)
        tests.append((later >= earlier).fill_null(True))
    assert CONTRACT.restriction is not None
    restricted = (pl.col(CONTRACT.restriction.column) == CONTRACT.restriction.value).fill_null(False)
    return [*tests, ~restricted | pl.all_horizontal(pl.col(name).is_null() for name in file.shut)]


def _test(column: Column, file: File) -> pl.Expr:
    """What a cell that is there must pass."""
    text, value = pl.col(column.name), pl.col(f"v_{column.name}")
    if column.type == "date":
        latest = pl.lit(file.received) if column.name == "recorded_at" else pl.col("recorded")
        return value.is_between(EARLIEST, latest)
    if column.type == "int":
        return value.is_between(column.minimum or 0, column.maximum or 0)
    if column.type == "bool":
        return value.is_not_null()
    if column.type == "enum":
        return text.is_in([str(allowed.stored) for allowed in column.values])
    plain = (text.str.len_bytes() <= column.limit) & (text == text.str.strip_chars(BLANK))
    if column.type == "code":  # nothing to narrow either
        plain &= text.str.len_bytes() == text.str.len_chars()
    return plain & ~text.str.contains(SUSPECT)


def _write_good(tested: pl.LazyFrame, file: File, target: Path) -> pl.DataFrame:
    """Write the good rows by month, in one pass with gathering the others, which are given as text."""
    values = {c.name: pl.col(f"v_{c.name}") for c in file.columns} | {"region": pl.col("region_id")}
    good = tested.filter("good").select(stored(values, pl.col("recorded"), pl.lit("day")))
    sink = good.sink_parquet(by_month(target, "good"), mkdir=True, lazy=True, **PARQUET)
    odd = tested.filter(~pl.col("good")).select("row", *file.names)
    return pl.collect_all([sink, odd], engine="streaming")[1]


def _one_row_per_id(target: Path) -> list[int]:
    """Write the index of ids; of rows that share one keep that recorded last, then the first one."""
    _write_index(target)
    index = pl.scan_parquet(target / "ids.parquet")
    twice = index.filter(pl.col("id_hash") == pl.col("id_hash").shift()).select("id_hash").unique().collect()
    if twice.is_empty():
        return []
    rows = pl.scan_parquet(target / "month=*/*.parquet", include_file_paths="file", hive_partitioning=False)
    sharing = (
        rows.select("row", "id", "recorded_at", "file", id_hash=pl.col("id").hash())
        .join(twice.lazy(), on="id_hash", how="semi")
        .collect(engine="streaming")
        .sort("recorded_at", "row", descending=[True, False])
    )
    lost = sharing.filter(pl.int_range(pl.len()).over("id") > 0)
    for (file,), gone in lost.group_by("file"):
        kept = pl.read_parquet(str(file), hive_partitioning=False).join(gone, on="row", how="anti")
        kept.write_parquet(str(file), **PARQUET)
    if lost.height:
        _write_index(target)
    return lost["row"].sort().to_list()


def _write_index(target: Path) -> None:
    """The hash of every id and the month it lies in, sorted."""
    rows = pl.scan_parquet(target / "month=*/*.parquet", hive_schema={"month": pl.String})
    index = rows.select(pl.col("id").hash().alias("id_hash"), "month").sort("id_hash", "month")
    index.sink_parquet(target / "ids.parquet", **PARQUET)
