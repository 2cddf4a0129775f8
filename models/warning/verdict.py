"""What a step comes to: level of each region, lead source, and whether volume alone leads (METHOD 6.7).

Volume has no say in what is graver than level 4: that is found without it. Before: `model.py`, `gate.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.warning.channels import join
from models.warning.config import Config
from models.warning.gate import NO_LEVEL, Flags, Levels, gravest, levels
from models.warning.model import Judged

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Kinds:
    """Of each source in order: its family (sources of one see the same cases) and whether it is volume."""

    family: Levels
    volume: Flags


@dataclass(frozen=True)
class Verdict:
    """By region: level (5: none), place of the lead source (−1: none), whether only volume explains."""

    level: Levels
    lead: Levels
    volume_only: Flags


def verdict(
    judged: Judged, neighbour: Array | None, kinds: Kinds, provisional: Flags, config: Config
) -> Verdict:
    """At most one warning a region. `provisional`: regions whose step is not complete enough."""
    none = np.zeros(judged.open.shape, dtype=np.bool_)
    firm = ~kinds.volume
    level = levels(judged.alarm.p, judged.open, none, provisional, ~none, config)
    if firm.any():
        p = judged.alarm.p if firm.all() else join(judged.capped[firm], neighbour, config, capped=True).p
        one, before, count, mean = (
            np.stack([getattr(source, name) for source in judged.sources])[firm]
            for name in ("p", "before", "count", "mean")
        )
        grave = gravest(one, before, count, mean, kinds.family[firm], config)
        found = levels(p, np.asarray(judged.explains[firm].any(axis=0)), grave, provisional, none, config)
        volume_only = (level < NO_LEVEL) & (found == NO_LEVEL)
        level = np.minimum(level, found)
    else:
        volume_only = level < NO_LEVEL
    return Verdict(level, _lead(judged, kinds.volume, volume_only, level), volume_only)


def _lead(judged: Judged, volume: Flags, volume_only: Flags, level: Levels) -> Levels:
    """The source of the smallest one-step p among those that explain; volume only where nothing else does."""
    p = np.stack([source.p for source in judged.sources])
    may = judged.explains & (~volume[:, np.newaxis] | volume_only)
    return np.where(level < NO_LEVEL, np.where(may, p, np.inf).argmin(axis=0), -1)
