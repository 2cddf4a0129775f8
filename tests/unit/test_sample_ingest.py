"""The sample through ingest: what was planted is rejected and nothing else, and every other row comes back
out of the store as it was drawn, whatever its file looked like."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipelines.contracts import CONTRACTS
from pipelines.ingest import IngestReport
from pipelines.sample import debt_rows, failures, petitions, planted_rows
from pipelines.sample.debt import build_debt
from pipelines.sample.planted import plan
from pipelines.sample.settings import AS_OF, DEFAULT_SEED, LATE_MONTH, LATE_PREFECTURE, MONTHS, NONE
from pipelines.sample.world import World, build_world
from pipelines.store.reader import batches, current_relation, latest_recorded_at
from pipelines.workspace import Workspace
from tests.sample import Sample

Planted = set[tuple[str, int, str, str]]
AS_OF_DATE = date(2025, 12, 31)


@pytest.fixture(scope="module")
def workspace(built: Sample) -> Workspace:
    return built.ws


@pytest.fixture(scope="module")
def reports(built: Sample) -> list[IngestReport]:
    return list(built.reports)


@pytest.fixture(scope="module")
def stored(workspace: Workspace, reports: list[IngestReport]) -> Iterator[duckdb.DuckDBPyConnection]:
    con = duckdb.connect()
    for source in CONTRACTS:
        current_relation(con, workspace, source, AS_OF_DATE)
    yield con
    con.close()


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(DEFAULT_SEED)


def truth(repository: Path, name: str) -> list[dict[str, str]]:
    """The rows of a file of `truth/`."""
    with (repository / "sample_data" / "truth" / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def planted(repository: Path) -> Planted:
    rows = truth(repository, "faults.csv")
    return {(row["file"], int(row["row"]), row["column"], row["rule"]) for row in rows}


def column_of(source: str, header: str) -> str:
    """The contract's name of a header, the unit of money and case apart."""
    contract = CONTRACTS[source]
    names = {column.zh: column.name for column in contract.columns} | {"县(市、区)": "county"}
    return names.get(re.sub(r"\((亿元|万元|元)\)$", "", header), header)


def test_what_was_planted_is_rejected_and_nothing_else(reports: list[IngestReport], planted: Planted) -> None:
    rejected = {
        (report.file.name, problem.row, column_of(str(report.source), str(problem.column)), problem.rule)
        for report in reports
        for problem in report.problems
        if problem.level == "reject"
    }
    assert rejected == planted
    assert sum(report.rows_rejected for report in reports) == len(planted)


def test_no_good_row_is_even_warned_about(reports: list[IngestReport], planted: Planted) -> None:
    bad = {(file, row) for file, row, _, _ in planted}
    warned = {(report.file.name, problem.row) for report in reports for problem in report.problems}
    assert warned == bad
    assert [report.unmapped_headers for report in reports if report.unmapped_headers] == []


def test_rows_read_are_accepted_or_rejected(repository: Path, reports: list[IngestReport]) -> None:
    for report in reports:
        assert report.rows_read == report.rows_accepted + report.rows_rejected
        if report.file.suffix == ".csv":
            assert report.rows_read == report.file.read_bytes().count(b"\n") - 1, report.file.name


def test_the_batches_are_synthetic_and_the_last_day_is_as_of(
    workspace: Workspace, reports: list[IngestReport]
) -> None:
    assert all(info.synthetic for info in batches(workspace))
    assert latest_recorded_at(workspace) == AS_OF_DATE


def frame(con: duckdb.DuckDBPyConnection, query: str) -> pl.DataFrame:
    """The result of a query as a frame."""
    return pl.DataFrame(pl.from_arrow(con.sql(query).to_arrow_table()))


def comparable(
    world: World, drawn: pl.DataFrame, columns: tuple[str, ...], days: tuple[str, ...]
) -> pl.DataFrame:
    """Drawn rows as the store has them: region ids, dates, null for nothing."""
    units = pl.Series(world.unit)
    dates = [
        pl.when(pl.col(name) != NONE).then(pl.col(name)).cast(pl.Int32).cast(pl.Date).alias(name)
        for name in days
    ]
    texts = [
        pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in columns if name not in days
    ]
    return drawn.select(pl.Series("region_id", units.gather(drawn["unit"])), *texts, *dates)


