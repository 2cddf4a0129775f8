"""The regions that one region is compared with: all of its level, those most like it, its prefecture's.

Grain: ref.region, one row a region; mart.peer, one row a region and peer.
"""

from typing import Any

import polars as pl

# 县 and 自治县 are one kind: some prefectures have only the one, some only the other (METHOD 5.2).
KINDS = {"自治县": "县"}
# The group of a region and its nearest peers.
NEAREST = "nearest"


def kind() -> pl.Expr:
    """Return the kind of a region: its administrative type, 县 and 自治县 being one."""
    return pl.col("type").replace(KINDS)


def keys(regions: pl.DataFrame, level: str, comparator: str) -> pl.DataFrame:
    """Return region_id and `group`, what it shares with those it is compared with, for a level's regions.

    `comparator`: "province" (one group), "kind" (the administrative type) or "prefecture" (its code).
    """
    group = {"province": pl.lit("province"), "kind": kind(), "prefecture": pl.col("parent_id")}[comparator]
    return regions.filter(pl.col("region_level") == level).select("region_id", group=group)


def of(regions: pl.DataFrame, region: dict[str, Any], comparator: str, nearest: pl.DataFrame) -> list[str]:
    """Return the codes that `region` (a row of ref.region) is compared with, its own among them.

    `nearest` is its part of mart.peer: those of its kind are its peers, and its administrative type where it
    has none (its size or budget is not on file).
    """
    if comparator == "kind" and not nearest.is_empty():
        return [region["region_id"], *nearest.sort("nearness")["peer_id"]]
    groups = keys(regions, region["region_level"], comparator)
    mine = groups.filter(pl.col("region_id") == region["region_id"])["group"].item()
    return groups.filter(pl.col("group") == mine)["region_id"].to_list()


def nearest(peer: pl.DataFrame, area: dict[str, Any], level: str) -> list[str]:
    """Return the region of a level that an area stands for, and its peers; empty where it has none.

    `peer` is mart.peer. A county stands for its prefecture among prefectures, a prefecture for no county.
    """
    above = (level, area["region_level"]) == ("prefecture", "county")
    code = area["parent_id"] if above else area["region_id"]
    rows = peer.filter(pl.col("region_id") == code, pl.col("region_level") == level).sort("nearness")
    return [code, *rows["peer_id"]] if rows.height else []


def with_features(nearest: pl.DataFrame, features: pl.DataFrame, region_id: str) -> pl.DataFrame:
    """Return mart.peer_feature of the region and its peers, itself first, with the gaps of mart.peer."""
    gaps = nearest.drop("region_id", "region_level").rename({"peer_id": "region_id"})
    return (
        features.join(gaps, on="region_id", how="left")
        .filter((pl.col("region_id") == region_id) | pl.col("nearness").is_not_null())
        .sort("nearness", nulls_last=False)
    )
