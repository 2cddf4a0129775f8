"""The index as a tree of any depth: indicators are its leaves, every other node a mean of its children.

`Method` holds the tree with its weights, means and goalposts; `composite(frame, method)` carries values up to
the root (OECD/JRC 2008, Handbook on Constructing Composite Indicators, steps 5 and 6; method section 5).
`evaluate` is the same on arrays, with other weights or another mean at the root: `draws.py` and
`sensitivity.py` pass thousands of variants through it. `composite.py` is the road that the build takes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from models.index.aggregate import aggregate
from models.index.normalise import Knots, normalise

Array = npt.NDArray[np.float64]
DIGITS = 9


@dataclass(frozen=True)
class Node:
    """A leaf, or the mean of its children. The root has no parent.

    Of a leaf: `knots` are its goalposts (`log`: on a log scale), without them its values are scores already.
    Of the others: `mean` joins the children, of whose weight `least_share` must be known and each `required`
    one must have a score, or there is none.
    """

    name: str
    parent: str | None = None
    weight: float = 1.0
    mean: str = "arithmetic"
    least_share: float = 0.0
    required: bool = False
    knots: Knots = ()
    log: bool = False


@dataclass(frozen=True)
class Method:
    """A tree, and what a leaf scores that is due and missing (None: it is left out like any gap).

    Raises ValueError for a tree that is none: no root or two, a name twice, an unknown parent, a ring.
    """

    nodes: tuple[Node, ...]
    missing_score: float | None = None

    def __post_init__(self) -> None:
        names = [node.name for node in self.nodes]
        if len(set(names)) != len(names):
            raise ValueError("two nodes of the tree have the same name")
        roots = [node.name for node in self.nodes if node.parent is None]
        if len(roots) != 1:
            raise ValueError(f"a tree has one root, not {len(roots)}")
        if lost := sorted({node.parent for node in self.nodes if node.parent} - set(names)):
            raise ValueError(f"parents that are not in the tree: {', '.join(lost)}")
        if len(self.order) + len(self.leaves) != len(names) or not self.order:
            raise ValueError("the tree has a ring, or nothing below its root")

    @classmethod
    def of(cls, nodes: Iterable[Mapping[str, object]], missing_score: float | None = None) -> Method:
        """A method from rows like {"name": …, "parent": …, "weight": …}, with the names of `Node`."""
        return cls(tuple(Node(**row) for row in nodes), missing_score)  # type: ignore[arg-type]

    @cached_property
    def root(self) -> str:
        return next(node.name for node in self.nodes if node.parent is None)

    @cached_property
    def children(self) -> dict[str, tuple[Node, ...]]:
        """The children of every node that has any, in the order of the tree."""
        below: dict[str, list[Node]] = {}
        for node in self.nodes:
            if node.parent is not None:
                below.setdefault(node.parent, []).append(node)
        return {name: tuple(nodes) for name, nodes in below.items()}

    @cached_property
    def leaves(self) -> tuple[Node, ...]:
        return tuple(node for node in self.nodes if node.name not in self.children)

    @cached_property
    def order(self) -> tuple[Node, ...]:
        """The nodes with children that hang together with the root, the root first."""
        by_name = {node.name: node for node in self.nodes}
        found = [by_name[self.root]] if self.root in self.children else []
        for node in found:
            found += [child for child in self.children[node.name] if child.name in self.children]
        return tuple(found)

    def with_mean(self, mean: str) -> Method:
        """The same tree joined by one mean throughout."""
        return replace(self, nodes=tuple(replace(node, mean=mean) for node in self.nodes))


def registered(indicators: pl.DataFrame, dimensions: pl.DataFrame, parameters: pl.DataFrame) -> Method:
    """The method that the build scores by, from ref.indicator, ref.dimension and ref.index_parameter.

    Dimensions are arithmetic means, the index is their geometric one (method section 5).
    """
    nodes = [Node("index", mean="geometric")]
    least = float(parameters["least_share_pct"][0]) / 100
    for name, weight, required in (
        dimensions.sort("sort_order").select("dimension", "weight", "required").rows()
    ):
        nodes.append(Node(name, "index", weight, least_share=least, required=required))
    scored = indicators.filter("scored").select("indicator_id", "dimension", "weight", "goalposts")
    for name, dimension, weight, knots in scored.iter_rows():
        posts = tuple((float(at), float(score)) for at, score in json.loads(knots))
        nodes.append(Node(name, dimension, weight, knots=posts))
    return Method(tuple(nodes), float(parameters["missing_score"][0]))


def composite(frame: pl.DataFrame, method: Method) -> pl.DataFrame:
    """The score of every node above the leaves for every row of `frame`, the root first, after its keys.

    `frame` has a row for each region and a column for each leaf; its other columns are keys and are kept. A
    null is a gap. Where the method has a score for what is missing, a gap scores that and does not count as
    known; a column without any value, or that is not there, is left out and its weight shared. Scores are
    rounded to 9 digits, null where too little is known.
    """
    scores, known = leaf_scores({name: column(frame, name) for name in _given(frame, method)}, method)
    found = evaluate(scores, method, known=known)
    keys = [name for name in frame.columns if name not in {node.name for node in method.nodes}]
    made = [pl.Series(name, np.round(found[name], DIGITS)).fill_nan(None) for name in found]
    return frame.select(keys).with_columns(made) if keys else pl.DataFrame(made)


def column(frame: pl.DataFrame, name: str) -> Array:
    """A column as numbers, NaN for null."""
    return frame[name].cast(pl.Float64).to_numpy().astype(np.float64)


def leaf_scores(values: Mapping[str, Array], method: Method) -> tuple[Array, npt.NDArray[np.bool_]]:
    """Scores as rows × leaves, and which of them are known, from the values of what is not left out.

    Raises ValueError where no leaf of the method has values.
    """
    if not any(leaf.name in values for leaf in method.leaves):
        raise ValueError("none of the method's indicators has values")
    rows = next(iter(values.values())).size
    scores = np.full((rows, len(method.leaves)), np.nan)
    known = np.zeros(scores.shape, dtype=bool)
    for place, leaf in enumerate(method.leaves):
        given = values.get(leaf.name)
        if given is None or np.isnan(given).all():
            continue
        own = normalise(given, "goalposts", knots=leaf.knots, log=leaf.log) if leaf.knots else given
        known[:, place] = ~np.isnan(own)
        scores[:, place] = (
            own if method.missing_score is None else np.nan_to_num(own, nan=method.missing_score)
        )
    return scores, known


def evaluate(
    scores: Array,
    method: Method,
    *,
    known: npt.NDArray[np.bool_] | None = None,
    weights: Mapping[str, npt.ArrayLike] | None = None,
    root_mean: str | None = None,
) -> dict[str, Array]:
    """The score of every node above the leaves by name, the root first, from scores of rows × leaves.

    `weights` replaces those of the nodes it names, by one number or one for each row; `root_mean` the mean
    at the root. A weight of zero also lifts the duty to have a score.
    """
    there = ~np.isnan(scores) if known is None else known
    below = {leaf.name: (scores[:, i], there[:, i]) for i, leaf in enumerate(method.leaves)}
    left_out = {leaf.name for i, leaf in enumerate(method.leaves) if np.isnan(scores[:, i]).all()}
    rows = scores.shape[0]
    for node in reversed(method.order):
        children = [child for child in method.children[node.name] if child.name not in left_out]
        if not children:
            below[node.name] = (np.full(rows, np.nan), np.zeros(rows, dtype=bool))
            continue
        own = {child.name: (weights or {}).get(child.name, child.weight) for child in children}
        weight = np.column_stack([np.broadcast_to(own[child.name], rows) for child in children])
        table = np.column_stack([below[child.name][0] for child in children])
        mean = root_mean if root_mean and node.parent is None else node.mean
        available = np.column_stack([below[child.name][1] for child in children])
        score = aggregate(table, weight, mean, least_share=node.least_share, available=available)
        for place, child in enumerate(children):
            if child.required:
                score = np.where(np.isnan(table[:, place]) & (weight[:, place] > 0), np.nan, score)
        below[node.name] = (score, ~np.isnan(score))
    return {node.name: below[node.name][0] for node in method.order}


def _given(frame: pl.DataFrame, method: Method) -> list[str]:
    """The leaves that the frame has."""
    return [leaf.name for leaf in method.leaves if leaf.name in frame.columns]
