"""The index as a tree: a worked example of four levels, gaps, what is left out, and the road of the build."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.index import Method, composite, index_from_cells, registered
from pipelines import registry

ROOT = Path(__file__).resolve().parents[2]
DIMENSIONS, BANDS, PARAMETERS = registry.dimensions(), registry.bands(), registry.index_parameters()
# However few regions are drawn, they are ranked.
ONE = PARAMETERS.with_columns(pl.lit(1.0).alias("least_ranked"))
INDICATORS = registry.indicators()
CORE = registered(INDICATORS, DIMENSIONS, PARAMETERS)
DEEP = Method.of(
    [
        {"name": "index", "mean": "geometric"},
        {"name": "people", "parent": "index", "weight": 3},
        {"name": "money", "parent": "index", "knots": ((100, 0), (10_000, 100)), "log": True},
        {"name": "health", "parent": "people"},
        {"name": "school", "parent": "people", "mean": "harmonic"},
        {"name": "life", "parent": "health", "knots": ((20, 0), (85, 100))},
        {"name": "years", "parent": "school", "weight": 2},
        {"name": "grade", "parent": "school"},
    ]
)


def test_four_levels_by_hand() -> None:
    frame = pl.DataFrame(
        {"id": ["a"], "life": [52.5], "years": [60.0], "grade": [30.0], "money": [1000.0], "note": ["x"]}
    )
    found = composite(frame, DEEP)
    # health 50; school 3 / (2/60 + 1/30) = 45; people 47.5; money halfway on the log scale: 50.
    assert found.columns == ["id", "note", "index", "people", "health", "school"]
    assert found.row(0)[2:] == pytest.approx((47.5**0.75 * 50**0.25, 47.5, 50.0, 45.0))


def test_gaps_give_their_weight_away_or_score_lowest() -> None:
    nodes = [
        {"name": "index", "least_share": 2 / 3},
        {"name": "a", "parent": "index"},
        {"name": "b", "parent": "index"},
        {"name": "c", "parent": "index"},
        {"name": "nobody", "parent": "index", "weight": 9},
    ]
    frame = pl.DataFrame({"a": [60.0, 60.0], "b": [30.0, None], "c": [None, None], "nobody": [None, None]})
    frame = frame.cast(pl.Float64)
    # c and nobody have no value at all and are left out, for the share as well.
    assert composite(frame, Method.of(nodes))["index"].to_list() == [45.0, None]
    frame = pl.concat(
        [frame, pl.DataFrame({"a": [9.0], "b": [9.0], "c": [9.0], "nobody": [None]}).cast(pl.Float64)]
    )
    assert composite(frame, Method.of(nodes))["index"].to_list() == [45.0, None, 9.0]
    scored = composite(frame.drop("nobody"), Method.of(nodes, missing_score=1.0))["index"].to_list()
    assert scored == [pytest.approx(91 / 3, abs=1e-9), None, 9.0]


def test_a_required_child_without_a_score_leaves_none() -> None:
    nodes = [
        {"name": "index"},
        {"name": "a", "parent": "index", "required": True},
        {"name": "b", "parent": "index"},
    ]
    frame = pl.DataFrame({"a": [None, 50.0], "b": [50.0, None]})
    assert composite(frame, Method.of(nodes))["index"].to_list() == [None, 50.0]


CELL = st.one_of(
    st.tuples(st.just("value"), st.floats(0, 120)),
    st.tuples(st.sampled_from(["missing", "not_applicable"]), st.none()),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(CELL, min_size=17, max_size=17), min_size=1, max_size=5))
def test_the_tree_agrees_with_the_road_of_the_build(regions: list[list[tuple[str, float | None]]]) -> None:
    """Cells as the build has them, and the same values (the prior mean for not applicable) as a frame."""
    names, usual = [leaf.name for leaf in CORE.leaves], 7.0
    fixed = {
        "region_level": "county",
        "window_kind": "r12",
        "period": date(2024, 12, 1),
        "prior_group": "counties",
        "prior_year": 2024,
        "denominator": 1.0,
    }
    priors = INDICATORS.filter("scored").select(
        pl.lit(2024).alias("year"),
        pl.lit("county").alias("region_level"),
        pl.lit("counties").alias("prior_group"),
        "indicator_id",
        (usual / pl.col("scale")).alias("mean"),
        # The prior speaks only where there is no case.
        pl.lit(1e-15).alias("strength"),
        pl.lit(1.0).alias("event_scale"),
    )
    scale = dict(INDICATORS.select("indicator_id", "scale").iter_rows())
    rows, wide = [], []
    for number, cells in enumerate(regions):
        wide.append({"id": str(number)})
        for name, (status, value) in zip(names, cells, strict=True):
            nobody = all(region[names.index(name)][0] == "missing" for region in regions)
            rows.append(fixed | {"region_id": str(number), "indicator_id": name, "status": status})
            rows[-1] |= {"value": value, "numerator": None if value is None else value / scale[name]}
            rows[-1] |= {"left_out": "not_reported" if nobody else None}
            wide[-1][name] = {"value": value, "missing": None, "not_applicable": usual}[status]
    schema = {"value": pl.Float64, "numerator": pl.Float64, "left_out": pl.String}
    road = index_from_cells(
        pl.DataFrame(rows, schema_overrides=schema),
        *(priors, INDICATORS, registry.shrinkage_parameters(), ONE, DIMENSIONS, BANDS),
    ).sort("region_id")
    floats = dict.fromkeys(names, pl.Float64)
    if all(status == "missing" for cells in regions for status, _ in cells):
        assert road["index_score"].null_count() == len(regions)
        return
    found = composite(pl.DataFrame(wide, schema_overrides=floats), CORE)
    assert found["index"].to_list() == [
        None if score is None else pytest.approx(score, abs=1e-7) for score in road["index_score"]
    ]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_adding_a_region_changes_no_other_score(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = {leaf.name: rng.uniform(0, 120, 6) for leaf in CORE.leaves}
    frame = pl.DataFrame({"id": list("abcdef"), **values})
    assert composite(frame, CORE).head(5).equals(composite(frame.head(5), CORE))


@pytest.mark.parametrize(
    ("nodes", "message"),
    [
        ([{"name": "a"}], "nothing below"),
        ([{"name": "a"}, {"name": "b"}], "one root, not 2"),
        ([{"name": "a"}, {"name": "a", "parent": "a"}], "same name"),
        ([{"name": "a"}, {"name": "b", "parent": "c"}], "not in the tree: c"),
        (
            [
                {"name": "a"},
                {"name": "x", "parent": "a"},
                {"name": "b", "parent": "c"},
                {"name": "c", "parent": "b"},
            ],
            "ring",
        ),
    ],
)
def test_what_is_no_tree_is_an_error(nodes: list[dict], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Method.of(nodes)


def test_a_frame_without_any_indicator_is_an_error() -> None:
    with pytest.raises(ValueError, match="none of the method's indicators"):
        composite(pl.DataFrame({"id": ["a"]}), DEEP)


def test_functions_named_as_their_module_stay_functions() -> None:
    """In a new process, whatever module is asked for afterwards."""
    code = (
        "import importlib, pkgutil, models.index as index\n"
        "for module in pkgutil.iter_modules(index.__path__):\n"
        "    importlib.import_module(f'models.index.{module.name}')\n"
        "print([name for name in index.__all__ if not callable(getattr(index, name))])"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert printed.stdout.strip() == "[]"
