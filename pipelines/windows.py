"""The third stage of a build: windows by the calendar year they end in, made for years that changed.

A year is made anew when anything its windows can look back on changed: measures, coverage, reference
tables, the SQL or the models. All other years are the sealed rows of an earlier build, byte for byte, so a
build with history kept and one without it seal the same snapshot. Next: `pipelines/seal.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb
import polars as pl

from pipelines import registry, seal
from pipelines.graph import SqlFile
from pipelines.shelf import DIGEST, Shelf, columns, digest, key_of
from pipelines.sqltext import parquet
from pipelines.stages import PERIODS, Stages, time_column
from pipelines.workspace import Workspace

_LONGEST_WINDOW = 12
# A window is compared with the one a year before it (同比).
_COMPARED_MONTHS = 12
# Written into every key: pieces of an older way of sealing are not mixed with new ones.
_FORMAT = "1"


@dataclass(frozen=True)
class Plan:
    """The key of every year's windows, those of its months, and the years whose windows must be made."""

    window_keys: Mapping[int, str]
    month_keys: Mapping[str, Mapping[int, str]]
    missing: tuple[int, ...]
    pieces: Mapping[str, Mapping[int, Path]]


def lookback_years() -> int:
    """How many years before its own a year's windows can depend on (method, section 4: look-backs)."""
    longest = registry.indicators()["coverage_months"].max()
    months = max(_LONGEST_WINDOW, int(longest) if isinstance(longest, int) else 0) + _COMPARED_MONTHS
    return -(-months // 12)


def sealed_by_year(files: Mapping[str, SqlFile], sealed: Collection[str]) -> tuple[str, ...]:
    """The sealed relations that lie in the snapshot as one file a year."""
    return tuple(sorted(name for name in sealed if name in files and "period" in files[name].grain))


def plan(
    con: duckdb.DuckDBPyConnection,
    ws: Workspace,
    files: Mapping[str, SqlFile],
    stages: Stages,
    sealed: Collection[str],
    models: str,
) -> Plan:
    """What is kept and what must be made, once the months are there; `models` is a digest of their code."""
    inputs = {r for name in stages.windows for r in files[name].inputs} - {*stages.windows, PERIODS}
    by_year = sealed_by_year(files, sealed)
    monthly = sorted(name for name in {*inputs, *by_year} if name in files and name not in stages.windows)
    digests = {name: _by_year(con, name, time_column(files[name])) for name in monthly}
    fixed = [
        *(_FORMAT, duckdb.__version__, models),
        *(files[name].text for name in stages.windows),
        *(digest(con, name) for name in sorted(inputs) if name not in digests),
    ]
    found = con.execute("select distinct year(month) from run.month order by 1").fetchall()
    years = [int(row[0]) for row in found]
    window_keys = {year: key_of(*fixed, _seen_from(year, [digests[n] for n in monthly])) for year in years}
    month_keys = {
        name: {
            # A year without rows has no digest: its columns still belong to its key.
            year: key_of(_FORMAT, duckdb.__version__, columns(con, name), digests[name].get(year, ""))
            for year in years
        }
        for name in by_year
        if name in digests
    }
    pieces: dict[str, dict[int, Path]] = {name: {} for name in by_year}
    for name in by_year:
        shelf = Shelf(ws.cache / name)
        for year, key in month_keys.get(name, window_keys).items():
            if piece := shelf.find(key):
                pieces[name][year] = piece
    windowed = [name for name in by_year if name in stages.windows]
    missing = tuple(year for year in years if any(year not in pieces[name] for name in windowed))
    return Plan(window_keys, month_keys, missing, pieces)


def _seen_from(year: int, digests: Iterable[Mapping[int | None, str]]) -> list[list[str]]:
    """The digests of the years that windows ending in `year` look back on; without time, of all rows."""
    seen = range(year - lookback_years(), year + 1)
    return [[found.get(None, ""), *(found.get(each, "") for each in seen)] for found in digests]


def periods(con: duckdb.DuckDBPyConnection, missing: Iterable[int]) -> pl.DataFrame:
    """run.period: the months that windows to be made look back on, end in, or are published for."""
    wanted = set(missing)
    compared = {year - 1 for year in wanted} | wanted
    first = min(wanted, default=9999) - lookback_years()
    months = [row[0] for row in con.execute("select month from run.month order by month").fetchall()]
    kept = [month for month in months if first <= month.year <= max(wanted, default=0)]
    return pl.DataFrame(
        {
            "period": kept,
            "windowed": [month.year in compared for month in kept],
            "published": [month.year in wanted for month in kept],
        },
        schema={"period": pl.Date, "windowed": pl.Boolean, "published": pl.Boolean},
    )


def keep(
    con: duckdb.DuckDBPyConnection, ws: Workspace, files: Mapping[str, SqlFile], planned: Plan
) -> dict[str, dict[int, Path]]:
    """Write the years just made to their shelves; every year's piece of every table sealed by year."""
    pieces = {name: dict(found) for name, found in planned.pieces.items()}
    for name, found in pieces.items():
        shelf = Shelf(ws.cache / name)
        keys = planned.month_keys.get(name, planned.window_keys)
        for year, key in keys.items():
            if year not in found:
                rows = f"select * from {name} where year(period) = {year}"
                found[year] = shelf.put(key, partial(seal.write_rows, con, rows, files[name].grain))
        shelf.prune(set(keys.values()))
    return pieces


def show_all_years(con: duckdb.DuckDBPyConnection, name: str, pieces: Iterable[Path]) -> None:
    """Put the rows of every year in place of those of the years just made."""
    con.execute(f"drop table if exists {name}")
    con.execute(f"create view {name} as select * from {parquet(pieces)}")


def _by_year(con: duckdb.DuckDBPyConnection, name: str, column: str | None) -> dict[int | None, str]:
    """A digest of a relation's rows by year; one under None for a relation without time."""
    if column is None:
        return {None: digest(con, name)}
    rows = con.execute(f"select year({column}), {DIGEST} from {name} as t group by 1 order by 1").fetchall()
    return dict(rows)
