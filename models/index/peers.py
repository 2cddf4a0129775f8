"""Peers: the regions of a level most like one, by size, wealth and how far its budget pays for itself.

The nearest by standardised log population, log GDP per head and budget self-sufficiency (method section 5,
rule 7); the gaps say why. Input: mart.peer_feature. Named groups are mart.peer_group.
"""

from __future__ import annotations

import numpy as np
import polars as pl

SCHEMA = pl.Schema(
    {
        "region_id": pl.String,
        "peer_id": pl.String,
        "region_level": pl.String,
        "nearness": pl.Int32,
        "distance": pl.Float64,
        "population_gap": pl.Float64,
        "gdp_per_head_gap": pl.Float64,
        "self_sufficiency_gap": pl.Float64,
    }
)
DIGITS = 9


def nearest_peers(features: pl.DataFrame, parameters: pl.DataFrame) -> pl.DataFrame:
    """The nearest regions of every region, the nearest first (`nearness` 1); see SCHEMA.

    `features` is mart.peer_feature, `parameters` ref.index_parameter. Gaps are peer less region in standard
    deviations of the level, `distance` their Euclidean length; equal distances go by code.
    """
    count = int(parameters["nearest_peers"][0])
    parts = [SCHEMA.to_frame()]
    for level in sorted(features["region_level"].unique()):
        mine = features.filter(region_level=level).sort("region_id")
        codes = mine["region_id"].to_numpy()
        raw = np.column_stack(
            [
                np.log(mine["population"].to_numpy()),
                np.log(mine["gdp_per_head_yuan"].to_numpy()),
                mine["self_sufficiency_pct"].to_numpy(),
            ]
        )
        spread = raw.std(axis=0)
        # What is the same everywhere tells nobody apart.
        z = (raw - raw.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
        gaps = (z[np.newaxis] - z[:, np.newaxis]).round(DIGITS)
        distance = np.sqrt((gaps**2).sum(axis=2)).round(DIGITS)
        np.fill_diagonal(distance, np.inf)
        order = np.argsort(distance, axis=1, kind="stable")[:, : min(count, codes.size - 1)]
        region = np.repeat(np.arange(codes.size), order.shape[1])
        peer = order.ravel()
        parts.append(
            pl.DataFrame(
                {
                    "region_id": codes[region],
                    "peer_id": codes[peer],
                    "region_level": [level] * peer.size,
                    "nearness": np.tile(np.arange(1, order.shape[1] + 1), codes.size),
                    "distance": distance[region, peer],
                    "population_gap": gaps[region, peer, 0],
                    "gdp_per_head_gap": gaps[region, peer, 1],
                    "self_sufficiency_gap": gaps[region, peer, 2],
                }
            ).cast(SCHEMA)
        )
    return pl.concat(parts).sort("region_id", "nearness")
