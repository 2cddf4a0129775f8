"""From what a department wrote to a region of the frame, or to the reason why not.

`Resolver.resolve` reads up to three texts (a prefecture column, a region column, a county column),
each into the regions it may mean, and keeps those that fit into one another. It never guesses: what
stays ambiguous, contradictory or unknown comes back as a reason with candidates for a person.
Forms are in `gazetteer.py`, spellings in `spelling.py`, suggestions in `nearest.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from pipelines.regions import gazetteer
from pipelines.regions.frame import PROVINCE, UNIT_LEVELS, own_unit
from pipelines.regions.nearest import MOST, Nearest
from pipelines.regions.spelling import key

__all__ = ["Reason", "Resolution", "Resolver", "own_unit"]

Reason = Literal["region_empty", "region_unknown", "region_ambiguous", "region_conflict"]
Ids = frozenset[str]
NOTHING: Ids = frozenset()

CODE_LENGTHS = (6, 9, 12)  # county, township, village: the first six digits are the county's
CODE_BESIDE_NAME = re.compile(
    r"(?P<code>[0-9]{6,12})(?P<name>[^0-9]+)|(?P<name_>[^0-9]+)(?P<code_>[0-9]{6,12})"
)
LONGEST = 60
DISTINCT_NAMES = 65_536

# 本级 in its written forms, each with the level it names ("" = whatever stands before it).
OWN_LEVELS = ("省", "市", "州", "州市", "市州", "县", "区", "县区", "县市区")
OWN_WORDS = {"本级": ""} | {
    f"{level}{kind}{bodies}": level
    for level in OWN_LEVELS
    for kind in ("本级", "直", "直属", "级", "属")
    for bodies in ("", "机关", "部门", "单位")
}
OWN_LEVELS_OF_TYPE = {"地级市": ("市", "州市", "市州"), "自治州": ("州", "州市", "市州"), "省": ("省",)}


@dataclass(frozen=True, slots=True)
class Resolution:
    """Either `region_id`, or a `reason` with at most three candidates "name (code)", nearest first."""

    region_id: str | None
    candidates: tuple[str, ...] = ()
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class _Reading:
    """What one text may mean: regions, regions only beside a prefecture, a bare 本级 word, clashing parts."""

    text: str
    ids: Ids = NOTHING
    generic: Ids = NOTHING
    own_word: str | None = None
    clash: Ids = NOTHING


class _Refusal(Exception):
    """Carries the reason out of the reading; never leaves this module."""

    def __init__(self, reason: Reason, candidates: Iterable[str]) -> None:
        super().__init__(reason)
        self.reason: Reason = reason
        self.candidates = tuple(candidates)


class Resolver:
    """Resolves names and codes of any year since 2010 to today's regions; pure, answers are cached."""

    def __init__(self) -> None:
        self._known = gazetteer.load()
        self._nearest = Nearest(self._known)
        self._answer = lru_cache(maxsize=DISTINCT_NAMES)(self._resolve)

    def resolve(
        self, region: str | None, prefecture: str | None = None, county: str | None = None
    ) -> Resolution:
        """The region meant by a region text and, where a file has them, its prefecture and county columns.

        A province or prefecture comes back as such (`own_unit` gives its own unit). Reasons:
        `region_empty` (no text), `region_unknown`, `region_ambiguous` (bare 楚雄, 市本级 without a
        prefecture), `region_conflict` (the county lies in another prefecture). Never raises.
        """
        return self._answer(region or "", prefecture or "", county or "")

    def _resolve(self, region: str, prefecture: str, county: str) -> Resolution:
        above, *below = key(prefecture), key(region), key(county)
        readings = [self._upper_first(self._read(above))] if above else []
        readings += [self._read(text) for text in below if text]
        if not readings:
            return Resolution(None, (), "region_empty")
        try:
            found = self._fit_together(readings)
            if len(found) > 1:
                raise _Refusal("region_ambiguous", self._ordered(found))
        except _Refusal as refusal:
            labels = tuple(self._known.label(i) for i in refusal.candidates[:MOST])
            return Resolution(None, labels, refusal.reason)
        return Resolution(next(iter(found)))

    def _fit_together(self, readings: list[_Reading]) -> Ids:
        """The deepest regions all texts together mean; 本级 words come last, since they need the rest."""
        places = [reading for reading in readings if reading.own_word is None]
        found: Ids | None = None
        for reading in places:
            ids = self._ids_beside(reading, found)
            found = ids if found is None else self._joined(found, self._units_below(found, ids))
            if not found:
                raise _Refusal("region_conflict", self._ordered(ids))
        for reading in readings:
            if reading.own_word is not None:
                found = self._own_of(found, reading.own_word)
        return found or NOTHING

    def _ids_beside(self, reading: _Reading, found: Ids | None) -> Ids:
        if reading.ids:
            return reading.ids
        if found in (None, {PROVINCE}) and reading.generic:
            raise _Refusal("region_ambiguous", self._ordered(reading.generic))
        if generic := self._joined(found or NOTHING, reading.generic):
            return generic
        if reading.clash:
            raise _Refusal("region_conflict", self._ordered(reading.clash))
        raise _Refusal("region_unknown", self._suggestions(reading.text, found or NOTHING))

    def _suggestions(self, text: str, within: Ids) -> list[str]:
        """Regions for an unknown text: those of the prefecture it names first: 昆明市宜梁县 → 宜良县."""
        lengths = [n for n in range(2, len(text)) if text[:n] in self._known.heads]
        heads = self._known.heads[text[: max(lengths)]] if lengths else NOTHING
        rest = self._nearest.find(text[max(lengths) :], heads) if lengths else ()
        inside = [i for i in rest if heads.intersection(self._known.ancestors(i))]
        return list(dict.fromkeys([*inside, *self._nearest.find(text, within)]))

    def _own_of(self, found: Ids | None, level: str) -> Ids:
        if found is None and level == "省":
            return frozenset({own_unit(PROVINCE)})
        if found is None:
            every = (
                self._own(i, level)
                for i, r in self._known.regions.items()
                if r.level in ("province", "prefecture")
            )
            raise _Refusal("region_ambiguous", self._ordered(i for i in every if i))
        owns = frozenset(own for i in found if (own := self._own(i, level)))
        if not owns:
            raise _Refusal("region_conflict", self._ordered(own for i in found if (own := self._own(i, ""))))
        return owns

    def _own(self, region_id: str, level: str) -> str | None:
        """The own unit of a region if `level` is its kind; a county or zone is its own unit."""
        region = self._known.regions[region_id]
        if region.level == "own":
            return self._own(region.parent or PROVINCE, level)
        of_type = OWN_LEVELS_OF_TYPE.get(region.type, (region.name[-1], "县区", "县市区"))
        return own_unit(region_id) if level == "" or level in of_type else None

    def _read(self, text: str) -> _Reading:
        text = text[:LONGEST]
        if text in OWN_WORDS and text not in self._known.names:
            return _Reading(text, own_word=OWN_WORDS[text])
        ids, clash = self._place(text)
        for word, level in OWN_WORDS.items():
            if text.endswith(word) and text != word:
                heads, _ = self._place(text.removesuffix(word))
                ids |= {own for i in heads if (own := self._own(i, level))}
        if not ids and (beside := CODE_BESIDE_NAME.fullmatch(text)):
            code, name = beside["code"] or beside["code_"], beside["name"] or beside["name_"]
            one, other = self._place(code)[0], self._read(name).ids
            ids = self._joined(one, other)
            clash |= (one | other) if one and other else NOTHING
        return _Reading(text, ids, self._known.generic.get(text, NOTHING), None, clash)

    def _place(self, text: str) -> tuple[Ids, Ids]:
        """What a text without 本级 may mean, and the known parts of readings that contradict themselves."""
        if text.isascii() and text.isdigit():
            code = self._known.codes.get(text[:6]) if len(text) in CODE_LENGTHS else None
            return frozenset({code} if code else ()), NOTHING
        ids, clash = self._known.names.get(text, NOTHING), NOTHING
        for length in range(2, len(text)):
            heads = self._known.heads.get(text[:length], NOTHING)
            if heads:
                rest, inner_clash = self._place(text[length:])
                joined = self._joined(heads, self._units_below(heads, rest))
                ids |= joined
                if heads != {PROVINCE}:
                    ids |= self._joined(heads, self._known.generic.get(text[length:], NOTHING))
                clash |= inner_clash | (NOTHING if joined else rest)
        return ids, clash

    def _joined(self, some: Ids, others: Ids) -> Ids:
        """The deeper one of every pair in which one region is the other or lies in it."""
        above = {i: {i, *self._known.ancestors(i)} for i in some | others}
        down = {other for one in some for other in others if one in above[other]}
        return frozenset(down | {one for one in some for other in others if other in above[one]})

    def _units_below(self, above: Ids, ids: Ids) -> Ids:
        """楚雄 beside its prefecture is the county, which has been said; not so beside 云南省."""
        if above == {PROVINCE}:
            return ids
        return frozenset(i for i in ids if self._known.regions[i].level in UNIT_LEVELS) or ids

    def _upper_first(self, reading: _Reading) -> _Reading:
        """A prefecture column that could be read either way (楚雄) means the prefecture."""
        upper = frozenset(i for i in reading.ids if self._known.regions[i].level not in ("county", "zone"))
        return _Reading(reading.text, upper or reading.ids, reading.generic, reading.own_word, reading.clash)

    def _ordered(self, ids: Iterable[str]) -> list[str]:
        return sorted(ids, key=lambda i: (len(i.rstrip("L").rstrip("0")), i))
