"""Peers: the nearest by three standardised features, none its own peer, gaps that say why."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest

from models.index.peers import SCHEMA, nearest_peers
from pipelines import registry

PARAMETERS = registry.index_parameters()


def features(rows: list[tuple[str, int, float, float]], level: str = "county") -> pl.DataFrame:
    names = ["region_id", "population", "gdp_per_head_yuan", "self_sufficiency_pct"]
    return pl.DataFrame(rows, names, orient="row").with_columns(pl.lit(level).alias("region_level"))


def test_the_nearest_come_first_and_the_gap_is_in_standard_deviations() -> None:
    few = [("a", 100, 10.0, 20.0), ("b", 200, 10.0, 20.0), ("c", 800, 10.0, 20.0)]
    found = nearest_peers(features(few), PARAMETERS)
    assert found.schema == SCHEMA
    assert found.select("region_id", "peer_id", "nearness").rows() == [
        *(("a", "b", 1), ("a", "c", 2)),
        *(("b", "a", 1), ("b", "c", 2)),
        *(("c", "b", 1), ("c", "a", 2)),
    ]
    spread = np.log([100, 200, 800]).std()
    first = found.row(0, named=True)
    assert first["population_gap"] == pytest.approx(math.log(2) / spread) == first["distance"]
    # What is the same everywhere has no gap and does not divide by zero.
    assert (
        found["gdp_per_head_gap"].unique().to_list()
        == found["self_sufficiency_gap"].unique().to_list()
        == [0.0]
    )


def test_equal_distances_go_by_code_and_levels_stay_apart() -> None:
    same = [(f"r{number:02d}", 100, 10.0, 20.0) for number in range(12)]
    other = features([("p1", 100, 10.0, 20.0), ("p2", 100, 10.0, 20.0)], "prefecture")
    found = nearest_peers(pl.concat([features(same), other]), PARAMETERS)
    mine = found.filter(region_id="r03")["peer_id"].to_list()
    assert mine == ["r00", "r01", "r02", "r04", "r05", "r06", "r07", "r08"]
    assert found.filter(region_id="p1")["peer_id"].to_list() == ["p2"]


def test_without_features_there_are_no_peers() -> None:
    assert nearest_peers(features([("a", 1, 1.0, 1.0)]).clear(), PARAMETERS).is_empty()
