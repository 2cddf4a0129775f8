"""A build: the store as known on a day becomes a sealed snapshot.

Inputs (`pipelines/relations.py`) → four stages (`pipelines/stages.py`): cells of each month of the store,
months, windows of the years that changed, what reads all years → data tests after each → seal
(`pipelines/seal.py`) → pointer. Whoever is killed leaves the last snapshot served.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from pipelines import (
    calibration,
    cells,
    engine,
    graph,
    ledger,
    manifest,
    model_steps,
    relations,
    seal,
    snapshot,
    stages,
    windows,
)
from pipelines.errors import EXIT_DATA_TEST, EXIT_WORKSPACE, UserError
from pipelines.store import reader
from pipelines.workspace import Workspace

SQL_ROOT = Path(__file__).parent / "sql"
# Beside all of mart and ref: what pages need to explain a number down to the unit.
SEALED_CORE = frozenset({"core.measure", "core.coverage"})
_SHOWN_ROWS = 3

Progress = Callable[[str, int, int], None]
log = logging.getLogger("zhengxin.build")


@dataclass(frozen=True)
class BuildResult:
    """What a build made: `tables` maps each sealed table to its rows, `warnings` are (zh, en) pairs.

    `served` says whether CURRENT names it now.
    """

    snapshot_id: str
    path: Path
    as_of: date
    seconds: float
    tables: dict[str, int]
    served: bool
    warnings: tuple[tuple[str, str], ...]


def build(
    ws: Workspace,
    *,
    as_of: date | None = None,
    threads: int | None = None,
    progress: Progress = lambda stage, done, total: None,
    built_at: str | None = None,
    sql_root: Path = SQL_ROOT,
    wait_seconds: float = 10.0,
) -> BuildResult:
    """Build, test and seal a snapshot of the store as known on `as_of` (default: its latest record).

    `progress` receives (stage, done, total); `built_at` is written into the manifest, outside the
    id; the end of another build is waited for `wait_seconds`.
    Raises UserError: exit 4 when the store is empty or another build is running, exit 5 when a data
    test finds wrong rows (nothing is sealed then).
    """
    started = time.perf_counter()
    made = _Made.load(sql_root)
    with ws.exclusive("build", wait_seconds), engine.connection(ws, threads) as con:
        snapshot.clear_temporary(ws)
        as_of, batches = _take_inputs(con, ws, made, as_of, progress)
        priors, said = _take_priors(con, ws, as_of)
        relations.put(con, "run.ledger_event", ledger.read(ws).filter(pl.col("noted_on") <= as_of))
        by_year = _make_all(con, ws, made, progress)
        tables = _sealed(made.files, _columns_of_given(con))
        snapshot_id = seal.seal(
            ws,
            con,
            tables,
            by_year,
            manifest.companion_files(),
            manifest.facts(con, as_of, batches, {**made.files, **made.checks}, priors),
            {"built_at": built_at, "build_seconds": round(time.perf_counter() - started, 3)},
            progress,
        )
        said += _stale_priors(con)
        kept = snapshot.publish(ws, snapshot_id)
        if not kept:
            ledger.store(ws, con.sql("select * from mart.warning_ledger_event").pl(), as_of)
    path = ws.snapshots / snapshot_id
    rows = {name: table["rows"] for name, table in snapshot.read_manifest(path)["tables"].items()}
    warnings = ([kept] if kept else []) + said
    seconds = time.perf_counter() - started
    result = BuildResult(snapshot_id, path, as_of, seconds, rows, kept is None, tuple(warnings))
    log.info("snapshot %s as of %s in %.1f s", snapshot_id, as_of, result.seconds)
    return result


@dataclass(frozen=True)
class _Made:
    """What a build makes: SQL files and model steps by name, data tests, and the stages they fall into."""

    files: Mapping[str, graph.SqlFile]
    checks: Mapping[str, graph.SqlFile]
    stages: stages.Stages

    @classmethod
    def load(cls, sql_root: Path) -> _Made:
        """Read `sql_root`; GraphError names every file that breaks a rule."""
        files = {**graph.load(sql_root), **model_steps.as_files()}
        checks = graph.checks(sql_root)
        order = graph.order(files, relations.GIVEN)
        if unknown := graph.unknown_reads(checks.values(), {*files, *relations.GIVEN}):
            raise graph.GraphError(unknown)
        return cls(files, checks, stages.split(files, order))

    def tests(self, stage: str) -> dict[str, tuple[str, graph.SqlFile]]:
        """The data tests of a stage: every grain is unique, and every check returns no row."""
        names = {"months": self.stages.months, "windows": self.stages.windows, "after": self.stages.after}
        grains = {f"grain of {n}": (_repeated_grain(self.files[n]), self.files[n]) for n in names[stage]}
        checks = {n: (c.text, c) for n, c in self.checks.items() if self.stages.of_check(c) == stage}
        return grains | checks


def _take_inputs(
    con: duckdb.DuckDBPyConnection, ws: Workspace, made: _Made, as_of: date | None, progress: Progress
) -> tuple[date, list[reader.BatchInfo]]:
    """Create the inputs on `con` and count the cells; the day they are known on, and the batches by then.

    No batch may be added meanwhile: sources would be read from different sets. Batches added later
    do not matter, because those read are immutable.
    """
    cells_of = made.stages.cell_sources
    with ws.exclusive("store"):
        progress("inputs", 0, 1 + len(cells_of))
        known = as_of or reader.latest_recorded_at(ws)
        if known is None:
            raise UserError(
                f"工作区 {ws.home} 里没有已导入的数据,请先运行 zhengxin ingest。",
                f"Nothing has been ingested into the workspace {ws.home}; run zhengxin ingest first.",
                EXIT_WORKSPACE,
            )
        relations.create_inputs(con, ws, known, set(cells_of.values()))
        for done, (name, source) in enumerate(cells_of.items(), start=1):
            progress("inputs", done, 1 + len(cells_of))
            with _naming(made.files[name]):
                months, counted = cells.make(con, ws, made.files[name], source, known)
            log.debug("%s: %d of %d months counted", name, counted, months)
        for name, table in relations.run_frames(con, known).items():
            relations.put(con, name, table)
        progress("inputs", 1 + len(cells_of), 1 + len(cells_of))
        return known, reader.known_batches(ws, known)


def _take_priors(
    con: duckdb.DuckDBPyConnection, ws: Workspace, as_of: date
) -> tuple[list[calibration.Priors], list[tuple[str, str]]]:
    """Create ref.prior for every year of the build; the priors found, and a warning where some are new."""
    rows = con.execute("select distinct year(month) from run.month order by 1").fetchall()
    years = [int(row[0]) for row in rows]
    found, made = calibration.ensure(ws, years, as_of)
    relations.put(con, "ref.prior", calibration.table(found, years))
    if not made:
        return found, []
    zh, en = "、".join(map(str, made)), ", ".join(map(str, made))
    return found, [
        (
            f"本次首次估计了{zh}年的先验,已存入 {ws.priors},以后生成时不再变动。",
            f"Priors of {en} were calibrated for the first time and stored in {ws.priors}; later builds leave"
            " them as they are.",
        )
    ]


def _stale_priors(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """A warning where a level of the latest 12 months has left what its priors say is usual."""
    rows = con.execute(
        """
        select distinct indicator.name_zh, indicator.name_en
        from mart.prior_check as prior_check
        inner join run.context as context on prior_check.period = context.last_month
        inner join ref.indicator as indicator on prior_check.indicator_id = indicator.indicator_id
        where prior_check.stale and prior_check.window_kind = 'r12'
        order by all
        """
    ).fetchall()
    if not rows:
        return []
    zh, en = "、".join(row[0] for row in rows), ", ".join(row[1] for row in rows)
    return [
        (
            f"先验过期:{zh}的总体水平已明显偏离先验,见 mart.prior_check。",
            f"Priors out of date: the level of {en} has left what they say is usual; see mart.prior_check.",
        )
    ]


def _make_all(
    con: duckdb.DuckDBPyConnection, ws: Workspace, made: _Made, progress: Progress
) -> dict[str, dict[int, Path]]:
    """Make and test every relation, stage by stage; the files of the tables that lie by year."""
    code = model_steps.code_digest()
    _make(con, ws, made, "months", code, progress)
    sealed = [name for name in made.files if _is_sealed(name)]
    plan = windows.plan(con, ws, made.files, made.stages, sealed, code)
    if plan.missing:
        relations.put(con, "run.period", windows.periods(con, plan.missing))
        _make(con, ws, made, "windows", code, progress)
    by_year = windows.keep(con, ws, made.files, plan)
    for name in {*by_year} & {*made.stages.windows}:
        windows.show_all_years(con, name, [piece for _, piece in sorted(by_year[name].items())])
    _make(con, ws, made, "after", code, progress)
    return by_year


def _make(
    con: duckdb.DuckDBPyConnection, ws: Workspace, made: _Made, stage: str, code: str, progress: Progress
) -> None:
    """Make the relations of a stage, each becoming the table of its name, and run the stage's data tests."""
    names: tuple[str, ...] = getattr(made.stages, stage)
    for schema in sorted({name.split(".")[0] for name in names}):
        con.execute(f"create schema if not exists {schema}")
    for done, name in enumerate(names):
        progress("sql", done, len(names))
        begun = time.perf_counter()
        with _naming(made.files[name]):
            if name in model_steps.STEPS:
                model_steps.make_or_keep(con, name, ws.cache, code)
            else:
                con.execute(f"create table {name} as {made.files[name].text}")
        log.debug("%s in %.3f s", name, time.perf_counter() - begun)
    progress("sql", len(names), len(names))
    tests = made.tests(stage)
    for done, (name, (query, file)) in enumerate(tests.items()):
        progress("check", done, len(tests))
        with _naming(file):
            con.execute(f"create or replace temp table wrong_row as {query}")
        count = con.execute("select count(*) from wrong_row").fetchall()[0][0]
        if count:
            raise _failed(con, name, file, int(count))
    progress("check", len(tests), len(tests))


