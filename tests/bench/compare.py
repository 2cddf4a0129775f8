"""Whether engines made the same: rows month by month, problems, ids; measures row by row.

Hashes of rows and of ids differ between engines, so they are left out; everything else must be equal. Rows
are compared by sums of their hashes in one engine, so that ten million need no memory.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl

_OPTIONS = "hive_partitioning = true, hive_types_autocast = false"


class Different(Exception):
    """Two engines did not make the same; the argument says what differs."""


def batches(home: Path, peer: Path, name: str) -> None:
    """Compare the one batch of petitions in a workspace to the folder a peer wrote; raises Different."""
    (ours,) = (home / "store" / "petitions").glob("batch=*")
    rejects = home / "rejects" / ours.name.removeprefix("batch=")
    with duckdb.connect() as con:
        _equal(f"rows of {name}", _rows(con, ours), _rows(con, peer))
        _equal(f"ids of {name}", _ids(con, ours), _ids(con, peer))
    problems = [
        pl.read_parquet(folder / "problems.parquet", columns=["row", "column", "rule"]).rows()
        for folder in (rejects, peer)
    ]
    _equal(f"problems of {name}", *map(sorted, problems))


def measures(ours: Path, peer: Path, name: str) -> None:
    """Compare two files of region_id, period, measure, amount; raises Different."""
    tables = [
        pl.read_parquet(path).cast({"amount": pl.Int64}).sort("region_id", "period", "measure")
        for path in (ours, peer)
    ]
    _equal(f"measures of {name}", *(table.rows() for table in tables))


def _equal(what: str, ours: list[tuple[object, ...]], peer: list[tuple[object, ...]]) -> None:
    differing = sorted(set(map(str, ours)) ^ set(map(str, peer)))
    if differing or len(ours) != len(peer):
        raise Different(f"{what}: {len(differing)} differ, such as {'; '.join(differing[:4])}")


def _rows(con: duckdb.DuckDBPyConnection, folder: Path) -> list[tuple[object, ...]]:
    """For each month the number of rows and two sums over all their values."""
    files = f"read_parquet('{folder}/month=*/*.parquet', {_OPTIONS})"
    described = con.execute(f"describe select * from {files}").fetchall()
    columns = sorted({row[0] for row in described} - {"row_hash", "_refused", "batch", "month"})
    values = f"hash({', '.join(f'cast({column} as varchar)' for column in columns)})"
    sums = f"count(*), sum({values}), bit_xor({values})"
    found = con.execute(f"select month, {sums} from {files} group by month order by month").fetchall()
    return [tuple(columns), *found]


def _ids(con: duckdb.DuckDBPyConnection, folder: Path) -> list[tuple[object, ...]]:
    counts = "select month, count(*), count(distinct id_hash)"
    return con.execute(f"{counts} from '{folder}/ids.parquet' group by all order by all").fetchall()
