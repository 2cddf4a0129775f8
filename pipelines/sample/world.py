"""What each unit of the invented province is like: size, bodies, how often things happen, how fast they go.

Every draw here is persistent: a unit that is slow in one year is slow in the next, so that rates differ
between regions for a reason and not by chance alone. `petitions` and `failures` draw their rows from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import polars as pl

from pipelines.regions import frame
from pipelines.sample.settings import FAILURES, MONTHS, WORLD, YEARS, Bools, Days, Floats, stream

LEAVES = ("county", "own", "zone")
PROVINCE = "530000"
# Means and concentrations of the beta distributions from which each unit's true rates come.
RATES: dict[str, tuple[float, float]] = {
    "transferred": (0.95, 45.0),
    "informed": (0.93, 40.0),
    "closed": (0.905, 40.0),
    "repeat": (0.10, 60.0),
    "satisfied": (0.89, 30.0),
    "reason": (0.80, 12.0),
    "rectified": (0.72, 12.0),
}
# Of all evaluable cases so many are evaluated: busy units ask for it, most quiet ones seldom do. The share of
# units that seldom do among the quieter and the busier half, and mean and concentration of their rates.
EVALUATED = 0.91
RARELY_EVALUATED = (0.75, 0.05)
RARE_RATE = (0.72, 14.0)
# Two province-wide campaigns (first month, last month, times the ordinary intensity): every county
# rises together, so no county is unusual.
CAMPAIGNS = (((2022, 3), (2022, 11), 3.6), ((2024, 4), (2024, 10), 4.0))
LEVEL_SHAPE, MOOD_SHAPE = 6.0, 20.0  # of the gamma spread of failures between counties and between months
QUIET = {2020: 0.62, 2021: 0.72, 2022: 0.80, 2023: 0.78, 2024: 0.85, 2025: 0.95}


@dataclass(frozen=True)
class World:
    """One entry per unit, in the order of `unit`; `monthly` arrays are units × 72 months."""

    unit: tuple[str, ...]
    prefecture: tuple[str, ...]
    level: tuple[str, ...]
    kind: tuple[str, ...]
    name: tuple[str, ...]
    prefecture_name: tuple[str, ...]
    population: Days  # units × years, 0 for own units and zones
    bodies: Days  # units × years
    townships: Days
    gdp: Floats  # units × years, 万元, NaN for own units and zones
    revenue: Floats  # units × years, 万元
    petition_mean: Floats  # a month
    petition_shape: Floats  # k of the negative binomial
    petition_trend: Floats  # a year, of the logarithm
    failure_mean: Floats  # monthly
    entry_shift: Floats  # times the median entry delay
    rate: dict[str, Floats]

    @property
    def counties(self) -> Bools:
        """Which units are counties."""
        return np.array([level == "county" for level in self.level])


def campaign_factor() -> Floats:
    """The intensity of failures by month, mean 1: two campaign years stand out several times over."""
    factor = np.array([QUIET[year] for year, _ in MONTHS])
    for first, last, times in CAMPAIGNS:
        inside = np.array([first <= month <= last for month in MONTHS])
        factor[inside] *= times
    scaled: Floats = factor / factor.mean()
    return scaled


def _units() -> pl.DataFrame:
    regions = frame.regions()
    names = regions.select(parent_id="region_id", prefecture_name="name_zh")
    return (
        regions.filter(pl.col("region_level").is_in(LEAVES))
        .join(names, on="parent_id", how="left")
        .sort("region_id")
    )


def _shares(rng: np.random.Generator, total: int, parts: int) -> Days:
    """Simulated county populations that add up to the census total of their prefecture."""
    weight = rng.gamma(5.0, size=parts)
    exact = total * weight / weight.sum()
    share: Days = np.floor(exact).astype(np.int64)
    share[np.argsort(share - exact, kind="stable")[: total - int(share.sum())]] += 1
    return share


def _population(rng: np.random.Generator, units: pl.DataFrame) -> Days:
    regions = frame.regions()
    census = dict(
        regions.filter(pl.col("region_level") == "prefecture")
        .select("region_id", "population_2020")
        .iter_rows()
    )
    parents = np.array(units["parent_id"].to_list())
    county = np.array(units["region_level"].to_list()) == "county"
    first = np.zeros(units.height, dtype=np.int64)
    for prefecture in sorted(census):
        inside = np.flatnonzero(county & (parents == prefecture))
        first[inside] = _shares(rng, int(census[prefecture]), inside.size)
    change = rng.normal(-0.003, 0.004, units.height)
    years = np.arange(len(YEARS))
    return np.round(first[:, None] * np.exp(change[:, None] * years)).astype(np.int64)


def _bodies(rng: np.random.Generator, units: pl.DataFrame) -> Days:
    low = {"county": 60, "own": 80, "zone": 15}
    high = {"county": 150, "own": 200, "zone": 40}
    levels = units["region_level"].to_list()
    start = np.array([rng.integers(low[level], high[level] + 1) for level in levels])
    start[[unit.startswith(PROVINCE) for unit in units["region_id"]]] = 120
    steps = rng.integers(-1, 2, (units.height, len(YEARS)))
    steps[:, 0] = 0
    lowest = np.array([low[level] for level in levels])[:, None]
    highest = np.array([high[level] for level in levels])[:, None]
    bodies: Days = np.clip(start[:, None] + steps.cumsum(axis=1), lowest, highest)
    return bodies


def _economy(rng: np.random.Generator, population: Days) -> tuple[Floats, Floats]:
    size: int = population.shape[0]
    per_head: Floats = 4.6 * np.exp(0.35 * rng.standard_normal(size))  # 万元
    growth = rng.normal(0.055, 0.015, size)
    years = np.arange(len(YEARS))
    gdp: Floats = population * per_head[:, None] * np.exp(growth[:, None] * years)
    share: Floats = 0.065 * np.exp(0.25 * rng.standard_normal(size))
    shock = np.array([1.0, 1.02, 0.86, 0.90, 0.92, 0.91])  # a fall of revenue in 2022
    return np.where(gdp > 0, gdp, np.nan), np.where(gdp > 0, gdp * share[:, None] * shock, np.nan)


def _petition_mean(rng: np.random.Generator, population: Days, levels: list[str], units: list[str]) -> Floats:
    mean = np.where(population > 0, population, 1) ** 0.6 * np.exp(0.3 * rng.standard_normal(len(units)))
    county = np.array(levels) == "county"
    mean = np.where(county, mean * 5.0 / mean[county].mean(), 0.0)
    mean[np.array(levels) == "own"] = 2.5
    mean[np.array(levels) == "zone"] = 1.5
    mean[[unit.startswith(PROVINCE) for unit in units]] = 9.0
    return mean


def _failure_mean(rng: np.random.Generator, levels: list[str], bodies: Days) -> Floats:
    """Monthly intensity: county level × campaign × a month's own mood; with the planted events k ≈ 0.8."""
    scale = {"county": 0.122, "own": 0.22, "zone": 0.03}
    base = np.array([scale[level] for level in levels]) * (bodies[:, 0] / bodies[:, 0].mean()) ** 0.3
    county = np.array(levels) == "county"
    level = rng.gamma(LEVEL_SHAPE, 1 / LEVEL_SHAPE, len(levels))
    level[county] /= level[county].mean()
    mood = rng.gamma(MOOD_SHAPE, 1 / MOOD_SHAPE, (len(levels), len(MONTHS)))
    monthly: Floats = (base * level)[:, None] * campaign_factor()[None, :] * mood
    return monthly


