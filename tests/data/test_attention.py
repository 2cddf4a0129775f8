"""What is looked at first in the sample: every flag recomputed from the tables it rests on."""

from __future__ import annotations

import tomllib
from datetime import date

import polars as pl

from pipelines import registry
from tests.sample import Sample

LIMITS = tomllib.loads(registry.METHOD_FILE.read_text(encoding="utf-8"))["attention"]
LAST = date(2025, 12, 1)


def flagged(sample: Sample, flag: str) -> dict[str, float]:
    rows = sample.snapshot.frame("mart.attention").filter(flag=flag)
    return dict(rows.select("region_id", "value").iter_rows())


def test_debt_and_debtors_by_their_latest_value(sample: Sample) -> None:
    values = sample.snapshot.frame("mart.indicator_value").filter(
        pl.col("region_level").is_in(["prefecture", "county"]),
        pl.col("window_kind") == "r12",
        pl.col("period") >= date(2025, 1, 1),
        pl.col("status") == "value",
    )
    newest = values.sort("period").group_by("region_id", "indicator_id").last()
    for name, column, limit in (
        ("debt_ratio", "value", LIMITS["debt_ratio_pct"]),
        ("interest_burden", "value", LIMITS["interest_burden_pct"]),
        ("debtor_list_rate", "numerator", 1),
    ):
        rows = newest.filter(pl.col("indicator_id") == name, pl.col(column) >= limit)
        flag = "debtor_listed" if name == "debtor_list_rate" else name
        assert flagged(sample, flag) == dict(rows.select("region_id", column).iter_rows())
    assert flagged(sample, "debtor_listed")


def test_balances_over_their_limit(sample: Sample) -> None:
    balances = sample.snapshot.frame("mart.debt_balance").filter(
        pl.col("region_level").is_in(["prefecture", "county"]),
        pl.col("over_limit").is_not_null(),
        pl.col("quarter").is_between(date(2025, 1, 1), LAST),
    )
    newest = balances.sort("quarter").group_by("region_id").last().filter("over_limit")
    assert flagged(sample, "over_limit").keys() == set(newest["region_id"])


def test_a_fall_is_flagged_within_the_false_discovery_rate_of_its_level(sample: Sample) -> None:
    draws = registry.method()["uncertainty"]["draws"]
    expected = set()
    for level in ("prefecture", "county"):
        rows = sample.snapshot.frame("mart.rank_interval").filter(
            pl.col("region_level") == level, pl.col("better_probability").is_not_null()
        )
        found = sorted(
            ((p * draws + 1) / (draws + 1), region)
            for region, p in rows.select("region_id", "better_probability").iter_rows()
        )
        last = max(
            (i for i, (p, _) in enumerate(found, 1) if p <= LIMITS["fall_q"] * i / len(found)), default=0
        )
        expected |= {region for _, region in found[:last]}
    assert flagged(sample, "fallen").keys() == expected
