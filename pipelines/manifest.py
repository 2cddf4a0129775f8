"""What a snapshot says about itself: inputs, hashes of every declaration, versions, coverage.

Everything returned here is part of the snapshot's id except the name a file came under: the same
store, built by the same version, must give the same facts whenever and wherever it is built.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import duckdb

from pipelines import registry, snapshot
from pipelines.calibration import Priors
from pipelines.graph import SqlFile
from pipelines.regions import frame
from pipelines.store.reader import BatchInfo

FORMAT = "2"
GEOMETRY_LEVELS = ("prefecture", "county")


def facts(
    con: duckdb.DuckDBPyConnection,
    as_of: date,
    batches: Iterable[BatchInfo],
    files: Mapping[str, SqlFile],
    priors: Iterable[Priors],
) -> dict[str, Any]:
    """The manifest without its tables and files: `con` holds the build, `files` and `priors` made it."""
    ordered = sorted(batches, key=lambda batch: (batch.source, batch.batch))
    return {
        "format": FORMAT,
        "as_of": as_of.isoformat(),
        "synthetic": any(batch.synthetic for batch in ordered),
        "batches": [_describe(batch) for batch in ordered],
        "sources": _totals(ordered),
        "coverage": _coverage(con),
        "priors": [{"year": each.year, "sha256": each.digest} for each in priors],
        "hashes": {
            "registry": _sha256(registry.INDICATORS_FILE.read_bytes()),
            "method": _sha256(registry.METHOD_FILE.read_bytes()),
            "sql": _sha256(
                "\0".join(f"{name}\0{file.text}" for name, file in sorted(files.items())).encode()
            ),
        },
        "versions": {name: _version(name) for name in ("zhengxin", "duckdb", "numpy", "polars", "scipy")},
    }


def companion_files() -> dict[str, bytes]:
    """Files of a snapshot beside its tables: geometry of each level and the method."""
    geometry = {snapshot.geometry_file(level): frame.geometry(level) for level in GEOMETRY_LEVELS}
    return {**geometry, snapshot.METHOD: registry.METHOD_FILE.read_bytes()}


def _describe(batch: BatchInfo) -> dict[str, Any]:
    return {
        "source": batch.source,
        "batch": batch.batch,
        "file": batch.file,
        "received": batch.received.isoformat(),
        "rows_read": batch.rows_read,
        "rows_accepted": batch.rows_accepted,
        "rows_rejected": batch.rows_rejected,
        "undated": batch.undated,
        "synthetic": batch.synthetic,
        "replaces": list(batch.replaces),
        "withdrawn": batch.withdrawn,
    }


def _totals(batches: Iterable[BatchInfo]) -> dict[str, dict[str, int]]:
    """Rows read, accepted and rejected by source, so that a page need not add up."""
    totals: dict[str, dict[str, int]] = {}
    for batch in batches:
        total = totals.setdefault(
            batch.source, {"batches": 0, "rows_read": 0, "rows_accepted": 0, "rows_rejected": 0}
        )
        total["batches"] += 1
        total["rows_read"] += batch.rows_read
        total["rows_accepted"] += batch.rows_accepted
        total["rows_rejected"] += batch.rows_rejected
    return totals


def _coverage(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Any]]:
    """For each source: whether its coverage had to be inferred, and how many unit-months in each state."""
    rows = con.execute(
        "select source, state, bool_or(inferred), count(*) from core.coverage group by all order by all"
    ).fetchall()
    coverage: dict[str, dict[str, Any]] = {}
    for source, state, inferred, count in rows:
        entry = coverage.setdefault(source, {"inferred": False, "unit_months": {}})
        entry["inferred"] |= inferred
        entry["unit_months"][state] = count
    return coverage


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _version(name: str) -> str:
    """Version of an installed distribution; a source tree run without installing has none of its own."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "source"
