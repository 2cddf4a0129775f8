"""The Polars peer's closer look at the few odd rows: every form of every type, every rule of the contract.

`validate` follows the contract and nothing else, so that its verdicts check those of the product's SQL.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.contracts import Column
from pipelines.contracts.macros import FOLD_FROM, FOLD_TO, FULL_WIDTH, HALF_WIDTH, fold
from tests.bench.polars_rows import BLANK, CONTRACT, DTYPES, EARLIEST, LATEST, PROBLEM, File, stored

_WORDS = {
    True: ("是", "有", "对", "y", "yes", "true", "t", "1", "√", "✓", "真"),
    False: ("否", "无", "不是", "没有", "非", "n", "no", "false", "f", "0", "×", "假"),
}
_DAY = r"^([0-9]{4}) *[-/.年] *([0-9]{1,2}) *[-/.月] *([0-9]{1,2}) *[日号]?([ T][0-9:. ]*)?$"
_COMPACT = r"^([0-9]{4})([0-9]{2})([0-9]{2})(?:[.]0)?$"
_MONTH = r"^([0-9]{4})(?: *[-/.年] *([0-9]{1,2})|([0-9]{2})) *月?$"
_FORMULA_ERROR = r"^#(N/A|DIV/0!|VALUE!|NUM!|REF!|NAME[?]|NULL!|SPILL!|CALC!)$"
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_REGION_RULES = ("region_empty", "private_id_number", "private_phone", "region_unknown", "region_ambiguous")

Rules = list[tuple[str, pl.Expr]]
"""Rule ids with the condition on which each is violated; the first one counts."""


@dataclass(frozen=True)
class Verdict:
    """The accepted rows in their stored form, the problems, and the cells of the rejected rows."""

    accepted: pl.DataFrame
    problems: pl.DataFrame
    rejected: pl.DataFrame


def validate(odd: pl.DataFrame, file: File, places: pl.DataFrame) -> Verdict:
    """Judge rows of text cells."""
    rows = _read(odd.with_columns(pl.col("region").fill_null("")), file, places)
    own = {column.name: _first(_rules(column, file)) for column in file.columns} | {
        "region": _first(_region_rules())
    }
    rows = rows.with_columns(rule.alias(f"f_{name}") for name, rule in own.items())
    rows = rows.with_columns(_first(_order_rules(name)).alias(f"w_{name}") for name in own)
    rejected = pl.any_horizontal(pl.col("^f_.*$").is_not_null())
    values = {c.name: pl.col(f"v_{c.name}") for c in file.columns} | {"region": pl.col("region_id")}
    precision = pl.when("m_registered_date").then(pl.lit("month")).otherwise(pl.lit("day"))
    accepted = rows.filter(~rejected).select(stored(values, pl.col("recorded"), precision))
    problems = [
        rows.select("row", pl.lit(file.headers[name]).alias("column"), rule=f"{kind}_{name}")
        for name in own
        for kind in "fw"
    ]
    found = pl.concat(problems).filter(pl.col("rule").is_not_null()).cast(PROBLEM)  # type: ignore[arg-type]
    return Verdict(accepted, found, odd.filter(rows.select(rejected).to_series()))


def _read(odd: pl.DataFrame, file: File, places: pl.DataFrame) -> pl.DataFrame:
    """The rows with `v_` values, `m_registered_date` (a month only), `region_id` and `recorded`."""
    restriction = CONTRACT.restriction
    assert restriction is not None
    kind = _value(CONTRACT.column(restriction.column))
    restricted = (kind == restriction.value).fill_null(False)
    odd = odd.with_columns(pl.when(~restricted).then(pl.col(name)).alias(name) for name in file.shut)
    rows = odd.join(places, on="region", how="left", maintain_order="left")
    rows = rows.with_columns(_value(column).alias(f"v_{column.name}") for column in file.columns)
    text = _clean(_narrow(pl.col("registered_date")))
    monthly = text.str.contains(_MONTH) & ~text.str.contains(_COMPACT)
    recorded = pl.lit(None, dtype=pl.Date)
    if "recorded_at" in file.names:
        day = pl.col("v_recorded_at")
        recorded = pl.when(day.is_between(EARLIEST, file.received)).then(day)
    return rows.with_columns(
        m_registered_date=monthly.fill_null(False), recorded=recorded.fill_null(file.received)
    )


def _first(rules: Rules) -> pl.Expr:
    """The id of the first rule that is violated, else null."""
    nothing = pl.lit(None, dtype=pl.String)
    return pl.coalesce(*(pl.when(violated).then(pl.lit(rule)) for rule, violated in rules), nothing)


def _clean(text: pl.Expr) -> pl.Expr:
    return text.str.strip_chars(BLANK)


def _narrow(text: pl.Expr) -> pl.Expr:
    return text.str.replace_many(list(FULL_WIDTH), list(HALF_WIDTH))


def _fold(text: pl.Expr) -> pl.Expr:
    narrow = _narrow(_clean(text)).str.replace_many(list(FOLD_FROM), list(FOLD_TO))
    return narrow.str.replace_all(" ", "", literal=True).str.to_lowercase()


def _value(column: Column) -> pl.Expr:
    """The typed value of a cell in any form that is understood, else null."""
    text = pl.col(column.name)
    if column.type == "date":
        return _date(_clean(_narrow(text)), column.month_form)
    if column.type == "int":
        return _int(text, column.suffixes)
    if column.type == "bool":
        words = {word: value for value, known in _WORDS.items() for word in known}
        return _fold(text).replace_strict(words, default=None, return_dtype=pl.Boolean)
    if column.type == "enum":
        spellings: dict[str, str | int] = {}
        for allowed in column.values:
            for word in (str(allowed.stored), *allowed.aliases, allowed.en):
                spellings.setdefault(fold(word), allowed.stored)
        return _fold(text).replace_strict(spellings, default=None, return_dtype=DTYPES[column.sql_type])
    found = _clean(_narrow(text) if column.type == "code" else text)
    return found.str.replace_all(r"[\r\n\t]+", " ").replace("", None)


def _date(text: pl.Expr, month_form: bool) -> pl.Expr:
    patterns = [(_DAY, "${1}-${2}-${3}"), (_COMPACT, "${1}-${2}-${3}")]
    if month_form:
        patterns.append((_MONTH, "${1}-${2}${3}-1"))
    return pl.coalesce(
        text.str.replace(pattern, made).str.to_date("%Y-%m-%d", strict=False) for pattern, made in patterns
    )


def _int(text: pl.Expr, suffixes: tuple[str, ...]) -> pl.Expr:
    bare = _clean(_narrow(text)).str.replace(f"({'|'.join(suffixes)})$", "").str.strip_chars(BLANK)
    grouped = bare.str.contains(r"^[+-]?[0-9]{1,3}(,[0-9]{3})+([.][0-9]+)?$")
    plain = pl.when(grouped).then(bare.str.replace_all(",", "", literal=True)).otherwise(bare)
    return plain.str.extract(r"^([+-]?[0-9]{1,15})([.]0+)?$").str.to_integer(strict=False)


def _rules(column: Column, file: File) -> Rules:
    """What a cell can violate, first one first."""
    text, value = pl.col(column.name), pl.col(f"v_{column.name}")
    blank = (_clean(text) == "").fill_null(True)
    rules: Rules = [("required_empty", blank)] if column.required else []
    rules.append(("encoding_damaged", text.str.contains("\ufffd")))
    private = [("private_id_number", _has_id_number(text)), ("private_phone", _has_phone(text))]
    if column.type in ("text", "code"):
        formula = value.str.contains(_FORMULA_ERROR)
        too_long = value.str.len_chars() > column.limit
        return [*rules, ("formula_error", formula), *private, ("text_too_long", too_long)]
    unread = ~blank & value.is_null()
    rules += [(rule, unread & violated) for rule, violated in private]
    if column.type == "date":
        latest = pl.lit(file.received) if column.name == "recorded_at" else pl.col("recorded")
        beyond = (value < EARLIEST) | (value > LATEST)
        return [
            *rules,
            ("date_unreadable", unread),
            ("date_out_of_range", beyond),
            ("date_in_future", value > latest),
        ]
    if column.type == "int":
        endless = _clean(_narrow(text)).str.to_lowercase()
        endless = endless.str.contains(r"^([+-]?(nan|inf|infinity|∞)|#(n/a|div/0!|value!|num!|ref!))$")
        return [
            *rules,
            ("number_not_finite", unread & endless),
            ("int_unreadable", unread),
            ("number_negative", value < 0),
            ("number_out_of_range", (value < (column.minimum or 0)) | (value > column.maximum)),
        ]
    return [*rules, ("bool_unreadable" if column.type == "bool" else "enum_unknown", unread)]


def _region_rules() -> Rules:
    text, reason = pl.col("region"), pl.col("region_reason")
    private = {"private_id_number": _has_id_number(text), "private_phone": _has_phone(text)}
    unread = pl.col("region_id").is_null()
    rules = (*_REGION_RULES, "region_conflict")
    found = [(rule, unread & private.get(rule, reason == rule)) for rule in rules]
    return [("encoding_damaged", text.str.contains("\ufffd")), *found]


def _order_rules(name: str) -> Rules:
    """The warnings that a date lies before another; a date that is wrong itself counts for nothing."""
    found: Rules = []
    for rule in CONTRACT.between:
        later, earlier = rule.columns
        if later == name:
            value = pl.col(f"v_{later}")
            sound = pl.col(f"f_{later}").is_null() & pl.col(f"f_{earlier}").is_null()
            found.append((rule.id, sound & (value < pl.col(f"v_{earlier}"))))
    return found


def _has_id_number(text: pl.Expr) -> pl.Expr:
    """An identity number among the runs of digits: 18 long, born on a day there was, with a true check."""
    number = pl.element()
    born = number.str.slice(6, 8).str.to_date("%Y%m%d", strict=False)
    digits = [number.str.slice(place, 1).str.to_integer(strict=False) for place in range(17)]
    total = pl.sum_horizontal(digit * weight for digit, weight in zip(digits, _ID_WEIGHTS, strict=True))
    check = pl.lit("10X98765432").str.slice((total % 11).cast(pl.Int64), 1)
    true = (
        (number.str.len_chars() == 18)
        & born.is_between(pl.date(1900, 1, 1), LATEST)
        & (number.str.slice(17, 1).str.to_uppercase() == check)
    )
    return _any_of(_narrow(text).str.extract_all("[0-9]+[Xx]?"), true)


def _has_phone(text: pl.Expr) -> pl.Expr:
    """A telephone number as a whole word."""
    words = _narrow(text).str.extract_all("[0-9A-Za-z_-]+")
    return _any_of(words, pl.element().str.contains("^(86-?)?1[3-9][0-9]{9}$"))


def _any_of(found: pl.Expr, condition: pl.Expr) -> pl.Expr:
    return found.list.eval(condition.fill_null(False)).list.any().fill_null(False)
