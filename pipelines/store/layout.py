"""Where things lie in the store, how its files are written, and what a batch says about itself.

store/<source>/batch=<sha256>/month=2024-03/part-0.parquet    rows of sources kept by month
store/<source>/batch=<sha256>/part-0.parquet                  rows of the others
store/<source>/batch=<sha256>/batch.json, ids.parquet, superseded.parquet, sums.json
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from pipelines.workspace import sha256_of

TEMPORARY = ".tmp-"
FACTS = "batch.json"
IDS = "ids.parquet"
SUPERSEDED = "superseded.parquet"
SUMS = "sums.json"
REJECTS = "rejects"
UNDATED = "undated"
PARQUET = "format parquet, parquet_version v2, compression zstd, compression_level 1"
# Changes with the engine's hash function; then an index of ids must be made anew to be compared.
_HASH_PROBE = "select hash('政务诚信 530000')"


@dataclass(frozen=True)
class BatchInfo:
    """A batch: the file it came from, its counts, and what its file gave.

    `months` are the months with accepted rows ("undated" for rows without one, empty for sources
    not kept by month); `hash_probe` tells which hash function made the index of ids; `replaces` are
    the batches this one was sent in place of, `withdrawn` how many of their ids it omits.
    """

    source: str
    batch: str
    file: str
    sha256: str
    received: date
    rows_read: int
    rows_accepted: int
    rows_rejected: int
    undated: int
    problems: int
    problem_counts: dict[str, int]
    synthetic: bool
    columns: tuple[str, ...]
    unmapped_headers: tuple[str, ...]
    contract: str
    months: tuple[str, ...]
    first_recorded_at: date | None
    last_recorded_at: date | None
    hash_probe: str
    replaces: tuple[str, ...] = ()
    withdrawn: int = 0

    @property
    def known_from(self) -> date | None:
        """The first day on which this batch changes anything: a row recorded, or one withdrawn on receipt."""
        days = [self.first_recorded_at, self.received if self.withdrawn else None]
        return min((day for day in days if day), default=None)

    def to_json(self) -> str:
        """The content of batch.json."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True, default=str)

    @classmethod
    def from_json(cls, text: str) -> BatchInfo:
        """The batch a batch.json describes."""
        content: dict[str, Any] = json.loads(text)
        for name in ("received", "first_recorded_at", "last_recorded_at"):
            content[name] = date.fromisoformat(content[name]) if content[name] else None
        for name in ("columns", "months", "unmapped_headers", "replaces"):
            content[name] = tuple(content.get(name, ()))
        return cls(**content)


def batch_path(store: Path, source: str, batch: str) -> Path:
    """The folder of a batch."""
    return store / source / f"batch={batch}"


def batch_paths(store: Path, source: str) -> list[Path]:
    """The folders of a source's batches, in the order of their ids."""
    return sorted((store / source).glob("batch=*"))


def read_info(path: Path) -> BatchInfo:
    """What the batch in the folder `path` says about itself."""
    return BatchInfo.from_json((path / FACTS).read_text(encoding="utf-8"))


def files_of(path: Path, rejects: Path) -> dict[str, Path]:
    """Every file of a batch by its name in sums.json; those of the folder of its rejects as `rejects/…`."""
    kept = {file.relative_to(path).as_posix(): file for file in _files_below(path) if file.name != SUMS}
    refused = {f"{REJECTS}/{file.relative_to(rejects).as_posix()}": file for file in _files_below(rejects)}
    return kept | refused


def write_sums(path: Path, rejects: Path) -> None:
    """Write down the sha256 of every file of a finished batch, so that damage can be found later."""
    sums = {name: sha256_of(file) for name, file in files_of(path, rejects).items()}
    (path / SUMS).write_text(json.dumps(sums, indent=1, sort_keys=True), encoding="utf-8")


def damaged_files(path: Path, rejects: Path) -> dict[str, str]:
    """Files of a batch that are "missing", "altered" or "foreign", by name; empty for an intact batch.

    Raises OSError or ValueError when sums.json cannot be read.
    """
    sums = json.loads((path / SUMS).read_text(encoding="utf-8"))
    if not isinstance(sums, dict):
        raise ValueError("not a JSON object")
    there = files_of(path, rejects)
    found = dict.fromkeys(sums.keys() - there.keys(), "missing")
    found |= dict.fromkeys(there.keys() - sums.keys(), "foreign")
    altered = {name for name in sums.keys() & there.keys() if sha256_of(there[name]) != sums[name]}
    return dict(sorted((found | dict.fromkeys(altered, "altered")).items()))


def _files_below(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file())


def row_files(path: Path, months: Sequence[str] | None = None) -> list[str]:
    """The files with a batch's rows, of all months or of some."""
    folders = [path] if months is None else [path / f"month={month}" for month in months]
    found = [file for folder in folders for file in folder.rglob("part-*.parquet")]
    return sorted(map(str, dict.fromkeys(found)))


def files_by_month(path: Path) -> dict[str, list[str]]:
    """A batch's files by the month their rows lie under; "undated" where they do not lie by month."""
    found: dict[str, list[str]] = {}
    for file in row_files(path):
        folder = Path(file).parent.name
        month = folder.removeprefix("month=") if folder.startswith("month=") else UNDATED
        found.setdefault(month, []).append(file)
    return found


def hash_probe(con: duckdb.DuckDBPyConnection) -> str:
    """A value that differs where the engine hashes texts differently."""
    return str(con.execute(_HASH_PROBE).fetchall()[0][0])


def sweep(store: Path) -> None:
    """Remove what killed ingests left behind; only the holder of the ingest lock may call it."""
    for path in store.glob(f"{TEMPORARY}*"):
        shutil.rmtree(path, ignore_errors=True)


def publish(folder: Path, target: Path) -> None:
    """Give a finished folder its name in one step; one that is there already stays."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.rename(folder, target)
    except OSError:
        if not target.is_dir():
            raise
        shutil.rmtree(folder)
