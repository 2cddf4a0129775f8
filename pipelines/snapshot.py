"""Sealed snapshots, read side: open one, check its bytes, and move the pointer to the one served.

A snapshot is a folder named by the hash of its own manifest (`manifest.json`): sorted Parquet tables,
geometry and method. It never changes after `pipelines/seal.py` has written it. The dashboard comes here
through `pipelines/api.py`.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tomllib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.errors import EXIT_WORKSPACE, UserError
from pipelines.workspace import Workspace, sha256_of, write_atomically

MANIFEST = "manifest.json"
METHOD = "method.toml"
TEMPORARY = ".tmp-"
_SHORTEST_PREFIX = 6
# What differs between two runs on the same input: these keys are not part of the identity.
_OUTSIDE_IDENTITY = ("id", "times")
_OUTSIDE_BATCH_IDENTITY = ("file",)


class Snapshot:
    """One sealed snapshot; tables are read when first asked for and kept."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.manifest: dict[str, Any] = read_manifest(path)
        self._frames: dict[str, pl.DataFrame] = {}

    @property
    def id(self) -> str:
        """Its content id, 64 hexadecimal digits."""
        return str(self.manifest["id"])

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of its tables, such as `mart.indicator_value`."""
        return tuple(self.manifest["tables"])

    def frame(self, name: str) -> pl.DataFrame:
        """The table `name`, sorted by its grain, year by year where it lies so.

        Raises KeyError when the snapshot has no such table.
        """
        if name not in self._frames:
            if name not in self.manifest["tables"]:
                raise KeyError(f"{name} is not in snapshot {self.id}: {', '.join(self.tables)}")
            files = [self.path / file for file in sorted(self.manifest["tables"][name]["files"])]
            self._frames[name] = pl.read_parquet(files, hive_partitioning=False)
        return self._frames[name]

    def geometry(self, level: str) -> bytes:
        """GeoJSON of `level` ("prefecture" or "county") as bytes. Raises KeyError for another level."""
        name = geometry_file(level)
        if name not in self.manifest["files"]:
            raise KeyError(f"no geometry of level {level!r} in snapshot {self.id}")
        return (self.path / name).read_bytes()

    @cached_property
    def method(self) -> dict[str, Any]:
        """The method's declaration this snapshot was computed with."""
        return tomllib.loads((self.path / METHOD).read_text(encoding="utf-8"))


def table_file(name: str, part: str | None = None) -> str:
    """File of a table inside a snapshot, or of one part (a year) of a table that lies in several."""
    return f"{name}/{part}.parquet" if part else f"{name}.parquet"


def geometry_file(level: str) -> str:
    """File of a level's geometry inside a snapshot."""
    return f"geometry/{level}.geojson"


def open_snapshot(ws: Workspace, snapshot_id: str | None = None) -> Snapshot:
    """The snapshot with this id (or its first 6 or more digits), else the one CURRENT names.

    Raises UserError when there is none, or when the digits fit several.
    """
    wanted = snapshot_id or current_id(ws)
    path = ws.snapshots / wanted
    if not re.fullmatch(r"[0-9a-f]{64}", wanted):
        found = sorted(ws.snapshots.glob(f"{wanted}*/{MANIFEST}")) if _is_prefix(wanted) else []
        if len(found) > 1:
            raise UserError(
                f"快照编号 {wanted} 不唯一(符合的有 {len(found)} 个),请多写几位。",
                f"Snapshot id {wanted} fits {len(found)} snapshots; write more of its digits.",
                EXIT_WORKSPACE,
            )
        path = found[0].parent if found else path
    if not (path / MANIFEST).is_file():
        raise UserError(
            f"工作区 {ws.home} 里没有快照 {wanted},请核对编号,或运行 zhengxin build 重新生成。",
            f"The workspace {ws.home} has no snapshot {wanted}; check the id or run zhengxin build.",
            EXIT_WORKSPACE,
        )
    return Snapshot(path)


