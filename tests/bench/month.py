"""What a new month costs on one and on ten years of history; the last part of `python3 run.py bench`.

For each length of history a workspace is filled with a petition file a month (`--month-rows`) and the base
figures of the sample, and built; then one further month is ingested and built, each in a process of its own,
and at last everything is built again without what was kept. Told are CPU and wall seconds of the new month
and of the rebuild, and whether both sealed the same snapshot.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import polars as pl

if TYPE_CHECKING:
    from pipelines.sample.world import World

ROOT = Path(__file__).resolve().parents[2]
LAST = (2025, 12)
RECEIVED = "2026-01-05"
LONGER, REBUILT = 1.2, 0.2
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


def history(home: Path, files: Path, months: int, rows: int) -> dict[str, float | bool]:
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


def report(rows: int) -> list[str]:
    """The figures of both histories, and what was asked of them, as lines."""
    one, ten = (_in_folder(months, rows) for months in (12, 120))
    longer = float(ten["new_month_cpu"]) / float(one["new_month_cpu"])
    rebuilt = float(ten["new_month_cpu"]) / float(ten["rebuild_cpu"])
    same = one["same_id"] and ten["same_id"]
    return [
        *map(json.dumps, (one, ten)),
        ask("new month, CPU on ten years ÷ one year", longer, "≤", LONGER),
        ask("new month, CPU ÷ rebuild, on ten years", rebuilt, "≤", REBUILT),
        f"{'new month, snapshot id as rebuilt':45} {'yes' if same else 'NO'}",
    ]


def ask(what: str, found: float, way: Literal["≤", "≥"], limit: float) -> str:
    """A line that says whether what was asked for was found."""
    met = found <= limit if way == "≤" else found >= limit
    return f"{what:45} {found:.2f}  asked: {way} {limit}  {'yes' if met else 'NO'}"


def _in_folder(months: int, rows: int) -> dict[str, float | bool]:
    with tempfile.TemporaryDirectory(prefix="zhengxin-month-") as name:
        folder = Path(name)
        (folder / "files").mkdir()
        return history(folder / "home", folder / "files", months, rows)
