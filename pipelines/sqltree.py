"""The syntax tree of one SQL text, through DuckDB's parser: what it reads and what it may not do.

`pipelines/graph.py` asks; rules on the shape of the project's SQL (one SELECT, no table functions,
nothing that depends on the clock or on chance) live here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import duckdb

_QUERY_NODES = {"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"}
_REFUSED = {
    "TABLE_FUNCTION": "table functions are refused; join a relation instead",
    "SHOW_REF": "describe, show and summarize are refused",
    "PIVOT": "pivot and unpivot are refused; write the columns out",
}
# A snapshot must be the same whenever and however often it is built from the same input.
_UNREPEATABLE = {
    "current_date", "current_time", "current_timestamp", "localtime", "localtimestamp", "now", "today",
    "get_current_time", "get_current_timestamp", "transaction_timestamp", "random", "setseed", "uuid",
    "gen_random_uuid", "uuidv4", "uuidv7", "nextval", "currval", "getvariable", "getenv",
}  # fmt: skip


@dataclass(frozen=True)
class Read:
    """A schema-qualified relation in a FROM clause, and the line it stands on."""

    relation: str
    line: int


@dataclass(frozen=True)
class Problem:
    """What the text may not do, and where."""

    line: int
    message: str


@dataclass(frozen=True)
class Tree:
    """The relations one text reads (first place of each, in order of appearance) and its problems."""

    reads: tuple[Read, ...]
    problems: tuple[Problem, ...]


def parse(text: str) -> Tree:
    """Reads and problems of `text`; a text that cannot be parsed has no reads and one problem."""
    answer = _serialised(text)
    if answer["error"]:
        return Tree((), (_parse_problem(text, answer),))
    statements = answer["statements"]
    if len(statements) != 1:
        return Tree((), (Problem(1, f"there must be exactly one statement, here are {len(statements)}"),))
    walker = _Walker(text)
    walker.walk(statements[0], frozenset())
    reads = sorted(walker.reads.items(), key=lambda item: item[1])
    return Tree(tuple(Read(*item) for item in reads), tuple(sorted(walker.problems, key=lambda p: p.line)))


def nodes(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Every node of the tree of `text` with the line it stands on; none when it cannot be parsed."""
    yield from _nodes(text, _serialised(text).get("statements", []), 1)


def _nodes(text: str, node: Any, line: int) -> Iterator[tuple[int, dict[str, Any]]]:
    if isinstance(node, list):
        for child in node:
            yield from _nodes(text, child, line)
    elif isinstance(node, dict):
        # A union has no place of its own, it begins where its first part does; a node that the parser
        # made up has none at all and stands where its parent does.
        offset = _offset(node)
        line = line if offset is None else _line(text, offset)
        yield line, node
        for child in node.values():
            yield from _nodes(text, child, line)


def _offset(node: Any) -> int | None:
    """Place of a node in the text, or of the first one inside it that has one."""
    if isinstance(node, dict) and "query_location" in node:
        return int(node["query_location"])
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return next((offset for offset in map(_offset, children) if offset is not None), None)


def _serialised(text: str) -> dict[str, Any]:
    """The parser's answer: statements as trees, or the error and its place."""
    query = "select json_serialize_sql(?::varchar, skip_default := true, skip_empty := true)"
    answer: dict[str, Any] = json.loads(_connection().cursor().execute(query, [text]).fetchall()[0][0])
    return answer


@cache
def _connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(":memory:", config={"threads": 1})


def _parse_problem(text: str, answer: dict[str, Any]) -> Problem:
    if answer["error_type"] == "not implemented":
        return Problem(1, "only one plain SELECT is allowed (no create, insert, pivot and the like)")
    return Problem(_line(text, int(answer.get("position", 0))), str(answer["error_message"]))


def _line(text: str, offset: int) -> int:
    """Line of a position; the parser counts bytes."""
    return text.encode()[:offset].count(b"\n") + 1


class _Walker:
    """Walks the tree with the names of the CTEs in scope, collecting reads and problems."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.reads: dict[str, int] = {}
        self.problems: list[Problem] = []
        self.last_line = 1

    def walk(self, node: Any, scope: frozenset[str]) -> None:
        if isinstance(node, list):
            for child in node:
                self.walk(child, scope)
        elif isinstance(node, dict):
            if "query_location" in node:
                self.last_line = _line(self.text, node["query_location"])
            self._look(node, scope)
            scope = self._enter_ctes(node, scope)
            for key, child in node.items():
                if key != "cte_map":
                    self.walk(child, scope)

    def _enter_ctes(self, node: dict[str, Any], scope: frozenset[str]) -> frozenset[str]:
        """Walk the CTEs of this node, each seeing the ones before it (and itself if recursive)."""
        for entry in node.get("cte_map", {}).get("map", []):
            name = entry["key"].lower()
            query = entry["value"]["query_node"]
            recursive = query.get("type") == "RECURSIVE_CTE_NODE"
            self.walk(query, scope | {name} if recursive else scope)
            scope |= {name}
        return scope

    def _look(self, node: dict[str, Any], scope: frozenset[str]) -> None:
        kind = str(node.get("type", ""))
        if kind in _REFUSED:
            self._refuse(_REFUSED[kind])
        elif kind.endswith("_NODE") and kind not in _QUERY_NODES:
            self._refuse("only SELECT is allowed, also inside a CTE")
        elif kind == "BASE_TABLE":
            self._look_at_table([part.lower() for part in node["qualified_name"]["path"]], scope)
        for name in _called_names(node):
            if name in _UNREPEATABLE:
                self._refuse(f"{name} gives another answer at another time; take it from run.context")

    def _look_at_table(self, path: list[str], scope: frozenset[str]) -> None:
        if len(path) == 2:
            self.reads.setdefault(".".join(path), self.last_line)
        elif len(path) > 2:
            self._refuse(f"{'.'.join(path)}: name relations as schema.table, without a catalog")
        elif path[0] not in scope:
            self._refuse(f"{path[0]} is neither a CTE of this file nor qualified as schema.table")

    def _refuse(self, message: str) -> None:
        self.problems.append(Problem(self.last_line, message))


def _called_names(node: dict[str, Any]) -> Iterator[str]:
    """Names of a function call, or of a bare column (`current_date` is parsed as one)."""
    if node.get("class") == "FUNCTION":
        yield str(node.get("function_name", "")).lower()
    elif node.get("class") == "COLUMN_REF" and len(node["column_names"]) == 1:
        name = str(node["column_names"][0]).lower()
        if name.startswith(("current_", "local")):
            yield name
