"""Base figures by unit and year: population, bodies, townships, GDP, revenue; `world` draws them."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.sample.settings import YEARS
from pipelines.sample.world import World


def rows(world: World, year: int) -> pl.DataFrame:
    """One row per unit of a year; population, townships, gdp and revenue (万元) of counties only, −1 or NaN
    elsewhere."""
    place = YEARS.index(year)
    county = world.counties
    return pl.DataFrame(
        {
            "unit": np.arange(len(world.unit)),
            "year": np.full(len(world.unit), year),
            "population": np.where(county, world.population[:, place], -1),
            "gov_bodies": world.bodies[:, place],
            "townships": np.where(county, world.townships, -1),
            "gdp": np.round(world.gdp[:, place]),
            "budget_revenue": np.round(world.revenue[:, place]),
        }
    )
