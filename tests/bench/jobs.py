"""One job of one engine in a process of its own: `python -m tests.bench.jobs polars ingest FILE FOLDER`.

Prints what it used as JSON: CPU seconds of all threads, wall seconds, and the most memory the process ever
held in megabytes (with its libraries; Linux only). Loading the libraries takes no part in the seconds.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from datetime import date
from pathlib import Path

RECEIVED = date(2026, 1, 1)
MODULES = {
    "ours": {"ingest": "ours", "measures": "ours"},
    "polars": {"ingest": "polars_ingest", "measures": "polars_measures"},
    "pandas": {"ingest": "pandas_ingest", "measures": "pandas_measures"},
}


def main(engine: str, work: str, source: str, target: str) -> None:
    """Ingest a file into a folder, or count the measures of such a folder into a file."""
    module = importlib.import_module(f"tests.bench.{MODULES[engine][work]}")
    cpu, wall = time.process_time(), time.perf_counter()
    if work == "ingest":
        module.ingest(Path(source), Path(target), RECEIVED)
    else:
        module.measures(Path(source), Path(target))
    used = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall, "memory": _peak()}
    print(json.dumps(used))


def _peak() -> float:
    """The peak of the resident set in megabytes; the kernel's figure of a child would count its parent in."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
