"""The peer in pandas: the same ingest of petitions, in chunks of rows so that memory stays bounded.

Rows that pass the cheap tests of the commonest forms are written by month as they come; the few others take
the closer look of the Polars peer (`polars_odd`), one for both. Ids are indexed and made unique by pandas.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from pipelines.contracts import Column
from tests.bench import polars_ingest, polars_odd
from tests.bench.polars_rows import BLANK, CONTRACT, EARLIEST, SUSPECT, File, look, places

CHUNK = 250_000
_WORDS = {"是": True, "否": False}
_ARROW = {
    "VARCHAR": pa.string(),
    "DATE": pa.date32(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "BOOLEAN": pa.bool_(),
}
_SCHEMA = pa.schema(
    [
        *((column.stored_name, _ARROW[column.sql_type]) for column in CONTRACT.columns),
        *(("id", pa.string()), ("period_date", pa.date32()), ("period_precision", pa.string())),
        *(("row_hash", pa.uint64()), ("row", pa.int64()), ("month", pa.string())),
    ]
)
_OPTIONS = {"compression": "zstd", "compression_level": 1}


def ingest(path: Path, target: Path, received: date) -> None:
    """Write the rows by month, ids, problems, rejected rows and batch.json into `target`."""
    target.mkdir(parents=True)
    file = look(path, received)
    chunks = pd.read_csv(
        path,
        dtype=str,
        names=list(file.names),
        header=0,
        na_values=[""],
        keep_default_na=False,
        chunksize=CHUNK,
    )
    odd = []
    for number, chunk in enumerate(chunks):
        good, values, recorded = _tested(chunk, file)
        _write(values[good], recorded[good], target, number)
        aside = chunk[~good]
        rows = pl.from_pandas(aside).insert_column(0, pl.Series("row", aside.index.to_numpy() + 2))
        odd.append(rows.cast(dict.fromkeys(file.names, pl.String)))
    rest = pl.concat(odd)
    verdict = polars_odd.validate(rest, file, places(rest["region"].unique()))
    polars_ingest.finish(verdict, file, target, _one_row_per_id)


def _tested(chunk: pd.DataFrame, file: File) -> tuple[pd.Series, pd.DataFrame, pd.Series]:
    """Whether each row is good without a closer look, its values, and the day it was recorded."""
    known = file.places.filter(pl.col("region_id").is_not_null() & ~pl.col("region").str.contains(SUSPECT))
    units = dict(known.select("region", "region_id").iter_rows())
    values = pd.DataFrame({column.name: _value(chunk[column.name], column, file) for column in file.columns})
    values["region"] = chunk["region"].map(units)
    received = pd.Timestamp(file.received)
    if "recorded_at" in values:
        recorded = values["recorded_at"].fillna(received)
    else:
        recorded = pd.Series(received, chunk.index)
    good = values["region"].notna()
    for column in file.columns:
        latest = received if column.name == "recorded_at" else recorded
        passed = _test(chunk[column.name], values[column.name], column, latest)
        good &= passed if column.required else passed | chunk[column.name].isna()
    for rule in CONTRACT.between:
        later, earlier = (values[name] for name in rule.columns)
        good &= ~(later < earlier)
    assert CONTRACT.restriction is not None
    restricted = chunk[CONTRACT.restriction.column] == CONTRACT.restriction.value
    good &= ~restricted | chunk[file.shut].isna().all(axis=1)
    return good, values, recorded


def _value(text: pd.Series, column: Column, file: File) -> pd.Series:
    """The value of a cell in its commonest form."""
    if column.type == "date":
        return pd.to_datetime(text, format=file.date_forms[column.name], errors="coerce")
    if column.type == "bool":
        return text.map(_WORDS).astype("boolean")
    if column.sql_type in ("INTEGER", "BIGINT"):
        digits = text.str.fullmatch("[0-9]{1,9}").fillna(False)
        return pd.to_numeric(text.where(digits)).astype("Int64")
    return text


def _test(text: pd.Series, value: pd.Series, column: Column, latest: Any) -> pd.Series:
    """What a cell that is there must pass."""
    if column.type == "date":
        return (value >= pd.Timestamp(EARLIEST)) & (value <= latest)
    if column.type == "int":
        return value.between(column.minimum or 0, column.maximum or 0).fillna(False).astype(bool)
    if column.type == "bool":
        return value.notna()
    if column.type == "enum":
        return text.isin([str(allowed.stored) for allowed in column.values])
    plain = (text.str.len() <= column.limit) & (text == text.str.strip(BLANK))
    if column.type == "code":
        plain &= text.str.fullmatch(r"[\x00-\x7f]*").fillna(False)
    return plain.fillna(False) & ~text.str.contains(SUSPECT).fillna(False)


def _write(values: pd.DataFrame, recorded: pd.Series, target: Path, number: int) -> None:
    """Write good rows by month, in the columns of the store."""
    day = values["registered_date"]
    stored = {column.stored_name: values.get(column.name) for column in CONTRACT.columns}
    rows = pd.DataFrame(stored, index=values.index).assign(
        recorded_at=recorded,
        id=values["case_id"],
        period_date=day,
        period_precision="day",
        row_hash=pd.util.hash_pandas_object(values, index=False),
        row=values.index + 2,
        month=day.dt.strftime("%Y-%m"),
    )
    ds.write_dataset(
        pa.Table.from_pandas(rows, schema=_SCHEMA, preserve_index=False),
        target,
        partitioning=ds.partitioning(pa.schema([("month", pa.string())]), flavor="hive"),
        basename_template=f"part-good-{number}-{{i}}.parquet",
        existing_data_behavior="overwrite_or_ignore",
        format="parquet",
        file_options=ds.ParquetFileFormat().make_write_options(**_OPTIONS),
    )


def _one_row_per_id(target: Path) -> list[int]:
    """Write the index of ids; of rows that share one keep that recorded last, then the first one."""
    index = _write_index(target)
    months = index.loc[index["id_hash"].duplicated(keep=False), "month"].unique()
    if not len(months):
        return []
    files = [file for month in months for file in (target / f"month={month}").glob("*.parquet")]
    rows = pd.concat(
        pq.read_table(file, columns=["id", "recorded_at", "row"], partitioning=None)
        .to_pandas(date_as_object=False)
        .assign(file=str(file))
        for file in files
    ).sort_values(["recorded_at", "row"], ascending=[False, True])
    lost = rows[rows["id"].duplicated()]
    for file, gone in lost.groupby("file"):
        table = pq.read_table(file, partitioning=None)
        kept = ~pd.Series(table["row"].to_numpy()).isin(gone["row"])
        pq.write_table(table.filter(pa.array(kept)), file, **_OPTIONS)
    if len(lost):
        _write_index(target)
    return sorted(lost["row"].tolist())


def _write_index(target: Path) -> pd.DataFrame:
    """The hash of every id and the month it lies in, sorted."""
    parts = []
    for file in target.glob("month=*/*.parquet"):
        ids = pq.read_table(file, columns=["id"], partitioning=None).to_pandas()["id"]
        month = file.parent.name.removeprefix("month=")
        parts.append(pd.DataFrame({"id_hash": pd.util.hash_array(ids.to_numpy()), "month": month}))
    index = pd.concat(parts).astype({"month": "category"}).sort_values(["id_hash", "month"])
    index.to_parquet(target / "ids.parquet", index=False, **_OPTIONS)
    return index
