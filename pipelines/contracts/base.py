"""The shapes of a contract: column, allowed value, rule, restriction, contract.

Everything is frozen; nothing here reads a file or runs SQL. The rules shared by all columns
of a type are in `rules.py`, the sources in the modules named after them.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

ColumnType = Literal["text", "code", "region", "date", "int", "money", "bool", "enum"]
Level = Literal["reject", "warning"]
# When a cell rule is tried: on an empty cell, on one that could not be read as its type, on one
# that could; "row" and "file" rules are decided by the reader, not by a predicate.
Applies = Literal["empty", "unread", "read", "row", "file"]

Cells = dict[str, str]
"""Cells of one record as text: contract column (or prefecture, county) to what the file says."""

MONEY_UNITS = {"元": 100, "万元": 1_000_000, "亿元": 10_000_000_000}
"""Fen per unit of money, as written in a header."""

REGION_PARTS = ("region", "prefecture", "county")
"""The columns of a file that may say where a row belongs; together they give `region_id`."""


@dataclass(frozen=True)
class Value:
    """One allowed value of an enum column: what is stored, its English name, other spellings."""

    stored: str | int
    en: str
    aliases: tuple[str, ...] = ()

    @property
    def word(self) -> str:
        """What a person writes: the stored word, or its first other spelling where that is a code."""
        stored = str(self.stored)
        return self.aliases[0] if stored.isascii() and stored.isidentifier() and self.aliases else stored


@dataclass(frozen=True)
class Rule:
    """A reason code: when a cell or row is wrong, in SQL, and the sentence that mends it.

    `predicate` is true where the rule is violated. It may use `{t}` (the text of the cell),
    `{v}` (the typed value), `{recorded}` and `{received}` (dates), `{region}` (the resolved
    region), `{limit}`, `{minimum}`, `{maximum}`, `{pattern}`, and `{a}`, `{b}` (values of
    `columns`, for rules between two columns; the first is the one to be blamed). The sentences
    may use `{label}`, `{value}`, `{detail}` and `{limit}`.

    `sampler` returns the cells that make a good record violate the rule; `spoil` does the same
    to the bytes of a good CSV file, for rules of rows and files.
    """

    id: str
    zh: str
    en: str
    applies: Applies = "read"
    predicate: str = ""
    level: Level = "reject"
    columns: tuple[str, ...] = ()
    sampler: Callable[[random.Random, Column], Cells] | None = None
    spoil: Callable[[bytes], bytes] | None = None

    def sentence(self, label: str, value: str, detail: str = "", limit: object = "") -> tuple[str, str]:
        """The Chinese and the English sentence for one violation."""
        known = {"label": label, "value": value, "detail": detail, "limit": limit}
        return self.zh.format(**known), self.en.format(**known)


@dataclass(frozen=True)
class Column:
    """One column of a source: type, Chinese and English label, further headers, limits.

    `default` is stored when the cell is empty; "=name" copies another column. `month_form`
    lets a date column say only year and month (precision `month`); `whole_month` stores the first
    of the month whatever the day; a `quarter` is such a month, the last of its three, and may be
    written 2024Q1 or 2024年第一季度. `event_like` dates cannot lie after the day the row was recorded;
    deadlines can. `suffixes` are words a number may carry (2019年).
    """

    name: str
    type: ColumnType
    zh: str
    en: str
    example: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    values: tuple[Value, ...] = ()
    default: str | None = None
    limit: int = 100
    minimum: int | None = None
    maximum: int | None = None
    pattern: str | None = None
    event_like: bool = True
    month_form: bool = False
    private_exempt: bool = False
    rules: tuple[Rule, ...] = ()
    whole_month: bool = False
    quarter: bool = False
    suffixes: tuple[str, ...] = ()
    note_zh: str = ""
    note_en: str = ""

    @property
    def stored_name(self) -> str:
        """The name in the store: money carries its unit, a region its id."""
        if self.type == "money":
            return f"{self.name}_fen"
        return "region_id" if self.type == "region" else self.name

    @property
    def sql_type(self) -> str:
        """The type in the store."""
        if self.type == "enum":
            return "INTEGER" if isinstance(self.values[0].stored, int) else "VARCHAR"
        kinds = {"date": "DATE", "int": "BIGINT", "money": "BIGINT", "bool": "BOOLEAN"}
        return kinds.get(self.type, "VARCHAR")


@dataclass(frozen=True)
class Restriction:
    """Rows of which little may be kept: where `column` is `value`, only `keep` is stored."""

    column: str
    value: str
    keep: tuple[str, ...]


@dataclass(frozen=True)
class Contract:
    """All a source must obey.

    `key` names the columns whose values, joined by '|', make the id; `period_columns` the dates
    that place a row in time, first known one wins; `recorded_columns` where "recorded at" is
    read. `bare_prefecture` says what a row with only a prefecture means: its own unit (events),
    the prefecture itself (reports), or an error (exposure, which would count twice).
    `between` holds the rules between two columns; `rules` lists every rule of the source.
    `partitioned` sources lie in the store by month. `version` changes when the same file would
    be read differently, and with it the id of every new batch. `notice_zh` and `notice_en` are what
    whoever fills in the template or checks a file must be told first.
    """

    source: str
    zh: str
    en: str
    version: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    period_columns: tuple[str, ...]
    recorded_columns: tuple[str, ...] = ("recorded_at",)
    between: tuple[Rule, ...] = ()
    bare_prefecture: Literal["own", "keep", "reject"] = "own"
    partitioned: bool = True
    restriction: Restriction | None = None
    notice_zh: str = ""
    notice_en: str = ""
    by_name: dict[str, Column] = field(init=False, repr=False, compare=False, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {column.name: column for column in self.columns})

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule a file of this source can violate, once per id, with the columns it is tried on."""
        from pipelines.contracts.rules import all_rules  # the rules are written in terms of these shapes

        return all_rules(self)

    def column(self, name: str) -> Column:
        """The column of that name; KeyError when there is none."""
        return self.by_name[name]

    def headers(self) -> dict[str, str]:
        """Every header the source understands, normalised, to its target column.

        Targets are column names, `prefecture`, `county`, and beside `event_date` also `event_year` and
        `event_month`.
        """
        found: dict[str, str] = {}
        for column in self.columns:
            for header in (column.name, column.zh, column.en, *column.aliases):
                found.setdefault(normalise_header(header), column.name)
            if column.month_form:
                stem = column.zh.removesuffix("日期").removesuffix("月份")
                for part, zh in (("year", "年份"), ("month", "月份")):
                    for header in (date_part(column.name, part), f"{column.name}_{part}", stem + zh):
                        found.setdefault(normalise_header(header), date_part(column.name, part))
        for target, headers in PLACE_HEADERS.items():
            for header in (target, *headers):
                found.setdefault(normalise_header(header), target)
        return found

    def bare_parts(self) -> dict[str, str]:
        """年份 and 月份 without more words: the last period column, unless a column has that name."""
        last = next((name for name in reversed(self.period_columns) if self.column(name).month_form), "")
        if not last:
            return {}
        parts = {
            "年份": "year",
            "年": "year",
            "year": "year",
            "月份": "month",
            "月": "month",
            "month": "month",
        }
        return {header: date_part(last, part) for header, part in parts.items()}

    def digest(self) -> str:
        """sha256 over all that decides how a file is read."""
        parts = [self.source, self.version, repr(self.key), repr(self.period_columns), self.bare_prefecture]
        for c in self.columns:
            spellings = [[str(v.stored), *v.aliases] for v in c.values]
            rules = [[r.id, r.predicate] for r in c.rules]
            parts.append(
                json.dumps(
                    [c.name, c.type, c.required, c.default, c.limit, spellings, rules], ensure_ascii=False
                )
            )
        parts += [f"{r.id} {r.columns} {r.predicate}" for r in self.between]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


