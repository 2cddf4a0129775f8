"""In which of four stages a build makes each relation, derived from what it reads.

cells    counts of one month of the store (sql/cell), kept as long as that month stays the same
months   everything by month or without time: coverage, measures, stocks; made whole
windows  what depends on the windows that end in a year (`run.period`); made for years that changed
after    what reads the windows of all years

`pipelines/graph.py` gives the order within a stage. A rule broken here would not fail, it would count
a month twice or serve a year that is out of date; so every one of them is an error before the first query.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipelines.graph import GraphError, SqlFile

CELL_SCHEMA = "cell"
PERIODS = "run.period"
_TIME = ("period", "month")


@dataclass(frozen=True)
class Stages:
    """The relations of each stage, in the order they are made; `cell_sources`: cell → source."""

    cells: tuple[str, ...]
    months: tuple[str, ...]
    windows: tuple[str, ...]
    after: tuple[str, ...]
    cell_sources: Mapping[str, str]

    def of_check(self, check: SqlFile) -> str:
        """The stage at whose end a data test can run."""
        if check.inputs & {*self.after}:
            return "after"
        return "windows" if check.inputs & {*self.windows} else "months"


def split(files: Mapping[str, SqlFile], order: Sequence[str]) -> Stages:
    """The stages of `files`, given in their derived order. Raises GraphError with every broken rule."""
    cells = tuple(name for name in order if name.startswith(f"{CELL_SCHEMA}."))
    windows: list[str] = []
    after: list[str] = []
    for name in order:
        reads = files[name].inputs
        if reads & {*after} or (reads & {*windows} and "period" not in files[name].grain):
            after.append(name)
        elif PERIODS in reads or reads & {*windows}:
            windows.append(name)
    placed = {*cells, *windows, *after}
    months = tuple(name for name in order if name not in placed)
    stages = Stages(cells, months, tuple(windows), tuple(after), _sources(files, cells))
    if problems := [*_cell_problems(files, stages), *_window_problems(files, stages)]:
        raise GraphError(problems)
    return stages


def time_column(file: SqlFile) -> str | None:
    """The column of the grain that says which month a row belongs to, None for a relation without time."""
    return next((column for column in _TIME if column in file.grain), None)


def _sources(files: Mapping[str, SqlFile], cells: Iterable[str]) -> dict[str, str]:
    return {
        name: relation.removeprefix("src.")
        for name in cells
        for relation in sorted(files[name].inputs)
        if relation.startswith("src.")
    }


def _cell_problems(files: Mapping[str, SqlFile], stages: Stages) -> Iterable[str]:
    """A cell sees the rows of some months only, so nothing else may read its source."""
    for name in stages.cells:
        file = files[name]
        sources = [relation for relation in file.inputs if relation.startswith("src.")]
        others = [relation for relation in file.inputs if not relation.startswith(("src.", "ref."))]
        if len(sources) != 1 or others:
            yield f"{file.place}:1: a cell reads one src relation and ref ones, not {sorted(file.inputs)}"
        if file.grain[:1] != ("row_month",):
            yield f"{file.place}:1: the grain of a cell begins with row_month"
    taken = {f"src.{source}": cell for cell, source in stages.cell_sources.items()}
    for name, file in files.items():
        for read in file.reads:
            if read.relation in taken and name not in stages.cells:
                yield (
                    f"{file.place}:{read.line}: reads {read.relation}, of which a build holds only the months"
                    f" that changed; read {taken[read.relation]} instead"
                )


def _window_problems(files: Mapping[str, SqlFile], stages: Stages) -> Iterable[str]:
    """Years that did not change are there as sealed rows of mart relations only."""
    for name in stages.windows:
        if "period" not in files[name].grain:
            yield f"{files[name].place}:1: reads {PERIODS}, so its grain must have `period`"
    for name in stages.after:
        for read in files[name].reads:
            if read.relation == PERIODS or (
                read.relation in stages.windows and not read.relation.startswith("mart.")
            ):
                yield (
                    f"{files[name].place}:{read.line}: reads {read.relation}, which holds only the years that"
                    " changed; read a mart relation instead"
                )