def _repeated_grain(file: graph.SqlFile) -> str:
    columns = ", ".join(seal.quote(column) for column in file.grain)
    return f"select {columns}, count(*) as times from {file.name} group by {columns} having count(*) > 1"


def _failed(con: duckdb.DuckDBPyConnection, name: str, file: graph.SqlFile, count: int) -> UserError:
    rows = con.execute(f"select * from wrong_row order by all limit {_SHOWN_ROWS}")
    columns = [column[0] for column in rows.description or ()]
    shown = "; ".join(
        ", ".join(f"{column}={value}" for column, value in zip(columns, row, strict=True))
        for row in rows.fetchall()
    )
    return UserError(
        f"数据检查未通过:{name}({file.place}:{file.doc})有 {count} 行不符,如 {shown};"
        "未生成快照,请核对来源数据。",
        f"Data test failed: {name} ({file.place}: {file.doc}) finds {count} wrong rows, such as {shown};"
        " no snapshot was made; check the source data.",
        EXIT_DATA_TEST,
    )


@contextmanager
def _naming(file: graph.SqlFile) -> Iterator[None]:
    """Let an error of the engine say which file it comes from."""
    try:
        yield
    except duckdb.Error as error:
        error.add_note(f"in {file.place}")
        raise


def _columns_of_given(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, ...]]:
    """Columns of every reference relation, in their order; small enough to be sorted by all of them."""
    rows = con.execute(
        "select table_schema || '.' || table_name, list(column_name order by ordinal_position)"
        " from information_schema.columns where table_schema = 'ref' group by all order by all"
    ).fetchall()
    return {name: tuple(columns) for name, columns in rows}


def _is_sealed(name: str) -> bool:
    return name.startswith("mart.") or name in SEALED_CORE


def _sealed(
    files: Mapping[str, graph.SqlFile], given: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Tables that go into the snapshot, with the columns each is sorted by."""
    made = {name: file.grain for name, file in files.items() if _is_sealed(name)}
    return {**made, **given}
