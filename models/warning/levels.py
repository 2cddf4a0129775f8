"""Warnings: the channels of a region and month joined to at most one, with its level and what leads it.

The smallest p counts, times the number of channels (Bonferroni). Level 4 to 2 by p, level 2 also by
Benjamini–Hochberg where many units are tested, level 1 by size and repetition; what is provisional or volume
alone is held back. A warning is a prompt to check, never a verdict. Before: `assess.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from models.warning.settings import Settings

DIGITS = 9
NO_LEVEL = 5
SCHEMA = pl.Schema(
    {
        "warning_id": pl.String,
        "region_id": pl.String,
        "region_level": pl.String,
        "period": pl.Date,
        "level": pl.Int32,
        "lead_channel": pl.String,
        "p_value": pl.Float64,
        "observed": pl.Float64,
        "expected": pl.Float64,
        "lower": pl.Float64,
        "upper": pl.Float64,
        "excess": pl.Float64,
        "channels": pl.String,
        "provisional": pl.Boolean,
        "volume_only": pl.Boolean,
    }
)
Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Channels:
    """What the levels need to know of each channel, in order: code, family, and whether it is volume."""

    codes: tuple[str, ...]
    families: tuple[str, ...]
    volume: Flags

    @classmethod
    def of(cls, channels: pl.DataFrame) -> Channels:
        """The channels of ref.channel."""
        ordered = channels.sort("sort_order")
        return cls(tuple(ordered["channel"]), tuple(ordered["family"]), ordered["volume"].to_numpy())


def raise_warnings(assessed: pl.DataFrame, channels: pl.DataFrame, parameters: pl.DataFrame) -> pl.DataFrame:
    """At most one warning for each region and month; see SCHEMA.

    `assessed` is mart.warning_channel, `channels` ref.channel, `parameters` ref.warning_parameter. `p_value`
    is the lead channel's times the number of channels; observed to excess are the lead channel's own.
    """
    settings, known = Settings.of(parameters), Channels.of(channels)
    parts = [SCHEMA.to_frame()]
    for level in assessed.partition_by("region_level", maintain_order=True):
        units = level.select("region_id", "region_level", "period").unique().sort("region_id", "period")
        cells = [_cells(level, units, code) for code in known.codes]
        p, excess, complete = (
            np.stack([cell[name].to_numpy().astype(np.float64) for cell in cells])
            for name in ("p_value", "excess", "completeness")
        )
        shape = (len(known.codes), units["region_id"].n_unique(), units["period"].n_unique())
        p, excess, complete = p.reshape(shape), excess.reshape(shape), complete.reshape(shape)
        found = judge(p, excess, complete, known, settings)
        parts.append(_raised(units, cells, found, known))
    return pl.concat(parts).sort("region_id", "period")


@dataclass(frozen=True)
class Judged:
    """What is said of each region and month: level (5: none), place of the lead channel, joined p."""

    level: npt.NDArray[np.int64]
    lead: npt.NDArray[np.int64]
    p_value: Array
    above: Flags
    provisional: Flags
    volume_only: Flags


def judge(p: Array, excess: Array, completeness: Array, channels: Channels, settings: Settings) -> Judged:
    """The levels; all arrays are channels × regions × months, p and excess NaN where not tested.

    A channel is worth a level only if it passes the gate: its own p below it, and more than expected.
    """
    tests = (~np.isnan(p)).sum(axis=0)
    joined = np.minimum(1.0, p * tests)
    provisional = completeness < settings.provisional_share
    volume = np.broadcast_to(channels.volume[:, np.newaxis, np.newaxis], p.shape)
    above = (p < settings.gate_p) & (excess > 0)
    firm = np.where(volume | provisional, 1.0, np.where(np.isnan(joined), 1.0, joined)).min(axis=0)
    found = discoveries(firm, tests > 0, settings)
    worth = np.full(p.shape, NO_LEVEL)
    worth[joined < settings.level_4_p] = 4
    worth[joined < settings.level_3_p] = 3
    worth[(joined < settings.level_2_p) & found & ~provisional & ~volume] = 2
    worth = np.where(provisional, np.maximum(worth, settings.provisional_level), worth)
    worth = np.where(volume, np.maximum(worth, settings.volume_level), worth)
    worth = np.where(above & (joined < settings.level_4_p), worth, NO_LEVEL)
    level = worth.min(axis=0)
    # The lead has the gravest level; of those volume comes last, and the smallest p first.
    order = worth * 4.0 + volume * 2.0 + np.where(np.isnan(joined), 1.0, joined)
    lead = order.argmin(axis=0)
    level = np.where((level == 2) & _gravest(p, excess, volume | provisional, channels, settings), 1, level)
    picked = [np.take_along_axis(values, lead[np.newaxis], 0)[0] for values in (joined, provisional, volume)]
    return Judged(level, lead, picked[0], above, picked[1], picked[2])


def discoveries(p: Array, assessable: Flags, settings: Settings) -> Flags:
    """Units that Benjamini–Hochberg finds within their month; all of them where few units are assessable."""
    held = np.where(assessable, p, np.inf)
    units = assessable.sum(axis=0)
    ordered = np.sort(held, axis=0)
    place = np.arange(1, p.shape[0] + 1)[:, np.newaxis]
    passes = ordered <= place * settings.bh_q / np.maximum(units, 1)
    limit = np.where(passes, ordered, -np.inf).max(axis=0, initial=-np.inf)
    return np.asarray((held <= limit) | (units < settings.bh_least_units))


def _gravest(p: Array, excess: Array, held_back: Flags, channels: Channels, settings: Settings) -> Flags:
    """What level 1 asks beyond level 2: enough cases, and two months running or two families of channels.

    Channels of one family see the same cases: the larger excess counts, once. What is `held_back` (volume,
    provisional) has no say.
    """
    strong = (p < settings.level_1_p) & (excess > 0) & ~held_back
    repeated = (strong[:, :, 1:] & strong[:, :, :-1]).any(axis=0)
    repeated = np.concatenate([np.zeros((p.shape[1], 1), dtype=bool), repeated], axis=1)
    cases, families = np.zeros(p.shape[1:]), np.zeros(p.shape[1:])
    larger = np.where(held_back | np.isnan(excess), 0.0, np.maximum(excess, 0.0))
    for family in dict.fromkeys(channels.families):
        mine = np.array([other == family for other in channels.families])
        cases += larger[mine].max(axis=0)
        families += strong[mine].any(axis=0)
    return (cases >= settings.level_1_excess) & (repeated | (families >= 2))


def _cells(assessed: pl.DataFrame, units: pl.DataFrame, code: str) -> pl.DataFrame:
    """One channel over every region and month, null where it has none."""
    mine = assessed.filter(pl.col("channel") == code).drop("channel", "region_level")
    return units.join(mine, on=["region_id", "period"], how="left", maintain_order="left")


def _raised(
    units: pl.DataFrame, cells: list[pl.DataFrame], found: Judged, channels: Channels
) -> pl.DataFrame:
    """The rows of the regions and months that have a level."""
    where = found.level.ravel() < NO_LEVEL
    lead = found.lead.ravel()[where]
    above = found.above.reshape(len(channels.codes), -1)[:, where]
    rows = units.filter(pl.Series(where))
    own = {
        name: np.stack([cell[name].to_numpy().astype(np.float64)[where] for cell in cells])
        for name in ("observed", "expected", "lower", "upper", "excess")
    }
    picked = [pl.Series(name, values[lead, np.arange(lead.size)]) for name, values in own.items()]
    named = [
        pl.when(pl.Series(flags)).then(pl.lit(code))
        for code, flags in zip(channels.codes, above, strict=True)
    ]
    codes = np.array(channels.codes, dtype=object)
    return (
        rows.with_columns(
            *picked,
            pl.format("{}-{}", "region_id", pl.col("period").dt.strftime("%Y-%m")).alias("warning_id"),
            pl.Series("level", found.level.ravel()[where]),
            pl.Series("lead_channel", codes[lead].tolist(), pl.String),
            pl.Series("p_value", found.p_value.ravel()[where].round(DIGITS)),
            pl.concat_str(named, separator=",", ignore_nulls=True).alias("channels"),
            pl.Series("provisional", found.provisional.ravel()[where]),
            pl.Series("volume_only", found.volume_only.ravel()[where]),
        )
        .select(list(SCHEMA))
        .cast(SCHEMA)
    )
