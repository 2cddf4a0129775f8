"""Intervals and trend of a window: the point is the index of the estimates, another month has other draws."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from models.index import composite, registered
from models.index.estimate import estimates
from models.index.interval import LEVEL_SCHEMA, SCHEMA, certainty, level_certainty
from pipelines import registry
from tests.spec import tables

INDICATORS, SHRINKAGE = registry.indicators(), registry.shrinkage_parameters()
REFERENCE = (INDICATORS, registry.dimensions(), registry.index_parameters(), SHRINKAGE)
UNCERTAINTY = registry.uncertainty_parameters().with_columns(pl.lit(400.0).alias("draws"))
PRIORS = tables.priors([2024], 10.0)
MONTHS = {"now": date(2024, 12, 1), "year_ago": date(2023, 12, 1)}


def cells(side: str, share: float, trials: float = 40.0, regions: int = 6) -> pl.DataFrame:
    """Counties of which the first has the best share of cases and each further one a little less."""
    rows = []
    for number in range(regions):
        for name, model, direction, scale in (
            INDICATORS.filter("scored").select("indicator_id", "model", "direction", "scale").rows()
        ):
            good = share - 0.02 * number
            rate = good if direction > 0 else (1 - good) / (10 if model == "X" else 50)
            rows.append(
                {"region_id": f"5301{number:02d}", "side": side, "period": MONTHS[side], "indicator_id": name}
                | {
                    "status": "value",
                    "value": rate * scale,
                    "numerator": rate * trials,
                    "denominator": trials,
                }
            )
    return pl.DataFrame(rows).with_columns(
        pl.lit("county").alias("region_level"),
        pl.lit("counties").alias("prior_group"),
        pl.lit(2024, pl.Int32).alias("prior_year"),
        pl.lit(None, pl.String).alias("left_out"),
        pl.lit(True).alias("comparable"),
    )


def found(*sides: pl.DataFrame) -> pl.DataFrame:
    made = certainty(pl.concat(sides), PRIORS, *REFERENCE, UNCERTAINTY)
    assert made.schema == SCHEMA
    return made


def index(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter(node="index")


def test_the_point_is_the_index_of_the_estimates_and_intervals_surround_it() -> None:
    given = cells("now", 0.9)
    silent = (pl.col("region_id") == "530105") & pl.col("indicator_id").str.contains("petition")
    given = given.with_columns(pl.when(silent).then(pl.lit("missing")).otherwise("status").alias("status"))
    frame = index(found(given))
    values = estimates(given, PRIORS, INDICATORS, SHRINKAGE)
    wide = values.pivot(on="indicator_id", index="region_id", values="estimate")
    expected = composite(wide, registered(*REFERENCE[:3]))["index"].to_list()
    assert frame["score"].to_list() == [None if x is None else pytest.approx(x, abs=1e-6) for x in expected]
    # Who did not report petitions has no index, no rank and takes none.
    assert frame["rank"].to_list() == [1, 2, 3, 4, 5, None]
    assert frame.row(5, named=True)["rank_upper"] is None and frame["trend"].to_list() == ["unknown"] * 6
    ranked = frame.head(5)
    for lower, point, upper in (("lower", "score", "upper"), ("tier_lower", "rank", "tier_upper")):
        assert ranked.filter(pl.col(lower) > pl.col(point)).is_empty()
        assert ranked.filter(pl.col(point) > pl.col(upper)).is_empty()
    assert ranked["tier_upper"].max() == 5


def test_more_cases_narrow_the_interval_and_separate_regions() -> None:
    few, many = index(found(cells("now", 0.9))), index(found(cells("now", 0.9, trials=40_000.0)))
    assert (many["standard_error"] < few["standard_error"] / 2).all()
    assert many["separated"][0] > few["separated"][0]


@pytest.mark.parametrize(("before", "word"), [(0.9, "steady"), (0.6, "improved"), (0.99, "worsened")])
def test_only_a_near_certain_change_has_a_word(before: float, word: str) -> None:
    trials = 40.0 if word == "steady" else 4000.0
    frame = index(found(cells("now", 0.9, trials), cells("year_ago", before, trials)))
    assert frame["trend"].unique().to_list() == [word]
    if word == "steady":
        # The same cases and other draws: near one half, and not exactly.
        half = frame["better_probability"].to_numpy()
        assert (np.abs(half - 0.5) < 0.1).all() and (half != 0.5).any()


def test_windows_that_do_not_compare_have_no_trend() -> None:
    then = cells("year_ago", 0.6).with_columns(pl.lit(False).alias("comparable"))
    assert index(found(cells("now", 0.9), then))["trend"].unique().to_list() == ["unknown"]


def test_a_level_says_how_much_is_signal() -> None:
    frame = found(cells("now", 0.9, 40_000.0))
    levels = level_certainty(frame)
    assert levels.schema == LEVEL_SCHEMA and set(levels["node"]) == {"index", "failures", "petitions", "debt"}
    top = levels.row(by_predicate=pl.col("node") == "index", named=True)
    assert top["ranked_count"] == 6 and 0.9 < top["reliability"] <= 1
    assert top["separated"] == index(frame)["separated"][0]


def test_a_level_of_too_few_has_dimensions_and_no_places() -> None:
    frame = found(cells("now", 0.9, regions=4), cells("year_ago", 0.6, regions=4))
    empty = index(frame).select(
        "score", "mean", "lower", "rank", "rank_lower", "tier_lower", "tier", "separated"
    )
    assert frame.height == 16 and empty.null_count().row(0) == (4,) * 8
    assert index(frame)["trend"].unique().to_list() == ["unknown"]
    assert frame.filter(node="failures")["score"].null_count() == 0


def test_no_indicator_left_gives_no_row() -> None:
    out = cells("now", 0.9).with_columns(pl.lit("left_out").alias("left_out"))
    assert found(out).is_empty() and level_certainty(found(out)).is_empty()
