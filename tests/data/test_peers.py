"""Peers of the sample: eight for every county by features recomputed from its files; named groups whole."""

from __future__ import annotations

import math

import polars as pl
import pytest

from tests.sample import Sample


def test_every_county_has_eight_peers_and_its_features_are_those_on_file(sample: Sample) -> None:
    peers = sample.snapshot.frame("mart.peer").filter(region_level="county")
    counts = peers.group_by("region_id").len()
    assert counts.height > 100 and counts["len"].unique().to_list() == [8]
    assert peers.filter(pl.col("region_id") == pl.col("peer_id")).is_empty()
    row = sample.snapshot.frame("mart.peer_feature").filter(region_level="county").row(0, named=True)
    year = pl.col("year") == row["year"]
    exposure = sample.rows("exposure").filter(year, region_id=row["region_id"]).row(0, named=True)
    debt = sample.rows("debt_year").filter(year, region_id=row["region_id"]).row(0, named=True)
    assert row["population"] == exposure["population"]
    assert row["gdp_per_head_yuan"] == pytest.approx(exposure["gdp_fen"] / 100 / exposure["population"])
    share = exposure["budget_revenue_fen"] / debt["budget_expenditure_general_fen"]
    assert row["self_sufficiency_pct"] == pytest.approx(100 * share)


def test_the_distance_is_the_length_of_the_gaps(sample: Sample) -> None:
    for row in sample.snapshot.frame("mart.peer").head(50).iter_rows(named=True):
        gaps = [row[f"{name}_gap"] for name in ("population", "gdp_per_head", "self_sufficiency")]
        assert row["distance"] == pytest.approx(math.hypot(*gaps), abs=1e-8)


def test_named_groups_hold_the_counties_their_source_names(sample: Sample) -> None:
    groups = sample.snapshot.frame("mart.peer_group")
    size = dict(groups.group_by("kind").len().iter_rows())
    assert size == {"prefecture": 129, "border": 25, "autonomous": 29}
    named = sample.snapshot.frame("ref.peer_group")
    assert set(named["peer_group"]) == size.keys()
    assert named.select(pl.col("source_zh", "source_en").str.len_chars().min()).row(0) > (0, 0)
