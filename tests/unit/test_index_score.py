"""Scores: an estimate by its goalposts, the raw value beside, missing lowest, left out without weight."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from models.index.score import SCHEMA, score_indicators
from pipelines import registry

INDICATORS = registry.indicators()
PARAMETERS = registry.index_parameters()
END = date(2024, 12, 1)


def cells(*rows: tuple[str, str, str, float | None, float | None, str | None]) -> pl.DataFrame:
    """Rows of core.index_estimate: region, indicator, status, estimate, raw value, left out."""
    schema = {
        "region_id": pl.String,
        "indicator_id": pl.String,
        "status": pl.String,
        "estimate": pl.Float64,
        "raw": pl.Float64,
        "left_out": pl.String,
    }
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.with_columns(
        pl.lit("county").alias("region_level"),
        pl.lit("r12").alias("window_kind"),
        pl.lit(END).alias("period"),
    )


def scores(*rows: tuple[str, str, str, float | None, float | None, str | None]) -> dict:
    found = score_indicators(cells(*rows), INDICATORS, PARAMETERS)
    assert found.schema == SCHEMA
    columns = ("region_id", "indicator_id", "score", "score_state", "weight", "lost")
    return {row[:2]: row[2:] for row in found.select(columns).iter_rows()}


def test_each_state_has_its_score_and_left_out_gives_its_weight_away() -> None:
    found = scores(
        ("a", "debt_ratio", "value", 212.0, 200.0, None),
        ("a", "interest_burden", "not_applicable", 5.0, 5.0, None),
        ("a", "overdue_ratio", "missing", None, 0.0, None),
        ("a", "debt_disclosed_on_time", "missing", None, None, "not_reported"),
        ("b", "petition_satisfied", "value", 81.0, 90.0, None),
    )
    third = pytest.approx(1 / 3)
    # 212: 60 − 0.12 × 20. No case: as the prior mean of 5 %. Due and missing: 1. 81: 1 + 99 × 21 / 40.
    assert found == {
        ("a", "debt_ratio"): (57.6, "value", third, pytest.approx((100 - 57.6) / 3)),
        ("a", "interest_burden"): (80.0, "not_applicable", third, pytest.approx(20 / 3)),
        ("a", "overdue_ratio"): (1.0, "missing", third, pytest.approx(99 / 3)),
        ("a", "debt_disclosed_on_time"): (None, "left_out", 0.0, 0.0),
        ("b", "petition_satisfied"): (52.975, "value", 1.0, pytest.approx(47.025)),
    }


def test_the_raw_score_goes_by_the_value_before_shrinkage() -> None:
    rows = cells(
        ("a", "debt_ratio", "value", 212.0, 200.0, None), ("b", "debt_ratio", "missing", None, None, None)
    )
    found = score_indicators(rows, INDICATORS, PARAMETERS)
    assert found["score"].to_list() == [57.6, 1.0] and found["raw_score"].to_list() == [60.0, 1.0]


def test_what_is_left_out_has_no_score_even_where_a_region_reported_early() -> None:
    found = scores(("a", "debt_ratio", "value", 90.0, 90.0, "not_due"))
    assert found == {("a", "debt_ratio"): (None, "left_out", 0.0, 0.0)}


def test_every_scored_indicator_runs_from_1_to_100() -> None:
    scored = INDICATORS.filter("scored")
    assert scored.height == 17
    for row in scored.iter_rows(named=True):
        far = 1e6 if row["direction"] == 1 else -1e6
        name = row["indicator_id"]
        both = scores(("a", name, "value", far, 0.0, None), ("b", name, "value", -far, 0.0, None))
        assert [score[0] for score in both.values()] == [100.0, 1.0], name


def test_context_indicators_and_no_rows_have_no_scores() -> None:
    assert scores(("a", "petition_volume", "value", 900.0, None, None)) == {}
    assert scores() == {}


def test_a_scored_indicator_without_goalposts_is_an_error() -> None:
    blunt = INDICATORS.with_columns(pl.lit(None, pl.String).alias("goalposts"))
    with pytest.raises(ValueError, match="no goalposts"):
        score_indicators(cells(("a", "debt_ratio", "value", 1.0, 1.0, None)), blunt, PARAMETERS)
