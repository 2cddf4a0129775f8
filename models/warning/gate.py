"""From p to a level: gate, false discovery, and what holds a level back (METHOD 6.6, 6.7).

Nested by construction: a higher level asks all that a lower one asks. A level orders what is checked first;
it says nothing of how grave a matter is. Before: `channels.py`; next: `model.py` and `verdict.py`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.warning.config import Config

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Levels = npt.NDArray[np.int64]
NO_LEVEL = 5


def explains(one: Array, count: Array, mean: Array, config: Config) -> Flags:
    """Sources of each region that may explain a warning: one-step p small, and more than expected."""
    return np.asarray((one < config.gate_p) & (count > mean))


def discoveries(p: Array, config: Config) -> Flags:
    """Regions that Benjamini–Hochberg finds among all assessable ones, before the gate; NaN: not assessable.

    All of them where fewer than `bh_least_units` are assessable.
    """
    known = ~np.isnan(p)
    units = int(known.sum())
    if units < config.bh_least_units:
        return known
    ordered = np.sort(p[known])
    passes = np.flatnonzero(ordered <= config.bh_q * np.arange(1, units + 1) / units)
    limit = ordered[passes[-1]] if passes.size else -1.0
    return np.asarray(known & (np.where(known, p, np.inf) <= limit))


def gravest(one: Array, before: Array, count: Array, mean: Array, family: Levels, config: Config) -> Flags:
    """What level 1 asks beyond level 2: enough cases, and the same source twice running or two families.

    Arrays are sources × regions; sources of one `family` see the same cases and count once.
    """
    above = np.where(np.isnan(mean), 0.0, np.maximum(count - mean, 0.0))
    strong = (one < config.level_1_p) & (above > 0)
    again = (strong & (before < config.level_1_p)).any(axis=0)
    kinds = np.unique(family)
    cases = sum(above[family == kind].max(axis=0) for kind in kinds)
    families = sum(strong[family == kind].any(axis=0).astype(int) for kind in kinds)
    return np.asarray((cases >= config.level_1_excess) & (again | (families >= 2)))


def levels(p: Array, open_: Flags, grave: Flags, provisional: Flags, volume: Flags, config: Config) -> Levels:
    """The level of each region, 5 for none.

    `open_`: the gate is open; `grave`: what level 1 asks; `provisional`: its step is not complete enough;
    `volume`: only volume explains it. The last two hold a level back, after all else.
    """
    found = np.full(p.shape, NO_LEVEL)
    held = np.where(np.isnan(p), 1.0, p)
    found[open_ & (held < config.level_4_p)] = 4
    found[open_ & (held < config.level_3_p)] = 3
    second = open_ & (held < config.level_2_p) & discoveries(p, config)
    found[second] = 2
    found[second & grave] = 1
    raised = found < NO_LEVEL
    found = np.where(raised & provisional, np.maximum(found, config.provisional_level), found)
    return np.where(raised & volume, np.maximum(found, config.volume_level), found)
