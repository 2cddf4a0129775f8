"""Relations that a model makes instead of an SQL file: what each reads, its grain, and the pure function.

They take their place in the graph like any SQL file (`pipelines/graph.py`); the functions are in `models`,
frames in and a frame out. The code of the models is part of what a year's rows are keyed by.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import duckdb
import polars as pl

import models
from models.index.composite import dimension_scores, index_from_cells, index_scores, raw_index_scores
from models.index.estimate import estimates
from models.index.guards import improbable_zeros
from models.index.improve import improvements
from models.index.interval import certainty, level_certainty
from models.index.peers import nearest_peers
from models.index.score import score_indicators
from models.warning.capacity import past_capacities
from models.warning.completeness import completeness
from models.warning.episodes import undecided
from models.warning.evidence import evidence
from models.warning.forest import second_opinion
from models.warning.lanes import lanes
from models.warning.ledger import entries, noted
from models.warning.monthly import judged_months
from models.warning.shares import contributions
from pipelines import relations
from pipelines.graph import SqlFile
from pipelines.shelf import Shelf, columns, digest, key_of
from pipelines.sqltree import Read

# Libraries the models compute with; another version may round the last digit differently.
_ENGINES = ("numpy", "polars", "scikit-learn", "scipy")


# Written into every key: pieces of an older way of keeping are not mixed with new ones.
_FORMAT = "model step 1"


@dataclass(frozen=True)
class ModelStep:
    """A relation made by `run(*frames)`, given the relations of `reads` in that order."""

    doc: str
    place: str
    reads: tuple[str, ...]
    grain: tuple[str, ...]
    run: Callable[..., pl.DataFrame]


STEPS: dict[str, ModelStep] = {
    "core.index_estimate": ModelStep(
        doc="What a region's own cases and the prior of its type together say of every scored indicator.",
        place="models/index/estimate.py",
        reads=("core.index_cell", "ref.prior", "ref.indicator", "ref.shrinkage_parameter"),
        grain=("region_id", "window_kind", "period", "indicator_id"),
        run=estimates,
    ),
    "core.indicator_score": ModelStep(
        doc="Every scored indicator between its goalposts from 1 to 100, with its state and weight.",
        place="models/index/score.py",
        reads=("core.index_estimate", "ref.indicator", "ref.index_parameter"),
        grain=("region_id", "window_kind", "period", "indicator_id"),
        run=score_indicators,
    ),
    "core.dimension_score": ModelStep(
        doc="The weighted arithmetic mean of the indicators in a dimension, missing where too few are known.",
        place="models/index/composite.py",
        reads=("core.indicator_score", "ref.dimension", "ref.index_parameter"),
        grain=("region_id", "window_kind", "period", "dimension"),
        run=dimension_scores,
    ),
    "core.index_score": ModelStep(
        doc="The weighted geometric mean of the dimensions, its place within the level, and its band.",
        place="models/index/composite.py",
        reads=("core.dimension_score", "ref.dimension", "ref.band", "ref.index_parameter"),
        grain=("region_id", "window_kind", "period"),
        run=index_scores,
    ),
    "core.raw_index_score": ModelStep(
        doc="The same index before shrinkage, to be shown beside it.",
        place="models/index/composite.py",
        reads=("core.indicator_score", "ref.dimension", "ref.index_parameter", "ref.band"),
        grain=("region_id", "window_kind", "period"),
        run=raw_index_scores,
    ),
    "core.year_ago_score": ModelStep(
        doc="The index of the window a year before, on the indicators scored and by the priors in force now.",
        place="models/index/composite.py",
        reads=(
            *("core.year_ago_cell", "ref.prior", "ref.indicator", "ref.shrinkage_parameter"),
            *("ref.index_parameter", "ref.dimension", "ref.band"),
        ),
        grain=("region_id", "window_kind", "period"),
        run=index_from_cells,
    ),
    "core.certainty": ModelStep(
        doc="Index and dimensions of the latest 12 months in draws of the true rates, and what they allow.",
        place="models/index/interval.py",
        reads=(
            *("core.interval_cell", "ref.prior", "ref.indicator", "ref.dimension", "ref.index_parameter"),
            *("ref.shrinkage_parameter", "ref.uncertainty_parameter"),
        ),
        grain=("region_id", "node"),
        run=certainty,
    ),
    "mart.improvement": ModelStep(
        doc="The least improvement of each indicator alone that brings a region a better tier.",
        place="models/index/improve.py",
        reads=(
            *("core.interval_cell", "core.certainty", "ref.prior", "ref.indicator", "ref.dimension"),
            *("ref.index_parameter", "ref.shrinkage_parameter"),
        ),
        grain=("region_id", "indicator_id"),
        run=improvements,
    ),
    "mart.improbable_zero": ModelStep(
        doc="Zeros of the latest 12 months, and how probable each was by what is usual for its type.",
        place="models/index/guards.py",
        reads=("core.interval_cell", "ref.prior", "ref.indicator", "ref.uncertainty_parameter"),
        grain=("region_id", "indicator_id"),
        run=improbable_zeros,
    ),
    "mart.peer": ModelStep(
        doc="The regions of the same level most like each region, and by how much they differ.",
        place="models/index/peers.py",
        reads=("mart.peer_feature", "ref.index_parameter"),
        grain=("region_id", "peer_id"),
        run=nearest_peers,
    ),
    "mart.level_certainty": ModelStep(
        doc="How much of the spread of index and dimensions in a level is signal, and how many pairs differ.",
        place="models/index/interval.py",
        reads=("core.certainty",),
        grain=("region_level", "node"),
        run=level_certainty,
    ),
    "mart.completeness": ModelStep(
        doc="How much of a month's count is on file so many months after it, by how older months came in.",
        place="models/warning/completeness.py",
        reads=("core.arrival", "ref.channel", "run.context", "ref.warning_parameter"),
        grain=("channel", "age_months"),
        run=completeness,
    ),
    "core.judged": ModelStep(
        doc="Every count of every month held against its history and peers, and what a region's come to.",
        place="models/warning/monthly.py",
        reads=(
            *("core.channel_month", "mart.completeness", "ref.channel", "ref.neighbour"),
            *("run.context", "ref.warning_parameter"),
        ),
        grain=("region_id", "period", "channel"),
        run=judged_months,
    ),
    "mart.warning_lane": ModelStep(
        doc="Totals of the province and its prefectures against their own history, by count and month.",
        place="models/warning/lanes.py",
        reads=(
            *("core.channel_month", "mart.completeness", "ref.channel", "ref.calendar"),
            *("run.context", "ref.warning_parameter"),
        ),
        grain=("region_id", "period", "channel"),
        run=lanes,
    ),
    "mart.warning_forest": ModelStep(
        doc="A second opinion: how rare the residuals of a month are among those of earlier years.",
        place="models/warning/forest.py",
        reads=("core.judged", "ref.warning_parameter"),
        grain=("region_id", "period"),
        run=second_opinion,
    ),
    "mart.warning_evidence": ModelStep(
        doc="The fewest records without which a warning would not be raised, or be a level lower.",
        place="models/warning/evidence.py",
        reads=(
            *("mart.warning", "core.record_pattern", "core.channel_month", "mart.completeness"),
            *("ref.channel", "ref.neighbour", "run.context", "ref.warning_parameter"),
        ),
        grain=("region_id", "period", "goal", "channels"),
        run=evidence,
    ),
    "mart.warning_capacity": ModelStep(
        doc="How many of the latest warnings a capacity a month would have shown, and down to which p.",
        place="models/warning/capacity.py",
        reads=("mart.warning", "run.context", "ref.warning_parameter"),
        grain=("capacity",),
        run=past_capacities,
    ),
    "mart.warning_episode": ModelStep(
        doc="Warnings of months joined to one open warning a region: since when, seen how often.",
        place="models/warning/episodes.py",
        reads=("mart.warning", "ref.warning_parameter"),
        grain=("region_id", "period"),
        run=undecided,
    ),
    "mart.warning_ledger_event": ModelStep(
        doc="What was noted of issued warnings: raised, graver, longer, withdrawn, restored, merged.",
        place="models/warning/ledger.py",
        reads=("run.ledger_event", "mart.warning_episode", "run.context"),
        grain=("warning_id", "number"),
        run=noted,
    ),
    "mart.warning_ledger": ModelStep(
        doc="Issued warnings under their lasting ids: raised first when, how grave since, withdrawn or not.",
        place="models/warning/ledger.py",
        reads=("mart.warning_ledger_event",),
        grain=("warning_id",),
        run=entries,
    ),
    "mart.warning_share": ModelStep(
        doc="The excess of every count that explains a warning, split by what its records are.",
        place="models/warning/shares.py",
        reads=("core.warning_mix", "mart.warning_channel"),
        grain=("region_id", "period", "channel", "attribute", "value"),
        run=contributions,
    ),
}


def as_files() -> dict[str, SqlFile]:
    """The steps as members of the graph; they have no SQL text."""
    return {
        name: SqlFile(
            name=name,
            place=step.place,
            text="",
            doc=step.doc,
            caveats="",
            grain=step.grain,
            reads=tuple(Read(relation, 1) for relation in step.reads),
        )
        for name, step in STEPS.items()
    }


def make(con: duckdb.DuckDBPyConnection, name: str) -> None:
    """Create the table of a step from the relations it reads."""
    relations.put(con, name, _run(con, name))


def create(con: duckdb.DuckDBPyConnection, file: SqlFile) -> None:
    """Create the table of any relation, by its SQL or its model."""
    if file.name in STEPS:
        make(con, file.name)
    else:
        con.execute(f"create table {file.name} as {file.text}")


def make_or_keep(con: duckdb.DuckDBPyConnection, name: str, cache: Path, code: str) -> None:
    """Create the table of a step from what was kept of the same relations, else make and keep it.

    `cache` is the workspace's folder of kept pieces, `code` the digest of the models (`code_digest`).
    """
    shelf = Shelf(cache / name)
    contents = [[columns(con, read), digest(con, read)] for read in STEPS[name].reads]
    key = key_of(_FORMAT, duckdb.__version__, code, contents)
    piece = shelf.find(key) or shelf.put(key, _run(con, name).write_parquet)
    relations.put(con, name, pl.read_parquet(piece))
    shelf.prune({key})


def _run(con: duckdb.DuckDBPyConnection, name: str) -> pl.DataFrame:
    step = STEPS[name]
    return step.run(*(con.sql(f"select * from {relation}").pl() for relation in step.reads))


def code_digest() -> str:
    """sha256 over the source of every model and what it computes with: results follow from both."""
    folder = Path(models.__file__).parent
    found = hashlib.sha256(repr([version(name) for name in _ENGINES]).encode())
    for path in sorted(folder.rglob("*.py")):
        found.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()
