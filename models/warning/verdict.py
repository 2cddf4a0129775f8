"""What a step comes to: level of each region, lead source, and what holds it back (METHOD 6.7).

Volume has no say in what is graver than level 4, a source whose step is not complete yet none in what is
graver than level 3: such levels are found without them. Before: `model.py`, `gate.py`; next: `monthly.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.warning.channels import by_family, join
from models.warning.config import Config
from models.warning.gate import NO_LEVEL, Flags, Levels, gravest, levels
from models.warning.model import Judged, put_together

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Kinds:
    """Of each source in order: its family (sources of one see the same cases) and whether it is volume."""

    family: Levels
    volume: Flags


@dataclass(frozen=True)
class Verdict:
    """By region: level (5: none), place of the lead source (−1: none), and what the level rests on.

    `volume_only`: nothing but volume explains it; `provisional`: not without a source that is not complete.
    """

    level: Levels
    lead: Levels
    volume_only: Flags
    provisional: Flags


def verdict(judged: Judged, neighbour: Array | None, kinds: Kinds, young: Flags, config: Config) -> Verdict:
    """At most one warning a region. `young`: the sources whose step is not complete enough."""
    level, lead, volume_only = _found(judged, neighbour, kinds, bool(young.any()), config)
    provisional = (level < NO_LEVEL) & bool(young.any())
    firm = np.flatnonzero(~young)
    if young.any() and firm.size:
        own = Kinds(kinds.family[firm], kinds.volume[firm])
        alone = put_together([judged.sources[k] for k in firm], neighbour, config, own.family)
        sure = _found(alone, neighbour, own, False, config)
        surely = (sure[0] < NO_LEVEL) & (sure[0] <= level)
        level, volume_only = np.where(surely, sure[0], level), np.where(surely, sure[2], volume_only)
        lead, provisional = np.where(surely, firm[sure[1]], lead), provisional & ~surely
    return Verdict(level, lead, volume_only, provisional)


def _found(
    judged: Judged, neighbour: Array | None, kinds: Kinds, provisional: bool, config: Config
) -> tuple[Levels, Levels, Flags]:
    """Level, lead and whether only volume explains it; `provisional` holds every level back."""
    none = np.zeros(judged.open.shape, dtype=np.bool_)
    held, firm = none | provisional, ~kinds.volume
    level = levels(judged.alarm.p, judged.open, none, held, ~none, config)
    volume_only = level < NO_LEVEL
    if firm.any():
        p = judged.alarm.p
        if not firm.all():
            p = join(by_family(judged.capped[firm], kinds.family[firm]), neighbour, config, capped=True).p
        one, before, count, mean = (
            np.stack([getattr(source, name) for source in judged.sources])[firm]
            for name in ("p", "before", "count", "mean")
        )
        grave = gravest(one, before, count, mean, kinds.family[firm], config)
        explained = np.asarray(judged.explains[firm].any(axis=0))
        found = levels(p, explained, grave, held, none, config)
        volume_only = (level < NO_LEVEL) & ~explained
        level = np.minimum(level, found)
    return level, _lead(judged, kinds.volume, volume_only, level), volume_only


def _lead(judged: Judged, volume: Flags, volume_only: Flags, level: Levels) -> Levels:
    """The source of the smallest one-step p among those that explain; volume only where nothing else does."""
    p = np.stack([source.p for source in judged.sources])
    may = judged.explains & (~volume[:, np.newaxis] | volume_only)
    return np.where(level < NO_LEVEL, np.where(may, p, np.inf).argmin(axis=0), -1)
