"""What would move a region: the improvement told is enough, one per cent less is not."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.index.improve import SCHEMA, improvements
from models.index.interval import certainty
from models.index.tiers import tier_numbers
from tests.unit.test_index_interval import PRIORS, REFERENCE, UNCERTAINTY, cells

FEW = UNCERTAINTY.with_columns(pl.lit(100.0).alias("draws"))


def moved(now: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    sure = certainty(now, PRIORS, *REFERENCE, FEW)
    found = improvements(now, sure, PRIORS, *REFERENCE)
    assert found.schema == SCHEMA
    return sure.filter(node="index"), found


def reached(now: pl.DataFrame, sure: pl.DataFrame, row: dict, share: float) -> bool:
    """Whether the region has what it aims at with so much of the change, by the road of the intervals."""
    mine = (pl.col("region_id") == row["region_id"]) & (pl.col("indicator_id") == row["indicator_id"])
    change = share * row["change"]
    more = now.with_columns(
        pl.when(mine).then(pl.col("value") + change).otherwise("value").alias("value"),
        pl.when(mine)
        .then(pl.col("numerator") + change / 100 * pl.col("denominator"))
        .otherwise("numerator")
        .alias("numerator"),
    )
    after = certainty(more, PRIORS, *REFERENCE, FEW).filter(node="index")["score"].to_numpy()
    error, critical = sure["standard_error"].to_numpy(), sure["critical"][0]
    place = sure["region_id"].to_list().index(row["region_id"])
    if row["aim"] == "tier":
        return tier_numbers(after, error, critical)[place] < sure["tier"][place]

    def below(score: np.ndarray) -> int:
        return int((score[place] - score > critical * np.hypot(error[place], error)).sum())

    return below(after) > below(sure["score"].to_numpy())


@settings(max_examples=15, deadline=None)
@given(st.floats(0.75, 0.95), st.floats(50, 20_000), st.integers(0, 10_000))
def test_the_change_is_enough_and_one_per_cent_less_is_not(share: float, trials: float, pick: int) -> None:
    now = cells("now", share, trials)
    sure, found = moved(now)
    assert set(found["outcome"]) <= {"enough", "not_enough"}
    told = found.filter(outcome="enough")
    if told.is_empty():
        return
    row = told.row(pick % told.height, named=True)
    assert reached(now, sure, row, 1 + 1e-6) and not reached(now, sure, row, 0.99)


def test_cases_are_whole_and_what_cannot_be_improved_says_so() -> None:
    states = pl.when(pl.col("indicator_id") == "petition_changed").then(pl.lit("not_applicable"))
    states = states.when((pl.col("region_id") == "530103") & (pl.col("indicator_id") == "petition_repeat"))
    now = cells("now", 0.9, 2000.0).with_columns(
        states.then(pl.lit("missing")).otherwise("status").alias("status")
    )
    gone = pl.col("status") != "value"
    now = now.with_columns(
        pl.when(gone).then(None).otherwise(name).alias(name) for name in ("value", "numerator", "denominator")
    )
    sure, found = moved(now)
    assert sure["tier"].max() > 1 and set(found["aim"]) == {"tier", "apart"}
    none = found.filter(indicator_id="petition_changed")
    assert set(none["outcome"]) == {"no_case"} and none["needed"].count() == 0
    enough = found.filter(outcome="enough")
    cases = enough.filter(~pl.col("indicator_id").is_in(["failure_rate"]))["cases"].drop_nulls()
    assert cases.len() > 5 and (cases == cases.round()).all() and (cases != 0).all()
    silent = found.row(
        by_predicate=(pl.col("region_id") == "530103") & (pl.col("indicator_id") == "petition_repeat"),
        named=True,
    )
    assert (silent["outcome"], silent["value"], silent["cases"]) == ("enough", None, None)
    assert 0 <= silent["needed"] < 30
    assert (
        found.filter(outcome="not_enough")["index_reached"]
        < found.filter(outcome="not_enough")["target_score"]
    ).all()


@pytest.mark.parametrize(
    ("scores", "errors", "tiers"),
    [
        ([90, 80, 70, 60], [0.1] * 4, [1, 2, 3, 4]),
        ([90, 89.9, 70, None], [0.1, 0.1, 0.1, 1], [1, 1, 2, None]),
        # The second is too unsure to be told from anybody; the last is surely below the first alone.
        ([90, 80, 70], [1, 30, 1], [1, 1, 2]),
    ],
)
def test_tiers_count_the_sure_differences_above(scores: list, errors: list, tiers: list) -> None:
    found = tier_numbers(np.array(scores, dtype=float), errors, 3.0)
    assert [None if np.isnan(tier) else int(tier) for tier in found] == tiers