def with_corrections(repository: Path, expected: pl.DataFrame, source: str, key: str) -> pl.DataFrame:
    """The expected rows with the cells that `truth/corrections.csv` says a later file changes."""
    for change in truth(repository, "corrections.csv"):
        column = {"region": "region_id"}.get(change["column"], change["column"])
        if change["source"] != source or column not in expected.columns:
            continue
        dtype = expected.schema[column]
        read = date.fromisoformat if dtype == pl.Date else float if dtype.is_float() else str
        cell = pl.lit(read(change["new_value"]), dtype=dtype)
        mine = pl.col(key) == change["id"]
        old = expected.filter(mine)[column].cast(pl.String).to_list()
        assert old == [change["old_value"]], change
        expected = expected.with_columns(pl.when(mine).then(cell).otherwise(column).alias(column))
    return expected


def test_every_failure_record_comes_back_as_drawn(
    repository: Path, world: World, stored: duckdb.DuckDBPyConnection
) -> None:
    texts = ("record_id", "body_name", "body_uscc", "source", "severity", "standing", "rectification")
    days = (*failures.DATES, "reason_due", "rectify_due", "recorded_at")
    drawn = failures.known_at(planted_rows.records(world, plan(world, DEFAULT_SEED), DEFAULT_SEED), AS_OF)
    # A file tells what had changed by its day: a deadline that merely passes changes no row.
    steady = [name for name in texts if name != "rectification"]
    expected = comparable(world, drawn, (*steady, *days), days).sort("record_id")
    expected = with_corrections(repository, expected, "failures", "record_id")
    corrected = [row["id"] for row in truth(repository, "corrections.csv")]
    day = pl.when(pl.col("record_id").is_in(corrected)).then(date(2025, 9, 10)).otherwise("recorded_at")
    expected = expected.with_columns(recorded_at=day)
    found = frame(stored, f"select {', '.join(expected.columns)} from src.failures order by record_id")
    assert found.equals(expected)


def test_every_petition_comes_back_as_drawn(
    repository: Path, world: World, stored: duckdb.DuckDBPyConnection
) -> None:
    texts = ("case_id", "channel", "case_type", "category", "repeat_flag", "eval_unit", "recheck_result")
    events = plan(world, DEFAULT_SEED)
    drawn = pl.concat(
        planted_rows.month_cases(world, events, DEFAULT_SEED, index) for index in range(len(MONTHS))
    )
    known = petitions.known_at(drawn, AS_OF)
    expected = comparable(world, known, (*texts, *petitions.DATES), petitions.DATES).sort("case_id")
    expected = with_corrections(repository, expected, "petitions", "case_id")
    found = frame(stored, f"select {', '.join(expected.columns)} from src.petitions order by case_id")
    assert found.equals(expected)


def test_sums_written_in_yuan_and_in_ten_thousands_agree(
    repository: Path, world: World, stored: duckdb.DuckDBPyConnection
) -> None:
    records = planted_rows.records(world, plan(world, DEFAULT_SEED), DEFAULT_SEED)
    drawn = with_corrections(
        repository, records.drop("event_date", "recognised_date"), "failures", "record_id"
    )
    drawn = drawn.filter(pl.col("amount").is_not_nan()).sort("record_id")
    expected = (drawn["amount"] * 1_000_000).round().cast(pl.Int64)
    query = "select amount_fen from src.failures where amount_fen is not null order by record_id"
    found = frame(stored, query)
    assert found["amount_fen"].equals(expected, check_names=False)


def test_base_figures_and_reports_are_complete(world: World, stored: duckdb.DuckDBPyConnection) -> None:
    years = stored.execute(
        "select year, count(*), sum(population), min(gov_bodies) from src.exposure group by all order by all"
    ).fetchall()
    assert [(year, rows) for year, rows, _, _ in years] == [(year, 151) for year in range(2020, 2026)]
    assert years[0][2] == 47_209_277
    assert min(least for _, _, _, least in years) >= 15
    counts = stored.execute("select source, count(*) from src.reports group by source")
    assert dict(counts.fetchall()) == {
        "failures": 17 * 72 - 3,
        "petitions": 17 * 72 - 7,
        "debt_balance": 17 * 25,
        "debt_year": 17 * 6,
    }


def debt_frame(rows: pl.DataFrame, amounts: tuple[str, ...], *period: pl.Expr) -> pl.DataFrame:
    """Drawn debt as the store has it: fen, dates, null for nothing."""
    days = ("approved_date", "published_date", "recorded_at")
    return rows.select(
        pl.col("region").alias("region_id"),
        "scope",
        *period,
        *((pl.col(name) * 1_000_000).alias(f"{name}_fen") for name in amounts),
        *(
            pl.when(pl.col(day) != NONE).then(pl.col(day)).cast(pl.Int32).cast(pl.Date).alias(day)
            for day in days
        ),
    ).sort("region_id", "scope", pl.nth(2))


