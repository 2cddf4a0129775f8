"""A year made alone is the year a whole build makes: ranking and scores with their year before."""

from __future__ import annotations

import pytest

from pipelines.build import build
from tests.sample import Sample

TABLES = ("mart.ranking", "mart.indicator_score", "mart.dimension_score", "mart.comparable_change")


@pytest.mark.parametrize("year", [2022, 2025])
def test_a_year_made_alone_is_the_same(sample: Sample, year: int) -> None:
    kept = sample.result.snapshot_id
    taken = [sample.snapshot.path / table / f"{year}.parquet" for table in TABLES]
    hashes = {
        digest
        for table in TABLES
        for file, digest in sample.snapshot.manifest["tables"][table]["files"].items()
        if file.endswith(f"{year}.parquet")
    }
    assert len(hashes) == len(taken)
    pieces = [path for table in TABLES for path in (sample.ws.cache / table).glob("*.parquet")]
    gone = [path for path in pieces if path.stem.partition("-")[2] in hashes]
    assert len(gone) == len(TABLES)
    for path in gone:
        path.unlink()
    assert build(sample.ws).snapshot_id == kept
