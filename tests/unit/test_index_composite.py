"""Dimensions and the index: two thirds of the weight, required dimensions, bands, places, without debt."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from models.index.composite import (
    DIMENSION_SCHEMA,
    INDEX_SCHEMA,
    dimension_scores,
    index_from_cells,
    index_scores,
)
from models.index.score import SCHEMA
from pipelines import calibration, registry

END = date(2024, 12, 1)
DIMENSIONS, BANDS, PARAMETERS = registry.dimensions(), registry.bands(), registry.index_parameters()
# Worlds of few regions; a level of too few has a test of its own.
ONE = PARAMETERS.with_columns(pl.lit(1.0).alias("least_ranked"))
WINDOW = {"region_level": "county", "window_kind": "r12", "period": END}


def indicator_rows(region: str, **states: tuple[float | None, str, float]) -> list[dict]:
    """Rows of core.indicator_score of one dimension: indicator=(score, state, weight)."""
    return [
        {**WINDOW, "region_id": region, "indicator_id": name, "dimension": "debt"}
        | {"score": score, "score_state": state, "weight": weight, "lost": 0.0}
        for name, (score, state, weight) in states.items()
    ]


def debt(*rows: dict) -> dict[str, tuple]:
    found = dimension_scores(pl.DataFrame(list(rows), schema=SCHEMA), DIMENSIONS, PARAMETERS)
    assert found.schema == DIMENSION_SCHEMA
    return {row[0]: row[1:] for row in found.select("region_id", "score", "available_share", "state").rows()}


def test_a_dimension_needs_two_thirds_of_its_weight() -> None:
    third = 1 / 3
    found = debt(
        *indicator_rows(
            "enough", x=(70.0, "value", third), y=(40.0, "not_applicable", third), z=(1.0, "missing", third)
        ),
        *indicator_rows(
            "short", x=(70.0, "value", third), y=(1.0, "missing", third), z=(1.0, "missing", third)
        ),
        *indicator_rows("left", x=(70.0, "value", 1.0), y=(None, "left_out", 0.0), z=(None, "left_out", 0.0)),
        *indicator_rows(
            "none", x=(None, "left_out", 0.0), y=(None, "left_out", 0.0), z=(None, "left_out", 0.0)
        ),
    )
    assert found == {
        "enough": (pytest.approx((70 + 40 + 1) / 3), pytest.approx(2 / 3), "value"),
        "short": (None, pytest.approx(1 / 3), "missing"),
        "left": (70.0, 1.0, "value"),
        "none": (None, 0.0, "missing"),
    }


def test_a_grid_with_a_hole_is_an_error() -> None:
    rows = indicator_rows("a", x=(70.0, "value", 0.5), y=(70.0, "value", 0.5)) + indicator_rows(
        "b", x=(70.0, "value", 1.0)
    )
    with pytest.raises(ValueError, match="every indicator"):
        debt(*rows)


def index(
    parameters: pl.DataFrame = ONE, **scores: tuple[float | None, float | None, float | None]
) -> dict[str, dict]:
    """The index of regions given as region=(failures, petitions, debt)."""
    rows = [
        {**WINDOW, "region_id": region, "dimension": dimension, "weight": 0.0, "score": score}
        | {"available_share": 1.0, "state": "value" if score else "missing"}
        for region, values in scores.items()
        for dimension, score in zip(DIMENSIONS["dimension"], values, strict=True)
    ]
    found = index_scores(pl.DataFrame(rows, schema=DIMENSION_SCHEMA), DIMENSIONS, BANDS, parameters)
    assert found.schema == INDEX_SCHEMA
    return {row["region_id"]: row for row in found.iter_rows(named=True)}


def test_the_index_is_geometric_and_the_one_without_debt_too() -> None:
    row = index(a=(80.0, 60.0, 1.0))["a"]
    assert row["index_score"] == pytest.approx(80**0.45 * 60**0.35 * 1**0.20)
    assert row["index_without_debt"] == pytest.approx(80 ** (0.45 / 0.8) * 60 ** (0.35 / 0.8))
    assert (row["state"], row["missing_dimensions"], row["band"]) == ("ranked", "", 5)


def test_who_lacks_a_required_dimension_is_not_ranked_and_takes_no_place() -> None:
    found = index(a=(90.0, 90.0, None), b=(80.0, 80.0, 80.0), c=(None, 95.0, None), d=(80.0, 80.0, 80.0))
    shown = ("index_score", "rank", "ranked_count", "band", "state", "missing_dimensions")
    assert [found["a"][name] for name in shown] == [None, None, 2, None, "not_ranked", "debt"]
    assert [found["c"][name] for name in shown] == [None, None, 2, None, "not_ranked", "failures,debt"]
    assert [found[name]["rank"] for name in "bd"] == [1, 1]
    # Without debt the first one has a place, and the best one.
    assert [found[name]["rank_without_debt"] for name in "abcd"] == [1, 2, None, 2]


def test_fewer_than_five_are_not_ranked_and_the_reason_says_so() -> None:
    same = (80.0, 80.0, 80.0)
    four = index(PARAMETERS, **dict.fromkeys("abcd", same), e=(80.0, 80.0, None))
    shown = (
        "index_score",
        "rank",
        "ranked_count",
        "band",
        "state",
        "index_without_debt",
        "rank_without_debt",
    )
    assert all(
        [row[name] for name in shown] == [None, None, 0, None, "not_ranked", None, None]
        for name, row in four.items()
        if name != "e"
    )
    assert [row["missing_dimensions"] for row in four.values()] == ["too_few"] * 4 + ["debt"]
    five = index(PARAMETERS, **dict.fromkeys("abcde", same))
    assert {(row["state"], row["rank"]) for row in five.values()} == {("ranked", 1)}


@pytest.mark.parametrize(
    ("score", "band"),
    [
        (100.0, 1),
        (85.0, 1),
        (84.9, 2),
        (70.0, 2),
        (69.9, 3),
        (55.0, 3),
        (54.9, 4),
        (40.0, 4),
        (39.9, 5),
        (1.0, 5),
    ],
)
def test_bands_begin_at_their_lower_limit(score: float, band: int) -> None:
    assert index(a=(score, score, score))["a"]["band"] == band


def test_levels_are_ranked_apart() -> None:
    rows = [
        {**WINDOW, "region_id": region, "region_level": level, "dimension": dimension, "weight": 0.0}
        | {"score": score, "available_share": 1.0, "state": "value"}
        for region, level, score in (("a", "county", 50.0), ("b", "prefecture", 40.0), ("c", "county", 60.0))
        for dimension in DIMENSIONS["dimension"]
    ]
    found = index_scores(pl.DataFrame(rows, schema=DIMENSION_SCHEMA), DIMENSIONS, BANDS, ONE)
    assert found.sort("region_id")["rank"].to_list() == [2, 1, 1]


def test_without_cells_there_is_no_index() -> None:
    schema = {"region_id": pl.String, "region_level": pl.String, "window_kind": pl.String, "period": pl.Date}
    more = {"indicator_id": pl.String, "status": pl.String, "value": pl.Float64}
    more |= {"numerator": pl.Float64, "denominator": pl.Float64, "left_out": pl.String}
    more |= {"prior_group": pl.String, "prior_year": pl.Int32}
    priors = calibration.TABLE_SCHEMA.to_frame()
    parameters = (registry.indicators(), registry.shrinkage_parameters(), PARAMETERS)
    found = index_from_cells(pl.DataFrame(schema={**schema, **more}), priors, *parameters, DIMENSIONS, BANDS)
    assert found.is_empty() and found.schema == INDEX_SCHEMA
