"""The benchmark runs, and the peers it compares with judge every broken cell as the product does."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tests.bench import compare, inputs, ours, pandas_ingest, pandas_measures, polars_ingest, polars_measures
from tests.bench.__main__ import asks, rounds, table
from tests.bench.jobs import RECEIVED

PEERS = {"polars": (polars_ingest, polars_measures), "pandas": (pandas_ingest, pandas_measures)}


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the product's reading of a file in which every rule is broken in every column."""
    folder = tmp_path_factory.mktemp("broken")
    inputs.broken(folder / "petitions.csv", seeds=1)
    ours.ingest(folder / "petitions.csv", folder / "home", RECEIVED)
    ours.measures(folder / "home", folder / "measures.parquet")
    return folder


@pytest.mark.parametrize("peer", PEERS)
def test_a_peer_makes_the_same_of_every_broken_cell(broken: Path, tmp_path: Path, peer: str) -> None:
    ingest, measures = PEERS[peer]
    ingest.ingest(broken / "petitions.csv", tmp_path / "peer", RECEIVED)
    measures.measures(tmp_path / "peer", tmp_path / "measures.parquet")
    compare.batches(broken / "home", tmp_path / "peer", peer)
    compare.measures(broken / "measures.parquet", tmp_path / "measures.parquet", peer)


def test_a_difference_is_found(broken: Path, tmp_path: Path) -> None:
    found = pl.read_parquet(broken / "measures.parquet")
    other = found.with_columns(amount=pl.col("amount") + (pl.int_range(pl.len()) == 7).cast(pl.Int64))
    other.write_parquet(tmp_path / "other.parquet")
    with pytest.raises(compare.Different, match="measures of peer: 2 differ"):
        compare.measures(broken / "measures.parquet", tmp_path / "other.parquet", "peer")
    polars_ingest.ingest(broken / "petitions.csv", tmp_path / "peer", RECEIVED)
    changed = next((tmp_path / "peer").glob("month=*/*.parquet"))
    pl.read_parquet(changed, hive_partitioning=False).with_columns(persons=pl.lit(77)).write_parquet(changed)
    with pytest.raises(compare.Different, match="rows of peer: 2 differ"):
        compare.batches(broken / "home", tmp_path / "peer", "peer")


def test_it_runs_and_says_what_was_asked(tmp_path: Path) -> None:
    written, used = rounds(tmp_path, 3000, 1, ["ours", "polars"])
    assert 2900 < written < 3100
    head, *lines = table(used, ["ours", "polars"])
    assert "ingest, CPU s" in head and [line.split()[0] for line in lines] == ["ours", "polars", "ours"]
    assert all("asked" in line for line in asks(used)[1:])
