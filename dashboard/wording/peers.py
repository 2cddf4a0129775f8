"""Whom a region is compared with, in words."""

from typing import Any

import polars as pl

from dashboard.i18n import Text
from dashboard.queries.peers import KINDS


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
