"""One table in any kind of file gives the same records and problems; damage is never a traceback."""

from __future__ import annotations

import csv
import io
import random
import tempfile
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipelines.contracts import CONTRACTS
from pipelines.ingest import check_file, ingest_file
from pipelines.store import reader
from pipelines.workspace import Workspace
from tests.rules.sheets import write_book

RECEIVED = date(2024, 12, 31)
QUICK = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
COLUMNS = ["case_id", "region", "registered_date", "persons", "category", "extended", "备注"]

Cell = str | int | float | bool | date
TEXTS = st.text(st.sampled_from("政务,;\"'|甲A1#- \n\t（）é\ufffd"), max_size=8)
CELLS: st.SearchStrategy[Cell] = st.one_of(
    st.just(""),
    TEXTS,
    st.sampled_from(["五华区", "530102", "大理", "火星", "2019-01-05", "2019年2月30日", "20190105", "是"]),
    st.sampled_from(["13000000000", "999999199003070012", "#N/A", "C1", "C2", "1,200", "nan"]),
    st.integers(-5, 600_000),
    st.floats(-10, 1e6).map(lambda x: round(x, 4)),
    st.booleans(),
    st.dates(date(1980, 1, 1), date(2030, 1, 1)),
)


def rows(columns: Sequence[str]) -> st.SearchStrategy[list[list[Cell]]]:
    row = st.lists(CELLS, min_size=len(columns), max_size=len(columns))
    good = st.builds(
        lambda n, day: [f"C{n}", "五华区", day, n, "城乡建设", True, ""],
        st.integers(1, 5),
        st.dates(date(2000, 1, 1), date(2020, 1, 1)),
    )
    return st.lists(st.one_of(row, good, st.just([""] * len(columns))), min_size=1, max_size=6)


def text_of(value: Cell) -> str:
    """A cell as a person writes it into a text file."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".") if value else "0"
    return value.isoformat() if isinstance(value, date) else str(value)


def texts_of(row: list[Cell]) -> list[str]:
    """A row's cells; a bare number in the date column is the day it stands for in a workbook (1990–2100)."""
    texts = [text_of(value) for value in row]
    place = COLUMNS.index("registered_date")
    number = row[place]
    if isinstance(number, int | float) and 32_874 <= number < 73_416:
        moment = datetime(1899, 12, 30) + timedelta(seconds=round(number * 86_400))
        texts[place] = str(moment).removesuffix(" 00:00:00")
    return texts


def as_csv(path: Path, table: list[list[Cell]]) -> Path:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([COLUMNS, *map(texts_of, table)])
    path.write_text(out.getvalue(), encoding="utf-8")
    return path


def as_parquet(path: Path, table: list[list[Cell]]) -> Path:
    texts = list(map(texts_of, table))
    pl.DataFrame(texts, schema=dict.fromkeys(COLUMNS, pl.String), orient="row").write_parquet(path)
    return path


def taken(folder: Path, path: Path) -> tuple[Any, ...]:
    """What came of a file: counts, problems, and the records in the store."""
    ws = Workspace.open(folder / f"home-{path.suffix}")
    report = ingest_file(ws, path, source="petitions", received=RECEIVED)
    problems = sorted((p.row or 0, p.column or "", p.value or "", p.rule) for p in report.problems)
    con = duckdb.connect()
    reader.current_relation(con, ws, "petitions", RECEIVED)
    names = ", ".join(column.stored_name for column in CONTRACTS["petitions"].columns)
    records = con.execute(f"select row, id, {names} from src.petitions order by row").fetchall()
    return report.rows_read, report.rows_accepted, problems, records


@QUICK
@given(rows(COLUMNS))
@example([["C1", "五华区", 42_009, 1, "", True, ""], ["C2", "五华区", 42_009.25, 1, "", True, ""]])
def test_a_table_is_the_same_in_any_kind_of_file(table: list[list[Cell]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        text = taken(folder, as_csv(folder / "t.csv", table))
        book = write_book(folder / "t.xlsx", {"Sheet1": [COLUMNS, *table]})
        assert taken(folder, book) == text
        assert taken(folder, as_parquet(folder / "t.parquet", table)) == text


@pytest.fixture(scope="module")
def good_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A good workbook and a good Parquet file."""
    folder = tmp_path_factory.mktemp("good")
    table: list[list[Cell]] = [[f"C{n}", "五华区", date(2019, 1, 5), n, "x", True, ""] for n in range(60)]
    book = write_book(folder / "t.xlsx", {"Sheet1": [COLUMNS, *table], "Sheet2": [["说明"]]})
    return {"t.xlsx": book.read_bytes(), "t.parquet": as_parquet(folder / "t.parquet", table).read_bytes()}


@pytest.mark.parametrize("name", ["t.xlsx", "t.parquet"])
def test_damage_is_a_report(tmp_path: Path, good_files: dict[str, bytes], name: str) -> None:
    content = good_files[name]
    rng = random.Random(name)
    path = tmp_path / name
    refused = 0
    for _ in range(120):
        spoilt = bytearray(content)
        for _ in range(rng.choice((1, 1, 5))):
            spoilt[rng.randrange(len(spoilt))] = rng.randrange(256)
        path.write_bytes(spoilt[: rng.choice((len(spoilt), len(spoilt), rng.randrange(len(spoilt))))])
        report = check_file(path, source="petitions", received=RECEIVED)
        assert report.rows_accepted + report.rows_rejected == report.rows_read
        refused += report.rows_read == 0
    assert refused > 60
