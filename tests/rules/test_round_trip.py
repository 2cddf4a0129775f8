"""Property: what is written comes back, whatever headers, order, separator, encoding and date form."""

from __future__ import annotations

import csv
import random
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.contracts import CONTRACTS, Column
from pipelines.ingest import ingest_file
from pipelines.regions import frame
from pipelines.store import reader
from pipelines.workspace import Workspace

RECEIVED = date(2024, 6, 30)
COUNTIES = frame.regions().filter(pl.col("region_level") == "county")["region_id"].to_list()
DATE_FORMS = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日")
ROWS = 20


def draw(rng: random.Random, column: Column, number: int) -> tuple[str, Any]:
    """One cell as a file may write it, and the value it stands for."""
    if column.type == "region":
        return COUNTIES[number], COUNTIES[number]
    if column.type == "code":
        return f"R{number:04d}", f"R{number:04d}"
    if column.type == "date":
        # Nothing can be dated after the day it was registered.
        year = 2024 if column.name == "reported_at" else 2023
        day = date(year, rng.randint(1, 6), 1 if column.whole_month else rng.randint(1, 28))
        return day.strftime(rng.choice(DATE_FORMS)), day
    if column.type == "bool":
        truth = rng.random() < 0.5
        return rng.choice(("是", "true", "1") if truth else ("否", "false", "0")), truth
    if column.type == "enum":
        allowed = rng.choice([value for value in column.values if value.stored != "检举控告"])
        return rng.choice((str(allowed.stored), *allowed.aliases)), allowed.stored
    if column.type == "money":
        wan = rng.randint(1, 9_999_999)
        return f"{wan:,}", wan * 1_000_000
    if column.type in ("int", "number"):
        found = rng.randint(max(column.minimum or 0, 1), min(column.maximum or 9999, 2024))
        return f"{found:,}" if found < 1900 else str(found), found
    words = rng.choice(("某县交通运输局", "甲,乙;丙", "“引号”", "a b"))
    return words, words


@pytest.mark.parametrize("source", CONTRACTS)
@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_what_is_written_comes_back(source: str, seed: int) -> None:
    contract, rng = CONTRACTS[source], random.Random(seed)
    columns = [c for c in contract.columns if c.required or (not c.pattern and c.name != "body_uscc")]
    columns = [c for c in columns if c.required or (c.name != "recorded_at" and rng.random() < 0.8)]
    rng.shuffle(columns)
    headers = [rng.choice((c.name, c.zh)) for c in columns]
    drawn = [[draw(rng, column, number) for column in columns] for number in range(ROWS)]
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as con:
        path = Path(folder) / "written.csv"
        encoding = rng.choice(("utf-8", "utf-8-sig", "gb18030"))
        with path.open("w", encoding=encoding, newline="") as out:
            writer = csv.writer(out, delimiter=rng.choice(",\t;"))
            writer.writerow(headers)
            writer.writerows([text for text, _ in row] for row in drawn)
        ws = Workspace.open(Path(folder) / "home")
        report = ingest_file(ws, path, source=source, received=RECEIVED)
        assert report.rows_accepted == ROWS, report.problems[:3]
        reader.current_relation(con, ws, source, RECEIVED)
        names = ", ".join(column.stored_name for column in columns)
        found = con.execute(f"select {names} from src.{source} order by row").fetchall()
    assert found == [tuple(value for _, value in row) for row in drawn]