REGION_HEADERS = (
    "行政区划",
    "行政区划代码",
    "区划代码",
    "地区代码",
    "地区名称",
    "所属地区",
    "region code",
    "adcode",
)
"""Headers of a region that every source understands, beside its own."""

PLACE_HEADERS = {
    "prefecture": ("州市", "州(市)", "市州", "地市", "地州市", "州市名称", "所属州市", "城市", "city"),
    "county": (
        "县",
        "县(市、区)",
        "县市区",
        "区县",
        "县区",
        "县(区)",
        "县(市区)",
        "县级",
        "county name",
        "district",
    ),
}

_UNIT = re.compile(r"[(\[【]?(?:单位[::]?)?(亿元|万元|元)[)\]】]?$")
_NOISE = re.compile(r"[\s_\-*·:\"'。.]+")
_SECRET = re.compile(r"隐性[^,,]{0,6}债|隐债|涉密|hidden *debt", re.IGNORECASE)


def date_part(column: str, part: str) -> str:
    """The target of a year or month column: event_date and "year" give event_year."""
    return f"{column.removesuffix('_date')}_{part}"


def normalise_header(header: str) -> str:
    """A header without case, spaces, full-width forms, marks and its unit of money."""
    text = unicodedata.normalize("NFKC", header).replace("\ufeff", "").strip().lower()
    return _NOISE.sub("", _UNIT.sub("", text))


def is_secret(header: str) -> bool:
    """Whether a header speaks of what may never enter: hidden debt (隐性债务), classified data (涉密)."""
    text = "".join(unicodedata.normalize("NFKC", header).split())
    return _SECRET.search(text) is not None


def header_unit(header: str) -> str | None:
    """The unit of money a header ends in (元, 万元, 亿元), or None."""
    match = _UNIT.search(unicodedata.normalize("NFKC", header).strip())
    return match.group(1) if match else None
