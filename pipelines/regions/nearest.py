"""Suggestions for a name that is not known: the nearest regions, for a person to choose from.

Names contained in the text come first, then those alike in writing or in sound (宜梁县 → 宜良县, 彝良县).
"""

from __future__ import annotations

from difflib import SequenceMatcher, get_close_matches

from pipelines.regions.gazetteer import Gazetteer
from pipelines.regions.spelling import sound_key

MOST = 3
LEAST_LIKENESS = 0.5
CLOSE_TO_BEST = 0.2
SAME_PREFECTURE_BONUS = 0.15
# Longer texts are sentences, not names: comparing them costs time and suggests nothing.
LONGEST = 60
KINDS = frozenset("省市县区州")

Score = tuple[float, float]


class Nearest:
    """Finds the regions most like a key; built once per gazetteer."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._forms: list[tuple[str, str, str]] = []
        self._by_character: dict[str, set[int]] = {}
        for form, ids in gazetteer.customary.items():
            for region_id in sorted(ids):
                self._add(form, region_id)

    def _add(self, form: str, region_id: str) -> None:
        sound = sound_key(form)
        for character in set(sound) - KINDS:
            self._by_character.setdefault(character, set()).add(len(self._forms))
        self._forms.append((form, sound, region_id))

    def find(self, a_key: str, within: frozenset[str] = frozenset()) -> tuple[str, ...]:
        """At most three region ids, nearest first; `within` are regions whose children are preferred."""
        text = a_key[:LONGEST]
        if text.isdigit():
            return self._codes_like(text[:6])
        best: dict[str, Score] = {}
        for region_id, score in self._scores(text, within):
            best[region_id] = max(score, best.get(region_id, (0.0, 0.0)))
        ranked = sorted(best, key=lambda i: (-best[i][0], -best[i][1], i))
        return tuple(i for i in ranked[:MOST] if best[i][0] >= best[ranked[0]][0] - CLOSE_TO_BEST)

    def _codes_like(self, code: str) -> tuple[str, ...]:
        prefecture = [f"{code[:4]}00"] if f"{code[:4]}00" in self._gazetteer.codes else []
        alike = get_close_matches(code, sorted(self._gazetteer.codes), n=MOST, cutoff=0.8)
        return tuple(dict.fromkeys(self._gazetteer.codes[c] for c in [*prefecture, *alike]))[:MOST]

    def _scores(self, text: str, within: frozenset[str]) -> list[tuple[str, Score]]:
        sound = sound_key(text)
        numbers: set[int] = set().union(*(self._by_character.get(c, ()) for c in set(sound) - KINDS))
        scores = []
        for number in sorted(numbers):
            form, form_sound, region_id = self._forms[number]
            if form in text:
                # A county named in an address says more than the prefecture named before it.
                written = best = 2.0 + (0.0 if form in self._gazetteer.heads else 0.5)
            else:
                written, best = _likeness(text, form), _likeness(sound, form_sound)
                best = max(written, best)
            if best >= LEAST_LIKENESS:
                bonus = (
                    SAME_PREFECTURE_BONUS
                    if within.intersection(self._gazetteer.ancestors(region_id))
                    else 0.0
                )
                scores.append((region_id, (best + bonus, written)))
        return scores


def _likeness(one: str, other: str) -> float:
    """Between 0 and 1, as difflib measures it; 0 without measuring where it cannot reach LEAST_LIKENESS."""
    most = 2 * min(len(one), len(other), len(set(one) & set(other)) + 1) / (len(one) + len(other))
    return SequenceMatcher(None, one, other, autojunk=False).ratio() if most >= LEAST_LIKENESS else 0.0
