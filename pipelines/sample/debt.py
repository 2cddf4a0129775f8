"""Debt by unit: balances and limits at the end of each quarter, and the figures of each year.

Calibrated at the end of 2024: the province owes 212 % of its fiscal capacity, its prefectures 92 % to 330 %;
revenue falls in 2022 while balances go on rising. `debt_rows` turns these figures into the rows of the files.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.sample.settings import DEBT, Bools, Days, Floats, stream
from pipelines.sample.world import PROVINCE, World

YEARS = tuple(range(2019, 2026))  # year-ends of balances; the reports end in 2024, that of 2025 comes in 2026
PROVINCE_RATIO, OWN_RATIO = 2.12, 1.75  # balance over fiscal capacity at the end of 2024
LOWEST, HIGHEST = 0.92, 3.30  # the same of the prefectures
CALIBRATED = YEARS.index(2024)
# Against 2024. Land sales and tax refunds took their toll in 2022.
CAPACITY = np.array([1.05, 1.04, 1.08, 0.915, 0.98, 1.0, 1.02])
BALANCE = np.array([0.52, 0.60, 0.69, 0.77, 0.88, 1.0, 1.09])
WITHIN_YEAR = (0.12, 0.45, 0.80, 1.0)  # how much of a year's growth has come by the end of each quarter
GENERAL_SHARE, GENERAL_EXPENDITURE, FUND_EXPENDITURE = 0.55, 0.62, 0.46
GENERAL_RATE, SPECIAL_RATE = 0.031, 0.031
OVER_LIMIT, SOMETIMES_OVERDUE, OFTEN_OVERDUE = 0.03, 0.07, 0.03


@dataclass(frozen=True)
class Debt:
    """Whole 万元, units × years (YEARS) in the world's order."""

    balance_general: Days
    balance_special: Days
    limit_general: Days
    limit_special: Days
    fiscal_capacity: Days
    interest_general: Days
    interest_special: Days
    budget_expenditure_general: Days
    budget_expenditure_fund: Days
    principal_due: Days
    overdue: Days
    new_debt: Days

    def balance_at(self, year: int, quarter: int) -> tuple[Days, Days]:
        """General and special balance at the end of a quarter (1 to 4); 2019 has its fourth only."""
        place, done = YEARS.index(year), WITHIN_YEAR[quarter - 1]
        found = []
        for balance in (self.balance_general, self.balance_special):
            before = balance[:, max(place - 1, 0)]
            found.append(np.round(before + done * (balance[:, place] - before)).astype(np.int64))
        return found[0], found[1]


def build_debt(world: World, seed: int) -> Debt:
    """The debt of every unit in every year."""
    rng = stream(seed, DEBT)
    size, years = len(world.unit), len(YEARS)
    capacity = _capacity(rng, world)
    balance = capacity[:, CALIBRATED] * _ratios(rng, world, capacity[:, CALIBRATED])
    walk = np.cumsum(0.015 * rng.standard_normal((size, years)), axis=1)
    total = balance[:, None] * BALANCE * np.exp(walk - walk[:, [CALIBRATED]])
    share = np.clip(GENERAL_SHARE + 0.07 * rng.standard_normal(size), 0.35, 0.75)[:, None]
    share = share - 0.012 * (np.arange(years) - CALIBRATED)  # special bonds grow faster
    general, special = total * share, total * (1 - share)
    headroom = _headroom(rng, (size, years))
    means = [_mean_of_year(part) for part in (general, special)]
    rates = 1 + 0.08 * rng.standard_normal((2, size, years))
    spent = np.exp(0.06 * rng.standard_normal((size, years)))
    fund = np.exp(0.14 * rng.standard_normal((size, years)))
    start = np.concatenate([total[:, :1] * 0.9, total[:, :-1]], axis=1)
    return Debt(
        balance_general=_whole(general),
        balance_special=_whole(special),
        limit_general=_whole(general * headroom[0]),
        limit_special=_whole(special * headroom[1]),
        fiscal_capacity=_whole(capacity),
        interest_general=_whole(means[0] * GENERAL_RATE * rates[0]),
        interest_special=_whole(means[1] * SPECIAL_RATE * rates[1]),
        budget_expenditure_general=_whole(capacity * GENERAL_EXPENDITURE * spent),
        budget_expenditure_fund=_whole(capacity * FUND_EXPENDITURE * fund),
        principal_due=_whole(start * rng.uniform(0.06, 0.13, (size, years))),
        overdue=_whole(total * _overdue_share(rng, (size, years))),
        new_debt=_whole(np.maximum(total - start, 0)),
    )


