"""Scores: every value of a scored indicator between its own goalposts, nothing else."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from models.index.score import SCHEMA, score_indicators
from pipelines import registry

INDICATORS = registry.indicators()
END = date(2024, 12, 1)


def values(*cells: tuple[str, str, float | None, str]) -> pl.DataFrame:
    """Cells of mart.indicator_value: region, indicator, value, status."""
    schema = ["region_id", "indicator_id", "value", "status"]
    frame = pl.DataFrame(cells, schema=schema, orient="row", infer_schema_length=None)
    return frame.with_columns(pl.lit("r12").alias("window_kind"), pl.lit(END).alias("period"))


def test_each_value_gets_the_score_of_its_own_goalposts() -> None:
    found = score_indicators(
        values(
            ("530103", "debt_ratio", 212.0, "value"),
            ("530102", "debt_ratio", 212.0, "value"),
            ("530102", "petition_satisfied", 81.0, "value"),
            ("530102", "failure_rate", 9.5, "value"),
            ("530102", "interest_burden", None, "not_applicable"),
            ("530102", "overdue_ratio", None, "missing"),
            ("530102", "petition_volume", 900.0, "value"),
        ),
        INDICATORS,
    )
    assert found.schema == SCHEMA
    # 212: 60 − 0.12 × 20. 81: 1 + 99 × 21 / 40. Worse than the worst goalpost stays at 1.
    assert found.select("region_id", "indicator_id", "score").rows() == [
        ("530102", "debt_ratio", 57.6),
        ("530102", "failure_rate", 1.0),
        ("530102", "petition_satisfied", 52.975),
        ("530103", "debt_ratio", 57.6),
    ]


def test_every_scored_indicator_runs_from_1_to_100() -> None:
    scored = INDICATORS.filter("scored")
    assert scored.height == 17
    for row in scored.iter_rows(named=True):
        far = 1e6 if row["direction"] == 1 else -1e6
        both = values(("a", row["indicator_id"], far, "value"), ("b", row["indicator_id"], -far, "value"))
        assert score_indicators(both, INDICATORS)["score"].to_list() == [100.0, 1.0], row["indicator_id"]


def test_no_values_no_scores() -> None:
    empty = values(("530102", "debt_ratio", None, "missing"))
    assert score_indicators(empty, INDICATORS).schema == SCHEMA
    assert score_indicators(empty, INDICATORS).is_empty()


def test_a_scored_indicator_without_goalposts_is_an_error() -> None:
    blunt = INDICATORS.with_columns(pl.lit(None, pl.String).alias("goalposts"))
    with pytest.raises(ValueError, match="no goalposts"):
        score_indicators(values(("a", "debt_ratio", 1.0, "value")), blunt)
