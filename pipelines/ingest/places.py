"""Which unit the region texts of a file mean: resolved once per distinct text, joined back by the engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import duckdb
import polars as pl

from pipelines.contracts import Contract
from pipelines.contracts.base import REGION_PARTS
from pipelines.errors import UserError
from pipelines.ingest.layout import Layout
from pipelines.ingest.mapping import Mapping
from pipelines.regions import frame
from pipelines.regions.resolver import Resolver

SEPARATOR = "\x1f"
_UPPER_LEVELS = ("province", "prefecture")


@dataclass(frozen=True, slots=True)
class Place:
    """What a region text means: a unit, or the reason why none, with candidates for a person."""

    unit: str | None
    reason: str | None = None
    candidates: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def resolver() -> Resolver:
    """The resolver; loading it takes a moment, so once per process."""
    return Resolver()


@lru_cache(maxsize=1)
def _levels() -> dict[str, tuple[str, str]]:
    found = frame.regions().select("region_id", "region_level", "name_zh").iter_rows()
    return {region_id: (level, name) for region_id, level, name in found}


@lru_cache(maxsize=1)
def former_codes() -> dict[str, str]:
    """Former county codes to today's."""
    changes = frame.reference("code_changes").select("old_code", "new_code").iter_rows()
    return {old: new for old, new in changes if old != new}


@dataclass
class Places:
    """The region texts met so far, as table `place` on the connection."""

    contract: Contract
    parts: tuple[str, ...]
    when_empty: str | None
    known: dict[str, Place] = field(default_factory=dict)

    @classmethod
    def of(cls, layout: Layout, mapping: Mapping) -> Places:
        """An empty set for a file; raises UserError when `region_when_empty` means no unit."""
        parts = tuple(part for part in REGION_PARTS if part in layout.given)
        unit = None
        if mapping.region_when_empty:
            found = resolver().resolve(mapping.region_when_empty)
            if found.region_id is None:
                raise UserError(
                    f"映射文件 {mapping.path} 的 region_when_empty「{mapping.region_when_empty}」认不出；"
                    f"最接近的是：{'、'.join(found.candidates) or '无'}。",
                    f"region_when_empty “{mapping.region_when_empty}” of the mapping file {mapping.path} is"
                    f" unknown; the nearest are: {', '.join(found.candidates) or 'none'}.",
                )
            unit = frame.own_unit(found.region_id)
        return cls(layout.contract, parts, unit)

    @property
    def key_sql(self) -> str:
        """The expression that joins the texts of one row into the key of `place`."""
        texts = [f"coalesce(t_{part}, '')" for part in self.parts]
        if len(texts) <= 1:
            return texts[0] if texts else "''"
        return f"concat_ws(chr({ord(SEPARATOR)}), {', '.join(texts)})"

    @property
    def blamed(self) -> str:
        """The target a problem of the region is shown at: the county where there is one."""
        return next((part for part in ("county", "region", "prefecture") if part in self.parts), "region")

    def add(self, con: duckdb.DuckDBPyConnection, keys: list[str]) -> int:
        """Resolve keys not met before and put them into `place`; returns how many there were."""
        fresh = [key for key in dict.fromkeys(keys) if key not in self.known]
        for key in fresh:
            self.known[key] = self._resolve(key)
        if fresh:
            found = [self.known[key] for key in fresh]
            table = pl.DataFrame(
                {
                    "place": fresh,
                    "unit": [place.unit for place in found],
                    "region_reason": [place.reason for place in found],
                },
                schema={"place": pl.String, "unit": pl.String, "region_reason": pl.String},
            )
            con.register("incoming_place", table.to_arrow())
            con.execute("insert into place select * from incoming_place")
            con.unregister("incoming_place")
        return len(fresh)

    def _resolve(self, key: str) -> Place:
        texts = dict(zip(self.parts, key.split(SEPARATOR), strict=False))
        if not any(text.strip() for text in texts.values()) and self.when_empty:
            return Place(self.when_empty)
        found = resolver().resolve(texts.get("region"), texts.get("prefecture"), texts.get("county"))
        if found.region_id is None:
            return Place(None, found.reason, found.candidates)
        level, name = _levels()[found.region_id]
        if level in _UPPER_LEVELS and self.contract.bare_prefecture == "reject":
            own = frame.own_unit(found.region_id)
            return Place(None, "region_level", (f"{_levels()[own][1]} ({own})", f"{name}的县（市、区）"))
        if self.contract.bare_prefecture == "keep":
            return Place(found.region_id)
        return Place(frame.own_unit(found.region_id))


def unit_label(region_id: str) -> str:
    """Name and id of a region, for a sentence."""
    return f"{_levels()[region_id][1]} ({region_id})"
