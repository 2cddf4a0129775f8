"""Frames of 波动判别图: the rate of every region against its exposure, and the limits of mere chance.

Grain: one row a region of a level, of one indicator and window. Exact limits: quantiles of the Poisson (model
GP) and the binomial distribution (BB) with the level's pooled rate, at the region's own exposure; weighted
counts by their event scale (METHOD 5, rule 1). Administrative figures (model X) have none.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

# `scipy.stats` has these too, at half a second of import.
from scipy.special import bdtr, bdtrik, pdtr, pdtrik

Array = npt.NDArray[np.float64]
# The two usual pairs of limits; by chance 1 of 20 lies beyond the first, 1 of 500 beyond the second.
INNER, OUTER = 0.95, 0.998
MODELS = ("GP", "BB")
# A count that only rounding lifts over its limit is not beyond it.
SLACK = 1e-9
STEPS = 240


@dataclass(frozen=True)
class Chance:
    """What is left to chance: the model, the pooled rate per unit of exposure, the weight of a case."""

    model: str
    mean: float
    weight: float = 1.0

    def limits(self, exposure: Array, level: float) -> tuple[Array, Array]:
        """Return the lower and the upper limit as rates; `level` is the probability in between."""
        tail = (1 - level) / 2
        low, high = self._quantile(exposure, tail), self._quantile(exposure, 1 - tail)
        return low * self.weight / exposure, high * self.weight / exposure

    def _quantile(self, exposure: Array, p: float) -> Array:
        """The least count whose cumulative probability reaches `p`."""
        n = exposure / self.weight
        if self.mean <= 0 or (self.model == "BB" and self.mean >= 1):
            return np.rint(n * self.mean)
        if self.model == "GP":
            found, below = pdtrik(p, n * self.mean), lambda count: pdtr(count, n * self.mean)
        else:
            whole = np.rint(n).astype(np.int64)
            found, below = bdtrik(p, whole, self.mean), lambda count: bdtr(count, whole, self.mean)
        # Where no case at all is already as probable as `p`, there is no solution: the quantile is 0.
        count = np.maximum(np.ceil(np.nan_to_num(found)), 0.0)
        fewer = np.maximum(count - 1, 0.0)
        return np.where(below(fewer) >= p, fewer, count)


def scale(priors: pl.DataFrame, year: int, level: str, indicator: str) -> float:
    """Return the event scale of a year's priors for an indicator; 1 where the year has no priors."""
    found = priors.filter(year=year, region_level=level, indicator_id=indicator)["event_scale"].drop_nulls()
    return float(found[0]) if len(found) else 1.0


def chance(rows: pl.DataFrame, model: str, weight: float) -> Chance:
    """Return the chance of a level: summed numerators over summed denominators of those with a value."""
    known = rows.filter(pl.col("status") == "value", pl.col("denominator") > 0)
    total = float(known["denominator"].sum())
    return Chance(model, float(known["numerator"].sum()) / total if total else 0.0, weight)


def points(rows: pl.DataFrame, spread: Chance, direction: int, unit: float) -> pl.DataFrame:
    """Return the rows with their limits and where they lie, those without a value at the end with nulls.

    `rows` is mart.indicator_value of a level. Added: `rate`, `low95`, `high95`, `low998`, `high998` (times
    `unit`, what one is in the indicator's unit), `beyond` (0 inside, 1 beyond 95 %, 2 beyond 99.8 %) and
    `side` ("below" where the region stands worse than chance explains, "above" better, "near" inside).
    """
    known = rows.filter(pl.col("status") == "value", pl.col("denominator") > 0)
    exposure = known["denominator"].cast(pl.Float64).to_numpy()
    rate = known["numerator"].cast(pl.Float64).to_numpy() / exposure
    if spread.model == "BB":
        # Bodies on a list may be more than those counted; a share is at most all of them.
        rate = np.minimum(rate, 1.0)
    beyond, over = np.zeros(len(rate), np.int64), np.zeros(len(rate), np.int64)
    columns = [pl.Series("rate", rate * unit)]
    for name, level in (("95", INNER), ("998", OUTER)):
        low, high = spread.limits(exposure, level)
        above, under = rate > high + SLACK, rate < low - SLACK
        beyond += above | under
        over = np.where(above, 1, np.where(under, -1, over))
        columns += [pl.Series(f"low{name}", low * unit), pl.Series(f"high{name}", high * unit)]
    sides = np.where(over == 0, "near", np.where(over * direction > 0, "above", "below"))
    placed = known.with_columns(*columns, pl.Series("beyond", beyond), pl.Series("side", sides, pl.String))
    apart = rows.join(known.select("region_id"), on="region_id", how="anti")
    return pl.concat([placed, apart], how="diagonal")


def curve(known: pl.DataFrame, spread: Chance, unit: float) -> pl.DataFrame:
    """Return the limits over the range of exposures of `points`, a row a step: exposure and the four limits.

    Shares step by whole cases; the range has a margin on both sides.
    """
    exposures = known["denominator"].drop_nulls()
    low, high = float(exposures.min()), float(exposures.max())  # type: ignore[arg-type]
    room = max(0.04 * (high - low), 0.5)
    grid = np.linspace(max(low - room, 0.5), high + room, STEPS)
    if spread.model == "BB":
        grid = np.unique(np.maximum(np.rint(grid), 1.0))
    columns = {"exposure": grid}
    for name, level in (("95", INNER), ("998", OUTER)):
        below, above = spread.limits(grid, level)
        columns |= {f"low{name}": below * unit, f"high{name}": above * unit}
    return pl.DataFrame(columns)
