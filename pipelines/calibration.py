"""Priors of the index: estimated once for each year from what was recorded before it, then left alone.

`calibrate` runs the build's own SQL up to the indicators as known on the last day before the year
(`models/index/priors.py` makes priors of them) and writes a file into the workspace's `priors/`, a declared
input of every build from then on. `ensure` does so for years that have no file yet, `table` is ref.prior.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from models.index.priors import PRIOR_SCHEMA, calibrate
from pipelines import cells, engine, graph, model_steps, registry, relations, stages
from pipelines.errors import EXIT_WORKSPACE, UserError
from pipelines.store import reader
from pipelines.workspace import Workspace, write_atomically

SQL_ROOT = Path(__file__).parent / "sql"
BEFORE_YEAR, FIRST_BUILD = "before_year", "first_build"
FILE_SCHEMA = pl.Schema([("basis", pl.String()), ("known_on", pl.String()), *PRIOR_SCHEMA.items()])
TABLE_SCHEMA = pl.Schema(
    {"year": pl.Int32(), "prior_year": pl.Int32()} | dict(FILE_SCHEMA) | {"known_on": pl.Date()}
)
_NEEDED = ("core.indicator_cell", "core.window_measure")
_LOCK = "priors"
_KEYS = ["region_level", "indicator_id"]


@dataclass(frozen=True)
class Priors:
    """The priors of one year: rows like models.index.priors with the day they were known on, and why then."""

    year: int
    digest: str
    rows: pl.DataFrame


def path_of(ws: Workspace, year: int) -> Path:
    """The file of a year's priors under the method in force."""
    return ws.priors / f"{registry.method()['id']}-{year}.json"


