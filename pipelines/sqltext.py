"""Pieces of SQL text that the store and the ingest both write: literals, and Parquet files as a relation."""

from __future__ import annotations

from collections.abc import Iterable


def quoted(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def parquet(files: Iterable[object], *options: str) -> str:
    """Parquet files (or patterns) as a relation that has the columns they hold and no others.

    Folders are named batch=… and month=…; left to itself, the engine takes those for columns and
    puts them before the file's own of the same name.
    """
    names = ", ".join(quoted(str(file)) for file in files)
    return f"read_parquet([{names}], {', '.join(('hive_partitioning = false', *options))})"
