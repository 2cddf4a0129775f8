"""Sealing, write side of snapshots: tables of a finished build become one immutable folder.

The folder is written under a temporary name, made durable, and renamed to its content id; whoever
is killed on the way leaves a temporary folder and nothing else. Reading is in `pipelines/snapshot.py`.
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from pipelines import snapshot
from pipelines.sqltext import quoted
from pipelines.workspace import Workspace, fsync_folder, sha256_of

# Written by one thread from rows sorted by a unique key, a table has the same bytes at any thread count.
_PARQUET = "format parquet, compression zstd, compression_level 1, parquet_version v2"


def seal(
    ws: Workspace,
    con: duckdb.DuckDBPyConnection,
    tables: Mapping[str, Sequence[str]],
    by_year: Mapping[str, Mapping[int, Path]],
    files: Mapping[str, bytes],
    facts: Mapping[str, Any],
    times: Mapping[str, Any],
    progress: Callable[[str, int, int], None],
) -> str:
    """Write the snapshot and return its id; an intact snapshot with the same id is left as it is.

    `tables` maps each table of `con` to its sort columns, `by_year` those that lie as one file a year to
    their files, `files` each further path inside the snapshot to its bytes; `facts` become part of the
    manifest and of the id, `times` of the manifest only.
    """
    temporary = ws.snapshots / f"{snapshot.TEMPORARY}{uuid.uuid4().hex}"
    temporary.mkdir(parents=True)
    try:
        manifest = {**facts, "tables": {}, "files": {}}
        for done, (name, columns) in enumerate(sorted(tables.items())):
            progress("seal", done, len(tables))
            if name in by_year:
                paths = _copy_years(name, by_year[name], temporary)
            else:
                paths = [temporary / snapshot.table_file(name)]
                write_rows(con, f"select * from {_identifier(name)}", columns, paths[0])
            manifest["tables"][name] = {
                "rows": int(_one(con, f"select count(*) from {_identifier(name)}")),
                "sorted_by": list(columns),
                "files": {p.relative_to(temporary).as_posix(): sha256_of(p) for p in paths},
            }
        for name, content in sorted(files.items()):
            _write_file(temporary / name, content)
            manifest["files"][name] = sha256_of(temporary / name)
        manifest["id"] = snapshot.identity(manifest)
        manifest["times"] = dict(times)
        text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True)
        _write_file(temporary / snapshot.MANIFEST, f"{text}\n".encode())
        _move_into_place(temporary, ws.snapshots / manifest["id"])
        progress("seal", len(tables), len(tables))
        return str(manifest["id"])
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def write_rows(con: duckdb.DuckDBPyConnection, query: str, columns: Sequence[str], path: Path) -> None:
    """Write the rows of a query sorted by `columns`: equal rows give equal bytes at any number of threads."""
    keys = ", ".join(quote(column) for column in columns)
    threads = _one(con, "select current_setting('threads')")
    con.execute("set threads = 1")
    try:
        # Straight from the sort, rows come in pieces whose sizes depend on the rest of the table, and the
        # encoder shows it; read back from a table they come in equal pieces.
        con.execute(f"create or replace temp table sorted_row as {query} order by {keys}")
        con.execute(f"copy sorted_row to {quoted(str(path))} ({_PARQUET})")
        con.execute("drop table sorted_row")
    finally:
        con.execute(f"set threads = {int(threads)}")
    _fsync_file(path)


def quote(name: str) -> str:
    """`name` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _copy_years(name: str, pieces: Mapping[int, Path], folder: Path) -> list[Path]:
    """Copy the file of each year into the snapshot: a link would let damage to one reach the other."""
    copied = []
    for year, piece in sorted(pieces.items()):
        target = folder / snapshot.table_file(name, str(year))
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(piece, target)
        _fsync_file(target)
        copied.append(target)
    return copied


def _identifier(name: str) -> str:
    return ".".join(quote(part) for part in name.split("."))


def _one(con: duckdb.DuckDBPyConnection, query: str) -> Any:
    return con.execute(query).fetchall()[0][0]


def _write_file(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    _fsync_file(path)


def _fsync_file(path: Path) -> None:
    with open(path, "rb+") as handle:
        os.fsync(handle.fileno())


def _move_into_place(temporary: Path, final: Path) -> None:
    """Rename the finished folder; an intact one already there wins, a damaged one is replaced."""
    for folder in {path.parent for path in temporary.rglob("*")}:
        fsync_folder(folder)
    if final.exists():
        if not snapshot.verify(final):
            return
        # Moved aside first, so that a kill in between leaves no half of two snapshots under one id.
        final.rename(final.with_name(f"{snapshot.TEMPORARY}damaged-{uuid.uuid4().hex}"))
    temporary.rename(final)
    fsync_folder(final.parent)
