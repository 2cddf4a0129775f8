"""The graph of relations as something to look at: text, a Mermaid or Graphviz drawing, or plain values.

What the relations are comes from the SQL itself (`pipelines/graph.py`) and from the model steps; a relation
that is read and not made is an input (src: rows as known on a day, ref: reference, run: this build).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipelines import graph, model_steps
from pipelines.graph import CHECK_SCHEMA, SqlFile

# In the order in which they are drawn; what else there is comes behind.
SCHEMAS = ("src", "ref", "run", "cell", "core", "mart", CHECK_SCHEMA)


def relations(sql_root: Path) -> dict[str, SqlFile]:
    """Every relation that a build makes and every data test, by schema and name.

    Raises GraphError with all that is wrong with the files.
    """
    files = {**graph.load(sql_root), **model_steps.as_files(), **graph.checks(sql_root)}
    return dict(sorted(files.items(), key=lambda item: _place_of(item[0])))


def inputs(files: Mapping[str, SqlFile]) -> list[str]:
    """What is read and made by none of the files, by schema and name."""
    read = {name for file in files.values() for name in file.inputs}
    return sorted(read - files.keys(), key=_place_of)


def readers(files: Mapping[str, SqlFile], name: str) -> list[str]:
    """Which of the files read the relation, in the order of the files."""
    return [reader for reader, file in files.items() if name in file.inputs]


def as_values(files: Mapping[str, SqlFile]) -> list[dict[str, Any]]:
    """One object a relation: name, kind, place, doc, caveats, grain, reads, read_by."""
    made = [
        {
            "name": name,
            "kind": _kind(name, file),
            "place": file.place,
            "doc": file.doc,
            "caveats": file.caveats,
            "grain": list(file.grain),
            "reads": sorted(file.inputs, key=_place_of),
            "read_by": readers(files, name),
        }
        for name, file in files.items()
    ]
    given = [{"name": name, "kind": "input", "read_by": readers(files, name)} for name in inputs(files)]
    return [*given, *made]


def as_text(files: Mapping[str, SqlFile], reads: str, grain: str) -> str:
    """The relations one below the other, with the words for "reads" and "grain" given."""
    lines = []
    for name, file in files.items():
        lines += [name, f"    {file.doc}"]
        if file.grain:
            lines.append(f"    {grain}: {', '.join(file.grain)}")
        lines += [f"    {reads}: {', '.join(sorted(file.inputs, key=_place_of))}", ""]
    return "\n".join(lines).rstrip()


def as_mermaid(files: Mapping[str, SqlFile]) -> str:
    """A Mermaid flowchart, one box around each schema."""
    lines = ["flowchart LR"]
    for schema, names in _by_schema(files):
        lines.append(f"    subgraph {schema}")
        lines += [f'        {_identifier(name)}["{name}"]' for name in names]
        lines.append("    end")
    lines += [f"    {_identifier(read)} --> {_identifier(name)}" for read, name in _edges(files)]
    return "\n".join(lines)


def as_dot(files: Mapping[str, SqlFile]) -> str:
    """A Graphviz digraph, one cluster a schema, with the first sentence of each relation as its tooltip."""
    lines = ["digraph relations {", "    rankdir = LR;", "    node [shape = box];"]
    for schema, names in _by_schema(files):
        lines += [f"    subgraph cluster_{schema} {{", f'        label = "{schema}";']
        for name in names:
            said = files[name].doc.replace("\\", "\\\\").replace('"', '\\"') if name in files else ""
            tooltip = f' [tooltip = "{said}"]' if said else ""
            lines.append(f'        "{name}"{tooltip};')
        lines.append("    }")
    lines += [f'    "{read}" -> "{name}";' for read, name in _edges(files)]
    return "\n".join([*lines, "}"])


def _kind(name: str, file: SqlFile) -> str:
    """Who makes a relation: an SQL file, a model, or nobody because it is a test."""
    if name.startswith(f"{CHECK_SCHEMA}."):
        return "check"
    return "sql" if file.text else "model"


def _place_of(name: str) -> tuple[int, str]:
    """Schemas in the order of SCHEMAS, names in the order of the alphabet."""
    schema = name.partition(".")[0]
    return (SCHEMAS.index(schema) if schema in SCHEMAS else len(SCHEMAS), name)


def _by_schema(files: Mapping[str, SqlFile]) -> Iterator[tuple[str, list[str]]]:
    names = sorted([*inputs(files), *files], key=_place_of)
    for schema in dict.fromkeys(name.partition(".")[0] for name in names):
        yield schema, [name for name in names if name.startswith(f"{schema}.")]


def _edges(files: Mapping[str, SqlFile]) -> Iterator[tuple[str, str]]:
    """Every (relation read, reader)."""
    for name, file in files.items():
        for read in sorted(file.inputs, key=_place_of):
            yield read, name


def _identifier(name: str) -> str:
    return name.replace(".", "_")
