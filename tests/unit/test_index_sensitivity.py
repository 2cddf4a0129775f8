"""Sensitivity: Sobol indices of a function that is known, and methods that can and cannot move a rank."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from models.index import Method, Node, Ranges, composite, normalise, rank_min, sensitivity
from models.index.sensitivity import _stretch
from models.index.sobol import indices, mixed, samples

METHOD = Method.of(
    [
        {"name": "index", "mean": "geometric"},
        {"name": "x", "parent": "index", "weight": 2, "required": True},
        {"name": "y", "parent": "index", "weight": 1},
        {"name": "a", "parent": "x", "knots": ((50, 1), (100, 100))},
        {"name": "b", "parent": "x", "knots": ((8, 1), (0, 100))},
        {"name": "c", "parent": "y", "knots": ((100, 1), (10_000, 100)), "log": True},
    ]
)
FRAME = pl.DataFrame(
    {
        "a": [99.0, 80.0, 75.0, 60.0, None],
        "b": [0.2, 4.0, 3.0, 6.0, None],
        "c": [9_000.0, 800.0, 700.0, 5_000.0, 400.0],
    }
)


def test_sobol_indices_of_a_known_function() -> None:
    """f = 4x + 2y + 3z(w − ½): variances 16/12, 4/12 and, only together, 9/144; first and total by hand."""
    base, second = samples(5, 4096, 1)
    assert all(
        (np.sort(np.floor(side * 4096), axis=0) == np.arange(4096)[:, None]).all() for side in (base, second)
    )

    def f(u: np.ndarray) -> np.ndarray:
        return 4 * u[:, 0] + 2 * u[:, 1] + 3 * (u[:, 2] - 0.5) * (u[:, 3] - 0.5)

    groups = [[0], [1], [2], [2, 3], [4]]
    swapped = np.array([f(mixed(base, second, columns)) for columns in groups])
    first, total = indices(f(base), f(second), swapped)
    parts = np.array([16 / 12, 4 / 12, 9 / 144])
    share = parts / parts.sum()
    assert first == pytest.approx([share[0], share[1], 0, share[2], 0], abs=0.05)
    assert total == pytest.approx([share[0], share[1], share[2], share[2], 0], abs=0.05)
    assert indices(np.ones(4), np.ones(4), np.ones((2, 4)))[1].tolist() == [0, 0]


def test_the_declared_method_gives_the_rank_and_near_ones_its_range() -> None:
    found = sensitivity(FRAME, METHOD, 200, 1)
    index = composite(FRAME, METHOD)["index"].to_numpy()
    assert np.array_equal(found.rank, rank_min(index), equal_nan=True)
    assert found.factors == ("weights", "goalposts", "mean", "dimension")
    # The first is best in everything: no method moves it. The last lacks what is required.
    assert [found.lower_rank[0], found.median_rank[0], found.upper_rank[0]] == [1, 1, 1]
    assert np.isnan([found.rank[4], found.lower_rank[4], found.upper_rank[4]]).all()
    held = (found.lower_rank <= found.median_rank) & (found.median_rank <= found.upper_rank)
    assert held[:4].all() and found.upper_rank[3] > found.lower_rank[3]
    # The fourth is last but in c: leaving out x puts it second.
    assert found.lower_rank[3] == 2 and found.total[3] == max(found.total)


def test_who_is_not_ranked_takes_no_place_and_still_makes_the_others_silence_seen() -> None:
    """The third reports d, which the others do not, and lacks y, which is required."""
    nodes = [
        {"name": "index", "mean": "geometric"},
        {"name": "x", "parent": "index"},
        {"name": "y", "parent": "index", "least_share": 1.0, "required": True},
        *({"name": name, "parent": "y" if name == "e" else "x"} for name in "ade"),
    ]
    frame = pl.DataFrame({"a": [10.0, 4.0, 5.0], "d": [None, None, 90.0], "e": [5.0, 12.0, None]})
    still = Ranges(0, 0, ("geometric", "geometric"))
    found = sensitivity(frame, Method.of(nodes, missing_score=1.0), 300, 1, ranges=still)
    # (10 + 1)/2 × 5 < (4 + 1)/2 × 12, though 10 × 5 > 4 × 12; without y, in a third of them, the first wins.
    assert found.rank.tolist()[:2] == found.median_rank.tolist()[:2] == [2, 1] and np.isnan(found.rank[2])
    assert found.lower_rank.tolist()[:2] == [1, 1] and found.upper_rank.tolist()[:2] == [2, 2]
    assert dict(zip(found.factors, found.total > 0.5, strict=True)) == {
        "weights": False,
        "mean": False,
        "dimension": True,
    }


def test_nothing_varied_moves_nothing() -> None:
    one = Method.of([{"name": "index"}, {"name": "a", "parent": "index"}])
    still = sensitivity(FRAME.select("a"), one, 20, 1, ranges=Ranges(0, 0, ("arithmetic", "arithmetic")))
    assert still.shift.tolist() == [0.0] * 20 and not still.total.any()
    assert still.factors == ("weights", "mean")


@pytest.mark.parametrize("factor", [0.9, 1.0, 1.1])
def test_values_moved_towards_the_best_are_as_between_stretched_goalposts(factor: float) -> None:
    values = np.array([np.nan, -3.0, 0.5, 2.0, 30.0, 400.0])
    for knots in (((8, 1), (2, 60), (0, 100)), ((50, 1), (100, 100))):
        best = knots[-1][0]
        stretched = [(best + (at - best) * factor, score) for at, score in knots]
        moved = _stretch(values, Node("x", knots=knots), np.array(factor))
        expected = normalise(values, "goalposts", knots=stretched)
        assert normalise(moved, "goalposts", knots=knots) == pytest.approx(expected, nan_ok=True)
    knots = ((1, 1), (100, 100))
    stretched = [(100 * (at / 100) ** factor, score) for at, score in knots]
    moved = _stretch(values, Node("x", knots=knots, log=True), np.array(factor))
    expected = normalise(values, "goalposts", knots=stretched, log=True)
    assert normalise(moved, "goalposts", knots=knots, log=True) == pytest.approx(expected, nan_ok=True)


def test_shrinkage_is_a_choice_where_raw_values_are_given() -> None:
    raw = FRAME.with_columns(
        pl.Series("a", [99.0, 80.0, 100.0, 60.0, None]), pl.Series("b", [0.2, 4.0, 0.0, 6.0, None])
    )
    found = sensitivity(FRAME, METHOD, 300, 1, raw=raw)
    assert found.factors[3] == "shrinkage" and found.total[3] > 0.2
    assert found.lower_rank[2] == 1
    with pytest.raises(ValueError, match="before shrinkage"):
        sensitivity(FRAME, METHOD, 10, 1, raw=raw.drop("c"))


def test_same_seed_same_bytes() -> None:
    one, two, other = (sensitivity(FRAME, METHOD, 64, seed) for seed in (1, 1, 2))
    assert one.total.tobytes() == two.total.tobytes() and one.shift.tobytes() == two.shift.tobytes()
    assert one.shift.tobytes() != other.shift.tobytes()


@pytest.mark.parametrize(("frame", "draws"), [(FRAME.tail(2), 10), (FRAME, 1)])
def test_two_regions_and_two_draws_are_needed(frame: pl.DataFrame, draws: int) -> None:
    with pytest.raises(ValueError, match="two ranked regions"):
        sensitivity(frame, METHOD, draws, 1)
