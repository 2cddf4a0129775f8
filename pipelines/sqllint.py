"""The portable subset of SQL: what a file may not use, because another engine answers differently or refuses.

The SQL files run in DuckDB today and on Apache Spark, translated, where one machine is too small. Each
`Denial` names one form that does not survive the journey, why, and what to write instead. It is found in the
syntax tree (`pipelines/sqltree.py`), so a name inside a string or a comment is no violation. What every SQL
file must obey on any engine (one SELECT, no table functions, no pivot, no clock) is checked there already and
is part of the answer here. `tests/unit/test_sqllint.py` holds one snippet for each denial.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines import sqltree
from pipelines.graph import SqlFile

Node = Mapping[str, Any]

_DIVISIONS = {"/", "//", "%", "divide", "fmod", "mod"}
_WEEKDAYS = {"dayofweek", "dow", "weekday"}
_DATE_PARTS = {"date_part", "datepart"}
_SERIES = {"generate_series", "range"}


@dataclass(frozen=True)
class Denial:
    """One form that is denied: its name, whether a node of the tree is it, why, and what to write instead."""

    id: str
    applies: Callable[[Node], bool]
    reason: str
    instead: str

    @property
    def message(self) -> str:
        """The sentence for whoever wrote it."""
        return f"{self.id}: {self.reason}; {self.instead}"


def lint(text: str) -> tuple[sqltree.Problem, ...]:
    """Everything in `text` that keeps it from running elsewhere with the same result, by line."""
    problems = list(sqltree.parse(text).problems)
    for line, node in sqltree.nodes(text):
        problems += [sqltree.Problem(line, denial.message) for denial in DENIALS if denial.applies(node)]
    return tuple(sorted(problems, key=lambda problem: problem.line))


def lint_files(files: Mapping[str, SqlFile]) -> list[str]:
    """One line for each problem of the files, as `sql/core/coverage.sql:12: …`, in the order of names."""
    return [
        f"{file.place}:{problem.line}: {problem.message}"
        for _, file in sorted(files.items())
        for problem in lint(file.text)
    ]


def _name(node: Node) -> str:
    """Name of the function a node calls, over a window or not; empty when it calls none."""
    return str(node.get("function_name", "")).lower() if node.get("class") in ("FUNCTION", "WINDOW") else ""


def _arguments(node: Node) -> list[Node]:
    return [argument["expression"] for argument in node.get("arguments", [])]


def _calls(*names: str) -> Callable[[Node], bool]:
    return lambda node: _name(node) in names


def _is_ordered(node: Node) -> bool:
    return bool(node.get("order_bys", {}).get("orders"))


def _counts_weekdays(node: Node) -> bool:
    """`dayofweek(d)`, and `extract(dow from d)`, which the parser turns into date_part('dow', d)."""
    if _name(node) in _DATE_PARTS:
        return any(str(_literal(argument)).lower() in _WEEKDAYS for argument in _arguments(node)[:1])
    return _name(node) in _WEEKDAYS


def _is_plain_quantile(node: Node) -> bool:
    """`percentile_cont(p) within group (order by x)` comes from the parser under the same name, ordered."""
    return _name(node) in {"quantile", "quantile_cont", "quantile_disc"} and not _is_ordered(node)


def _expands_columns(node: Node) -> bool:
    """`order by all` is a star with `columns` too, but stands nowhere in the text."""
    return node.get("type") == "STAR" and bool(node.get("columns")) and "query_location" in node


def _divides_by_zero(node: Node) -> bool:
    """A division whose divisor may be zero: `-x` has one argument and divides nothing."""
    arguments = _arguments(node)
    return _name(node) in _DIVISIONS and len(arguments) == 2 and not _is_never_zero(arguments[1])


def _is_never_zero(node: Node) -> bool:
    """Whether a divisor is nullif(…, 0), a number other than zero, or a cast of one of the two."""
    if node.get("class") == "CAST":
        return _is_never_zero(node["child"])
    if _name(node) == "nullif":
        return _literal(_arguments(node)[1]) in (0.0, "0")
    literal = _literal(node)
    return isinstance(literal, float) and literal != 0.0


def _literal(node: Node) -> float | str | None:
    """The number or the text a node is, None when it is no literal."""
    literal = node.get("literal") if node.get("class") == "CONSTANT" else None
    if literal is None:
        return None
    text = str(literal.get("text", ""))
    return float(text) if literal["kind"] in ("INTEGER", "NUMERIC") else text


def _unnests_intervals(node: Node) -> bool:
    """`unnest(range(from, to, step))` with a step of time."""
    if _name(node) != "unnest":
        return False
    return any(
        _name(series) in _SERIES and any(map(_is_interval, _arguments(series)[2:]))
        for series in _arguments(node)
    )


def _is_interval(node: Node) -> bool:
    """`interval 1 month` becomes to_months(1), `interval '1 month'` a cast."""
    kind = node["type_expr"].get("type_name", "") if node.get("class") == "CAST" else ""
    return kind.upper() == "INTERVAL" or _name(node).startswith("to_")


DENIALS: tuple[Denial, ...] = (
    # Accepted by both engines, with another answer on the other one, without a word.
    Denial(
        "datediff",
        _calls("datediff", "date_diff"),
        "on timestamps and hours the engines count boundaries or whole units",
        "subtract dates, which gives whole days",
    ),
    Denial(
        "dayofweek",
        _counts_weekdays,
        "weekdays begin with Sunday as 0, with Sunday as 1 or with Monday, as the engine likes",
        "join ref.calendar",
    ),
    Denial(
        "ordered list",
        lambda node: _name(node) in {"list", "array_agg"} and _is_ordered(node),
        "the order inside the aggregate is dropped",
        "rank the rows with row_number() and keep the one wanted",
    ),
    Denial(
        "approx_quantile",
        _calls("approx_quantile"),
        "each engine approximates in its own way",
        "sum counts over additive cells and read the exact quantile",
    ),
    Denial(
        "hash",
        _calls("hash"),
        "each engine, and each version of it, has its own hash function",
        "use md5 or join on the columns themselves",
    ),
    Denial(
        "printf",
        _calls("printf"),
        "numbers are formatted by other rules",
        "concatenate with || and round what is a number",
    ),
    # Refused by the translation or by the other engine.
    Denial(
        "quantile_cont(x, p)",
        _is_plain_quantile,
        "it is refused with the fraction as an argument",
        "write percentile_cont(p) within group (order by x)",
    ),
    Denial("date_sub", _calls("date_sub", "datesub"), "it takes other arguments", "subtract dates"),
    Denial(
        "* replace",
        lambda node: node.get("type") == "STAR" and bool(node.get("replace_list")),
        "it is refused",
        "name the columns",
    ),
    Denial("columns()", _expands_columns, "it is refused", "name the columns"),
    Denial("try_strptime", _calls("try_strptime"), "it is refused", "use try_cast(… as date)"),
    Denial(
        "division by zero",
        _divides_by_zero,
        "a divisor that may be zero is an error on one engine and null or infinite on the other",
        "divide by nullif(…, 0)",
    ),
    Denial(
        "list slice",
        lambda node: node.get("type") == "ARRAY_SLICE",
        "it is refused",
        "use substring for texts, and rows instead of lists",
    ),
    Denial(
        "asof join",
        lambda node: node.get("type") == "JOIN" and node.get("ref_type") in ("ASOF", "POSITIONAL"),
        "it is refused",
        "join on an inequality and keep row_number() = 1",
    ),
    Denial(
        "union by name",
        lambda node: node.get("setop_type") == "UNION_BY_NAME",
        "it is refused",
        "list the columns of both sides in the same order",
    ),
    Denial(
        "unnest of a series of dates",
        _unnests_intervals,
        "it is refused",
        "join run.month or ref.calendar",
    ),
)
