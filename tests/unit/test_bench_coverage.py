"""The measurement of intervals runs and gives the rows that the method page shows."""

from __future__ import annotations

from pathlib import Path

import polars as pl

import pipelines
from tests.bench.coverage import SETS, rows

SHIPPED = Path(pipelines.__file__).parent / "reference" / "index_coverage.csv"


def test_a_small_run_has_the_rows_that_are_shipped() -> None:
    small, shipped = rows(2, 24, 60, 1), pl.read_csv(SHIPPED)
    assert small.columns == shipped.columns
    assert small.select("set", "measure").rows() == shipped.select("set", "measure").rows()
    assert set(small["set"]) == set(SETS)
    for row in small.drop_nulls("value").iter_rows(named=True):
        assert 0 <= row["low"] <= row["value"] <= row["high"] <= 1


def test_every_promise_held_when_it_was_measured() -> None:
    promised = pl.read_csv(SHIPPED).drop_nulls("holds")
    assert promised.height == 13 and promised["holds"].all()
    assert promised["repeats"].min() >= 200 and set(promised["regions"]) == {129}
