"""What both lanes of the Polars peer share: the file, its columns, what regions mean, the stored form."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.contracts import CONTRACTS, Column
from pipelines.contracts.base import normalise_header
from pipelines.regions import frame
from pipelines.regions.resolver import Resolver

CONTRACT = CONTRACTS["petitions"]
EARLIEST, LATEST = date(1990, 1, 1), date(2100, 12, 31)
BLANK = " \t\n\r\u00a0\u200b\u3000\ufeff"
# What makes a text worth a closer look: a run of digits as in numbers of persons, a formula's error, damage.
SUSPECT = "[0-9０-９]{11}|^#|\ufffd"
PARQUET: dict[str, Any] = {"compression": "zstd", "compression_level": 1}
DTYPES = {
    "VARCHAR": pl.String,
    "DATE": pl.Date,
    "INTEGER": pl.Int32,
    "BIGINT": pl.Int64,
    "BOOLEAN": pl.Boolean,
}
PROBLEM = {"row": pl.Int64, "column": pl.String, "rule": pl.String}
# Regions and the forms of dates are taken from so many first rows; what differs later is odd.
HEAD = 20_000
_DATE_FORMS = ("%Y-%m-%d", "%Y%m%d", "%Y/%m/%d")


@dataclass(frozen=True)
class File:
    """What a first look says: columns and headers in their order, and the commonest form of each date."""

    path: Path
    sha256: str
    names: tuple[str, ...]
    headers: Mapping[str, str]
    date_forms: Mapping[str, str]
    places: pl.DataFrame
    received: date

    @property
    def columns(self) -> list[Column]:
        """The contract's columns that the file has, without the region."""
        return [c for c in CONTRACT.columns if c.name in self.names and c.type != "region"]

    @property
    def shut(self) -> list[str]:
        """The columns of which nothing may be kept in a restricted row."""
        assert CONTRACT.restriction is not None
        return [name for name in self.names if name not in CONTRACT.restriction.keep]


def look(path: Path, received: date) -> File:
    """Hash the file and read its first rows."""
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    with path.open(encoding="utf-8", newline="") as text:
        headers = next(csv.reader(text))
    known = CONTRACT.headers()
    names = [known[normalise_header(header)] for header in headers]
    first = pl.read_csv(path, infer_schema=False, new_columns=names, n_rows=HEAD)
    dates = [c.name for c in CONTRACT.columns if c.type == "date" and c.name in names]
    forms = {name: _date_form(first[name]) for name in dates}
    by_name = dict(zip(names, headers, strict=True))
    return File(path, sha256, tuple(names), by_name, forms, places(first["region"].unique()), received)


def _date_form(texts: pl.Series) -> str:
    """The form that most of the texts have."""
    return max(_DATE_FORMS, key=lambda form: texts.str.to_date(form, strict=False).count())


def places(texts: Iterable[str | None]) -> pl.DataFrame:
    """What texts of a region mean: `region`, `region_id`, `region_reason` (the product's resolver)."""
    resolver, found = Resolver(), []
    for text in dict.fromkeys(text or "" for text in texts):
        place = resolver.resolve(text, None, None)
        unit = frame.own_unit(place.region_id) if place.region_id else None
        found.append((text, unit, None if unit else place.reason))
    schema = {"region": pl.String, "region_id": pl.String, "region_reason": pl.String}
    return pl.DataFrame(found, schema=schema, orient="row")


def stored(values: Mapping[str, pl.Expr], recorded: pl.Expr, precision: pl.Expr) -> list[pl.Expr]:
    """The columns of the store, from the values of those columns that the file has."""
    found = []
    for column in CONTRACT.columns:
        missing = pl.lit(None, dtype=DTYPES[column.sql_type])
        value = recorded if column.name == "recorded_at" else values.get(column.name, missing)
        found.append(value.alias(column.stored_name))
    day = values["registered_date"]
    return [
        *found,
        values["case_id"].alias("id"),
        day.alias("period_date"),
        precision.alias("period_precision"),
        pl.struct(*(value.alias(name) for name, value in values.items())).hash().alias("row_hash"),
        pl.col("row").cast(pl.Int64),
        day.dt.strftime("%Y-%m").alias("month"),
    ]


def by_month(target: Path, part: str) -> pl.PartitionBy:
    """A folder a month, as the store has them."""

    def place(said: Any) -> str:
        return f"month={said.partition_keys.item(0, 'month')}/part-{part}-{said.index_in_partition}.parquet"

    return pl.PartitionBy(target, key="month", include_key=False, file_path_provider=place)
