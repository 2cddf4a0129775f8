"""Finished pieces kept under a key that says everything they follow from; safe to delete at any time.

`pipelines/cells.py` keeps the counts of a month here, `pipelines/windows.py` the rows of a year. A piece is
written under a temporary name and renamed; its own hash is part of its name, so a damaged one is made anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import Callable, Collection
from pathlib import Path

import duckdb

from pipelines.workspace import sha256_of

_TEMPORARY = ".tmp-"
# Pieces of other days and of batches since corrected stay for so many times the pieces now in use.
_SPARE = 3


def key_of(*parts: object) -> str:
    """The key of a piece: sha256 over plain values (texts, numbers, lists of them)."""
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


# A few digits over the rows aliased `t`, whatever their order, by this engine's hash.
DIGEST = "concat_ws(',', count(*), sum(hash(t)::hugeint), bit_xor(hash(t)))"


def digest(con: duckdb.DuckDBPyConnection, relation: str) -> str:
    """The digest of all rows of a relation."""
    return f"{relation}:{con.execute(f'select {DIGEST} from {relation} as t').fetchall()[0][0]}"


def columns(con: duckdb.DuckDBPyConnection, relation: str) -> list[list[str]]:
    """Names and types of a relation's columns: rows alone do not tell two tables without any apart."""
    return [list(row[:2]) for row in con.execute(f"describe {relation}").fetchall()]


class Shelf:
    """The pieces of one relation, each a Parquet file in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._there = {path.name.partition("-")[0]: path for path in sorted(folder.glob("*-*.parquet"))}

    def find(self, key: str) -> Path | None:
        """The piece with this key, or None when there is none whose bytes are intact."""
        path = self._there.get(key)
        if path is None or not path.is_file():
            return None
        if path.stem.partition("-")[2] != sha256_of(path):
            path.unlink()
            return None
        # The youngest pieces survive `prune`.
        os.utime(path)
        return path

    def put(self, key: str, write: Callable[[Path], None]) -> Path:
        """Keep what `write` writes to the path it is given; returns where it lies."""
        temporary = self.folder / f"{_TEMPORARY}{uuid.uuid4().hex}.parquet"
        try:
            write(temporary)
            final = self.folder / f"{key}-{sha256_of(temporary)}.parquet"
            os.replace(temporary, final)
        finally:
            temporary.unlink(missing_ok=True)
        self._there[key] = final
        return final

    def prune(self, used: Collection[str]) -> None:
        """Drop what killed builds left and the pieces longest unused beyond a few times those in use."""
        for path in self.folder.glob(f"{_TEMPORARY}*"):
            path.unlink(missing_ok=True)
        others = [path for path in self.folder.glob("*.parquet") if path.name.partition("-")[0] not in used]
        others.sort(key=lambda path: path.stat().st_mtime_ns, reverse=True)
        for path in others[_SPARE * len(used) :]:
            path.unlink(missing_ok=True)
