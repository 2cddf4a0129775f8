"""The evidence of every warning of a build: frames in, a frame out (METHOD 6, last part).

Months are judged again by the functions that raised the warnings, with what does not change held
(`explain.py`); of a warning that this does not find again nothing would be true, so it is an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import numpy as np
import polars as pl
from threadpoolctl import threadpool_limits

from models.warning.completeness import month_number
from models.warning.config import Config
from models.warning.explain import Evidence, Pattern, Situation, grounds, parameter_digest, situation
from models.warning.gate import NO_LEVEL
from models.warning.model import Memo
from models.warning.monthly import Panel, panel_of

SILENT, LOWER = "silent", "lower"
SCHEMA = pl.Schema(
    {
        "region_id": pl.String,
        "period": pl.Date,
        "goal": pl.String,
        "channels": pl.String,
        "records": pl.Int64,
        "of_records": pl.Int64,
        "level_after": pl.Int32,
        "exact": pl.Boolean,
        "parameters": pl.String,
    }
)
Patterns = Mapping[tuple[str, date], list[tuple[str, int]]]


def evidence(
    warnings: pl.DataFrame,
    patterns: pl.DataFrame,
    counts: pl.DataFrame,
    completeness: pl.DataFrame,
    channels: pl.DataFrame,
    neighbours: pl.DataFrame,
    context: pl.DataFrame,
    parameters: pl.DataFrame,
) -> pl.DataFrame:
    """Of every warning the fewest records that silence it, and that lower it by a level; see SCHEMA.

    `warnings` is mart.warning, `patterns` core.record_pattern, the rest as for `monthly.judged_months`. A row
    for each set of `channels` that so many `records` (of so many in all) are counted by; `level_after` is
    null where no warning is left. Raises ValueError where the model does not raise the warning given.
    """
    config, last = Config.of(parameters), month_number(context["last_month"][0])
    by_cell: dict[tuple[str, date], list[tuple[str, int]]] = {}
    for region, period, names, records in (
        patterns.select("region_id", "period", "channels", "records").sort("channels").iter_rows()
    ):
        by_cell.setdefault((region, period), []).append((names, records))
    rows: list[tuple[object, ...]] = []
    for level in sorted(warnings["region_level"].unique()):
        mine = warnings.filter(region_level=level)
        panel = panel_of(counts.filter(region_level=level), completeness, channels, neighbours, last)
        with threadpool_limits(limits=1):
            rows += _of_level(panel, mine, by_cell, config)
    return pl.DataFrame(rows, SCHEMA, orient="row").sort("region_id", "period", "goal", "channels")


def _of_level(
    panel: Panel, warnings: pl.DataFrame, patterns: Patterns, config: Config
) -> Iterator[tuple[object, ...]]:
    memo: Memo = {}
    digest = parameter_digest(config)
    place = {region: number for number, region in enumerate(panel.regions)}
    columns = ("period", "region_id", "level")
    for (period,), month in warnings.sort(columns[:2]).group_by("period", maintain_order=True):
        step = panel.months.index(period)
        young = panel.young(step, config)
        held = situation(panel.counts, step, panel.neighbour, panel.kinds, young, config, memo)
        for _, region, level in month.select(columns).iter_rows():
            if held.verdict.level[place[region]] != level:
                raise ValueError(f"the warning of {region} in {period} is not raised again")
            cell = patterns.get((region, period), [])
            for row in _of_warning(held, place[region], cell, panel.channels):
                yield (region, period, *row, digest)


def _of_warning(
    held: Situation, region: int, cell: list[tuple[str, int]], codes: tuple[str, ...]
) -> Iterator[tuple[object, ...]]:
    """The rows of a warning after region and month, without the digest."""
    known = [not np.isnan(step.count[region]) for step in held.steps]
    given = []
    for names, records in cell:
        sources = tuple(k for k in map(codes.index, names.split(",")) if known[k])
        given += [(names, Pattern(sources, records))] if sources else []
    found = grounds(held, region, [pattern for _, pattern in given])
    for goal, said in ((SILENT, found.silent), (LOWER, found.lower)):
        for (names, pattern), records in zip(given, said.records, strict=True):
            if records:
                yield (goal, names, records, pattern.records, _level(said), said.exact)


def _level(said: Evidence) -> int | None:
    return said.level if said.level < NO_LEVEL else None