def _evaluated(rng: np.random.Generator, petition_mean: Floats) -> Floats:
    """The true share of evaluable cases that are evaluated, by unit; over all cases EVALUATED."""
    quiet = petition_mean < np.median(petition_mean)
    rare = rng.random(quiet.size) < np.where(quiet, *RARELY_EVALUATED)
    mean, weight = RARE_RATE
    low = rng.beta(mean * weight, (1 - mean) * weight, quiet.size)
    missed = rng.gamma(2.0, 0.5, quiet.size)  # of the good ones, up to a factor
    silent = (1 - EVALUATED) * petition_mean.sum() - (petition_mean * (1 - low))[rare].sum()
    factor = max(silent, 0.0) / (petition_mean * missed)[~rare].sum()
    return np.where(rare, low, np.clip(1 - factor * missed, 0.85, 0.995))


def build_world(seed: int) -> World:
    """The World of a seed: 151 units (129 counties, 17 own, 5 zones) in the order of their ids."""
    rng = stream(seed, WORLD)
    units = _units()
    levels, ids = units["region_level"].to_list(), units["region_id"].to_list()
    size = units.height
    population = _population(rng, units)
    bodies = _bodies(rng, units)
    gdp, revenue = _economy(rng, population)
    townships = np.where(np.array(levels) == "county", rng.integers(5, 17, size), 0)
    petition_mean = _petition_mean(rng, population[:, 0], levels, ids)
    failure_mean = _failure_mean(stream(seed, FAILURES, 0), levels, bodies)
    shape = rng.uniform(3.0, 8.0, size)
    trend = rng.normal(0.0, 0.05, size)
    shift = np.exp(0.5 * rng.standard_normal(size))
    rate = {
        name: rng.beta(mean * weight, (1 - mean) * weight, size) for name, (mean, weight) in RATES.items()
    }
    rate["evaluated"] = _evaluated(rng, petition_mean)
    return World(
        unit=tuple(ids),
        prefecture=tuple(units["parent_id"]),
        level=tuple(levels),
        kind=tuple(units["type"]),
        name=tuple(units["name_zh"]),
        prefecture_name=tuple(name or "" for name in units["prefecture_name"]),
        population=population,
        bodies=bodies,
        townships=townships,
        gdp=gdp,
        revenue=revenue,
        petition_mean=petition_mean,
        petition_shape=shape,
        petition_trend=trend,
        failure_mean=failure_mean,
        entry_shift=shift,
        rate=rate,
    )


def median_for(rate: Floats, limit: float, sd: float) -> Floats:
    """The median of a lognormal delay of which the share `rate` lies within `limit` days."""
    normal = NormalDist()
    score = np.array([normal.inv_cdf(share) for share in np.clip(rate, 0.02, 0.998).tolist()])
    return (limit + 1) / np.exp(sd * score)
