"""Every written form of every region, by key: full, short, shortened autonomous, former, alias, code.

Built once from the frame and the reference files in a few milliseconds. Ambiguity is kept, not
decided: 楚雄 leads to both the prefecture and the city. Next: `resolver.py` decides, or says it cannot.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

import polars as pl

from pipelines.regions import frame
from pipelines.regions.spelling import key

Index = dict[str, frozenset[str]]


@dataclass(frozen=True)
class Region:
    """One row of the frame as the resolver needs it."""

    region_id: str
    level: str
    name: str
    short: str
    type: str
    parent: str | None


@dataclass(frozen=True)
class Gazetteer:
    """Regions by id, and ids by key: of a name (`names`), of a name that counts only beside a prefecture
    (`generic`, 高新区), of a province or prefecture that may open a longer name (`heads`). `codes` leads from
    the six-digit codes of any year since 2010 to today's; `customary` are the names worth suggesting."""

    regions: dict[str, Region]
    names: Index
    generic: Index
    heads: Index
    codes: dict[str, str]
    customary: Index

    def ancestors(self, region_id: str) -> tuple[str, ...]:
        """The ids above a region, nearest first."""
        parent = self.regions[region_id].parent
        return () if parent is None else (parent, *self.ancestors(parent))

    def label(self, region_id: str) -> str:
        """What a message shows: 彝良县 (530628)."""
        return f"{self.regions[region_id].name} ({region_id})"


def load() -> Gazetteer:
    """The gazetteer of today's frame."""
    columns = ("region_id", "region_level", "name_zh", "short_zh", "type", "parent_id")
    regions = {row[0]: Region(*row) for row in frame.regions().select(columns).iter_rows()}
    customary = [(form, region.region_id) for region in regions.values() for form in _forms(region)]
    aliases = frame.reference("name_aliases").select("alias", "region_id", "kind").rows()
    customary += [(alias, region_id) for alias, region_id, kind in aliases if kind != "generic"]
    customary += _former_names()
    names = [*customary, *((i, i) for i in regions)]
    names += [(form, region.region_id) for region in regions.values() for form in _autonomous_forms(region)]
    upper = [(name, i) for name, i in names if regions[i].level in ("province", "prefecture")]
    return Gazetteer(
        regions=regions,
        names=_index(names),
        generic=_index([(alias, region_id) for alias, region_id, kind in aliases if kind == "generic"]),
        heads=_index(upper),
        codes=_codes(regions),
        customary=_index([(name, i) for name, i in customary if regions[i].level != "own"]),
    )


def _index(names: list[tuple[str, str]]) -> Index:
    found: dict[str, set[str]] = {}
    for name, region_id in names:
        found.setdefault(key(name), set()).add(region_id)
    return {name: frozenset(ids) for name, ids in found.items()}


def _forms(region: Region) -> Iterator[str]:
    yield from (region.name, region.short)
    base = frame.plain_base(region.name, region.type)
    # 云县 and 芒市 have no bare form: one character says too little.
    if region.level not in ("own", "zone") and len(base) > 1:
        yield base


def _autonomous_forms(region: Region) -> Iterator[str]:
    """An autonomous name with some of its ethnic groups, in any order: 双江拉祜族自治县, 双江县."""
    if region.type not in frame.AUTONOMOUS_TYPES:
        return
    base = frame.plain_base(region.name, region.type)
    groups = region.name.removeprefix(base).removesuffix(region.type).removesuffix("族").split("族")
    for count in range(len(groups) + 1):
        for chosen in permutations(groups, count):
            yield base + "".join(chosen) + region.name[-1]


def _former_names() -> list[tuple[str, str]]:
    changes = frame.reference("code_changes").filter(pl.col("old_name") != pl.col("new_name"))
    forms = []
    for name, region_id in changes.select("old_name", "new_code").iter_rows():
        forms += [(name, region_id), (name[:-1], region_id)]
    return forms


def _codes(regions: dict[str, Region]) -> dict[str, str]:
    former = dict(frame.reference("code_changes").select("old_code", "new_code").iter_rows())
    current = {i: i for i, region in regions.items() if region.level not in ("own", "zone")}
    return former | current  # a code in use today means today's region, whatever it meant before