def current_id(ws: Workspace) -> str:
    """Id of the snapshot being served. Raises UserError when nothing has been built."""
    try:
        return ws.current.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise UserError(
            f"工作区 {ws.home} 里还没有快照,请先运行 zhengxin ingest 和 zhengxin build。",
            f"The workspace {ws.home} has no snapshot yet; run zhengxin ingest and zhengxin build first.",
            EXIT_WORKSPACE,
        ) from None


def publish(ws: Workspace, snapshot_id: str) -> tuple[str, str] | None:
    """Let CURRENT name this snapshot, unless the one it names rests on batches this one lacks.

    Returns None when CURRENT was moved (or named it already), else why it was kept, in Chinese and
    in English.
    """
    with ws.exclusive("current"):
        lacking = _batches_lacking(ws, snapshot_id)
        if lacking:
            return (
                f"当前快照含有本次未用的 {lacking} 个批次,CURRENT 保持不变;新快照为 {snapshot_id[:12]}。",
                f"The current snapshot rests on {lacking} batches this build did not use, so CURRENT is kept;"
                f" the new snapshot is {snapshot_id[:12]}.",
            )
        write_atomically(ws.current, f"{snapshot_id}\n".encode())
    return None


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest of the snapshot folder `path`. Raises UserError when it cannot be read."""
    try:
        manifest = json.loads((path / MANIFEST).read_bytes())
        if not isinstance(manifest, dict):
            raise ValueError("not a JSON object")
    except (OSError, ValueError) as error:
        raise UserError(
            f"快照 {path.name} 的 {MANIFEST} 无法读取({error}),请运行 zhengxin build 重新生成。",
            f"The {MANIFEST} of snapshot {path.name} cannot be read ({error}); run zhengxin build again.",
            EXIT_WORKSPACE,
        ) from error
    return manifest


def identity(manifest: Mapping[str, Any]) -> str:
    """The content id of a manifest: sha256 of its canonical JSON without times and file names."""
    content = {key: value for key, value in manifest.items() if key not in _OUTSIDE_IDENTITY}
    content["batches"] = [
        {key: value for key, value in batch.items() if key not in _OUTSIDE_BATCH_IDENTITY}
        for batch in manifest["batches"]
    ]
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def verify(path: Path) -> list[str]:
    """Every file of the snapshot folder `path` that is missing, altered or foreign (empty = intact)."""
    try:
        manifest = read_manifest(path)
        expected = expected_files(manifest)
        problems = [] if identity(manifest) == manifest["id"] == path.name else [MANIFEST]
    except (UserError, KeyError, TypeError, AttributeError):
        return [MANIFEST]
    for name, digest in expected.items():
        if not (path / name).is_file() or sha256_of(path / name) != digest:
            problems.append(name)
    present = {item.relative_to(path).as_posix() for item in path.rglob("*") if item.is_file()}
    return sorted([*problems, *(present - {MANIFEST, *expected})])


def expected_files(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Path inside the snapshot and sha256 of every file it consists of, the manifest itself left out."""
    tables = [table["files"] for table in manifest["tables"].values()]
    return {file: digest for files in [*tables, manifest["files"]] for file, digest in files.items()}


def _batches_lacking(ws: Workspace, snapshot_id: str) -> int:
    """How many batches the served snapshot rests on and the other does not; 0 when none is served."""
    try:
        served = read_manifest(ws.snapshots / current_id(ws))
    except UserError:
        # A pointer to nothing must not keep a good snapshot from being served.
        return 0
    other = read_manifest(ws.snapshots / snapshot_id)
    return len(_batch_set(served) - _batch_set(other))


def _batch_set(manifest: Mapping[str, Any]) -> set[tuple[str, str]]:
    return {(batch["source"], batch["batch"]) for batch in manifest["batches"]}


def _is_prefix(text: str) -> bool:
    return len(text) >= _SHORTEST_PREFIX and re.fullmatch(r"[0-9a-f]+", text) is not None


def clear_temporary(ws: Workspace) -> None:
    """Remove what killed builds left among the snapshots; call it while holding the build lock."""
    for folder in ws.snapshots.glob(f"{TEMPORARY}*"):
        shutil.rmtree(folder)