def _whole(amounts: Floats) -> Days:
    return np.round(amounts).astype(np.int64)


def _mean_of_year(balance: Floats) -> Floats:
    """The mean of the balances at both ends of each year; before the first year it was a tenth lower."""
    before = np.concatenate([balance[:, :1] * 0.9, balance[:, :-1]], axis=1)
    return np.asarray((balance + before) / 2)


def _capacity(rng: np.random.Generator, world: World) -> Floats:
    """综合财力 of each unit and year: by population in counties, a share of their sum at higher levels."""
    level, parent = np.array(world.level), np.array(world.prefecture)
    base = world.population[:, 0] * 1.05 * np.exp(0.22 * rng.standard_normal(level.size))
    spread = np.exp(0.12 * rng.standard_normal(level.size))
    for prefecture in sorted(set(parent) - {PROVINCE}):
        counties = base[(parent == prefecture) & (level == "county")].sum()
        base[(parent == prefecture) & (level == "own")] = 0.30 * counties
        base[(parent == prefecture) & (level == "zone")] = 0.02 * counties
    base[parent == PROVINCE] = 0.25 * base.sum()
    year = 0.02 * rng.standard_normal((level.size, len(YEARS)))
    year[:, YEARS.index(2022)] *= 3  # some were hit harder than others
    return np.asarray((base * np.where(level == "county", 1.0, spread))[:, None] * CAPACITY * np.exp(year))


def _ratios(rng: np.random.Generator, world: World, capacity: Floats) -> Floats:
    """Balance over capacity of each unit, such that the prefectures span LOWEST to HIGHEST and the province
    as a whole comes to PROVINCE_RATIO."""
    parent = np.array(world.prefecture)
    own = np.array([unit.startswith(PROVINCE) for unit in world.unit])
    prefectures = sorted(set(parent[~own]))
    place = rng.permutation(len(prefectures)) / (len(prefectures) - 1)
    weight = np.array([capacity[(parent == prefecture) & ~own].sum() for prefecture in prefectures])
    wanted = PROVINCE_RATIO * capacity.sum() - OWN_RATIO * capacity[own].sum()
    low, high = 0.05, 20.0  # of the exponent that bends the span; a larger one lowers every ratio between
    for _ in range(60):
        bend = (low + high) / 2
        target = LOWEST * (HIGHEST / LOWEST) ** (place**bend)
        low, high = (bend, high) if (weight * target).sum() > wanted else (low, bend)
    ratio = np.exp(0.20 * rng.standard_normal(parent.size))
    for prefecture, value in zip(prefectures, target, strict=True):
        inside = (parent == prefecture) & ~own
        ratio[inside] *= value * capacity[inside].sum() / (ratio * capacity)[inside].sum()
    ratio[own] = (PROVINCE_RATIO * capacity.sum() - (ratio * capacity)[~own].sum()) / capacity[own].sum()
    return ratio


def _headroom(rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
    """Limit over year-end balance, general and special: mostly a few per cent above, now and then below."""
    room = 1.012 + 0.07 * rng.random((2, *shape))
    over: Bools = rng.random(shape) < OVER_LIMIT
    return np.where(over, 0.975 + 0.02 * rng.random(shape), room)


def _overdue_share(rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
    """Overdue debt over balance: none for most, some per mille now and then, more for a few all the time."""
    often = rng.random(shape[0]) < OFTEN_OVERDUE
    share = 0.004 * np.exp(0.8 * rng.standard_normal(shape)) * np.where(often, 6.0, 1.0)[:, None]
    some = (rng.random(shape) < SOMETIMES_OVERDUE) | often[:, None]
    return np.where(some, np.minimum(share, 0.08), 0.0)