def read(ws: Workspace, year: int) -> Priors | None:
    """The priors of a year, None where there is no file. Raises UserError for one that cannot be read."""
    path = path_of(ws, year)
    try:
        content = path.read_bytes()
        stored = json.loads(content)
        if (stored["method"], stored["year"]) != (registry.method()["id"], year):
            raise ValueError("it is of another method or year")
        rows = pl.DataFrame(stored["priors"], FILE_SCHEMA)
        rows = rows.with_columns(pl.col("known_on").str.to_date("%Y-%m-%d"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, pl.exceptions.PolarsError) as error:
        raise UserError(
            f"先验文件 {path} 无法读取({error}),请从备份恢复,或删除它后运行 zhengxin calibrate。",
            f"The priors {path} cannot be read ({error}); restore them from a backup, or delete the file and"
            " run zhengxin calibrate.",
            EXIT_WORKSPACE,
        ) from error
    return Priors(year, hashlib.sha256(content).hexdigest(), rows)


def write(ws: Workspace, year: int, known_on: date) -> Priors | None:
    """Calibrate a year on what was recorded before it, and store it; None where nothing was recorded then.

    What no year-end tells of any level is calibrated on the windows known on `known_on` that end 0, 12 and 24
    months back, and says so (`first_build`). A file that is there is replaced.
    """
    before = min(date(year - 1, 12, 31), known_on)
    count = int(registry.method()["shrinkage"]["calibration_years"])
    ends = [date(year - back, 12, 1) for back in range(1, count + 1)]
    with ws.exclusive(_LOCK):
        rows = _rows(_calibrated(ws, before, ends), BEFORE_YEAR, before)
        last = relations.last_whole_month(known_on)
        if last.year == year:
            ends = [relations.add_months(last, -12 * back) for back in range(count)]
            more = _rows(_calibrated(ws, known_on, ends), FIRST_BUILD, known_on)
            rows = pl.concat([rows, more.join(rows, on=_KEYS, how="anti")])
        if rows.is_empty():
            return None
        ordered = rows.sort("region_level", "prior_group", "indicator_id")
        lines = [
            json.dumps(row, ensure_ascii=False, default=date.isoformat)
            for row in ordered.iter_rows(named=True)
        ]
        head = json.dumps({"method": registry.method()["id"], "year": year}, ensure_ascii=False)[:-1]
        body = ",\n".join(lines)
        write_atomically(path_of(ws, year), f'{head}, "priors": [\n{body}\n]}}\n'.encode())
    return read(ws, year)


def ensure(ws: Workspace, years: Collection[int], known_on: date) -> tuple[list[Priors], list[int]]:
    """The priors of these years that there are, and the years calibrated just now, in order."""
    found, made = [], []
    for year in sorted(years):
        priors = read(ws, year)
        if priors is None:
            priors = write(ws, year, known_on)
            made += [year] if priors else []
        found += [priors] if priors else []
    return found, made


def table(found: Iterable[Priors], years: Collection[int]) -> pl.DataFrame:
    """ref.prior: for every year the priors in force, and which year's they are (`prior_year`).

    Where nothing had been recorded before a year of an indicator, the first later year's stand in.
    """
    parts, kept = [TABLE_SCHEMA.to_frame()], TABLE_SCHEMA.to_frame()
    by_year = {priors.year: priors.rows for priors in found}
    for year in sorted({*years, *by_year}, reverse=True):
        if year in by_year:
            own = by_year[year].with_columns(
                pl.lit(year, pl.Int32).alias("year"), pl.lit(year, pl.Int32).alias("prior_year")
            )
            own = own.select(list(TABLE_SCHEMA))
            kept = pl.concat([own, kept.join(own, on=_KEYS, how="anti")])
        if year in years:
            parts.append(kept.with_columns(pl.lit(year, pl.Int32).alias("year")))
    return pl.concat(parts).sort("year", "region_level", "prior_group", "indicator_id")


def _rows(priors: pl.DataFrame, basis: str, known_on: date) -> pl.DataFrame:
    return priors.select(
        pl.lit(basis).alias("basis"), pl.lit(known_on).alias("known_on"), *PRIOR_SCHEMA.names()
    )


def _calibrated(ws: Workspace, as_of: date, ends: Collection[date]) -> pl.DataFrame:
    """The priors from the 12-month windows that end in these months, as known on a day."""
    # Without a batch by then there is nothing to ask the engine.
    if not reader.known_batches(ws, as_of):
        return PRIOR_SCHEMA.to_frame()
    with engine.connection(ws, name="spill-priors") as con:
        try:
            take_inputs(con, ws, as_of)
        except UserError:
            return PRIOR_SCHEMA.to_frame()
        return calibrate(observations(con, ends), registry.indicators(), registry.shrinkage_parameters())


def take_inputs(con: duckdb.DuckDBPyConnection, ws: Workspace, as_of: date) -> None:
    """Inputs, cells and months as known on a day. Raises UserError where there is no month."""
    files, made = files_and_stages()
    with ws.exclusive("store"):
        relations.create_inputs(con, ws, as_of, set(made.cell_sources.values()))
        for name, source in made.cell_sources.items():
            cells.make(con, ws, files[name], source, as_of)
        for name, frame in relations.run_frames(con, as_of).items():
            relations.put(con, name, frame)


def observations(con: duckdb.DuckDBPyConnection, ends: Collection[date]) -> pl.DataFrame:
    """What priors are made from, on a connection that holds inputs, cells and months; run.period is made.

    Columns as `models.index.priors.calibrate` takes them.
    """
    files, made = files_and_stages()
    months = con.sql("select month from run.month order by month").pl()["month"].to_list()
    wanted = [month in ends for month in months]
    relations.put(
        con, "run.period", pl.DataFrame({"period": months, "windowed": wanted, "published": wanted})
    )
    needed = ancestors(files, _NEEDED)
    for name in (*made.months, *made.windows):
        if name in needed:
            con.execute(f"create schema if not exists {name.split('.')[0]}")
            model_steps.create(con, files[name])
    found: pl.DataFrame = con.sql(
        """
        select
            cell.region_id,
            cell.region_level,
            prior_group.prior_group,
            cell.period,
            cell.indicator_id,
            cell.status,
            cell.numerator,
            cell.denominator,
            squares.value as squares
        from core.indicator_cell as cell
        inner join ref.indicator as indicator
            on cell.indicator_id = indicator.indicator_id
            and indicator.scored
        inner join ref.region as region on cell.region_id = region.region_id
        inner join ref.prior_group as prior_group on region.type = prior_group.type
        left join core.window_measure as squares
            on cell.region_id = squares.region_id
            and cell.window_kind = squares.window_kind
            and cell.period = squares.period
            and indicator.squares = squares.measure
        where cell.window_kind = 'r12'
        """
    ).pl()
    return found


def files_and_stages() -> tuple[dict[str, graph.SqlFile], stages.Stages]:
    """Every relation that is made, and the stages of a build."""
    files = {**graph.load(SQL_ROOT), **model_steps.as_files()}
    return files, stages.split(files, graph.order(files, relations.GIVEN))


def ancestors(files: dict[str, graph.SqlFile], needed: Iterable[str]) -> set[str]:
    """The relations made for those `needed`, these among them."""
    found: set[str] = set()
    open_ones: list[str] = list(needed)
    while open_ones:
        name = open_ones.pop()
        if name in files and name not in found:
            found.add(name)
            open_ones += files[name].inputs
    return found
