"""Improbable zeros: the chance of no case under the prior, by the two distributions of SciPy."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from scipy.stats import betabinom, nbinom

from models.index.guards import SCHEMA, improbable_zeros
from pipelines import registry
from tests.spec import tables

INDICATORS = registry.indicators()
PRIORS = tables.priors([2024], 10.0).with_columns(pl.lit(2.0).alias("event_scale"))


def zeros(*rows: tuple[str, str, float, float], priors: pl.DataFrame = PRIORS) -> pl.DataFrame:
    """Cells of one county now: indicator, status, numerator, denominator."""
    cells = pl.DataFrame(
        rows, ["indicator_id", "status", "numerator", "denominator"], orient="row"
    ).with_columns(
        pl.lit("530102").alias("region_id"),
        pl.lit("county").alias("region_level"),
        pl.lit("now").alias("side"),
        pl.lit(date(2024, 12, 1)).alias("period"),
        pl.lit("districts").alias("prior_group"),
        pl.lit(2024, pl.Int32).alias("prior_year"),
        pl.lit(None, pl.String).alias("left_out"),
    )
    return improbable_zeros(cells, priors, INDICATORS, registry.uncertainty_parameters())


def test_the_chance_of_a_zero_is_that_under_the_prior() -> None:
    found = zeros(("failure_rate", "value", 0.0, 300.0), ("petition_repeat", "value", 0.0, 60.0))
    assert found.schema == SCHEMA
    rate, share = found.sort("indicator_id").to_dicts()
    # 1 % of 10 cases' weight; effective exposure is half of what is there.
    assert rate["expected"] == pytest.approx(1.5)
    assert rate["probability"] == pytest.approx(nbinom.pmf(0, 0.1, 10 / (10 + 150)))
    assert share["probability"] == pytest.approx(betabinom.pmf(0, 30, 0.1, 9.9))
    assert not rate["improbable"] and not share["improbable"]


def test_only_zeros_of_what_should_be_little_are_looked_at() -> None:
    found = zeros(
        ("failure_rate", "value", 1.0, 300.0),
        ("petition_repeat", "not_applicable", 0.0, 0.0),
        ("petition_satisfied", "value", 0.0, 60.0),
        ("overdue_ratio", "value", 0.0, 60.0),
    )
    assert found.is_empty()


def test_a_zero_where_cases_are_usual_is_improbable() -> None:
    strong = PRIORS.with_columns(pl.lit(0.05).alias("mean"), pl.lit(1000.0).alias("strength"))
    found = zeros(("failure_rate", "value", 0.0, 400.0), priors=strong).row(0, named=True)
    # Ten expected by a prior of fifty cases: 1.2 to the power of −50.
    assert found["improbable"] and found["probability"] == pytest.approx(1.2**-50, abs=1e-9)
