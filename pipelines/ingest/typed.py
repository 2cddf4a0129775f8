"""From the text of a cell to its typed value, as SQL: the common form first, all other forms after it.

Each expression is null where the text cannot be read. The engine evaluates the second half of a
coalesce only on rows the first half left null, so ten million clean rows cost one cast each.
"""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.contracts.base import MONEY_UNITS, Column, date_part
from pipelines.contracts.macros import fold
from pipelines.sqltext import quoted

_TRUE = ("是", "有", "对", "y", "yes", "true", "t", "1", "√", "✓", "真")
_FALSE = ("否", "无", "不是", "没有", "非", "n", "no", "false", "f", "0", "×", "假")
# Each pattern with the date it is rewritten to; what no pattern fits stays as it is and is no date.
_DAY = (
    r"^([0-9]{4}) *[-/.年] *([0-9]{1,2}) *[-/.月] *([0-9]{1,2}) *[日号]?([ T][0-9:. ]*)?$",
    r"\1-\2-\3",
)
_COMPACT = (r"^([0-9]{4})([0-9]{2})([0-9]{2})(?:[.]0)?$", r"\1-\2-\3")
_MONTH = (r"^([0-9]{4})(?: *[-/.年] *([0-9]{1,2})|([0-9]{2})) *月?$", r"\1-\2\3-1")
_PARTS = (r"^([0-9]{4})(?:[.]0)? *年?[|]([0-9]{1,2})(?:[.]0)? *月?$", r"\1-\2-1")
# A quarter is dated by its last month; rewriting cannot multiply, so each has its own pattern.
_QUARTERS = tuple(
    (rf"^([0-9]{{4}}) *年? *[-/]? *(?:[Qq]{number}|第?[{number}{zh}]季度?末?)$", rf"\1-{3 * number}-1")
    for number, zh in enumerate("一二三四", start=1)
)


def value(column: Column, text: str, units: dict[str, int], rewrap: bool) -> str:
    """The SQL of a column's value from its text (a column name); `rewrap` folds line breaks in texts."""
    if column.type == "date":
        return _date(column, text)
    if column.type == "int":
        return _int(column, text)
    if column.type == "money":
        return _money(text, units.get(column.name, MONEY_UNITS["万元"]))
    if column.type == "bool":
        return _bool(text)
    if column.type == "enum":
        return _enum(column, text)
    return _text(column, text, rewrap)


def quick(column: Column, text: str, units: dict[str, int]) -> str:
    """The SQL of the value where the text has its commonest form; other texts may give null or a wrong value.

    Texts are taken as they are: `quick` (the module) says which may be. Words of a list become an enumerated
    type: one byte instead of sixteen on the way to the file, where they are texts again.
    """
    if column.type == "date":
        return _of_month(column, _quick_date(text))
    if column.type == "int":
        return _quick_int(text)
    if column.type == "money":
        return _quick_money(text, units.get(column.name, MONEY_UNITS["万元"]))
    if column.type == "bool":
        return f"case when {text} = '是' then true when {text} = '否' then false end"
    if column.type == "enum" and column.sql_type == "VARCHAR":
        words = ", ".join(quoted(str(allowed.stored)) for allowed in column.values)
        return f"try_cast({text} as enum({words}))"
    if column.type == "enum":
        return f"case when {_is_stored(column, text)} then try_cast({text} as {column.sql_type}) end"
    return text


def is_month(text: str) -> str:
    """The SQL that says whether a readable date text names a month only."""
    narrow = f"clean(narrow({text}))"
    day = f"coalesce({_quick_date(text)}, {_iso_date(text)})"
    return f"""case when {text} is null or {day} is not null then false
        else regexp_matches({narrow}, '{_MONTH[0]}') or regexp_matches({narrow}, '{_PARTS[0]}') end"""


def date_text(column: Column, given: Iterable[str]) -> str:
    """The SQL of a date's text: its own column, else its year and month columns as "2019|3".

    A year without a month dates nothing and counts as empty; a month without a year is an error.
    """
    known = set(given)
    year, month = date_part(column.name, "year"), date_part(column.name, "month")
    both = "cast(null as varchar)"
    if month in known:
        years = f"coalesce(clean(t_{year}), '')" if year in known else "''"
        both = f"case when not is_blank(t_{month}) then concat({years}, '|', clean(t_{month})) end"
    if column.name not in known:
        return both
    own = f"t_{column.name}"
    return own if month not in known else f"coalesce(case when not is_blank({own}) then {own} end, {both})"


