"""The numbers of the warnings, as declared under [warning] in the method."""

from __future__ import annotations

from dataclasses import dataclass, fields

import polars as pl


@dataclass(frozen=True)
class Settings:
    """Each number has the name and the meaning it has in the method's file."""

    mean_months: int
    guard_months: int
    season_years: int
    season_spread_months: int
    least_history_months: int
    least_season_months: int
    no_case_counts_as: float
    least_dispersion_cells: int
    largest_k: float
    sparse_months: int
    sparse_cases: float
    sparse_p: float
    horizon_months: int
    least_arrivals: int
    interval_pct: float
    gate_p: float
    level_4_p: float
    level_3_p: float
    level_2_p: float
    bh_q: float
    bh_least_units: int
    level_1_excess: float
    level_1_p: float
    provisional_share: float
    provisional_level: int
    volume_level: int

    @classmethod
    def of(cls, parameters: pl.DataFrame) -> Settings:
        """The settings in the one row of ref.warning_parameter. Raises KeyError for one that is not there."""
        row = parameters.row(0, named=True)
        whole = {field.name for field in fields(cls) if field.type == "int"}
        return cls(**{f.name: int(row[f.name]) if f.name in whole else row[f.name] for f in fields(cls)})
