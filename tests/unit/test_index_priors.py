"""Priors of a level: groups and year-ends pooled, one scale of weighted counts, a mean for exact figures."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from models.index.priors import PRIOR_SCHEMA, calibrate
from models.index.shrink import Limits, prior_binomial, prior_poisson
from pipelines import registry

INDICATORS, PARAMETERS = registry.indicators(), registry.shrinkage_parameters()
LIMITS = Limits(0.5, 0.1, 1e-6, (0.5, 1e4), 10.0)
ENDS = (date(2022, 12, 1), date(2023, 12, 1))
RNG = np.random.default_rng(7)


def cells(indicator: str, regions: int, group: str, squares: bool = False) -> pl.DataFrame:
    """Year-ends of so many counties of a group, drawn; the first has no case at the first end."""
    rows = [(f"{group}{number:02d}", group, end) for number in range(regions) for end in ENDS]
    below = RNG.integers(5, 60, len(rows)).astype(float)
    above = RNG.binomial(below.astype(int), 0.3).astype(float)
    frame = pl.DataFrame(rows, ["region_id", "prior_group", "period"], orient="row").with_columns(
        pl.lit("county").alias("region_level"),
        pl.lit(indicator).alias("indicator_id"),
        pl.lit("value").alias("status"),
        pl.Series("numerator", above),
        pl.Series("denominator", below),
        pl.Series("squares", 1.5 * above if squares else [None] * len(rows), pl.Float64),
    )
    none = pl.col("region_id").str.ends_with("00") & (pl.col("period") == ENDS[0])
    return frame.with_columns(
        pl.when(none).then(pl.lit("not_applicable")).otherwise("status").alias("status"),
        pl.when(none).then(0.0).otherwise("denominator").alias("denominator"),
        pl.when(none).then(0.0).otherwise("numerator").alias("numerator"),
    )


def row(found: pl.DataFrame, group: str, indicator: str) -> dict:
    return found.row(
        by_predicate=(pl.col("prior_group") == group) & (pl.col("indicator_id") == indicator), named=True
    )


def columns(frame: pl.DataFrame, *names: str) -> list[np.ndarray]:
    known = frame.filter(pl.col("status") == "value")
    return [known[name].to_numpy() for name in names]


def test_a_group_of_ten_has_its_own_prior_and_a_smaller_one_that_of_the_level() -> None:
    many, few = cells("petition_satisfied", 10, "counties"), cells("petition_satisfied", 9, "cities")
    found = calibrate(pl.concat([few, many]), INDICATORS, PARAMETERS)
    assert found.schema == PRIOR_SCHEMA and set(found["prior_group"]) == {"all", "counties", "cities"}
    level, own = row(found, "all", "petition_satisfied"), row(found, "counties", "petition_satisfied")
    small = row(found, "cities", "petition_satisfied")
    expected = prior_binomial(*columns(many, "numerator", "denominator"), LIMITS)
    assert (own["mean"], own["strength"]) == (pytest.approx(expected.mean), pytest.approx(expected.strength))
    assert own["observations"] == 2 * 10 - 1 and level["observations"] == 2 * 19 - 2
    keys = ("mean", "between", "strength")
    assert [small[key] for key in keys] == [level[key] for key in keys] != [own[key] for key in keys]


def test_weighted_counts_are_scaled_by_the_mean_weight_of_a_case() -> None:
    drawn = cells("failure_rate", 12, "counties", squares=True)
    found = row(calibrate(drawn, INDICATORS, PARAMETERS), "counties", "failure_rate")
    count, bodies = columns(drawn, "numerator", "denominator")
    expected = prior_poisson(count / 1.5, bodies / 1.5, LIMITS)
    assert found["event_scale"] == pytest.approx(1.5)
    assert (found["mean"], found["strength"]) == (
        pytest.approx(expected.mean),
        pytest.approx(expected.strength),
    )


def test_exact_figures_have_a_pooled_mean_only_and_what_nobody_has_no_row() -> None:
    drawn = cells("debt_ratio", 12, "counties")
    found = calibrate(drawn, INDICATORS, PARAMETERS)
    above, below = columns(drawn, "numerator", "denominator")
    assert row(found, "all", "debt_ratio")["mean"] == pytest.approx(above.sum() / below.sum())
    assert found["strength"].null_count() == found.height == 2
    nobody = drawn.with_columns(pl.lit("missing").alias("status"))
    assert calibrate(nobody, INDICATORS, PARAMETERS).is_empty()


def test_more_bodies_on_a_list_than_there_are_count_as_all_of_them() -> None:
    drawn = cells("debtor_list_rate", 12, "counties").with_columns(pl.col("denominator") + 1)
    over = drawn.with_columns((2 * pl.col("denominator")).alias("numerator"))
    assert row(calibrate(over, INDICATORS, PARAMETERS), "all", "debtor_list_rate")["mean"] <= 1


def test_a_group_that_reported_nothing_has_the_prior_of_its_level() -> None:
    many, silent = cells("petition_satisfied", 10, "counties"), cells("petition_satisfied", 12, "cities")
    silent = silent.with_columns(pl.lit("missing").alias("status"))
    found = calibrate(pl.concat([silent, many]), INDICATORS, PARAMETERS)
    level, none = row(found, "all", "petition_satisfied"), row(found, "cities", "petition_satisfied")
    assert none == level | {"prior_group": "cities", "observations": 0}