def _quick_date(text: str) -> str:
    """The two commonest forms: 20240305, and 2024-03-05 (or with slashes)."""
    compact = f"try_cast({text} as integer)"
    return (
        f"case when strlen({text}) = 8 then"
        f" try(make_date({compact} // 10000, {compact} // 100 % 100, {compact} % 100))"
        f" when strlen({text}) between 9 and 10 then try_cast({text} as date) end"
    )


def _iso_date(text: str) -> str:
    """2024-3-5, which is as long as 20240305."""
    return f"case when strlen({text}) = 8 then try_cast({text} as date) end"


def _date(column: Column, text: str) -> str:
    slow = [_DAY, _COMPACT]
    if column.month_form:
        slow += [_PARTS, _MONTH]
    if column.quarter:
        slow += [_MONTH, *_QUARTERS]
    tried = ", ".join(f"try_cast(regexp_replace(s, '{pattern}', '{made}') as date)" for pattern, made in slow)
    # The inner name spares the engine cleaning the text once for each pattern.
    other = f"list_transform([clean(narrow({text}))], lambda s: coalesce({tried}))[1]"
    other = f"case when {text} is not null then {other} end"
    return _of_month(column, f"coalesce({_quick_date(text)}, {_iso_date(text)}, {other})")


def _of_month(column: Column, day: str) -> str:
    return f"cast(date_trunc('month', {day}) as date)" if column.whole_month else day


def _quick_int(text: str) -> str:
    return f"case when regexp_full_match({text}, '[0-9]{{1,15}}') then try_cast({text} as bigint) end"


def _int(column: Column, text: str) -> str:
    bare = text
    if column.suffixes:
        bare = f"regexp_replace(clean(narrow({text})), '({'|'.join(column.suffixes)})$', '')"
    whole = f"regexp_extract(plain_number({bare}), '^([+-]?[0-9]{{1,15}})([.]0+)?$', 1)"
    return f"""coalesce({_quick_int(text)},
        case when {text} is not null then try_cast(nullif({whole}, '') as bigint) end)"""


def _quick_money(text: str, unit: int) -> str:
    return _fen(f"try_cast({text} as decimal(24, 8))", unit)


def _fen(number: str, unit: int) -> str:
    """Fen; decimals all the way, because a binary fraction would lose some."""
    return f"try_cast(round({number} * cast({unit} as decimal(11, 0))) as bigint)"


def _money(text: str, unit: int) -> str:
    plain = f"plain_number({text})"
    slow = f"""case when regexp_full_match({plain}, '[+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?')
        then try_cast({plain} as decimal(24, 8)) end"""
    return f"""coalesce({_quick_money(text, unit)},
        case when {text} is not null then {_fen(slow, unit)} end)"""


def _bool(text: str) -> str:
    # A map, because a long "in (…)" becomes a join and a long "case" repeats what it compares.
    words = ", ".join([f"{quoted(w)}: true" for w in _TRUE] + [f"{quoted(w)}: false" for w in _FALSE])
    return f"""case when {text} is null then null when {text} = '是' then true when {text} = '否' then false
        else map {{{words}}}[fold({text})] end"""


def _enum(column: Column, text: str) -> str:
    spellings: dict[str, str] = {}
    for allowed in column.values:
        for word in (str(allowed.stored), *allowed.aliases, allowed.en):
            spellings.setdefault(fold(word), str(allowed.stored))
    kind = column.sql_type
    other = ", ".join(f"{quoted(word)}: {quoted(found)}" for word, found in spellings.items())
    chosen = f"""case when {text} is null then null when {_is_stored(column, text)} then {text}
        else map {{{other}}}[fold({text})] end"""
    return chosen if kind == "VARCHAR" else f"try_cast({chosen} as {kind})"


def _is_stored(column: Column, text: str) -> str:
    return " or ".join(f"{text} = {quoted(str(allowed.stored))}" for allowed in column.values)


def _text(column: Column, text: str, rewrap: bool) -> str:
    found = f"trimmed({text})"
    if column.type == "code":
        plain = f"strlen({text}) = length({text})"
        found = f"case when {plain} then trimmed({text}) else clean(narrow({text})) end"
    if rewrap:
        found = f"regexp_replace({found}, '[\\r\\n\\t]+', ' ', 'g')"
    return f"nullif({found}, '')"
