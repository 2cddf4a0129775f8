"""The 13 indicators of failures and petitions, recomputed from accepted rows, equal the snapshot to 1e-9."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from tests.data import second_road
from tests.sample import Sample

WINDOWS = [
    ("r12", date(2025, 12, 1), 12),
    ("r12", date(2024, 5, 1), 12),
    ("quarter", date(2025, 9, 1), 3),
    ("month", date(2025, 7, 1), 1),
]


@pytest.mark.parametrize(("window", "last", "months"), WINDOWS)
def test_all_indicators_agree(sample: Sample, window: str, last: date, months: int) -> None:
    first = second_road.add_months(last, 1 - months)
    rollup = sample.snapshot.frame("ref.rollup")
    units: dict[str, list[str]] = {}
    for unit, region in rollup.select("unit_id", "region_id").iter_rows():
        units.setdefault(region, []).append(unit)
    bodies = second_road.bodies(sample.rows("exposure"), last)
    pairs = second_road.failure_pairs(sample.rows("failures"), bodies, first, last)
    pairs |= second_road.petition_pairs(sample.rows("petitions"), first, last)
    values = sample.snapshot.frame("mart.indicator_value").filter(
        pl.col("window_kind") == window, pl.col("period") == last, pl.col("status") != "missing"
    )
    scale = dict(sample.snapshot.frame("ref.indicator").select("indicator_id", "scale").iter_rows())
    checked: dict[str, int] = {}
    wrong = []
    for row in values.iter_rows(named=True):
        if row["indicator_id"] not in pairs:
            continue
        above, below = (
            sum(side.get(unit, 0.0) for unit in units[row["region_id"]])
            for side in pairs[row["indicator_id"]]
        )
        expected = above / below * scale[row["indicator_id"]] if below else None
        got = row["value"]
        if (expected is None) != (got is None) or (
            expected is not None and abs(expected - got) > 1e-9 * max(1, abs(expected))
        ):
            wrong.append((row["region_id"], row["indicator_id"], expected, got))
        checked[row["indicator_id"]] = checked.get(row["indicator_id"], 0) + 1
    assert wrong == []
    assert len(checked) == 13
    # The two silent prefectures and what they belong to are missing; everyone else is compared.
    assert min(checked.values()) > 100


def test_a_prefecture_is_its_counties_its_own_bodies_and_its_zones(sample: Sample) -> None:
    regions = sample.snapshot.frame("ref.region")
    # Amounts of debt may stand in for absent units: test_second_road_debt.py adds those up.
    exact = sample.snapshot.frame("ref.indicator").filter(pl.col("model") != "X")["indicator_id"]
    values = sample.snapshot.frame("mart.indicator_value").filter(
        pl.col("window_kind") == "r12", pl.col("indicator_id").is_in(exact.implode())
    )
    parts = (
        values.join(regions.select("region_id", "parent_id"), on="region_id")
        .filter(pl.col("region_level").is_in(["county", "own", "zone"]), pl.col("parent_id") != "530000")
        .group_by("parent_id", "period", "indicator_id")
        .agg(pl.col("numerator").sum(), pl.col("denominator").sum())
    )
    both = values.filter(pl.col("region_level") == "prefecture", pl.col("status") == "value").join(
        parts,
        left_on=["region_id", "period", "indicator_id"],
        right_on=["parent_id", "period", "indicator_id"],
    )
    assert both.height > 5000
    off = both.filter(
        ((pl.col("numerator") - pl.col("numerator_right")).abs() > 1e-6)
        | ((pl.col("denominator") - pl.col("denominator_right")).abs() > 1e-6)
    )
    assert off.height == 0
