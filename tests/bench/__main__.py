"""The benchmark: ingest and measures in DuckDB (ours), Polars and pandas, and what a new month costs.

Each round runs every engine on the same file, one after the other in a changing order, each job in a process
of its own. After each round all outputs are compared: figures are printed only when all made the same.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from tests.bench import compare, inputs, month
from tests.bench.jobs import MODULES

ROOT = Path(__file__).resolve().parents[2]
WORKS = ("ingest", "measures")
UNITS = {"cpu": "CPU s", "wall": "wall s", "memory": "peak MB"}
INGEST_CPU, INGEST_MEMORY, MEASURES_FASTER = 1.2, 0.5, 1.7

Used = dict[tuple[str, str], dict[str, float]]
"""For each engine and work the medians of `UNITS`."""


def rounds(folder: Path, rows: int, count: int, engines: Sequence[str]) -> tuple[int, Used]:
    """Write the file and run all rounds; how many petitions it had, and the medians. May raise Different."""
    file = folder / "petitions.csv"
    written = inputs.petitions(file, rows)
    found: dict[tuple[str, str], list[dict[str, float]]] = {}
    for number in range(count):
        turn = number % len(engines)
        order = [*engines[turn:], *engines[:turn]]
        for work in WORKS:
            for engine in order:
                source = file if work == "ingest" else folder / f"{engine}-ingest"
                used = _job(engine, work, source, folder / f"{engine}-{work}")
                found.setdefault((engine, work), []).append(used)
        _compare(folder, [engine for engine in engines if engine != "ours"])
        for engine in engines:
            shutil.rmtree(folder / f"{engine}-ingest")
    return written, {
        key: {unit: median(used[unit] for used in uses) for unit in UNITS} for key, uses in found.items()
    }


def _job(engine: str, work: str, source: Path, target: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.jobs", engine, work, str(source), str(target)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    used: dict[str, float] = json.loads(done.stdout)
    return used


def _compare(folder: Path, peers: Sequence[str]) -> None:
    for peer in peers:
        compare.batches(folder / "ours-ingest", folder / f"{peer}-ingest", peer)
        compare.measures(folder / "ours-measures", folder / f"{peer}-measures", peer)


def table(used: Used, engines: Sequence[str]) -> list[str]:
    """The medians, and ours over each peer's."""
    head = "".join(f"{f'{work}, {UNITS[unit]}':>20}" for work in WORKS for unit in UNITS)
    lines = [f"{'':16}{head}"]
    for engine in engines:
        cells = [used[engine, work][unit] for work in WORKS for unit in UNITS]
        lines.append(f"{engine:16}" + "".join(f"{cell:20.2f}" for cell in cells))
    for peer in engines:
        if peer != "ours":
            ratios = [used["ours", work][unit] / used[peer, work][unit] for work in WORKS for unit in UNITS]
            lines.append(f"{f'ours ÷ {peer}':16}" + "".join(f"{ratio:20.2f}" for ratio in ratios))
    return lines


def asks(used: Used) -> list[str]:
    """What was asked of the ingest and the measures, with what was found."""
    ours, polars = ({work: used[engine, work] for work in WORKS} for engine in ("ours", "polars"))
    cpu = ours["ingest"]["cpu"] / polars["ingest"]["cpu"]
    memory = ours["ingest"]["memory"] / polars["ingest"]["memory"]
    faster = polars["measures"]["cpu"] / ours["measures"]["cpu"]
    return [
        "Asked for at ten million petitions:",
        month.ask("ingest, CPU ÷ Polars", cpu, "≤", INGEST_CPU),
        month.ask("ingest, memory ÷ Polars", memory, "≤", INGEST_MEMORY),
        month.ask("measures, CPU of Polars ÷ ours", faster, "≥", MEASURES_FASTER),
    ]


def main() -> None:
    """Print the table, the asks, and the figures of a new month."""
    parser = argparse.ArgumentParser(prog="run.py bench", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="petitions (default %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds (default %(default)s)")
    parser.add_argument(
        "--peers", nargs="*", choices=("polars", "pandas"), default=["polars", "pandas"], help="default: both"
    )
    parser.add_argument(
        "--month-rows",
        type=int,
        default=5000,
        help="petitions a month of the histories, 0: none (default %(default)s)",
    )
    chosen = parser.parse_args()
    engines = [engine for engine in MODULES if engine in ("ours", *chosen.peers)]
    if chosen.rows and chosen.rounds:
        with tempfile.TemporaryDirectory(prefix="zhengxin-bench-") as name:
            written, used = rounds(Path(name), chosen.rows, chosen.rounds, engines)
        print(f"{written} petitions, medians of {chosen.rounds} rounds, equal results; load {_load()}")
        print("\n".join([*table(used, engines), *(asks(used) if "polars" in engines else [])]), flush=True)
    if chosen.month_rows:
        print("\n".join(month.report(chosen.month_rows)))


def _load() -> str:
    return "/".join(f"{load:.1f}" for load in os.getloadavg())


if __name__ == "__main__":
    main()
