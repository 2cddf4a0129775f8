"""Intervals of the sample by a second road: other draws, and every pair tested in a loop."""

from __future__ import annotations

import json
import math
from datetime import date

import numpy as np
import polars as pl
import pytest

from tests.data.second_road_debt import score
from tests.data.test_second_road_index import METHOD, priors
from tests.sample import Sample

PERIOD, DRAWS = date(2025, 12, 1), 1500


def drawn(row: dict, prior: dict, model: str, scale: float, rng: np.random.Generator) -> np.ndarray:
    """Draws of the true value of one indicator of one region."""
    known = row["status"] == "value"
    if model == "X":
        centre = row["value"] if known else prior["mean"] * scale
        error = METHOD["shrinkage"]["revision_error_pct"] / 100
        return rng.normal(centre, abs(centre) * error, DRAWS)
    above = row["numerator"] / prior["event_scale"] if known else 0.0
    below = row["denominator"] / prior["event_scale"] if known else 0.0
    mean, strength = prior["mean"], prior["strength"]
    if model == "GP":
        return scale * rng.gamma(mean * strength + above, 1 / (strength + below), DRAWS)
    above = min(above, below)
    return scale * rng.beta(mean * strength + above, (1 - mean) * strength + below - above, DRAWS)


def index_draws(sample: Sample, level: str) -> dict[str, np.ndarray]:
    """Draws of the index of every ranked region."""
    snapshot, rng = sample.snapshot, np.random.default_rng(5)
    scored = snapshot.frame("ref.indicator").filter("scored")
    known = {
        name: (model, scale, json.loads(text))
        for name, model, scale, text in scored.select("indicator_id", "model", "scale", "goalposts").rows()
    }
    window = pl.col("window_kind") == "r12", pl.col("period") == PERIOD
    values = snapshot.frame("mart.indicator_value").filter(*window, pl.col("region_level") == level)
    states = snapshot.frame("mart.indicator_score").filter(*window)
    out = set(states.filter(pl.col("score_state") == "left_out")["indicator_id"])
    prior = priors(sample, PERIOD.year)
    ranking = snapshot.frame("mart.ranking").filter(*window, pl.col("state") == "ranked")
    rows = {(row["region_id"], row["indicator_id"]): row for row in values.to_dicts()}
    found = {}
    for region in ranking.filter(region_level=level)["region_id"]:
        log = np.zeros(DRAWS)
        for dimension in METHOD["dimensions"].values():
            total, sums = 0.0, np.zeros(DRAWS)
            for group in dimension["groups"]:
                for name in set(group["indicators"]) - out:
                    weight, (model, scale, knots) = group["share"] / len(group["indicators"]), known[name]
                    total += weight
                    row = rows[region, name]
                    if row["status"] == "missing":
                        sums += weight
                        continue
                    true = drawn(row, prior[region, name], model, scale, rng)
                    sums += weight * np.array([score(float(value), knots) for value in true])
            log += dimension["weight"] * np.log(sums / total)
        found[region] = np.exp(log)
    return found


def test_the_intervals_of_the_prefectures_agree(sample: Sample) -> None:
    mine = index_draws(sample, "prefecture")
    regions = sorted(mine)
    table = np.array([mine[region] for region in regions])
    place = 1 + (table[:, np.newaxis] < table[np.newaxis]).sum(axis=1)
    frame = sample.snapshot.frame("mart.rank_interval").filter(pl.col("region_id").is_in(regions))
    assert frame.height == len(regions) > 10
    for number, row in enumerate(frame.sort("region_id").iter_rows(named=True)):
        own = table[number]
        noise = row["standard_error"] / math.sqrt(DRAWS)
        assert row["standard_error"] == pytest.approx(own.std(), rel=0.1)
        # A quantile of a normal tail varies by about two errors of the mean, in both roads: far off is ten.
        for name, side in (("lower", 5), ("upper", 95)):
            assert row[name] == pytest.approx(np.percentile(own, side), abs=10 * noise)
        for name, side in (("rank_lower", 5), ("rank_upper", 95)):
            assert abs(row[name] - np.percentile(place[number], side)) <= 1


@pytest.mark.parametrize("level", ["prefecture", "county"])
def test_the_tiers_follow_from_the_pairs(sample: Sample, level: str) -> None:
    frame = sample.snapshot.frame("mart.rank_interval").filter(
        pl.col("region_level") == level, pl.col("rank").is_not_null()
    )
    level_row = sample.snapshot.frame("mart.level_certainty").row(
        by_predicate=(pl.col("region_level") == level) & (pl.col("node") == "index"), named=True
    )
    rows, apart = frame.to_dicts(), 0
    for row in rows:
        better = worse = 0
        for other in rows:
            gap = other["index_score"] - row["index_score"]
            error = math.hypot(other["standard_error"], row["standard_error"])
            better += gap > level_row["critical"] * error
            worse += gap < -level_row["critical"] * error
        apart += better
        assert (row["tier_lower"], row["tier_upper"]) == (1 + better, len(rows) - worse)
    assert level_row["separated"] == pytest.approx(apart / math.comb(len(rows), 2))
    # All at once needs more than a single pair does, and no more than as many independent ones (Bonferroni).
    assert 1.645 < level_row["critical"] < 5 and level_row["ranked_count"] == len(rows)


def test_trend_words_follow_from_their_probability(sample: Sample) -> None:
    certain = METHOD["uncertainty"]["trend_certain"]
    for row in sample.snapshot.frame("mart.rank_interval").iter_rows(named=True):
        p = row["better_probability"]
        word = (
            "unknown"
            if p is None
            else "improved"
            if p >= certain
            else "worsened"
            if p <= 1 - certain
            else "steady"
        )
        assert row["trend"] == word