def test_every_debt_row_comes_back_as_drawn_in_any_unit_and_form(
    world: World, stored: duckdb.DuckDBPyConnection
) -> None:
    drawn = build_debt(world, DEFAULT_SEED)
    quarter = pl.col("period").str.slice(5).cast(pl.Int8) * 3
    period = pl.date(pl.col("period").str.slice(0, 4).cast(pl.Int32), quarter, 1).alias("period")
    for source, expected in (
        (
            "debt_balance",
            debt_frame(debt_rows.balance_rows(world, drawn, DEFAULT_SEED), debt_rows.BALANCE_AMOUNTS, period),
        ),
        (
            "debt_year",
            debt_frame(
                debt_rows.year_rows(world, drawn, DEFAULT_SEED),
                debt_rows.YEAR_AMOUNTS,
                pl.col("year").cast(pl.Int64),
            ),
        ),
    ):
        columns = ", ".join(expected.columns)
        found = frame(stored, f"select {columns} from src.{source} order by region_id, scope, 3")
        assert found.equals(expected), source


def test_the_state_at_an_earlier_year_end_is_known_too(
    world: World, workspace: Workspace, reports: list[IngestReport]
) -> None:
    con = duckdb.connect()
    current_relation(con, workspace, "petitions", date(2024, 12, 31))
    found = con.execute(
        "select count(*), max(closed_date), max(registered_date) from src.petitions"
    ).fetchone()
    con.close()
    events = plan(world, DEFAULT_SEED)
    drawn = sum(planted_rows.month_cases(world, events, DEFAULT_SEED, index).height for index in range(60))
    assert found is not None
    late = sum(
        world.prefecture[unit] == LATE_PREFECTURE
        for unit in planted_rows.month_cases(world, events, DEFAULT_SEED, MONTHS.index(LATE_MONTH))["unit"]
    )
    # The late prefecture's November 2024 lies within, and its rows were not there yet.
    assert late > 0
    assert found[0] == drawn - late
    assert max(found[1:]) <= date(2024, 12, 31)


def test_a_corrected_record_moves_county_and_month_only_from_the_day_of_the_correction(
    repository: Path, workspace: Workspace, reports: list[IngestReport]
) -> None:
    changes = truth(repository, "corrections.csv")
    assert {(row["source"], row["change"]) for row in changes} == {
        (source, change) for source in ("failures", "petitions") for change in ("county", "month", "value")
    }
    days = {"failures": ("record_id", date(2025, 9, 10)), "petitions": ("case_id", date(2025, 3, 14))}
    con = duckdb.connect()
    for source, (key, day) in days.items():
        for as_of, value in ((day - timedelta(1), "old_value"), (day, "new_value")):
            current_relation(con, workspace, source, as_of)
            for row in (row for row in changes if row["source"] == source):
                column = {"region": "region_id", "amount": "amount_fen"}.get(row["column"], row["column"])
                found = con.execute(
                    f"select cast({column} as varchar), batch from src.{source} where {key} = ?", [row["id"]]
                ).fetchall()
                expected = row[value]
                if column == "amount_fen":
                    expected = str(round(float(expected) * 1_000_000))
                assert [text for text, _ in found] == [expected], row
    con.close()


def test_the_late_prefecture_is_heard_of_only_half_a_year_later(
    workspace: Workspace, reports: list[IngestReport]
) -> None:
    con = duckdb.connect()
    place = f"region_id like '{LATE_PREFECTURE[:4]}%'"
    inside = f"{place} and date_trunc('month', registered_date) = date '2024-11-01'"
    counts = []
    for day in (date(2025, 6, 17), date(2025, 6, 18)):
        current_relation(con, workspace, "petitions", day)
        current_relation(con, workspace, "reports", day)
        registered = f"source = 'petitions' and region_id = '{LATE_PREFECTURE}' and month = date '2024-11-01'"
        counts.append(
            tuple(
                con.execute(f"select count(*) from src.{source} where {where}").fetchall()[0][0]
                for source, where in (("petitions", inside), ("reports", registered))
            )
        )
    con.close()
    assert counts[0] == (0, 0)
    assert counts[1][0] > 10
