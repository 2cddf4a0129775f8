"""How long the index takes: one window of 129 and of 2,850 regions, and how tiers grow.

`python -m tests.bench.index_speed` prints CPU seconds of estimates, 2,000 draws and tiers of one window with
17 indicators, and of the tiers alone by the number of regions.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import numpy as np
import polars as pl

from models.index import rank_tiers
from models.index.interval import certainty
from models.index.priors import calibrate
from pipelines import registry
from tests.bench.coverage import ENDS, INDICATORS, PARAMETERS, SEED, SETS, SHRINKAGE, SIDES, window, world


def cpu_seconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def latest_month(regions: int) -> float:
    """CPU seconds of the window of one month, 17 indicators and as many draws as the method says."""
    kind, rng = SETS["plain"], np.random.default_rng(SEED)
    true = world(kind, regions, rng)
    past = pl.concat([window(true, kind, end, rng) for end in ENDS])
    priors = calibrate(past, INDICATORS, SHRINKAGE).with_columns(pl.lit(2025, pl.Int32).alias("year"))
    now = window(true, kind, SIDES["now"], rng).with_columns(pl.lit("now").alias("side"))
    reference = (INDICATORS, registry.dimensions(), PARAMETERS, SHRINKAGE, registry.uncertainty_parameters())
    return cpu_seconds(lambda: certainty(now, priors, *reference))


def main() -> None:
    for regions in (129, 2850):
        print(f"latest month, {regions} regions x {INDICATORS.height}: {latest_month(regions):.2f} CPU s")
    rng = np.random.default_rng(SEED)
    for regions in (129, 500, 1000, 2000, 2850):
        score, error = rng.normal(70, 5, regions), rng.uniform(1, 6, regions)
        seconds = cpu_seconds(partial(rank_tiers, score, error, 0.9, SEED))
        print(f"tiers, {regions} regions: {seconds:.2f} CPU s")


if __name__ == "__main__":
    main()
