"""The ranking of the sample by a second road: plain Python from indicator values and the method's file."""

from __future__ import annotations

import json
import math
import tomllib
from datetime import date

import polars as pl
import pytest

from pipelines import registry
from tests.data import second_road_debt
from tests.sample import Sample

METHOD = tomllib.loads(registry.METHOD_FILE.read_text(encoding="utf-8"))
# Amounts of debt of 2025 are not due at the end of that year, those of 2024 were when the year 2024 ended.
WINDOWS = [("r12", date(2025, 12, 1)), ("r12", date(2025, 9, 1)), ("year", date(2024, 12, 1))]


def priors(sample: Sample, year: int) -> dict[tuple[str, str], dict]:
    """The priors in force in a year by region and indicator."""
    snapshot = sample.snapshot
    groups = METHOD["shrinkage"]["groups"]
    rows = {
        (row["region_level"], row["prior_group"], row["indicator_id"]): row
        for row in snapshot.frame("ref.prior").filter(pl.col("year") == year).iter_rows(named=True)
    }
    found = {}
    for region_id, level, kind in (
        snapshot.frame("ref.region").select("region_id", "region_level", "type").rows()
    ):
        for (of, group, indicator), row in rows.items():
            if of == level and groups.get(kind) == group:
                found[region_id, indicator] = row
    return found


def estimate(row: dict, prior: dict, model: str, scale: float, raw: bool) -> float:
    """What is scored, in the indicator's unit: own and prior cases over what they are counted from."""
    if row["status"] == "not_applicable" or raw or model == "X":
        return row["value"] if row["status"] == "value" else prior["mean"] * scale
    weight = prior["event_scale"]
    above, below = row["numerator"] / weight, row["denominator"] / weight
    if model == "BB":
        above = min(above, below)
    return (above + prior["mean"] * prior["strength"]) / (below + prior["strength"]) * scale


def indices(
    rows: list[dict], known: dict, prior: dict, out: set[str] | None = None, raw: bool = False
) -> tuple[dict, set[str]]:
    """Index by region (None where not ranked) of one level and window, and the indicators left out."""
    left_out = set() if out is None else set(out)
    for name in known if out is None else ():
        mine = [row for row in rows if row["indicator_id"] == name]
        lacks_prior = not any((row["region_id"], name) in prior for row in mine)
        nobody = all(row["status"] == "missing" for row in mine)
        if lacks_prior or nobody or any(row["missing_reason"] == "not_due" for row in mine):
            left_out.add(name)
    found: dict[str, float | None] = {}
    for region in {row["region_id"] for row in rows}:
        own = {row["indicator_id"]: row for row in rows if row["region_id"] == region}
        log, ranked = 0.0, True
        for dimension in METHOD["dimensions"].values():
            total = known_share = lost = 0.0
            for group in dimension["groups"]:
                for name in group["indicators"]:
                    if name in left_out:
                        continue
                    weight = group["share"] / len(group["indicators"])
                    score = 1.0
                    if own[name]["status"] != "missing":
                        model, scale, knots = known[name]
                        value = estimate(own[name], prior[region, name], model, scale, raw)
                        score = second_road_debt.score(value, knots)
                        known_share += weight
                    total += weight
                    lost += weight * (100 - score)
            if not total or known_share / total < 2 / 3 - 1e-9:
                ranked = False
            else:
                log += dimension["weight"] * math.log(100 - lost / total)
        found[region] = math.exp(log) if ranked else None
    return found, left_out


@pytest.mark.parametrize(("window", "period"), WINDOWS)
@pytest.mark.parametrize("level", ["prefecture", "county"])
def test_the_ranking_agrees(sample: Sample, level: str, window: str, period: date) -> None:
    scored = sample.snapshot.frame("ref.indicator").filter("scored")
    known = {
        name: (model, scale, json.loads(text))
        for name, model, scale, text in scored.select("indicator_id", "model", "scale", "goalposts").rows()
    }
    prior = priors(sample, period.year)

    def rows(of: date) -> list[dict]:
        values = sample.snapshot.frame("mart.indicator_value")
        return values.filter(
            pl.col("region_level") == level, pl.col("window_kind") == window, pl.col("period") == of
        ).to_dicts()

    now, left_out = indices(rows(period), known, prior)
    then, _ = indices(rows(period.replace(year=period.year - 1)), known, prior, left_out)
    raw, _ = indices(rows(period), known, prior, raw=True)
    ranking = sample.snapshot.frame("mart.ranking").filter(
        pl.col("region_level") == level, pl.col("window_kind") == window, pl.col("period") == period
    )
    assert ranking.height == len(now) and ranking["rank"].count() > 10
    pairs = (
        (now, "index_score", "rank"),
        (then, "year_ago_score", "year_ago_rank"),
        (raw, "raw_index_score", "raw_rank"),
    )
    for row in ranking.iter_rows(named=True):
        for mine, column, place in pairs:
            score = mine[row["region_id"]]
            if score is None:
                assert row[column] is None and row[place] is None
                continue
            better = sum(1 for other in mine.values() if other is not None and other > score + 1e-9)
            assert row[column] == pytest.approx(score, abs=1e-6) and row[place] == better + 1
    assert ranking.filter(pl.col("index_score") != pl.col("raw_index_score")).height > 10


def test_debt_of_the_year_that_has_just_ended_is_left_out_of_both_years(sample: Sample) -> None:
    scores = sample.snapshot.frame("mart.indicator_score").filter(
        window_kind="r12", period=date(2025, 12, 1), dimension="debt"
    )
    states = scores.group_by("indicator_id").agg(pl.col("score_state").unique().sort())
    assert {name: found for name, found in states.iter_rows() if found == ["left_out"]}.keys() == {
        "debt_ratio",
        "interest_burden",
        "overdue_ratio",
    }
