"""Whom a region is compared with, in words."""

from typing import Any

import polars as pl

from dashboard.here import Here
from dashboard.i18n import Text
from dashboard.queries.peers import KINDS, of


def group(region: dict[str, Any], comparator: str, count: int, regions: pl.DataFrame, text: Text) -> str:
    """Return the group of a region with its size: 全省16个州(市), 县与自治县94个, 昭通11个县(市、区)."""
    level = region["region_level"]
    if comparator == "province":
        return text(f"peers.province_{level}", n=count)
    if comparator == "kind":
        kind = text.code("type", KINDS.get(region["type"], region["type"]))
        return text("peers.kind", kind=kind, n=count)
    above = regions.row(by_predicate=pl.col("region_id") == region["parent_id"], named=True)
    return text("peers.prefecture", prefecture=text.place(above), n=count)


def similar(level: str, count: int, kind: str, text: Text) -> str:
    """Return 同类 on the ranking: `count` regions, the chosen one among them, else its `kind` and why so."""
    if count:
        return text(f"peers.nearest_{level}", n=count - 1)
    return text("peers.kind_instead", kind=kind)


def nearest(at: Here) -> pl.DataFrame:
    """Return the region's rows of mart.peer, the nearest first."""
    return at.part("mart.peer", region_id=at.area_id) if at.has("mart.peer") else pl.DataFrame()


def codes(at: Here) -> list[str]:
    """Return the regions the area is compared with, itself among them."""
    return of(at.regions, at.area, at.comparator, nearest(at))


def compared(at: Here) -> str:
    """Return whom the area is compared with, in words: its nearest peers where 同类 is chosen."""
    if at.comparator == "kind" and not nearest(at).is_empty():
        return at.text(f"peers.nearest_{at.area['region_level']}", n=nearest(at).height)
    return group(at.area, at.comparator, len(codes(at)), at.regions, at.text)
