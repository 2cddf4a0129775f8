"""The numbers of the warning model (method section 6), frozen; nothing else in this folder holds one.

`MONTHLY` is for regions with peers, `WEEKLY` for weekly series that stand alone. Next: `profile.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Self

import polars as pl


@dataclass(frozen=True)
class Config:
    """Numbers by the part of METHOD 6 that asks for them; sd are of logarithms."""

    # 6.1 and 6.2: the expected count; `guard` steps lie between the baseline and the step tested.
    steps_a_year: int = 12
    guard: int = 2
    history: int = 60
    least_history: int = 18
    peers: bool = True
    harmonics: int = 1
    level_sd: float = 1.0
    trend_sd: float = 0.2
    season_sd: float = 0.2
    anscombe_limit: float = 2.58
    reweightings: int = 2
    profile_cases: float = 0.5
    # 6.3: its scatter. Back-test: the steps t−`backtest_first` … t−`backtest_last`.
    pooled_degrees: float = 24.0
    backtest_first: int = 19
    backtest_last: int = 2
    square_cap_sd: float = 3.0
    sparse_mean: float = 1.0
    largest_b: float = 6.0
    inflation_quantile: float = 0.9
    sparse_window: int = 2
    sparse_cases: float = 3.0
    sparse_p: float = 0.5
    # 6.4: memory. The caps are p whose evidence is as much as counts for an alarm.
    memory_cap_p: float = 0.01
    neighbour_cap_p: float = 0.001
    # 6.5: what neighbours add, and the weight of that channel in the combination.
    neighbour_share: float = 0.5
    neighbour_weight: float = 0.5
    # 6.6 and 6.7: gate and levels.
    gate_p: float = 0.10
    level_4_p: float = 0.02
    level_3_p: float = 0.005
    level_2_p: float = 0.001
    bh_q: float = 0.10
    bh_least_units: int = 50
    level_1_excess: float = 5.0
    level_1_p: float = 0.01
    provisional_share: float = 0.8
    provisional_level: int = 3
    volume_level: int = 4

    @classmethod
    def of(cls, parameters: pl.DataFrame) -> Self:
        """The numbers in the one row of ref.warning_parameter. Raises KeyError for one that is not there.

        Whether regions have peers is no number of the method: it follows from what is judged.
        """
        row = parameters.row(0, named=True)
        numbers = [field for field in fields(cls) if field.name != "peers"]
        given: dict[str, Any] = {
            f.name: int(row[f.name]) if f.type == "int" else row[f.name] for f in numbers
        }
        return cls(**given)


MONTHLY = Config()
WEEKLY = Config(
    steps_a_year=52,
    guard=8,
    history=520,
    least_history=104,
    peers=False,
    harmonics=2,
    level_sd=10.0,
    season_sd=0.5,
    pooled_degrees=0.0,
)
