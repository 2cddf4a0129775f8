"""SQL by path: which relation each file makes, what it reads, and in which order to run them.

`sql/core/coverage.sql` makes `core.coverage`; nothing else says so. A file is one SELECT under a
header comment: first sentence = what the relation is, `grain:` = the columns that make a row unique
(also the sort order of the sealed file), the rest = caveats. Files in `sql/check` make nothing: each
returns the rows that are wrong. `pipelines/build.py` runs all of them; the tree is read here through
DuckDB's own parser (`pipelines/sqltree.py`), so no numbering and no template can disagree with the SQL.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from pathlib import Path

from pipelines import sqltree

CHECK_SCHEMA = "check"
_NAME = re.compile(r"[a-z][a-z0-9_]*")


class GraphError(ValueError):
    """The SQL files contradict each other or the house rules; every problem on its own line."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True)
class SqlFile:
    """One SQL file: `core.coverage`, its text, and what its header and its tree say."""

    name: str
    place: str
    text: str
    doc: str
    caveats: str
    grain: tuple[str, ...]
    reads: tuple[sqltree.Read, ...]

    @property
    def inputs(self) -> frozenset[str]:
        """Names of the relations it reads."""
        return frozenset(read.relation for read in self.reads)


def load(sql_root: Path) -> dict[str, SqlFile]:
    """Every relation made under `sql_root`, by name, in alphabetical order (checks left out).

    Raises GraphError with all problems of all files: a path that names no relation, one made twice,
    a missing header or grain, more than one statement, anything but a plain SELECT.
    """
    return _load(path for path in sql_root.rglob("*.sql") if path.parent.name != CHECK_SCHEMA)


def checks(sql_root: Path) -> dict[str, SqlFile]:
    """Every data test under `sql_root/check`, by name; `doc` says what wrong rows it returns."""
    return _load((sql_root / CHECK_SCHEMA).glob("*.sql"))


def order(files: Mapping[str, SqlFile], given: Collection[str]) -> list[str]:
    """Names of `files` so that each comes after what it reads; ties in alphabetical order.

    `given` are the relations that exist before the first file runs. Raises GraphError for a relation
    read but neither made nor given, one both made and given, and a cycle.
    """
    problems = [
        f"{file.place}:1: makes {name}, which is given as an input"
        for name, file in files.items()
        if name in given
    ]
    problems += unknown_reads(files.values(), {*files, *given})
    if problems:
        raise GraphError(problems)
    sorter = TopologicalSorter({name: sorted(files[name].inputs & files.keys()) for name in sorted(files)})
    try:
        sorter.prepare()
    except CycleError as error:
        raise GraphError([_describe_cycle(files, error.args[1])]) from error
    result: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        result += ready
        sorter.done(*ready)
    return result


def unknown_reads(files: Iterable[SqlFile], known: Collection[str]) -> list[str]:
    """One line for each relation that a file reads and that is not `known`, with file and line."""
    return [
        f"{file.place}:{read.line}: reads {read.relation}, which no file makes and which is not given"
        for file in files
        for read in file.reads
        if read.relation not in known
    ]


def _describe_cycle(files: Mapping[str, SqlFile], names: list[str]) -> str:
    """The cycle as `a (file:line) -> b (file:line) -> a`; graphlib lists each node before its reader."""
    chain = list(reversed(names))
    steps = []
    for reader, read_name in pairwise(chain):
        line = next(read.line for read in files[reader].reads if read.relation == read_name)
        steps.append(f"{reader} ({files[reader].place}:{line})")
    return f"cycle: {' reads '.join([*steps, chain[-1]])}"


def _load(paths: Iterable[Path]) -> dict[str, SqlFile]:
    files: dict[str, SqlFile] = {}
    problems: list[str] = []
    for path in sorted(paths):
        place = "/".join(path.parts[-3:])
        name = f"{path.parent.name}.{path.stem}".lower()
        if not (_NAME.fullmatch(path.stem) and _NAME.fullmatch(path.parent.name)):
            problems.append(f"{place}:1: the path must be schema/table.sql in lower case, digits and _")
        if name in files:
            problems.append(f"{place}:1: makes {name}, which {files[name].place}:1 makes too")
            continue
        file, found = _read(name, place, path.read_text(encoding="utf-8"))
        files[name] = file
        problems += found
    if problems:
        raise GraphError(problems)
    return files


def _read(name: str, place: str, text: str) -> tuple[SqlFile, list[str]]:
    """The file and what is wrong with it."""
    doc, grain, caveats = _parse_header(text)
    problems = []
    if not doc:
        problems.append(
            f"{place}:1: the file must begin with a comment that says in one sentence what it returns"
        )
    if not grain and not name.startswith(f"{CHECK_SCHEMA}."):
        problems.append(f"{place}:1: the header comment has no `grain:` line")
    tree = sqltree.parse(text)
    problems += [f"{place}:{problem.line}: {problem.message}" for problem in tree.problems]
    return SqlFile(name, place, text, doc, caveats, grain, tree.reads), problems


def _parse_header(text: str) -> tuple[str, tuple[str, ...], str]:
    """First sentence, grain columns and caveats of the comment at the top."""
    lines: list[str] = []
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        lines.append(line.removeprefix("--").strip())
    grain: tuple[str, ...] = ()
    prose: list[str] = []
    for line in lines:
        if line.lower().startswith("grain:"):
            grain = tuple(column.strip() for column in line.partition(":")[2].split(",") if column.strip())
        else:
            prose.append(line)
    body = " ".join(filter(None, prose))
    match = re.match(r"(.+?(?:\.(?=\s+[A-Z]|$)|。|$))\s*(.*)", body)
    return (match[1], grain, match[2]) if match else ("", grain, "")
