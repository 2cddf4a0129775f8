"""Words on screen: one catalogue a language (`zh.toml`, `en.toml`), and how numbers and periods are written.

`Text(lang)` is handed to everything that shows something; a key missing in a catalogue is an error, and
tests/app/test_i18n.py keeps the two catalogues alike. A text may name any number of the method's groups in
`NAMED` ("{interval_pct}%区间"): it is filled in from the snapshot shown. Words of the domain (indicators,
rules, terms) are not here: they come from the snapshot, in the columns `<name>_zh` and `<name>_en`.
"""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines import api

LANGUAGES = ("zh", "en")
HTML_LANG = {"zh": "zh-CN", "en": "en"}
NOT_APPLICABLE, MISSING = "–", "·"
# Groups of the method whose numbers texts may name.
NAMED = ("index", "shrinkage", "uncertainty", "attention", "warning")
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    words: dict[str, str] = {}
    for key, value in table.items():
        words.update(
            _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
        )
    return words


@lru_cache
def catalogue(lang: str) -> dict[str, str]:
    """Return every text of one language by its dotted key."""
    return _flat(tomllib.loads(Path(__file__).with_name(f"{lang}.toml").read_text(encoding="utf-8")))


class Text:
    """The words and number forms of one language: `text("home.lede", as_of=…)`, `text.count(1234)`.

    `method` is the snapshot's own; without it texts name the numbers of the method of this version.
    """

    def __init__(self, lang: str, method: Mapping[str, Any] | None = None) -> None:
        self.lang = lang
        self._words = catalogue(lang)
        # An older snapshot's method may lack a number that texts name by now: that is a gap, not an error.
        known = self._named(api.method())
        self._numbers = known if method is None else {**dict.fromkeys(known, MISSING), **self._named(method)}

    def __call__(self, key: str, **values: object) -> str:
        """Return the text of a key with its values filled in; raises KeyError for an unknown key."""
        words = self._words[key]
        return words.format(**self._numbers, **values) if "{" in words else words

    def _named(self, method: Mapping[str, Any]) -> dict[str, str]:
        """The numbers of the method that texts may name; levels in words, shares of one in per cent too."""
        found = {key: number for group in NAMED for key, number in method.get(group, {}).items()}
        numbers = {
            key: f"{round(v, 1 if v >= 10 else 3):g}"
            for key, v in found.items()
            if isinstance(v, int | float)
        }
        shares = {f"{key}_pct": f"{100 * found[key]:g}" for key in numbers if key.endswith("_share")}
        levels = {
            key: self._words[f"charts.short_level_{numbers[key]}"]
            for key in numbers
            if key in ("provisional_level", "volume_level")
        }
        return {**numbers, **shares, **levels}

    def has(self, key: str) -> bool:
        """Say whether the catalogue knows a key (codes that a newer snapshot may bring)."""
        return key in self._words

    def code(self, group: str, code: str) -> str:
        """Return the word for a code, or the code itself when a newer snapshot brings one not known here."""
        return self._words.get(f"{group}.{code}", code)

    def of(self, row: Mapping[str, Any], name: str) -> str:
        """Return column `<name>_zh` or `<name>_en` of a snapshot's row, empty when it holds nothing."""
        return str(row.get(f"{name}_{self.lang}") or "")

    def place(self, row: Mapping[str, Any]) -> str:
        """Return a region's short name (the code name where the frame of regions carries those)."""
        if self.lang == "zh":
            return str(row["short_zh"] or row["name_zh"])
        if row.get("short_en"):
            return str(row["short_en"])
        name = str(row["name_en"])
        return name if row["region_level"] in ("own", "zone") else name.split(" ")[0]

    def join(self, parts: Iterable[str]) -> str:
        """Return a list of words as one enumeration."""
        return ("、" if self.lang == "zh" else ", ").join(parts)

    def day(self, day: date) -> str:
        """Return a day in full."""
        if self.lang == "zh":
            return f"{day.year}年{day.month}月{day.day}日"
        return f"{day.day} {_MONTHS_EN[day.month - 1]} {day.year}"

    def month(self, month: date) -> str:
        """Return a month in full."""
        return (
            f"{month.year}年{month.month}月"
            if self.lang == "zh"
            else f"{_MONTHS_EN[month.month - 1]} {month.year}"
        )

    def period(self, kind: str, period: date) -> str:
        """Return a window by its kind and last month, for example 2025年1—12月(近12个月)."""
        year, month = period.year, period.month
        if kind == "r12":
            first = date(year - 1, month + 1, 1) if month < 12 else date(year, 1, 1)
            return self("period.r12", span=self.span(first, period))
        if kind == "quarter":
            return self("period.quarter", year=year, n=(month + 2) // 3)
        if kind == "half":
            return self("period.half_1" if month == 6 else "period.half_2", year=year)
        if kind == "year":
            return self("period.year", year=year)
        if kind == "ytd":
            return self.span(date(year, 1, 1), period)
        return self.month(period)

    def span(self, first: date, last: date) -> str:
        """Return a run of months, as short as it can be said."""
        if first == last:
            return self.month(first)
        if self.lang == "zh":
            end = f"{last.month}月" if first.year == last.year else self.month(last)
            start = f"{first.year}年{first.month}" if first.year == last.year else self.month(first)
            return f"{start}—{end}"
        if first.year == last.year:
            return f"{_MONTHS_EN[first.month - 1]}–{_MONTHS_EN[last.month - 1]} {last.year}"
        return f"{self.month(first)}–{self.month(last)}"

    def count(self, value: float) -> str:
        """Return a whole number with thousands separators."""
        return f"{round(value):,}"

    def decimals(self, unit: str, denominator: float | None) -> int:
        """Return how many decimals a value deserves: percentages of fewer than 100 cases get none."""
        if unit == "%":
            return 0 if denominator is not None and denominator < 100 else 1
        return 1

    def value(self, row: Mapping[str, Any], column: str = "value") -> str:
        """Return an indicator's value without its unit, from a row with kind, unit_zh, denominator, value."""
        value = row[column]
        if value is None:
            return NOT_APPLICABLE if row.get("status") == "not_applicable" else MISSING
        if row["kind"] == "count":
            return self.count(value)
        return f"{value:,.{self.decimals(row['unit_zh'], row['denominator'])}f}"

    def change(self, row: Mapping[str, Any], column: str) -> str:
        """Return a signed difference: percentages differ by 个百分点, the rest by their own unit."""
        change = row[column]
        if change is None:
            return MISSING if row["status"] != "not_applicable" else NOT_APPLICABLE
        places = 0 if row["kind"] == "count" else self.decimals(row["unit_zh"], row["denominator"])
        rounded = round(change, places)
        if rounded == 0:
            return self("change.none")
        sign = "+" if rounded > 0 else "−"
        return f"{sign}{abs(rounded):,.{places}f}{self('change.points') if row['unit_zh'] == '%' else ''}"

    def status(self, row: Mapping[str, Any]) -> str:
        """Return the word for a value's state: has a value, not applicable, or missing and why."""
        if row["status"] == "value":
            return self("table.has_value")
        return self.code("status", row.get("missing_reason") or row["status"] or "missing")
