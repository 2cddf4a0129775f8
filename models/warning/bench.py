"""The model under the signatures of a benchmark of detectors; thin over `model.py`, as the build is.

`series`: weekly series that stand alone. `panel`: regions × sources × months with neighbours, with the data
as known at the end of each month where `asof` gives them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from models.warning.config import MONTHLY, WEEKLY, Config
from models.warning.model import Judged, Memo, judge

Array = npt.NDArray[np.float64]


def series(
    counts: npt.ArrayLike, period: int, test: Sequence[int], config: Config = WEEKLY
) -> dict[str, npt.NDArray[Any]]:
    """p and alarm of series × tested steps; each stands alone, `period` steps make a year."""
    if period != config.steps_a_year:
        raise ValueError(f"the model of single series has {config.steps_a_year} steps a year, not {period}")
    held = np.asarray(counts, dtype=np.float64)[np.newaxis]
    memo: Memo = {}
    judged = [judge(held, int(t), None, config, memo) for t in test]
    return {
        "p": np.stack([j.order.p for j in judged], axis=1),
        "alarm": np.stack([alarms(j, config) for j in judged], axis=1),
    }


def panel(data: Mapping[str, Any], config: Config = MONTHLY) -> dict[str, npt.NDArray[Any]]:
    """score (−log10 p in the order of lists) and alarm (p < .005, gated) of regions × tested months."""
    neighbour = np.asarray(data["A"], dtype=np.float64)
    whole = _sources_first(data["Y"])
    memo: Memo = {}
    judged = []
    for t in (int(t) for t in data["test"]):
        counts = whole if "asof" not in data else _sources_first(data["asof"][t])
        judged.append(judge(counts, t, neighbour, config, memo if "asof" not in data else None))
    return {
        "score": np.stack([-np.log10(j.order.p) for j in judged], axis=1),
        "alarm": np.stack([alarms(j, config) for j in judged], axis=1),
    }


def alarms(judged: Judged, config: Config) -> npt.NDArray[np.bool_]:
    """Regions with p below that of level 3 whose gate is open."""
    return np.asarray((judged.alarm.p < config.level_3_p) & judged.open)


def _sources_first(counts: npt.ArrayLike) -> Array:
    return np.ascontiguousarray(np.asarray(counts, dtype=np.float64).transpose(1, 0, 2))
