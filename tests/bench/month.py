"""What a new month costs on one and on ten years of history: `python tests/bench/month.py [--rows 20000]`.

For each length of history a workspace is filled with a petition file a month (`--rows` each) and the base
figures of the sample, and built; then one further month is ingested and built, each in a process of its own,
and at last everything is built again without what was kept. Printed: CPU and wall seconds of the new month
and of the rebuild, and whether both sealed the same snapshot. A measurement, not a test.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from pipelines.sample.world import World

ROOT = Path(__file__).resolve().parents[2]
LAST = (2025, 12)
RECEIVED = "2026-01-05"
# The sample has at least so many petitions in every month.
FEWEST_A_MONTH = 300
COLUMNS = ("case_id", "unit", "case_type", "procedure", "registered_date", "transferred_date")
COLUMNS += ("unit_received_date", "informed_date", "accepted_date", "closed_date", "extended", "repeat_flag")
COLUMNS += ("evaluable", "eval_unit", "recheck_result", "review_result", "returned", "not_accepted_reason")


def month_file(folder: Path, back: int, rows: int, world: World) -> Path:
    """A file of `rows` petitions registered `back` months before the last, each done as the sample has it."""
    from pipelines.sample import petitions
    from pipelines.sample.settings import DEFAULT_SEED, MONTHS, NONE, month_end

    year, month = divmod(LAST[0] * 12 + LAST[1] - 1 - back, 12)
    index = MONTHS.index((2024, month + 1))
    cases = petitions.month_cases(world, DEFAULT_SEED, index, rows / FEWEST_A_MONTH)
    cases = petitions.known_at(cases, month_end(2024, month + 1)).head(rows)
    days = [name for name, kind in cases.schema.items() if name.endswith("_date") and kind == pl.Int64]
    shift = (date(year, month + 1, 1) - date(2024, month + 1, 1)).days
    units = pl.DataFrame({"unit": range(len(world.unit)), "region": [unit[:6] for unit in world.unit]})
    cells = cases.select(COLUMNS).join(units, on="unit", how="left", maintain_order="left").drop("unit")
    # A day that the month does not have (29 February) is told from the first day of the month on.
    cells = cells.with_columns(
        pl.when(pl.col(name) != NONE).then(pl.col(name) + shift).cast(pl.Int32).cast(pl.Date).alias(name)
        for name in days
    ).with_columns(
        case_id=pl.lit(f"M{year}{month + 1:02d}-") + pl.int_range(pl.len()).cast(pl.String),
        registered_date=pl.min_horizontal("registered_date", pl.lit(date(year, month + 1, 28))),
    )
    path = folder / f"petitions_{year}{month + 1:02d}.csv"
    cells.write_csv(path)
    return path


def run(home: Path, *arguments: object) -> tuple[float, float, str]:
    """CPU seconds, wall seconds and output of a command of the product."""
    command = [sys.executable, "-m", "pipelines.cli", *map(str, arguments), "--home", str(home), "--json"]
    begun = time.perf_counter()
    with tempfile.TemporaryFile() as output:
        child = subprocess.Popen(
            command, cwd=ROOT, stdout=output, env={**os.environ, "PYTHONPATH": str(ROOT)}
        )
        _, status, usage = os.wait4(child.pid, 0)
        output.seek(0)
        said = output.read().decode()
    if os.waitstatus_to_exitcode(status):
        raise SystemExit(f"{arguments}: {said}")
    return usage.ru_utime + usage.ru_stime, time.perf_counter() - begun, said


def history(home: Path, files: Path, months: int, rows: int) -> dict[str, object]:
    """Fill, build, add a month, build, and build anew; the figures of the last three."""
    from pipelines.sample.settings import DEFAULT_SEED
    from pipelines.sample.world import build_world

    world = build_world(DEFAULT_SEED)
    for back in range(months, 0, -1):
        run(home, "ingest", month_file(files, back, rows, world), "--received", RECEIVED)
    run(home, "ingest", *sorted((ROOT / "sample_data").glob("exposure_*")), "--received", RECEIVED)
    run(home, "ingest", *sorted((ROOT / "sample_data").glob("failures_202[45]*")), "--received", RECEIVED)
    run(home, "build")
    ingest = run(home, "ingest", month_file(files, 0, rows, world), "--received", RECEIVED)
    build = run(home, "build")
    shutil.rmtree(home / "cache")
    again = run(home, "build")
    return {
        "months": months,
        "new_month_cpu": round(ingest[0] + build[0], 2),
        "new_month_wall": round(ingest[1] + build[1], 2),
        "ingest_cpu": round(ingest[0], 2),
        "rebuild_cpu": round(again[0], 2),
        "rebuild_wall": round(again[1], 2),
        "same_id": json.loads(build[2])["snapshot"] == json.loads(again[2])["snapshot"],
    }


def main() -> None:
    """Print the figures of both histories and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000, help="petitions a month")
    rows = parser.parse_args().rows
    sys.path.insert(0, str(ROOT))
    found = []
    for months in (12, 120):
        with tempfile.TemporaryDirectory(prefix="zhengxin-month-") as name:
            folder = Path(name)
            (folder / "files").mkdir()
            found.append(history(folder / "home", folder / "files", months, rows))
            print(json.dumps(found[-1]))
    one, ten = found
    print(f"new month, ten years ÷ one year: {ten['new_month_cpu'] / one['new_month_cpu']:.2f} (CPU)")  # type: ignore[operator]
    print(f"new month ÷ rebuild on ten years: {ten['new_month_cpu'] / ten['rebuild_cpu']:.2f} (CPU)")  # type: ignore[operator]


if __name__ == "__main__":
    main()
