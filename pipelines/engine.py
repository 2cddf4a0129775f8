"""The engine of a build: DuckDB in memory, its memory and its spill bounded by the workspace's settings.

`pipelines/build.py` and `pipelines/calibration.py` compute on it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb

from pipelines.errors import EXIT_WORKSPACE, UserError
from pipelines.workspace import Workspace

_DEFAULT_MEMORY = "70%"
# A query gone wrong can spill tens of gigabytes; without a limit it fills the disk first.
_DEFAULT_SPILL = "10GB"


@contextmanager
def connection(
    ws: Workspace, threads: int | None = None, name: str = "spill"
) -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory engine whose memory and spill are bounded; the spill folder `name` goes with it.

    Call it while holding the lock of what it is for. Raises UserError when the bounds are met.
    """
    spill = ws.cache / name
    # A killed build left its spill behind; the lock we hold says nobody is using it.
    shutil.rmtree(spill, ignore_errors=True)
    config: dict[str, Any] = {
        "memory_limit": ws.settings.get("memory_limit", _DEFAULT_MEMORY),
        "temp_directory": str(spill),
        "max_temp_directory_size": ws.settings.get("max_temp_size", _DEFAULT_SPILL),
    }
    if wanted := threads or ws.settings.get("threads"):
        config["threads"] = wanted
    try:
        with duckdb.connect(":memory:", config=config) as con:
            yield con
    except duckdb.OutOfMemoryException as error:
        said, settings = str(error).splitlines()[0], ws.home / "zhengxin.toml"
        raise UserError(
            f"内存或临时空间不足({said}),请在 {settings} 调整 memory_limit 或 max_temp_size。",
            f"Out of memory or temporary space ({said}); set memory_limit or max_temp_size in {settings}.",
            EXIT_WORKSPACE,
        ) from error
    finally:
        shutil.rmtree(spill, ignore_errors=True)
